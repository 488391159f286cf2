"""An application whose clients may stop in the middle: it counts what it began and what it brought to its end."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator

import falcon
import falcon.asgi
from falcon.asgi import Request, Response, SSEvent
from processes import forget_peak, peak_bytes

CHUNK = b'x' * 65536

_counts: Counter[str] = Counter()
_may_read = asyncio.Event()


class Counting:
    """Counts the exchanges whose response hooks have run."""

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        _counts[f'responses {req.path}'] += 1


class Counts:
    """What was counted, the largest resident memory so far, and what is open now."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {
            'counts': _counts,
            'peak_bytes': peak_bytes(),
            'tasks': len(asyncio.all_tasks()) - 1,  # without the one that answers
            'files': len(os.listdir('/proc/self/fd')),
        }

    async def on_delete(self, req: Request, resp: Response) -> None:
        """Begin anew: of the memory, what is resident now is the largest."""
        _counts.clear()
        forget_peak()


class Downloads:
    """Streams as many chunks as asked for."""

    async def on_get(self, req: Request, resp: Response, chunks: int) -> None:
        resp.stream = _chunks(chunks)


class Events:
    """Sends large events without end."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = _events()


class Uploads:
    """Reads a body as it comes."""

    async def on_post(self, req: Request, resp: Response) -> None:
        _counts['uploads begun'] += 1
        received = 0
        try:
            async for chunk in req.stream:
                received += len(chunk)
                _counts['bytes received'] += len(chunk)
        except falcon.ClientDisconnected:
            _counts['uploads broken off'] += 1
            raise
        finally:
            _counts['uploads ended'] += 1
        resp.text = str(received)


class LateUploads:
    """Reads a body once it is told to."""

    async def on_post(self, req: Request, resp: Response) -> None:
        await _may_read.wait()
        received = 0
        async for chunk in req.stream:
            received += len(chunk)
        resp.text = str(received)

    async def on_put(self, req: Request, resp: Response) -> None:
        _may_read.set()


class Media:
    """Takes media, which is read before the responder runs."""

    async def on_post(self, req: Request, resp: Response) -> None:
        _counts['media read'] += 1
        resp.media = req.media


async def _events() -> AsyncIterator[SSEvent]:
    _counts['downloads begun'] += 1
    try:
        while True:
            _counts['chunks'] += 1
            yield SSEvent(data=CHUNK)
    finally:
        _counts['downloads closed'] += 1


async def _chunks(count: int) -> AsyncIterator[bytes]:
    _counts['downloads begun'] += 1
    try:
        for _ in range(count):
            _counts['chunks'] += 1
            yield CHUNK
    finally:
        _counts['downloads closed'] += 1


app = falcon.asgi.App(middleware=Counting())
app.add_route('/counts', Counts())
app.add_route('/downloads/{chunks:int}', Downloads())
app.add_route('/events', Events())
app.add_route('/uploads', Uploads())
app.add_route('/late', LateUploads())
app.add_route('/media', Media())
app.add_static_route('/files', os.environ['STALLING_FILES'])
