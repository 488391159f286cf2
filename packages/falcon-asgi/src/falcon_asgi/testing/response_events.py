"""The client's side of an exchange: the events that an application sends."""

import asyncio
from collections.abc import Callable

from falcon_core.asgi_types import Message
from falcon_core.testing import Progress, checked_headers

__all__ = ['ASGIResponseEventCollector']

_LIFESPAN_EVENTS = frozenset(
    {
        'lifespan.startup.complete',
        'lifespan.startup.failed',
        'lifespan.shutdown.complete',
        'lifespan.shutdown.failed',
    }
)


class ASGIResponseEventCollector:
    """Takes what an application sends, and refuses what a server would refuse.

    Args:
        on_complete: Called when the end of the response has been sent, or None.

    Attributes:
        events (list[Message]): What was sent.
        headers (list[tuple[str, str]]): The headers of the response: lowercase name and value.
        status (int | None): Its status, or None until it was sent.
        body_chunks (list[bytes]): Its body, as far as it was sent, in the pieces that it was sent in.
        more_body (bool | None): Whether there is more to come; None until anything of the body was sent.
        progress (Progress): Tells of each event that was sent.
    """

    def __init__(self, on_complete: Callable[[], None] | None = None) -> None:
        self.events: list[Message] = []
        self.headers: list[tuple[str, str]] = []
        self.status: int | None = None
        self.body_chunks: list[bytes] = []
        self.more_body: bool | None = None
        self._on_complete = on_complete
        self.progress = Progress()

    async def collect(self, event: Message) -> None:
        """Take an event.

        Raises:
            TypeError: A part of the event is not of its type.
            ValueError: There is no such event, or it holds or comes at what it may not.
        """
        kind = event['type']
        if kind == 'http.response.start':
            self._start(event)
        elif kind == 'http.response.body':
            self._add(event)
        elif kind not in _LIFESPAN_EVENTS:
            raise ValueError(f'received an event of type {kind!r}, expected one of a response or of the lifespan')
        self.events.append(event)
        self.progress.tell()
        if self.more_body:
            # A stream that never waits must let whoever reads it run.
            await asyncio.sleep(0)

    async def __call__(self, event: Message) -> None:
        """Take an event; so that the collector is an ASGI send callable."""
        await self.collect(event)

    def _start(self, event: Message) -> None:
        if self.status is not None:
            raise ValueError('received http.response.start again, expected the body of the response')
        status = event['status']
        if not isinstance(status, int):
            raise TypeError(f'received status {status!r}, expected an int')
        pairs = checked_headers(event.get('headers', ()))
        self.headers = [(name.decode('latin-1'), value.decode('latin-1')) for name, value in pairs]
        self.status = status

    def _add(self, event: Message) -> None:
        body = event.get('body', b'')
        if self.status is None:
            raise ValueError('received http.response.body first, expected http.response.start')
        if not isinstance(body, bytes):
            raise TypeError(f'received a body of type {type(body).__name__}, expected bytes')
        if self.more_body is False:
            if body:
                raise ValueError(f'received {len(body)} bytes after the end of the response, expected nothing')
            return
        if body:
            self.body_chunks.append(body)
        self.more_body = bool(event.get('more_body', False))
        if not self.more_body and self._on_complete is not None:
            self._on_complete()
