"""The data of one part of a multipart form, as an asynchronous stream."""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from falcon_core.errors import OperationNotAllowed

__all__ = ['AsyncWritable', 'BodyPartStream']

# Chunks that follow one another and have no more than this together become one. What a client sends in tiny pieces
# would else take twenty times the memory that it has bytes.
_MERGED_BYTES = 4096


class AsyncWritable(Protocol):
    """An asynchronous file-like object open for writing bytes."""

    async def write(self, data: bytes, /) -> object:
        """Write all of `data`."""
        ...


class BodyPartStream:
    """Yields the data of a part as it arrives, for as long as the form has not gone on to its next part.

    Calls may not overlap. A call that is cancelled loses nothing: what it had read is there for the next one.

    Args:
        next_chunk: Gives the next bytes, and none at the end.
        first_chunk: Bytes that come before those.
        ended: Whether nothing comes after `first_chunk`.
    """

    __slots__ = ('_chunks', '_ended', '_held_bytes', '_left', '_next_chunk', '_offset')

    def __init__(
        self, next_chunk: Callable[[], Awaitable[bytes]], first_chunk: bytes = b'', *, ended: bool = False
    ) -> None:
        self._next_chunk = next_chunk
        # What has arrived and not been read: the chunks, but for `_offset` bytes of the first.
        self._chunks: deque[bytes] = deque((first_chunk,) if first_chunk else ())
        self._offset = 0
        self._held_bytes = len(first_chunk)
        self._ended = ended
        self._left = False

    @property
    def eof(self) -> bool:
        """True once everything has been read and the end has been seen."""
        return self._ended and not self._held_bytes

    async def read(self, size: int | None = -1, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end of the part.

        Args:
            size: The number of bytes; negative or None for all that are left, however many.

        Raises:
            OperationNotAllowed: The form has gone on to its next part.
            MultipartParseError: The form is malformed from here on.
        """
        await self._hold(size)
        return self._take(self._held_bytes if size is None or size < 0 else size)

    async def readall(self) -> bytes:
        """Return all that is left of the part; see `read`."""
        return await self.read()

    async def peek(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer only at the end of the part, and leave them to be read; see `read`."""
        await self._hold(size)
        return self._first(size)

    async def read_whole(self, max_bytes: int, /) -> bytes | None:
        """Return all that is left of the part, or None if that is more than `max_bytes`, and all of it still there.

        See `read` for what it raises.
        """
        if self._left or not self._ended:
            await self._hold(max_bytes + 1)
        return None if self._held_bytes > max_bytes else self._take(self._held_bytes)

    def leave(self) -> None:
        """Say that the form goes on: what was not read is dropped, and to read raises OperationNotAllowed."""
        self._left = self._left or not self.eof
        self._chunks.clear()
        self._offset = self._held_bytes = 0

    async def exhaust(self) -> None:
        """Read what is left of the part and drop it; see `read`."""
        async for _ in self:
            pass

    async def pipe(self, destination: AsyncWritable) -> None:
        """Write what is left of the part to `destination`, chunk by chunk; see `read`."""
        async for chunk in self:
            await destination.write(chunk)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what is left of the part, in chunks as they arrive; see `read`."""
        if self._held_bytes:
            yield self._take(self._held_bytes)
        self._check_current()
        # The chunks of a large part go straight through.
        while not self._ended:
            chunk = await self._next_chunk()
            if not chunk:
                self._ended = True
                return
            yield chunk
            if self._left:
                self._check_current()

    def _check_current(self) -> None:
        if self._left:
            raise OperationNotAllowed('received a read of a part after the form went on, expected it before that')

    async def _hold(self, size: int | None) -> None:
        self._check_current()
        while (size is None or size < 0 or self._held_bytes < size) and await self._fill():
            pass

    async def _fill(self) -> bool:
        """Hold one more chunk; return whether there was one."""
        if self._ended:
            return False
        chunk = await self._next_chunk()
        if not chunk:
            self._ended = True
        elif self._chunks and len(self._chunks[-1]) + len(chunk) <= _MERGED_BYTES:
            self._chunks[-1] += chunk
        else:
            self._chunks.append(chunk)
        self._held_bytes += len(chunk)
        return not self._ended

    def _take(self, size: int) -> bytes:
        if len(self._chunks) == 1 and not self._offset and size == self._held_bytes:
            self._held_bytes = 0
            return self._chunks.popleft()
        data = self._first(size)
        self._drop(len(data))
        return data

    def _first(self, size: int) -> bytes:
        """Return up to `size` of the bytes that are held."""
        pieces = []
        start = self._offset
        for chunk in self._chunks:
            pieces.append(chunk[start : start + size])
            size -= len(pieces[-1])
            start = 0
            if not size:
                break
        return pieces[0] if len(pieces) == 1 else b''.join(pieces)

    def _drop(self, size: int) -> None:
        self._held_bytes -= size
        self._offset += size
        while self._chunks and self._offset >= len(self._chunks[0]):
            self._offset -= len(self._chunks.popleft())
