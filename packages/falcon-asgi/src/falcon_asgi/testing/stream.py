"""The body of a response, read while it is sent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Self

__all__ = ['ResultBodyStream']


class ResultBodyStream:
    """A body that is being sent.

    Args:
        chunks: The body, in pieces; those that come later are added to it.
        more: Waits until there are more than so many chunks, or there will be no more, and for how long; None if there
            are no more.
    """

    def __init__(self, chunks: Sequence[bytes], more: Callable[[int], Awaitable[None]] | None = None) -> None:
        self._chunks = chunks
        self._more = more
        self._read = 0

    async def read(self) -> bytes:
        """Return what has been sent since the last read; if that is nothing, wait for some.

        A read that is cancelled, or waits for too long, loses nothing: the next one goes on.

        Returns:
            The bytes; none at the end of the body.

        Raises:
            ConnectionError: The application has ended before the end of the body.
            TimeoutError: Nothing was sent for too long.
        """
        if self._read == len(self._chunks) and self._more is not None:
            await self._more(self._read)
        start, self._read = self._read, len(self._chunks)
        return b''.join(self._chunks[start : self._read])

    def __aiter__(self) -> Self:
        """Iterate over what is left of the body, as it is sent."""
        return self

    async def __anext__(self) -> bytes:
        """Return what `read` does; raises what it does, and StopAsyncIteration at the end of the body."""
        piece = await self.read()
        if not piece:
            raise StopAsyncIteration
        return piece
