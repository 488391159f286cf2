"""A server's side of a stream with an upkeep, and iterators of chunks at given times, for loops whose time passes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

from falcon_core.asgi_types import Message
from falcon_core.interfaces import Upkeep
from falcon_core.shutdown import Shutdown
from falcon_core.streams import send_stream

__all__ = ['HEARTBEATS', 'PING', 'TimedConnection', 'for_ever', 'for_ever_at', 'now', 'timed']

PING = b': ping\n\n'
HEARTBEATS = Upkeep(heartbeat_s=15, heartbeat=PING)


def now() -> float:
    return round(asyncio.get_running_loop().time(), 6)


class TimedConnection:
    """A server's side of one response: notes what it is sent and when; `take` says how long it takes over it."""

    def __init__(self, take: Callable[[bytes], Awaitable[None]] | None = None) -> None:
        self.sent: list[tuple[float, bytes]] = []
        self.ended_at: float | None = None
        self.gone = asyncio.Event()
        self._take = take
        self._is_sending = False

    async def send(self, message: Message) -> None:
        assert not self._is_sending, 'sent beside something else'
        self._is_sending = True
        try:
            if message['more_body']:
                self.sent.append((now(), message['body']))
            else:
                self.ended_at = now()
            if self._take is not None:
                await self._take(message['body'])
        finally:
            self._is_sending = False

    async def left(self) -> None:
        await self.gone.wait()

    async def stream(
        self, chunks: AsyncIterator[bytes], upkeep: Upkeep, shutdown: Shutdown | None = None, **options: Any
    ) -> bool:
        return await send_stream(self.send, chunks, self.left, upkeep=upkeep, shutdown=shutdown, **options)


async def timed(*parts: float | bytes, log: list[tuple[float, str]] | None = None) -> AsyncGenerator[bytes]:
    """Yield the bytes, wait for the seconds between them; note how and when it ended, if that was early."""
    try:
        for part in parts:
            if isinstance(part, bytes):
                yield part
            else:
                await asyncio.sleep(part)
    except BaseException as error:
        if log is not None:
            log.append((now(), type(error).__name__))
        raise


async def for_ever(chunk: bytes) -> None:
    await asyncio.Event().wait()


def for_ever_at(at: bytes) -> Callable[[bytes], Awaitable[None]]:
    """Take everything at once, but never end taking one chunk."""

    async def take(chunk: bytes) -> None:
        if chunk == at:
            await asyncio.Event().wait()

    return take
