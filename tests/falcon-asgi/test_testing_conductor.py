import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop
from falcon_asgi import App, Request, Response
from falcon_asgi.testing import ASGIConductor
from falcon_core import parts
from falcon_core.errors import MissingDistribution


class Mirror:
    """Answers with the method, and what it was asked with."""

    async def respond(self, req: Request, resp: Response) -> None:
        resp.text = f'{req.method} {req.get_header("X-A")} {req.scope["state"]}'

    on_get = on_head = on_post = on_put = on_options = on_patch = on_delete = respond


class Numbers:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.stream = self.numbers()

    async def numbers(self) -> AsyncIterator[bytes]:
        for number in range(1000):
            yield b'%d ' % number
            await asyncio.sleep(0.001)


class Sleeper:
    async def on_get(self, req: Request, resp: Response) -> None:
        await asyncio.Event().wait()


class Component:
    def __init__(self, fails: bool = False) -> None:
        self.calls: list[str] = []
        self._fails = fails

    async def process_startup(self, scope: Any, event: Any) -> None:
        self.calls.append('startup')
        scope['state']['db'] = 'open'

    async def process_shutdown(self, scope: Any, event: Any) -> None:
        self.calls.append('shutdown')
        if self._fails:
            raise LookupError('no database')


def make_app(component: Component | None = None) -> App:
    app = App(middleware=component or Component())
    app.add_route('/mirror', Mirror())
    app.add_route('/numbers', Numbers())
    app.add_route('/sleeper', Sleeper())
    return app


@pytest.mark.parametrize('method', ['get', 'head', 'post', 'put', 'options', 'patch', 'delete'])
@in_loop
async def test_methods(method: str) -> None:
    """Each method has a call of its own, under two names."""
    async with ASGIConductor(make_app(), {'X-A': '1'}) as conductor:
        for name in (f'simulate_{method}', method):
            result = await getattr(conductor, name)('/mirror')
            assert result.text == (f"{method.upper()} 1 {{'db': 'open'}}" if method != 'head' else '')
        for name in ('simulate_request', 'request'):
            assert (await getattr(conductor, name)(method.upper(), '/mirror')).status_code == 200


@in_loop
async def test_headers_of_the_request_take_the_place_of_those_of_the_conductor() -> None:
    """A request that has a header of the conductor's itself, in whatever case, is sent with its own alone."""
    async with ASGIConductor(make_app(), {'X-A': '1'}) as conductor:
        assert (await conductor.simulate_get('/mirror', headers=[('x-a', '2')])).text.startswith('GET 2 ')
        assert (await conductor.simulate_get('/mirror', headers=[('x-b', '2')])).text.startswith('GET 1 ')


@in_loop
async def test_lifespan_is_run_once() -> None:
    """The application is started when the block is entered, and stopped when it is left, also by an exception."""
    component = Component()

    async def use() -> None:
        async with ASGIConductor(make_app(component)) as conductor:
            await conductor.simulate_get('/mirror')
            await conductor.simulate_get('/mirror')
            assert component.calls == ['startup']
            raise KeyError('of the block')

    with pytest.raises(KeyError, match='of the block'):
        await use()
    assert component.calls == ['startup', 'shutdown']


@in_loop
async def test_conductor_that_is_used_again() -> None:
    """Each block starts the application, which stays started to its end, and none may be within another."""
    component = Component()
    conductor = ASGIConductor(make_app(component))
    for _ in range(2):
        component.calls.clear()
        async with conductor:
            with pytest.raises(RuntimeError, match='entered again, expected it to be left before'):
                await conductor.__aenter__()
            await conductor.simulate_get('/mirror')
            assert component.calls == ['startup']
        assert component.calls == ['startup', 'shutdown']


@in_loop
async def test_failed_shutdown() -> None:
    """What a shutdown fails with is raised when the block is left, unless that has failed itself."""

    async def use(error: Exception | None) -> None:
        async with ASGIConductor(make_app(Component(fails=True))):
            if error is not None:
                raise error

    with pytest.raises(RuntimeError, match=r'lifespan\.shutdown\.failed'):
        await use(None)
    with pytest.raises(KeyError, match='of the block'):
        await use(KeyError('of the block'))


@in_loop
async def test_requests_at_the_same_time() -> None:
    """Streams and requests go on beside each other."""
    async with (
        ASGIConductor(make_app()) as conductor,
        conductor.simulate_get_stream('/numbers') as one,
        conductor.get_stream('/numbers') as other,
    ):
        results = await asyncio.gather(*(conductor.simulate_get('/mirror') for _ in range(5)))
        assert {result.status_code for result in results} == {200}
        assert (await one.stream.read()).startswith(b'0 ')
        assert (await other.stream.read()).startswith(b'0 ')


@in_hasty_loop
async def test_timeout_of_a_request() -> None:
    """The timeout of a request is the conductor's, unless the request has its own."""
    async with ASGIConductor(make_app(), timeout_s=0.01) as conductor:
        with pytest.raises(TimeoutError, match=r'waited 0\.01 s for the response to GET /sleeper'):
            await conductor.simulate_get('/sleeper')
        with pytest.raises(TimeoutError, match=r'waited 0\.02 s'):
            await conductor.simulate_get('/sleeper', timeout_s=0.02)


@in_loop
async def test_without_the_block() -> None:
    """Requests are answered by an application that was not started, if it can."""
    app = App()
    app.add_route('/mirror', Mirror())
    assert (await ASGIConductor(app).simulate_get('/mirror')).text == 'GET None {}'


@in_loop
async def test_websocket_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """What connects it gets the application, the headers and the state; without it, the error says what to install."""
    calls: list[Any] = []

    def load(group: str) -> tuple[tuple[str, Any], ...]:
        return (('websocket', lambda *arguments, **options: calls.append((arguments, options))),)

    async with ASGIConductor(make_app(), {'X-A': '1', 'X-C': '1'}) as conductor:
        monkeypatch.setattr(parts, '_load', load)
        conductor.simulate_ws('/chat', 3, headers={'X-B': '2', 'x-c': '3'}, subprotocols=['a'])
        (((app, path), options),) = calls
        assert (app, path) == (conductor.app, '/chat')
        assert options == {
            'timeout': 3,
            'headers': [('X-A', '1'), ('X-B', '2'), ('x-c', '3')],
            'state': {'db': 'open'},
            'subprotocols': ['a'],
        }
        monkeypatch.setattr(parts, '_load', lambda group: ())
        with pytest.raises(MissingDistribution, match='simulate_ws needs falcon-ws'):
            conductor.websocket('/chat')
        monkeypatch.undo()
