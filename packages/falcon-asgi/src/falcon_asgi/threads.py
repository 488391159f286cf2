"""Calling synchronous functions from coroutines without holding up the event loop; for tests, the other way round."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ParamSpec, TypeVar

__all__ = ['runs_sync', 'sync_to_async', 'wrap_sync_to_async']

P = ParamSpec('P')
T = TypeVar('T')

# One thread for all functions that are not safe to be called by several: two of them may share what makes them so.
_SERIAL = ThreadPoolExecutor(max_workers=1, thread_name_prefix='falcon-serial')


async def sync_to_async(func: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
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


def wrap_sync_to_async(func: Callable[P, T], threadsafe: bool | None = None) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return a coroutine function that calls a function in a thread; see `sync_to_async`.

    Args:
        func: The function.
        threadsafe: False for a function that must not be called by several threads at a time: it then shares one thread
            with all others of its kind, in the whole process. None stands for True.
    """

    @functools.wraps(func)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        if threadsafe is None or threadsafe:
            return await sync_to_async(func, *args, **kwargs)
        run = functools.partial(copy_context().run, func, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(_SERIAL, run)

    return call


def runs_sync(coroutine: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Return a function that runs a coroutine function to its end, each time in an event loop of its own.

    For test functions and scripts; it cannot be called where an event loop runs already.

    Args:
        coroutine: The coroutine function.
    """

    @functools.wraps(coroutine)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(coroutine(*args, **kwargs))

    return run
