import asyncio
import signal
from types import SimpleNamespace
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop
from falcon_asgi import App
from falcon_asgi.testing.lifespan import Lifespan
from falcon_core.asgi_types import Receive, Scope, Send


def component(**hooks: Any) -> Any:
    """Return a component of middleware that has some hooks."""
    return SimpleNamespace(**hooks)


@in_loop
async def test_hooks_run() -> None:
    """Startup and shutdown run in one task, and share a state with the requests."""
    tasks = []

    async def process_startup(scope: Scope, event: Any) -> None:
        tasks.append(asyncio.current_task())
        scope['state']['db'] = 1

    async def process_shutdown(scope: Scope, event: Any) -> None:
        tasks.append(asyncio.current_task())

    lifespan = Lifespan(App(middleware=component(process_startup=process_startup, process_shutdown=process_shutdown)))
    await lifespan.start()
    assert (len(tasks), lifespan.state) == (1, {'db': 1})
    await lifespan.stop()
    assert len(set(tasks)) == 1
    assert len(tasks) == 2


async def fail(scope: Scope, event: Any) -> None:
    raise LookupError('no database')


@in_loop
async def test_failed_startup_is_told() -> None:
    """The error has what the application says of it."""
    lifespan = Lifespan(App(middleware=component(process_startup=fail)))
    with pytest.raises(RuntimeError, match=r'(?s)the app told lifespan\.startup\.failed: .*LookupError: no database'):
        await lifespan.start()


@in_loop
async def test_failed_shutdown_is_told() -> None:
    """The error of a shutdown that failed has what the application says of it."""
    lifespan = Lifespan(App(middleware=component(process_shutdown=fail)))
    await lifespan.start()
    with pytest.raises(RuntimeError, match=r'lifespan\.shutdown\.failed: .*'):
        await lifespan.stop()


@in_loop
async def test_failure_without_a_message() -> None:
    """An application may say no more than that it failed."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({'type': 'lifespan.startup.failed'})

    with pytest.raises(RuntimeError, match='it gave no message'):
        await Lifespan(app).start()


@pytest.mark.parametrize('raises', [True, False])
@in_loop
async def test_app_without_a_lifespan(raises: bool) -> None:
    """One that raises or returns at once is left alone, as the specification has it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if raises:
            raise NotImplementedError

    lifespan = Lifespan(app)
    await lifespan.start()
    await lifespan.stop()


async def sleep_for_ever(scope: Scope, event: Any) -> None:
    await asyncio.Event().wait()


@in_hasty_loop
async def test_startup_that_does_not_end() -> None:
    """The application is cancelled, and the error names the hook to look at."""
    lifespan = Lifespan(App(middleware=component(process_startup=sleep_for_ever)), 0.01)
    with pytest.raises(TimeoutError, match=r'waited 0\.01 s for the app to tell that its startup is complete'):
        await lifespan.start()


@in_hasty_loop
async def test_shutdown_that_does_not_end() -> None:
    """An application whose shutdown does not end is cancelled, and the error names the hook to look at."""
    lifespan = Lifespan(App(middleware=component(process_shutdown=sleep_for_ever)), 0.01)
    await lifespan.start()
    with pytest.raises(TimeoutError, match=r'waited 0\.01 s for the app to shut down: process_shutdown'):
        await lifespan.stop()


@in_loop
async def test_signals_are_not_watched() -> None:
    """A simulated server is stopped by no signal, so the application leaves their handlers alone."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: None)
    try:
        handler = signal.getsignal(signal.SIGTERM)
        lifespan = Lifespan(App())
        await lifespan.start()
        assert signal.getsignal(signal.SIGTERM) is handler
        await lifespan.stop()
    finally:
        signal.signal(signal.SIGTERM, before)
