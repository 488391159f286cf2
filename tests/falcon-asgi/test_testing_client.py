import asyncio
import warnings
from typing import Any

import pytest

from falcon_asgi import App, Request, Response, testing
from falcon_asgi.testing import TestClient

METHODS = ['get', 'head', 'post', 'put', 'options', 'patch', 'delete']


class Mirror:
    """Answers with the method, and what it was asked with."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[int] = asyncio.Queue()

    async def respond(self, req: Request, resp: Response) -> None:
        body = await req.stream.read()
        resp.text = f'{req.method} {req.get_header("X-A")} {req.params} {body.decode()}'

    async def on_patch(self, req: Request, resp: Response) -> None:
        await self.respond(req, resp)
        try:
            # Belongs from then on to the loop that it was first waited for in.
            async with asyncio.timeout(0.001):
                await self.queue.get()
        except TimeoutError:
            pass

    on_get = on_head = on_post = on_put = on_options = on_delete = respond


class Component:
    def __init__(self) -> None:
        self.calls: list[str] = []

    async def process_startup(self, scope: Any, event: Any) -> None:
        self.calls.append('startup')

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        self.calls.append('shutdown')


def make_app(component: Component | None = None) -> App:
    app = App(middleware=component)
    app.add_route('/', Mirror())
    return app


@pytest.mark.parametrize('method', METHODS)
def test_methods(method: str) -> None:
    """Each method has a call of its own: of the client, under two names, and of the module."""
    client = TestClient(make_app(), {'X-A': '1'})
    for name in (f'simulate_{method}', method):
        result = getattr(client, name)('/', params={'b': 2}, headers={'X-A': '3'})
        assert result.text == (f"{method.upper()} 3 {{'b': '2'}} " if method != 'head' else '')
    result = getattr(testing, f'simulate_{method}')(make_app(), '/', headers={'X-A': '4'}, body='text')
    assert result.text == (f'{method.upper()} 4 {{}} text' if method != 'head' else '')


def test_request_of_any_method() -> None:
    """The path is / unless another is given, and the method GET."""
    client = TestClient(make_app())
    assert client.simulate_request().text == 'GET None {} '
    assert client.request('PUT', '/').text.startswith('PUT')
    assert testing.simulate_request(make_app(), 'DELETE').text.startswith('DELETE')


def test_each_request_starts_and_stops_the_application() -> None:
    """There is no moment after the last request, so the application is stopped after each."""
    component = Component()
    client = TestClient(make_app(component))
    client.simulate_get('/')
    client.simulate_get('/')
    assert component.calls == ['startup', 'shutdown'] * 2


def test_loop_is_the_same_for_all_requests() -> None:
    """What an application keeps and belongs to a loop is of use for the next request, whichever client makes it."""
    app = make_app()
    assert TestClient(app).simulate_patch('/').status_code == 200
    assert TestClient(app).simulate_patch('/').status_code == 200


def test_running_loop_is_refused() -> None:
    """A coroutine that uses the client is told what to use, and no coroutine is left without being awaited."""

    async def main() -> None:
        with pytest.raises(RuntimeError, match='expected an ASGIConductor'):
            TestClient(make_app()).simulate_get('/')

    with warnings.catch_warnings():
        warnings.simplefilter('error')
        asyncio.run(main())


def test_client_for_coroutines() -> None:
    """`async with` gives a conductor of the same application and headers; the client can be used again after it."""
    component = Component()
    client = TestClient(make_app(component), {'X-A': '1'})

    async def main() -> None:
        async with client as conductor:
            assert conductor.app is client.app
            assert (await conductor.simulate_get('/')).text == 'GET 1 {} '
            with pytest.raises(RuntimeError, match='expected it to be left before'):
                await client.__aenter__()
        assert component.calls == ['startup', 'shutdown']

    asyncio.run(main())
    asyncio.run(main_again(client))


async def main_again(client: TestClient) -> None:
    async with client as conductor:
        assert (await conductor.simulate_get('/')).status_code == 200


def test_exceptions() -> None:
    """What the application raises, the test gets; an application answers for its responders, though."""

    async def app(*arguments: Any) -> None:
        raise LookupError('gone')

    with pytest.raises(LookupError, match='gone'):
        TestClient(app).simulate_get('/')


def test_timeout() -> None:
    """A request may have a timeout of its own."""

    class Sleeper:
        async def on_get(self, req: Request, resp: Response) -> None:
            await asyncio.Event().wait()

    app = App()
    app.add_route('/', Sleeper())
    with pytest.raises(TimeoutError, match=r'waited 0\.01 s for the response to GET /'):
        TestClient(app).simulate_get('/', timeout_s=0.01)


def test_pytest_does_not_collect_the_client() -> None:
    """Its name begins like that of a class of tests."""
    assert TestClient.__test__ is False
