"""falcon-asgi with the core alone serves text, bytes, streams and files, and names what to install for the rest."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from documents import run_document
from falcon_asgi import App
from falcon_core.errors import MissingDistribution


class Texts:
    async def on_get(self, req: Any, resp: Any, name: str) -> None:
        resp.text = f'hello {name}'


class Bytes:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.data = b'\x00\x01'


class Streams:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.stream = _numbers()


class Media:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = {'name': 'Ada'}

    async def on_get_received(self, req: Any, resp: Any) -> None:
        resp.text = await req.get_media()


class Events:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.sse = _numbers()


class Sockets:
    async def on_websocket(self, req: Any, ws: Any) -> None:
        raise NotImplementedError


async def _numbers() -> AsyncIterator[bytes]:
    yield b'one '
    yield b'two'


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / 'page.html').write_text('<p>hello</p>')
    app = App()
    app.add_route('/texts/{name}', Texts())
    app.add_route('/bytes', Bytes())
    app.add_route('/streams', Streams())
    app.add_route('/media', Media())
    app.add_route('/media/received', Media(), suffix='received')
    app.add_route('/events', Events())
    app.add_static_route('/static', str(tmp_path))
    return app


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """Only the core is there besides."""
    assert installed == {'falcon_asgi', 'falcon_core'}


def test_readme_runs(root: Path) -> None:
    """The README's first example needs no other distribution."""
    run_document(root / 'packages/falcon-asgi/README.md', count=1)


@pytest.mark.parametrize(
    ('path', 'body'),
    [
        ('/texts/Ada', b'hello Ada'),
        ('/bytes', b'\x00\x01'),
        ('/streams', b'one two'),
        ('/static/page.html', b'<p>hello</p>'),
    ],
)
def test_bodies_that_need_no_other_part(app: App, get: Any, path: str, body: bytes) -> None:
    """Text, bytes, streams and static files are served."""
    assert get(app, path) == (200, body)


@pytest.mark.parametrize(
    ('path', 'text'),
    [
        ('/media/received', 'req.media needs falcon-media: pip install falcon-media'),
        ('/media', 'resp.media needs falcon-media: pip install falcon-media'),
        ('/events', 'resp.sse needs falcon-sse: pip install falcon-sse'),
    ],
)
def test_missing_part_is_named(app: App, get: Any, path: str, text: str, caplog: pytest.LogCaptureFixture) -> None:
    """Using a missing part gives a 500; the log says what to install, and the client is told nothing."""
    status, body = get(app, path)
    assert status == 500
    assert text in caplog.text
    assert b'pip' not in body


def test_websocket_route_names_the_missing_part(app: App) -> None:
    """A resource with `on_websocket` is refused when its route is added."""
    with pytest.raises(MissingDistribution) as raised:
        app.add_route('/sockets', Sockets())
    assert str(raised.value) == 'on_websocket needs falcon-ws: pip install falcon-ws'


def test_errors_are_answered_without_media_handlers(app: App, get: Any) -> None:
    """An error response needs no other distribution."""
    assert get(app, '/nowhere')[0] == 404


def test_command_is_installed(tmp_path: Path) -> None:
    """`falcon-inspect-app` is beside the Python that the distribution was installed for."""
    (tmp_path / 'service_alone.py').write_text('from falcon_asgi import App\n\napp = App()\n')
    command = [str(Path(sys.executable).with_name('falcon-inspect-app')), 'service_alone:app']
    shown = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60)
    assert shown.stdout == 'Falcon App (ASGI)\n'
