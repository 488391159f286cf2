import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from event_loop import in_loop
from falcon_core.arrivals import Arrival, begin_arrival, has_come, next_event
from falcon_core.asgi_types import Message
from receiving_contract import ReceivingContract


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


def never(event: Message) -> None:
    raise AssertionError(event)


@in_loop
async def test_what_has_come() -> None:
    """A turn for others is over when one is asked, a future when it is done and not cancelled."""
    futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
    futures[1].set_result(None)
    futures[2].cancel()
    assert [has_come(each) for each in (None, *futures, object())] == [True, False, True, False, False]
