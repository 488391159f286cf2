"""The testing kits of the parts together: an application, its streams and its WebSockets, and suites in each style."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import falcon
import falcon.asgi
from event_loop import in_loop
from falcon import testing
from falcon_sse.testing import EventReader
from falcon_ws.testing import WebSocketDenied


class Socket:
    async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket, mode: str) -> None:
        await getattr(self, mode)(req, ws)

    async def echo(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept('b' if 'b' in ws.subprotocols else None, {'X-State': str(req.scope['state'])})
        while True:
            try:
                await ws.send_media(await ws.receive_media())
            except ValueError:
                await ws.send_data(await ws.receive_data())

    async def refuse(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.close(4001)

    async def forbid(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        raise falcon.HTTPForbidden(description='members only')

    async def fail(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        raise LookupError('gone')

    async def fail_later(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()
        await ws.send_text('before')
        raise LookupError('gone')

    async def talk(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()
        for number in range(10_000):
            await ws.send_text(str(number))


class Plain:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = req.cookies

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.set_cookie('name', req.media['name'])


class Events:
    def __init__(self) -> None:
        self.closed = 0

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.sse = self.events(int(req.get_header('Last-Event-ID') or 0))

    async def events(self, last: int) -> AsyncIterator[falcon.asgi.SSEvent | None]:
        try:
            while True:
                last += 1
                yield falcon.asgi.SSEvent(json={'number': last}, event_id=str(last))
                yield None
                await asyncio.sleep(0.001)
        finally:
            self.closed += 1


class Lifespan:
    async def process_startup(self, scope: Any, event: Any) -> None:
        scope['state']['db'] = 1


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def app(events: Events) -> falcon.asgi.App:
    app = falcon.asgi.App(middleware=Lifespan())
    app.add_route('/ws/{mode}', Socket())
    app.add_route('/plain', Plain())
    app.add_route('/events', events)
    return app


@in_loop
async def test_websocket_of_an_application(app: falcon.asgi.App) -> None:
    """Messages of all kinds, the subprotocol, the headers and the state of the lifespan come through."""
    async with (
        testing.ASGIConductor(app) as conductor,
        conductor.simulate_ws('/ws/echo', subprotocols=['a', 'b'], origin='https://example.org') as ws,
    ):
        assert ws.subprotocol == 'b'
        assert ws.headers == [(b'x-state', b"{'db': 1}")]
        await ws.send_json({'a': 'é'})
        assert await ws.receive_json() == {'a': 'é'}
        await ws.send_data(b'\xc1')
        assert await ws.receive_data() == b'\xc1'


@pytest.mark.parametrize('denial_response', [True, False])
@pytest.mark.parametrize(
    ('path', 'error', 'code'),
    [
        ('/nowhere', falcon.WebSocketPathNotFound, 3404),
        ('/plain', falcon.WebSocketHandlerNotFound, 3405),
        ('/ws/fail', falcon.WebSocketServerError, 1011),
        ('/ws/forbid', falcon.WebSocketDisconnected, 3403),
        ('/ws/refuse', falcon.WebSocketDisconnected, 3403),
    ],
)
@in_loop
async def test_refused_handshakes(
    app: falcon.asgi.App, denial_response: bool, path: str, error: type[Exception], code: int
) -> None:
    """The class and code of the error say why, on servers that answer with a response and on those that close."""
    async with testing.ASGIConductor(app) as conductor:
        with pytest.raises(falcon.WebSocketDisconnected) as caught:
            await conductor.simulate_ws(path, denial_response=denial_response).__aenter__()
    assert isinstance(caught.value, error)
    assert caught.value.code == code
    assert denial_response or not isinstance(caught.value, WebSocketDenied)


@in_loop
async def test_failure_after_the_acceptance(app: falcon.asgi.App, caplog: pytest.LogCaptureFixture) -> None:
    """What was sent before is received; then the connection is closed with 1011, and the log has the reason."""
    async with testing.ASGIConductor(app) as conductor, conductor.simulate_ws('/ws/fail_later') as ws:
        assert await ws.receive_text() == 'before'
        with pytest.raises(falcon.WebSocketServerError):
            await ws.receive_text()
    assert ws.close_code == 1011
    assert 'gone' in caplog.text


@in_loop
async def test_slow_client_holds_the_handler_back(app: falcon.asgi.App) -> None:
    """No more messages are sent than there is room for, and a client that vanishes ends the handler."""
    async with testing.ASGIConductor(app) as conductor, conductor.simulate_ws('/ws/talk', max_unread=5) as ws:
        assert 'has sent 5 messages' in repr(ws)
        assert [await ws.receive_text() for _ in range(100)] == [str(number) for number in range(100)]
        ws.drop()
    assert ws.close_code == 1006


@in_loop
async def test_event_stream_of_an_application(app: falcon.asgi.App, events: Events) -> None:
    """Events come one by one; a client that comes back goes on where it was; the generator is closed each time."""
    async with testing.ASGIConductor(app) as conductor:
        async with conductor.simulate_get_stream('/events') as result:
            reader = EventReader(result)
            assert [(await reader.receive()).data for _ in range(3)] == [f'{{"number":{n}}}' for n in (1, 2, 3)]
        assert events.closed == 1
        headers = {'Last-Event-ID': reader.last_event_id}
        async with conductor.simulate_get_stream('/events', headers=headers) as result:
            assert (await EventReader(result).receive()).event_id == '4'
        assert events.closed == 2


def test_cookies_of_a_result_can_be_sent(app: falcon.asgi.App) -> None:
    """What a response has set is what the next request sends."""
    client = testing.TestClient(app)
    cookies = client.simulate_put('/plain', json={'name': 'Ada'}).cookies
    assert client.simulate_get('/plain', cookies=cookies).json == {'name': 'Ada'}


def test_stream_that_fails_is_not_a_whole_response(app: falcon.asgi.App, caplog: pytest.LogCaptureFixture) -> None:
    """A test does not take what was sent until then for the response."""

    class Broken:
        async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
            resp.stream = self.stream()

        async def stream(self) -> AsyncIterator[bytes]:
            yield b'ab'
            raise LookupError('gone')

    app.add_route('/broken', Broken())
    with caplog.at_level(logging.ERROR), pytest.raises(ConnectionError, match='after status 200 and 2 bytes'):
        testing.simulate_get(app, '/broken')
    assert 'gone' in caplog.text


SUITE = """
import asyncio
import unittest

import falcon
import falcon.asgi
import pytest
from falcon import testing


class Resource:
    async def on_get(self, req, resp):
        resp.media = {'a': 1}

    async def on_websocket(self, req, ws):
        await ws.accept()
        while True:
            await ws.send_text(await ws.receive_text())


def create_app():
    app = falcon.asgi.App()
    app.add_route('/', Resource())
    return app


@pytest.fixture
def client():
    return testing.TestClient(create_app())


def test_function(client):
    assert client.simulate_get('/').json == {'a': 1}


@falcon.runs_sync
async def test_coroutine():
    async with testing.ASGIConductor(create_app()) as conductor:
        async with conductor.simulate_ws('/') as ws:
            await ws.send_text('hello')
            assert await ws.receive_text() == 'hello'
    assert asyncio.all_tasks() == {asyncio.current_task()}


class TestFalcon(testing.TestCase):
    def setUp(self):
        super().setUp()
        self.app = create_app()

    def test_method(self):
        self.assertEqual(self.simulate_get('/').json, {'a': 1})


class TestIsolated(unittest.IsolatedAsyncioTestCase):
    async def test_method(self):
        async with testing.TestClient(create_app()) as conductor:
            self.assertEqual((await conductor.simulate_get('/')).status_code, 200)
        self.assertLessEqual(len(asyncio.all_tasks()), 2)


if __name__ == '__main__':
    unittest.main()
"""


@pytest.mark.parametrize(
    'runner', [['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-W', 'error'], []], ids=['pytest', 'unittest']
)
def test_suites_leave_nothing_behind(tmp_path: Path, runner: list[str]) -> None:
    """Suites in each style pass with warnings as errors: no loop, task or coroutine is left over."""
    suite = tmp_path / 'test_suite.py'
    suite.write_text(SUITE)
    command = [sys.executable, '-X', 'dev', '-W', 'error', *runner, str(suite)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=50, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout
    assert 'Warning' not in done.stdout
