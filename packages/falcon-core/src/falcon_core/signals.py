"""Learning of the signals that tell a server to stop, without taking them from it.

A server that is told to stop by a signal waits for its open connections before it ends the lifespan of the application
(uvicorn waits without end). What is to end those connections has to learn of the signal itself. The laws:

- A handler that was there is called as before, after the word was passed on; what it raises is raised.
- A signal that nobody handles in Python stays as it is: ignored, or with the operating system's effect, or handled in
  another language. No server that waits leaves it so.
- In the end a handler is put back only if nobody has put another one in its place.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from types import FrameType
from typing import Any

from falcon_core.shutdown import Shutdown

__all__ = ['begun_by_signals', 'signals_left_alone']

_SIGNALS = tuple(getattr(signal, name) for name in ('SIGTERM', 'SIGINT', 'SIGBREAK') if hasattr(signal, name))

_left_alone = ContextVar('signals_left_alone', default=False)

# Called for the number of the signal and the frame that it interrupted.
_Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def begun_by_signals(shutdown: Shutdown) -> Iterator[None]:
    """Have a shutdown begin when the process gets SIGTERM or SIGINT (on Windows also SIGBREAK), until the context ends.

    To be entered where the event loop runs and the server has installed its handlers, as at the startup of a lifespan.
    Outside of the main thread, where Python has no handlers, it does nothing. An event loop's own handlers
    (`loop.add_signal_handler`) go on as well: they are woken by other means than what is in their place here.
    Within `signals_left_alone`, it does nothing either.

    Args:
        shutdown: What is to begin, in the next turn of the event loop that runs now.
    """
    links: dict[int, _Link] = {}
    if threading.current_thread() is threading.main_thread() and not _left_alone.get():
        loop = asyncio.get_running_loop()

        def tell() -> None:
            # The handler may outlive the loop, where somebody keeps it and puts it back.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(shutdown.begin)

        links = {number: _Link(handler, tell) for number in _SIGNALS if (handler := _handler(number)) is not None}
    for number, link in links.items():
        signal.signal(number, link)
    try:
        yield
    finally:
        for number, link in links.items():
            link.undo(number)


@contextmanager
def signals_left_alone() -> Iterator[None]:
    """Have no signals watched by what runs in the context, or in a task that is started there.

    For simulated servers, which no signal stops: to look at the handlers takes a sixth of a simulated request.
    """
    token = _left_alone.set(True)
    try:
        yield
    finally:
        _left_alone.reset(token)


def _handler(number: int) -> _Handler | None:
    handler = signal.getsignal(number)
    # SIG_DFL and SIG_IGN are no functions, None stands for a handler that is not Python's. The one that raises
    # KeyboardInterrupt is the interpreter's own, and ends everything at once.
    return handler if callable(handler) and handler is not signal.default_int_handler else None


class _Link:
    """A handler that passes word of a signal on, then calls the handler that was there before."""

    __slots__ = ('_previous', '_tell')

    def __init__(self, previous: _Handler, tell: Callable[[], None]) -> None:
        self._previous = previous
        self._tell: Callable[[], None] | None = tell

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self._tell is not None:
            self._tell()
        self._previous(number, frame)

    def undo(self, number: int) -> None:
        """Pass no further word on, and put the handler before this one back if this one is in place."""
        self._tell = None
        in_place: object = signal.getsignal(number)
        if in_place is self:
            previous = self._previous
            # Other applications of this process may have ended before this one.
            while isinstance(previous, _Link) and previous._tell is None:
                previous = previous._previous
            signal.signal(number, previous)
