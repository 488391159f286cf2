"""Type checkers see which middleware, sinks and error handlers fit an application, and which do not.

What must not pass stands where it never runs, with the error that mypy has to find; an error that is not found any more
is itself one, as mypy warns of comments that it does not need.
"""

from typing import Any, assert_type

from falcon_asgi.app import App
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.hooks import after, before
from falcon_core.http_error import HTTPError
from falcon_core.middleware import ASGIMiddleware


class OwnRequest(Request):
    user: str = 'nobody'


class OwnResponse(Response): ...


class Timer:
    async def process_request(self, req: Request, resp: Response) -> None: ...

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None: ...


class Access:
    async def process_resource(
        self, req: OwnRequest, resp: OwnResponse, resource: object, params: dict[str, Any]
    ) -> None: ...


class Pool(ASGIMiddleware):
    async def process_startup(self, scope: dict[str, Any], event: dict[str, Any]) -> None: ...


class Handshakes:
    async def process_request_ws(self, req: Request, ws: object) -> None: ...


class Twin:
    def process_request(self, req: Request, resp: Response) -> None: ...

    async def process_request_async(self, req: Request, resp: Response) -> None: ...


class Synchronous:
    def process_request(self, req: Request, resp: Response) -> None: ...


async def sink(req: Request, resp: Response, rest: str) -> None: ...


async def sink_of_own_requests(req: OwnRequest, resp: OwnResponse, **groups: str) -> None: ...


def synchronous_sink(req: Request, resp: Response) -> None: ...


async def handle_any(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None: ...


async def handle_key(req: Request, resp: Response, ex: KeyError, params: dict[str, Any]) -> None: ...


async def handle_own(req: OwnRequest, resp: OwnResponse, ex: Exception, params: dict[str, Any]) -> None: ...


async def handle_both(
    req: Request, resp: Response | None, ex: KeyError, params: dict[str, Any], ws: object = None
) -> None: ...


async def handle_keyword(req: Request, resp: Any, ex: KeyError, params: dict[str, Any], *, ws: object) -> None: ...


def handle_synchronously(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None: ...


def serialize(req: Request, resp: Response, exception: HTTPError) -> None: ...


async def limit(req: Request, resp: Response, resource: object, params: dict[str, Any], most: int) -> None: ...


def sign(req: Request, resp: Response, resource: object, *, name: str) -> None: ...


class Hooked:
    @before(limit, 3)
    @before(limit, most=3)
    @after(sign, name='ada')
    async def on_get(self, req: Request, resp: Response) -> None: ...


def make() -> App:
    """An application without types of its own needs no arguments for its annotation."""
    return App()


def test_application_has_the_types_it_was_given() -> None:
    """Without arguments it is one of `Request` and `Response`; what it is given, it is one of."""
    assert_type(make(), App[Request, Response])
    assert_type(App(middleware=[Timer(), Pool(), Handshakes(), Twin()]), App[Request, Response])
    assert_type(App(request_type=OwnRequest), App[OwnRequest, Response])
    own = App(request_type=OwnRequest, response_type=OwnResponse, middleware=[Timer(), Access()])
    assert_type(own, App[OwnRequest, OwnResponse])
    assert isinstance(App[OwnRequest, OwnResponse](request_type=OwnRequest), App)


def test_what_fits_is_taken() -> None:
    """What takes the application's requests, or those of a base class, fits; so does a handler for base exceptions."""
    app = make()
    app.add_middleware(Timer())
    app.add_middleware([Timer(), Pool()])
    app.add_sink(sink, '/(?P<rest>.*)')
    app.add_error_handler(KeyError, handle_any)
    app.add_error_handler(KeyError, handle_key)
    app.add_error_handler(KeyError, handle_both)
    app.add_error_handler(KeyError, handle_keyword)
    app.add_error_handler((KeyError, ValueError), handle_any)
    app.set_error_serializer(serialize)
    own = App(request_type=OwnRequest, response_type=OwnResponse)
    own.add_middleware([Timer(), Access()])
    own.add_sink(sink_of_own_requests)
    own.add_sink(sink)
    own.add_error_handler(ValueError, handle_own)
    own.add_error_handler(ValueError, handle_any)
    assert [sink.serve for sink in own.registry.sinks] == [sink, sink_of_own_requests]


def test_values_that_cannot_be_missing_are_no_optional_ones() -> None:
    """With `required`, or with a default, a method returns a value and not None."""
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [(b'a', b'1')], 'query_string': b'a=1'}
    req = Request(scope, None)
    assert_type(req.get_param('a'), str | None)
    assert_type(req.get_param('a', required=True), str)
    assert_type(req.get_param('b', default='x'), str)
    assert_type(req.get_param_as_int('a', required=True, min_value=1), int)
    assert_type(req.get_param_as_int('b', default=3), int)
    assert_type(req.get_param_as_float('a', required=True), float)
    assert_type(req.get_param_as_bool('b', default=False, blank_as_true=False), bool)
    assert_type(req.get_param_as_list('a', required=True), list[str])
    assert_type(req.get_param_as_list('a', int), list[int] | None)
    assert_type(req.get_param_as_list('a', int, required=True, delimiter=','), list[int])
    assert_type(req.get_param_as_dict('b', default={}), dict[str, str])
    assert_type(req.get_header('a'), str | None)
    assert_type(req.get_header('a', required=True), str)
    assert_type(req.get_header('b', default=''), str)
    assert_type(req.get_header_as_int('a', required=True), int)
    assert req.get_param_as_int('a', required=True) == 1


def refused() -> None:
    """What mypy has to refuse."""
    app = make()
    App(middleware=object())  # type: ignore[arg-type]
    App(middleware=Synchronous())  # type: ignore[arg-type]
    App(middleware=[Timer(), Synchronous()])  # type: ignore[list-item]
    App(request_type=str)  # type: ignore[type-var]
    app.add_middleware(Access())  # type: ignore[arg-type]
    app.add_sink(synchronous_sink)  # type: ignore[arg-type]
    app.add_sink(sink_of_own_requests)  # type: ignore[arg-type]
    app.add_error_handler(KeyError, handle_synchronously)  # type: ignore[arg-type]
    app.add_error_handler(Exception, handle_key)  # type: ignore[arg-type]
    app.add_error_handler((KeyError, ValueError), handle_key)  # type: ignore[arg-type]
    app.add_error_handler(KeyError, handle_own)  # type: ignore[arg-type]
    app.set_error_serializer(handle_any)  # type: ignore[arg-type]
    before(limit, 'three')  # type: ignore[arg-type]
    before(limit)  # type: ignore[call-arg]
    before(limit, most=3, least=1)  # type: ignore[call-arg]
    before(sign, name='ada')  # type: ignore[arg-type]
    after(sign, name=3)  # type: ignore[arg-type]
    req: Request = OwnRequest({}, None)
    req.user  # type: ignore[attr-defined] # noqa: B018
    req.get_param_as_int('a', required=True, least=1)  # type: ignore[call-overload]
    Response().text = 3  # type: ignore[assignment]
    Response().statsu = 200  # type: ignore[attr-defined]
