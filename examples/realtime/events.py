"""Two event streams: a counter, and notifications that anyone may push."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import Any

import falcon
from falcon.asgi import Request, Response, SSEvent

MAX_WAITING = 32
MAX_NOTIFICATION = 280
TICK_S = 1.0

logger = logging.getLogger('realtime.events')


class Counter:
    """Counts the seconds; a client that comes back goes on where it was."""

    async def on_get(self, req: Request, resp: Response) -> None:
        last = req.get_header('Last-Event-ID') or ''
        start = int(last) + 1 if last.isdecimal() and len(last) < 16 else 0
        resp.cache_control = ['no-store']
        resp.sse = count(start)


async def count(start: int) -> AsyncIterator[SSEvent]:
    number = start
    while True:
        yield SSEvent(
            json={'count': number, 'timestamp': time.time()}, event='counter', event_id=str(number), retry=2000
        )
        number += 1
        await asyncio.sleep(TICK_S)


class Notifications:
    """Passes on what is posted here to all that listen here."""

    def __init__(self) -> None:
        self._subscribers: set[asyncio.Queue[dict[str, Any]]] = set()

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.cache_control = ['no-store']
        resp.sse = self._subscription()

    async def on_post(self, req: Request, resp: Response) -> None:
        notification = {'message': read_notification(req.media), 'timestamp': time.time()}
        resp.status = falcon.HTTP_202
        delivered = self.push(notification)
        resp.media = {'delivered_to': delivered, 'missed_by': len(self._subscribers) - delivered}

    def push(self, notification: dict[str, Any]) -> int:
        """Queue a notification for each subscriber; return for how many there was room."""
        delivered = 0
        for queue in self._subscribers:
            try:
                queue.put_nowait(notification)
                delivered += 1
            except asyncio.QueueFull:
                logger.warning('a subscriber reads too slowly and misses a notification')
        return delivered

    async def _subscription(self) -> AsyncIterator[SSEvent]:
        # A subscriber is one for as long as its stream runs: the stream begins after the responder has returned,
        # and this generator is closed when the client leaves.
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_WAITING)
        self._subscribers.add(queue)
        try:
            yield SSEvent(comment='subscribed')
            while True:
                yield SSEvent(json=await queue.get(), event='notification')
        finally:
            self._subscribers.discard(queue)


def read_notification(media: object) -> str:
    message = media.get('message') if isinstance(media, dict) else None
    if not isinstance(message, str) or not message.strip():
        raise falcon.HTTPUnprocessableEntity(title='Invalid notification', description='The message is missing.')
    if len(message) > MAX_NOTIFICATION:
        raise falcon.HTTPUnprocessableEntity(
            title='Invalid notification',
            description=f'The message has {len(message)} characters, at most {MAX_NOTIFICATION} are allowed.',
        )
    return message.strip()
