"""Two applications whose connections do nothing but wait: one of no framework, and one of this."""

import asyncio
import gc
import json
import re
from pathlib import Path

import falcon.asgi
from falcon.asgi import Request, WebSocket
from falcon_core.asgi_types import Receive, Scope, Send


def needs() -> bytes:
    """Return what the process has at present: resident memory in bytes, and tasks besides the one that asks."""
    gc.collect()
    resident = re.search(r'VmRSS:\s+(\d+) kB', Path('/proc/self/status').read_text())
    assert resident is not None  # every Linux has it
    return json.dumps({'bytes': int(resident[1]) * 1024, 'other_tasks': len(asyncio.all_tasks()) - 1}).encode()


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Wait in a connection; answer any HTTP request with what that needs."""
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        while (await receive())['type'] != 'websocket.disconnect':
            pass
    elif scope['type'] == 'http':
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': needs()})


class Waiting:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.receive_text()

    async def on_get(self, req: Request, resp: falcon.asgi.Response) -> None:
        resp.data = needs()


app = falcon.asgi.App()
app.add_route('/', Waiting())
