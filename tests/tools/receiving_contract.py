"""What holds for each way of awaiting a server's `receive` so that a cancellation loses no event."""

import asyncio
import types
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from typing import Any

import pytest

from event_loop import in_loop, turns
from falcon_core.asgi_types import Message

__all__ = ['EVENT', 'LATER', 'Kept', 'ReceivingContract']

EVENT: Message = {'type': 'websocket.receive', 'text': 'a'}
LATER: Message = {'type': 'websocket.receive', 'text': 'b'}


class Kept(list[Any]):
    """The events that came while their receiver was cancelled."""


class Steps:
    """An awaitable that is not made of coroutines: it has no methods but those of an iterator."""

    def __await__(self) -> Iterator[Any]:
        return self

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return None


class ReceivingContract(ABC):
    """Tests for a subclass to have; it says what it receives by.

    Attributes:
        first: What `EVENT` is received as.
        later: What `LATER` is received as.
    """

    first: Any = EVENT
    later: Any = LATER

    @abstractmethod
    def next_event(
        self, receive: Callable[[], Awaitable[Message]], keep: Callable[[Any], None]
    ) -> Coroutine[Any, Any, Any]:
        """Return the next event of `receive`; call `keep` with one that came while the caller was cancelled."""

    async def never_kept(self, receive: Callable[[], Awaitable[Message]]) -> Any:
        """Return the next event, and see that none was kept."""
        kept = Kept()
        event = await self.next_event(receive, kept.append)
        assert not kept
        return event

    @in_loop
    async def test_ready_event(self) -> None:
        """What is there is returned."""

        async def receive() -> Message:
            return EVENT

        assert await self.never_kept(receive) == self.first

    @in_loop
    async def test_event_that_takes_its_time(self) -> None:
        """A receive may wait for several things, one after the other."""

        async def receive() -> Message:
            await turns()
            await asyncio.sleep(0.001)
            await asyncio.gather(asyncio.sleep(0.001), turns())
            return EVENT

        assert await self.never_kept(receive) == self.first

    @in_loop
    async def test_receive_that_is_no_coroutine_function(self) -> None:
        """A receive may return a future."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, EVENT)
        assert await self.never_kept(lambda: future) == self.first

    @pytest.mark.parametrize('wait', [False, True])
    def test_errors_go_to_the_caller(self, wait: bool) -> None:
        """What a receive raises is raised, at once or later."""

        async def receive() -> Message:
            if wait:
                await turns()
            raise KeyError('x')

        @in_loop
        async def test() -> None:
            with pytest.raises(KeyError, match='x'):
                await self.never_kept(receive)

        test()

    @in_loop
    async def test_cancelling_reaches_a_receive_that_waits(self) -> None:
        """A receive that waits for something that is still to come is cancelled there."""
        cancelled = []

        async def receive() -> Message:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise
            return EVENT

        task = asyncio.create_task(self.never_kept(receive))
        await turns()
        task.cancel('enough')
        with pytest.raises(asyncio.CancelledError, match='enough'):
            await task
        assert cancelled

    @in_loop
    async def test_event_that_came_with_the_cancellation_is_kept(self) -> None:
        """An event that is there when its receiver is cancelled is kept, and the cancellation goes on."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        kept = Kept()

        async def receive() -> Message:
            return await future

        task = asyncio.create_task(self.next_event(receive, kept.append))
        await turns()
        future.set_result(EVENT)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert kept == [self.first]

    @in_loop
    async def test_event_taken_before_giving_others_a_turn_is_kept(self) -> None:
        """A receive that gives others a turn after it took an event loses none."""
        kept = Kept()

        async def receive() -> Message:
            await asyncio.sleep(0)
            return EVENT

        task = asyncio.create_task(self.next_event(receive, kept.append))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert kept == [self.first]

    @in_loop
    async def test_receive_that_polls_is_cancelled(self) -> None:
        """A receive that gives others a turn again and again is cancelled in spite of that."""
        kept = Kept()

        async def receive() -> Message:
            await turns(1_000_000)
            return EVENT

        task = asyncio.create_task(self.next_event(receive, kept.append))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not kept

    @in_loop
    async def test_receive_that_waits_on_is_cancelled_there(self) -> None:
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

        task = asyncio.create_task(self.never_kept(receive))
        await turns()
        first.set_result(None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await ended.wait()
        assert worker.cancelled()

    @in_loop
    async def test_receive_that_is_not_cancelled_by_its_cancellation(self) -> None:
        """A receive that catches its cancellation and returns an event has its way, as with a plain await."""

        async def receive() -> Message:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await turns()
            return LATER

        task = asyncio.create_task(self.never_kept(receive))
        await turns()
        task.cancel()
        assert await task == self.later

    @in_loop
    async def test_error_that_came_with_the_cancellation(self) -> None:
        """Where a receive fails as its receiver is cancelled, the cancellation goes on, and says what failed."""
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

        async def receive() -> Message:
            return await future

        task = asyncio.create_task(self.never_kept(receive))
        await turns()
        future.set_exception(ConnectionResetError())
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as raised:
            await task
        assert isinstance(raised.value.__cause__, ConnectionResetError)

    @in_loop
    async def test_queue_loses_nothing(self) -> None:
        """A server that hands out events through a queue loses none, whenever its receiver is cancelled."""
        for puts_first in (True, False):
            for pause in range(4):
                queue: asyncio.Queue[Message] = asyncio.Queue()
                kept = Kept()
                task = asyncio.create_task(self.next_event(queue.get, kept.append))
                await turns(pause)
                if puts_first:
                    queue.put_nowait(EVENT)
                task.cancel()
                if not puts_first:
                    queue.put_nowait(EVENT)
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert len(kept) + queue.qsize() == 1

    def test_closing_closes_the_receive(self) -> None:
        """A coroutine that is closed while it waits closes the receive."""
        closed = []

        async def receive() -> Message:
            try:
                await asyncio.sleep(0)
            finally:
                closed.append(True)
            return EVENT

        waiting = self.next_event(receive, Kept().append)
        waiting.send(None)
        waiting.close()
        assert closed

    def test_awaitable_without_the_methods_of_a_coroutine(self) -> None:
        """What cannot be closed or thrown into is left where it is."""
        receive: Any = Steps
        waiting = self.next_event(receive, Kept().append)
        waiting.send(None)
        waiting.close()
        waiting = self.next_event(receive, Kept().append)
        waiting.send(None)
        with pytest.raises(asyncio.CancelledError):
            waiting.throw(asyncio.CancelledError())

    def test_values_of_another_event_loop_reach_the_receive(self) -> None:
        """What a loop sends to what it was given arrives there."""
        ask = object()

        @types.coroutine
        def trap() -> Generator[object, str, str]:
            return (yield ask)

        async def receive() -> Message:
            return {'type': await trap()}

        waiting = self.next_event(receive, Kept().append)
        assert waiting.send(None) is ask
        with pytest.raises(StopIteration) as done:
            waiting.send('answer')
        assert done.value.value == {'type': 'answer'}
