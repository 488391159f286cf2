"""Functions in threads: what they see, what becomes of their outcome, and how many run at a time."""

import asyncio
import threading
from contextvars import ContextVar
from functools import partial
from typing import Any

import pytest

from falcon_asgi.threads import (
    async_to_sync,
    runs_sync,
    sync_to_async,
    wrap_sync_to_async,
    wrap_sync_to_async_unsafe,
)

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


def test_calls_of_a_thread_share_an_event_loop() -> None:
    """What one call makes for its event loop, the next one can use; another thread has a loop of its own."""

    async def loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    elsewhere: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=lambda: elsewhere.append(async_to_sync(loop)))
    thread.start()
    thread.join(TIMEOUT_S)
    assert async_to_sync(loop) is async_to_sync(loop) is runs_sync(loop)()
    assert elsewhere[0] is not async_to_sync(loop)
    assert elsewhere[0].is_closed()


def test_outcome_reaches_the_caller() -> None:
    """Arguments go to the coroutine function; what it returns or raises comes back."""

    async def half(number: int, *, of: int) -> int:
        return of // number

    assert async_to_sync(half, 2, of=10) == 5
    with pytest.raises(ZeroDivisionError):
        async_to_sync(half, 0, of=10)


def test_result_is_not_looked_at() -> None:
    """A large result costs nothing: nobody makes its repr on the way."""
    looks = []

    class Large:
        def __repr__(self) -> str:
            looks.append(self)
            return 'large'

    async def make() -> Large:
        return Large()

    assert isinstance(async_to_sync(make), Large)
    assert not looks


def test_context_is_that_of_the_caller_at_each_call() -> None:
    """Context variables are seen as they are at the call, and changes stay within it."""

    async def rename() -> str:
        before = USER.get()
        USER.set('Grace')
        return before

    USER.set('Ada')
    assert async_to_sync(rename) == 'Ada'
    USER.set('Joan')
    assert async_to_sync(rename) == 'Joan'


def test_where_an_event_loop_runs_nothing_is_begun() -> None:
    """In a coroutine the call is refused before another coroutine is made."""

    async def nothing() -> None:
        raise AssertionError

    async def main() -> None:
        with pytest.raises(RuntimeError, match='was called where an event loop runs, expected it to be awaited there'):
            async_to_sync(nothing)

    asyncio.run(main())


def test_unsafe_wrapper_stays_in_its_thread() -> None:
    """A function that is known to return at once is called where it is awaited."""

    async def main() -> None:
        assert await wrap_sync_to_async_unsafe(threading.get_ident)() == threading.get_ident()

    asyncio.run(main())
