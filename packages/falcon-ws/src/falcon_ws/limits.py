"""What a connection may not exceed, laid around what the server offers; where nothing is limited, nothing is here.

- `within_size` turns a message that is too large into the end of the connection, closed with 1009.
- `within_time` turns a send that the client holds up for too long into the `OSError` of a client that left.
- `IdleWatch` closes a connection, with 1001, on which nothing was received and nothing sent for too long.
"""

import asyncio
import errno
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from falcon_core.asgi_types import Message, Receive, Send
from falcon_ws.close_codes import MESSAGE_TOO_BIG

__all__ = ['IdleWatch', 'within_size', 'within_time']


def within_size(receive: Receive, max_bytes: int, close: Callable[[int, str], Awaitable[None]]) -> Receive:
    """Return a receive callable that gives messages up to a size.

    In place of a larger one it closes the connection and gives the event of a connection that was closed so; it then
    gives nothing else.

    Args:
        receive: The ASGI receive callable.
        max_bytes: The size of the largest message to give, text counted as UTF-8.
        close: Called with the code and the reason; what it returns is awaited.
    """
    end: Message | None = None

    async def limited() -> Message:
        nonlocal end
        if end is not None:
            return end
        event = await receive()
        size = _size(event, max_bytes)
        if size <= max_bytes:
            return event
        reason = f'received {size} bytes, expected at most {max_bytes}'
        # Known before anything is awaited, so that a cancellation changes nothing.
        end = {'type': 'websocket.disconnect', 'code': MESSAGE_TOO_BIG, 'reason': reason}
        await close(MESSAGE_TOO_BIG, reason)
        return end

    return limited


def _size(event: Message, enough: int) -> int:
    """Return the size of the message in an event, in bytes; not exactly if it is certainly not above `enough`."""
    text: str | None = event.get('text')
    if text is None:
        return len(event.get('bytes') or b'')
    # A character takes 4 bytes at most.
    return len(text) if text.isascii() or len(text) * 4 <= enough else len(text.encode(errors='surrogatepass'))


def within_time(send: Send, timeout_s: float) -> Send:
    """Return a send callable that raises TimeoutError, as a socket does, if a message takes the server too long.

    Args:
        send: The ASGI send callable; it is cancelled then.
        timeout_s: How long it may take.
    """

    async def limited(message: Message) -> None:
        try:
            async with asyncio.timeout(timeout_s) as timeout:
                await send(message)
        except TimeoutError as error:
            if not timeout.expired():
                raise
            # With a number it is an error of the connection, not of a timeout that the application has set.
            raise TimeoutError(errno.ETIMEDOUT, f'the client took nothing for {timeout_s} s') from error

    return limited


class IdleWatch:
    """Ends a connection on which nothing happens, by one timer.

    Args:
        timeout_s: For how long nothing may be received or sent.
        close: Called when that was so; what it returns is run to its end, in a task.
    """

    __slots__ = ('_active_at', '_close', '_closing', '_loop', '_timeout_s', '_timer')

    def __init__(self, timeout_s: float, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._timeout_s = timeout_s
        self._close = close
        self._closing: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._active_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def receiving(self, receive: Receive) -> Receive:
        """Return a receive callable that this object sees."""

        async def watched() -> Message:
            event = await receive()
            self._note()
            return event

        return watched

    def sending(self, send: Send) -> Send:
        """Return a send callable that this object sees."""

        async def watched(message: Message) -> None:
            await send(message)
            self._note()

        return watched

    def start(self) -> None:
        """Begin to watch, if that has not begun."""
        if self._timer is None:
            self._loop = asyncio.get_running_loop()
            self._active_at = self._loop.time()
            self._timer = self._loop.call_later(self._timeout_s, self._check)

    def stop(self) -> None:
        """End watching, and the closing as well."""
        if self._timer is not None:
            self._timer.cancel()
        if self._closing is not None:
            self._closing.cancel()

    def _note(self) -> None:
        if self._loop is not None:
            self._active_at = self._loop.time()

    def _check(self) -> None:
        assert self._loop is not None  # set by `start`, which has set the timer
        due = self._active_at + self._timeout_s
        if due > self._loop.time():
            self._timer = self._loop.call_at(due, self._check)
        else:
            self._closing = self._loop.create_task(self._close())
