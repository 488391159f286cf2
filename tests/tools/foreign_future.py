"""A server that receives in another thread, as granian does, and so has a kind of future of its own."""

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any, cast

from falcon_core.asgi_types import Message

__all__ = ['ForeignFuture', 'ForeignServer']


class ForeignFuture:
    """What a call of `receive` returns; to the event loop it is a future, to whoever steps it an iterator of itself.

    Attributes:
        callback: Tells the one who waits for it, if anyone does.
    """

    _asyncio_future_blocking = True

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.callback: Callable[[], object] | None = None
        self._event: Message | None = None
        self._is_cancelled = False
        self._is_stepped = False

    def __await__(self) -> Generator[Any, Any, Message]:
        # An iterator without the other methods of a generator, as granian's is.
        return cast('Generator[Any, Any, Message]', self)

    def __iter__(self) -> 'ForeignFuture':
        return self

    def __next__(self) -> 'ForeignFuture':
        if self._event is not None:
            raise StopIteration(self._event)
        assert not self._is_stepped, 'stepped again before there is anything'
        self._is_stepped = True
        return self

    def done(self) -> bool:
        return self._event is not None or self._is_cancelled

    def cancelled(self) -> bool:
        return self._is_cancelled

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def result(self) -> Message:
        if self._is_cancelled:
            raise asyncio.CancelledError
        assert self._event is not None
        return self._event

    def add_done_callback(self, callback: Callable[[Any], object], *, context: Context | None = None) -> None:
        self.callback = lambda: self._loop.call_soon(callback, self, context=context)
        if self.done():
            self.callback()

    def remove_done_callback(self, callback: Callable[[Any], object]) -> int:
        self.callback = None
        return 1

    def cancel(self, msg: object = None) -> bool:
        if self.done():
            return False
        self._is_cancelled = True
        self._tell()
        return True

    def arrive(self, event: Message) -> None:
        """Bring an event; it is lost if the future was cancelled."""
        if not self._is_cancelled:
            self._event = event
            self._tell()

    def _tell(self) -> None:
        if self.callback is not None:
            self.callback()


class ForeignServer:
    """Gives each event to the call of `receive` that was first, also if that was cancelled, so that the event is lost.

    Attributes:
        calls: How often `receive` was called.
        asked: The calls that wait for an event.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.asked: deque[ForeignFuture] = deque()
        self._events: deque[Message] = deque()

    def put(self, event: Message) -> None:
        self._events.append(event)
        self._give()

    def receive(self) -> ForeignFuture:
        self.calls += 1
        self.asked.append(ForeignFuture())
        coming = self.asked[-1]
        self._give()
        return coming

    async def receive_after(self, opened: asyncio.Future[None]) -> Message:
        """Receive as a server that waits in the event loop first, and goes on there."""
        await opened
        return await self.receive()

    def _give(self) -> None:
        while self.asked and self._events:
            self.asked.popleft().arrive(self._events.popleft())
