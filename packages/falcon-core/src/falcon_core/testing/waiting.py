"""Waits that end: with what was waited for, or with an error that says what that was."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

__all__ = ['Awaited', 'Progress', 'timeout_error', 'within']

# What was waited for, as in `'a message from the app'`; a function is asked when the time is over.
Awaited = str | Callable[[], str]


def timeout_error(timeout_s: float | None, awaited: Awaited) -> TimeoutError:
    """Return the error of a wait that was given up.

    Args:
        timeout_s: For how many seconds was waited.
        awaited: What for.
    """
    return TimeoutError(f'waited {timeout_s} s for {awaited if isinstance(awaited, str) else awaited()}')


@asynccontextmanager
async def within(timeout_s: float | None, awaited: Awaited) -> AsyncIterator[None]:
    """Limit how long the block may wait.

    Args:
        timeout_s: For how many seconds; None for ever.
        awaited: What the block waits for, for the error's text.

    Raises:
        TimeoutError: The time is over. A `TimeoutError` that the block itself raises stays as it is.
    """
    limit = asyncio.timeout(timeout_s)
    try:
        async with limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise timeout_error(timeout_s, awaited) from None
        raise


class Progress:
    """Tells those that wait for something whenever there is reason to look again."""

    def __init__(self) -> None:
        # Made by the first that waits: most of what is told nobody waits for.
        self._change: asyncio.Event | None = None

    def tell(self) -> None:
        """Have all conditions looked at that are waited for."""
        if self._change is not None:
            self._change.set()
            self._change = None

    async def wait_for(self, condition: Callable[[], object]) -> None:
        """Return when a condition holds, which may be at once."""
        while not condition():
            if self._change is None:
                self._change = asyncio.Event()
            await self._change.wait()
