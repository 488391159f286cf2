"""The client's side of an exchange: the events that an application receives."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import aclosing
from typing import Any, Final

from falcon_core.asgi_types import Message
from falcon_core.streams import close_stream

__all__ = ['DEFAULT_CHUNK_SIZE', 'ASGILifespanEventEmitter', 'ASGIRequestEventEmitter', 'RequestBody']

DEFAULT_CHUNK_SIZE: Final = 4096

# What is iterated over is sent piece by piece, as it comes.
RequestBody = str | bytes | bytearray | memoryview | Iterable[bytes] | AsyncIterable[bytes]


class ASGIRequestEventEmitter:
    """Gives an application the body of a request, then waits to tell it that the client has left.

    The events are those that a server may send and that are easily forgotten: before the body and between its pieces
    come events with an empty body or without one, and the last one may leave out `more_body`.

    Args:
        body: The body: text, which is sent as UTF-8, bytes, an iterable of bytes, synchronous or not, or None.
        chunk_size: The size of its pieces in bytes; None for 4096. Of an iterable, its items are the pieces.
        disconnect_at: When the client leaves, in seconds since the epoch; None to leave that to `disconnect`.
            At 0 it has left before it could send anything of the body.

    Raises:
        ValueError: `chunk_size` is less than 1.
    """

    def __init__(
        self,
        body: RequestBody | None = None,
        chunk_size: int | None = None,
        disconnect_at: int | float | None = None,
    ) -> None:
        chunk_size = DEFAULT_CHUNK_SIZE if chunk_size is None else chunk_size
        if chunk_size < 1:
            raise ValueError(f'received chunk_size {chunk_size!r}, expected at least 1')
        # Only what is iterated over asynchronously has the application wait for it.
        self._may_wait = body is not None and isinstance(body, AsyncIterable)
        self._body = body
        self._chunk_size = chunk_size
        # Made when the application asks for the first: most requests have no body, and most responders do not ask.
        self._events: AsyncGenerator[Message, None] | None = None
        self._coming: asyncio.Task[Message | None] | None = None
        self._disconnect_at = disconnect_at
        self._left = asyncio.Event()
        # Whether what is left of the body is given before the disconnect.
        self._exhaust_body = True
        if disconnect_at == 0:
            self.disconnect(exhaust_body=False)

    @property
    def disconnected(self) -> bool:
        """Whether the client has left, or is to leave when its body has been received."""
        return self._left.is_set() or (self._disconnect_at is not None and self._disconnect_at <= time.time())

    def disconnect(self, exhaust_body: bool | None = None) -> None:
        """Have the client leave.

        Args:
            exhaust_body: Whether what is left of the body can be received before; None stands for True.
        """
        self._exhaust_body = exhaust_body is None or exhaust_body
        self._left.set()

    async def emit(self) -> Message:
        """Return the next event of the client; when its body is exhausted, wait until it leaves.

        A call that is cancelled loses nothing.
        """
        if not self._left.is_set() or self._exhaust_body:
            event = await (self._awaited_event() if self._may_wait else self._next_event())
            if event is not None:
                return event
            await self._wait_until_left()
        return {'type': 'http.disconnect'}

    async def aclose(self) -> None:
        """Close what the body is iterated from."""
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})
        if self._events is not None:
            await self._events.aclose()

    async def __call__(self) -> Message:
        """Return the next event; so that the emitter is an ASGI receive callable."""
        return await self.emit()

    async def _next_event(self) -> Message | None:
        if self._events is None:
            self._events = _request_events(_pieces(self._body, self._chunk_size))
        return await anext(self._events, None)

    async def _awaited_event(self) -> Message | None:
        """Return the next event of a body that may have to be waited for; None if there is none, or the client left."""
        if self._coming is None:
            self._coming = asyncio.create_task(self._next_event())
        leaving = asyncio.create_task(self._wait_until_left())
        both: set[asyncio.Task[Any]] = {self._coming, leaving}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            await asyncio.wait({leaving})
        if not self._coming.done() and not self._exhaust_body:
            return None
        event = await asyncio.shield(self._coming)
        self._coming = None
        return event

    async def _wait_until_left(self) -> None:
        timeout_s = None if self._disconnect_at is None else max(0, self._disconnect_at - time.time())
        try:
            async with asyncio.timeout(timeout_s):
                await self._left.wait()
        except TimeoutError:
            self._left.set()


class ASGILifespanEventEmitter:
    """Tells an application to start, and later to shut down.

    Args:
        shutting_down: What is notified when the application is to shut down.
    """

    def __init__(self, shutting_down: asyncio.Condition) -> None:
        self._shutting_down = shutting_down
        self._started = False

    async def emit(self) -> Message:
        """Return the startup event; the next time, wait for the notification and return the shutdown event."""
        if not self._started:
            self._started = True
            return {'type': 'lifespan.startup'}
        async with self._shutting_down:
            await self._shutting_down.wait()
        return {'type': 'lifespan.shutdown'}

    async def __call__(self) -> Message:
        """Return the next event; so that the emitter is an ASGI receive callable."""
        return await self.emit()


async def _request_events(pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[Message, None]:
    async with aclosing(pieces):
        yield {'type': 'http.request', 'more_body': True}
        yield {'type': 'http.request', 'body': b'', 'more_body': True}
        current = await anext(pieces, b'')
        spells_out = False
        async for following in pieces:
            yield {'type': 'http.request', 'body': current, 'more_body': True}
            yield {'type': 'http.request', 'more_body': True} | ({'body': b''} if spells_out else {})
            current = following
            spells_out = not spells_out
        yield {'type': 'http.request', 'body': current} | ({'more_body': False} if spells_out else {})


async def _pieces(body: RequestBody | None, chunk_size: int) -> AsyncGenerator[bytes, None]:
    if isinstance(body, AsyncIterable):
        pieces = aiter(body)
        try:
            async for piece in pieces:
                yield _checked(piece)
        finally:
            await close_stream(pieces)
        return
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        whole = bytes(body)
        body = (whole[start : start + chunk_size] for start in range(0, len(whole), chunk_size))
    for piece in body or ():
        yield _checked(piece)


def _checked(piece: object) -> bytes:
    if not isinstance(piece, (bytes, bytearray, memoryview)):
        raise TypeError(f'received a piece of the request body of type {type(piece).__name__}, expected bytes')
    return bytes(piece)
