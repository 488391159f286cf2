"""Echoing messages beside other frameworks, in process: python benchmarks/websocket.py

Puts the others into an environment of their own, in a temporary folder or the one that `--peers` names, and runs this
file with the name of a framework there and here by turns, so that what else the machine does falls on all alike. Of
each case the best of all runs counts.

The server is two coroutine functions: one that has a message ready whenever it is asked, and one that takes whatever it
is sent. What is measured is what a framework adds to that: microseconds for one message received and sent back.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import venv
from itertools import chain
from pathlib import Path

TURNS = 9
ROUNDS = 7
MESSAGES = 2000
OURS = 'this'
PEERS = ('falcon', 'starlette', 'blacksheep', 'litestar')
FRAMEWORKS = ('bare', *PEERS, OURS)
REQUIREMENTS = ('falcon==4.4.*', 'starlette', 'blacksheep', 'litestar', 'msgpack')

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


def payloads():
    import msgpack

    return {'text': ('text', TEXT), 'json': ('text', TEXT), 'msgpack': ('bytes', msgpack.packb(MEDIA))}


def bare():
    """Return an application of no framework for each case."""
    import msgpack

    def echo(key, convert):
        async def app(scope, receive, send):
            await receive()
            await send({'type': 'websocket.accept'})
            while True:
                event = await receive()
                if event['type'] == 'websocket.disconnect':
                    return
                await send({'type': 'websocket.send', key: convert(event[key])})

        return app

    return {
        'text': echo('text', lambda text: text),
        'json': echo('text', lambda text: json.dumps(json.loads(text))),
        'msgpack': echo('bytes', lambda data: msgpack.packb(msgpack.unpackb(data))),
    }


def falcon():
    """Return Falcon's applications; this framework's are the same, but for the methods it has for each format."""
    import falcon.asgi

    def application(echo):
        class Resource:
            async def on_websocket(self, req, ws):
                await ws.accept()
                with contextlib.suppress(falcon.WebSocketDisconnected):
                    await echo(ws)

        app = falcon.asgi.App()
        app.add_route('/', Resource())
        return app

    async def text(ws):
        while True:
            await ws.send_text(await ws.receive_text())

    async def media(ws):
        while True:
            await ws.send_media(await ws.receive_media())

    async def binary_media(ws):
        while True:
            await ws.send_media(await ws.receive_media(), falcon.WebSocketPayloadType.BINARY)

    async def as_json(ws):
        while True:
            await ws.send_json(await ws.receive_json())

    async def as_msgpack(ws):
        while True:
            await ws.send_msgpack(await ws.receive_msgpack())

    if hasattr(falcon.asgi.WebSocket, 'receive_json'):
        media, binary_media = as_json, as_msgpack
    return {'text': application(text), 'json': application(media), 'msgpack': application(binary_media)}


def starlette():
    """Return Starlette's applications."""
    import msgpack
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocketDisconnect

    def application(echo):
        async def endpoint(websocket):
            await websocket.accept()
            with contextlib.suppress(WebSocketDisconnect):
                await echo(websocket)

        return Starlette(routes=[WebSocketRoute('/', endpoint)])

    async def text(ws):
        while True:
            await ws.send_text(await ws.receive_text())

    async def as_json(ws):
        while True:
            await ws.send_json(await ws.receive_json())

    async def as_msgpack(ws):
        while True:
            await ws.send_bytes(msgpack.packb(msgpack.unpackb(await ws.receive_bytes())))

    return {'text': application(text), 'json': application(as_json), 'msgpack': application(as_msgpack)}


def blacksheep():
    """Return BlackSheep's applications."""
    import msgpack
    from blacksheep import Application, Router, WebSocket, WebSocketDisconnectError

    def application(echo):
        # A router of its own: the default one is shared by all applications.
        app = Application(router=Router())

        @app.router.ws('/')
        async def handler(websocket: WebSocket):
            await websocket.accept()
            with contextlib.suppress(WebSocketDisconnectError):
                await echo(websocket)

        return app

    async def text(ws):
        while True:
            await ws.send_text(await ws.receive_text())

    async def as_json(ws):
        while True:
            await ws.send_json(await ws.receive_json())

    async def as_msgpack(ws):
        while True:
            await ws.send_bytes(msgpack.packb(msgpack.unpackb(await ws.receive_bytes())))

    return {'text': application(text), 'json': application(as_json), 'msgpack': application(as_msgpack)}


def litestar():
    """Return Litestar's applications."""
    from litestar import Litestar, WebSocket, websocket
    from litestar.exceptions import WebSocketDisconnect

    def application(echo):
        @websocket('/')
        async def handler(socket: WebSocket) -> None:
            await socket.accept()
            with contextlib.suppress(WebSocketDisconnect):
                await echo(socket)

        return Litestar([handler])

    async def text(ws):
        while True:
            await ws.send_text(await ws.receive_text())

    async def as_json(ws):
        while True:
            await ws.send_json(await ws.receive_json())

    async def as_msgpack(ws):
        while True:
            await ws.send_msgpack(await ws.receive_msgpack())

    return {'text': application(text), 'json': application(as_json), 'msgpack': application(as_msgpack)}


async def start(app):
    """Send the application the start of the lifespan; some routes exist only then."""
    started = asyncio.get_running_loop().create_future()
    events = iter([{'type': 'lifespan.startup'}])

    async def receive():
        for event in events:
            return event
        return await asyncio.Event().wait()

    async def send(event):
        if not started.done():
            started.set_result(event)

    scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': {}}
    task = asyncio.create_task(app(scope, receive, send))
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    return task


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


async def measure(app, key, payload):
    """Return microseconds for a message: the best of several connections."""
    best = float('inf')
    for _ in range(ROUNDS):
        client = Client(key, payload)
        begin = time.perf_counter()
        await app(dict(SCOPE), client.receive, client.send)
        best = min(best, time.perf_counter() - begin)
        assert client.echoed == MESSAGES, f'{client.echoed} messages came back, expected {MESSAGES}'
    return best / MESSAGES * 1e6


async def run(name):
    apps = {OURS: falcon}.get(name, globals().get(name))()
    times = {}
    for case, (key, payload) in payloads().items():
        lifespan = await start(apps[case]) if name != 'bare' else None
        times[case] = await measure(apps[case], key, payload)
        if lifespan is not None:
            lifespan.cancel()
    json.dump(times, sys.stdout)


def compare(peers):
    python = Path(peers, 'bin', 'python')
    if not python.exists():
        venv.create(peers, with_pip=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', *REQUIREMENTS], check=True)
    runs = {name: [] for name in FRAMEWORKS}
    for _ in range(TURNS):
        for name in FRAMEWORKS:
            command = [sys.executable if name == OURS else python, __file__, name]
            runs[name].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    best = {name: {case: min(turn[case] for turn in turns) for case in turns[0]} for name, turns in runs.items()}
    print(f'{"us a message":14}' + ''.join(f'{name:>12}' for name in FRAMEWORKS) + f'{"of best peer":>14}')
    for case, time_us in best[OURS].items():
        row = ''.join(f'{best[name][case]:12.2f}' for name in FRAMEWORKS)
        print(f'{case:14}{row}{time_us / min(best[name][case] for name in PEERS):14.2f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('framework', nargs='?', choices=FRAMEWORKS, help='measure one, with what is installed here')
    parser.add_argument('--peers', type=Path, help='an environment of the others, made if it is not there')
    arguments = parser.parse_args()
    if arguments.framework is not None:
        asyncio.run(run(arguments.framework))
    elif arguments.peers is not None:
        compare(arguments.peers)
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(folder)


if __name__ == '__main__':
    main()
