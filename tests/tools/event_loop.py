"""Running coroutine functions as tests."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

__all__ = ['in_loop', 'turns']


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


async def turns(count: int = 12) -> None:
    """Let the other tasks run until each waits for something."""
    for _ in range(count):
        await asyncio.sleep(0)
