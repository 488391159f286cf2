"""Sending a body that is produced while it is sent, for as long as the client is there.

Streams, event streams and any other body made on the way go through this one loop. Its laws:

- The chunks are iterated, sent and closed in the task that calls, so context variables, timeouts and task groups
  inside the iterator belong to one task.
- When the client leaves, the iterator gets `CancelledError` where it waits, or is closed where it had just yielded;
  either way its `finally` has run before `send_stream` returns. It costs one task for each stream that waits for
  anything, none for a chunk. The same happens to an iterator whose client does not read, or that the shutdown ends.
- Nothing is sent beside a chunk: a heartbeat waits for it, and it for the heartbeat.
- A cancellation from outside is never mistaken for a client that left: it goes on to the caller.
- An iterator that never waits, sent to a server that never makes it wait, still lets the event loop run.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from time import monotonic
from typing import Any

from falcon_core._keeper import Keeper
from falcon_core.asgi_types import Message, Receive, Send
from falcon_core.interfaces import Upkeep
from falcon_core.shutdown import Shutdown

__all__ = [
    'TURNS_UNTIL_TOLD',
    'ClientLeft',
    'IteratorAndSource',
    'client_has_left',
    'close_stream',
    'send_stream',
    'send_unless_left',
    'tells_of_disconnect',
    'wait_disconnect',
]

# Without a pass of the event loop neither the server nor the watch would ever learn that the client has left. One costs
# about 10 µs with a selector, and looking at the clock 50 ns, so the clock is looked at now and then only.
_CHUNKS_PER_LOOK = 64
_MAX_SECONDS_WITHOUT_PASS = 0.001

# How many turns others get before a client counts as there that, to all appearances, has left. The server has known for
# as long as it has refused to send: what it has to say is there, but for the turns that its `receive` itself takes.
TURNS_UNTIL_TOLD = 8

# How long the end of a body may take that the shutdown has ended.
_LAST_CHUNK_TIMEOUT_S = 1.0

ClientLeft = Callable[[], Coroutine[Any, Any, None]]


def tells_of_disconnect(error: BaseException) -> bool:
    """Return whether what a server's `send` or `receive` raised says that the client left.

    An `OSError` does (ASGI specification 2.4, "Disconnected Client"), unless it is the `TimeoutError` of a timeout
    around the call rather than that of a socket.
    """
    return isinstance(error, OSError) and not (isinstance(error, TimeoutError) and error.errno is None)


async def client_has_left(client_left: ClientLeft) -> bool:
    """Return whether the client turns out to have left, within a few turns of the event loop.

    To be asked when a server raised something else than it should to say so: an event loop's own error, for one.

    Args:
        client_left: Called once; the coroutine it returns ends when the client has left, for no other reason.
    """
    asking = asyncio.create_task(client_left())
    try:
        for _ in range(TURNS_UNTIL_TOLD):
            if asking.done():
                break
            await asyncio.sleep(0)
        return asking.done() and asking.exception() is None
    finally:
        asking.cancel()


async def send_unless_left(send: Send, event: Message, client_left: ClientLeft | None = None) -> bool:
    """Send one event; return False if the server says that the client has left.

    Args:
        send: The ASGI send callable.
        event: The event.
        client_left: What to ask, as `client_has_left` does, if `send` raises something that does not say so; None to
            take it for what it is.

    Raises:
        Exception: Whatever else `send` raised.
    """
    try:
        await send(event)
    except Exception as error:
        if tells_of_disconnect(error) or (client_left is not None and await client_has_left(client_left)):
            return False
        raise
    return True


async def wait_disconnect(receive: Receive) -> None:
    """Return when the client has left; request body that arrives until then is dropped."""
    while (await receive())['type'] != 'http.disconnect':  # noqa: ASYNC110 # it polls nothing, it lets others run
        # A receive callable that always has something to give must not hold up the sending.
        await asyncio.sleep(0)


async def send_stream(
    send: Send,
    chunks: AsyncIterator[Any],
    client_left: ClientLeft,
    *,
    encode: Callable[[Any], bytes] | None = None,
    length: int | None = None,
    upkeep: Upkeep | None = None,
    shutdown: Shutdown | None = None,
) -> bool:
    """Send a body that follows its `http.response.start`, chunk by chunk, then its end.

    Cancelling it cancels the iterator, closes it, and raises `CancelledError` to the caller.

    Args:
        send: The ASGI send callable. Its waiting, by which a server slows down a sender that is faster than its
            client, holds up the iteration. An OSError that it raises means that the client has left.
        chunks: The body. Empty chunks are passed over. Closed in any case, if it has an `aclose` method.
        client_left: Called once, if anything is waited for; the coroutine it returns runs beside the sending and ends
            when the client has left, for no other reason.
        encode: Makes the bytes of what `chunks` gives; None if it gives bytes.
        length: The size of the body in bytes that the client was promised, or None. Not every server closes the
            connection of a body that is too short, and a client would wait for the rest.
        upkeep: What the body needs while it is sent, or None.
        shutdown: What tells that the application stops, for an upkeep that has a grace for it.

    Returns:
        True if the whole body was sent, or all until the shutdown ended it; False if the client left first, or was
        given up because it did not read.

    Raises:
        Exception: Whatever the iterator or `encode` raised, or `send` or `client_left` other than OSError; the end of
            the body is then not sent, so that the client can tell that something is missing.
        TypeError: A chunk is not bytes.
        ValueError: The body is not as long as promised.
    """
    watch = _Watch(client_left)
    if upkeep is not None:
        heartbeat = partial(_sent, send, upkeep.heartbeat)
        watch.keeper = Keeper(upkeep, shutdown, heartbeat, watch.end)
    sent = 0
    try:
        sent = await _send_chunks(send, chunks, watch, encode, length)
    except asyncio.CancelledError:
        if not watch.stop():
            raise
    finally:
        watch.stop()
        await close_stream(chunks)
    if watch.failure is not None:
        raise watch.failure
    if watch.client_gone:
        return False
    if length is not None and sent < length:
        raise _wrong_length(sent, length)
    if upkeep is not None and (watch.over or upkeep.send_timeout_s is not None):
        return await _send_end_in_time(send, client_left, upkeep, shut_down=watch.over)
    return await send_unless_left(send, {'type': 'http.response.body', 'body': b'', 'more_body': False}, client_left)


async def _send_chunks(
    send: Send, chunks: AsyncIterator[Any], watch: '_Watch', encode: Callable[[Any], bytes] | None, length: int | None
) -> int:
    """Send all chunks, or as many as there are until the watch is over; return their size if `length` is known."""
    keeper = watch.keeper
    clock = monotonic if keeper is None else keeper.clock
    if keeper is not None and keeper.upkeep.starts_at_once:
        keeper.since = clock()
        keeper.is_sending = True
        if not await _sent(send, b''):
            watch.over = watch.client_gone = True
            return 0
        keeper.is_sending = False
    sent = 0
    until_look = _CHUNKS_PER_LOOK
    last_pass = monotonic()
    async for chunk in chunks:
        # Only an iterator that takes no notice of being cancelled gets here then.
        if watch.over:
            break
        if encode is not None:
            chunk = encode(chunk)
        elif type(chunk) is not bytes:
            chunk = _as_bytes(chunk)
        if chunk:
            if length is not None:
                sent += len(chunk)
                if sent > length:
                    raise _wrong_length(sent, length)
            if keeper is not None:
                if keeper.pinging is not None:
                    await asyncio.wait((keeper.pinging,))
                keeper.since = clock()
                keeper.is_sending = True
            # Not by `_sent`, which would take a fifth of the time of all this.
            try:
                await send({'type': 'http.response.body', 'body': chunk, 'more_body': True})
            except Exception as error:  # noqa: BLE001 # raised again unless it says that the client has left
                await _raise_unless_left(error)
                watch.over = watch.client_gone = True
                break
            if keeper is not None:
                keeper.is_sending = False
        until_look -= 1
        if not until_look:
            until_look = _CHUNKS_PER_LOOK
            if monotonic() - last_pass > _MAX_SECONDS_WITHOUT_PASS:
                await asyncio.sleep(0)
                last_pass = monotonic()
    # The end of the body waits for a heartbeat as a chunk does.
    if keeper is not None and keeper.pinging is not None and not watch.over:
        await asyncio.wait((keeper.pinging,))
    return sent


async def _sent(send: Send, chunk: bytes) -> bool:
    """Send a chunk beside a watch; return False if the server says that the client has left."""
    try:
        await send({'type': 'http.response.body', 'body': chunk, 'more_body': True})
    except Exception as error:  # noqa: BLE001 # as above
        await _raise_unless_left(error)
        return False
    return True


async def _raise_unless_left(error: Exception) -> None:
    """Raise what `send` raised, unless it says that the client has left."""
    if not tells_of_disconnect(error):
        # If the client has left, the watch cancels who is here.
        for _ in range(TURNS_UNTIL_TOLD):
            await asyncio.sleep(0)
        raise error


async def _send_end_in_time(send: Send, client_left: ClientLeft, upkeep: Upkeep, *, shut_down: bool) -> bool:
    """Send the end of a body, and the last chunk if the shutdown ended it; return False if the client is gone."""
    timeout_s = upkeep.send_timeout_s
    if shut_down and (timeout_s is None or timeout_s > _LAST_CHUNK_TIMEOUT_S):
        timeout_s = _LAST_CHUNK_TIMEOUT_S
    try:
        async with asyncio.timeout(timeout_s):
            if shut_down and upkeep.last_chunk:
                last = {'type': 'http.response.body', 'body': upkeep.last_chunk, 'more_body': True}
                if not await send_unless_left(send, last, client_left):
                    return False
            end = {'type': 'http.response.body', 'body': b'', 'more_body': False}
            return await send_unless_left(send, end, client_left)
    except TimeoutError:
        return False


def _as_bytes(chunk: object) -> bytes:
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    raise TypeError(f'received a {type(chunk).__name__} from the stream of a response, expected bytes')


def _wrong_length(sent: int, length: int) -> ValueError:
    return ValueError(f'received {sent} bytes from the stream of a response, expected {length}')


async def close_stream(chunks: AsyncIterator[object]) -> None:
    """Close an iterator by its `aclose` method, if it has one; a generator then runs its `finally`.

    Raises:
        BaseException: What `aclose` raised; of a group, what is no GeneratorExit.
    """
    close: Any = getattr(chunks, 'aclose', None)
    if close is None:
        return
    try:
        await close()
    except BaseExceptionGroup as group:
        # A task group that a generator yields within wraps what closes the generator. Not `except*`, which would also
        # take what closes the coroutine that waits here.
        closing, rest = group.split(GeneratorExit)
        if closing is None:
            raise
        if rest is not None:
            raise rest from group.__cause__


class IteratorAndSource:
    """An iterator and what it was made of, which are closed one after the other.

    A generator that was not asked for anything runs nothing when it is closed, so it cannot close the source itself.

    Args:
        iterator: What is iterated.
        source: What is closed after it, if it has an `aclose` method.
    """

    __slots__ = ('_iterator', '_source')

    def __init__(self, iterator: AsyncIterator[Any], source: Any) -> None:
        self._iterator = iterator
        self._source = source

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    def __anext__(self) -> Awaitable[Any]:
        return self._iterator.__anext__()

    async def aclose(self) -> None:
        """Close both, the source also where closing the iterator fails.

        Raises:
            Exception: What closing one of them raised; if both did, that of the source.
        """
        try:
            await close_stream(self._iterator)
        finally:
            await close_stream(self._source)


class _Watch:
    """Cancels the task that made it when the client leaves, or when told to end the sending, until it is stopped.

    Attributes:
        keeper: What does the upkeep, if there is any; started and stopped with the watch.
        over: Whether nothing more of the iterator is to be sent.
        client_gone: Whether nothing more at all is to be sent.
        failure: What the watching failed with, if it did.
    """

    __slots__ = (
        '_beginning',
        '_cancellations_before',
        '_cancelled',
        '_client_left',
        '_sender',
        '_watcher',
        'client_gone',
        'failure',
        'keeper',
        'over',
    )

    def __init__(self, client_left: ClientLeft) -> None:
        sender = asyncio.current_task()
        assert sender is not None  # only a task can await
        self._sender: asyncio.Task[Any] | None = sender
        self._cancellations_before = sender.cancelling()
        self._cancelled = False
        self.over = False
        self.client_gone = False
        self.failure: BaseException | None = None
        self.keeper: Keeper | None = None
        self._client_left = client_left
        self._watcher: asyncio.Task[None] | None = None
        # A body that is sent without waiting for anything, as short ones are, needs no watcher: none would ever run.
        self._beginning = asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._client_left())
        self._watcher.add_done_callback(self._on_done)
        if self.keeper is not None:
            self.keeper.start()

    def _on_done(self, watcher: asyncio.Task[None]) -> None:
        if watcher.cancelled():
            return
        # Fetched also when nobody is left to hear of it, or asyncio would log it as never retrieved.
        failure = watcher.exception()
        self.end(client_gone=True, failure=None if failure is None or tells_of_disconnect(failure) else failure)

    def end(self, *, client_gone: bool, failure: BaseException | None = None) -> None:
        """Have the sending end: cancel it where it waits, unless it has ended or is about to."""
        if self._sender is None or self.over:
            return
        self.over = self._cancelled = True
        self.client_gone = client_gone
        self.failure = failure
        # No heartbeat may begin, or go on, while the iterator cleans up: what is sent next would not wait for it.
        if self.keeper is not None:
            self.keeper.stop()
        self._sender.cancel()

    def stop(self) -> bool:
        """End the watching; return whether the cancellation under way, if any, is this object's alone."""
        sender, self._sender = self._sender, None
        if sender is None:
            return False
        self._beginning.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self.keeper is not None:
            self.keeper.stop()
        # The iterator may have taken the cancellation back itself; another one's must not be taken back for it.
        if self._cancelled and sender.cancelling() > self._cancellations_before:
            sender.uncancel()
        return self._cancelled and sender.cancelling() <= self._cancellations_before
