"""Sending a body that is produced while it is sent, for as long as the client is there.

Streams, event streams and any other body made on the way go through this one loop. Its laws:

- The chunks are iterated, sent and closed in the task that calls, so context variables, timeouts and task groups
  inside the iterator belong to one task.
- When the client leaves, the iterator gets `CancelledError` where it waits, or is closed where it had just yielded;
  either way its `finally` has run before `send_stream` returns. It costs one task for each stream that waits for
  anything, none for a chunk.
- A cancellation from outside is never mistaken for a client that left: it goes on to the caller.
- An iterator that never waits, sent to a server that never makes it wait, still lets the event loop run.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from time import monotonic
from typing import Any

from falcon_core.asgi_types import Message, Receive, Send

__all__ = [
    'ClientLeft',
    'client_has_left',
    'close_stream',
    'send_stream',
    'send_unless_left',
    'tells_of_disconnect',
    'wait_disconnect',
]

# Without a pass of the event loop neither the server nor the watch would ever learn that the client has left. One costs
# about 10 us with a selector, and looking at the clock 50 ns, so the clock is looked at now and then only.
_CHUNKS_PER_LOOK = 64
_MAX_SECONDS_WITHOUT_PASS = 0.001

# How many turns others get before a client counts as there that, to all appearances, has left. The server has known for
# as long as it has refused to send: what it has to say is there, but for the turns that its `receive` itself takes.
_TURNS = 8

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
        for _ in range(_TURNS):
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
    while (await receive())['type'] != 'http.disconnect':  # noqa: ASYNC110 - it polls nothing, it lets others run
        # A receive callable that always has something to give must not hold up the sending.
        await asyncio.sleep(0)


async def send_stream(
    send: Send,
    chunks: AsyncIterator[bytes],
    client_left: ClientLeft,
    *,
    length: int | None = None,
) -> bool:
    """Send a body that follows its `http.response.start`, chunk by chunk, then its end.

    Cancelling it cancels the iterator, closes it, and raises `CancelledError` to the caller.

    Args:
        send: The ASGI send callable. Its waiting, by which a server slows down a sender that is faster than its
            client, holds up the iteration. An OSError that it raises means that the client has left.
        chunks: The body. Empty chunks are passed over. Closed in any case, if it has an `aclose` method.
        client_left: Called once, if anything is waited for; the coroutine it returns runs beside the sending and ends
            when the client has left, for no other reason.
        length: The size of the body in bytes that the client was promised, or None. Not every server closes the
            connection of a body that is too short, and a client would wait for the rest.

    Returns:
        True if the whole body was sent, False if the client left first.

    Raises:
        Exception: Whatever the iterator raised, or `send` other than OSError, or `client_left` other than OSError;
            the end of the body is then not sent, so that the client can tell that something is missing.
        TypeError: A chunk is not bytes.
        ValueError: The body is not as long as promised.
    """
    watch = _Watch(client_left)
    taken = sent = 0
    last_pass = monotonic()
    try:
        async for chunk in chunks:
            # Only an iterator that takes no notice of being cancelled gets here then.
            if watch.client_gone:
                break
            if type(chunk) is not bytes:
                chunk = _as_bytes(chunk)
            if chunk:
                sent += len(chunk)
                if length is not None and sent > length:
                    raise _wrong_length(sent, length)
                try:
                    await send({'type': 'http.response.body', 'body': chunk, 'more_body': True})
                except Exception as error:
                    if not tells_of_disconnect(error):
                        # If the client has left, the watch ends this.
                        for _ in range(_TURNS):
                            await asyncio.sleep(0)
                        raise
                    watch.client_gone = True
                    break
            taken += 1
            if taken % _CHUNKS_PER_LOOK == 0 and monotonic() - last_pass > _MAX_SECONDS_WITHOUT_PASS:
                await asyncio.sleep(0)
                last_pass = monotonic()
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
    return await send_unless_left(send, {'type': 'http.response.body', 'body': b'', 'more_body': False}, client_left)


def _as_bytes(chunk: object) -> bytes:
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    raise TypeError(f'received a {type(chunk).__name__} from the stream of a response, expected bytes')


def _wrong_length(sent: int, length: int) -> ValueError:
    return ValueError(f'received {sent} bytes from the stream of a response, expected {length}')


async def close_stream(chunks: AsyncIterator[object]) -> None:
    """Close an iterator by its `aclose` method, if it has one; a generator then runs its `finally`."""
    close: Any = getattr(chunks, 'aclose', None)
    if close is not None:
        await close()


class _Watch:
    """Cancels the task that made it when the client leaves, until it is stopped."""

    __slots__ = (
        '_beginning',
        '_cancellations_before',
        '_cancelled',
        '_client_left',
        '_sender',
        '_watcher',
        'client_gone',
        'failure',
    )

    def __init__(self, client_left: ClientLeft) -> None:
        sender = asyncio.current_task()
        assert sender is not None  # only a task can await
        self._sender: asyncio.Task[Any] | None = sender
        self._cancellations_before = sender.cancelling()
        self._cancelled = False
        self.client_gone = False
        self.failure: BaseException | None = None
        self._client_left = client_left
        self._watcher: asyncio.Task[None] | None = None
        # A body that is sent without waiting for anything, as short ones are, needs no watcher: none would ever run.
        self._beginning = asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        self._watcher = asyncio.create_task(self._client_left())
        self._watcher.add_done_callback(self._on_done)

    def _on_done(self, watcher: asyncio.Task[None]) -> None:
        if watcher.cancelled():
            return
        # Fetched also when nobody is left to hear of it, or asyncio would log it as never retrieved.
        failure = watcher.exception()
        if self._sender is None:
            return
        if failure is not None and not tells_of_disconnect(failure):
            self.failure = failure
        self.client_gone = self._cancelled = True
        self._sender.cancel()

    def stop(self) -> bool:
        """End the watching; return whether the cancellation under way, if any, is this object's alone."""
        sender, self._sender = self._sender, None
        if sender is None:
            return False
        self._beginning.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        # The iterator may have taken the cancellation back itself; another one's must not be taken back for it.
        if self._cancelled and sender.cancelling() > self._cancellations_before:
            sender.uncancel()
        return self._cancelled and sender.cancelling() <= self._cancellations_before
