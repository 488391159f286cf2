"""The laws of the body stream; `Wire` stands for the server, and asserts that one `receive` is awaited at a time."""

import asyncio
import tracemalloc
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import in_loop, turns
from falcon_asgi.body_stream import MAX_AHEAD, BoundedStream
from falcon_core.arrivals import Arrival, begin_arrival
from falcon_core.asgi_types import Message
from falcon_core.errors import ClientDisconnected, OperationNotAllowed
from foreign_future import ForeignServer

TIMEOUT_S = 10
DISCONNECT: Message = {'type': 'http.disconnect'}


class Wire:
    """A server: gives the events it is fed, and waits when it has none."""

    def __init__(self, *events: Message) -> None:
        self.events = deque(events)
        self.calls = 0
        self.given = 0
        self._fed = asyncio.Event()
        self._is_awaited = False

    def feed(self, *events: Message) -> None:
        self.events.extend(events)
        self._fed.set()

    async def receive(self) -> Message:
        assert not self._is_awaited
        self._is_awaited = True
        self.calls += 1
        try:
            while not self.events:
                self._fed.clear()
                await self._fed.wait()
            self.given += 1
            return self.events.popleft()
        finally:
            self._is_awaited = False


class CountedBytes(bytes):
    """Bytes that count how many of them were copied out."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        piece = super().__getitem__(key)
        CountedBytes.copied += len(piece)
        return piece


def part(body: bytes, *, more: bool = True) -> Message:
    return {'type': 'http.request', 'body': body, 'more_body': more}


def parts(*chunks: bytes) -> list[Message]:
    return [part(chunk, more=index < len(chunks)) for index, chunk in enumerate(chunks, 1)]


def stream_of(*chunks: bytes, **options: Any) -> BoundedStream:
    return BoundedStream(Wire(*parts(*chunks)).receive, **options)


async def cancel(task: 'asyncio.Task[Any]') -> None:
    task.cancel()
    await asyncio.wait({task}, timeout=TIMEOUT_S)
    assert task.cancelled()


@in_loop
async def test_read_gives_as_many_bytes_as_asked_for() -> None:
    """A read crosses chunks, and gives less than was asked for at the end only."""
    stream = stream_of(b'abc', b'', b'def', b'gh')
    assert [await stream.read(size) for size in (1, 3, 3, 3, 3)] == [b'a', b'bcd', b'efg', b'h', b'']


@in_loop
async def test_read_of_nothing_receives_nothing() -> None:
    """`read(0)` gives no bytes, at once."""
    wire = Wire()
    assert await BoundedStream(wire.receive).read(0) == b''
    assert wire.calls == 0


@pytest.mark.parametrize('size', [-1, -7, None])
@in_loop
async def test_read_without_a_size_gives_all(size: int | None) -> None:
    """A negative size, or None, stands for all that is left."""
    stream = stream_of(b'abc', b'def')
    assert await stream.read(1) == b'a'
    assert await stream.read(size) == b'bcdef'
    assert await stream.read(size) == b''


@in_loop
async def test_readall_gives_what_is_left() -> None:
    """All that was not read comes in one piece, and then nothing."""
    stream = stream_of(b'abc', b'def')
    assert await stream.read(2) == b'ab'
    assert await stream.readall() == b'cdef'
    assert await stream.readall() == b''


@in_loop
async def test_one_chunk_is_handed_on_uncopied() -> None:
    """A body that arrived whole is given as the very object that the server gave."""
    body = b'x' * 70_000
    for read in (BoundedStream.readall, BoundedStream.read, lambda stream: stream.read(70_000)):
        assert await read(stream_of(body)) is body


@in_loop
async def test_read1_gives_what_arrived_together() -> None:
    """`read1` waits for nothing beyond what is next, passes over empty events, and gives nothing at the end only."""
    wire = Wire(part(b'abc'), part(b''), part(b'de'))
    stream = BoundedStream(wire.receive)
    assert [await stream.read1(2), await stream.read1(), await stream.read1(), stream.tell()] == [b'ab', b'c', b'de', 5]
    waiting = asyncio.create_task(stream.read1())
    await turns()
    assert not waiting.done()
    wire.feed(part(b'fgh'))
    assert await waiting == b'fgh'
    wire.feed(part(b'', more=False))
    assert [await stream.read1(), await stream.read1(), stream.eof] == [b'', b'', True]
    stream.close()
    with pytest.raises(OperationNotAllowed):
        await stream.read1()


@in_loop
async def test_read1_of_nothing_takes_nothing() -> None:
    """A size of 0 gives nothing and leaves all there is."""
    stream = stream_of(b'abc')
    assert [await stream.read1(0), await stream.read()] == [b'', b'abc']


@in_loop
async def test_read1_of_a_body_cut_short_gives_what_had_arrived() -> None:
    """What came before the client left is given, and the disconnect raised after that, each time."""
    stream = BoundedStream(Wire(part(b'abc'), DISCONNECT).receive)
    assert await stream.read1() == b'abc'
    for _ in range(2):
        with pytest.raises(ClientDisconnected):
            await stream.read1()


@pytest.mark.parametrize('reads', ['read', 'read1', 'buffer'])
@in_loop
async def test_a_receive_that_has_begun_is_gone_on_with(reads: str) -> None:
    """A stream that is given a call of receive waits for its event, and begins no other call before that."""
    wire = Wire()
    begun = begin_arrival(wire.receive)
    assert isinstance(begun, Arrival)
    stream = BoundedStream(wire.receive, begun)
    waiting = asyncio.create_task(stream.buffer(100) if reads == 'buffer' else getattr(stream, reads)())
    await turns()
    wire.feed(part(b'abc', more=False))
    assert [await waiting, wire.calls] == [b'abc', 1]


@in_loop
async def test_read1_takes_what_one_who_waits_received() -> None:
    """Beside one who waits for the disconnect, the chunks still come in order, each once."""
    wire = Wire()
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    reading = asyncio.create_task(stream.read1())
    await turns()
    wire.feed(part(b'abc'), part(b'x' * 5000))
    assert await reading == b'abc'
    await turns()
    assert await stream.read1() == b'x' * 5000
    wire.feed(DISCONNECT)
    await watching


@in_loop
async def test_iteration_gives_the_chunks_as_they_arrive() -> None:
    """Each chunk comes as soon as it is there; empty ones are passed over."""
    wire = Wire(part(b'abc'))
    stream = BoundedStream(wire.receive)
    chunks = aiter(stream)
    assert await anext(chunks) == b'abc'
    wire.feed(part(b''), part(b'd'), part(b'', more=False))
    assert [chunk async for chunk in chunks] == [b'd']


@in_loop
async def test_iteration_after_a_read_gives_the_rest() -> None:
    """What a read left of a chunk comes first."""
    stream = stream_of(b'abc', b'def')
    assert await stream.read(1) == b'a'
    assert [chunk async for chunk in stream] == [b'bc', b'def']
    assert stream.tell() == 6


@in_loop
async def test_an_unfinished_iteration_cannot_be_begun_again() -> None:
    """After an iteration that was left, the rest can be read, and is not iterated over a second time."""
    stream = stream_of(b'abc', b'def', b'gh')
    async for chunk in stream:
        assert chunk == b'abc'
        break
    with pytest.raises(OperationNotAllowed, match='iterated over already'):
        await anext(aiter(stream))
    assert await stream.read(4) == b'defg'
    assert await stream.read() == b'h'


@in_loop
async def test_iteration_at_the_end_gives_nothing() -> None:
    """A body that has been read, in whichever way, can be iterated over, any number of times."""
    stream = stream_of(b'abc', b'def')
    assert [chunk async for chunk in stream] == [b'abc', b'def']
    assert [chunk async for chunk in stream] == []
    assert await stream.read() == b''


@in_loop
async def test_exhaust_drops_the_rest() -> None:
    """What is left of the body counts as read; a second call does nothing."""
    stream = stream_of(b'abc', b'def', b'')
    assert await stream.read(1) == b'a'
    await stream.exhaust()
    assert (stream.eof, stream.tell()) == (True, 6)
    await stream.exhaust()
    assert await stream.read() == b''


@in_loop
async def test_eof_is_known_once_the_end_has_arrived() -> None:
    """`eof` is True if all was read and the end is known, not before."""
    stream = stream_of(b'abc', b'')
    assert await stream.read(3) == b'abc'
    assert not stream.eof
    assert await stream.read(1) == b''
    assert stream.eof


@in_loop
async def test_a_closed_stream_refuses_to_be_read() -> None:
    """After `close`, every way to read raises, the rest is dropped, and `exhaust` has nothing to do."""
    for content_length in (None, 3):
        wire = Wire(*parts(b'abc', b'def'))
        stream = BoundedStream(wire.receive, content_length=content_length)
        assert await stream.read(1) == b'a'
        stream.close()
        assert (stream.closed, stream.eof, stream.tell()) == (True, True, 1)
        for read in (
            BoundedStream.read,
            BoundedStream.readall,
            lambda stream: stream.read(1),
            lambda stream: stream.buffer(9),
            lambda stream: anext(aiter(stream)),
        ):
            with pytest.raises(OperationNotAllowed, match='closed'):
                await read(stream)
        await stream.exhaust()
        stream.close()
        assert wire.calls == 1


@in_loop
async def test_closing_within_an_iteration_ends_it() -> None:
    """The loop that closes the stream ends after its present turn."""
    stream = stream_of(b'abc', b'def')
    seen = []
    async for chunk in stream:
        seen.append(chunk)
        stream.close()
    assert seen == [b'abc']


@in_loop
async def test_closing_ends_a_read_that_waits() -> None:
    """A read that another task closes the stream under raises when the next event arrives."""
    wire = Wire()
    stream = BoundedStream(wire.receive)
    reading = asyncio.create_task(stream.read())
    await turns()
    stream.close()
    wire.feed(part(b'abc'))
    with pytest.raises(OperationNotAllowed, match='closed'):
        await reading


@in_loop
async def test_a_closed_stream_still_tells_of_the_disconnect() -> None:
    """Whoever waits for the client to leave is told, whatever of the body still arrives."""
    wire = Wire(*(part(b'x' * MAX_AHEAD) for _ in range(3)), DISCONNECT)
    stream = BoundedStream(wire.receive)
    stream.close()
    await stream.wait_disconnect()
    assert stream.eof


@in_loop
async def test_a_body_of_its_full_length_does_not_hide_the_disconnect() -> None:
    """Where the server has yet to say that the body ends, but no more can come, the client is still seen to leave."""
    wire = Wire(part(b'x' * MAX_AHEAD), DISCONNECT)
    stream = BoundedStream(wire.receive, None, MAX_AHEAD, ends_at_length=False)
    async with asyncio.timeout(5):
        await stream.wait_disconnect()
    assert len(await stream.read(MAX_AHEAD)) == MAX_AHEAD


def test_it_is_a_readable_file_like_object() -> None:
    """The stream can be read, and nothing else that files can."""
    stream = stream_of(b'')
    assert (stream.readable(), stream.writable(), stream.seekable(), stream.isatty()) == (True, False, False, False)
    assert not stream.closed
    with pytest.raises(OSError, match='no file descriptor'):
        stream.fileno()


@in_loop
async def test_an_event_received_before_counts() -> None:
    """The body begins with the first event, if one was received before."""
    wire = Wire(part(b'def', more=False))
    assert await BoundedStream(wire.receive, part(b'abc')).read() == b'abcdef'
    assert await BoundedStream(wire.receive, part(b'abc', more=False)).read() == b'abc'
    with pytest.raises(ClientDisconnected):
        await BoundedStream(wire.receive, DISCONNECT).read()
    assert wire.calls == 1


@in_loop
async def test_events_may_leave_out_what_has_a_default() -> None:
    """Of an event, `body` and `more_body` may be missing (ASGI specification, "Request - receive event")."""
    assert await BoundedStream(Wire({'type': 'http.request'}).receive).read() == b''


@in_loop
async def test_no_more_than_the_content_length_is_read() -> None:
    """What arrives beyond the length is dropped, and nothing is received for it."""
    wire = Wire(part(b'abc'), part(b'defg'), part(b'hi', more=False))
    stream = BoundedStream(wire.receive, content_length=5)
    assert await stream.read() == b'abcde'
    assert (stream.eof, wire.calls) == (True, 2)
    wire.feed(DISCONNECT)
    await stream.wait_disconnect()
    assert await stream.read() == b''


@in_loop
async def test_a_body_may_end_before_its_content_length() -> None:
    """The end that the server tells is the end, whatever the length."""
    stream = stream_of(b'abc', b'def', content_length=100)
    assert await stream.read(50) == b'abcdef'
    assert stream.eof


@in_loop
async def test_a_body_of_length_zero_is_not_received() -> None:
    """With a length of 0 all is read from the start."""
    wire = Wire(part(b'', more=False))
    stream = BoundedStream(wire.receive, content_length=0)
    assert stream.eof
    assert (await stream.read(), await stream.buffer(9), [chunk async for chunk in stream]) == (b'', b'', [])
    assert wire.calls == 0


@in_loop
async def test_the_end_is_final() -> None:
    """What a server sends after the end of the body is no part of it."""
    wire = Wire(part(b'abc', more=False), part(b'def'), DISCONNECT)
    stream = BoundedStream(wire.receive, content_length=6)
    assert await stream.read() == b'abc'
    await stream.wait_disconnect()
    assert (stream.eof, await stream.read()) == (True, b'')


@in_loop
async def test_a_body_cut_short_is_told_from_a_whole_one() -> None:
    """When the client leaves within the body, each way to read to its end raises, time and again."""
    for read in (
        BoundedStream.read,
        BoundedStream.readall,
        BoundedStream.exhaust,
        lambda stream: stream.read(99),
        lambda stream: stream.buffer(99),
    ):
        stream = BoundedStream(Wire(part(b'abc'), DISCONNECT).receive)
        for _ in range(2):
            with pytest.raises(ClientDisconnected, match='left after 3 bytes'):
                await read(stream)
        assert not stream.eof


@in_loop
async def test_what_had_arrived_before_the_client_left_can_be_read() -> None:
    """A read that does not need more succeeds, before and after one that raised."""
    stream = BoundedStream(Wire(part(b'abc'), part(b'def'), DISCONNECT).receive)
    with pytest.raises(ClientDisconnected):
        await stream.read()
    assert await stream.read(4) == b'abcd'
    with pytest.raises(ClientDisconnected):
        await stream.read(3)
    assert await stream.read(2) == b'ef'


@in_loop
async def test_iteration_gives_what_had_arrived_before_it_raises() -> None:
    """The chunks come first, then the news that there are no more."""
    stream = BoundedStream(Wire(part(b'abc'), part(b'def'), DISCONNECT).receive)
    chunks = aiter(stream)
    assert [await anext(chunks), await anext(chunks)] == [b'abc', b'def']
    with pytest.raises(ClientDisconnected):
        await anext(chunks)


@in_loop
async def test_a_disconnect_after_the_body_is_no_error() -> None:
    """A client that left after its body had arrived has sent a whole body."""
    wire = Wire(*parts(b'abc', b'def'), DISCONNECT)
    stream = BoundedStream(wire.receive)
    await stream.wait_disconnect()
    assert await stream.read(2) == b'ab'
    assert [chunk async for chunk in stream] == [b'cdef']
    await stream.exhaust()
    assert stream.eof


@pytest.mark.parametrize('spare', [0, 1])
@in_loop
async def test_buffer_keeps_the_body_to_be_read_again(spare: int) -> None:
    """A body of the size allowed, or smaller, is given whole, time and again, and then read as if it had just come."""
    wire = Wire(*parts(b'ab', b'', b'cd', b'ef'))
    stream = BoundedStream(wire.receive)
    assert await stream.read(1) == b'a'
    for _ in range(2):
        assert await stream.buffer(5 + spare) == b'bcdef'
    assert (stream.tell(), stream.eof) == (1, False)
    assert await stream.read(2) == b'bc'
    assert await stream.buffer(3) == b'def'
    assert [chunk async for chunk in stream] == [b'def']
    assert await stream.buffer(0) == b''


@in_loop
async def test_buffer_stops_at_its_limit() -> None:
    """Of a body that is larger than allowed, no more is received than shows that; then all of it can be read."""
    wire = Wire(part(b'abc'), part(b'def'), part(b'g'), part(b'h', more=False))
    stream = BoundedStream(wire.receive)
    for _ in range(2):
        assert await stream.buffer(5) is None
    assert wire.calls == 2
    assert stream.tell() == 0
    assert await stream.read() == b'abcdefgh'


@in_loop
async def test_buffer_refuses_one_chunk_over_its_limit() -> None:
    """A body that comes in one chunk is as much too large as one that comes in many."""
    stream = stream_of(b'abcdef')
    assert await stream.buffer(5) is None
    assert await stream.buffer(6) == b'abcdef'
    assert await stream.read() == b'abcdef'


@in_loop
async def test_buffer_receives_nothing_of_a_body_said_to_be_too_large() -> None:
    """A length above the limit is enough to know; what was read before does not count."""
    wire = Wire(*parts(b'abc', b'def'))
    stream = BoundedStream(wire.receive, content_length=6)
    assert await stream.buffer(5) is None
    assert wire.calls == 0
    assert await stream.read(1) == b'a'
    assert await stream.buffer(5) == b'bcdef'


@in_loop
async def test_buffer_goes_by_what_there_is_once_that_is_known() -> None:
    """A length that turned out to be wrong is not held against the body."""
    stream = stream_of(b'abc', content_length=100)
    assert await stream.read(1) == b'a'
    assert await stream.buffer(2) == b'bc'


@in_loop
async def test_wait_disconnect_loses_nothing_of_the_body() -> None:
    """What arrives while somebody waits for the client to leave can be read then, or afterwards."""
    wire = Wire(part(b'abc'))
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    assert await stream.read(2) == b'ab'
    wire.feed(part(b'def'), part(b'gh', more=False), DISCONNECT)
    await watching
    assert await stream.read() == b'cdefgh'


@in_loop
async def test_wait_disconnect_returns_at_once_when_the_client_has_left() -> None:
    """What is known already needs no waiting and no receiving."""
    wire = Wire(DISCONNECT)
    stream = BoundedStream(wire.receive)
    for _ in range(2):
        await stream.wait_disconnect()
    assert wire.calls == 1


@in_loop
async def test_a_read_gets_what_one_who_waits_received() -> None:
    """A read that begins while another task has the `receive` gets what comes of that."""
    wire = Wire()
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    reading = asyncio.create_task(stream.read(3))
    await turns()
    wire.feed(part(b'a'), part(b''))
    await turns()
    assert not reading.done()
    wire.feed(part(b'bc', more=False))
    assert await reading == b'abc'
    await cancel(watching)


@in_loop
async def test_a_read_hears_of_the_disconnect_from_one_who_waits() -> None:
    """A read that waits for its turn to receive raises when the other task has received the disconnect."""
    wire = Wire()
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    reading = asyncio.create_task(stream.read(3))
    await turns()
    wire.feed(DISCONNECT)
    with pytest.raises(ClientDisconnected):
        await reading
    await watching
    assert wire.calls == 1


@pytest.mark.parametrize('watchers', [1, 3])
@in_loop
async def test_waiting_receives_a_bounded_part_of_the_body(watchers: int) -> None:
    """No more than `MAX_AHEAD` bytes and what is left of a chunk are received ahead, however many wait."""
    wire = Wire(*(part(b'x' * 40_000) for _ in range(9)))
    stream = BoundedStream(wire.receive)
    watching = [asyncio.create_task(stream.wait_disconnect()) for _ in range(watchers)]
    await turns()
    assert wire.calls == 2
    assert len(await stream.read(1)) == 1
    await turns()
    assert wire.calls == 2
    assert len(await stream.read(40_000)) == 40_000
    await turns()
    assert wire.calls == 3
    wire.events.clear()
    wire.feed(part(b'', more=False), DISCONNECT)
    await stream.exhaust()
    await asyncio.wait(watching)


@in_loop
async def test_one_who_waits_for_room_hears_of_a_disconnect_that_a_read_met() -> None:
    """Although there is no room to receive more of the body, a disconnect that another task received counts."""
    wire = Wire(part(b'x' * MAX_AHEAD))
    stream = BoundedStream(wire.receive)
    watching = [asyncio.create_task(stream.wait_disconnect()) for _ in range(2)]
    await turns()
    wire.feed(DISCONNECT)
    with pytest.raises(ClientDisconnected):
        await stream.read(MAX_AHEAD + 1)
    await asyncio.wait(watching)
    assert len(await stream.read(MAX_AHEAD)) == MAX_AHEAD


@in_loop
async def test_one_who_waits_for_room_goes_on_when_the_body_is_complete() -> None:
    """Once the end of the body has arrived, receiving on cannot make it larger, however much of it is unread."""
    wire = Wire(part(b'x' * MAX_AHEAD))
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    wire.feed(part(b'y', more=False))
    assert await stream.buffer(2 * MAX_AHEAD) is not None
    wire.feed(DISCONNECT)
    await watching
    assert len(await stream.read()) == MAX_AHEAD + 1


@in_loop
async def test_closing_makes_room() -> None:
    """What is dropped is no longer in the way of one who waits."""
    wire = Wire(part(b'x' * MAX_AHEAD), part(b'x' * MAX_AHEAD), DISCONNECT)
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    assert wire.calls == 1
    stream.close()
    await watching


@in_loop
async def test_what_nobody_reads_is_dropped_after_a_while_if_asked_for() -> None:
    """With `patience_s`, one who waits hears of the disconnect although nobody reads; the rest of the body is gone."""
    wire = Wire(*(part(b'x' * MAX_AHEAD) for _ in range(3)), part(b'', more=False), DISCONNECT)
    stream = BoundedStream(wire.receive)
    patient = asyncio.create_task(stream.wait_disconnect())
    await turns()
    assert wire.calls == 1
    await stream.wait_disconnect(patience_s=0)
    await patient
    assert len(await stream.read(MAX_AHEAD)) == MAX_AHEAD
    with pytest.raises(ClientDisconnected):
        await stream.read(1)


@in_loop
async def test_reading_what_was_dropped_raises() -> None:
    """A body of which a part was dropped is not taken for a whole one."""
    wire = Wire(part(b'x' * MAX_AHEAD), part(b'y'), part(b'z', more=False))
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect(patience_s=0))
    await turns(50)
    assert wire.calls == 4
    for read in (
        BoundedStream.read,
        BoundedStream.readall,
        lambda stream: stream.buffer(2 * MAX_AHEAD),
        BoundedStream.exhaust,
    ):
        with pytest.raises(OperationNotAllowed, match='the rest of the request body was dropped'):
            await read(stream)
    assert not stream.eof
    await cancel(watching)


@in_loop
async def test_patience_is_for_what_nobody_reads() -> None:
    """Nothing is dropped while somebody reads, however long that takes, or if it is read in time."""
    wire = Wire(part(b'x' * MAX_AHEAD))
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect(patience_s=0))
    reading = asyncio.create_task(stream.read())
    await turns(50)
    wire.feed(part(b'x' * MAX_AHEAD))
    await turns(50)
    wire.feed(part(b'y', more=False), DISCONNECT)
    assert await reading == b'x' * 2 * MAX_AHEAD + b'y'
    await watching


@in_loop
async def test_a_receive_that_never_waits_holds_up_nothing() -> None:
    """With a server that always has an event to give, the others still get their turn."""

    async def receive() -> Message:
        return part(b'', more=False)

    stream = BoundedStream(receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    assert await stream.read() == b''
    await cancel(watching)


@in_loop
async def test_a_cancelled_call_loses_nothing() -> None:
    """What a call had received when it was cancelled is there for the next one, whatever the call."""
    for call in (
        BoundedStream.read,
        BoundedStream.readall,
        BoundedStream.wait_disconnect,
        lambda stream: stream.read(9),
        lambda stream: stream.buffer(99),
    ):
        wire = Wire(part(b'abc'))
        stream = BoundedStream(wire.receive)
        for chunk in (b'', b'd', b''):
            waiting = asyncio.create_task(call(stream))
            await turns()
            await cancel(waiting)
            wire.feed(part(chunk))
        wire.feed(part(b'e', more=False))
        assert await stream.read() == b'abcde'


class LossyWire(Wire):
    """A server that has taken an event from its connection when it is cancelled, and drops it then."""

    def __init__(self) -> None:
        super().__init__()
        self.coming: asyncio.Future[Message] | None = None

    async def receive(self) -> Message:
        self.coming = asyncio.get_running_loop().create_future()
        return await self.coming


@pytest.mark.parametrize('reads', ['read', 'read1', 'readall', 'exhaust', 'iterate', 'buffer', 'watch'])
@in_loop
async def test_an_event_that_came_during_a_cancellation_is_kept(reads: str) -> None:
    """No byte is lost, and no disconnect, also if the server's receive is not safe to cancel."""
    wire = LossyWire()
    stream = BoundedStream(wire.receive)

    async def iterate() -> None:
        async for _ in stream:
            pass

    calls: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        'read': lambda: stream.read(3),
        'read1': stream.read1,
        'readall': stream.readall,
        'exhaust': stream.exhaust,
        'iterate': iterate,
        'buffer': lambda: stream.buffer(100),
        'watch': stream.wait_disconnect,
    }
    waiting = asyncio.create_task(calls[reads]())
    await turns()
    assert wire.coming is not None
    wire.coming.set_result(part(b'abc'))
    await cancel(waiting)
    reading = asyncio.create_task(stream.read())
    await turns()
    wire.coming.set_result(part(b'def', more=False))
    assert await reading == b'abcdef'
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    wire.coming.set_result(DISCONNECT)
    await cancel(watching)
    await stream.wait_disconnect()


@in_loop
async def test_a_server_that_receives_in_another_thread_loses_nothing() -> None:
    """Its receive goes on when a call is cancelled; another call gets what comes of it, and nothing is asked twice."""
    server = ForeignServer()
    stream = BoundedStream(server.receive)
    calls: list[Callable[[], Coroutine[Any, Any, Any]]] = [stream.read, stream.readall, stream.wait_disconnect]
    for chunk in (b'ab', b'', b'c'):
        for call in calls:
            waiting = asyncio.create_task(call())
            await turns()
            await cancel(waiting)
        server.put(part(chunk))
    server.put(part(b'd', more=False))
    assert await stream.read() == b'abcd'
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    await cancel(watching)
    server.put(DISCONNECT)
    await stream.wait_disconnect()
    assert server.calls == 5


@in_loop
async def test_a_cancelled_iteration_loses_nothing() -> None:
    """After a cancelled iteration the rest can be read."""
    wire = Wire(part(b'abc'))
    stream = BoundedStream(wire.receive)
    seen = []

    async def iterate() -> None:
        async for chunk in stream:
            seen.append(chunk)

    iterating = asyncio.create_task(iterate())
    await turns()
    await cancel(iterating)
    wire.feed(part(b'def', more=False))
    assert (seen, await stream.read()) == ([b'abc'], b'def')


@in_loop
async def test_a_cancelled_watcher_hands_on_the_receive() -> None:
    """Cancelling the task that has the `receive` lets the one that waits for it go on."""
    wire = Wire()
    stream = BoundedStream(wire.receive)
    watching = asyncio.create_task(stream.wait_disconnect())
    await turns()
    reading = asyncio.create_task(stream.read(3))
    await turns()
    await cancel(watching)
    wire.feed(part(b'abc'))
    assert await reading == b'abc'


@in_loop
async def test_a_failing_receive_fails_the_call_and_nothing_else() -> None:
    """What the server raises goes to the caller; the next call asks the server again."""

    async def broken() -> Message:
        raise OSError('broken')

    stream = BoundedStream(broken, part(b'abc'))
    for call in (stream.read, stream.wait_disconnect, stream.read):
        with pytest.raises(OSError, match='broken'):
            await call()
    assert await stream.read(3) == b'abc'


@in_loop
async def test_small_reads_of_a_large_chunk_copy_it_once() -> None:
    """Reading byte by byte costs no more copying than the bytes that are given."""
    CountedBytes.copied = 0
    stream = BoundedStream(Wire(part(CountedBytes(b'x' * 5000), more=False)).receive)
    for _ in range(5000):
        assert await stream.read(1) == b'x'
    assert CountedBytes.copied == 5000


@pytest.mark.parametrize('size', [2, 100])
@in_loop
async def test_tiny_chunks_take_little_memory(size: int) -> None:
    """A body that comes in tiny pieces takes about as much memory as it has bytes."""
    total = 20_000

    async def receive() -> Message:
        return part(bytes(bytearray(size)))

    stream = BoundedStream(receive)
    tracemalloc.start()
    try:
        assert await stream.buffer(total - 1) is None
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2 * total
    assert len(await stream.read(total)) == total


@in_loop
async def test_merged_chunks_keep_their_order() -> None:
    """Small chunks that wait become larger ones, also behind one that is partly read; large ones stay as they are."""
    wire = Wire(*parts(b'abc', b'd' * 4095, b'e', b'f' * 4096, b'g'), DISCONNECT)
    stream = BoundedStream(wire.receive)
    assert await stream.read(2) == b'ab'
    await stream.wait_disconnect()
    assert [chunk async for chunk in stream] == [b'c', b'd' * 4095 + b'e', b'f' * 4096, b'g']


bodies = st.lists(st.binary(max_size=9), min_size=1, max_size=8)
operations = st.lists(
    st.one_of(
        st.tuples(st.just('read'), st.integers(-1, 12)),
        st.tuples(st.just('read1'), st.integers(-1, 12)),
        st.tuples(st.just('buffer'), st.integers(0, 30)),
        st.tuples(st.sampled_from(['next', 'wait', 'leave']), st.just(0)),
    ),
    max_size=12,
)


@given(chunks=bodies, calls=operations, data=st.data())
def test_any_calls_on_any_chunks_give_the_body(
    chunks: list[bytes], calls: list[tuple[str, int]], data: st.DataObject
) -> None:
    """However a body is cut, and in whichever way it is read, its bytes come in order, each once, and nothing else."""
    body = b''.join(chunks)
    length = data.draw(st.none() | st.integers(0, len(body) + 3))
    if length is not None:
        body = body[:length]
    stream = BoundedStream(Wire(*parts(*chunks)).receive, content_length=length)
    asyncio.run(asyncio.wait_for(_compare_with_bytes(stream, body, calls, length), TIMEOUT_S))


async def _compare_with_bytes(
    stream: BoundedStream, body: bytes, calls: list[tuple[str, int]], length: int | None
) -> None:
    position = 0
    iterator = None
    for call, number in calls:
        rest = body[position:]
        if call == 'read':
            expected = rest if number < 0 else rest[:number]
            assert await stream.read(number) == expected
            position += len(expected)
        elif call == 'read1':
            piece = await stream.read1(number)
            assert rest.startswith(piece)
            assert len(piece) <= number or number < 0
            assert piece or not rest or not number
            position += len(piece)
        elif call == 'buffer':
            buffered = await stream.buffer(number)
            if buffered is None:
                assert len(rest) > number or (length is not None and length - position > number)
            else:
                assert buffered == rest
                assert len(rest) <= number
        elif call == 'next':
            iterator = aiter(stream) if iterator is None else iterator
            chunk = await anext(iterator, b'')
            assert rest.startswith(chunk)
            assert chunk or not rest
            position += len(chunk)
        elif call == 'wait':
            watching = asyncio.create_task(stream.wait_disconnect())
            await turns(4)
            await cancel(watching)
        else:
            iterator = None if stream.eof else iterator
        assert stream.tell() == position
    assert await stream.readall() == body[position:]
    assert stream.eof


steps = st.lists(
    st.one_of(
        st.tuples(st.just('feed'), st.integers(0, 5)),
        st.tuples(st.just('read'), st.integers(0, 9)),
        st.tuples(st.just('read1'), st.integers(-1, 9)),
        st.tuples(st.sampled_from(['watch', 'cancel read', 'cancel watch', 'turn']), st.just(0)),
    ),
    max_size=30,
)


@given(steps=steps, leaves=st.booleans())
def test_no_interleaving_loses_or_repeats_anything(steps: list[tuple[str, int]], leaves: bool) -> None:
    """Whatever arrives, is awaited and is cancelled in whichever order, all bytes that came are read, in order."""
    asyncio.run(asyncio.wait_for(_interleave(steps, leaves), TIMEOUT_S))


async def _interleave(steps: list[tuple[str, int]], leaves: bool) -> None:
    wire = Wire()
    stream = BoundedStream(wire.receive)
    letters = bytearray()
    reading: asyncio.Task[bytes] | None = None
    watching: list[asyncio.Task[None]] = []
    seen = b''
    for step, number in steps:
        if step == 'feed':
            chunk = bytes((len(letters) + index) % 256 for index in range(number))
            letters += chunk
            wire.feed(part(chunk))
        elif step == 'read' and reading is None:
            reading = asyncio.create_task(stream.read(number))
        elif step == 'read1' and reading is None:
            reading = asyncio.create_task(stream.read1(number))
        elif step == 'watch':
            watching.append(asyncio.create_task(stream.wait_disconnect()))
        elif step == 'cancel read' and reading is not None:
            seen += await _outcome(reading)
            reading = None
        elif step == 'cancel watch' and watching:
            await cancel(watching.pop())
        elif step == 'turn':
            await turns(1)
        if reading is not None and reading.done():
            seen += reading.result()
            reading = None
    wire.feed(DISCONNECT if leaves else part(b'', more=False))
    await turns()
    if reading is not None:
        seen += await _outcome(reading)
    if leaves:
        await asyncio.gather(*watching)
        seen += await stream.read(len(letters) - len(seen))
        with pytest.raises(ClientDisconnected):
            await stream.read()
    else:
        assert not any(watcher.done() for watcher in watching)
        seen += await stream.read()
        wire.feed(DISCONNECT)
        await asyncio.gather(*watching)
    assert seen == letters


async def _outcome(reading: 'asyncio.Task[bytes]') -> bytes:
    """Return what a read gave, if it was done before it could be cancelled, or else nothing."""
    reading.cancel()
    await asyncio.wait({reading}, timeout=TIMEOUT_S)
    return b'' if reading.cancelled() or reading.exception() else reading.result()
