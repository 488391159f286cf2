"""Handling exceptions: the nearest handler, the serializer, the reporter, and failures of those."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from falcon_asgi import App, Request, Response
from falcon_core.errors import ClientDisconnected, CompatibilityError
from falcon_core.http_errors import HTTPError, HTTPForbidden, HTTPNotFound
from falcon_core.http_status import HTTPStatus


class Resource:
    """Raises an error when it is asked for something."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def on_get(self, req: Request, resp: Response) -> None:
        raise self._error


def _app(error: BaseException, **options: Any) -> App:
    app = App(**options)
    app.add_route('/', Resource(error))
    return app


class Base(Exception):
    """An exception of the application's."""


class Special(Base):
    """One of its kinds."""


def _handler(name: str) -> Any:
    async def handle(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        resp.status = 299
        resp.text = f'{name} {type(ex).__name__} {params}'

    return handle


def test_nearest_handler_is_taken(call: Any) -> None:
    """An exception is handled by what was added for the nearest class of its method resolution order, latest first."""
    app = App()
    for path, error in [('/base', Base()), ('/special', Special()), ('/other', KeyError()), ('/group', LookupError())]:
        app.add_route(path, Resource(error))
    app.add_error_handler(Exception, _handler('all'))
    app.add_error_handler(Base, _handler('old'))
    app.add_error_handler([Base, LookupError], _handler('base'))
    assert call(app, path='/base').body == b'base Base {}'
    assert call(app, path='/special').body == b'base Special {}'
    assert call(app, path='/other').body == b'base KeyError {}'
    app.add_error_handler(Special, _handler('special'))
    assert call(app, path='/special').body == b'special Special {}'
    assert call(app, path='/base').body == b'base Base {}'


@pytest.mark.parametrize('kind', [Exception, OSError])
@pytest.mark.parametrize(
    ('error', 'status'), [(HTTPNotFound(), 404), (HTTPStatus(202), 202), (ClientDisconnected('left'), 400)]
)
def test_handler_for_all_is_not_for_these(call: Any, kind: type[Exception], error: Exception, status: int) -> None:
    """HTTP errors, statuses, and a client that left, need a handler of their own."""
    app = _app(error)
    app.add_error_handler(kind, _handler('all'))
    assert call(app).status == status
    app.add_error_handler(type(error), _handler('own'))
    assert call(app).status == 299


def test_handler_gets_the_fields_of_the_route(call: Any) -> None:
    """A handler is told what the route's template held."""

    class Failing:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:
            raise Base

    app = App()
    app.add_route('/{name}', Failing())
    app.add_error_handler(Base, _handler('base'))
    assert call(app, path='/ada').body == b"base Base {'name': 'ada'}"


def test_exception_can_handle_itself(call: Any) -> None:
    """Without a handler, the static method `handle` of the class is it."""

    class Own(Exception):
        @staticmethod
        async def handle(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
            resp.text = 'handled itself'

    app = _app(Own())
    app.add_error_handler(Own)
    assert call(app).body == b'handled itself'


@pytest.mark.parametrize(('raised', 'status'), [(HTTPForbidden(), 403), (HTTPStatus(202), 202)])
def test_handler_may_raise_what_becomes_the_response(call: Any, raised: Exception, status: int) -> None:
    """An HTTP error or status from a handler is the response, whatever other handlers there are."""

    async def handle(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        resp.text = 'half'
        raise raised

    app = _app(Base())
    app.add_error_handler([Base, HTTPError, HTTPStatus], handle)
    assert call(app).status == status


@pytest.mark.parametrize('own', [True, False])
def test_failing_handler_is_survived(call: Any, caplog: pytest.LogCaptureFixture, own: bool) -> None:
    """An exception in a handler, or in the serializer of errors, is logged once, and the client gets a 500."""

    async def handle(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        resp.text = 'half'
        raise KeyError('secret')

    def serialize(req: Any, resp: Any, error: HTTPError) -> None:
        resp.text = 'half'
        raise KeyError('secret')

    app = _app(Base() if own else HTTPForbidden())
    if own:
        app.add_error_handler(Base, handle)
    else:
        app.set_error_serializer(serialize)
    answer = call(app)
    assert (answer.status, answer.body) == (500, b'{"title":"500 Internal Server Error"}')
    (record,) = caplog.records
    assert 'exception in the error handler' in record.getMessage()
    assert "KeyError: 'secret'" in caplog.text


@pytest.mark.parametrize('error', [KeyboardInterrupt(), SystemExit(3), asyncio.CancelledError()])
def test_what_is_no_exception_passes(error: BaseException) -> None:
    """What asks the process or the task to end is not handled, whatever handlers there are."""
    app = _app(error)
    app.add_error_handler(Exception, _handler('all'))
    sent = []

    async def send(event: Any) -> None:
        sent.append(event)

    async def receive() -> Any:
        raise NotImplementedError

    exchange = app({'type': 'http', 'method': 'GET', 'path': '/', 'headers': []}, receive, send)
    with pytest.raises(type(error)):
        exchange.send(None)
    assert sent == []


def test_serializer_is_the_applications(call: Any) -> None:
    """One function writes all errors, also those raised by the application itself."""

    def serialize(req: Request, resp: Response, error: HTTPError) -> None:
        resp.content_type = 'text/plain'
        resp.text = f'{error.status_code} {req.path}'

    app = _app(KeyError('secret'))
    app.set_error_serializer(serialize)
    assert call(app).body == b'500 /'
    assert call(app, path='/nowhere').body == b'404 /nowhere'
    assert call(app, 'PUT').body == b'405 /'


def test_synchronous_handlers_are_refused() -> None:
    """A handler that could not be awaited is refused when it is added."""
    with pytest.raises(CompatibilityError):
        App().add_error_handler(Base, lambda *arguments: None)  # type: ignore[arg-type] # that is the fault


# The reporter of errors.


def _reported(call: Any, error: Exception, handler: Any = None, **options: Any) -> list[tuple[str, bool]]:
    reports = []

    def report(req: Request, error: BaseException, params: dict[str, Any], handled: bool) -> None:
        assert req.path == '/'
        assert params == {}
        reports.append((type(error).__name__, handled))

    app = _app(error, **options)
    app.set_error_reporter(report)
    if handler is not None:
        app.add_error_handler(Base, handler)
    call(app)
    return reports


def _raising(error: Exception | None) -> Any:
    async def handle(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        raise ex if error is None else error

    return handle


@pytest.mark.parametrize(
    ('error', 'handler', 'reports'),
    [
        (HTTPForbidden(), None, [('HTTPForbidden', True)]),
        (HTTPStatus(202), None, [('HTTPStatus', True)]),
        (Base(), None, [('Base', True)]),
        (Base(), _handler('base'), [('Base', True)]),
        (Base(), _raising(HTTPForbidden()), [('Base', True), ('HTTPForbidden', True)]),
        (Base(), _raising(KeyError()), [('Base', False), ('KeyError', False)]),
        (
            Base(),
            _raising(HTTPForbidden(headers={'Set-Cookie': 'a=b'})),
            [('Base', False), ('HTTPForbidden', False), ('HeaderNotSupported', False)],
        ),
        (Base(), _raising(None), [('Base', False)]),
    ],
)
def test_reporter_hears_of_every_exception(
    call: Any, error: Exception, handler: Any, reports: list[tuple[str, bool]]
) -> None:
    """Each exception is reported once, in the order in which they came, and whether a handler made the response."""
    assert _reported(call, error, handler) == reports


@dataclass
class Equal(Base):
    """An exception that equals others with the same reason, and so has no hash, as data classes are by default."""

    reason: str


def test_reporter_hears_of_exceptions_that_are_equal(call: Any) -> None:
    """Exceptions are told apart by what they are, not by what they equal; that they have no hash is no error."""
    assert _reported(call, Equal('empty'), _handler('handled')) == [('Equal', True)]
    assert _reported(call, Equal('empty'), _raising(Equal('empty'))) == [('Equal', False)] * 2


def test_reporter_hears_of_what_cannot_be_sent(call: Any) -> None:
    """A response that cannot be made, and one that breaks off, are reported."""

    class Unrenderable(Response):
        async def render_body(self) -> bytes:
            raise KeyError('secret')

    assert _reported(call, HTTPForbidden(), response_type=Unrenderable) == [
        ('HTTPForbidden', True),
        ('KeyError', True),
        ('KeyError', False),
    ]

    async def failing() -> AsyncIterator[bytes]:
        yield b'one'
        raise Base

    async def stream(req: Any, resp: Any, ex: Exception, params: Any) -> None:
        resp.stream = failing()

    assert _reported(call, Special(), stream) == [('Special', True), ('Base', False)]


def test_failing_reporter_is_survived(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An exception of the reporter is logged and changes nothing."""

    def report(*arguments: object) -> None:
        raise KeyError('secret')

    app = _app(HTTPForbidden())
    app.set_error_reporter(report)
    assert call(app).status == 403
    assert 'exception in the error reporter' in caplog.text
