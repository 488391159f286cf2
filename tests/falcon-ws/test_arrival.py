import asyncio
from collections import UserDict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from event_loop import cancelled, in_loop, turns
from falcon_core.asgi_types import Message
from falcon_ws._arrival import Arrivals, Interrupted
from foreign_future import ForeignServer
from receiving_contract import EVENT, LATER, Kept, ReceivingContract


class TestArrivals(ReceivingContract):
    first = 'a'
    later = 'b'

    async def next_event(self, receive: Callable[[], Awaitable[Message]], keep: Callable[[Any], None]) -> Any:
        return await Arrivals(receive).next(keep)


async def _next(arrivals: Arrivals) -> Any:
    # From Python 3.12 on, asyncio makes tasks of nothing but coroutines.
    return await arrivals.next(Kept().append)


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
async def test_interrupting() -> None:
    """A receive that is interrupted cancels the server's and nothing else; the next one asks anew."""
    queue: asyncio.Queue[Message] = asyncio.Queue()
    arrivals = Arrivals(queue.get)
    assert not arrivals.interrupt()
    task = asyncio.create_task(_next(arrivals))
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
    task = asyncio.create_task(_next(arrivals))
    await turns()
    future.set_result(EVENT)
    assert not arrivals.interrupt()
    assert await task == 'a'


@in_loop
async def test_cancelling_goes_before_interrupting() -> None:
    """A receive that is interrupted and cancelled at once is cancelled."""
    arrivals = Arrivals(asyncio.Queue[Message]().get)
    task = asyncio.create_task(_next(arrivals))
    await turns()
    arrivals.interrupt()
    await cancelled(task)


@in_loop
async def test_what_another_thread_receives_goes_on() -> None:
    """What another thread receives is not cancelled with whoever awaits it; whoever does so next waits for the same."""
    server = ForeignServer()
    arrivals = Arrivals(server.receive)
    for _ in range(2):
        task = asyncio.create_task(_next(arrivals))
        await turns()
        await cancelled(task)
        assert arrivals.waiter is server.asked[0]
    server.put(EVENT)
    assert await _next(arrivals) == 'a'
    assert arrivals.waiter is None
    assert server.calls == 1


@in_loop
async def test_what_another_thread_receives_after_a_wait_goes_on() -> None:
    """A receive that waits in the event loop first, and goes on there, is left alone where it waits then."""
    server = ForeignServer()
    opened = asyncio.get_running_loop().create_future()
    arrivals = Arrivals(partial(server.receive_after, opened))
    task = asyncio.create_task(_next(arrivals))
    await turns()
    opened.set_result(None)
    await cancelled(task)
    server.put(EVENT)
    assert await _next(arrivals) == 'a'
    assert server.calls == 1


@in_loop
async def test_what_is_interrupted_while_nobody_waits_is_asked_anew() -> None:
    """A receive that went on for nobody, and was interrupted then, is given up; the next one asks the server again."""
    server = ForeignServer()
    arrivals = Arrivals(server.receive)
    task = asyncio.create_task(_next(arrivals))
    await turns()
    await cancelled(task)
    assert arrivals.interrupt()
    assert server.asked.popleft().cancelled()
    server.put(EVENT)
    assert await _next(arrivals) == 'a'
    assert server.calls == 2


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
