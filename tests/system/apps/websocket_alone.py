"""A bare ASGI application whose WebSockets are served by falcon-ws alone; it tells what became of its connections."""

import asyncio
import json
from typing import Any

from falcon_core.asgi_types import Receive, Scope, Send
from falcon_ws import PayloadTypeError, WebSocket, WebSocketDisconnected

journal: list[str] = []


async def echo(ws: WebSocket) -> None:
    """Send back what comes, of either type."""
    await ws.accept()
    while True:
        try:
            await ws.send_text(await ws.receive_text())
        except PayloadTypeError:
            await ws.send_data(await ws.receive_data())


async def negotiate(ws: WebSocket) -> None:
    """Accept with the last subprotocol on offer and a header, and tell what is known of the handshake."""
    await ws.accept(subprotocol=ws.subprotocols[-1], headers={'X-Served-By': 'falcon-ws'})
    client = ws.client_address[0] if ws.client_address else None
    await ws.send_text(json.dumps([ws.path, ws.query_string, ws.headers['x-asked'], client]))


async def refuse(ws: WebSocket) -> None:
    """Refuse the handshake."""
    await ws.close()


async def close(ws: WebSocket) -> None:
    """Close with what the client asks for."""
    await ws.accept()
    code, _, reason = (await ws.receive_text()).partition(' ')
    await ws.close(int(code), reason)
    await ws.close()


async def push(ws: WebSocket) -> None:
    """Send and never receive."""
    await ws.accept()
    while True:
        await ws.send_text('tick')
        await asyncio.sleep(0.005)


async def poll(ws: WebSocket) -> None:
    """Neither send nor receive, but look whether the connection is closed."""
    await ws.accept()
    while not ws.closed:  # noqa: ASYNC110 # just what is to be shown to end
        await asyncio.sleep(0.005)
    while True:
        await ws.receive_text()


async def impatient(ws: WebSocket) -> None:
    """Receive, and give up again and again; send all that came after the client said so."""
    await ws.accept()
    received: list[str] = []
    while not received or received[-1] != 'end':
        try:
            async with asyncio.timeout(0.0005):
                received.append(await ws.receive_text())
        except TimeoutError:
            pass
    await ws.send_text(json.dumps(received))


async def fail_to_send(ws: WebSocket) -> None:
    """Send once the client has left; then receive what it had sent before."""
    await ws.accept()
    await ws.send_text('leave')
    try:
        while True:
            await ws.send_text('x' * 10_000)
            await asyncio.sleep(0.01)
    except WebSocketDisconnected as exc:
        journal.append(f'push ended with {exc.code} {exc.reason}')
    journal.append(await ws.receive_text())
    journal.append(await ws.receive_text())
    await ws.receive_text()


HANDLERS = {
    f'/{handler.__name__}': handler for handler in (echo, negotiate, refuse, close, push, poll, impatient, fail_to_send)
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection; `GET` anything for the journal."""
    if scope['type'] == 'websocket':
        try:
            await HANDLERS[scope['path']](WebSocket(scope, receive, send))
        except WebSocketDisconnected as exc:
            journal.append(f'{scope["path"]} left with {exc.code} {exc.reason}')
    elif scope['type'] == 'http':
        await _send_journal(send)


async def _send_journal(send: Send) -> None:
    body: dict[str, Any] = {'entries': journal, 'other_tasks': len(asyncio.all_tasks()) - 1}
    headers = [(b'content-type', b'application/json')]
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    await send({'type': 'http.response.body', 'body': json.dumps(body).encode()})
