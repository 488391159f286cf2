"""The upkeep of a body while it is sent: heartbeats, a limit for a client that does not read, an end at the shutdown.

One timer for each body does it all. It looks at what was done since it was set, and is set anew, so that a chunk costs
a look at the clock and no timer. A heartbeat is sent by a task that lasts as long as its sending: one kept for the next
would hold a kilobyte for each open stream and save three microseconds each time.
"""

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Protocol

from falcon_core.interfaces import Upkeep
from falcon_core.shutdown import Shutdown

__all__ = ['Keeper']

# By how much a timer may be early: the clock of uvloop's timers has milliseconds.
_EARLY_S = 0.002

# What a shorter time of an upkeep counts as when a timer is set: one of 0 would be set again and again at once.
_MIN_WAIT_S = 0.01


class _End(Protocol):
    """Ends the sending: as if the client had left, because of a failure, or so that its end is sent."""

    def __call__(self, *, client_gone: bool, failure: BaseException | None = None) -> None: ...


class Keeper:
    """Does the upkeep of one body, from `start` to `stop`.

    Args:
        upkeep: What there is to do.
        shutdown: What tells that the application stops, or None.
        ping: Sends a heartbeat; gives False if the client has left.
        end: Ends the sending.

    Attributes:
        upkeep (Upkeep): See above.
        clock: The loop's time.
        since: What the clock said when the last sending began. To be set by whoever sends, as is `is_sending`; that
            is no method because it would cost each chunk 40 ns.
        is_sending: Whether a chunk is being sent.
        pinging: The task that sends a heartbeat, or None. No chunk may be sent until it has ended.
    """

    __slots__ = (
        '_end',
        '_grace',
        '_loop',
        '_ping',
        '_shutdown',
        '_timer',
        'clock',
        'is_sending',
        'pinging',
        'since',
        'upkeep',
    )

    def __init__(
        self,
        upkeep: Upkeep,
        shutdown: Shutdown | None,
        ping: Callable[[], Coroutine[Any, Any, bool]],
        end: _End,
    ) -> None:
        self.upkeep = upkeep
        self._shutdown = None if upkeep.shutdown_grace_s is None else shutdown
        self._ping = ping
        self._end = end
        self._loop = asyncio.get_running_loop()
        # What the loops of asyncio would call themselves; asked directly, it takes a third of the time.
        is_usual = getattr(self._loop.time, '__func__', None) is asyncio.BaseEventLoop.time
        self.clock = monotonic if is_usual else self._loop.time
        self._timer: asyncio.TimerHandle | None = None
        self._grace: asyncio.TimerHandle | None = None
        self.since = self.clock()
        self.is_sending = False
        self.pinging: asyncio.Task[bool] | None = None

    def start(self) -> None:
        """Begin the upkeep."""
        if self.upkeep.heartbeat_s is not None or self.upkeep.send_timeout_s is not None:
            self._look()
        if self._shutdown is not None:
            self._shutdown.add(self._on_shutdown)

    def stop(self) -> None:
        """End the upkeep, a heartbeat under way included."""
        for handle in (self._timer, self._grace):
            if handle is not None:
                handle.cancel()
        if self._shutdown is not None:
            self._shutdown.discard(self._on_shutdown)
        if self.pinging is not None:
            self.pinging.cancel()

    def _look(self) -> None:
        """Do what is due, and set the timer for what will be next."""
        now = self.clock()
        heartbeat_s, timeout_s = self.upkeep.heartbeat_s, self.upkeep.send_timeout_s
        if self._is_busy() and timeout_s is not None and now >= self.since + timeout_s - _EARLY_S:
            self._end(client_gone=True)
            return
        if not self._is_busy() and heartbeat_s is not None and now >= self.since + heartbeat_s - _EARLY_S:
            self.since = now
            self.pinging = self._loop.create_task(self._ping())
            self.pinging.add_done_callback(self._on_pinged)
        # While a chunk is sent there is no heartbeat to wait for, and while none is sent no timeout; what begins
        # meanwhile is due later than if it began now.
        idle_since = now if self._is_busy() else self.since
        busy_since = self.since if self._is_busy() else now
        times = []
        if heartbeat_s is not None:
            times.append(idle_since + max(heartbeat_s, _MIN_WAIT_S))
        if timeout_s is not None:
            times.append(busy_since + max(timeout_s, _MIN_WAIT_S))
        self._timer = self._loop.call_at(min(times), self._look)

    def _is_busy(self) -> bool:
        return self.is_sending or self.pinging is not None

    def _on_pinged(self, pinging: asyncio.Task[bool]) -> None:
        self.pinging = None
        if pinging.cancelled():
            return
        failure = pinging.exception()
        if failure is not None or not pinging.result():
            self._end(client_gone=True, failure=failure)

    def _on_shutdown(self) -> None:
        assert self.upkeep.shutdown_grace_s is not None  # or it would not have been added
        self._grace = self._loop.call_later(self.upkeep.shutdown_grace_s, self._on_grace_over)

    def _on_grace_over(self) -> None:
        # To a client that is being waited for, nothing can be sent that it would get in time.
        self._end(client_gone=self._is_busy())
