import asyncio
import types
from collections import UserDict
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Any

import pytest

from event_loop import in_loop
from falcon_core.asgi_types import Message
from falcon_ws._arrival import Arrival, Arrivals, Interrupted

EVENT: Message = {'type': 'websocket.receive', 'text': 'a'}
LATER: Message = {'type': 'websocket.receive', 'text': 'b'}


class Kept(list[Arrival]):
    """The events that came while their receiver was cancelled."""


async def never_kept(receive: Callable[[], Awaitable[Message]]) -> Arrival:
    kept = Kept()
    event = await Arrivals(receive).next(kept.append)
    assert not kept
    return event


async def turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@in_loop
async def test_ready_event() -> None:
    """What is there is returned."""

    async def receive() -> Message:
        return EVENT

    assert await never_kept(receive) == 'a'


@in_loop
async def test_beginning_without_waiting() -> None:
    """What is ready can be had without awaiting anything; what is not is then waited for, and asked for once."""
    queue: asyncio.Queue[Message] = asyncio.Queue()
    kept = Kept()
    arrivals = Arrivals(queue.get)
    queue.put_nowait(EVENT)
    assert arrivals.steps.send(None) == 'a'
    waiter = arrivals.steps.send(None)
    assert asyncio.isfuture(waiter)
    asyncio.get_running_loop().call_soon(queue.put_nowait, LATER)
    assert await arrivals.next(kept.append, waiter) == 'b'
    assert not kept


@in_loop
async def test_event_that_takes_its_time() -> None:
    """A receive may wait for several things, one after the other."""

    async def receive() -> Message:
        await turns()
        await asyncio.sleep(0.001)
        await asyncio.gather(asyncio.sleep(0.001), turns())
        return EVENT

    assert await never_kept(receive) == 'a'


@in_loop
async def test_receive_that_is_no_coroutine_function() -> None:
    """A receive may return a future."""
    future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, EVENT)
    assert await never_kept(lambda: future) == 'a'


@pytest.mark.parametrize('wait', [False, True])
def test_errors_go_to_the_caller(wait: bool) -> None:
    """What a receive raises is raised, at once or later."""

    async def receive() -> Message:
        if wait:
            await turns()
        raise KeyError('x')

    @in_loop
    async def test() -> None:
        with pytest.raises(KeyError, match='x'):
            await never_kept(receive)

    test()


@in_loop
async def test_cancelling_reaches_a_receive_that_waits() -> None:
    """A receive that waits for something that is still to come is cancelled there."""
    cancelled = []

    async def receive() -> Message:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return EVENT

    task = asyncio.create_task(never_kept(receive))
    await turns()
    task.cancel('enough')
    with pytest.raises(asyncio.CancelledError, match='enough'):
        await task
    assert cancelled


@in_loop
async def test_event_that_came_with_the_cancellation_is_kept() -> None:
    """An event that is there when its receiver is cancelled is kept, and the cancellation goes on."""
    future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    kept = Kept()

    async def receive() -> Message:
        return await future

    task = asyncio.create_task(Arrivals(receive).next(kept.append))
    await turns()
    future.set_result(EVENT)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == ['a']


@in_loop
async def test_event_taken_before_giving_others_a_turn_is_kept() -> None:
    """A receive that gives others a turn after it took an event loses none."""
    kept = Kept()

    async def receive() -> Message:
        await asyncio.sleep(0)
        return EVENT

    task = asyncio.create_task(Arrivals(receive).next(kept.append))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == ['a']


@in_loop
async def test_receive_that_polls_is_cancelled() -> None:
    """A receive that gives others a turn again and again is cancelled in spite of that."""
    kept = Kept()

    async def receive() -> Message:
        await turns(1_000_000)
        return EVENT

    task = asyncio.create_task(Arrivals(receive).next(kept.append))
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not kept


@in_loop
async def test_receive_that_waits_on_is_cancelled_there() -> None:
    """Where the thing waited for has come but a receive waits for another, the cancellation reaches that."""
    first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    worker = asyncio.create_task(work())

    async def receive() -> Message:
        await first
        await worker
        return EVENT

    task = asyncio.create_task(never_kept(receive))
    await turns()
    first.set_result(None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ended.wait()
    assert worker.cancelled()


@in_loop
async def test_receive_that_is_not_cancelled_by_its_cancellation() -> None:
    """A receive that catches its cancellation and returns an event has its way, as with a plain await."""

    async def receive() -> Message:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await turns()
        return LATER

    task = asyncio.create_task(never_kept(receive))
    await turns()
    task.cancel()
    assert await task == 'b'


@in_loop
async def test_error_that_came_with_the_cancellation() -> None:
    """Where a receive fails as its receiver is cancelled, the cancellation goes on, and says what failed."""
    future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    async def receive() -> Message:
        return await future

    task = asyncio.create_task(never_kept(receive))
    await turns()
    future.set_exception(ConnectionResetError())
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as raised:
        await task
    assert isinstance(raised.value.__cause__, ConnectionResetError)


@in_loop
async def test_queue_loses_nothing() -> None:
    """A server that hands out events through a queue loses none, whenever its receiver is cancelled."""
    for puts_first in (True, False):
        for pause in range(4):
            queue: asyncio.Queue[Message] = asyncio.Queue()
            kept = Kept()
            task = asyncio.create_task(Arrivals(queue.get).next(kept.append))
            await turns(pause)
            if puts_first:
                queue.put_nowait(EVENT)
            task.cancel()
            if not puts_first:
                queue.put_nowait(EVENT)
            with pytest.raises(asyncio.CancelledError):
                await task
            assert len(kept) + queue.qsize() == 1


class Steps:
    """An awaitable that is not made of coroutines: it has no methods but those of an iterator."""

    def __await__(self) -> Iterator[Any]:
        return self

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return None


def test_closing_closes_the_receive() -> None:
    """A coroutine that is closed while it waits closes the receive."""
    closed = []

    async def receive() -> Message:
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(True)
        return EVENT

    waiting = Arrivals(receive).next(Kept().append)
    waiting.send(None)
    waiting.close()
    assert closed


def test_awaitable_without_the_methods_of_a_coroutine() -> None:
    """What cannot be closed or thrown into is left where it is."""
    receive: Any = Steps
    waiting = Arrivals(receive).next(Kept().append)
    waiting.send(None)
    waiting.close()
    waiting = Arrivals(receive).next(Kept().append)
    waiting.send(None)
    with pytest.raises(asyncio.CancelledError):
        waiting.throw(asyncio.CancelledError())


def test_values_of_another_event_loop_reach_the_receive() -> None:
    """What a loop sends to what it was given arrives there."""
    ask = object()

    @types.coroutine
    def trap() -> Generator[object, str, str]:
        return (yield ask)

    async def receive() -> Message:
        return {'type': await trap()}

    waiting = Arrivals(receive).next(Kept().append)
    assert waiting.send(None) is ask
    with pytest.raises(StopIteration) as done:
        waiting.send('answer')
    assert done.value.value == {'type': 'answer'}


@in_loop
async def test_interrupting() -> None:
    """A receive that is interrupted cancels the server's and nothing else; the next one asks anew."""
    queue: asyncio.Queue[Message] = asyncio.Queue()
    arrivals = Arrivals(queue.get)
    assert not arrivals.interrupt()
    task = asyncio.create_task(arrivals.next(Kept().append))
    await turns()
    assert arrivals.interrupt()
    with pytest.raises(Interrupted):
        await task
    assert task.cancelling() == 0
    queue.put_nowait(EVENT)
    assert await arrivals.next(Kept().append) == 'a'


@in_loop
async def test_interrupting_what_has_come() -> None:
    """An event that is there when its receive is interrupted is delivered."""
    future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    arrivals = Arrivals(lambda: future)
    task = asyncio.create_task(arrivals.next(Kept().append))
    await turns()
    future.set_result(EVENT)
    assert not arrivals.interrupt()
    assert await task == 'a'


@in_loop
async def test_cancelling_goes_before_interrupting() -> None:
    """A receive that is interrupted and cancelled at once is cancelled."""
    arrivals = Arrivals(asyncio.Queue[Message]().get)
    task = asyncio.create_task(arrivals.next(Kept().append))
    await turns()
    arrivals.interrupt()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@in_loop
async def test_failure_of_a_step() -> None:
    """What a receive raises without waiting is given to whoever goes on, and the next step asks anew."""
    events: list[Message] = [EVENT]

    async def receive() -> Message:
        return events.pop(0)

    arrivals = Arrivals(receive)
    assert arrivals.steps.send(None) == 'a'
    with pytest.raises(IndexError):
        await arrivals.next(Kept().append, arrivals.steps.send(None))
    events.append(LATER)
    assert arrivals.steps.send(None) == 'b'


@in_loop
async def test_what_is_no_plain_payload_is_left_in_its_event() -> None:
    """Payloads of types of their own, and events that are no dictionaries, come as dictionaries."""

    class Text(str):
        pass

    class Event(UserDict[str, Any]):
        pass

    events: list[Any] = [
        {'type': 'websocket.receive', 'text': Text('a')},
        Event(type='websocket.receive', text=None, bytes=bytearray(b'b')),
        Event(type='websocket.receive', text='c'),
        {'type': 'websocket.receive', 'text': None, 'bytes': b''},
    ]

    async def receive() -> Message:
        event: Message = events.pop(0)
        return event

    arrivals = Arrivals(receive)
    arrived = [arrivals.steps.send(None) for _ in range(4)]
    assert arrived[0] == {'type': 'websocket.receive', 'text': 'a'}
    assert arrived[1] == {'type': 'websocket.receive', 'text': None, 'bytes': bytearray(b'b')}
    assert arrived[2:] == ['c', b'']
