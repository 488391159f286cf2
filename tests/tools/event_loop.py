"""Running coroutine functions as tests."""

import asyncio
import gc
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

__all__ = ['cancelled', 'in_hasty_loop', 'in_loop', 'in_quiet_loop', 'turns']

# Ends a test that hangs; on a busy machine, others take a while.
_LIMIT_S = 20

_Test = Callable[..., Coroutine[Any, Any, None]]


def in_loop(test: _Test) -> Callable[..., None]:
    """Run a coroutine function as a test, for twenty seconds at most; no task may be left."""
    return _run(test, _LIMIT_S, quiet=False)


def in_quiet_loop(test: _Test) -> Callable[..., None]:
    """Run a coroutine function as a test, for twenty seconds at most; no task may be left, no complaint."""
    return _run(test, _LIMIT_S)


def in_hasty_loop(test: _Test) -> Callable[..., None]:
    """Run a coroutine function as a test, in a loop where time passes only when all tasks wait, and then at once.

    `loop.time()` begins with 0 and is exact. Nothing may be waited for from outside; no task may be left, no complaint.
    """
    return _run(test, 1e6, loop_factory=_HastyLoop)


def _run(
    test: _Test,
    limit_s: float,
    *,
    quiet: bool = True,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> Callable[..., None]:
    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        complaints: list[dict[str, Any]] = []

        async def main() -> None:
            if quiet:
                asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            async with asyncio.timeout(limit_s):
                await test(*args, **kwargs)
            if quiet:
                await asyncio.sleep(0)  # what was cancelled ends
            assert asyncio.all_tasks() == {asyncio.current_task()}
            if quiet:
                gc.collect()
            assert complaints == []

        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(main())

    return run


async def cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task, and see that it ends by that."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def turns(count: int = 12) -> None:
    """Let the other tasks run until each waits for something."""
    for _ in range(count):
        await asyncio.sleep(0)


class _HastySelector(selectors.DefaultSelector):
    """Does not wait for the time that it is told to wait, but puts the clock forward by it."""

    def __init__(self) -> None:
        super().__init__()
        self.clock_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, 'nothing is left to wait for'
        self.clock_s += max(timeout, 0.0)
        return super().select(0)


class _HastyLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._hasty = _HastySelector()
        super().__init__(self._hasty)

    def time(self) -> float:
        return self._hasty.clock_s
