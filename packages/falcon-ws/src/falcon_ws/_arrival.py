"""Awaiting a server's `receive` so that a cancellation loses no event.

A task that is cancelled gets `CancelledError` at the innermost thing it waits for, inside the server's `receive`, even
if that thing is done and only the task has not run since. A `receive` that waits for a future which becomes the event
then drops it. `arrival` takes each step of `receive` itself, so it sees such a cancellation first:

- What `receive` waits for is still to come: the cancellation goes on to `receive`, as with a plain `await`.
- It has come, or `receive` only gave others a turn: `receive` goes on as if it were not cancelled. If that gives an
  event, the event is kept and the cancellation goes on to the caller; if `receive` waits again, the cancellation goes
  on to it there.

So an event is lost only by a `receive` that has taken it, waits for something else, and drops it when cancelled there.

No task is needed. Measured on one core, a receive that is ready: 0.4 µs with a plain `await`, 1.0 µs with `arrival`,
40 µs with a task that survives the cancellation.
"""

import types
from asyncio import CancelledError
from collections.abc import Callable, Generator
from typing import Any

from falcon_core.asgi_types import Message, Receive

__all__ = ['arrival']


async def arrival(receive: Receive, keep: Callable[[Message], None]) -> Message:
    """Return the next event of a server.

    Args:
        receive: The ASGI receive callable.
        keep: Called with the event if one came while the caller was being cancelled.
    """
    steps = receive().__await__()
    try:
        waiter = next(steps)
    except StopIteration as done:
        event: Message = done.value
        return event
    return await _rest(steps, waiter, keep)


@types.coroutine
def _rest(steps: Any, waiter: Any, keep: Callable[[Message], None]) -> Generator[Any, Any, Message]:
    """Return the event of a receive that waits for `waiter`; what `yield from steps` does, but for cancellations."""
    try:
        while True:
            try:
                sent = yield waiter
            except CancelledError as cancellation:
                waiter = _cancel(steps, waiter, keep, cancellation)
            except BaseException as thrown:  # noqa: BLE001 (`yield from` passes on everything, too)
                waiter = _throw(steps, thrown)
            else:
                waiter = next(steps) if sent is None else steps.send(sent)
    except StopIteration as done:
        event: Message = done.value
        return event


def _cancel(steps: Any, waiter: Any, keep: Callable[[Message], None], cancellation: CancelledError) -> Any:
    """Cancel a receive unless its event has come; return what it waits for next."""
    if not _has_come(waiter):
        return _throw(steps, cancellation)
    try:
        waiter = next(steps)
    except StopIteration as done:
        keep(done.value)
    except Exception as failure:
        # A cancellation must not get lost; the next receive fails in its own right.
        raise cancellation from failure
    else:
        # Cancelling a task cancels what it waits for; this receive no longer waits for what that was done to.
        if hasattr(waiter, 'cancel'):
            waiter.cancel()
        return _throw(steps, cancellation)
    raise cancellation


def _has_come(waiter: Any) -> bool:
    # None is how a coroutine gives others a turn (`asyncio.sleep(0)`).
    return waiter is None or (hasattr(waiter, 'done') and waiter.done() and not waiter.cancelled())


def _throw(steps: Any, thrown: BaseException) -> Any:
    # An awaitable that is not made of coroutines need not have these methods.
    if isinstance(thrown, GeneratorExit):
        if hasattr(steps, 'close'):
            steps.close()
        raise thrown
    if hasattr(steps, 'throw'):
        return steps.throw(thrown)
    raise thrown
