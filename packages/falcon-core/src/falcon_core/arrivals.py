"""Awaiting a server's `receive` so that a cancellation loses no event.

A task that is cancelled gets `CancelledError` at the innermost thing it waits for, inside the server's `receive`, even
if that thing is done and only the task has not run since. A `receive` that waits for a future which becomes the event
then drops it. Whoever takes each step of `receive` itself sees such a cancellation first:

- What `receive` waits for is still to come: the cancellation goes on to `receive`, as with a plain `await`.
- It has come, or `receive` only gave others a turn: `receive` goes on as if it were not cancelled. If that gives an
  event, the event is kept and the cancellation goes on to the caller; if `receive` waits again, the cancellation goes
  on to it there.

So an event is lost only by a `receive` that has taken it, waits for something else, and drops it when cancelled there.
No task is needed: one that survives the cancellation takes 40 µs for each event.
"""

import types
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Generator
from typing import Any, final

from falcon_core.asgi_types import Message, Receive

__all__ = ['Arrival', 'begin_arrival', 'has_come', 'next_event']

_Coroutine = types.CoroutineType


@final
class Arrival:
    """A call of `receive` that waits for its event, for `next_event` to go on with.

    Args:
        steps: What the call returned, or what takes its steps.
        waiter: What it waits for, as its first step has given it.

    Attributes:
        steps: See above.
        waiter: See above.
    """

    __slots__ = ('steps', 'waiter')

    def __init__(self, steps: Any, waiter: Any) -> None:
        self.steps = steps
        self.waiter = waiter


def begin_arrival(receive: Receive) -> Message | Arrival:
    """Call `receive`, and return its event if it is there at once, or what `next_event` can go on with.

    Raises:
        Exception: Whatever the server's `receive` raised.
    """
    coming: Any = receive()
    steps = coming if type(coming) is _Coroutine else _steps(coming)
    try:
        return Arrival(steps, steps.send(None))
    except StopIteration as end:
        event: Message = end.value
        return event


def has_come(waiter: Any) -> bool:
    """Return whether what a coroutine waits for is there, so that a step of it would not wait for the same again.

    Args:
        waiter: What a step of the coroutine has given: a future, or None if it only gives others a turn.
    """
    return waiter is None or (hasattr(waiter, 'done') and waiter.done() and not waiter.cancelled())


@types.coroutine
def next_event(receive: Receive | Arrival, keep: Callable[[Message], None]) -> Generator[Any, Any, Message]:
    """Return the next event; what `yield from` does, but for cancellations.

    Args:
        receive: The ASGI receive callable, or a call of it that has begun.
        keep: Called with the event if it came while the caller was being cancelled.

    Raises:
        Exception: Whatever the server's `receive` raised.
    """
    arrival = receive if type(receive) is Arrival else begin_arrival(receive)
    if type(arrival) is not Arrival:
        return arrival
    steps, waiter = arrival.steps, arrival.waiter
    try:
        while True:
            try:
                sent = yield waiter
            except CancelledError as cancellation:
                waiter = _cancel(steps, waiter, cancellation, keep)
            except BaseException as thrown:  # noqa: BLE001 # passed on
                waiter = steps.throw(thrown)
            else:
                waiter = steps.send(sent)
    except StopIteration as end:
        event: Message = end.value
        return event


@types.coroutine
def _steps(coming: Awaitable[Message]) -> Generator[Any, Any, Message]:
    # An awaitable that is no coroutine may lack its methods.
    return (yield from coming.__await__())


def _cancel(steps: Any, waiter: Any, cancellation: CancelledError, keep: Callable[[Message], None]) -> Any:
    """Cancel a receive unless its event has come; return what it waits for next."""
    if has_come(waiter):
        try:
            waiter = steps.send(None)
        except StopIteration as end:
            keep(end.value)
            raise cancellation from None
        except Exception as failure:
            # A cancellation must not get lost; the next receive fails in its own right.
            raise cancellation from failure
        # Cancelling a task cancels what it waits for; this receive no longer waits for what that was done to.
        if hasattr(waiter, 'cancel'):
            waiter.cancel()
    return steps.throw(cancellation)
