"""Awaiting a server's `receive` so that a cancellation loses no event.

A task that is cancelled gets `CancelledError` at the innermost thing it waits for, inside the server's `receive`, even
if that thing is done and only the task has not run since. A `receive` that waits for a future which becomes the event
then drops it. `Arrivals` takes each step of `receive` itself, so it sees such a cancellation first:

- What `receive` waits for is still to come: the cancellation goes on to `receive`, as with a plain `await`.
- It has come, or `receive` only gave others a turn: `receive` goes on as if it were not cancelled. If that gives an
  event, the event is kept and the cancellation goes on to the caller; if `receive` waits again, the cancellation goes
  on to it there.

So an event is lost only by a `receive` that has taken it, waits for something else, and drops it when cancelled there.

A receive that waits can also be interrupted from another task, with nothing cancelled but the server's `receive`.

No task is needed, and one generator takes the steps of all events of a connection. Measured on one core, for a receive
that is ready: 0.24 µs with a plain `await`, 0.17 µs by a step of that generator, 0.26 µs with a generator for each
event, 40 µs with a task that survives the cancellation.
"""

import types
from asyncio import CancelledError, current_task
from collections.abc import Callable, Generator
from typing import Any

from falcon_core.arrivals import has_come
from falcon_core.asgi_types import Message, Receive

__all__ = ['ARRIVED', 'NOT_ASKED', 'Arrival', 'Arrivals', 'Failure', 'Interrupted']

Arrival = str | bytes | Message

ARRIVED = frozenset({str, bytes, dict})

# Stands for what a step would give that nobody has taken.
NOT_ASKED: Any = object()


class Interrupted(Exception):
    """A receive gave up waiting because it was asked to."""


class Failure:
    """What a server's `receive` has raised without waiting for anything.

    Attributes:
        error (Exception): The exception.
    """

    __slots__ = ('error',)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Arrivals:
    """What arrives from one server: the payload of each message as `str` or `bytes`, any other event as a `dict`.

    Args:
        receive: The ASGI receive callable.

    Attributes:
        steps (Generator[Any, Any, None]): What asks the server: `steps.send(None)` returns what has arrived, which is
            of a type in `ARRIVED`, or a `Failure`, or what the server's `receive` waits for. In the last case that is
            to be given to `next`.
    """

    __slots__ = ('_interrupted', '_receive', '_waiter', 'steps')

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._interrupted = False
        self._waiter: Any = None
        self.steps = _steps(receive)

    def interrupt(self) -> bool:
        """Have `next`, if it waits for anything that can be cancelled, raise `Interrupted`; return whether it will."""
        cancel = getattr(self._waiter, 'cancel', None)
        # What is done already cannot be cancelled, and brings an event.
        self._interrupted = cancel is not None and bool(cancel())
        return self._interrupted

    @types.coroutine
    def next(self, keep: Callable[[Arrival], None], arrival: Any = NOT_ASKED) -> Generator[Any, Any, Arrival]:
        """Return what arrives next; this does what `yield from` does, but for cancellations.

        Args:
            keep: Called with what arrives if it came while the caller was being cancelled.
            arrival: What a step has given, or `NOT_ASKED`.

        Raises:
            Exception: Whatever the server's `receive` raised.
            Interrupted: `interrupt` was called. A cancellation goes before it.
        """
        cancellations_before = _cancellations()
        steps = self.steps
        try:
            if arrival is NOT_ASKED:
                arrival = steps.send(None)
            while type(arrival) not in ARRIVED:
                if type(arrival) is Failure:
                    raise arrival.error
                self._waiter = arrival
                try:
                    sent = yield arrival
                except CancelledError as cancellation:
                    arrival = _cancel(steps, arrival, cancellation, keep)
                except BaseException as thrown:  # noqa: BLE001 (passed on)
                    arrival = steps.throw(thrown)
                else:
                    arrival = steps.send(sent)
        except BaseException as failure:
            # What is raised in a generator ends it.
            self.steps = _steps(self._receive)
            if self._interrupted and isinstance(failure, CancelledError) and _cancellations() == cancellations_before:
                raise Interrupted from failure
            raise
        finally:
            self._waiter = None
            self._interrupted = False
        event: Arrival = arrival
        return event


def _cancellations() -> int:
    """Return how often the present task was cancelled."""
    try:
        task = current_task()
    except RuntimeError:  # another event loop than one of asyncio
        return 0
    return 0 if task is None else task.cancelling()


@types.coroutine
def _steps(receive: Receive) -> Generator[Any, Any, None]:
    # A function of no object, or the connection would be part of a cycle, which only a garbage collection ends.
    while True:
        try:
            coming: Any = receive()
            # What is no coroutine need not be iterable; what is one is stepped faster without `__await__`.
            steps: Any = coming if type(coming) is types.CoroutineType else coming.__await__()
            event = yield from steps
        except Exception as error:  # noqa: BLE001 (raised where it is looked at)
            yield Failure(error)
            continue
        # Events other than messages have neither key. A payload of a type of its own is left in its event.
        payload = event.get('text')
        if type(payload) is not str:
            payload = event.get('bytes')
            if type(payload) is not bytes:
                payload = event if type(event) is dict else dict(event)
        yield payload
        event = payload = None  # or it would be kept until the next one comes


def _cancel(
    steps: Generator[Any, Any, None],
    waiter: Any,
    cancellation: CancelledError,
    keep: Callable[[Arrival], None],
) -> Any:
    """Cancel a receive unless its event has come; return what it waits for next."""
    if not has_come(waiter):
        return steps.throw(cancellation)
    waiter = steps.send(None)
    if type(waiter) is Failure:
        # A cancellation must not get lost; the next receive fails in its own right.
        raise cancellation from waiter.error
    if type(waiter) in ARRIVED:
        keep(waiter)
        raise cancellation
    # Cancelling a task cancels what it waits for; this receive no longer waits for what that was done to.
    if hasattr(waiter, 'cancel'):
        waiter.cancel()
    return steps.throw(cancellation)
