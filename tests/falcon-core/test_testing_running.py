import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

from event_loop import in_loop
from falcon_core.asgi_types import ASGIApp, Message
from falcon_core.testing import RunningApp, let_app_run

context: ContextVar[str] = ContextVar('context', default='of the test')


async def receive() -> Message:
    return {}


async def send(message: Message) -> None:
    pass


def run(app: ASGIApp) -> RunningApp:
    return RunningApp(app, {}, receive, send)


@in_loop
async def test_app_runs_in_its_own_context() -> None:
    """What an application sets for itself is not seen by the test, as on a server."""

    async def app(*arguments: Any) -> None:
        context.set('of the app')

    running = run(app)
    await running.finish(1, 'the app')
    assert context.get() == 'of the test'
    assert running.failure is None


@in_loop
async def test_what_the_app_raises_is_raised() -> None:
    """The exception of the application is that of the test."""

    async def app(*arguments: Any) -> None:
        raise LookupError('gone')

    running = run(app)
    assert running.failure is None
    with pytest.raises(LookupError, match='gone'):
        await running.finish(1, 'the app')
    assert isinstance(running.failure, LookupError)


@in_loop
async def test_app_that_does_not_end_is_cancelled() -> None:
    """After the time, the application is cancelled and the error says what was awaited."""

    async def app(*arguments: Any) -> None:
        await asyncio.Event().wait()

    running = run(app)
    with pytest.raises(TimeoutError, match=r'waited 0\.01 s for the app to end'):
        await running.finish(0.01, 'the app to end')
    assert running.task.cancelled()
    assert running.failure is None


@in_loop
async def test_cancelled_wait_cancels_the_app() -> None:
    """A test that is cancelled leaves no application behind."""

    async def app(*arguments: Any) -> None:
        await asyncio.Event().wait()

    running = run(app)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(running.finish(None, 'the app'), 0.01)
    assert running.task.cancelled()


@in_loop
async def test_failure_in_answer_to_a_cancellation_is_passed_over() -> None:
    """What is raised while the application is cancelled does not hide what was awaited."""

    async def app(*arguments: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError

    with pytest.raises(TimeoutError):
        await run(app).finish(0.01, 'the app')


@in_loop
async def test_app_that_cancels_itself() -> None:
    """A cancellation of the application's own is not one of the test."""

    async def app(*arguments: Any) -> None:
        raise asyncio.CancelledError

    with pytest.raises(RuntimeError, match='its own'):
        await run(app).finish(1, 'the app')


@in_loop
async def test_app_is_given_time_to_do_what_it_need_not_wait_for() -> None:
    """What an application and the tasks that it starts do at once is done then."""
    done = []

    async def act() -> None:
        await asyncio.sleep(0)
        done.append(True)

    async def app(*arguments: Any) -> None:
        await asyncio.gather(act(), act())
        await asyncio.Event().wait()

    running = run(app)
    await let_app_run()
    assert done == [True, True]
    await running.cancel()


@in_loop
async def test_app_that_is_cancelled_before_it_runs() -> None:
    """The wait ends also where the application has not run a single step."""

    async def app(*arguments: Any) -> None:
        raise AssertionError('it ran')

    running = run(app)
    running.task.cancel()
    with pytest.raises(RuntimeError, match='its own'):
        await running.finish(None, 'the app')
