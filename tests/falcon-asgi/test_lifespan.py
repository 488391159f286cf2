"""The lifespan of an application: startup in order, shutdown in reverse, and what either does about failures."""

import asyncio
import os
import signal
from typing import Any

import pytest

from event_loop import cancelled
from falcon_asgi import App, Request, Response
from falcon_core.middleware import ASGIMiddleware
from instruction_count import count_instructions


class Component:
    """Records its hooks, and fails in one of them if told to."""

    def __init__(self, name: str, log: list[str], fails: str | None = None) -> None:
        self._name = name
        self._log = log
        self._fails = fails

    async def process_startup(self, scope: Any, event: Any) -> None:
        self._record('startup', event)

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        self._record('shutdown', event)

    def _record(self, hook: str, event: Any) -> None:
        assert event == {'type': f'lifespan.{hook}'}
        self._log.append(f'{self._name} {hook}')
        if hook == self._fails:
            raise RuntimeError(f'{self._name} cannot do that')


class OnlyShutdown:
    def __init__(self, log: list[str]) -> None:
        self._log = log

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        self._log.append('only shutdown')


class OnlyRequests(ASGIMiddleware):
    async def process_request(self, req: Any, resp: Any) -> None: ...


def _lived(lifespan: Any, *components: Any) -> list[dict[str, Any]]:
    async def main() -> list[dict[str, Any]]:
        async with lifespan(App(middleware=components)) as sent:
            pass
        return list(sent)

    return asyncio.run(main())


def test_hooks_run_in_order_and_reverse(lifespan: Any) -> None:
    """Components start in the order in which they were added and shut down in reverse."""
    log: list[str] = []
    sent = _lived(lifespan, Component('a', log), OnlyRequests(), OnlyShutdown(log), Component('b', log))
    assert log == ['a startup', 'b startup', 'b shutdown', 'only shutdown', 'a shutdown']
    assert sent == [{'type': 'lifespan.startup.complete'}, {'type': 'lifespan.shutdown.complete'}]


def test_application_without_middleware_lives(lifespan: Any) -> None:
    """The server hears that everything went well where there is nothing to do."""
    assert [event['type'] for event in _lived(lifespan)] == ['lifespan.startup.complete', 'lifespan.shutdown.complete']


def test_failing_startup_ends_what_was_begun(lifespan: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A startup that fails is told to the server and logged; those before it are shut down, those after never begin."""
    log: list[str] = []
    components = (Component('a', log), OnlyShutdown(log), Component('b', log, 'startup'), Component('c', log))
    (event,) = _lived(lifespan, *components)
    assert log == ['a startup', 'b startup', 'only shutdown', 'a shutdown']
    assert event['type'] == 'lifespan.startup.failed'
    assert 'RuntimeError: b cannot do that' in event['message']
    assert 'b cannot do that' in caplog.text


def test_message_of_a_failing_startup_is_its_own(lifespan: Any) -> None:
    """Where shutting down fails as well, the server is told of the startup."""
    log: list[str] = []
    (event,) = _lived(lifespan, Component('a', log, 'shutdown'), Component('b', log, 'startup'))
    assert 'b cannot do that' in event['message']
    assert 'a cannot do that' not in event['message']


def test_failing_shutdown_does_not_stop_the_others(lifespan: Any, caplog: pytest.LogCaptureFixture) -> None:
    """All components are shut down; the server is told of the first failure, and each is logged."""
    log: list[str] = []
    components = (Component('a', log), Component('b', log, 'shutdown'), Component('c', log, 'shutdown'))
    sent = _lived(lifespan, *components)
    assert log[3:] == ['c shutdown', 'b shutdown', 'a shutdown']
    assert sent[-1]['type'] == 'lifespan.shutdown.failed'
    assert 'c cannot do that' in sent[-1]['message']
    assert len(caplog.records) == 2


def test_state_of_startup_is_there_in_requests(perform: Any, lifespan: Any) -> None:
    """What startup puts into the state of the scope is what requests find in `req.state`."""

    class Opening:
        async def process_startup(self, scope: Any, event: Any) -> None:
            scope['state']['pool'] = 'open'

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.text = req.state['pool']

    async def main() -> None:
        app = App(middleware=Opening())
        app.add_route('/', Resource())
        state: dict[str, Any] = {}
        async with lifespan(app, state=state):
            # A server gives each request a copy (ASGI specification, "Lifespan State").
            assert (await perform(app, state=state.copy())).body == b'open'

    asyncio.run(main())


def test_server_without_a_lifespan_is_served(call: Any) -> None:
    """Requests are answered without startup, callbacks included; there is nobody to wait for those."""
    done = []

    async def callback() -> None:
        done.append(True)

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.schedule(callback)

    app = App()
    app.add_route('/', Resource())
    assert call(app).status == 200
    assert done


class Cancelling:
    """Awaits a task of its own that it has cancelled, in one of its hooks."""

    def __init__(self, fails: str) -> None:
        self._fails = fails

    async def process_startup(self, scope: Any, event: Any) -> None:
        await self._cancel('startup')

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        await self._cancel('shutdown')

    async def _cancel(self, hook: str) -> None:
        if hook == self._fails:
            task = asyncio.create_task(asyncio.Event().wait())
            task.cancel()
            await task


@pytest.mark.parametrize(
    ('fails', 'told'), [('startup', 'lifespan.startup.failed'), ('shutdown', 'lifespan.shutdown.failed')]
)
def test_hook_that_awaits_what_it_cancelled_fails(lifespan: Any, fails: str, told: str) -> None:
    """The other components are shut down and the server is told, as after any other failure."""
    log: list[str] = []
    sent = _lived(lifespan, Component('a', log), Cancelling(fails))
    assert log == ['a startup', 'a shutdown']
    assert sent[-1]['type'] == told
    assert 'raised CancelledError' in sent[-1]['message']


def test_cancellation_passes() -> None:
    """A server that ends the lifespan by cancelling it is not told of a failure."""
    log: list[str] = []
    sent = []

    async def main() -> None:
        started = asyncio.Event()
        waiting = [{'type': 'lifespan.startup'}]

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.Event().wait()
            return waiting.pop()

        async def send(event: Any) -> None:
            sent.append(event['type'])
            started.set()

        task = asyncio.create_task(App(middleware=Component('a', log))({'type': 'lifespan'}, receive, send))
        await started.wait()
        await cancelled(task)

    asyncio.run(main())
    assert sent == ['lifespan.startup.complete']


def test_cancellation_passes_through_a_hook() -> None:
    """A server that cancels the lifespan while a hook runs is not told of a failure."""
    sent: list[Any] = []

    async def main() -> None:
        entered = asyncio.Event()

        class Waiting:
            async def process_startup(self, scope: Any, event: Any) -> None:
                entered.set()
                await asyncio.Event().wait()

        async def receive() -> dict[str, Any]:
            return {'type': 'lifespan.startup'}

        async def send(event: Any) -> None:
            sent.append(event)

        task = asyncio.create_task(App(middleware=Waiting())({'type': 'lifespan'}, receive, send))
        await entered.wait()
        await cancelled(task)

    asyncio.run(main())
    assert sent == []


def test_shutdown_begins_with_the_word_of_the_server(lifespan: Any) -> None:
    """What is open learns of the end at the latest from the server; after another start it begins anew."""
    app = App()
    for _ in range(2):

        async def main() -> None:
            async with lifespan(app):
                assert not app.registry.shutdown.begun

        asyncio.run(main())
        assert app.registry.shutdown.begun


@pytest.mark.skipif(os.name != 'posix', reason='sends a signal to the process')
@pytest.mark.parametrize('watched', [True, False])
def test_shutdown_begins_with_the_signal(lifespan: Any, watched: bool) -> None:
    """A signal that the server handles is word enough, unless the application is told not to watch signals."""
    numbers: list[int] = []

    def note(number: int, frame: Any) -> None:
        numbers.append(number)

    async def main() -> None:
        app = App(watch_signals=watched)
        async with lifespan(app):
            signal.raise_signal(signal.SIGTERM)
            # The loop wakes itself up for what comes from a signal handler; one turn may go by before.
            await asyncio.sleep(0.01)
            assert app.registry.shutdown.begun is watched
        assert numbers == [signal.SIGTERM]

    before = signal.signal(signal.SIGTERM, note)
    try:
        asyncio.run(main())
        assert signal.getsignal(signal.SIGTERM) is note
    finally:
        signal.signal(signal.SIGTERM, before)


def test_routes_are_prepared(lifespan: Any) -> None:
    """The router is ready when startup is complete, for routes of startup hooks as well."""
    app = App()

    class AddsRoutes:
        async def process_startup(self, scope: Any, event: Any) -> None:
            app.add_route('/a/{x}', object())

    app.add_middleware(AddsRoutes())

    async def main() -> None:
        async with lifespan(app):
            assert count_instructions(lambda: app.registry.find('/a/1')) < 100

    asyncio.run(main())
