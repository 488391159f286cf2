"""Running coroutine functions as tests."""

import asyncio
import gc
import selectors
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

__all__ = ['in_hasty_loop', 'in_loop', 'in_quiet_loop', 'turns']


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a coroutine function as a test, for five seconds at most; no task may be left."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def main() -> None:
            async with asyncio.timeout(5):
                await test(*args, **kwargs)
            assert asyncio.all_tasks() == {asyncio.current_task()}

        asyncio.run(main())

    return run


def in_quiet_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a coroutine function as a test, for ten seconds at most; the loop may have no task left and no complaint."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def main() -> None:
            complaints: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            async with asyncio.timeout(10):
                await test(*args, **kwargs)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            gc.collect()
            assert complaints == []

        asyncio.run(main())

    return run


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


def in_hasty_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a coroutine function as a test, in a loop where time passes only when all tasks wait, and then at once.

    `loop.time()` begins with 0 and is exact. No task may be left, nothing may be waited for from outside.
    """

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def main() -> None:
            complaints: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            async with asyncio.timeout(1e6):
                await test(*args, **kwargs)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert complaints == []

        with asyncio.Runner(loop_factory=_HastyLoop) as runner:
            runner.run(main())

    return run
