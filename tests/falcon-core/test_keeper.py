"""Heartbeats, the limit for clients that do not read, and the end at the shutdown, in a time that passes at once."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest

from event_loop import cancelled, in_hasty_loop, turns
from falcon_core._keeper import Keeper
from falcon_core.interfaces import Upkeep
from falcon_core.shutdown import Shutdown
from timed_stream import HEARTBEATS, PING, TimedConnection, for_ever, for_ever_at, now, timed


def timers() -> int:
    """Return how many timers are set."""
    scheduled: list[asyncio.TimerHandle] = vars(asyncio.get_running_loop())['_scheduled']
    return sum(not timer.cancelled() for timer in scheduled)


@in_hasty_loop
async def test_heartbeats_fill_the_time_without_chunks() -> None:
    """One is sent when nothing else was for the time given, counted anew from every chunk and every heartbeat."""
    connection = TimedConnection()
    assert await connection.stream(timed(b'a', 40, b'b', 14, b'c', 14, b'd', 16), HEARTBEATS)
    assert connection.sent == [
        (0, b'a'),
        (15, PING),
        (30, PING),
        (40, b'b'),
        (54, b'c'),
        (68, b'd'),
        (83, PING),
    ]
    assert connection.ended_at == 84


@in_hasty_loop
async def test_heartbeat_waits_for_a_chunk_and_a_chunk_for_a_heartbeat() -> None:
    """Neither a heartbeat nor a chunk is sent while the server takes the other; a slow chunk is no reason for one."""

    async def take(chunk: bytes) -> None:
        await asyncio.sleep({b'slow': 40, PING: 8}.get(chunk, 0))

    connection = TimedConnection(take)
    assert await connection.stream(timed(b'slow', 10, b'b'), HEARTBEATS)
    # The slow one is taken from 0 to 40, looked after again at 45; the heartbeat from 45 to 53, and `b` is there at 50.
    assert connection.sent == [(0, b'slow'), (45, PING), (53, b'b')]


@in_hasty_loop
async def test_without_heartbeats_nothing_is_added() -> None:
    """None sends no heartbeat, however long it takes."""
    connection = TimedConnection()
    assert await connection.stream(timed(b'a', 1000, b'b'), Upkeep())
    assert connection.sent == [(0, b'a'), (1000, b'b')]


@in_hasty_loop
async def test_a_stream_has_one_timer_and_a_task_for_the_time_of_a_heartbeat() -> None:
    """Between heartbeats there is the watcher of the client alone, and afterwards nothing."""
    connection = TimedConnection()
    task = asyncio.create_task(connection.stream(timed(100), HEARTBEATS))
    await asyncio.sleep(50)
    assert len(asyncio.all_tasks()) == 3  # this one, that one and its watcher
    assert await task
    assert [at for at, _ in connection.sent] == [15, 30, 45, 60, 75, 90]


@pytest.mark.parametrize('upkeep', [Upkeep(send_timeout_s=5), Upkeep(5, PING, 5), Upkeep(15, PING, 5)])
@in_hasty_loop
async def test_client_that_does_not_read_a_chunk_is_given_up(upkeep: Upkeep) -> None:
    """When the server has not taken a chunk for the time given, the iterator is closed and nothing more is sent."""
    log: list[tuple[float, str]] = []
    connection = TimedConnection(for_ever_at(b'stuck'))
    assert not await connection.stream(timed(b'a', 7, b'stuck', 1, log=log), upkeep)
    assert log == [(12, 'GeneratorExit')]
    assert connection.sent[-1] == (7, b'stuck')
    assert connection.ended_at is None


@in_hasty_loop
async def test_client_that_does_not_read_a_heartbeat_is_given_up() -> None:
    """The limit counts for heartbeats as well, whether the iterator waits or has a chunk that waits for it."""
    for waits_s in (1000.0, 16.0):
        log: list[tuple[float, str]] = []
        connection, begin = TimedConnection(for_ever_at(PING)), now()
        parts = (b'a', waits_s, b'never sent')
        assert not await connection.stream(timed(*parts, log=log), Upkeep(15, PING, 5))
        assert log == [(begin + 20, 'CancelledError' if waits_s > 20 else 'GeneratorExit')]
        assert [chunk for _, chunk in connection.sent] == [b'a', PING]


@pytest.mark.parametrize('is_sending', [False, True])
@in_hasty_loop
async def test_timer_that_is_early_counts(is_sending: bool) -> None:
    """A loop whose timers fire a millisecond early does not set them again and again until that has passed."""
    done: list[str] = []

    async def ping() -> bool:
        done.append('pinged')
        return True

    def end(*, client_gone: bool, failure: BaseException | None = None) -> None:
        done.append('ended')

    keeper = Keeper(Upkeep(15, PING, 5), None, ping, end)
    keeper.is_sending = is_sending
    keeper.clock = lambda: now() - 0.001
    keeper.start()
    await asyncio.sleep(5 if is_sending else 15)
    await turns()
    keeper.stop()
    assert done == ['ended' if is_sending else 'pinged']


@in_hasty_loop
async def test_slow_client_is_not_given_up() -> None:
    """Each chunk has the whole time; many slow ones, and long pauses between them, end nothing."""

    async def slowly(chunk: bytes) -> None:
        await asyncio.sleep(4)

    connection = TimedConnection(slowly)
    assert await connection.stream(timed(b'a', b'b', 30, b'c', b'd'), Upkeep(send_timeout_s=5))
    assert connection.sent == [(0, b'a'), (4, b'b'), (38, b'c'), (42, b'd')]
    assert connection.ended_at == 46


@pytest.mark.parametrize('told', [True, False])
@in_hasty_loop
async def test_client_that_left_at_a_heartbeat_ends_the_body(told: bool) -> None:
    """A heartbeat that fails because the client has left ends the stream, in whichever way the server says it."""
    log: list[tuple[float, str]] = []

    async def refuse(chunk: bytes) -> None:
        if chunk == PING:
            connection.gone.set()
            raise ConnectionResetError if told else RuntimeError('the loop is not willing')

    connection = TimedConnection(refuse)
    assert not await connection.stream(timed(1000, log=log), HEARTBEATS)
    assert log == [(15, 'CancelledError')]


@in_hasty_loop
async def test_error_of_a_heartbeat_is_raised() -> None:
    """What `send` raises for another reason than a client that left is raised to the caller, the iterator closed."""
    log: list[tuple[float, str]] = []

    async def fail(chunk: bytes) -> None:
        raise RuntimeError('no')

    with pytest.raises(RuntimeError, match='no'):
        await TimedConnection(fail).stream(timed(1000, log=log), HEARTBEATS)
    assert log == [(15, 'CancelledError')]


@in_hasty_loop
async def test_leaving_ends_a_heartbeat_under_way() -> None:
    """A client that leaves while the server takes a heartbeat ends it with the stream; no task is left."""
    connection = TimedConnection(for_ever)
    task = asyncio.create_task(connection.stream(timed(1000), HEARTBEATS))
    await asyncio.sleep(16)
    connection.gone.set()
    assert not await task
    assert now() == 16


@in_hasty_loop
async def test_outer_cancellation_ends_a_heartbeat_under_way() -> None:
    """A cancellation of the stream ends a heartbeat under way, and is raised."""
    task = asyncio.create_task(TimedConnection(for_ever).stream(timed(1000), HEARTBEATS))
    await asyncio.sleep(16)
    await cancelled(task)


@pytest.mark.parametrize('told_at', [0, 10])
@in_hasty_loop
async def test_shutdown_ends_a_stream_after_its_grace(told_at: int) -> None:
    """Told of the shutdown, a stream goes on for its grace, heartbeats included; then it ends as if by itself."""
    log: list[tuple[float, str]] = []
    connection, shutdown = TimedConnection(), Shutdown()
    upkeep = Upkeep(2, PING, shutdown_grace_s=5, last_chunk=b'bye')
    asyncio.get_running_loop().call_at(told_at, shutdown.begin)
    chunks = timed(b'a', told_at + 3, b'b', 1000, log=log)
    assert await connection.stream(chunks, upkeep, shutdown)
    assert log == [(told_at + 5, 'CancelledError')]
    assert (told_at + 3, b'b') in connection.sent
    assert connection.sent[-1] == (told_at + 5, b'bye')
    assert any(chunk == PING and at > told_at for at, chunk in connection.sent)
    assert connection.ended_at == told_at + 5


@in_hasty_loop
async def test_stream_that_ends_within_its_grace_ends_by_itself() -> None:
    """Whoever heard of the shutdown may say goodbye in its own way; the last chunk is for those who did not."""
    connection, shutdown = TimedConnection(), Shutdown()

    async def listening() -> AsyncGenerator[bytes]:
        told = asyncio.Event()
        shutdown.add(told.set)
        await told.wait()
        yield b'goodbye'

    asyncio.get_running_loop().call_later(10, shutdown.begin)
    assert await connection.stream(listening(), Upkeep(shutdown_grace_s=5, last_chunk=b'unused'), shutdown)
    assert connection.sent == [(10, b'goodbye')]
    assert connection.ended_at == 10


@in_hasty_loop
async def test_stream_without_a_grace_goes_on() -> None:
    """A body that ends by itself, such as a file, is left to the server: the shutdown does not touch it."""
    connection, shutdown = TimedConnection(), Shutdown()
    asyncio.get_running_loop().call_later(1, shutdown.begin)
    assert await connection.stream(timed(b'a', 100, b'b'), Upkeep(send_timeout_s=5), shutdown)
    assert connection.sent == [(0, b'a'), (100, b'b')]


@in_hasty_loop
async def test_ended_streams_are_forgotten() -> None:
    """A stream that has ended hears of no shutdown, and the shutdown holds nothing of it."""
    connection, shutdown = TimedConnection(), Shutdown()
    assert await connection.stream(timed(b'a', 1), Upkeep(shutdown_grace_s=5), shutdown)
    assert not shutdown._callbacks
    shutdown.begin()
    await asyncio.sleep(10)
    assert connection.ended_at == 1


@pytest.mark.parametrize('upkeep', [HEARTBEATS, Upkeep(send_timeout_s=5), Upkeep(shutdown_grace_s=5)])
@in_hasty_loop
async def test_ended_streams_leave_no_timer(upkeep: Upkeep) -> None:
    """No timer holds what a stream had that has ended, of those that the shutdown was waiting for as of others."""
    shutdown, before = Shutdown(), timers()
    shutdown.begin()
    assert await TimedConnection().stream(timed(b'a', 1), upkeep, shutdown)
    assert timers() == before


@in_hasty_loop
async def test_client_that_does_not_read_does_not_hold_up_the_shutdown() -> None:
    """Nothing more is sent to a client that is being waited for when the grace is over."""
    connection, shutdown = TimedConnection(for_ever), Shutdown()
    asyncio.get_running_loop().call_later(10, shutdown.begin)
    upkeep = Upkeep(shutdown_grace_s=5, last_chunk=b'bye')
    assert not await connection.stream(timed(b'a'), upkeep, shutdown)
    assert connection.sent == [(0, b'a')]
    assert (now(), connection.ended_at) == (15, None)


@in_hasty_loop
async def test_iterator_that_takes_no_notice_of_the_shutdown_is_ended_at_its_next_chunk() -> None:
    """What it yields after it was cancelled is not sent; the last chunk and the end are."""

    async def stubborn() -> AsyncGenerator[bytes]:
        for _ in range(3):
            try:
                await asyncio.sleep(100)
            except asyncio.CancelledError:
                await asyncio.sleep(2)
                yield b'not sent'

    connection, shutdown = TimedConnection(), Shutdown()
    shutdown.begin()
    assert await connection.stream(stubborn(), Upkeep(shutdown_grace_s=1, last_chunk=b'bye'), shutdown)
    assert connection.sent == [(3, b'bye')]
    assert connection.ended_at == 3


@in_hasty_loop
async def test_promised_length_counts_for_an_ended_body_too() -> None:
    """A body that the shutdown ends before the length that was promised is not made to look whole."""
    connection, shutdown = TimedConnection(), Shutdown()
    shutdown.begin()
    with pytest.raises(ValueError, match='received 0 bytes'):
        await connection.stream(timed(b'a', 1000), Upkeep(shutdown_grace_s=1), shutdown, length=9)
    assert connection.ended_at is None


@in_hasty_loop
async def test_stream_that_never_waits_needs_no_upkeep() -> None:
    """Where nothing is waited for, no timer is set and nothing is added to the shutdown."""
    connection, shutdown = TimedConnection(), Shutdown()
    upkeep = Upkeep(15, PING, 5, shutdown_grace_s=5)
    assert await connection.stream(timed(b'a', b'b'), upkeep, shutdown)
    await turns()
    assert not shutdown._callbacks
    assert connection.sent == [(0, b'a'), (0, b'b')]


@in_hasty_loop
async def test_end_of_a_body_waits_for_a_heartbeat() -> None:
    """A body that ends while the server takes a heartbeat is ended after it, and the heartbeat is not cut off."""
    taken: list[tuple[float, bytes]] = []

    async def take(chunk: bytes) -> None:
        if chunk == PING:
            await asyncio.sleep(10)
        taken.append((now(), chunk))

    connection = TimedConnection(take)
    assert await connection.stream(timed(20), HEARTBEATS)
    assert taken == [(25, PING), (25, b'')]


@in_hasty_loop
async def test_end_of_a_body_gives_up_who_does_not_take_a_heartbeat() -> None:
    """The limit of the heartbeat is not prolonged by the end that waits for it, nor has a client to be there for it."""
    connection = TimedConnection(for_ever_at(PING))
    assert not await connection.stream(timed(16), Upkeep(15, PING, 5))
    assert (now(), connection.ended_at) == (20, None)
    connection = TimedConnection(for_ever_at(PING))
    asyncio.get_running_loop().call_later(17, connection.gone.set)
    assert not await connection.stream(timed(16), HEARTBEATS)
    assert (now(), connection.ended_at) == (37, None)


@in_hasty_loop
async def test_no_heartbeat_begins_while_an_ended_iterator_cleans_up() -> None:
    """What is sent after the cleanup meets none, however long it takes, and a client that left gets none."""

    async def thorough() -> AsyncGenerator[bytes]:
        try:
            await asyncio.sleep(1000)
        finally:
            await asyncio.sleep(8)
        yield b''  # makes a generator of it

    connection, shutdown = TimedConnection(for_ever_at(PING)), Shutdown()
    shutdown.begin()
    upkeep = Upkeep(5, PING, shutdown_grace_s=3, last_chunk=b'bye')
    assert await connection.stream(thorough(), upkeep, shutdown)
    assert connection.sent == [(11, b'bye')]
    assert connection.ended_at == 11
    left = TimedConnection()
    asyncio.get_running_loop().call_later(3, left.gone.set)
    assert not await left.stream(thorough(), Upkeep(5, PING))
    assert left.sent == []


@pytest.mark.parametrize('upkeep', [Upkeep(0, PING), Upkeep(send_timeout_s=0), Upkeep(0.001, PING, 0.001)])
@in_hasty_loop
async def test_times_of_nothing_do_not_keep_the_processor_busy(upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch) -> None:
    """However short the times are that an upkeep has, there are a hundred looks in a second at most."""
    loop, looks = asyncio.get_running_loop(), 0
    call_at = loop.call_at

    def limited(when: float, callback: Callable[[], object], *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        nonlocal looks
        looks += 1
        assert looks < 110
        return call_at(when, callback, *args, **kwargs)

    monkeypatch.setattr(loop, 'call_at', limited)
    assert await TimedConnection().stream(timed(1), upkeep)
    assert looks > 90


@in_hasty_loop
async def test_heartbeats_come_before_the_first_chunk() -> None:
    """A body that has started waits for nothing, so that heartbeats fill the time to its first chunk."""
    connection = TimedConnection()
    assert await connection.stream(timed(40), Upkeep(15, PING, starts_at_once=True))
    assert connection.sent == [(0, b''), (15, PING), (30, PING)]
