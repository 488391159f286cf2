"""An application that takes and gives large bodies, echoes messages, and tells how much memory it has needed."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import falcon
import falcon.asgi
from falcon.asgi import Request, Response, WebSocket

CHUNK = b'x' * 65536


class Downloads:
    async def on_get(self, req: Request, resp: Response, chunks: int) -> None:
        resp.stream = _chunks(chunks)


class Uploads:
    async def on_post(self, req: Request, resp: Response) -> None:
        received = 0
        async for chunk in req.stream:
            received += len(chunk)
        resp.text = str(received)


class Echo:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except falcon.WebSocketDisconnected:
            pass


class Needs:
    """The largest resident memory so far, in bytes, and the tasks there are besides the one that answers."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'peak_bytes': _peak_bytes(), 'other_tasks': len(asyncio.all_tasks()) - 1}


def _peak_bytes() -> int:
    # Not getrusage: to its maximum counts what the process was before it became this server.
    peak = re.search(r'VmHWM:\s+(\d+) kB', Path('/proc/self/status').read_text())
    assert peak is not None  # every Linux has it
    return int(peak[1]) * 1024


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield CHUNK


app = falcon.asgi.App()
app.add_route('/downloads/{chunks:int}', Downloads())
app.add_route('/uploads', Uploads())
app.add_route('/echo', Echo())
app.add_route('/needs', Needs())
