"""Every example of the specification, in process and on a real server, and every name of its outlines."""

import ast
import asyncio
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest
from starlette_testclient import TestClient
from websockets.sync.client import connect

import falcon
import falcon.asgi
import specification
from falcon_core.asgi_types import ASGIApp, Message, Receive, Scope, Send

TIMEOUT_S = 10.0


class InProcess:
    """A client of an example without a server."""

    def __init__(self, name: str) -> None:
        self._app: ASGIApp = getattr(specification, name)

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        return TestClient(self._app).request(method, path, **arguments)

    def events(self, path: str, count: int) -> tuple[Any, str]:
        """Return the response of an endless stream and what it has sent when `count` pieces of it have come."""
        response = TestClient(leaving_after(self._app, count)).get(path)
        return response, response.text

    @contextmanager
    def websocket(self, path: str) -> Iterator['Conversation']:
        with TestClient(self._app).websocket_connect(path) as session:
            yield Conversation(session.send_text, session.receive_text)


class OnServer:
    """A client of an example on a real server."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def request(self, method: str, path: str, *, data: bytes | None = None, **arguments: Any) -> Any:
        return httpx.request(method, self.server.url + path, content=data, timeout=TIMEOUT_S, **arguments)

    def events(self, path: str, count: int) -> tuple[Any, str]:
        with httpx.stream('GET', self.server.url + path, timeout=TIMEOUT_S) as response:
            received = ''
            pieces = response.iter_text()
            while received.count('\n\n') < count:
                received += next(pieces)
        return response, received

    @contextmanager
    def websocket(self, path: str) -> Iterator['Conversation']:
        with connect(self.server.ws_url + path) as connection:
            yield Conversation(connection.send, lambda: str(connection.recv(timeout=TIMEOUT_S)))


class Conversation:
    """A WebSocket connection as a client sees it."""

    def __init__(self, send: Callable[[str], None], receive: Callable[[], str]) -> None:
        self.send = send
        self.receive = receive


def leaving_after(app: ASGIApp, count: int) -> ASGIApp:
    """Return an application whose client leaves after some pieces of the body.

    The test client waits for the end of a response, which an endless one does not have.
    """

    async def left(scope: Scope, receive: Receive, send: Send) -> None:
        enough = asyncio.Event()
        pieces = 0
        events = [await receive()]

        async def counted(event: Message) -> None:
            nonlocal pieces
            await send(event)
            pieces += bool(event.get('body'))
            if pieces == count:
                enough.set()

        async def received() -> Message:
            if events:
                return events.pop()
            await enough.wait()
            return {'type': 'http.disconnect'}

        await app(scope, received, counted)
        await send({'type': 'http.response.body', 'body': b'', 'more_body': False})

    return left


@pytest.fixture(params=['in process', 'on a server'])
def client(request: pytest.FixtureRequest, serve: Callable[..., Any], root: Path) -> Callable[[str], Any]:
    """A function that returns a client of an example: `users`, `sockets`, `events` or `middleware`."""
    if request.param == 'in process':
        return InProcess
    return lambda name: OnServer(serve(f'specification:{name}', root / 'tests/tools'))


def test_users_are_listed_shown_and_created(client: Callable[[str], Any]) -> None:
    """The resource answers on both of its routes, and reads what is posted without await."""
    users = client('users')
    assert users.request('GET', '/users').json() == {'users': [{'id': '1', 'name': 'Ada'}, {'id': '2', 'name': 'Ada'}]}
    assert users.request('GET', '/users/7').json() == {'id': '7', 'name': 'Ada'}
    for content_type, body in (
        ('application/json', json.dumps({'name': 'Grace'}).encode()),
        ('application/msgpack', msgpack.packb({'name': 'Grace'})),
    ):
        response = users.request('POST', '/users', data=body, headers={'Content-Type': content_type})
        assert response.status_code == 201
        assert response.json() == {'id': '3', 'name': 'Grace'}


def test_chat_reaches_everybody(client: Callable[[str], Any]) -> None:
    """What one says, all hear, with the fields that the example adds."""
    sockets = client('sockets')
    with sockets.websocket('/chat') as ada, sockets.websocket('/chat') as grace:
        # A connection is counted in once it has been answered.
        for member in (ada, grace):
            member.send('{"user": "nobody"}')
            while json.loads(member.receive())['user'] != 'nobody':
                pass
        ada.send('{"user": "Ada", "message": "hello"}')
        for member in (ada, grace):
            heard = json.loads(member.receive())
            while heard['user'] != 'Ada':
                heard = json.loads(member.receive())
            assert heard['message'] == 'hello'
            assert heard['timestamp'] > 0


def test_echo_answers_json_and_falls_back_to_text(
    client: Callable[[str], Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """What is no JSON is received again, as text; the messages after it in their order; a client's leaving is seen."""
    sockets = client('sockets')
    with sockets.websocket('/echo') as echo:
        for message in ('{"a": 1}', 'not JSON', '[2]'):
            echo.send(message)
        assert json.loads(echo.receive()) == {'echo': {'a': 1}, 'type': 'json'}
        assert echo.receive() == 'Echo: not JSON'
        assert json.loads(echo.receive()) == {'echo': [2], 'type': 'json'}
    log = sockets.server.stop() if isinstance(sockets, OnServer) else capfd.readouterr().out
    assert 'Client disconnected' in log


def test_counter_streams_events(client: Callable[[str], Any]) -> None:
    """The stream of serialized events arrives as it is produced, with the headers that the example sets."""
    response, received = client('events').events('/events', 2)
    assert response.status_code == 200
    assert response.headers['Content-Type'] == 'text/event-stream'
    assert response.headers['Cache-Control'] == 'no-cache'
    events = [dict(line.split(': ', 1) for line in event.splitlines()) for event in received.split('\n\n')[:2]]
    assert [(event['event'], event['id']) for event in events] == [('counter', '0'), ('counter', '1')]
    assert [json.loads(event['data'])['count'] for event in events] == [0, 1]


def test_notifications_open_a_stream(client: Callable[[str], Any]) -> None:
    """The example's stream begins; it drops its subscriber before, so that nothing ever comes of it."""
    response, received = client('events').events('/notifications', 0)
    assert response.headers['Content-Type'] == 'text/event-stream'
    assert received == ''


def test_notification_stream_sends_what_its_subscriber_is_given(client: Callable[[str], Any]) -> None:
    """With a subscriber that is notified before it is dropped, the stream sends the notification."""
    _, received = client('events').events('/notified', 1)
    assert received.startswith('event: notification\ndata: {"message": "welcome"}\n\n')


def test_notification_stream_broadcasts_to_its_subscribers() -> None:
    """The example's method queues what it is given, and passes over a queue that is full."""
    stream = specification.example(specification.EVENTS).NotificationStream()
    roomy: asyncio.Queue[Any] = asyncio.Queue()
    full: asyncio.Queue[Any] = asyncio.Queue(1)
    full.put_nowait('old')
    stream.subscribers |= {roomy, full}
    asyncio.run(stream.broadcast_notification('new'))
    assert roomy.get_nowait() == 'new'
    assert full.get_nowait() == 'old'


def test_middleware_asks_for_a_token_and_logs(client: Callable[[str], Any], capfd: pytest.CaptureFixture[str]) -> None:
    """Requests without a token and with a wrong one are refused, others get to the resource; all are logged."""
    guarded = client('middleware')
    refused = guarded.request('GET', '/')
    assert (refused.status_code, refused.json()['title']) == (401, 'Authentication required')
    refused = guarded.request('GET', '/', headers={'Authorization': 'Bearer of-bad-news'})
    assert (refused.status_code, refused.json()['title']) == (401, 'Invalid token')
    allowed = guarded.request('GET', '/', headers={'Authorization': specification.VALID_TOKEN})
    assert (allowed.status_code, allowed.json()) == (200, {'user': 'Ada'})
    log = guarded.server.log() if isinstance(guarded, OnServer) else capfd.readouterr().out
    assert log.count('Request: GET /') == 3
    assert log.count('Response: 401 Unauthorized') == 2
    assert log.count('Response: 200 OK') == 1


@pytest.mark.parametrize('name', specification.outlines())
def test_class_has_what_its_outline_shows(name: str) -> None:
    """Every class of an outline is there, with its methods, their parameters and defaults, and its attributes."""
    outline = specification.outlines()[name]
    found = getattr(falcon.asgi, name, None) or getattr(falcon, name)
    instance = instances().get(name, found)
    for member in outline.body:
        if isinstance(member, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = found if member.name == '__init__' else getattr(found, member.name)
            if isinstance(member, ast.AsyncFunctionDef):
                assert inspect.iscoroutinefunction(function), member.name
            check_parameters(member, inspect.signature(function))
        elif isinstance(member, ast.AnnAssign):
            assert hasattr(instance, ast.unparse(member.target))


def check_parameters(outlined: ast.FunctionDef | ast.AsyncFunctionDef, signature: inspect.Signature) -> None:
    """Check that a function can be called with the outlined parameters, and has the outlined defaults."""
    arguments = [argument for argument in outlined.args.args if argument.arg != 'self']
    defaults = [ast.literal_eval(default) for default in outlined.args.defaults]
    for argument, default in zip(reversed(arguments), reversed(defaults), strict=False):
        assert signature.parameters[argument.arg].default == default, f'{outlined.name}({argument.arg})'
    for argument in arguments:
        parameter = signature.parameters[argument.arg]
        assert parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)


def instances() -> dict[str, Any]:
    """Return an object of each class whose attributes an outline shows."""

    async def unused(*_: Any) -> Any:
        raise AssertionError

    return {
        'SSEvent': falcon.asgi.SSEvent('data'),
        'WebSocket': falcon.asgi.WebSocket({'type': 'websocket', 'path': '/', 'headers': []}, unused, unused),
    }


def test_types_are_where_the_specification_names_them() -> None:
    """The names under "Types" are classes of `falcon.asgi` or `falcon`."""
    for name in ('App', 'WebSocket', 'WebSocketOptions', 'SSEvent', 'ASGIMiddleware'):
        assert isinstance(getattr(falcon.asgi, name), type)
    for name in ('WebSocketDisconnected', 'WebSocketPathNotFound', 'WebSocketHandlerNotFound', 'WebSocketServerError'):
        assert issubclass(getattr(falcon, name), Exception)
    assert isinstance(falcon.WebSocketPayloadType.TEXT, int)
    assert isinstance(falcon.WebSocketPayloadType.BINARY, int)
