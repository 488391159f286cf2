"""falcon-ws with nothing but the core serves a bare ASGI callable, and names what to install for JSON."""

from pathlib import Path
from typing import Any

import pytest

from documents import run_document
from falcon_core.errors import MissingDistribution
from falcon_ws import WebSocket, WebSocketDisconnected

WEBSOCKET = {'type': 'websocket', 'path': '/echo', 'subprotocols': []}


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """Only the core is there besides."""
    assert installed == {'falcon_core', 'falcon_ws'}


def test_readme_runs(root: Path) -> None:
    """The README's first example needs no other distribution."""
    run_document(root / 'packages/falcon-ws/README.md', count=1)


def test_bare_callable_is_served(connect: Any) -> None:
    """A `WebSocket` in a bare ASGI callable accepts, echoes, and learns that the client left."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ws = WebSocket(scope, receive, send)
        await ws.accept()
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except WebSocketDisconnected:
            assert ws.closed

    sent = connect(
        app,
        WEBSOCKET,
        {'type': 'websocket.connect'},
        {'type': 'websocket.receive', 'text': 'hello'},
        {'type': 'websocket.disconnect', 'code': 1000},
    )
    assert [message['type'] for message in sent] == ['websocket.accept', 'websocket.send']
    assert sent[1]['text'] == 'hello'


@pytest.mark.parametrize('use', [lambda ws: ws.send_json({}), lambda ws: ws.receive_msgpack()])
def test_missing_part_is_named(connect: Any, use: Any) -> None:
    """JSON and MessagePack messages say which distribution reads and writes them."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        ws = WebSocket(scope, receive, send)
        await ws.accept()
        with pytest.raises(MissingDistribution, match='pip install falcon-media'):
            await use(ws)
        await ws.close()

    connect(app, WEBSOCKET, {'type': 'websocket.connect'}, {'type': 'websocket.receive', 'bytes': b'\x80'})
