import asyncio
import gc
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from event_loop import cancelled, in_loop, in_quiet_loop, turns
from falcon_core.arrivals import Arrival, begin_arrival, has_come, next_event
from falcon_core.asgi_types import Message
from foreign_future import ForeignServer
from receiving_contract import EVENT, Kept, ReceivingContract


class TestNextEvent(ReceivingContract):
    async def next_event(self, receive: Callable[[], Awaitable[Message]], keep: Callable[[Any], None]) -> Any:
        return await next_event(receive, keep)


class TestNextEventOfACallThatHasBegun(ReceivingContract):
    async def next_event(self, receive: Callable[[], Awaitable[Message]], keep: Callable[[Any], None]) -> Any:
        arrival = begin_arrival(receive)
        return await next_event(arrival, keep) if isinstance(arrival, Arrival) else arrival


@in_loop
async def test_what_is_there_at_once_has_begun_and_ended() -> None:
    """An event that needs no waiting is returned, a call that waits is not made again."""
    calls = 0
    event: Message = {'type': 'http.disconnect'}

    async def receive() -> Message:
        nonlocal calls
        calls += 1
        if calls == 2:
            await asyncio.sleep(0)
        return event

    assert begin_arrival(receive) is event
    arrival = begin_arrival(receive)
    assert isinstance(arrival, Arrival)
    assert await next_event(arrival, never) is event
    assert calls == 2


def never(event: object) -> None:
    raise AssertionError(event)


@in_loop
async def test_what_has_come() -> None:
    """A turn for others is over when one is asked, a future when it is done and not cancelled."""
    futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
    futures[1].set_result(None)
    futures[2].cancel()
    assert [has_come(each) for each in (None, *futures, object())] == [True, False, True, False, False]


def receiving(receive: Any, keep: Callable[[Any], None]) -> asyncio.Task[Message]:
    """Return a task that gets the next event."""

    async def get() -> Message:
        return await next_event(receive, keep)

    return asyncio.create_task(get())


@pytest.mark.parametrize('comes_while_nobody_waits', [True, False])
@in_loop
async def test_what_another_thread_receives_is_not_cancelled(comes_while_nobody_waits: bool) -> None:
    """A call of a server that would lose its event goes on when whoever awaits it is cancelled, and is kept."""
    server = ForeignServer()
    kept = Kept()
    for _ in range(2):
        task = receiving(kept.pop() if kept else server.receive, kept.append)
        await turns()
        await cancelled(task)
        assert [type(each) for each in kept] == [Arrival]
        assert server.asked[0].callback is None
    if comes_while_nobody_waits:
        server.put(EVENT)
    task = receiving(kept.pop(), kept.append)
    await turns()
    if not comes_while_nobody_waits:
        server.put(EVENT)
    assert await task is EVENT
    assert server.calls == 1


@in_quiet_loop
async def test_event_of_another_thread_that_came_with_the_cancellation_is_kept() -> None:
    """An event of another thread that came with the cancellation is kept as itself, since the call has ended."""
    server = ForeignServer()
    kept = Kept()
    task = receiving(server.receive, kept.append)
    await turns()
    server.put(EVENT)
    await cancelled(task)
    assert kept == [EVENT]


@in_loop
async def test_what_another_thread_receives_after_a_wait_is_not_cancelled_either() -> None:
    """A receive that waits in the event loop first, and goes on there, is left alone where it waits then."""
    server = ForeignServer()
    kept = Kept()
    opened = asyncio.get_running_loop().create_future()
    task = receiving(partial(server.receive_after, opened), kept.append)
    await turns()
    opened.set_result(None)
    await cancelled(task)
    server.put(EVENT)
    assert await receiving(kept.pop(), kept.append) is EVENT


@in_loop
async def test_what_another_thread_receives_for_nobody_is_cancelled() -> None:
    """A call that was kept is cancelled when it is dropped."""
    server = ForeignServer()
    kept = Kept()
    task = receiving(server.receive, kept.append)
    await turns()
    await cancelled(task)
    assert not server.asked[0].cancelled()
    del task
    kept.clear()
    await turns()  # or the event loop would still hold the task
    gc.collect()
    assert server.asked[0].cancelled()


@in_loop
async def test_what_another_thread_gives_up() -> None:
    """A call that the server itself has cancelled ends the wait for it, as one of asyncio's would."""
    server = ForeignServer()
    task = receiving(server.receive, never)
    await turns()
    server.asked[0].cancel()
    await turns()
    assert task.cancelled()
