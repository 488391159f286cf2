"""A file-like object as a body: its content in pieces, read off the event loop, closed at the end."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from falcon_core.coroutines import is_coroutine_callable
from falcon_core.interfaces import AsyncReadableIO, ReadableIO

__all__ = ['CHUNK_BYTES', 'FileChunks']

# Each read of a synchronous file costs two switches of threads, about 0.1 ms, which is less than sending 64 KiB takes.
CHUNK_BYTES = 64 * 1024


class FileChunks:
    """An asynchronous iterator over the content of a file-like object.

    It is iterated once, by one task at a time. Where a read is cancelled while it is in a thread, closing waits for it,
    because a file must not be closed under the one who reads it.

    Args:
        file: An object with a method `read`. If that is no coroutine function, it is called in a thread; so is `close`.
        content_length: How many bytes to give, None for all that there are.
    """

    def __init__(self, file: ReadableIO | AsyncReadableIO, content_length: int | None = None) -> None:
        self._file: Any = file
        self._read_is_async = is_coroutine_callable(self._file.read)
        self._left = content_length
        self._in_thread: asyncio.Future[Any] | None = None

    def __aiter__(self) -> 'FileChunks':
        return self

    async def __anext__(self) -> bytes:
        """Return the next piece, of `CHUNK_BYTES` at the most.

        Raises:
            EOFError: The file ended before `content_length`.
            StopAsyncIteration: There are no more.
            TypeError: The file gave something else than bytes.
        """
        size = CHUNK_BYTES if self._left is None else min(CHUNK_BYTES, self._left)
        if not size:
            raise StopAsyncIteration
        chunk = await (self._file.read(size) if self._read_is_async else self._called(self._file.read, size))
        if not isinstance(chunk, (bytes, bytearray, memoryview)):
            raise TypeError(f'received a {type(chunk).__name__} from {self._file!r}, expected bytes')
        if self._left is None:
            if not chunk:
                raise StopAsyncIteration
            return bytes(chunk)
        if not chunk:
            raise EOFError(f'received the end of {self._file!r}, expected {self._left} more bytes')
        chunk = bytes(chunk[: self._left])
        self._left -= len(chunk)
        return chunk

    async def aclose(self) -> None:
        """Close the file, by its method `aclose` or `close`, if it has one of them."""
        if self._in_thread is not None:
            await asyncio.wait((self._in_thread,))
        close = getattr(self._file, 'aclose', None) or getattr(self._file, 'close', None)
        if close is None:
            return
        if is_coroutine_callable(close):
            await close()
        else:
            await self._called(close)

    async def _called(self, method: Callable[..., Any], *args: Any) -> Any:
        self._in_thread = asyncio.get_running_loop().run_in_executor(None, method, *args)
        # Without the shield, a cancellation would drop the future, though the thread goes on.
        result = await asyncio.shield(self._in_thread)
        self._in_thread = None
        return await result if inspect.isawaitable(result) else result
