"""An application of event streams that tells what is left of them."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import falcon.asgi
from falcon.asgi import Request, Response, SSEvent
from falcon_sse import EventLog, EventStream
from processes import peak_bytes

# An event larger than the buffers between this server and a client on the same machine.
LARGE = 'x' * (1 << 20)

log = EventLog(1000)
open_streams = 0


class Events:
    """Follows the log, or waits, counted while it is open."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = counted(log.subscribe(req.last_event_id))

    async def on_post(self, req: Request, resp: Response) -> None:
        media: Any = await req.get_media()
        resp.media = {'id': log.append(media).event_id}

    async def on_get_farewell(self, req: Request, resp: Response) -> None:
        resp.sse = EventStream(counted(log.subscribe()), last_event=SSEvent('the server stops', 'bye', retry=100))

    async def on_get_bytes(self, req: Request, resp: Response) -> None:
        """Events as an application writes them that knows nothing of event streams."""
        resp.content_type = 'text/event-stream'
        resp.stream = serialized()

    async def on_get_large(self, req: Request, resp: Response) -> None:
        resp.sse = counted(large())


async def counted(events: AsyncIterator[Any]) -> AsyncIterator[Any]:
    global open_streams
    open_streams += 1
    try:
        async for event in events:
            yield event
    finally:
        open_streams -= 1


async def large() -> AsyncIterator[str]:
    while True:
        yield LARGE
        await asyncio.sleep(0)


async def serialized() -> AsyncIterator[bytes]:
    while True:
        yield SSEvent('tick').serialize().encode()
        await asyncio.sleep(0.05)


class Counts:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {
            'open_streams': open_streams,
            'subscribers': log.subscribers,
            'tasks': len(asyncio.all_tasks()) - 1,
        }

    async def on_get_peak(self, req: Request, resp: Response) -> None:
        resp.media = peak_bytes()


app = falcon.asgi.App()
app.resp_options.sse_heartbeat_s = float(os.environ.get('HEARTBEAT_S', '15'))
app.resp_options.stream_send_timeout_s = float(os.environ.get('SEND_TIMEOUT_S', '60'))
app.add_route('/events', Events())
app.add_route('/farewell', Events(), suffix='farewell')
app.add_route('/bytes', Events(), suffix='bytes')
app.add_route('/large', Events(), suffix='large')
counts = Counts()
app.add_route('/counts', counts)
app.add_route('/peak', counts, suffix='peak')
