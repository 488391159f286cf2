"""Awaiting a server's `receive` so that a cancellation loses no event.

A task that is cancelled gets `CancelledError` at the innermost thing it waits for, inside the server's `receive`, even
if that thing is done and only the task has not run since. A `receive` that waits for a future which becomes the event
then drops it. `Arrivals` takes each step of `receive` itself, so it sees such a cancellation first:

- What `receive` waits for is still to come: the cancellation goes on to `receive`, as with a plain `await`.
- It has come, or `receive` only gave others a turn: `receive` goes on as if it were not cancelled. If that gives an
  event, the event is kept and the cancellation goes on to the caller; if `receive` waits again, the cancellation goes
  on to it there.

So an event is lost only by a `receive` that has taken it, waits for something else, and drops it when cancelled there.

No task is needed. Measured on one core, for a receive that is ready: 0.13 µs with a plain `await`, 0.26 µs this way,
40 µs with a task that survives the cancellation.
"""

import types
from asyncio import CancelledError
from collections.abc import Callable, Generator
from typing import Any

from falcon_core.asgi_types import Message, Receive

__all__ = ['Arrivals']

_DONE = object()


class Arrivals:
    """The events of one server, one after the other.

    Args:
        receive: The ASGI receive callable.
    """

    __slots__ = ('_event', '_receive', '_steps', '_waiter')

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        # The event on its way from `_fill` to whoever steps that; a returned value would have to be raised.
        self._event: Message | None = None
        self._steps: Generator[Any, Any, None] | None = None
        self._waiter: Any = None

    def begin(self) -> Message | None:
        """Return the next event if the server has it ready; otherwise None, and `next` is to be awaited at once."""
        steps = self._fill()
        waiter = next(steps, _DONE)
        if waiter is not _DONE:
            self._steps = steps
            self._waiter = waiter
            return None
        event, self._event = self._event, None
        return event

    async def next(self, keep: Callable[[Message], None]) -> Message:
        """Return the next event, the one that `begin` has asked for if it has.

        Args:
            keep: Called with the event if it came while the caller was being cancelled.
        """
        event = self.begin() if self._steps is None else None
        return await self._rest(keep) if event is None else event

    @types.coroutine
    def _fill(self) -> Generator[Any, Any, None]:
        coming: Any = self._receive()
        # What is no coroutine need not be iterable; what is one is stepped faster without `__await__`.
        steps: Any = coming if type(coming) is types.CoroutineType else coming.__await__()
        self._event = yield from steps

    @types.coroutine
    def _rest(self, keep: Callable[[Message], None]) -> Generator[Any, Any, Message]:
        """Wait for the event; what `yield from` does, but for cancellations."""
        steps, waiter = self._steps, self._waiter
        assert steps is not None  # `begin` has left them
        self._steps = self._waiter = None
        try:
            while waiter is not _DONE:
                try:
                    sent = yield waiter
                except CancelledError as cancellation:
                    waiter = self._cancel(steps, waiter, cancellation, keep)
                except BaseException as thrown:  # noqa: BLE001 (passed on)
                    waiter = steps.throw(thrown)
                else:
                    waiter = next(steps, _DONE) if sent is None else steps.send(sent)
        except StopIteration:
            pass
        event, self._event = self._event, None
        assert event is not None  # the steps are done
        return event

    def _cancel(
        self,
        steps: Generator[Any, Any, None],
        waiter: Any,
        cancellation: CancelledError,
        keep: Callable[[Message], None],
    ) -> Any:
        """Cancel a receive unless its event has come; return what it waits for next."""
        if not _has_come(waiter):
            return steps.throw(cancellation)
        try:
            waiter = next(steps, _DONE)
        except Exception as failure:
            # A cancellation must not get lost; the next receive fails in its own right.
            raise cancellation from failure
        if waiter is _DONE:
            event, self._event = self._event, None
            assert event is not None  # the steps are done
            keep(event)
            raise cancellation
        # Cancelling a task cancels what it waits for; this receive no longer waits for what that was done to.
        if hasattr(waiter, 'cancel'):
            waiter.cancel()
        return steps.throw(cancellation)


def _has_come(waiter: Any) -> bool:
    # None is how a coroutine gives others a turn (`asyncio.sleep(0)`).
    return waiter is None or (hasattr(waiter, 'done') and waiter.done() and not waiter.cancelled())
