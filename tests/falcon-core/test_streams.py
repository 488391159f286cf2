import asyncio
import errno
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextvars import ContextVar
from itertools import product
from typing import Any

import pytest

from event_loop import cancelled, in_hasty_loop, in_quiet_loop
from falcon_core.asgi_types import Message
from falcon_core.errors import ClientDisconnected
from falcon_core.interfaces import Upkeep
from falcon_core.shutdown import Shutdown
from falcon_core.streams import (
    IteratorAndSource,
    client_has_left,
    close_stream,
    send_stream,
    send_unless_left,
    tells_of_disconnect,
    wait_disconnect,
)
from timed_stream import TimedConnection, for_ever_at, now, timed


class Connection:
    """A server's side of one response: keeps what it is sent, can be held up, and its client can leave."""

    def __init__(self, latency_ticks: int = 0) -> None:
        self._latency_ticks = latency_ticks
        self.sent: list[bytes] = []
        self.ended = False
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.gone = asyncio.Event()

    async def send(self, message: Message) -> None:
        assert message['type'] == 'http.response.body'
        await ticks(self._latency_ticks)
        if message['more_body']:
            self.sent.append(message['body'])
        else:
            assert message['body'] == b''
            self.ended = True
        await self.flowing.wait()

    async def left(self) -> None:
        await self.gone.wait()


class Stream:
    """A call of `send_stream` in a task of its own, and what came of it."""

    def __init__(self, connection: Connection, chunks: AsyncIterator[bytes]) -> None:
        self.result: bool | None = None
        self.error: BaseException | None = None
        self.cancellations: int | None = None
        self.task = asyncio.create_task(self._run(connection, chunks))

    async def _run(self, connection: Connection, chunks: AsyncIterator[bytes]) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            self.result = await send_stream(connection.send, chunks, connection.left)
        except BaseException as exc:  # noqa: BLE001 # what it raises is for each test to judge
            self.error = exc
        self.cancellations = task.cancelling()

    async def outcome(self) -> 'Stream':
        """Wait for the end; what every end has in common is asserted here."""
        await asyncio.wait({self.task}, timeout=5)
        assert self.task.done()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return self


class Body:
    """Chunks from an async generator that waits after each and logs how it was ended."""

    def __init__(self, *chunks: bytes, waits: bool = True) -> None:
        self.log: list[str] = []
        self.waiting = asyncio.Event()
        self._chunks = chunks
        self._waits = waits

    async def __call__(self) -> AsyncGenerator[bytes]:
        try:
            for chunk in self._chunks:
                yield chunk
            if self._waits:
                self.waiting.set()
                await asyncio.Event().wait()
        except BaseException as exc:
            self.log.append(type(exc).__name__)
            raise
        finally:
            self.log.append('finally')
            await asyncio.sleep(0)
            self.log.append('closed')


async def ticks(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def give(*chunks: bytes) -> AsyncGenerator[bytes]:
    for chunk in chunks:
        yield chunk


@in_quiet_loop
async def test_sends_every_chunk_and_the_end() -> None:
    """The chunks go out in order, the empty ones apart, then an empty last message."""
    connection = Connection()
    stream = await Stream(connection, give(b'a', b'', b'b')).outcome()
    assert (stream.result, stream.cancellations) == (True, 0)
    assert connection.sent == [b'a', b'b']
    assert connection.ended


@in_quiet_loop
async def test_closes_at_the_end() -> None:
    """The iterator is closed with `aclose` also when it was read to its end."""

    class Chunks:
        closed = 0

        def __aiter__(self) -> 'Chunks':
            return self

        async def __anext__(self) -> bytes:
            raise StopAsyncIteration

        async def aclose(self) -> None:
            self.closed += 1

    chunks = Chunks()
    assert (await Stream(Connection(), chunks).outcome()).result is True
    assert chunks.closed == 1


@in_quiet_loop
async def test_takes_an_iterator_without_aclose() -> None:
    """An iterator that cannot be closed is sent, and left alone when the client leaves."""

    class Chunks:
        def __aiter__(self) -> 'Chunks':
            return self

        async def __anext__(self) -> bytes:
            await asyncio.sleep(0)
            return b'x'

    connection = Connection()
    stream = Stream(connection, Chunks())
    await ticks(5)
    connection.gone.set()
    assert (await stream.outcome()).result is False
    assert connection.sent


@in_quiet_loop
async def test_close_stream_runs_the_finally() -> None:
    """Closing a generator runs its `finally`; an iterator that cannot be closed is left as it is."""
    body = Body(b'a')
    chunks = body()
    await anext(chunks)
    await close_stream(chunks)
    assert body.log == ['GeneratorExit', 'finally', 'closed']

    class Chunks:
        def __aiter__(self) -> 'Chunks':
            return self

        async def __anext__(self) -> bytes:
            raise StopAsyncIteration

    await close_stream(Chunks())


@in_quiet_loop
async def test_iterates_and_closes_in_the_calling_task() -> None:
    """What the iterator sees of the task and its context variables is the caller's, from the start to its `finally`."""
    variable = ContextVar('variable', default='unset')
    seen: list[tuple[object, str]] = []

    async def body() -> AsyncGenerator[bytes]:
        try:
            while True:
                seen.append((asyncio.current_task(), variable.get()))
                yield b'x'
        finally:
            seen.append((asyncio.current_task(), variable.get()))

    connection = Connection()
    connection.gone.set()
    variable.set('mine')
    assert await send_stream(connection.send, body(), connection.left) is False
    assert set(seen) == {(asyncio.current_task(), 'mine')}


@in_quiet_loop
async def test_costs_one_task() -> None:
    """From when a stream first waits there is one more task, however many chunks there are."""
    counts: list[int] = []

    async def body() -> AsyncGenerator[bytes]:
        for _ in range(10):
            counts.append(len(asyncio.all_tasks()))
            yield b'x'
            await asyncio.sleep(0)

    await send_stream(Connection().send, body(), Connection().left)
    assert counts == [1, *[2] * 9]


@in_quiet_loop
async def test_costs_no_task_if_nothing_is_waited_for() -> None:
    """A body that is there at once is sent without a watcher, and nobody is asked whether the client left."""

    async def body() -> AsyncGenerator[bytes]:
        for _ in range(10):
            yield b'x'

    def asked() -> Coroutine[Any, Any, None]:
        raise AssertionError

    connection = Connection()
    assert await send_stream(connection.send, body(), asked)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@in_quiet_loop
async def test_leaving_cancels_a_waiting_iterator() -> None:
    """A client that leaves while the iterator waits: it gets CancelledError there, and has cleaned up on return."""
    connection, body = Connection(), Body(b'a')
    stream = Stream(connection, body())
    await body.waiting.wait()
    connection.gone.set()
    await stream.outcome()
    assert (stream.result, stream.cancellations) == (False, 0)
    assert body.log == ['CancelledError', 'finally', 'closed']
    assert connection.sent == [b'a']
    assert not connection.ended


@in_quiet_loop
async def test_leaving_while_send_waits_closes_the_iterator() -> None:
    """A client that leaves while `send` waits: the iterator is closed where it had yielded."""
    connection, body = Connection(), Body(b'a', b'b')
    connection.flowing.clear()
    stream = Stream(connection, body())
    await ticks(3)
    connection.gone.set()
    await stream.outcome()
    assert (stream.result, stream.cancellations) == (False, 0)
    assert body.log == ['GeneratorExit', 'finally', 'closed']
    assert connection.sent == [b'a']
    assert not connection.ended


@pytest.mark.parametrize('chunk', [b'x', b''])
@in_quiet_loop
async def test_leaving_is_noticed_between_chunks(chunk: bytes) -> None:
    """An endless iterator that never waits, and a `send` that never does, still end when the client leaves."""
    connection = Connection()
    asyncio.get_running_loop().call_later(0.01, connection.gone.set)
    log = []

    async def body() -> AsyncGenerator[bytes]:
        try:
            while True:
                yield chunk
        finally:
            log.append('closed')

    stream = await Stream(connection, body()).outcome()
    assert (stream.result, stream.cancellations) == (False, 0)
    assert log == ['closed']
    assert not connection.ended


@in_quiet_loop
async def test_a_client_that_is_gone_already() -> None:
    """A client that left before the first chunk ends the stream at the first place where it waits."""
    connection, body = Connection(), Body()
    connection.gone.set()
    stream = await Stream(connection, body()).outcome()
    assert (stream.result, stream.cancellations) == (False, 0)
    assert body.log == ['CancelledError', 'finally', 'closed']


@pytest.mark.parametrize('error', [OSError(), ConnectionResetError(), ClientDisconnected()])
@pytest.mark.parametrize('last', [False, True])
@in_quiet_loop
async def test_an_oserror_from_send_tells_that_the_client_left(*, error: OSError, last: bool) -> None:
    """An OSError that `send` raises, for a chunk or for the end, stands for a client that left."""
    body = Body(b'a', waits=False)

    async def send(message: Message) -> None:
        if message['more_body'] is not last:
            raise error

    assert await send_stream(send, body(), Connection().left) is False
    assert body.log == [*([] if last else ['GeneratorExit']), 'finally', 'closed']
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@in_quiet_loop
async def test_an_error_of_the_iterator_goes_to_the_caller() -> None:
    """What the iterator raises is raised, and the end of the body is not sent; an OSError is no exception to that."""
    connection = Connection()

    async def body() -> AsyncGenerator[bytes]:
        yield b'a'
        raise FileNotFoundError('gone')

    stream = await Stream(connection, body()).outcome()
    assert isinstance(stream.error, FileNotFoundError)
    assert stream.cancellations == 0
    assert connection.sent == [b'a']
    assert not connection.ended


@in_quiet_loop
async def test_an_error_of_send_goes_to_the_caller() -> None:
    """What `send` raises, if it is no OSError, is raised after the iterator has been closed."""
    body = Body(b'a')

    async def send(message: Message) -> None:
        raise RuntimeError('out of order')

    with pytest.raises(RuntimeError, match='out of order'):
        await send_stream(send, body(), Connection().left)
    assert body.log == ['GeneratorExit', 'finally', 'closed']


@in_quiet_loop
async def test_an_error_of_aclose_goes_to_the_caller() -> None:
    """What the iterator raises while it is closed, after the client left, is not lost."""

    async def body() -> AsyncGenerator[bytes]:
        try:
            yield b'a'
        finally:
            raise LookupError('in cleanup')

    connection = Connection()
    connection.flowing.clear()
    connection.gone.set()
    stream = await Stream(connection, body()).outcome()
    assert isinstance(stream.error, LookupError)
    assert stream.cancellations == 0


@in_quiet_loop
async def test_an_error_of_the_iterator_as_the_client_leaves() -> None:
    """An iterator that turns the cancellation into an error of its own raises that error."""

    async def body() -> AsyncGenerator[bytes]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as exc:
            raise LookupError('in cleanup') from exc
        yield b''

    connection = Connection()
    connection.gone.set()
    stream = await Stream(connection, body()).outcome()
    assert isinstance(stream.error, LookupError)
    assert stream.cancellations == 0


@in_quiet_loop
async def test_the_watch_ending_with_an_oserror_tells_that_the_client_left() -> None:
    """A receive callable that breaks with an OSError says no more than a disconnect does."""

    async def left() -> None:
        raise ClientDisconnected('reset')

    connection, body = Connection(), Body()
    assert await send_stream(connection.send, body(), left) is False
    assert body.log == ['CancelledError', 'finally', 'closed']


@in_quiet_loop
async def test_the_watch_ending_with_another_error_is_a_fault() -> None:
    """A receive callable that breaks otherwise ends the stream with its error, after the iterator's cleanup."""

    async def left() -> None:
        raise RuntimeError('a broken receive')

    connection, body = Connection(), Body()
    with pytest.raises(RuntimeError, match='a broken receive'):
        await send_stream(connection.send, body(), left)
    assert body.log == ['CancelledError', 'finally', 'closed']
    assert not connection.ended


@in_quiet_loop
async def test_the_watch_failing_when_it_is_stopped_changes_nothing() -> None:
    """What the receive callable raises on being cancelled, the body being sent, is nobody's concern."""

    async def left() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise RuntimeError('late') from None

    connection, body = Connection(), Body(b'a', waits=False)

    async def slow() -> AsyncGenerator[bytes]:
        async for chunk in body():
            await asyncio.sleep(0)
            yield chunk

    assert await send_stream(connection.send, slow(), left) is True
    assert connection.ended
    await asyncio.sleep(0)


@in_quiet_loop
async def test_the_watch_cancelled_by_another_changes_nothing() -> None:
    """The watch's task being cancelled by someone else does not mean that the client has left."""
    connection = Connection()

    async def body() -> AsyncGenerator[bytes]:
        await asyncio.sleep(0)
        (watcher,) = asyncio.all_tasks() - {asyncio.current_task()}
        watcher.cancel()
        await ticks(3)
        yield b'a'

    assert await send_stream(connection.send, body(), connection.left) is True
    assert connection.sent == [b'a']


@pytest.mark.parametrize('takes_back', [False, True])
@pytest.mark.parametrize('goes_on', [False, True])
@in_quiet_loop
async def test_an_iterator_that_swallows_the_cancellation(*, takes_back: bool, goes_on: bool) -> None:
    """Whether the iterator then ends or yields on, the client is still gone, and the count is what it was."""
    connection = Connection()

    async def body() -> AsyncGenerator[bytes]:
        yield b'a'
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            task = asyncio.current_task()
            assert task is not None
            if takes_back:
                task.uncancel()
        while goes_on:
            yield b'late'

    stream = Stream(connection, body())
    await ticks(3)
    connection.gone.set()
    await stream.outcome()
    assert (stream.result, stream.cancellations) == (False, 0)
    assert connection.sent == [b'a']
    assert not connection.ended


@in_quiet_loop
async def test_a_cancellation_of_its_own_goes_to_the_caller() -> None:
    """A CancelledError that the iterator raises by itself, as when a task it awaits is cancelled, is raised."""

    async def body() -> AsyncGenerator[bytes]:
        yield b'a'
        other = asyncio.create_task(asyncio.Event().wait())
        other.cancel()
        await other

    stream = await Stream(Connection(), body()).outcome()
    assert isinstance(stream.error, asyncio.CancelledError)
    assert stream.cancellations == 0


@pytest.mark.parametrize('held', [False, True])
@pytest.mark.parametrize('leaves', ['never', 'before', 'after'])
@in_quiet_loop
async def test_an_outer_cancellation_goes_to_the_caller(*, held: bool, leaves: str) -> None:
    """Cancelled while the iterator or `send` waits, the client leaving at the same moment or not: CancelledError."""
    connection, body = Connection(), Body(b'a')
    if held:
        connection.flowing.clear()
    stream = Stream(connection, body())
    await ticks(4)
    if leaves == 'before':
        connection.gone.set()
    stream.task.cancel()
    if leaves == 'after':
        connection.gone.set()
    await stream.outcome()
    assert isinstance(stream.error, asyncio.CancelledError)
    assert stream.cancellations == 1
    assert body.log[0] == ('GeneratorExit' if held else 'CancelledError')
    assert not connection.ended


@in_quiet_loop
async def test_an_outer_cancellation_between_chunks() -> None:
    """An endless iterator that never waits can be cancelled."""
    connection, body = Connection(), Body(*[b'x'] * 100_000)
    stream = Stream(connection, body())
    asyncio.get_running_loop().call_later(0.001, stream.task.cancel)
    await stream.outcome()
    assert isinstance(stream.error, asyncio.CancelledError)
    assert body.log == ['GeneratorExit', 'finally', 'closed']


def test_any_moment_of_leaving_and_of_cancelling() -> None:
    """Whenever the client leaves and whenever the task is cancelled, in any order: the laws of the module hold."""
    moments = [*range(14), 1000]

    async def body(log: list[str]) -> AsyncGenerator[bytes]:
        log.append('started')
        try:
            for _ in range(2):
                await ticks(2)
                yield b'x'
        finally:
            log.append('finally')
            await asyncio.sleep(0)

    async def main(leave_at: int, cancel_at: int, *, leave_first: bool) -> None:
        connection, log = Connection(latency_ticks=1), list[str]()
        stream = Stream(connection, body(log))
        cancelled = False
        for moment in range(30):
            await asyncio.sleep(0)
            if leave_first and moment == leave_at:
                connection.gone.set()
            if moment == cancel_at:
                cancelled = stream.task.cancel()
            if moment == leave_at:
                connection.gone.set()
        await stream.outcome()
        assert log == ['started', 'finally']
        if cancelled:
            assert isinstance(stream.error, asyncio.CancelledError)
            assert stream.cancellations == 1
        else:
            assert (stream.error, stream.cancellations) == (None, 0)
            assert stream.result is connection.ended
            assert stream.result or leave_at < 1000

    for leave_at, cancel_at, leave_first in product(moments, moments, (True, False)):
        asyncio.run(main(leave_at, cancel_at, leave_first=leave_first))


@in_quiet_loop
async def test_a_cancellation_during_the_cleanup_goes_to_the_caller() -> None:
    """The client has left and the iterator is cleaning up when the task is cancelled: CancelledError."""
    connection, cleaning = Connection(), asyncio.Event()

    async def body() -> AsyncGenerator[bytes]:
        yield b'a'
        try:
            await asyncio.Event().wait()
        finally:
            cleaning.set()
            await asyncio.Event().wait()

    stream = Stream(connection, body())
    connection.gone.set()
    await cleaning.wait()
    stream.task.cancel()
    await stream.outcome()
    assert isinstance(stream.error, asyncio.CancelledError)
    assert stream.cancellations == 1


@pytest.mark.parametrize('takes_back', [False, True])
@in_quiet_loop
async def test_a_stream_within_a_cancelled_task(*, takes_back: bool) -> None:
    """A stream sent by a task that was cancelled before, in its cleanup: the count goes back to one, not to zero."""

    async def body() -> AsyncGenerator[bytes]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not takes_back:
                raise
            asyncio.current_task().uncancel()  # type: ignore[union-attr]  # only a task can await
        yield b''

    async def outer(results: list[bool | int]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            connection = Connection()
            connection.gone.set()
            results.append(await send_stream(connection.send, body(), connection.left))
            results.append(asyncio.current_task().cancelling())  # type: ignore[union-attr]  # only a task can await

    results: list[bool | int] = []
    task = asyncio.create_task(outer(results))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert results == [False, 1]


@pytest.mark.parametrize('leaves', [False, True])
@in_quiet_loop
async def test_an_outer_timeout_is_a_timeout(*, leaves: bool) -> None:
    """`asyncio.timeout` around the call raises TimeoutError, the client leaving in that moment or not."""

    async def limited(connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as limit:
            loop.call_soon(limit.reschedule, 0)
            if leaves:
                loop.call_soon(connection.gone.set)
            await send_stream(connection.send, Body()(), connection.left)

    with pytest.raises(TimeoutError):
        await limited(Connection())


@in_quiet_loop
async def test_a_timeout_within_the_iterator_is_the_iterators() -> None:
    """`asyncio.timeout` inside the iterator works as anywhere; the client leaving later still ends it."""
    connection, three = Connection(), asyncio.Event()

    async def body() -> AsyncGenerator[bytes]:
        while True:
            try:
                async with asyncio.timeout(0):
                    await asyncio.Event().wait()
            except TimeoutError:
                yield b'late'
            if len(connection.sent) == 3:
                three.set()

    stream = Stream(connection, body())
    await three.wait()
    connection.gone.set()
    await stream.outcome()
    assert (stream.result, stream.cancellations) == (False, 0)


@in_quiet_loop
async def test_wait_disconnect_drops_the_body() -> None:
    """Messages up to `http.disconnect` are received and dropped; nothing is received after it."""
    messages: list[Message] = [
        {'type': 'http.request', 'body': b'late', 'more_body': True},
        {'type': 'http.request', 'body': b'', 'more_body': False},
        {'type': 'http.disconnect'},
        {'type': 'never asked for'},
    ]

    async def receive() -> Message:
        return messages.pop(0)

    await wait_disconnect(receive)
    assert [message['type'] for message in messages] == ['never asked for']


@in_quiet_loop
async def test_wait_disconnect_lets_others_run() -> None:
    """A receive callable that gives the same message for ever does not hold up the sending."""

    async def receive() -> Message:
        return {'type': 'http.request', 'body': b'', 'more_body': False}

    connection = Connection(latency_ticks=1)
    assert await send_stream(connection.send, give(b'a', b'b'), lambda: wait_disconnect(receive)) is True
    assert connection.sent == [b'a', b'b']


def chunked(*chunks: Any) -> AsyncGenerator[Any]:
    """Return an iterator over some chunks."""

    async def body() -> AsyncGenerator[Any]:
        for chunk in chunks:
            yield chunk

    return body()


@in_quiet_loop
async def test_chunks_may_be_anything_that_holds_bytes() -> None:
    """A bytearray or a memoryview is sent as bytes, as ASGI wants it."""
    connection = Connection()
    assert await send_stream(connection.send, chunked(b'a', bytearray(b'b'), memoryview(b'c')), connection.left)
    assert connection.sent == [b'a', b'b', b'c']
    assert all(type(chunk) is bytes for chunk in connection.sent)


@in_quiet_loop
async def test_chunk_that_is_not_bytes_raises() -> None:
    """Text is refused where it is produced, with a word about what it is; the end of the body is not sent."""
    connection = Connection()
    with pytest.raises(TypeError, match='received a str from the stream of a response, expected bytes'):
        await send_stream(connection.send, chunked(b'a', 'b'), connection.left)
    assert connection.sent == [b'a']
    assert not connection.ended


@pytest.mark.parametrize(('chunks', 'received'), [((b'ab', b'cd'), 4), ((b'ab',), 2), ((), 0)])
def test_body_that_is_not_as_long_as_promised_raises(chunks: tuple[bytes, ...], received: int) -> None:
    """Nothing past the promised length is sent, and no end where something is missing."""

    @in_quiet_loop
    async def send() -> None:
        connection = Connection()
        with pytest.raises(ValueError, match=f'received {received} bytes from the stream of a response, expected 3'):
            await send_stream(connection.send, chunked(*chunks), connection.left, length=3)
        assert not connection.ended
        assert sum(map(len, connection.sent)) <= 3

    send()


@in_quiet_loop
async def test_body_as_long_as_promised_is_whole() -> None:
    """A body of the promised length is sent with its end."""
    connection = Connection()
    assert await send_stream(connection.send, chunked(b'ab', b'c'), connection.left, length=3)
    assert connection.sent == [b'ab', b'c']
    assert connection.ended


@pytest.mark.parametrize(
    'error',
    [
        OSError(),
        ConnectionResetError(errno.ECONNRESET, 'reset'),
        TimeoutError(errno.ETIMEDOUT, 'timed out'),
        ClientDisconnected(),
    ],
)
def test_os_errors_tell_of_a_disconnect(error: Exception) -> None:
    """An OSError of a server says that the client left."""
    assert tells_of_disconnect(error)


@pytest.mark.parametrize('error', [TimeoutError(), RuntimeError(), ValueError(), asyncio.CancelledError()])
def test_other_errors_do_not(error: BaseException) -> None:
    """The TimeoutError of a timeout around the call, and errors of other classes, say nothing of the client."""
    assert not tells_of_disconnect(error)


@in_quiet_loop
async def test_event_is_sent_unless_the_client_left() -> None:
    """A disconnect is an answer, not an exception; anything else is the server's fault and goes on."""

    def sending(outcome: Exception | None) -> Any:
        async def send(event: Message) -> None:
            if outcome is not None:
                raise outcome

        return send

    assert await send_unless_left(sending(None), {})
    assert not await send_unless_left(sending(OSError()), {})
    for fault in (TimeoutError(), RuntimeError()):
        with pytest.raises(type(fault)):
            await send_unless_left(sending(fault), {})


@pytest.mark.parametrize('at', ['chunk', 'end'])
@pytest.mark.parametrize('left', [True, False])
def test_failure_to_send_to_a_client_that_left_is_no_failure(at: str, left: bool) -> None:
    """What else a server raises counts as a disconnect if the client turns out to have left, and only then."""

    @in_quiet_loop
    async def send() -> None:
        connection = Connection()

        async def broken(message: Message) -> None:
            if message['more_body'] is (at == 'chunk'):
                if left:
                    connection.gone.set()
                raise RuntimeError('unable to perform operation on a closed transport')

        stream = send_stream(broken, chunked(b'a'), connection.left)
        if left:
            assert await stream is False
        else:
            with pytest.raises(RuntimeError):
                await stream
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    send()


@in_quiet_loop
async def test_iterator_that_takes_no_notice_sends_nothing_more() -> None:
    """One that swallows its cancellation and goes on is left at its next chunk."""
    connection = Connection()

    async def stubborn() -> AsyncGenerator[bytes]:
        yield b'one'
        connection.gone.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            yield b'two'
        yield b'three'

    assert await send_stream(connection.send, stubborn(), connection.left) is False
    assert connection.sent == [b'one']
    assert not connection.ended


@in_quiet_loop
async def test_asking_after_a_client_ends_with_who_asks() -> None:
    """A cancellation while the client is asked after leaves no task behind."""
    asking = asyncio.create_task(client_has_left(Connection().left))
    await ticks(2)
    await cancelled(asking)
    await ticks(2)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize('at', [b'', b'begin'])
@in_hasty_loop
async def test_the_end_and_the_begin_of_a_body_have_the_limit_too(at: bytes) -> None:
    """A client that does not take the end of the body, or what starts it, is given up like any."""
    begins = at == b'begin'
    taken: list[bytes] = []

    async def take(chunk: bytes) -> None:
        taken.append(chunk)
        if (len(taken) == 1) == begins and chunk == b'':
            await asyncio.Event().wait()

    connection = TimedConnection(take)
    chunks = timed(b'a')
    assert not await connection.stream(chunks, Upkeep(send_timeout_s=5, starts_at_once=begins))
    assert now() == 5
    assert taken == ([b''] if begins else [b'a', b''])


@in_hasty_loop
async def test_body_can_start_before_its_first_chunk() -> None:
    """An empty piece of body goes out at once, so that the server has no reason to keep the headers."""
    connection = TimedConnection()
    assert await connection.stream(timed(3, b'a'), Upkeep(starts_at_once=True))
    assert connection.sent == [(0, b''), (3, b'a')]


@in_hasty_loop
async def test_client_that_left_before_the_start_ends_the_body() -> None:
    """A server that says so at the empty piece gets nothing more, and the iterator is closed without being asked."""

    async def refuse(chunk: bytes) -> None:
        raise ConnectionResetError

    connection = TimedConnection(refuse)
    chunks = timed(b'a')
    assert not await connection.stream(chunks, Upkeep(starts_at_once=True))
    assert connection.sent == [(0, b'')]
    assert [chunk async for chunk in chunks] == []


@in_hasty_loop
async def test_last_chunk_that_is_not_taken_does_not_hold_up_the_shutdown() -> None:
    """The end of a stream that was ended has a second, whatever the limit of the others."""
    connection, shutdown = TimedConnection(for_ever_at(b'bye')), Shutdown()
    shutdown.begin()
    upkeep = Upkeep(send_timeout_s=60, shutdown_grace_s=0, last_chunk=b'bye')
    assert not await connection.stream(timed(1000), upkeep, shutdown)
    assert (now(), connection.ended_at) == (1, None)


@in_hasty_loop
async def test_client_that_left_at_the_last_chunk_has_left() -> None:
    """A server that says so at the last chunk is sent no end."""

    async def refuse(chunk: bytes) -> None:
        raise ConnectionResetError

    connection, shutdown = TimedConnection(refuse), Shutdown()
    shutdown.begin()
    assert not await connection.stream(timed(1000), Upkeep(shutdown_grace_s=0, last_chunk=b'bye'), shutdown)
    assert connection.ended_at is None


@in_hasty_loop
async def test_failure_at_the_last_chunk_of_a_client_that_left_is_no_failure() -> None:
    """What else a server raises when it is sent what the shutdown ends a body with counts as everywhere."""

    async def refuse(chunk: bytes) -> None:
        connection.gone.set()
        raise RuntimeError('unable to perform operation on a closed transport')

    connection, shutdown = TimedConnection(refuse), Shutdown()
    shutdown.begin()
    assert not await connection.stream(timed(1000), Upkeep(shutdown_grace_s=0, last_chunk=b'bye'), shutdown)
    assert connection.sent == [(0, b'bye')]


class Source:
    """An iterator without end that can be closed, and then fails if told so."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.closed = 0
        self._failure = failure

    def __aiter__(self) -> 'Source':
        return self

    async def __anext__(self) -> bytes:
        return b'a'

    async def aclose(self) -> None:
        self.closed += 1
        if self._failure is not None:
            raise self._failure


@pytest.mark.parametrize('asked', [False, True])
@in_quiet_loop
async def test_iterator_and_source_are_closed_both(*, asked: bool) -> None:
    """The source is closed after the iterator: also one that was not asked for anything, and one that fails."""

    async def doubled(source: Source) -> AsyncGenerator[bytes]:
        async for chunk in source:
            yield 2 * chunk

    source = Source()
    both = IteratorAndSource(doubled(source), source)
    if asked:
        assert await anext(aiter(both)) == b'aa'
    await both.aclose()
    assert source.closed == 1
    with pytest.raises(ValueError, match='broken'):
        await IteratorAndSource(Source(ValueError('broken')), source).aclose()
    assert source.closed == 2


@in_quiet_loop
async def test_leaving_where_a_task_group_had_yielded_is_no_error() -> None:
    """A generator that yields within a task group is closed like any, its tasks cancelled."""
    connection, log = Connection(), list[str]()
    connection.flowing.clear()

    async def produce() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            log.append('produced')

    async def grouped() -> AsyncGenerator[bytes]:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(produce())
                while True:
                    await asyncio.sleep(0)
                    yield b'a'
        finally:
            log.append('closed')

    stream = Stream(connection, grouped())
    await ticks(4)
    assert connection.sent == [b'a']
    connection.gone.set()
    await stream.outcome()
    assert (stream.result, stream.error) == (False, None)
    assert log == ['produced', 'closed']


@in_quiet_loop
async def test_errors_beside_what_closes_a_generator_are_raised() -> None:
    """What the tasks of a group within a generator raise when it is closed is not lost, and nothing else is raised."""

    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError('broken')

    async def grouped() -> AsyncGenerator[bytes]:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail())
            await asyncio.sleep(0)
            yield b'a'

    chunks = grouped()
    await anext(chunks)
    with pytest.raises(ExceptionGroup) as raised:
        await close_stream(chunks)
    assert [str(error) for error in raised.value.exceptions] == ['broken']


@in_quiet_loop
async def test_group_that_says_nothing_of_closing_is_raised_as_it_is() -> None:
    """Whoever handles errors by their type, or looks for their cause, finds both."""

    class Failures(ExceptionGroup[Exception]):
        pass

    chunks = Source(Failures('two', [ValueError('broken')]))
    with pytest.raises(Failures) as raised:
        await close_stream(chunks)
    assert raised.value is chunks._failure
