"""What an application may be given, for type checkers: middleware, sinks and error handlers of one's own requests.

`App[MyRequest, MyResponse]` is an application whose `request_type` and `response_type` are these; without them it is an
`App[Request, Response]`. What takes requests of a base class fits an application with a subclass, not the other way
round.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Concatenate, Protocol

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.http_error import HTTPError
from falcon_core.middleware import ASGIMiddleware

if TYPE_CHECKING:
    # The standard library's has defaults from Python 3.13 on. Type checkers bring their own copy of this one.
    from typing_extensions import TypeVar

    RequestT = TypeVar('RequestT', bound=Request, default=Request)
    ResponseT = TypeVar('ResponseT', bound=Response, default=Response)
else:
    from typing import TypeVar

    RequestT = TypeVar('RequestT', bound=Request)
    ResponseT = TypeVar('ResponseT', bound=Response)

__all__ = [
    'ErrorHandlerFunction',
    'ErrorSerializerFunction',
    'ExceptionT',
    'Middleware',
    'RequestT',
    'ResponseT',
    'SinkFunction',
]

ExceptionT = TypeVar('ExceptionT', bound=Exception)
_Req = TypeVar('_Req', contravariant=True)
_Resp = TypeVar('_Resp', contravariant=True)
_Exc = TypeVar('_Exc', contravariant=True)


class _ProcessRequest(Protocol[_Req, _Resp]):
    async def process_request(self, req: _Req, resp: _Resp, /) -> None: ...


class _ProcessRequestAsync(Protocol[_Req, _Resp]):
    async def process_request_async(self, req: _Req, resp: _Resp, /) -> None: ...


class _ProcessResource(Protocol[_Req, _Resp]):
    async def process_resource(self, req: _Req, resp: _Resp, resource: Any, params: dict[str, Any], /) -> None: ...


class _ProcessResourceAsync(Protocol[_Req, _Resp]):
    async def process_resource_async(
        self, req: _Req, resp: _Resp, resource: Any, params: dict[str, Any], /
    ) -> None: ...


class _ProcessResponse(Protocol[_Req, _Resp]):
    async def process_response(self, req: _Req, resp: _Resp, resource: Any, req_succeeded: bool, /) -> None: ...


class _ProcessResponseAsync(Protocol[_Req, _Resp]):
    async def process_response_async(self, req: _Req, resp: _Resp, resource: Any, req_succeeded: bool, /) -> None: ...


class _ProcessRequestWS(Protocol[_Req]):
    async def process_request_ws(self, req: _Req, ws: Any, /) -> None: ...


class _ProcessResourceWS(Protocol[_Req]):
    async def process_resource_ws(self, req: _Req, ws: Any, resource: Any, params: dict[str, Any], /) -> None: ...


class _ProcessStartup(Protocol):
    async def process_startup(self, scope: dict[str, Any], event: dict[str, Any], /) -> None: ...


class _ProcessShutdown(Protocol):
    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any], /) -> None: ...


class _HandlesWebSockets(Protocol[_Exc, _Req]):
    def __call__(self, req: _Req, resp: Any, ex: _Exc, params: dict[str, Any], /, *, ws: Any) -> Awaitable[None]: ...


# A component has one hook or more; see falcon_core.middleware for what each is called with.
Middleware = (
    ASGIMiddleware
    | _ProcessRequest[RequestT, ResponseT]
    | _ProcessRequestAsync[RequestT, ResponseT]
    | _ProcessResource[RequestT, ResponseT]
    | _ProcessResourceAsync[RequestT, ResponseT]
    | _ProcessResponse[RequestT, ResponseT]
    | _ProcessResponseAsync[RequestT, ResponseT]
    | _ProcessRequestWS[RequestT]
    | _ProcessResourceWS[RequestT]
    | _ProcessStartup
    | _ProcessShutdown
)

SinkFunction = Callable[Concatenate[RequestT, ResponseT, ...], Awaitable[None]]

# Its parameters are, in this order, the types of the exception, the request and the response.
ErrorHandlerFunction = (
    _HandlesWebSockets[ExceptionT, RequestT]
    | Callable[[RequestT, ResponseT, ExceptionT, dict[str, Any]], Awaitable[None]]
)

ErrorSerializerFunction = Callable[[RequestT, ResponseT, HTTPError], None]
