"""An application whose WebSockets do what a client asks for; it writes to its log how each of them ended."""

import asyncio
import sys
from typing import Any

import falcon
import falcon.asgi
from falcon.asgi import Request, Response, WebSocket
from processes import peak_bytes

MESSAGE = 'x' * 65536
FLOOD_BYTES = 100 << 20


def tell(entry: str) -> None:
    sys.stderr.write(f'{entry}\n')
    sys.stderr.flush()


class Sockets:
    """Each suffix is a route."""

    async def on_websocket_echo(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws:
            if isinstance(message, str):
                await ws.send_text(message)
            else:
                await ws.send_data(message)
        tell(f'echo ended with {ws.close_code} {ws.close_reason}')

    async def on_websocket_media(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_json(await ws.receive_json())
        await ws.send_msgpack(await ws.receive_msgpack())
        await ws.send_json(await ws.receive_json(type=list[int]))

    async def on_websocket_negotiate(self, req: Request, ws: WebSocket) -> None:
        await ws.accept(subprotocol=ws.subprotocols[-1], headers={'X-Served-By': 'falcon'})
        await ws.send_text(req.get_param('q') or '')

    async def on_websocket_close(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        code, _, reason = (await ws.receive_text()).partition(' ')
        await ws.close(int(code), reason)

    async def on_websocket_deny(self, req: Request, ws: WebSocket) -> None:
        await ws.deny(401, {'WWW-Authenticate': 'Basic'}, 'who are you?')

    async def on_websocket_forbid(self, req: Request, ws: WebSocket) -> None:
        raise falcon.HTTPForbidden(title='Not you', headers={'X-Why': 'because'})

    async def on_websocket_forbid_later(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise falcon.HTTPForbidden

    async def on_websocket_fail(self, req: Request, ws: WebSocket) -> None:
        raise KeyError('on purpose')

    async def on_websocket_send(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text('tick')
                await asyncio.sleep(0.005)
        except falcon.WebSocketDisconnected as error:
            tell(f'send ended with {error.code}')

    async def on_websocket_poll(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while not ws.closed:  # noqa: ASYNC110 # just what is to be shown to end
            await asyncio.sleep(0.005)
        tell(f'poll ended with {ws.close_code}')

    async def on_websocket_flood(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        sent = 0
        try:
            while sent < FLOOD_BYTES:
                await ws.send_text(MESSAGE)
                sent += len(MESSAGE)
        except falcon.WebSocketDisconnected as error:
            tell(f'flood ended with {error.code}: {error.__cause__}')


class Needs:
    """The largest resident memory so far, in bytes, and the tasks there are besides the one that answers."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'peak_bytes': peak_bytes(), 'other_tasks': len(asyncio.all_tasks()) - 1}


async def sink(req: Request, resp: Any, ws: WebSocket | None = None, name: str = '') -> None:
    """Greet by name."""
    assert ws is not None
    await ws.accept()
    await ws.send_text(f'hello {name}')


def application() -> falcon.asgi.App:
    """Return an application with all of the routes."""
    made = falcon.asgi.App()
    sockets = Sockets()
    prefix = 'on_websocket_'
    for name in vars(Sockets):
        if name.startswith(prefix):
            suffix = name.removeprefix(prefix)
            made.add_route(f'/{suffix}', sockets, suffix=suffix)
    made.add_route('/needs', Needs())
    made.add_sink(sink, r'/hello/(?P<name>\w+)')
    return made


app = application()

limited = application()
limited.ws_options.allowed_origins = ['https://example.com', None]
limited.ws_options.max_message_size = 1000
limited.ws_options.idle_timeout_s = 1
limited.ws_options.send_timeout_s = 0.5
