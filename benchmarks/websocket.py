"""What a message echoed over a WebSocket takes: python benchmarks/websocket.py bare|this|falcon|starlette|...

The server is two coroutine functions: one that has a message ready whenever it is asked, and one that takes whatever it
is sent. What is measured is what a framework adds to that, for one message received and sent back. `bare` is an
application that uses no framework. `compare.py` says what is asked of this file.
"""

import asyncio
import contextlib
import json
import sys
from functools import partial
from itertools import chain

import msgpack
from asked import answer, mean, start

MESSAGES = 2000

SCOPE = {
    'type': 'websocket',
    'asgi': {'version': '3.0', 'spec_version': '2.4'},
    'http_version': '1.1',
    'scheme': 'ws',
    'path': '/',
    'raw_path': b'/',
    'query_string': b'',
    'root_path': '',
    'headers': [(b'host', b'localhost'), (b'sec-websocket-version', b'13')],
    'client': ('127.0.0.1', 50000),
    'server': ('127.0.0.1', 8000),
    'subprotocols': [],
    'state': {},
}
MEDIA = {'user': 'Ada', 'message': 'hello, world', 'tags': ['a', 'b'], 'number': 1815}
TEXT = json.dumps(MEDIA)


# What an application written for each framework would hold; the first three are the same for several of them.


async def text(ws):
    while True:
        await ws.send_text(await ws.receive_text())


async def as_json(ws):
    while True:
        await ws.send_json(await ws.receive_json())


async def as_msgpack(ws):
    while True:
        await ws.send_msgpack(await ws.receive_msgpack())


async def as_packed_bytes(ws):
    while True:
        await ws.send_bytes(msgpack.packb(msgpack.unpackb(await ws.receive_bytes())))


async def as_media(ws):
    while True:
        await ws.send_media(await ws.receive_media())


async def as_binary_media(ws):
    import falcon

    while True:
        await ws.send_media(await ws.receive_media(), falcon.WebSocketPayloadType.BINARY)


def bare(case):
    key, convert = {
        'text': ('text', lambda text: text),
        'JSON': ('text', lambda text: json.dumps(json.loads(text))),
        'MessagePack': ('bytes', lambda data: msgpack.packb(msgpack.unpackb(data))),
    }[case]

    async def app(scope, receive, send):
        await receive()
        await send({'type': 'websocket.accept'})
        while True:
            event = await receive()
            if event['type'] == 'websocket.disconnect':
                return
            await send({'type': 'websocket.send', key: convert(event[key])})

    return app


def falcon_app(echo):
    import falcon.asgi

    class Resource:
        async def on_websocket(self, req, ws):
            await ws.accept()
            with contextlib.suppress(falcon.WebSocketDisconnected):
                await echo(ws)

    app = falcon.asgi.App()
    app.add_route('/', Resource())
    return app


def this(case):
    return falcon_app({'text': text, 'JSON': as_json, 'MessagePack': as_msgpack}[case])


def falcon(case):
    # Falcon has no methods of their own for JSON and MessagePack.
    return falcon_app({'text': text, 'JSON': as_media, 'MessagePack': as_binary_media}[case])


def starlette(case):
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocketDisconnect

    echo = {'text': text, 'JSON': as_json, 'MessagePack': as_packed_bytes}[case]

    async def endpoint(websocket):
        await websocket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            await echo(websocket)

    return Starlette(routes=[WebSocketRoute('/', endpoint)])


def blacksheep(case):
    from blacksheep import Application, Router, WebSocket, WebSocketDisconnectError

    echo = {'text': text, 'JSON': as_json, 'MessagePack': as_packed_bytes}[case]
    # A router of its own: the default one is shared by all applications.
    app = Application(router=Router())

    @app.router.ws('/')
    async def handler(websocket: WebSocket):
        await websocket.accept()
        with contextlib.suppress(WebSocketDisconnectError):
            await echo(websocket)

    return app


def litestar(case):
    from litestar import Litestar, WebSocket, websocket
    from litestar.exceptions import WebSocketDisconnect

    echo = {'text': text, 'JSON': as_json, 'MessagePack': as_msgpack}[case]

    @websocket('/')
    async def handler(socket: WebSocket) -> None:
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            await echo(socket)

    return Litestar([handler])


FRAMEWORKS = {framework.__name__: framework for framework in (bare, this, falcon, starlette, blacksheep, litestar)}


class Client:
    """One connection whose messages are there whenever they are asked for."""

    def __init__(self, key, payload):
        self._events = chain(
            [{'type': 'websocket.connect'}],
            ({'type': 'websocket.receive', key: payload} for _ in range(MESSAGES)),
        )
        self._all_echoed = asyncio.Event()
        self.echoed = 0

    async def receive(self):
        for event in self._events:
            return event
        # Not before: some drop what came before the disconnect and was not received yet.
        await self._all_echoed.wait()
        return {'type': 'websocket.disconnect', 'code': 1000}

    async def send(self, event):
        if event['type'] == 'websocket.send':
            self.echoed += 1
            if self.echoed == MESSAGES:
                self._all_echoed.set()


async def main(framework):
    payloads = {'text': ('text', TEXT), 'JSON': ('text', TEXT), 'MessagePack': ('bytes', msgpack.packb(MEDIA))}
    cases, running = {}, []
    for case, (key, payload) in payloads.items():
        app = FRAMEWORKS[framework](case)
        if framework != 'bare':
            running.append(await start(app))

        async def echo(app=app, key=key, payload=payload):
            client = Client(key, payload)
            await app(dict(SCOPE), client.receive, client.send)
            assert client.echoed == MESSAGES, f'{client.echoed} messages came back, expected {MESSAGES}'

        cases[case] = partial(mean, echo, MESSAGES)
    await answer(cases)
    for lifespan in running:
        lifespan.cancel()


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1]))
