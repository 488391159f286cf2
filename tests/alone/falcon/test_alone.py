"""falcon brings all of its parts, and nothing that serves them."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import falcon
import falcon.asgi
from documents import run_document


class Everything:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = {'name': 'Ada'}

    async def on_websocket(self, req: Any, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()
        await ws.send_json(await ws.receive_json())
        await ws.close()


class Events:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.sse = _events()


async def _events() -> Any:
    yield falcon.asgi.SSEvent('one', event_type='number')


def test_all_parts_are_installed(installed: set[str]) -> None:
    """The five other distributions and the libraries they need are there; a server is an extra."""
    assert installed == {
        'falcon',
        'falcon_asgi',
        'falcon_core',
        'falcon_media',
        'falcon_sse',
        'falcon_ws',
        'msgpack',
        'msgspec',
    }
    assert find_spec('uvicorn') is None


def test_readme_runs(root: Path) -> None:
    """The README's first example needs no other distribution."""
    run_document(root / 'packages/falcon/README.md', count=1)


def test_all_parts_work_together(connect: Any) -> None:
    """Media, WebSockets and events are served by one application, with nothing but falcon imported."""
    app = falcon.asgi.App()
    app.add_route('/', Everything())
    app.add_route('/events', Events())
    http = {'type': 'http', 'method': 'GET'}
    _, body = connect(app, http | {'path': '/'}, {'type': 'http.request'})
    assert body['body'] == b'{"name":"Ada"}'
    _, *events = connect(app, http | {'path': '/events'}, {'type': 'http.request'})
    assert b''.join(event['body'] for event in events) == b'event: number\ndata: one\n\n'
    _, message, _ = connect(
        app,
        {'type': 'websocket', 'path': '/', 'subprotocols': []},
        {'type': 'websocket.connect'},
        {'type': 'websocket.receive', 'text': '[1, 2]'},
    )
    assert message['text'] == '[1,2]'
