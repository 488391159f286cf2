"""The command that prints what an application is made of finds it, says so in text or JSON, or why it cannot."""

import io
import json
import sys
from pathlib import Path

import pytest

from falcon_asgi.app import App
from falcon_asgi.inspect_command import load_app, main

SERVICE = """
from falcon_asgi import App

class Users:
    async def on_get(self, req, resp):
        pass

    async def on_get_item(self, req, resp, user_id):
        pass

async def sink(req, resp):
    pass

def create_app():
    app = App(cors_enable=True)
    app.add_route('/users', Users())
    app.add_route('/users/{user_id:int}', Users(), suffix='item')
    app.add_sink(sink, '/old')
    return app

class Holder:
    app = create_app()

def create_nothing():
    return None

app = Holder.app
limit = 10
"""


@pytest.fixture(autouse=True)
def _service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a service, which is the current one; modules imported from it are forgotten."""
    (tmp_path / 'service_at_hand.py').write_text(SERVICE)
    (tmp_path / 'service_broken.py').write_text('import module_that_nobody_has\n')
    (tmp_path / 'service_without_settings.py').write_text("{}['DATABASE']\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'path', list(sys.path))
    monkeypatch.setattr(sys, 'dont_write_bytecode', True)
    for name in ('service_at_hand', 'service_broken', 'service_without_settings'):
        monkeypatch.delitem(sys.modules, name, raising=False)


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize('name', ['app', 'Holder.app', 'create_app', 'create_app()'])
def test_application_is_found_in_the_current_folder(name: str) -> None:
    """An application, or a function that makes one, is found by module and name."""
    assert isinstance(load_app(f'service_at_hand:{name}'), App)


def test_text_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without options the application is printed in short."""
    text = _printed(capsys, 'service_at_hand:app')
    assert text == (
        'Falcon App (ASGI)\n'
        '• Routes:\n'
        '    ⇒ /users - Users:\n'
        '       └── GET - on_get\n'
        '    ⇒ /users/{user_id:int} - Users:\n'
        '       └── GET - on_get_item\n'
        '• Middleware (Middleware are independent):\n'
        '\n'
        '        ├── Process route responder\n'
        '\n'
        '    ↢ CORSMiddleware.process_response_async\n'
        '• Sinks:\n'
        '    ⇥ /old sink\n'
    )


def test_routes_alone_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the routes are printed if they are what is asked for."""
    text = _printed(capsys, '--route_only', 'service_at_hand:app')
    assert text.splitlines() == [
        '⇒ /users - Users:',
        '   └── GET - on_get',
        '⇒ /users/{user_id:int} - Users:',
        '   └── GET - on_get_item',
    ]


@pytest.mark.parametrize('options', [['-v', '-i'], ['--verbose', '--internal']])
def test_more_is_printed_on_request(capsys: pytest.CaptureFixture[str], options: list[str]) -> None:
    """Sources, and what the framework itself has, are printed if they are asked for."""
    text = _printed(capsys, *options, 'service_at_hand:app')
    assert '\n       ├── OPTIONS - on_options (' in text
    assert 'service_at_hand.py:4):' in text
    assert '⇜ HTTPError handle_error (' in text


def test_any_terminal_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the output takes fewer characters, the others are question marks."""
    terminal = io.TextIOWrapper(io.BytesIO(), encoding='ascii', write_through=True)
    monkeypatch.setattr(sys, 'stdout', terminal)
    main(['--route_only', 'service_at_hand:app'])
    assert terminal.buffer.getvalue().startswith(b'? /users - Users:\n')


def test_json_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, all that is printed can be read by other programs."""
    found = json.loads(_printed(capsys, '--json', 'service_at_hand:app'))
    assert [route['path'] for route in found['routes']] == ['/users', '/users/{user_id:int}']
    assert found['sinks'][0]['name'] == 'sink'
    assert found['error_handlers'] == []
    routes = json.loads(_printed(capsys, '--json', '--route_only', '--internal', 'service_at_hand:app'))
    assert [method['method'] for method in routes[0]['methods']][:2] == ['GET', 'OPTIONS']


@pytest.mark.parametrize(
    ('name', 'reason'),
    [
        ('service_at_hand', "received 'service_at_hand', expected module:app or module:create_app()"),
        (':app', "received ':app', expected module:app"),
        ('service_at_hand:', 'expected module:app'),
        ('no_such_service:app', "no module 'no_such_service' in "),
        ('service_at_hand.inner:app', "no module 'service_at_hand.inner' in "),
        ('service_at_hand:nothing', "the module 'service_at_hand' has nothing called 'nothing'"),
        ('service_at_hand:Holder.nothing', "'service_at_hand' has nothing called 'Holder.nothing'"),
        ('service_at_hand:limit', 'service_at_hand:limit is 10, expected a falcon.asgi.App or'),
        ('service_at_hand:create_nothing', 'returned None, expected a falcon.asgi.App'),
        ('service_at_hand:sink', 'service_at_hand:sink has to be called with more (missing a required argument'),
        ('not a name:app', "received 'not a name:app', expected module:app"),
    ],
)
def test_what_is_no_application_is_explained(capsys: pytest.CaptureFixture[str], name: str, reason: str) -> None:
    """A name that leads to no application ends the command with 2 and a line that says why."""
    with pytest.raises(SystemExit) as ended:
        main([name])
    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_module_that_cannot_be_imported_shows_why() -> None:
    """What a module raises while it is imported is not taken for its absence."""
    with pytest.raises(ModuleNotFoundError, match='module_that_nobody_has'):
        main(['service_broken:app'])
    with pytest.raises(KeyError, match='DATABASE'):
        main(['service_without_settings:app'])


def test_help_names_the_forms(capsys: pytest.CaptureFixture[str]) -> None:
    """The help says how to name an application."""
    with pytest.raises(SystemExit) as ended:
        main(['--help'])
    assert ended.value.code == 0
    assert 'module:create_app()' in capsys.readouterr().out
