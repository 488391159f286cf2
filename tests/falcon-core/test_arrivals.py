import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from event_loop import in_loop
from falcon_core.arrivals import has_come, next_event
from falcon_core.asgi_types import Message
from receiving_contract import ReceivingContract


class TestNextEvent(ReceivingContract):
    def next_event(
        self, receive: Callable[[], Awaitable[Message]], keep: Callable[[Any], None]
    ) -> Coroutine[Any, Any, Any]:
        return next_event(receive, keep)


@in_loop
async def test_what_has_come() -> None:
    """A turn for others is over when one is asked, a future when it is done and not cancelled."""
    futures = [asyncio.get_running_loop().create_future() for _ in range(3)]
    futures[1].set_result(None)
    futures[2].cancel()
    assert [has_come(each) for each in (None, *futures, object())] == [True, False, True, False, False]
