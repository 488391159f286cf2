"""The application that the README of the distribution shows serves what the README says of it."""

from pathlib import Path
from typing import Any

import pytest

from documents import python_blocks

README = Path(__file__).parents[2] / 'packages/falcon-asgi/README.md'


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that the README's blocks define, run where there is a folder of static files."""
    (tmp_path / 'static').mkdir()
    (tmp_path / 'static/page.html').write_bytes(b'<p>hello</p>')
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in python_blocks(README.read_text()):
        exec(block.code, names)
    return names


def test_every_kind_of_body_is_served(call: Any, shown: dict[str, Any]) -> None:
    """Text, bytes and static files are there, and the middleware has seen them."""
    app = shown['app']
    for path, body in [('/notes/first', b'Hello'), ('/icon', b'<svg'), ('/static/page.html', b'<p>hello</p>')]:
        answer = call(app, path=path)
        assert answer.status == 200
        assert answer.body.startswith(body)
        assert answer.headers['server-timing'].startswith('app;dur=')


def test_notes_are_kept(call: Any, shown: dict[str, Any]) -> None:
    """A note is put, found again, limited, and missed where there is none."""
    app = shown['app']
    assert call(app, 'PUT', '/notes/mine', headers={'Content-Type': 'text/plain'}, body=b'Salut').status == 204
    assert call(app, path='/notes/mine').body == b'Salut'
    assert call(app, 'PUT', '/notes/mine', headers={'Content-Type': 'text/plain'}, body=bytes(10_001)).status == 413
    missing = call(app, path='/notes/other')
    assert (missing.status, b"There is no note 'other'." in missing.body) == (404, True)


def test_stream_ends_with_its_client(call: Any, shown: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """The generator's `finally` has run when the client has left."""
    answer = call(shown['app'], path='/countdown/3', leaves=lambda sent: len(sent) > 1)
    assert answer.chunks == [b'3\n']
    assert capsys.readouterr().out == 'the countdown is over, or the client has left\n'


def test_own_exceptions_have_their_handler(call: Any, shown: dict[str, Any]) -> None:
    """The handler that the README adds makes the response."""

    class Empty:
        async def on_get(self, req: Any, resp: Any) -> None:
            raise shown['OutOfPaper']

    shown['app'].add_route('/empty', Empty())
    answer = call(shown['app'], path='/empty')
    assert (answer.status, answer.headers['retry-after']) == (503, '60')


def test_origins_are_those_that_were_added(call: Any, shown: dict[str, Any]) -> None:
    """The middleware that the README adds lets one origin read."""
    for origin, allowed in [('https://example.com', 'https://example.com'), ('https://example.org', None)]:
        answer = call(shown['app'], path='/icon', headers={'Origin': origin})
        assert answer.headers.get('access-control-allow-origin') == allowed
