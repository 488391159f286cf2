"""A bounded log of events that any number of clients follow, and where one that comes back finds what it missed.

The laws:

- An event is stored and encoded once. A subscriber is a place in the log: it has no queue of its own, and one that
  nobody iterates costs nothing when an event is appended.
- What is taken out of the log is given to somebody: waiting for an event can be cancelled at any moment.
- Nothing grows without limit: the log has a capacity, and a subscriber a number of events that it may be behind.
- A subscription that is dropped is gone; the log holds none but those that wait for an event just then.
"""

import secrets
import sys
import weakref
from asyncio import Future
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal, Self

from falcon_core.constants import MEDIA_JSON
from falcon_core.errors import OperationNotAllowed
from falcon_sse.event import SSEvent, as_event

if TYPE_CHECKING:
    from falcon_core.interfaces import MediaHandler
    from falcon_core.media import Handlers

__all__ = ['EventLog', 'Subscription', 'WhenFull']

WhenFull = Literal['drop_oldest', 'disconnect']


class EventLog:
    """The last events, each with an id, and those who follow them.

    It belongs to one event loop; from another thread, `append` goes through `loop.call_soon_threadsafe`.

    Args:
        capacity: How many events are kept.
        handlers: The media handlers whose handler for `application/json` makes JSON of objects when they are appended;
            None for that of the installed distributions.

    Attributes:
        capacity (int): See above.
        dropped (int): How many events subscribers did not get because they were too far behind, counted when they go
            on.
        disconnected (int): How many subscriptions were ended for that reason.

    Raises:
        ValueError: The capacity is less than 1.
    """

    def __init__(self, capacity: int, *, handlers: 'Handlers | None' = None) -> None:
        if capacity < 1:
            raise ValueError(f'received capacity {capacity}, expected at least 1')
        self.capacity = capacity
        self.dropped = 0
        self.disconnected = 0
        self._handlers = handlers
        # Ids of a log that is gone, because the process was started anew, must not be taken for ids of this one.
        self._id_prefix = f'{secrets.token_hex(4)}-'
        self._ring: list[SSEvent] = []  # event number n is at n modulo capacity
        self._end = 0  # the number that the next event gets
        self._numbers: dict[str, int] = {}  # of the events in the ring, by id
        self._waiting: dict[Subscription, Future[None]] = {}
        self._subscriptions: weakref.WeakSet[Subscription] = weakref.WeakSet()

    def __len__(self) -> int:
        return len(self._ring)

    @property
    def subscribers(self) -> int:
        """How many subscriptions are open."""
        return len(self._subscriptions)

    def append(self, item: object) -> SSEvent:
        """Store an event, in place of the oldest one if there is no room, and have all subscribers get it.

        Args:
            item: What an `EventStream` takes as an event. An `SSEvent` without an id gets one; one of its own should be
                one of a kind, and is what a client goes on from. JSON is made now, whatever becomes of the object.

        Returns:
            The event that is stored, with its id; not the object that was given.

        Raises:
            MissingDistribution: JSON is needed and no installed distribution makes it.
            TypeError: The item is None or bytes.
        """
        number = self._end
        event = as_event(item)
        event_id = f'{self._id_prefix}{number}' if event.event_id is None else event.event_id
        event = event.with_id(event_id, self._json_handler())
        if len(self._ring) < self.capacity:
            self._ring.append(event)
        else:
            place = number % self.capacity
            oldest_id = self._ring[place].event_id or ''
            if self._numbers.get(oldest_id) == number - self.capacity:
                del self._numbers[oldest_id]
            self._ring[place] = event
        self._numbers[event_id] = number
        self._end += 1
        self._wake()
        return event

    def subscribe(
        self, after: str | None = None, *, max_behind: int | None = None, when_full: WhenFull = 'drop_oldest'
    ) -> 'Subscription':
        """Return a subscription to what is appended from now on, after what was appended since some event.

        Args:
            after: The id of the last event that the client has, as `req.last_event_id` tells: also one that is UTF-8
                (WHATWG HTML, section 9.2.3) taken for ISO 8859-1, as headers are. None or '' for none, which gives
                nothing that was appended before. After an id that is not in the log any more, or never was,
                all that the log has is given, and the subscription's `missed` says so.
            max_behind: How many events may wait for the subscriber, not counted those from before it subscribed; at
                most the log's capacity, which None stands for.
            when_full: What happens to a subscriber when more wait: it goes on with the last `max_behind` events
                (`drop_oldest`), or its subscription ends (`disconnect`), and a client that comes back with its last id
                gets them all.

        Raises:
            ValueError: `max_behind` or `when_full` is none of these.
        """
        if max_behind is None:
            max_behind = self.capacity
        if not 1 <= max_behind <= self.capacity:
            raise ValueError(f'received max_behind {max_behind}, expected 1 to {self.capacity}, the capacity')
        if when_full not in ('drop_oldest', 'disconnect'):
            raise ValueError(f"received when_full {when_full!r}, expected 'drop_oldest' or 'disconnect'")
        begin, missed = self._end, False
        if after:
            known = self._numbers.get(after)
            if known is None and not after.isascii():
                known = self._numbers.get(_id_in_header(after))
            begin, missed = (self._begin(), True) if known is None else (known + 1, False)
        subscription = Subscription(self, begin, max_behind, when_full, missed=missed)
        self._subscriptions.add(subscription)
        return subscription

    def end_subscriptions(self) -> None:
        """Have those that are open now end when they have given what was appended so far; later ones are not touched.

        Given to `Shutdown.add`, it lets each stream say goodbye before the server stops.
        """
        for subscription in tuple(self._subscriptions):
            subscription._ends_at = self._end
        self._wake()

    def _json_handler(self) -> 'MediaHandler | None':
        resolved = None if self._handlers is None else self._handlers.find(MEDIA_JSON, MEDIA_JSON)
        return None if resolved is None else resolved.handler

    def _begin(self) -> int:
        """Return the number of the oldest event."""
        return self._end - len(self._ring)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for waiter in waiting.values():
            if not waiter.done():
                waiter.set_result(None)


class Subscription(AsyncIterator[SSEvent]):
    """The events that one subscriber gets: an async iterator, for one task at a time, and an async context manager.

    Made by `EventLog.subscribe`. It ends by itself after `aclose`, after `EventLog.end_subscriptions`, or where the
    subscriber was too far behind and is to be disconnected.

    Attributes:
        missed (bool): Whether there were events since the id that was given which the log does not have any more, or
            the id is none of the log's.
        dropped (int): How many events the subscriber did not get because it was too far behind.
        was_disconnected (bool): Whether the subscription was ended for that reason.
    """

    __slots__ = (
        '__weakref__',
        '_ends_at',
        '_first',
        '_live_from',
        '_log',
        '_max_behind',
        '_next',
        '_when_full',
        'dropped',
        'missed',
        'was_disconnected',
    )

    def __init__(self, log: EventLog, begin: int, max_behind: int, when_full: WhenFull, *, missed: bool) -> None:
        self.missed = missed
        self.dropped = 0
        self.was_disconnected = False
        self._log = log
        self._first = begin
        self._next = begin  # the number of the event to give next
        self._live_from = log._end
        self._max_behind = max_behind
        self._when_full = when_full
        self._ends_at = sys.maxsize  # the number of the event before which it ends

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def __anext__(self) -> SSEvent:
        """Return the next event, after waiting for it; cancelling it loses none.

        Raises:
            OperationNotAllowed: Another task waits for an event of this subscription.
            StopAsyncIteration: The subscription has ended.
        """
        log = self._log
        number = self._next
        while number < self._ends_at:
            if number == log._end:
                if self in log._waiting:
                    raise OperationNotAllowed('another task waits for an event of this subscription, expected one task')
                # Not by the loop's `create_future`, a call more that does nothing else.
                waiter = log._waiting[self] = Future()
                try:
                    await waiter
                except BaseException:
                    if log._waiting.get(self) is waiter:
                        del log._waiting[self]
                    raise
            elif log._end - number <= self._max_behind or self._may_be_behind():
                self._next = number + 1
                return log._ring[number % log.capacity]
            elif self._when_full == 'drop_oldest':
                self._skip()
            elif not self._may_begin_later():
                self.was_disconnected = True
                log.disconnected += 1
                break
            number = self._next
        await self.aclose()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End the subscription; again, it does nothing."""
        self._ends_at = 0
        self._log._subscriptions.discard(self)
        waiter = self._log._waiting.pop(self, None)
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _may_be_behind(self) -> bool:
        """Return whether what makes the subscriber so far behind is from before it subscribed, and still there."""
        log = self._log
        return self._next >= log._begin() and log._end - max(self._next, self._live_from) <= self._max_behind

    def _may_begin_later(self) -> bool:
        """Begin with the oldest event that is there now, if none was given and `missed` says that some were lost.

        Or else a client whose id is too old could be disconnected again and again, whenever the log is full and an
        event comes before it asks for the first.
        """
        log = self._log
        if not self.missed or self._next != self._first:
            return False
        if log._end - max(log._begin(), self._live_from) > self._max_behind:
            return False
        self._next = log._begin()
        return True

    def _skip(self) -> None:
        """Go on with what may wait for the subscriber, or with what is left of what is from before."""
        log = self._log
        too_many = log._end - max(self._next, self._live_from) > self._max_behind
        begin = log._end - self._max_behind if too_many else log._begin()
        self.dropped += begin - self._next
        log.dropped += begin - self._next
        self._next = begin


def _id_in_header(value: str) -> str:
    """Return the text whose UTF-8 was taken for ISO 8859-1; the value itself if it cannot be such."""
    try:
        return value.encode('latin-1').decode()
    except UnicodeError:
        return value
