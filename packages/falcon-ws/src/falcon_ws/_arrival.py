"""Awaiting a server's `receive` so that a cancellation loses no event.

What becomes of a cancellation is told in `falcon_core.arrivals`, which serves those who receive a few events. Here, one
generator takes the steps of all events of a connection, and gives of a message its payload alone. A receive that waits
can also be interrupted from another task, with nothing cancelled but the server's `receive`.

Measured on one core, for a receive that is ready: 0.24 µs with a plain `await`, 0.17 µs by a step of that generator,
0.26 µs with a generator for each event.
"""

import types
from asyncio import CancelledError, current_task
from collections.abc import Callable, Generator
from inspect import GEN_CLOSED, getgeneratorstate
from typing import Any

from falcon_core.arrivals import has_come, outlives_its_wait, to_wait_for
from falcon_core.asgi_types import Message, Receive

__all__ = ['ARRIVED', 'NOT_ASKED', 'Arrival', 'Arrivals', 'Failure', 'Interrupted']

Arrival = str | bytes | Message

ARRIVED = frozenset({str, bytes, dict})

# Any: type checkers do not know that a generator may wait for one.
_CoroutineType: Any = types.CoroutineType

# Stands for what a step would give that nobody has taken.
NOT_ASKED: Any = object()

# Stands for what is waited for, once that was cancelled.
_INTERRUPTED: Any = object()


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
            to be given to `begin` or `next`. They may be taken only while `waiter` is None.
        waiter (Any): What the server's `receive` waits for, if it was asked by `begin` or `next`; otherwise None.
    """

    __slots__ = ('_cancellations_before', '_receive', 'steps', 'waiter')

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._cancellations_before = 0
        self.waiter: Any = None
        self.steps = _steps(receive)

    def interrupt(self) -> bool:
        """Have a wait for anything that can be cancelled end with `Interrupted`; return whether it will."""
        cancel = getattr(self.waiter, 'cancel', None)
        # What is done already cannot be cancelled, and brings an event.
        if cancel is None or not cancel():
            return False
        self.waiter = _INTERRUPTED
        return True

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
        arrival = self.begin(arrival)
        while type(arrival) not in ARRIVED:
            try:
                sent = yield arrival
            except BaseException as thrown:  # noqa: BLE001 # passed on
                arrival = self.throw(thrown, keep)
            else:
                arrival = self.go_on(sent)
        event: Arrival = arrival
        return event

    # What `next` is made of, for a generator that saves a connection that waits the 300 bytes of another one. All three
    # return what has arrived, or what is to be yielded, and raise what `next` raises.

    def begin(self, arrival: Any) -> Any:
        """Begin to wait.

        Args:
            arrival: What a step has given, or `NOT_ASKED`.
        """
        self._cancellations_before = _cancellations()
        if arrival is NOT_ASKED:
            if self.waiter is _INTERRUPTED:
                # While nobody waited, who would have seen the end of it.
                self.steps, self.waiter = _steps(self._receive), None
            if self.waiter is None:
                return self.go_on(None)
            arrival = self.waiter
        return self._checked(arrival)

    def go_on(self, sent: Any) -> Any:
        """Go on with what the event loop has sent for what was yielded."""
        try:
            return self._checked(self.steps.send(sent))
        except BaseException as failure:
            if self._ended_by_interrupt(failure):
                raise Interrupted from failure
            raise

    def throw(self, thrown: BaseException, keep: Callable[[Arrival], None]) -> Any:
        """Go on with what the event loop has thrown.

        Args:
            thrown: The exception.
            keep: Called with what arrives if it came while the caller was being cancelled.
        """
        try:
            if isinstance(thrown, CancelledError):
                return self._checked(self._cancel(thrown, keep))
            return self._checked(self.steps.throw(thrown))
        except BaseException as failure:
            if self._ended_by_interrupt(failure):
                raise Interrupted from failure
            raise

    def _cancel(self, cancellation: CancelledError, keep: Callable[[Arrival], None]) -> Any:
        """Cancel a receive unless its event has come or it goes on; return what it waits for next."""
        if has_come(self.waiter):
            arrival = self.steps.send(None)
            if type(arrival) in ARRIVED or type(arrival) is Failure:
                self.waiter = None
                if type(arrival) is Failure:
                    # A cancellation must not get lost; the next receive fails in its own right.
                    raise cancellation from arrival.error
                keep(arrival)
                raise cancellation
            self.waiter = arrival
            # Cancelling a task cancels what it waits for; this receive no longer waits for what that was done to.
            if hasattr(arrival, 'cancel') and not outlives_its_wait(arrival):
                arrival.cancel()
        if outlives_its_wait(self.waiter):
            raise cancellation
        return self.steps.throw(cancellation)

    def _checked(self, arrival: Any) -> Any:
        self.waiter = None
        if type(arrival) in ARRIVED:
            return arrival
        if type(arrival) is Failure:
            raise arrival.error
        self.waiter = arrival
        return to_wait_for(arrival)

    def _ended_by_interrupt(self, failure: BaseException) -> bool:
        """Prepare to ask the server anew, unless its receive goes on; return whether its end was asked for."""
        if getgeneratorstate(self.steps) != GEN_CLOSED:
            return False
        waiter, self.waiter = self.waiter, None
        self.steps = _steps(self._receive)
        return (
            waiter is _INTERRUPTED
            and isinstance(failure, CancelledError)
            and _cancellations() == self._cancellations_before
        )


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
            event: Any = receive()
            # What is no coroutine need not be iterable; what is one is stepped faster without `__await__`.
            event = yield from (event if type(event) is _CoroutineType else event.__await__())
        except Exception as error:  # noqa: BLE001 # raised where it is looked at
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
