"""Functions in threads: what they see, what becomes of their outcome, and how many run at a time."""

import asyncio
import threading
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest

from falcon_asgi.threads import runs_sync, sync_to_async, wrap_sync_to_async

TIMEOUT_S = 10.0
USER: ContextVar[str] = ContextVar('USER', default='nobody')


def seen(greeting: str, *, to: str = '') -> tuple[str, int]:
    return f'{greeting} {to or USER.get()}', threading.get_ident()


async def direct(*args: Any, **kwargs: Any) -> Any:
    return await sync_to_async(seen, *args, **kwargs)


@pytest.mark.parametrize(
    'call',
    [direct, wrap_sync_to_async(seen), wrap_sync_to_async(seen, threadsafe=True), wrap_sync_to_async(seen, False)],
)
def test_function_runs_in_a_thread_with_the_context_of_its_caller(call: Any) -> None:
    """Arguments and context variables reach the function, which runs in another thread than the event loop."""

    async def main() -> None:
        USER.set('Ada')
        text, thread = await call('hello')
        assert text == 'hello Ada'
        assert thread != threading.get_ident()
        assert (await call('hello', to='Grace'))[0] == 'hello Grace'

    asyncio.run(main())


def fail() -> None:
    raise KeyError('lost')


@pytest.mark.parametrize(
    'call', [partial(sync_to_async, fail), wrap_sync_to_async(fail), wrap_sync_to_async(fail, threadsafe=False)]
)
def test_exception_reaches_the_caller(call: Any) -> None:
    """What the function raises, awaiting it raises."""
    with pytest.raises(KeyError, match='lost'):
        runs_sync(call)()


def test_functions_that_are_not_thread_safe_run_one_after_the_other() -> None:
    """Of functions wrapped with threadsafe=False, never two run at a time; of others, they do."""

    async def most_at_a_time(threadsafe: bool) -> int:
        running = most = 0
        meeting = threading.Barrier(2)

        def enter() -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            if threadsafe:
                meeting.wait(TIMEOUT_S)
            running -= 1

        async with asyncio.timeout(TIMEOUT_S):
            await asyncio.gather(*(wrap_sync_to_async(enter, threadsafe)() for _ in range(2)))
        return most

    assert asyncio.run(most_at_a_time(threadsafe=True)) == 2
    assert asyncio.run(most_at_a_time(threadsafe=False)) == 1


def test_coroutine_function_runs_synchronously() -> None:
    """The decorated function takes the same arguments, has the same name, and returns the outcome."""

    @runs_sync
    async def add(one: int, *, other: int) -> int:
        """Add."""
        await asyncio.sleep(0)
        return one + other

    assert add(1, other=2) == 3
    assert (add.__name__, add.__doc__) == ('add', 'Add.')
