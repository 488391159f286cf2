"""falcon-asgi[ws] serves WebSocket routes; the other parts are still absent."""

from typing import Any

from falcon_asgi import App


class Echo:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.text = 'hello'

    async def on_websocket(self, req: Any, ws: Any) -> None:
        await ws.accept()
        await ws.send_text(f'{req.path}: {await ws.receive_text()}')
        await ws.close()


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """Only the core and falcon-ws are there besides."""
    assert installed == {'falcon_asgi', 'falcon_core', 'falcon_ws'}


def test_websocket_route_is_served(connect: Any, get: Any) -> None:
    """One resource answers requests and WebSockets."""
    app = App()
    app.add_route('/echo', Echo())
    sent = connect(
        app,
        {'type': 'websocket', 'path': '/echo', 'subprotocols': []},
        {'type': 'websocket.connect'},
        {'type': 'websocket.receive', 'text': 'hello'},
    )
    assert [message['type'] for message in sent] == ['websocket.accept', 'websocket.send', 'websocket.close']
    assert sent[1]['text'] == '/echo: hello'
    assert get(app, '/echo') == (200, b'hello')


def test_options_are_there() -> None:
    """The application shows the settings of its WebSockets."""
    assert App().ws_options.max_receive_queue == 32
