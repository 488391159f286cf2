"""Callbacks that run after a response, tracked until they end."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ['BackgroundTasks', 'Callback']

_logger = logging.getLogger('falcon')


@dataclass(frozen=True, slots=True)
class Callback:
    """Something to call.

    Attributes:
        call: What to call, without arguments.
        is_async: Whether calling it gives a coroutine; otherwise it is called in a thread.
    """

    call: Callable[[], Any]
    is_async: bool


class BackgroundTasks:
    """The callbacks of an application that have not ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, callback: Callback) -> None:
        """Start a callback; an exception from it is logged."""
        # The set keeps the task from being collected while it runs: the event loop holds weak references only.
        task = asyncio.create_task(_run(callback))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Return when all callbacks have ended, those that start in the meantime included."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _run(callback: Callback) -> None:
    try:
        if callback.is_async:
            await callback.call()
        else:
            await asyncio.to_thread(callback.call)
    except Exception:
        _logger.exception('exception in a callback scheduled by a response: %r', callback.call)
