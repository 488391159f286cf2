"""Word that an application is told to stop, for what would otherwise go on for as long as its clients like.

A server that stops waits for its open connections before it ends the lifespan of the application, so streams and
WebSockets have to hear of it by themselves. The laws:

- Each callback is called once at most, and never after it was discarded.
- One that fails is logged and keeps no other from being called.
"""

import asyncio
import logging
from collections.abc import Callable

__all__ = ['Shutdown']

_logger = logging.getLogger('falcon')


class Shutdown:
    """Whether an application is told to stop, and who wants to know.

    All of it belongs to one event loop: every method is called there, and so is every callback. From another thread or
    from a signal handler, `begin` goes through `loop.call_soon_threadsafe`.
    """

    __slots__ = ('_begun', '_callbacks')

    def __init__(self) -> None:
        self._begun = False
        # A dictionary for its order: what was added first hears of it first.
        self._callbacks: dict[Callable[[], object], None] = {}

    @property
    def begun(self) -> bool:
        """Whether the application has been told to stop."""
        return self._begun

    def add(self, callback: Callable[[], object]) -> None:
        """Have a function called once, without arguments, when the application is told to stop.

        If it has been told already, the function is called in the next turn of the event loop. A function that was
        added twice is called once.
        """
        if self._begun:
            asyncio.get_running_loop().call_soon(self._call, callback)
        self._callbacks[callback] = None

    def discard(self, callback: Callable[[], object]) -> None:
        """Have a function no longer called; it does nothing if that is so already."""
        self._callbacks.pop(callback, None)

    def begin(self) -> None:
        """Tell all; again, it does nothing."""
        if self._begun:
            return
        self._begun = True
        for callback in tuple(self._callbacks):
            self._call(callback)

    def reset(self) -> None:
        """Begin anew, for an application that is started again after it was stopped, as tests do."""
        self._begun = False

    def _call(self, callback: Callable[[], object]) -> None:
        if callback not in self._callbacks:
            return
        del self._callbacks[callback]
        try:
            callback()
        except Exception:
            _logger.exception('exception in %r, told of the shutdown', callback)
