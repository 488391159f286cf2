"""The application: responses that cannot be made or sent, settings, routes of every kind, scopes."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from event_loop import cancelled
from falcon_asgi import App, CORSMiddleware, Request, Response
from falcon_asgi.response_body import clear_body
from falcon_core.errors import ClientDisconnected, CompatibilityError, MissingDistribution, UnsupportedScopeError
from falcon_core.http_errors import HTTPBadRequest, HTTPError, HTTPForbidden, HTTPInvalidHeader
from falcon_core.http_status import HTTPStatus
from falcon_core.interfaces import RenderedResponse
from falcon_core.media import BaseHandler
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.router import CompiledRouter


class Resource:
    """Answers GET with a text."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = 'hello'


class Recorder:
    """Records what response hooks are told."""

    def __init__(self) -> None:
        self.results: list[bool] = []

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        self.results.append(req_succeeded)


def _app(**options: Any) -> App:
    app = App(**options)
    app.add_route('/', Resource())
    return app


# The way of a request.


@pytest.mark.parametrize(
    ('at', 'status', 'log'),
    [
        ('', 200, ['request', 'resource', 'responder', 'response True']),
        ('request', 200, ['request', 'response True']),
        ('resource', 200, ['request', 'resource', 'response True']),
        ('response', 418, ['request', 'resource', 'responder', 'response True']),
    ],
)
def test_request_goes_through_hooks_and_responder(call: Any, at: str, status: int, log: list[str]) -> None:
    """A hook before the responder may complete the response; the response hook runs in any case, and may fail."""
    seen = []

    class Component:
        async def process_request(self, req: Request, resp: Response) -> None:
            seen.append('request')
            resp.complete = at == 'request'

        async def process_resource(self, req: Any, resp: Response, resource: object, params: dict[str, Any]) -> None:
            seen.append('resource')
            resp.complete = at == 'resource'

        async def process_response(self, req: Any, resp: Any, resource: object, req_succeeded: bool) -> None:
            seen.append(f'response {req_succeeded}')
            if at == 'response':
                raise HTTPError(418)

    class Logged:
        async def on_get(self, req: Request, resp: Response) -> None:
            seen.append('responder')

    app = App(middleware=Component())
    app.add_route('/', Logged())
    assert call(app).status == status
    assert seen == log


def test_callbacks_begin_after_the_response(call: Any) -> None:
    """What a responder scheduled is started once the response was sent."""
    seen = []

    async def callback() -> None:
        seen.append('callback')

    class Scheduling:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.schedule(callback)

    async def send(event: Any) -> None:
        seen.append(event['type'])

    app = App()
    app.add_route('/', Scheduling())
    call(app, send=send)
    assert seen == ['http.response.start', 'http.response.body', 'callback']


@pytest.mark.parametrize(('error', 'level'), [(KeyError('secret'), 'ERROR'), (ClientDisconnected('left'), 'DEBUG')])
def test_stream_that_fails_is_logged(call: Any, caplog: pytest.LogCaptureFixture, error: Exception, level: str) -> None:
    """An exception after the response has started is logged, once; that the client left is no error."""
    caplog.set_level(logging.DEBUG, 'falcon')

    async def failing() -> AsyncIterator[bytes]:
        yield b'one'
        raise error

    class Streaming:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = failing()

    app = App()
    app.add_route('/', Streaming())
    answer = call(app)
    assert (answer.body, answer.is_whole) == (b'one', False)
    assert [record.levelname for record in caplog.records if record.name == 'falcon'] == [level]


def test_paths_cannot_write_lines_of_the_log(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A line break in what the client sent stays within the line that tells of it."""

    class Failing:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:
            raise KeyError

    app = App()
    app.add_route('/{name}', Failing())
    call(app, path='/a\nERROR all is lost')
    (record,) = caplog.records
    assert '\n' not in record.getMessage()


def test_errors_are_handled_written_and_reported_as_set_up(call: Any) -> None:
    """Handlers, serializer and reporter are the application's to set."""
    reported = []

    async def handle(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        raise HTTPError(418)

    def serialize(req: Request, resp: Response, error: HTTPError) -> None:
        resp.text = str(error.status)

    class Failing:
        async def on_get(self, req: Request, resp: Response) -> None:
            raise KeyError

    app = App()
    app.add_route('/', Failing())
    app.add_error_handler(KeyError, handle)
    app.set_error_serializer(serialize)
    app.set_error_reporter(lambda *report: reported.append(type(report[1])))
    assert call(app).body == b'418'
    assert reported == [KeyError, HTTPError]


# What cannot be sent.


class Undecided(Response):
    """Fails to be made, a number of times."""

    failures = 1

    async def render_body(self) -> bytes:
        if self.failures:
            self.failures -= 1
            raise KeyError('secret')
        return b'rendered'


@pytest.mark.parametrize(
    ('attribute', 'value'),
    [('status', 'nonsense'), ('status', 99), ('text', 7), ('data', 'text'), ('media', 'unknown'), ('stream', ['a'])],
)
def test_response_that_cannot_be_made_is_an_error(
    call: Any, caplog: pytest.LogCaptureFixture, attribute: str, value: object
) -> None:
    """What is wrong with a response is logged once, handled like an exception of the responder, and not shown."""

    class Broken:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.content_type = 'text/x-unknown'
            resp.set_header('X-Kept', 'yes')
            setattr(resp, attribute, value)

    app = App()
    app.add_route('/', Broken())
    answer = call(app)
    assert (answer.status, answer.body) == (500, b'{"title":"500 Internal Server Error"}')
    assert answer.headers['x-kept'] == 'yes'
    assert [record.levelname for record in caplog.records] == ['ERROR']
    handled = []

    async def handle(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        handled.append(ex)
        clear_body(resp)
        resp.status = 299

    app.add_error_handler(Exception, handle)
    assert call(app).status == 299
    assert len(handled) == 1


def test_header_that_got_past_the_checks_is_not_sent(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A response that cannot be encoded, error and all, is a bare 500."""

    class Broken:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp._headers['x-a'] = 'Ā'

    app = App()
    app.add_route('/', Broken())
    answer = call(app)
    assert (answer.status, answer.headers, answer.body) == (500, {'content-length': '0'}, b'')
    assert answer.is_whole
    assert 'exception in the response to an exception' in caplog.text


@pytest.mark.parametrize(('failures', 'body'), [(0, b'rendered'), (1, b'rendered'), (2, b'')])
def test_rendering_is_tried_for_the_error_as_well(call: Any, failures: int, body: bytes) -> None:
    """A response that fails twice ends in the bare answer; hooks have run once."""
    recorder = Recorder()
    response_type = type('Own', (Undecided,), {'failures': failures})
    answer = call(_app(response_type=response_type, middleware=recorder))
    assert (answer.status, answer.body) == (200 if not failures else 500, body)
    assert recorder.results == [True]


def test_client_that_left_before_the_response(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is an error about a client that is gone when its response is sent."""
    caplog.set_level(logging.INFO)

    async def send(event: Any) -> None:
        raise BrokenPipeError

    assert call(_app(), send=send).events == []
    assert caplog.records == []


def test_client_that_leaves_in_the_middle_of_its_body(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A body that breaks off raises where it is read; hooks run, and nothing is an error."""
    caplog.set_level(logging.INFO)
    recorder = Recorder()
    bodies = []

    class Reading:
        async def on_post(self, req: Request, resp: Response) -> None:
            bodies.append(await req.stream.read())

    app = App(middleware=recorder)
    app.add_route('/', Reading())
    headers = {'Content-Type': 'text/plain'}
    call(app, 'POST', headers=headers, body=[b'one', b'two'], breaks_off=True, leaves=lambda sent: True)
    assert recorder.results == [False]
    assert bodies == []
    assert caplog.records == []


def test_stream_replaced_by_an_error_is_closed(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """What was to be the body before an exception is closed; that closing it fails is logged."""
    closed = []

    class Closable:
        def __init__(self, error: Exception | None = None) -> None:
            self._error = error

        def __aiter__(self) -> AsyncIterator[bytes]:
            raise NotImplementedError

        async def aclose(self) -> None:
            closed.append(self)
            if self._error is not None:
                raise self._error

    class Failing:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = Closable(KeyError('secret'))
            clear_body(resp)
            resp.stream = Closable()
            raise HTTPForbidden

    app = App()
    app.add_route('/', Failing())
    assert call(app).status == 403
    assert len(closed) == 2
    (record,) = caplog.records
    assert 'exception while closing' in record.getMessage()


# Settings.


def test_media_type_is_that_of_requests_and_responses(call: Any) -> None:
    """The default type of bodies can be given alone, or set on the options that are given."""
    assert call(_app(media_type='text/plain')).headers['content-type'] == 'text/plain'
    req_options, resp_options = RequestOptions(), ResponseOptions()
    app = _app(media_type='text/plain', req_options=req_options, resp_options=resp_options)
    assert (app.req_options, app.resp_options) == (req_options, resp_options)
    assert app.req_options.default_media_type == app.resp_options.default_media_type == 'text/plain'


def test_options_keep_their_media_type(call: Any) -> None:
    """Options that name a default type keep it where the application names none."""
    resp_options = ResponseOptions()
    resp_options.default_media_type = 'text/html'
    assert call(_app(resp_options=resp_options)).headers['content-type'] == 'text/html'


def test_options_can_be_assigned(call: Any) -> None:
    """Options assigned to an application take the place of those that it had, also after it has been called."""
    app = _app()
    call(app)
    app.req_options, app.resp_options = RequestOptions(), ResponseOptions()
    app.req_options.strip_url_path_trailing_slash = True
    app.resp_options.default_media_type = 'text/html'
    app.add_route('/a', Resource())
    result = call(app, path='/a/')
    assert (result.status, result.headers['content-type']) == (200, 'text/html')


@pytest.mark.parametrize(('argument', 'secure'), [(None, False), (True, True), (False, False)])
def test_cookies_are_secure_as_said(argument: bool | None, secure: bool) -> None:
    """`secure_cookies_by_default` is set on the options, unless it is None."""
    resp_options = ResponseOptions()
    resp_options.secure_cookies_by_default = False
    app = App(resp_options=resp_options, secure_cookies_by_default=argument)
    assert app.resp_options.secure_cookies_by_default is secure
    assert App().resp_options.secure_cookies_by_default


def test_request_and_response_are_of_the_given_types(call: Any) -> None:
    """Subclasses take the place of request and response, and get the application's options."""
    seen: list[Any] = []

    class OwnRequest(Request):
        pass

    class OwnResponse(Response):
        pass

    class Seeing:
        async def on_get(self, req: Request, resp: Response) -> None:
            seen.extend((type(req), type(resp), req.options, resp.options))

    app = App(request_type=OwnRequest, response_type=OwnResponse)
    app.add_route('/', Seeing())
    call(app)
    assert seen == [OwnRequest, OwnResponse, app.req_options, app.resp_options]


def test_a_subclass_may_refuse_what_the_client_sent(call: Any) -> None:
    """What is the client's fault is so in a constructor as well; error handlers get a plain request."""

    class Strict(Request):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.size = self.content_length

    seen: list[Any] = []

    async def handle(req: Any, resp: Any, ex: Any, params: Any) -> None:
        seen.append(type(req))
        raise ex

    app = App(request_type=Strict)
    app.add_error_handler(HTTPInvalidHeader, handle)
    answer = call(app, headers={'Content-Length': 'x'})
    assert (answer.status, answer.headers['content-type']) == (400, 'application/json')
    assert answer.is_whole
    assert call(app, headers={'Content-Length': '0'}).status == 404
    assert seen == [Request]


def test_cors_is_not_enabled_twice() -> None:
    """With `cors_enable`, another CORSMiddleware is refused, from the start and later."""
    with pytest.raises(ValueError, match='next to cors_enable'):
        App(cors_enable=True, middleware=CORSMiddleware())
    app = App(cors_enable=True)
    with pytest.raises(ValueError, match='next to cors_enable'):
        app.add_middleware([CORSMiddleware(allow_origins='https://a.example')])
    App(
        middleware=[
            CORSMiddleware(allow_origins='https://a.example'),
            CORSMiddleware(allow_origins='https://b.example'),
        ]
    )


@pytest.mark.parametrize('result', [b'own', bytearray(b'own'), None, 'text'])
def test_subclass_may_make_the_body(call: Any, result: Any) -> None:
    """A response type that overrides `render_body` decides on the body; it has to be bytes."""

    class Own(Response):
        async def render_body(self) -> bytes | None:
            made: bytes | None = result
            return made

    answer = call(_app(response_type=Own))
    if result == 'text':
        assert answer.status == 500
    else:
        assert answer.body == (b'' if result is None else b'own')


def test_body_is_awaited_where_its_handler_is_asynchronous(call: Any) -> None:
    """Media whose handler has only a coroutine is awaited."""

    class Slow(BaseHandler):
        async def serialize_async(self, media: object, content_type: str) -> bytes:
            await asyncio.sleep(0)
            return repr(media).encode()

    class Media:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.media = {'a': 1}

    app = App(media_type='text/slow')
    app.resp_options.media_handlers['text/slow'] = Slow()
    app.add_route('/', Media())
    assert call(app).body == b"{'a': 1}"


def test_missing_media_handlers_are_named_in_the_log_alone(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The log says what to install; the client sees a 500."""

    class Media:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.media = {'a': 1}

    app = App()
    app.resp_options.media_handlers.clear()
    app.add_route('/', Media())
    answer = call(app)
    assert answer.status == 500
    assert b'falcon-media' not in answer.body
    assert 'resp.media needs falcon-media: pip install falcon-media' in caplog.text


class Upside:
    """A router that reads paths from their end."""

    options = 'options'

    def __init__(self) -> None:
        self._router = CompiledRouter()

    def add_route(self, uri_template: str, resource: object, **kwargs: Any) -> None:
        self._router.add_route(uri_template, resource, **kwargs)

    def find(self, uri: str, req: Any = None) -> Any:
        assert req.path == uri
        if uri == '/refused':
            raise HTTPBadRequest
        return self._router.find(uri[::-1], req)


def test_router_can_be_replaced(call: Any) -> None:
    """Another router is given templates and paths, finds what it wants, and may raise errors."""

    class Suffixed:
        async def on_get_part(self, req: Request, resp: Response) -> None:
            resp.text = 'part'

    app = App(router=Upside())
    app.add_route('/abc', Resource())
    app.add_route('/def', Suffixed(), suffix='part')
    assert call(app, path='cba/').body == b'hello'
    assert call(app, path='fed/').body == b'part'
    assert call(app, path='/abc').status == 404
    assert call(app, path='/refused').status == 400
    assert app.router_options == 'options'


@pytest.mark.parametrize(('sink_first', 'body'), [(True, b'sink'), (False, b'file')])
def test_sinks_and_static_routes_have_an_order(call: Any, tmp_path: Any, sink_first: bool, body: bytes) -> None:
    """`sink_before_static_route` says which one takes a path that both take."""

    async def sink(req: Request, resp: Response, **params: str) -> None:
        resp.text = params.get('name', 'sink')

    (tmp_path / 'a').write_bytes(b'file')
    app = App(sink_before_static_route=sink_first)
    app.add_static_route('/x', tmp_path)
    app.add_sink(sink, '/x')
    app.add_sink(sink, r'/named/(?P<name>\w+)')
    assert call(app, path='/x/a').body == body
    assert call(app, path='/named/ada').body == b'ada'
    with pytest.raises(CompatibilityError):
        app.add_sink(lambda req, resp: None)  # type: ignore[arg-type, misc] # that is the fault


@pytest.mark.parametrize('path', ['/mount/users', '/users'])
def test_application_can_be_mounted(call: Any, path: str) -> None:
    """Under a root path, routes are found by the rest of the path, whether or not the mounting left the root in."""

    class Where:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.text = f'{req.root_path} {req.path}'

    app = App()
    app.add_route('/users', Where())
    assert call(app, path=path, root_path='/mount').body == b'/mount /users'


def test_media_is_read_ahead_for_responders_alone(call: Any) -> None:
    """The body is read before a responder runs that may want it, and not where nothing of the application's does."""
    seen = []

    class Reading(BaseHandler):
        def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
            return stream.read().decode()

    class Posted:
        async def on_post(self, req: Request, resp: Response) -> None:
            seen.append(req.media)

    app = App(media_type='text/own')
    app.req_options.media_handlers['text/own'] = Reading()
    app.add_route('/', Posted())
    assert call(app, 'POST', body=b'posted').status == 200
    assert seen == ['posted']
    # A body that never ends would have to be waited for.
    assert call(app, 'PUT', body=[b'a'], breaks_off=True).status == 405
    assert call(app, 'POST', '/nowhere', body=[b'a'], breaks_off=True).status == 404


# Scopes other than HTTP.


WEBSOCKET = {'type': 'websocket', 'path': '/a', 'headers': [(b'accept', b'text/xml')], 'query_string': b''}


def _rendered(app: App, error: Exception) -> RenderedResponse:
    async def receive() -> Any:
        raise NotImplementedError

    return asyncio.run(app.render_error(app.make_request(WEBSOCKET, receive), error))


def test_errors_of_other_scopes_are_written_as_for_http() -> None:
    """An error has the status, headers and body that it would have for an HTTP request that accepts the same."""
    app = App()
    app.resp_options.xml_error_serialization = True
    response = _rendered(app, HTTPError(418, title='Teapot', headers={'X-Tea': 'green'}))
    assert response.status == 418
    assert {(b'x-tea', b'green'), (b'content-type', b'text/xml')} <= set(response.headers)
    assert response.body.endswith(b'<error><title>Teapot</title></error>')


def test_statuses_of_other_scopes_are_written_as_for_http() -> None:
    """A status has its text; one that has no content has none."""
    assert _rendered(App(), HTTPStatus(202, text='soon')).body == b'soon'
    assert _rendered(App(), HTTPStatus(204, text='soon')).body == b''


def test_error_of_another_scope_that_cannot_be_written(caplog: pytest.LogCaptureFixture) -> None:
    """A serializer that fails leaves a bare 500, and a line in the log."""

    def serialize(req: Any, resp: Any, error: Exception) -> None:
        raise KeyError('serializer')

    app = App()
    app.set_error_serializer(serialize)
    response = _rendered(app, HTTPError(418))
    assert (response.status, response.body) == (500, b'')
    assert len(caplog.records) == 1


class Telegrams:
    """Serves a scope of its own."""

    options = 'options'

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({'type': 'reply', 'path': self.app.make_request(scope, receive).path})


def _factory(served: str, made: list[Telegrams], scope_type: str, feature: str) -> Any:
    if scope_type != served:
        raise MissingDistribution(feature, 'falcon-ws')

    def factory(app: App) -> Telegrams:
        made.append(Telegrams(app))
        return made[-1]

    return factory


def _served(app: App, scope_type: str) -> list[Any]:
    sent = []

    async def send(event: Any) -> None:
        sent.append(event)

    async def receive() -> Any:
        raise NotImplementedError

    asyncio.run(app({'type': scope_type, 'path': '/a', 'headers': [], 'method': 'GET'}, receive, send))
    return sent


def test_scope_is_served_by_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of a scope type is made once for an application, and its options are the application's."""
    made: list[Telegrams] = []
    monkeypatch.setattr('falcon_asgi.app.scope_server_factory', partial(_factory, 'websocket', made))
    app = App()
    assert _served(app, 'websocket') == [{'type': 'reply', 'path': '/a'}]
    assert _served(app, 'websocket') == [{'type': 'reply', 'path': '/a'}]
    assert app.ws_options == 'options'
    app.ws_options = 'others'
    assert app.ws_options == 'others'
    assert len(made) == 1
    assert made[0].app is app


def test_scope_that_nothing_serves_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install, or that nothing is known to serve the type."""
    with pytest.raises(UnsupportedScopeError, match="a scope of type 'telegram' needs an entry point 'telegram'"):
        _served(App(), 'telegram')
    monkeypatch.setattr('falcon_asgi.app.scope_server_factory', partial(_factory, 'telegram', []))
    with pytest.raises(UnsupportedScopeError) as raised:
        _served(App(), 'websocket')
    assert str(raised.value) == "a scope of type 'websocket' needs falcon-ws: pip install falcon-ws"
    with pytest.raises(MissingDistribution) as missing:
        _ = App().ws_options
    assert str(missing.value) == 'app.ws_options needs falcon-ws: pip install falcon-ws'


@pytest.mark.parametrize('suffix', [None, 'chat'])
def test_websocket_route_is_refused_where_nothing_serves_it(
    monkeypatch: pytest.MonkeyPatch, suffix: str | None
) -> None:
    """A resource with `on_websocket` is refused when its route is added; for other resources nothing is needed."""
    monkeypatch.setattr('falcon_asgi.app.scope_server_factory', partial(_factory, 'telegram', []))

    class Chat:
        async def on_websocket(self, req: Any, ws: Any) -> None: ...

        async def on_websocket_chat(self, req: Any, ws: Any) -> None: ...

        async def on_get_page(self, req: Any, resp: Any) -> None: ...

    app = App()
    with pytest.raises(MissingDistribution) as raised:
        app.add_route('/chat', Chat(), suffix=suffix)
    assert str(raised.value) == 'on_websocket needs falcon-ws: pip install falcon-ws'
    app.add_route('/chat', Chat(), suffix='page')
    monkeypatch.setattr('falcon_asgi.app.scope_server_factory', partial(_factory, 'websocket', []))
    app.add_route('/served', Chat(), suffix=suffix)


def test_group_of_disconnects_is_a_client_that_left(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A task group that read the body of a client that left is no fault of the application."""

    class Grouped:
        async def on_post(self, req: Request, resp: Response) -> None:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(req.stream.read())

        async def on_put(self, req: Request, resp: Response) -> None:
            async def chunks() -> AsyncIterator[bytes]:
                yield b'begun'
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(req.stream.read())

            resp.stream = chunks()

    app = App()
    app.add_route('/', Grouped())
    for method in ('POST', 'PUT'):
        headers = {'Content-Type': 'text/plain'}
        call(app, method, headers=headers, body=[b'one'], breaks_off=True, leaves=lambda sent: True)
    assert [record.levelname for record in caplog.records if record.levelname != 'DEBUG'] == []


@pytest.mark.parametrize('error', [RuntimeError('server'), TimeoutError('server')])
def test_failure_of_the_server_goes_on_and_leaves_nothing_behind(perform: Any, error: Exception) -> None:
    """What `send` raises, but for a disconnect, goes to the server; callbacks run, and unsent files are closed."""
    ran = asyncio.Event()
    file = io.BytesIO(b'unsent')

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = file
            resp.text = 'sent instead'
            resp.schedule(callback)

    async def callback() -> None:
        ran.set()

    async def send(event: Any) -> None:
        raise error

    async def main() -> None:
        app = App()
        app.add_route('/', Resource())
        with pytest.raises(type(error)):
            await perform(app, send=send)
        await ran.wait()

    asyncio.run(main())
    assert file.closed


class _Chunks:
    """A stream that knows whether it was closed."""

    closed = False

    def __aiter__(self) -> '_Chunks':
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize('where', ['responder', 'hook', 'handler', 'rendering'])
def test_stream_is_closed_where_the_request_is_cancelled(perform: Any, where: str) -> None:
    """Whatever a responder has set as the body is closed, not left to the garbage collector, if it is not sent."""
    chunks = _Chunks()
    begun = asyncio.Event()

    async def forever() -> None:
        begun.set()
        await asyncio.Event().wait()

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = chunks
            if where == 'handler':
                raise KeyError
            if where == 'responder':
                await forever()

    class Component:
        async def process_response(self, req: Any, resp: Any, resource: object, req_succeeded: bool) -> None:
            if where == 'hook':
                await forever()

    class Slow(Response):
        async def render_body(self) -> bytes | None:
            if where == 'rendering':
                await forever()
            return None

    async def handle(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        await forever()

    async def main() -> None:
        app = App(middleware=Component(), response_type=Slow)
        app.add_route('/', Resource())
        app.add_error_handler(KeyError, handle)
        serving = asyncio.create_task(perform(app))
        await begun.wait()
        await cancelled(serving)

    asyncio.run(main())
    assert chunks.closed


def test_stream_is_closed_where_the_responder_fails(call: Any) -> None:
    """The body of a responder that fails is not sent, so it is closed, whatever the handler makes of it."""

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = streams[-1]
            raise KeyError

    async def handle(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        resp.text = 'handled'

    streams = []
    for handler in (None, handle):
        streams.append(_Chunks())
        app = App()
        app.add_route('/', Resource())
        if handler is not None:
            app.add_error_handler(KeyError, handler)
        call(app)
        assert streams[-1].closed


def test_response_hooks_hear_of_success_before_the_body_is_made(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A body that turns out to be none after the hooks is a 500 they know nothing of; the reporter hears of it."""
    heard: list[object] = []

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.text = 7  # type: ignore[assignment] # what is tested

    class Component:
        async def process_response(self, req: Any, resp: Any, resource: object, req_succeeded: bool) -> None:
            heard.append(req_succeeded)

    app = App(middleware=Component())
    app.add_route('/', Resource())
    app.set_error_reporter(lambda req, error, params, handled: heard.append(type(error)))
    assert call(app).status == 500
    assert heard == [True, TypeError]


def test_serializer_and_reporter_are_plain_functions() -> None:
    """A coroutine function, which nobody would await, is refused where it is set."""

    async def asynchronous(*args: Any) -> None: ...

    app = App()
    setters: list[Any] = [app.set_error_serializer, app.set_error_reporter]
    for set_function in setters:
        with pytest.raises(CompatibilityError, match='received the coroutine function'):
            set_function(asynchronous)
