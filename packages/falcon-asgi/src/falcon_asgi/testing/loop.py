"""The event loop of the simulated clients of tests that are no coroutines."""

import asyncio
import atexit
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ['run']

_T = TypeVar('_T')


class _Loop(threading.local):
    """One loop for each thread, closed when the thread or the process ends.

    A loop for each request would not do: what an application keeps, such as a lock or a pool of connections, belongs to
    the loop that it was first used on.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        atexit.register(self._runner.close)

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return self._runner.run(coroutine)

    def __del__(self) -> None:
        atexit.unregister(self._runner.close)
        self._runner.close()


_loop = _Loop()


def run(call: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
    """Run a coroutine to its end on the loop of this thread, and return what it returns.

    Args:
        call: Makes the coroutine.

    Raises:
        RuntimeError: An event loop runs in this thread already.
        Exception: Whatever the coroutine raised.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _loop.run(call())
    raise RuntimeError('a synchronous client was used where an event loop runs, expected an ASGIConductor')
