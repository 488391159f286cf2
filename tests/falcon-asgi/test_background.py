"""Callbacks after a response: run beside other requests, logged when they fail, awaited at shutdown."""

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from event_loop import cancelled
from falcon_asgi import App, Request, Response
from falcon_asgi.background import BackgroundTasks, Callback
from falcon_core.http_errors import HTTPBadRequest

variable: ContextVar[str] = ContextVar('variable', default='unset')


def _app(callback: Any, *, sync: bool = False, error: Exception | None = None) -> App:
    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            (resp.schedule_sync if sync else resp.schedule)(callback)
            if error is not None:
                raise error
            resp.text = 'hello'

    app = App()
    app.add_route('/', Resource())
    return app


def test_callbacks_run_after_the_response(perform: Any, lifespan: Any) -> None:
    """What was scheduled begins when the response has been sent, and does not hold it up."""
    order: list[str] = []
    may_end = asyncio.Event()

    async def callback() -> None:
        order.append('callback')
        await may_end.wait()
        order.append('end')

    async def send(event: Any) -> None:
        order.append(event['type'])

    async def main() -> None:
        app = _app(callback)
        async with lifespan(app):
            answer = await perform(app, send=send)
            assert answer.tasks_left == 1
            order.append('returned')
            may_end.set()

    asyncio.run(main())
    assert order == ['http.response.start', 'http.response.body', 'callback', 'returned', 'end']


def test_shutdown_waits_for_callbacks(perform: Any, lifespan: Any) -> None:
    """The application shuts down when all callbacks have ended, those included that began in the meantime."""
    order: list[int | str] = []

    class Closing:
        async def process_shutdown(self, scope: Any, event: Any) -> None:
            order.append('shutdown')

    async def main() -> None:
        tasks = 0

        async def callback() -> None:
            nonlocal tasks
            tasks += 1
            await asyncio.sleep(0)
            order.append(tasks)
            if tasks < 3:
                app._background.start(Callback(callback, is_async=True))

        app = _app(callback)
        app.add_middleware(Closing())
        async with lifespan(app) as sent:
            await perform(app)
        assert sent[-1] == {'type': 'lifespan.shutdown.complete'}

    asyncio.run(main())
    assert order == [1, 2, 3, 'shutdown']


def test_synchronous_callbacks_run_in_threads(perform: Any, lifespan: Any) -> None:
    """A function that blocks holds up nobody, and sees the context variables of the request."""
    seen: list[Any] = []

    def callback() -> None:
        seen.extend((threading.current_thread() is threading.main_thread(), variable.get()))

    async def main() -> None:
        app = _app(callback, sync=True)
        async with lifespan(app):
            variable.set('of the request')
            await perform(app)

    asyncio.run(main())
    assert seen == [False, 'of the request']


@pytest.mark.parametrize('sync', [False, True])
def test_failing_callback_is_logged_and_harms_no_other(
    perform: Any, lifespan: Any, caplog: pytest.LogCaptureFixture, sync: bool
) -> None:
    """An exception of a callback is logged once; what comes after it, and the shutdown, go on."""
    done = []

    def fail() -> None:
        raise RuntimeError('cannot do that')

    async def fail_later() -> None:
        fail()

    async def succeed() -> None:
        done.append(True)

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            if sync:
                resp.schedule_sync(fail)
            else:
                resp.schedule(fail_later)
            resp.schedule(succeed)

    app = App()
    app.add_route('/', Resource())

    async def main() -> None:
        async with lifespan(app) as sent:
            await perform(app)
        assert sent[-1] == {'type': 'lifespan.shutdown.complete'}

    asyncio.run(main())
    assert done
    (record,) = caplog.records
    assert 'exception in a callback scheduled by a response' in record.getMessage()
    assert 'cannot do that' in caplog.text


@pytest.mark.parametrize('error', [HTTPBadRequest(), KeyError('secret')])
def test_failing_response_keeps_its_callbacks(perform: Any, lifespan: Any, error: Exception) -> None:
    """What was scheduled before an exception is done nevertheless."""
    done = []

    async def callback() -> None:
        done.append(True)

    async def main() -> None:
        app = _app(callback, error=error)
        async with lifespan(app):
            await perform(app)

    asyncio.run(main())
    assert done


def test_client_that_left_does_not_stop_callbacks(perform: Any, lifespan: Any) -> None:
    """What was scheduled is done also where nobody gets the response."""
    done = []

    async def callback() -> None:
        done.append(True)

    async def send(event: Any) -> None:
        raise BrokenPipeError

    async def main() -> None:
        app = _app(callback)
        async with lifespan(app):
            assert (await perform(app, send=send)).events == []

    asyncio.run(main())
    assert done


def test_request_cancelled_after_its_response_keeps_its_callbacks(perform: Any, lifespan: Any) -> None:
    """What was scheduled is done where the request is cancelled while it closes a body that was replaced."""
    done = []
    closing = asyncio.Event()

    class File:
        async def read(self, size: int = -1) -> bytes:
            return b''

        async def aclose(self) -> None:
            closing.set()
            await asyncio.Event().wait()

    async def callback() -> None:
        done.append(True)

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.schedule(callback)
            resp.stream = File()
            resp.text = 'instead'

    async def main() -> None:
        app = App()
        app.add_route('/', Resource())
        async with lifespan(app):
            serving = asyncio.create_task(perform(app))
            await closing.wait()
            await cancelled(serving)

    asyncio.run(main())
    assert done


def test_nothing_to_wait_for() -> None:
    """Without callbacks, waiting ends at once."""
    asyncio.run(BackgroundTasks().wait())
