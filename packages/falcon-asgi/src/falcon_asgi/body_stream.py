"""The body of a request as an asynchronous file-like object, and the one owner of its ASGI `receive`.

Whoever wants something of `receive`, the reader of the body or the one that waits for the client to leave, goes through
here, so nothing that one of them receives is lost to the other. The laws:

- One `receive` is awaited at a time.
- What arrived and was not read stays, up to `MAX_AHEAD` bytes for a waiting watcher, whatever was asked for by
  `buffer`. Beyond that nothing is received until somebody reads: the server's own flow control slows the client down.
- The end of the body is told apart from the end of the connection: a body cut short raises `ClientDisconnected`.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from falcon_core.asgi_types import Message, Receive
from falcon_core.errors import ClientDisconnected, OperationNotAllowed

__all__ = ['MAX_AHEAD', 'BoundedStream']

# As much as uvicorn keeps before it stops reading from the connection.
MAX_AHEAD = 64 * 1024


class BoundedStream:
    """The body of a request, read as it arrives.

    Calls that read may not overlap; waiting for the client to leave may go on beside them. A call that is cancelled
    loses nothing: what it had received is there for the next one.

    Args:
        receive: The ASGI receive callable.
        first_event: An `http.request` event that was received before, or None.
        content_length: The size of the body in bytes, beyond which nothing is read, or None if it is not known.
    """

    __slots__ = (
        '_arrived',
        '_closed',
        '_complete',
        '_disconnected',
        '_expected',
        '_iterated',
        '_offset',
        '_position',
        '_receive',
        '_received',
        '_receiving',
        '_room',
        '_waiting_bytes',
    )

    def __init__(self, receive: Receive, first_event: Message | None = None, content_length: int | None = None) -> None:
        self._receive = receive
        self._receiving = asyncio.Lock()
        self._arrived: deque[bytes] = deque()  # the chunks that have arrived and are not yet read
        self._offset = 0  # how much of the first of them is read
        self._waiting_bytes = 0
        self._position = 0
        self._received = 0
        self._expected = content_length
        self._complete = content_length == 0  # all of the body has arrived
        self._disconnected = False
        self._closed = False
        self._iterated = False
        self._room: asyncio.Event | None = None
        if first_event is not None:
            self._accept(first_event)

    @property
    def closed(self) -> bool:
        """Whether the stream is closed: nothing can be read any more."""
        return self._closed

    @property
    def eof(self) -> bool:
        """Whether all of the body has been read."""
        return self._closed or (self._complete and not self._waiting_bytes)

    def close(self) -> None:
        """Close the stream: what is left of the body is dropped when it arrives."""
        self._closed = True
        self._drop()

    def fileno(self) -> int:
        """Raise OSError: there is no file descriptor."""
        raise OSError('a request body has no file descriptor')

    def isatty(self) -> bool:
        """Return False."""
        return False

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return False."""
        return False

    def tell(self) -> int:
        """Return how many bytes have been read."""
        return self._position

    async def read(self, size: int | None = -1) -> bytes:
        """Return the next bytes of the body.

        Args:
            size: How many; fewer are returned at the end of the body only. Negative or None means all that are left.

        Raises:
            ClientDisconnected: The client left before that much had arrived. What had arrived can still be read.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        if size is None or size < 0:
            return await self.readall()
        while self._waiting_bytes < size and not self._complete:
            await self._receive_more()
        taken = bytearray()
        while self._arrived and len(taken) < size:
            taken += self._take(size - len(taken))
        return bytes(taken)

    async def readall(self) -> bytes:
        """Return all that is left of the body.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        while not self._complete:
            await self._receive_more()
        if self._offset:
            self._arrived[0] = self._arrived[0][self._offset :]
        body = self._arrived[0] if len(self._arrived) == 1 else b''.join(self._arrived)
        self._position += len(body)
        self._drop()
        return body

    async def exhaust(self) -> None:
        """Read all that is left of the body and drop it.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
        """
        while not self.eof:
            if not self._arrived:
                await self._receive_more()
            self._position += self._waiting_bytes
            self._drop()

    async def buffer(self, max_bytes: int) -> bytes | None:
        """Return all that is left of the body without reading it: it can be read again, as if it had just arrived.

        Args:
            max_bytes: The size up to which the body is kept.

        Returns:
            The body, or None if it is larger; what had arrived until that was known is kept as well.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        if self._expected is not None and self._expected - self._position > max_bytes:
            return None
        while not self._complete:
            if self._waiting_bytes > max_bytes:
                return None
            await self._receive_more()
        if self._waiting_bytes > max_bytes:
            return None
        if len(self._arrived) > 1 or self._offset:
            body = b''.join(self._arrived)[self._offset :]
            self._arrived = deque((body,))
            self._offset = 0
        return self._arrived[0] if self._arrived else b''

    async def wait_disconnect(self) -> None:
        """Return when the client has left. The body that arrives in the meantime can still be read.

        May be called by several tasks at a time, and beside one that reads.
        """
        while not self._disconnected:
            if self._waiting_bytes < MAX_AHEAD or self._complete:
                async with self._receiving:
                    if not self._disconnected:
                        self._accept(await self._receive())
            else:
                self._room = self._room or asyncio.Event()
                self._room.clear()
                await self._room.wait()

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the body in pieces of the size in which they arrive; possible once.

        Raises:
            OperationNotAllowed: The stream is closed, or has been iterated over before.
        """
        self._check_open()
        if self._iterated:
            raise OperationNotAllowed('the stream has been iterated over already')
        self._iterated = True
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            while not self._arrived:
                if self._complete or self._closed:
                    return
                await self._receive_more()
            yield self._take(len(self._arrived[0]))

    async def _receive_more(self) -> None:
        had = self._waiting_bytes
        async with self._receiving:
            # The task that had the lock before may have received what this one wants.
            if self._waiting_bytes > had or self._complete:
                return
            if self._disconnected:
                raise ClientDisconnected('the client left before the whole request body had arrived')
            self._accept(await self._receive())
            if self._disconnected and not self._complete:
                raise ClientDisconnected('the client left before the whole request body had arrived')

    def _accept(self, event: Message) -> None:
        if event['type'] == 'http.disconnect':
            self._disconnected = True
            return
        chunk = event.get('body', b'')
        if self._expected is not None:
            chunk = chunk[: self._expected - self._received]
            self._complete = self._received + len(chunk) == self._expected
        self._received += len(chunk)
        if not event.get('more_body', False):
            self._complete = True
        if chunk and not self._closed:
            self._arrived.append(chunk)
            self._waiting_bytes += len(chunk)

    def _take(self, max_bytes: int) -> bytes:
        first = self._arrived[0]
        end = self._offset + max_bytes
        piece = first[self._offset : end] if self._offset or end < len(first) else first
        if end >= len(first):
            self._arrived.popleft()
            self._offset = 0
        else:
            self._offset = end
        self._waiting_bytes -= len(piece)
        self._position += len(piece)
        if self._room is not None:
            self._room.set()
        return piece

    def _drop(self) -> None:
        self._arrived.clear()
        self._offset = 0
        self._waiting_bytes = 0
        if self._room is not None:
            self._room.set()

    def _check_open(self) -> None:
        if self._closed:
            raise OperationNotAllowed('the stream is closed')
