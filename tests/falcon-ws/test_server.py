import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from event_loop import cancelled, in_loop, turns
from falcon_core.asgi_types import Message, Receive, Scope
from falcon_core.http_error import HTTPError
from falcon_core.http_errors import HTTPBadRequest, HTTPForbidden, HTTPMethodNotAllowed, HTTPNotFound
from falcon_core.http_status import HTTPStatus
from falcon_core.interfaces import RenderedResponse
from falcon_core.registry import Registry
from falcon_ws.errors import WebSocketDisconnected
from falcon_ws.options import WebSocketOptions
from falcon_ws.server import WebSocketServer
from falcon_ws.websocket import WebSocket

ACCEPT: Message = {'type': 'websocket.accept'}
CONNECT: Message = {'type': 'websocket.connect'}
LEAVE: Message = {'type': 'websocket.disconnect', 'code': 4001, 'reason': 'bye'}


def closed_with(code: int, reason: str) -> Message:
    return {'type': 'websocket.close', 'code': code, 'reason': reason}


NORMALLY_CLOSED = closed_with(1000, 'Normal Closure')
FAILED = closed_with(1011, 'Internal Server Error')


class Request:
    """What a host makes of a scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.uri_template: str | None = None

    @property
    def path(self) -> str:
        path: str = self.scope['path']
        return path


class Host:
    """An application that has nothing but a registry."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.requests: list[Request] = []

    def make_request(self, scope: Scope, receive: Receive) -> Request:
        self.requests.append(Request(scope))
        return self.requests[-1]

    async def render_error(self, req: Any, error: Exception) -> RenderedResponse:
        assert isinstance(error, (HTTPError, HTTPStatus))
        body = str(error).encode()
        return RenderedResponse(error.status_code, [(b'x-path', req.path.encode()), (b'set-cookie', b'a=\xe9')], body)


class Resource:
    """A resource whose responder is a function of the test."""

    def __init__(self, responder: Callable[..., Coroutine[Any, Any, None]]) -> None:
        self._responder = responder

    async def on_websocket(self, req: Any, ws: WebSocket, **params: Any) -> None:
        await self._responder(req, ws, **params)


class HTTPOnly:
    async def on_get(self, req: Any, resp: Any) -> None: ...

    async def on_post(self, req: Any, resp: Any) -> None: ...


class App:
    """An application with one WebSocket route, at `/` unless told otherwise, and its server."""

    def __init__(
        self, responder: Callable[..., Coroutine[Any, Any, None]] | None = None, template: str = '/', **router: Any
    ) -> None:
        self.host = Host()
        self.registry = self.host.registry
        self.server = WebSocketServer(self.host)
        self.failure: Exception | None = None
        if responder is not None:
            self.registry.add_route(template, Resource(responder), **router)

    async def run(
        self, *events: Message, path: str = '/', connect: Message | None = CONNECT, **more: Any
    ) -> list[Message]:
        """Serve one connection whose client does this; return what was sent to it.

        Args:
            events: What the client does after it has connected.
            path: The path of the handshake.
            connect: How it connects.
            more: What else is in the scope.
        """
        incoming: asyncio.Queue[Message] = asyncio.Queue()
        for event in ([connect] if connect else []) + list(events):
            incoming.put_nowait(event)
        sent: list[Message] = []

        async def send(message: Message) -> None:
            if self.failure is not None:
                raise self.failure
            sent.append(message)

        scope = {'type': 'websocket', 'path': path, 'asgi': {'version': '3.0', 'spec_version': '2.3'}, **more}
        await self.server(scope, incoming.get, send)
        return sent


async def accept(req: Any, ws: WebSocket, **params: Any) -> None:
    await ws.accept()


def raising(error: BaseException, *, accepted: bool = True) -> Callable[..., Coroutine[Any, Any, None]]:
    async def responder(req: Any, ws: WebSocket, **params: Any) -> None:
        if accepted:
            await ws.accept()
        raise error

    return responder


@pytest.fixture(autouse=True)
def _all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, 'falcon')


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno > logging.DEBUG]


# A connection's way.


@in_loop
async def test_responder_gets_request_connection_and_fields() -> None:
    """The responder gets what the route says; the request knows its template."""
    seen: list[Any] = []

    async def responder(req: Any, ws: WebSocket, **params: Any) -> None:
        await ws.accept()
        seen.extend((req, req.uri_template, ws.path, params, await ws.receive_text()))

    app = App(responder, '/rooms/{room:int}/{name}')
    hello = {'type': 'websocket.receive', 'text': 'hello'}
    assert await app.run(hello, path='/rooms/7/ada') == [ACCEPT, NORMALLY_CLOSED]
    assert seen == [*app.host.requests, '/rooms/{room:int}/{name}', '/rooms/7/ada', {'room': 7, 'name': 'ada'}, 'hello']


@in_loop
async def test_connection_that_was_not_accepted_is_refused() -> None:
    """A responder that returns without an answer refuses the handshake."""

    async def responder(req: Any, ws: WebSocket) -> None: ...

    assert await App(responder).run() == [NORMALLY_CLOSED]


@in_loop
async def test_close_of_the_responder_is_the_close() -> None:
    """A connection that the responder closed is not closed again, accepted or not."""

    async def refuse(req: Any, ws: WebSocket) -> None:
        await ws.close(4003, 'no')

    async def close(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        await ws.close(4000, 'done')

    assert await App(refuse).run() == [closed_with(4003, 'no')]
    assert await App(close).run() == [ACCEPT, closed_with(4000, 'done')]


@in_loop
async def test_unknown_path(caplog: pytest.LogCaptureFixture) -> None:
    """A path without a route is closed with 3404; nothing is wrong with the application."""
    assert await App(accept).run(path='/nowhere') == [closed_with(3404, 'Not Found')]
    assert not errors(caplog)


@in_loop
async def test_path_without_websocket(caplog: pytest.LogCaptureFixture) -> None:
    """A route without on_websocket is closed with 3405; an error handler learns which methods there are."""
    app = App()
    app.registry.add_route('/', HTTPOnly())
    assert await app.run() == [closed_with(3405, 'Method Not Allowed')]
    allowed: list[str] = []

    async def handle(req: Any, resp: Any, ex: HTTPMethodNotAllowed, params: Any) -> None:
        allowed.extend(dict(ex.headers or {})['Allow'].split(', '))

    app.registry.add_error_handler(HTTPMethodNotAllowed, handle)
    await app.run()
    assert allowed == ['GET', 'POST']
    assert not errors(caplog)


@in_loop
async def test_client_that_left_before_the_handshake() -> None:
    """A connection that is over before it began gets no answer, and no responder."""
    app = App(raising(AssertionError()))
    assert await app.run(LEAVE, connect=None) == []
    assert not app.host.requests


@in_loop
async def test_server_that_begins_with_something_else(caplog: pytest.LogCaptureFixture) -> None:
    """Without websocket.connect first, the connection is refused, and the log says why."""
    app = App(accept)
    assert await app.run(connect={'type': 'websocket.receive', 'text': 'a'}) == [FAILED]
    assert "received the event 'websocket.receive' first, expected websocket.connect" in caplog.text


# Middleware.


class Recorder:
    """Middleware that keeps what its hooks are given, and may do something in one of them."""

    def __init__(self, log: list[Any], name: str, **actions: Callable[[WebSocket], Coroutine[Any, Any, None]]) -> None:
        self._log = log
        self._name = name
        self._actions = actions

    async def process_request_ws(self, req: Any, ws: WebSocket) -> None:
        self._log.append((self._name, 'request', req.uri_template))
        if 'request' in self._actions:
            await self._actions['request'](ws)

    async def process_resource_ws(self, req: Any, ws: WebSocket, resource: object, params: dict[str, Any]) -> None:
        self._log.append((self._name, 'resource', req.uri_template, type(resource), dict(params)))
        params['added'] = self._name
        if 'resource' in self._actions:
            await self._actions['resource'](ws)


@in_loop
async def test_hooks_run_in_order() -> None:
    """All request hooks, then the search for the route, then all resource hooks, which may change the fields."""
    log: list[Any] = []

    async def responder(req: Any, ws: WebSocket, **params: Any) -> None:
        log.append(params)

    app = App(responder, '/{x}')
    app.registry.add_middleware([Recorder(log, 'a'), Recorder(log, 'b')])
    await app.run(path='/1')
    assert log == [
        ('a', 'request', None),
        ('b', 'request', None),
        ('a', 'resource', '/{x}', Resource, {'x': '1'}),
        ('b', 'resource', '/{x}', Resource, {'x': '1', 'added': 'a'}),
        {'x': '1', 'added': 'b'},
    ]


@pytest.mark.parametrize(('hook', 'hooks'), [('request', 1), ('resource', 3)])
def test_middleware_that_closes_ends_the_processing(hook: str, hooks: int) -> None:
    """After a hook closed the connection, no other hook and no responder is called."""

    @in_loop
    async def test() -> None:
        log: list[Any] = []
        app = App(raising(AssertionError()), '/{x}')
        middleware = [Recorder(log, 'a', **{hook: lambda ws: ws.close(4401)}), Recorder(log, 'b')]
        app.registry.add_middleware(middleware)
        assert await app.run(path='/1') == [{'type': 'websocket.close', 'code': 4401}]
        assert len(log) == hooks

    test()


@in_loop
async def test_middleware_that_accepts() -> None:
    """A hook may accept the connection for the responder."""

    async def responder(req: Any, ws: WebSocket, **params: Any) -> None:
        await ws.send_text('hello')

    app = App(responder)
    app.registry.add_middleware(Recorder([], 'a', request=lambda ws: ws.accept()))
    assert await app.run() == [ACCEPT, {'type': 'websocket.send', 'text': 'hello'}, NORMALLY_CLOSED]


@in_loop
async def test_hooks_run_before_the_method_is_looked_for() -> None:
    """Whoever may not see a resource does not learn what it has."""
    log: list[Any] = []
    app = App()
    app.registry.add_route('/', HTTPOnly())
    app.registry.add_middleware(
        Recorder(log, 'a', resource=lambda ws: raising(HTTPForbidden(), accepted=False)(None, ws))
    )
    assert await app.run() == [closed_with(3403, 'Forbidden')]
    assert len(log) == 2


# Errors.


@pytest.mark.parametrize('accepted', [True, False])
@pytest.mark.parametrize(
    ('error', 'expected'),
    [
        (HTTPForbidden(), closed_with(3403, 'Forbidden')),
        (HTTPError(429), closed_with(3429, 'Too Many Requests')),
        (HTTPError('799 End of the world'), {'type': 'websocket.close', 'code': 3799}),
        (HTTPStatus(204), closed_with(3204, 'No Content')),
    ],
)
def test_http_errors_close_with_their_status(
    error: Exception, expected: Message, accepted: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """HTTP errors and statuses close with 3000 and their status, before and after the connection was accepted."""

    @in_loop
    async def test() -> None:
        sent = await App(raising(error, accepted=accepted)).run()
        assert sent == ([ACCEPT] if accepted else []) + [expected]

    test()
    assert not errors(caplog)


@pytest.mark.parametrize('accepted', [True, False])
def test_other_errors_are_logged_once(accepted: bool, caplog: pytest.LogCaptureFixture) -> None:
    """An exception that nothing handles closes with 1011 and is logged with its traceback, once."""

    @in_loop
    async def test() -> None:
        sent = await App(raising(KeyError('secret'), accepted=accepted), '/{x}').run(path='/1')
        assert sent == ([ACCEPT] if accepted else []) + [FAILED]

    test()
    (record,) = errors(caplog)
    assert record.getMessage() == "unhandled exception in the WebSocket handler of '/1'"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)


@in_loop
async def test_error_close_code_is_an_option() -> None:
    """What a failing handler closes with can be set."""
    app = App(raising(KeyError()))
    assert isinstance(app.server.options, WebSocketOptions)
    app.server.options.error_close_code = 4500
    assert await app.run() == [ACCEPT, {'type': 'websocket.close', 'code': 4500}]


async def listen(req: Any, ws: WebSocket) -> None:
    await ws.accept()
    await ws.receive_text()


async def listen_in_group(req: Any, ws: WebSocket) -> None:
    await ws.accept()
    async with asyncio.TaskGroup() as group:
        group.create_task(ws.receive_text())
        group.create_task(asyncio.sleep(60))


@pytest.mark.parametrize('responder', [listen, listen_in_group])
def test_client_that_leaves_is_no_error(
    responder: Callable[..., Coroutine[Any, Any, None]], caplog: pytest.LogCaptureFixture
) -> None:
    """A disconnect that nobody catches, in a task group or not, ends the connection and is no error."""

    @in_loop
    async def test() -> None:
        assert await App(responder).run(LEAVE) == [ACCEPT]

    test()
    assert not errors(caplog)
    assert '4001' in caplog.text


@in_loop
async def test_group_with_another_error_is_one(caplog: pytest.LogCaptureFixture) -> None:
    """A group that holds anything but disconnects is an unhandled exception."""
    group = ExceptionGroup('both', [WebSocketDisconnected(), KeyError()])
    assert await App(raising(group)).run() == [ACCEPT, FAILED]
    assert len(errors(caplog)) == 1


@in_loop
async def test_disconnect_of_another_connection() -> None:
    """A disconnect that is not of this connection leaves it open, so it is closed."""
    assert await App(raising(WebSocketDisconnected(4001))).run() == [ACCEPT, NORMALLY_CLOSED]


@in_loop
async def test_error_after_the_client_left_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that fails is logged even if nobody is there any more."""

    async def responder(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        try:
            await ws.receive_text()
        except WebSocketDisconnected:
            raise KeyError from None

    assert await App(responder).run(LEAVE) == [ACCEPT]
    assert len(errors(caplog)) == 1


@in_loop
async def test_request_that_cannot_be_made(caplog: pytest.LogCaptureFixture) -> None:
    """A host that refuses the handshake, or fails at it, closes the connection as a responder would."""
    app = App(accept)
    failures: list[Exception] = [HTTPBadRequest(), KeyError()]

    def fail(scope: Scope, receive: Receive) -> Request:
        raise failures.pop(0)

    app.host.make_request = fail  # type: ignore[method-assign] # a host of its own for one line
    assert await app.run() == [closed_with(3400, 'Bad Request')]
    assert await app.run() == [FAILED]
    assert len(errors(caplog)) == 1


@pytest.mark.parametrize('responder', [accept, raising(HTTPForbidden(), accepted=False)])
def test_server_that_cannot_send(
    responder: Callable[..., Coroutine[Any, Any, None]], caplog: pytest.LogCaptureFixture
) -> None:
    """An error of the server is logged, and does not go back to it."""

    @in_loop
    async def test() -> None:
        app = App(responder)
        app.failure = RuntimeError('broken')
        assert await app.run() == []

    test()
    assert all('RuntimeError: broken' in (record.exc_text or '') for record in errors(caplog))
    assert errors(caplog)


# Error handlers of the application.


@in_loop
async def test_own_handler_gets_everything(caplog: pytest.LogCaptureFixture) -> None:
    """A handler gets request, exception, fields and connection, and None as the response."""
    seen: list[Any] = []

    async def handle(req: Any, resp: Any, ex: Exception, params: dict[str, Any], ws: WebSocket) -> None:
        seen.extend((req, resp, type(ex), params, ws.path))
        await ws.close(4100)

    app = App(raising(KeyError()), '/{x}')
    app.registry.add_error_handler(LookupError, handle)
    assert await app.run(path='/1') == [ACCEPT, {'type': 'websocket.close', 'code': 4100}]
    assert seen == [app.host.requests[0], None, KeyError, {'x': '1'}, '/1']
    assert not errors(caplog)


@in_loop
async def test_own_handler_without_ws() -> None:
    """A handler that has no parameter ws is called without; the connection is then closed as usual."""
    seen: list[type] = []

    async def handle(req: Any, resp: Any, ex: Exception, params: dict[str, Any]) -> None:
        seen.append(type(ex))

    app = App(raising(KeyError()))
    app.registry.add_error_handler(KeyError, handle)
    assert await app.run() == [ACCEPT, NORMALLY_CLOSED]
    assert seen == [KeyError]


@in_loop
async def test_own_handler_of_an_unknown_path() -> None:
    """What the server itself refuses can be handled, too; it is not accepted unless the handler does."""

    async def handle(req: Any, resp: Any, ex: HTTPNotFound, params: dict[str, Any], ws: WebSocket) -> None:
        assert params == {}
        await ws.close(4404)

    app = App(accept)
    app.registry.add_error_handler(HTTPNotFound, handle)
    assert await app.run(path='/nowhere') == [{'type': 'websocket.close', 'code': 4404}]


@in_loop
async def test_own_handler_that_raises_an_http_error(caplog: pytest.LogCaptureFixture) -> None:
    """A handler may turn an exception into an HTTP error; no other handler of the application is asked then."""

    async def translate(req: Any, resp: Any, ex: Exception, params: dict[str, Any], ws: WebSocket) -> None:
        raise HTTPForbidden

    app = App(raising(KeyError()))
    app.registry.add_error_handler([KeyError, HTTPForbidden], translate)
    assert await app.run() == [ACCEPT, closed_with(3403, 'Forbidden')]
    assert not errors(caplog)


@in_loop
async def test_own_handler_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    """A handler that fails is an unhandled exception, logged with the one it was given."""

    async def fail(req: Any, resp: Any, ex: Exception, params: dict[str, Any], ws: WebSocket) -> None:
        raise ZeroDivisionError

    app = App(raising(KeyError()))
    app.registry.add_error_handler(Exception, fail)
    assert await app.run() == [ACCEPT, FAILED]
    (record,) = errors(caplog)
    assert 'KeyError' in caplog.text
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ZeroDivisionError)


@in_loop
async def test_own_handler_of_disconnects() -> None:
    """A disconnect that nobody catches can be handled like any exception."""
    seen: list[int] = []

    async def handle(req: Any, resp: Any, ex: WebSocketDisconnected, params: dict[str, Any]) -> None:
        seen.append(ex.code)

    app = App(listen)
    app.registry.add_error_handler(WebSocketDisconnected, handle)
    assert await app.run(LEAVE) == [ACCEPT]
    assert seen == [4001]


# The end.


@in_loop
async def test_cancellation_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """A cancelled connection is cancelled, with all that ran for it, and nothing is logged."""
    app = App(listen)
    serving = asyncio.create_task(app.run())
    await asyncio.sleep(0.01)
    await cancelled(serving)
    assert not caplog.records


@pytest.mark.parametrize('error', [None, KeyError(), asyncio.CancelledError()])
def test_no_task_is_left(error: BaseException | None) -> None:
    """Reading ahead ends with the connection, however that ends."""

    async def responder(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        for _ in range(20):
            await ws.send_text('a')
        assert len(asyncio.all_tasks()) == 2
        if error is not None:
            raise error

    @in_loop
    async def test() -> None:
        app = App(responder)
        if isinstance(error, asyncio.CancelledError):
            with pytest.raises(asyncio.CancelledError):
                await app.run()
        else:
            await app.run()

    test()


MINE = ValueError('mine')


@pytest.mark.parametrize(
    ('error', 'answer', 'told'),
    [
        (MINE, MINE, [('mine', False)]),
        (ValueError('mine'), None, [('mine', True)]),
        (ValueError('mine'), HTTPForbidden(title='no'), [('mine', True), ('no', True)]),
        (ValueError('mine'), KeyError('worse'), [('mine', False), ('worse', False)]),
    ],
)
@in_loop
async def test_reporter_is_told_of_every_exception(
    error: Exception, answer: Exception | None, told: list[tuple[str, bool]]
) -> None:
    """What is raised, and what its handler raises, is reported after it was handled, with the route's fields."""
    reports: list[tuple[str, dict[str, Any], bool]] = []

    async def handler(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        if answer is not None:
            raise answer

    def report(req: Any, ex: Exception, params: dict[str, Any], handled: bool) -> None:
        reports.append((getattr(ex, 'title', None) or ex.args[0], params, handled))

    app = App(raising(error), '/{room}')
    app.registry.add_error_handler(ValueError, handler)
    app.registry.error_reporter = report
    await app.run(path='/7')
    assert reports == [(text, {'room': '7'}, handled) for text, handled in told]


def test_message_of_the_wrong_type_is_the_clients_doing(caplog: pytest.LogCaptureFixture) -> None:
    """A responder that does not expect it closes with 1003 (RFC 6455, section 7.4.1), and nothing is an error."""

    async def text_only(req: Any, ws: WebSocket, **params: Any) -> None:
        await ws.accept()
        await ws.receive_text()

    @in_loop
    async def test() -> None:
        sent = await App(text_only).run({'type': 'websocket.receive', 'bytes': b'\x00'})
        assert sent == [ACCEPT, {'type': 'websocket.close', 'code': 1003}]

    test()
    assert not errors(caplog)


# Handshakes that are denied, on servers that can give an HTTP response.

DENIABLE: dict[str, Any] = {'extensions': {'websocket.http.response': {}}}


def denied_with(status: int, body: str, path: str = '/') -> list[Message]:
    length = str(len(body)).encode()
    headers = [(b'x-path', path.encode()), (b'set-cookie', b'a=\xe9'), (b'content-length', length)]
    return [
        {'type': 'websocket.http.response.start', 'status': status, 'headers': headers},
        {'type': 'websocket.http.response.body', 'body': body.encode()},
    ]


@pytest.mark.parametrize('error', [HTTPForbidden(), HTTPStatus('204 No Content')])
def test_denial_by_an_error(error: HTTPError | HTTPStatus) -> None:
    """What is raised before the acceptance becomes the response that the host makes of it."""

    @in_loop
    async def test() -> None:
        app = App(raising(error, accepted=False))
        assert await app.run(**DENIABLE) == denied_with(error.status_code, str(error))

    test()


@in_loop
async def test_denial_of_unknown_paths_and_missing_responders() -> None:
    """A path without a route is answered with 404, a route without on_websocket with 405."""
    app = App(accept)
    app.registry.add_route('/http', HTTPOnly())
    assert await app.run(path='/no', **DENIABLE) == denied_with(404, '<HTTPRouteNotFound: 404 Not Found>', '/no')
    denial = denied_with(405, '<HTTPMethodNotAllowed: 405 Method Not Allowed>', '/http')
    assert await app.run(path='/http', **DENIABLE) == denial


@in_loop
async def test_denial_by_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    """What is no HTTP error is logged and answered with 500."""
    app = App(raising(KeyError('x'), accepted=False))
    denial = denied_with(500, '<HTTPInternalServerError: 500 Internal Server Error>')
    assert await app.run(**DENIABLE) == denial
    assert len(errors(caplog)) == 1


@in_loop
async def test_errors_after_the_acceptance_close() -> None:
    """A server that can deny closes with the code of the status what was accepted."""
    assert await App(raising(HTTPForbidden())).run(**DENIABLE) == [ACCEPT, closed_with(3403, 'Forbidden')]


@in_loop
async def test_client_that_leaves_while_its_denial_is_written() -> None:
    """What was answered meanwhile is not denied."""
    app = App(raising(HTTPForbidden(), accepted=False))
    seen: list[WebSocket] = []

    async def handle(req: Any, resp: Any, ex: Exception, params: Any, ws: WebSocket) -> None:
        seen.append(ws)
        raise ex

    async def close_first(req: Any, error: Exception) -> RenderedResponse:
        await seen[0].close(4000)
        return RenderedResponse(403, [], b'')

    app.registry.add_error_handler(HTTPForbidden, handle)
    app.host.render_error = close_first  # type: ignore[method-assign] # a host of its own for one line
    assert [message['code'] for message in await app.run(**DENIABLE)] == [4000]


# Origins.


@pytest.mark.parametrize('deniable', [{}, DENIABLE])
def test_origin_that_is_not_allowed(deniable: Any) -> None:
    """An origin that is not allowed is refused before any hook or responder runs."""

    class Hook:
        async def process_request_ws(self, req: Any, ws: WebSocket) -> None:
            raise AssertionError

    @in_loop
    async def test() -> None:
        app = App(raising(AssertionError()))
        app.registry.add_middleware(Hook())
        app.server.options.allowed_origins = ['https://example.com']
        sent = await app.run(headers=[(b'origin', b'https://evil.example')], **deniable)
        expected = denied_with(403, '<HTTPForbidden: 403 Forbidden>') if deniable else [closed_with(3403, 'Forbidden')]
        assert sent == expected

    test()


@in_loop
async def test_origin_that_is_allowed() -> None:
    """An origin that is allowed is served as if there were no list."""
    app = App(accept)
    app.server.options.allowed_origins = ['https://example.com']
    assert await app.run(headers=[(b'origin', b'https://example.com')]) == [ACCEPT, NORMALLY_CLOSED]


# Sinks.


@in_loop
async def test_sink() -> None:
    """A path without a route goes to the sink that takes it, with the connection as `ws` and its groups by name."""
    seen: list[Any] = []

    async def sink(req: Any, resp: Any, ws: WebSocket | None = None, **groups: Any) -> None:
        assert ws is not None
        await ws.accept()
        seen.extend((req, resp, groups))

    async def other(req: Any, resp: Any, ws: Any) -> None:
        raise AssertionError

    app = App(accept)
    app.registry.add_sink(other, '/other')
    app.registry.add_sink(sink, r'/rooms/(?P<room>\d+)')
    assert await app.run(path='/rooms/7') == [ACCEPT, NORMALLY_CLOSED]
    assert seen == [*app.host.requests, None, {'room': '7'}]
    assert await app.run(path='/nowhere') == [closed_with(3404, 'Not Found')]


@in_loop
async def test_sink_without_a_parameter_for_the_connection() -> None:
    """A sink without a parameter `ws` gets the connection in place of the response, as Falcon gives it."""

    async def sink(req: Any, resp: Any, **groups: Any) -> None:
        await resp.accept()

    app = App()
    app.registry.add_sink(sink, '/')
    assert await app.run() == [ACCEPT, NORMALLY_CLOSED]


@in_loop
async def test_exception_in_a_sink_has_its_groups() -> None:
    """An error handler gets what the sink got."""
    seen: list[Any] = []

    async def sink(req: Any, resp: Any, ws: Any, room: str) -> None:
        raise KeyError

    async def handle(req: Any, resp: Any, ex: Exception, params: Any, ws: WebSocket) -> None:
        seen.append(params)

    app = App()
    app.registry.add_sink(sink, '/(?P<room>.+)')
    app.registry.add_error_handler(KeyError, handle)
    await app.run(path='/a')
    assert seen == [{'room': 'a'}]


# The shutdown.


@in_loop
async def test_shutdown_closes_what_is_open() -> None:
    """Connections are closed with 1001, and handlers go on to their end, whether they receive, send or do neither."""
    ended: list[str] = []
    going_on = asyncio.Event()

    async def receiving(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        with pytest.raises(WebSocketDisconnected, match='1001'):
            await ws.receive_text()
        ended.append('receiving')

    async def sending(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        await going_on.wait()
        with pytest.raises(WebSocketDisconnected, match='in state CLOSED'):
            await ws.send_text('a')
        ended.append('sending')

    async def waiting(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        await going_on.wait()
        ended.append('waiting')

    app = App()
    for responder in (receiving, sending, waiting):
        app.registry.add_route(f'/{responder.__name__}', Resource(responder))
    running = [asyncio.create_task(app.run(path=f'/{name}')) for name in ('receiving', 'sending', 'waiting')]
    await turns()
    tasks = len(asyncio.all_tasks())
    app.registry.shutdown.begin()
    await turns()
    assert ended == ['receiving']
    assert len(asyncio.all_tasks()) == tasks - 1
    going_on.set()
    assert await asyncio.gather(*running) == [[ACCEPT, {'type': 'websocket.close', 'code': 1001}]] * 3
    assert sorted(ended) == ['receiving', 'sending', 'waiting']


@in_loop
async def test_connection_that_comes_after_the_shutdown_began() -> None:
    """A connection that comes after the shutdown began is closed soon, too, whether others are left or not."""

    async def receive(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    app = App(receive)
    app.registry.shutdown.begin()
    running = [asyncio.create_task(app.run()) for _ in range(2)]
    await asyncio.sleep(0)
    running.append(asyncio.create_task(app.run()))
    assert await asyncio.gather(*running) == [[ACCEPT, {'type': 'websocket.close', 'code': 1001}]] * 3


@in_loop
async def test_connection_that_comes_while_another_lingers_after_the_shutdown() -> None:
    """A connection that comes while the handler of another, told long ago, has not ended, is closed as well."""
    codes: list[int | None] = []
    finished = asyncio.Event()

    async def linger(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        async for _ in ws:
            pass
        codes.append(ws.close_code)
        await finished.wait()

    app = App(linger)
    first = asyncio.create_task(app.run())
    await turns()
    app.registry.shutdown.begin()
    await turns()
    second = asyncio.create_task(app.run())
    await turns()
    assert codes == [1001, 1001]
    finished.set()
    await asyncio.gather(first, second)


@in_loop
async def test_shutdown_after_another_connection_has_ended() -> None:
    """A connection that has ended takes nothing away of the word that the others wait for."""

    async def receive(req: Any, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    app = App(receive)
    open_one = asyncio.create_task(app.run())
    await turns()
    await app.run(LEAVE)
    app.registry.shutdown.begin()
    assert await open_one == [ACCEPT, {'type': 'websocket.close', 'code': 1001}]


@in_loop
async def test_nothing_is_left_of_connections_that_ended() -> None:
    """The shutdown does not hear of what is over."""
    app = App(accept)
    await app.run()
    app.registry.shutdown.begin()
    await turns()
    assert len(asyncio.all_tasks()) == 1
