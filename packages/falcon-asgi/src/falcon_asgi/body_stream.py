"""The body of a request as an asynchronous file-like object, and the one owner of its ASGI `receive`.

Whoever wants something of `receive`, the reader of the body or the one that waits for the client to leave, goes through
here, so nothing that one of them receives is lost to the other. The laws:

- One `receive` is awaited at a time.
- What arrived and was not read stays. Ahead of a reader, nothing is received until `buffer` is called or somebody waits
  for the client to leave; then until there is more than `buffer` was allowed, or `MAX_AHEAD` bytes. Beyond that the
  server's own flow control slows the client down.
- The end of the body is told apart from the end of the connection: a body cut short raises `ClientDisconnected`.
- Nothing is dropped but what somebody asks to be dropped. A server tells that the client has left only after all that
  came before, so one that watches may ask that of a body that nobody reads.
- What a client sends in tiny pieces takes no more memory, but for a constant factor, than what it sends in large ones.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NoReturn

from falcon_core.arrivals import Arrival, begin_arrival, next_event
from falcon_core.asgi_types import Message, Receive
from falcon_core.errors import ClientDisconnected, OperationNotAllowed

__all__ = ['MAX_AHEAD', 'BoundedStream']

# As much as uvicorn keeps before it stops reading from the connection.
MAX_AHEAD = 64 * 1024

# Chunks that follow one another and have no more than this together become one. A bytes object of two bytes takes 35,
# and its place in the queue 8 more.
_MERGED_BYTES = 4096


class BoundedStream:
    """The body of a request, read as it arrives.

    Calls that read may not overlap; waiting for the client to leave may go on beside them. A call that is cancelled
    loses nothing: what it had received, and what comes at that very moment, is there for the next one.

    Args:
        receive: The ASGI receive callable.
        first_event: An `http.request` event that was received before, a call of `receive` that has begun, or None.
        content_length: The size of the body in bytes, beyond which nothing is read, or None if it is not known.
        ends_at_length: Whether the body has arrived when that much has, before the server says so. It has not over
            HTTP/2, where a stream has an end of its own, after the last byte (RFC 9113, section 8.1): hypercorn, for
            one, breaks the whole connection if that comes when the response has been sent.
    """

    __slots__ = (
        '_arrival',
        '_arrived',
        '_change',
        '_closed',
        '_complete',
        '_disconnected',
        '_dropping',
        '_ends_at_length',
        '_expected',
        '_is_receiving',
        '_iterated',
        '_offset',
        '_position',
        '_receive',
        '_received',
        '_waiting_bytes',
    )

    def __init__(
        self,
        receive: Receive,
        first_event: Message | Arrival | None = None,
        content_length: int | None = None,
        *,
        ends_at_length: bool = True,
    ) -> None:
        self._receive = receive
        self._arrival: Arrival | None = None
        self._is_receiving = False
        self._arrived: deque[bytes] = deque()  # the chunks that have arrived and are not yet read
        self._offset = 0  # how much of the first of them is read
        self._waiting_bytes = 0
        self._position = 0
        self._received = 0
        self._expected = content_length
        self._ends_at_length = ends_at_length
        self._complete = ends_at_length and content_length == 0  # all of the body has arrived
        self._disconnected = False
        self._dropping = False  # what arrives of the body from now on is not kept
        self._closed = False
        self._iterated = False
        self._change: asyncio.Event | None = None  # what tasks wait for that neither receive nor can go on
        if isinstance(first_event, Arrival):
            self._arrival = first_event
        elif first_event is not None:
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
            if (coming := self._receive_more()) is not None:
                await coming
        if not self._offset and self._waiting_bytes <= size and len(self._arrived) == 1:
            return self._take(size)
        pieces = []
        while self._arrived and size:
            pieces.append(self._take(size))
            size -= len(pieces[-1])
        return b''.join(pieces)

    async def read1(self, size: int = -1) -> bytes:
        """Return the next bytes of the body as soon as there are any; none at its end.

        Args:
            size: The most to return; negative means as many as arrived together.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        while not self._arrived and not self._complete:
            event = self._event_at_hand()
            if event is None:
                await self._receive_event()
                continue
            chunk = self._chunk_of(event)
            # Not by way of the queue, which would take a quarter of all the time of a large body but for the server's.
            # Nobody has to be told: there was room before, and no other task receives.
            if chunk and size < 0:
                self._position += len(chunk)
                return chunk
            self._append(chunk)
        if not self._arrived:
            return b''
        return self._take(len(self._arrived[0]) if size < 0 else size)

    async def readall(self) -> bytes:
        """Return all that is left of the body.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived. What had arrived can still be
                read, by `read` with a size or by iteration.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        while not self._complete:
            if (coming := self._receive_more()) is not None:
                await coming
        body = self._merged()
        self._position += len(body)
        self._drop()
        return body

    async def exhaust(self) -> None:
        """Read all that is left of the body and drop it; a stream that is closed has nothing left.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
            OperationNotAllowed: See `wait_disconnect`.
        """
        while not self.eof:
            if not self._arrived and (coming := self._receive_more()) is not None:
                await coming
            self._position += self._waiting_bytes
            self._drop()

    async def buffer(self, max_bytes: int) -> bytes | None:
        """Return all that is left of the body without reading it: it can be read again, as if it had just arrived.

        Args:
            max_bytes: The size up to which the body is kept.

        Returns:
            The body, or None if it is larger, or said to be; what had arrived until that was known is kept as well.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived.
            OperationNotAllowed: The stream is closed.
        """
        self._check_open()
        if not self._complete and self._expected is not None and self._expected - self._position > max_bytes:
            return None
        while not self._complete and self._waiting_bytes <= max_bytes:
            if (coming := self._receive_more()) is not None:
                await coming
        return self._merged() if self._waiting_bytes <= max_bytes else None

    async def wait_disconnect(self, *, patience_s: float | None = None) -> None:
        """Return when the client has left. The body that arrives in the meantime can still be read.

        May be called by several tasks at a time, and beside one that reads. While `MAX_AHEAD` bytes of the body wait to
        be read, it cannot be known whether the client has left.

        Args:
            patience_s: For how many seconds nothing may be read while that much waits, before what arrives further of
                the body is dropped, which it then raises OperationNotAllowed to read; None to wait on.
        """
        while not self._disconnected:
            has_all = self._complete or self._received == self._expected
            if self._waiting_bytes < MAX_AHEAD or has_all or self._dropping:
                await self._receive_event()
                # A receive callable that always has something to give must not hold up everything else.
                await asyncio.sleep(0)
            else:
                try:
                    async with asyncio.timeout(patience_s):
                        await self._next_change()
                except TimeoutError:
                    # One that reads may be waiting for more than there is room for.
                    self._dropping = not self._is_receiving

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over what is left of the body, in pieces as they arrive.

        After an iteration that was left before its end, the rest can be read, but not iterated over.

        Raises:
            ClientDisconnected: The client left before the end of the body had arrived; what had arrived comes first.
            OperationNotAllowed: The stream is closed, or has been iterated over and still has something left.
        """
        self._check_open()
        if self._iterated and not self.eof:
            raise OperationNotAllowed('the stream is iterated over already, expected read() for what is left of it')
        return self._chunks()

    async def _chunks(self) -> AsyncIterator[bytes]:
        self._iterated = True
        while not self.eof:
            if self._arrived:
                yield self._take(len(self._arrived[0]))
            elif (coming := self._receive_more()) is not None:
                await coming

    def _receive_more(self) -> Coroutine[Any, Any, None] | None:
        """Receive an event of a body that is to go on; return what to await if it is not there at once."""
        event = self._event_at_hand()
        if event is None:
            return self._receive_event()
        self._accept(event)
        self._tell_change()
        return None

    def _event_at_hand(self) -> Message | None:
        """Return the next event of a body that is to go on; None if it is not there at once."""
        if self._closed or self._disconnected or self._dropping:
            self._refuse_to_receive()
        if self._is_receiving or self._arrival is not None:
            return None
        event = begin_arrival(self._receive)
        if type(event) is Arrival:
            self._arrival = event
            return None
        return event

    async def _receive_event(self) -> None:
        """Receive one event; where another task is about it, wait until it has received, failed or been cancelled."""
        if self._is_receiving:
            await self._next_change()
            return
        self._is_receiving = True
        begun, self._arrival = self._arrival, None
        try:
            self._accept(await next_event(begun or self._receive, self._keep))
        finally:
            self._is_receiving = False
            self._tell_change()

    async def _next_change(self) -> None:
        """Wait until something was received or read, or is no longer being received."""
        if self._change is None:
            self._change = asyncio.Event()
        await self._change.wait()

    def _tell_change(self) -> None:
        if self._change is not None:
            self._change.set()
            self._change = None

    def _keep(self, kept: Message | Arrival) -> None:
        if isinstance(kept, Arrival):
            self._arrival = kept
        else:
            self._accept(kept)

    def _accept(self, event: Message) -> None:
        self._append(self._chunk_of(event))

    def _chunk_of(self, event: Message) -> bytes:
        """Return what an event brings of the body that is to be kept, after noting what it says of its end."""
        if event['type'] == 'http.disconnect':
            self._disconnected = True
            return b''
        if self._complete or self._dropping:
            return b''
        chunk: bytes = event.get('body', b'')
        if self._expected is not None:
            chunk = chunk[: self._expected - self._received]
        self._received += len(chunk)
        at_length = self._received == self._expected and self._ends_at_length
        self._complete = at_length or not event.get('more_body', False)
        return b'' if self._closed else chunk

    def _append(self, chunk: bytes) -> None:
        if not chunk:
            return
        if self._arrived and len(self._arrived[-1]) + len(chunk) <= _MERGED_BYTES:
            self._arrived[-1] += chunk
        else:
            self._arrived.append(chunk)
        self._waiting_bytes += len(chunk)

    def _merged(self) -> bytes:
        """Return all that waits, after making one chunk of it."""
        if self._offset:
            self._arrived[0] = self._arrived[0][self._offset :]
            self._offset = 0
        if len(self._arrived) > 1:
            self._arrived = deque((b''.join(self._arrived),))
        return self._arrived[0] if self._arrived else b''

    def _take(self, max_bytes: int) -> bytes:
        first = self._arrived[0]
        end = self._offset + max_bytes
        piece = first[self._offset : end]
        if end >= len(first):
            self._arrived.popleft()
            self._offset = 0
        else:
            self._offset = end
        self._waiting_bytes -= len(piece)
        self._position += len(piece)
        self._tell_change()
        return piece

    def _drop(self) -> None:
        self._arrived.clear()
        self._offset = 0
        self._waiting_bytes = 0
        self._tell_change()

    def _refuse_to_receive(self) -> NoReturn:
        self._check_open()
        if self._disconnected:
            raise ClientDisconnected(f'the client left after {self._received} bytes of the request body')
        raise OperationNotAllowed('the rest of the request body was dropped, expected it to be read earlier')

    def _check_open(self) -> None:
        if self._closed:
            raise OperationNotAllowed('the stream is closed')
