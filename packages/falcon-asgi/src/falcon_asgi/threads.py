"""Calling synchronous functions from coroutines without holding up the event loop; for tests, the other way round."""

import asyncio
import functools
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

__all__ = [
    'async_to_sync',
    'event_loop_runs',
    'runs_sync',
    'sync_to_async',
    'wrap_sync_to_async',
    'wrap_sync_to_async_unsafe',
]

_P = ParamSpec('_P')
_T = TypeVar('_T')

# One thread for all functions that are not safe to be called by several: two of them may share what makes them so.
_SERIAL = ThreadPoolExecutor(max_workers=1, thread_name_prefix='falcon-serial')


async def sync_to_async(func: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call a function in a thread, with the context variables of the caller, and return what it returns.

    Cancelling does not end the call, whose outcome is then dropped.

    Args:
        func: The function; has to be safe to be called by several threads at a time.
        *args: Its arguments.
        **kwargs: Its arguments by keyword.

    Raises:
        Exception: Whatever the function raised.
    """
    return await asyncio.to_thread(func, *args, **kwargs)


def wrap_sync_to_async(func: Callable[_P, _T], threadsafe: bool | None = None) -> Callable[_P, Coroutine[Any, Any, _T]]:
    """Return a coroutine function that calls a function in a thread; see `sync_to_async`.

    Args:
        func: The function.
        threadsafe: False for a function that must not be called by several threads at a time: it then shares one thread
            with all others of its kind, in the whole process. None stands for True.
    """

    @functools.wraps(func)
    async def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        if threadsafe is None or threadsafe:
            return await sync_to_async(func, *args, **kwargs)
        run = functools.partial(copy_context().run, func, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(_SERIAL, run)

    return call


def wrap_sync_to_async_unsafe(func: Callable[_P, _T]) -> Callable[_P, Coroutine[Any, Any, _T]]:
    """Return a coroutine function that calls a function where it is awaited, in the thread of the event loop.

    For functions that return at once: while one runs, nothing else does.

    Args:
        func: The function.
    """

    @functools.wraps(func)
    async def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        return func(*args, **kwargs)

    return call


def async_to_sync(coroutine: Callable[_P, Coroutine[Any, Any, _T]], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Run a coroutine function to its end and return what it returns.

    For tests and scripts. All calls in one thread share an event loop, so that what one makes, such as a connection or
    a lock, is of use to the next; the loop is closed when the thread or the process ends.

    Args:
        coroutine: The coroutine function.
        *args: Its arguments.
        **kwargs: Its arguments by keyword.

    Raises:
        Exception: Whatever the coroutine raised.
        RuntimeError: An event loop runs in this thread already.
    """
    if event_loop_runs():
        raise RuntimeError(f'{coroutine!r} was called where an event loop runs, expected it to be awaited there')
    outcome: list[_T] = []

    async def run() -> None:
        # Kept here, not returned: when the runner puts the handler of SIGINT back, `signal` makes a repr of its task,
        # and with it that of the task's result, however large it is.
        outcome.append(await coroutine(*args, **kwargs))

    _RUNNERS.runner.run(run(), context=copy_context())
    return outcome[0]


def runs_sync(coroutine: Callable[_P, Coroutine[Any, Any, _T]]) -> Callable[_P, _T]:
    """Return a function that runs a coroutine function to its end, as `async_to_sync` does.

    For test functions and scripts; it cannot be called where an event loop runs already.

    Args:
        coroutine: The coroutine function.
    """

    @functools.wraps(coroutine)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        return async_to_sync(coroutine, *args, **kwargs)

    return run


def event_loop_runs() -> bool:
    """Return whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class _Runners(threading.local):
    """The runner of each thread, closed when the thread or the process ends."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self._lifetime = _Lifetime()
        weakref.finalize(self._lifetime, self.runner.close)


class _Lifetime:
    """Lasts as long as the thread whose local data has the only reference to it."""


_RUNNERS = _Runners()
