"""The application: what a server calls for each connection."""

import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Generic, TypeVar, cast

from falcon_asgi.app_types import (
    ErrorHandlerFunction,
    ErrorSerializerFunction,
    ExceptionT,
    Middleware,
    RequestT,
    ResponseT,
    SinkFunction,
)
from falcon_asgi.background import BackgroundTasks
from falcon_asgi.cors import CORSMiddleware
from falcon_asgi.error_handling import ErrorHandling
from falcon_asgi.lifespan import serve_lifespan
from falcon_asgi.negotiation import negotiate
from falcon_asgi.request import Request
from falcon_asgi.request_media import may_have_body, read_ahead
from falcon_asgi.response import Response
from falcon_asgi.response_body import awaited_body, clear_body, rendered
from falcon_asgi.sending import Prepared, bare_answer, close_unsent, prepare, send_produced
from falcon_asgi.static import StaticRoute
from falcon_core.asgi_types import Receive, Scope, Send
from falcon_core.constants import DEFAULT_MEDIA_TYPE
from falcon_core.coroutines import is_coroutine_callable
from falcon_core.errors import CompatibilityError, UnsupportedError, UnsupportedScopeError
from falcon_core.http_error import HTTPError
from falcon_core.interfaces import RenderedResponse, Router, ScopeServer
from falcon_core.middleware import Hook, MiddlewareStacks, as_components
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.parts import scope_server_factory
from falcon_core.registry import ErrorHandler, ErrorReporter, Registry
from falcon_core.responders import WEBSOCKET, missing_responder
from falcon_core.streams import client_has_left, tells_of_disconnect

__all__ = ['App']

_Function = TypeVar('_Function')

_logger = logging.getLogger('falcon')


class App(Generic[RequestT, ResponseT]):
    """An ASGI 3.0 application.

    To type checkers it is `App[Request, Response]`, or of the types that it was given.

    Args:
        media_type: The default media type of bodies, of requests as of responses. Anything else than JSON is set on
            the options, also on those that are given.
        request_type: A subclass of `Request` to make requests of, or None.
        response_type: A subclass of `Response` to make responses of, or None.
        middleware: One middleware component, or an iterable of them (see `falcon_core.middleware`).
        router: What finds routes, or None for a `CompiledRouter`.
        independent_middleware: Whether a response hook runs whatever became of the request hooks; False runs those only
            whose component's request hook succeeded.
        cors_enable: Whether pages of all origins may read the responses: adds a `CORSMiddleware` after the other
            middleware. For more, add one with arguments instead.
        sink_before_static_route: Whether a path that a sink and a static route take goes to the sink.
        req_options: How requests are read, or None for the defaults.
        resp_options: How responses are made, or None for the defaults.
        secure_cookies_by_default: `resp_options.secure_cookies_by_default`, or None to leave it as it is.
        watch_signals: Whether event streams and WebSockets learn of SIGTERM and SIGINT, by handlers that are put before
            the server's from startup to shutdown. Without, they learn when the server says so, which most servers do
            only when all connections have ended.

    Raises:
        CompatibilityError: A hook of the middleware is no coroutine function.
        TypeError: A middleware component has no hook.
        ValueError: `cors_enable`, and `middleware` has a `CORSMiddleware` as well.

    Attributes:
        registry (Registry): All that is added to the application.
    """

    def __init__(
        self,
        media_type: str = DEFAULT_MEDIA_TYPE,
        request_type: type[RequestT] | None = None,
        response_type: type[ResponseT] | None = None,
        middleware: Middleware[RequestT, ResponseT] | Iterable[Middleware[RequestT, ResponseT]] | None = None,
        router: Router | None = None,
        independent_middleware: bool = True,
        cors_enable: bool = False,
        sink_before_static_route: bool = True,
        *,
        req_options: RequestOptions | None = None,
        resp_options: ResponseOptions | None = None,
        secure_cookies_by_default: bool | None = None,
        watch_signals: bool = True,
    ) -> None:
        self.registry = Registry(
            router=router,
            req_options=req_options,
            resp_options=resp_options,
            sink_before_static_route=sink_before_static_route,
            watch_signals=watch_signals,
            independent_middleware=independent_middleware,
        )
        if media_type != DEFAULT_MEDIA_TYPE:
            self.req_options.default_media_type = media_type
            self.resp_options.default_media_type = media_type
        if secure_cookies_by_default is not None:
            self.resp_options.secure_cookies_by_default = secure_cookies_by_default
        self._request_type: type[Request] = request_type or Request
        self._response_type: type[Response] = response_type or Response
        # A subclass may make the body in a way of its own.
        overridden = self._response_type.render_body is not Response.render_body
        self._render: Callable[[Response], Any] = self._response_type.render_body if overridden else rendered
        self._errors = ErrorHandling(self.registry)
        self._background = BackgroundTasks()
        self._scope_servers: dict[str, ScopeServer] = {}
        self._cors_enabled = cors_enable
        self.add_middleware(middleware)
        if cors_enable:
            self.registry.add_middleware(CORSMiddleware())

    # What a server calls.

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection.

        Raises:
            UnsupportedScopeError: Nothing that is installed serves the scope's type.
        """
        if scope['type'] != 'http':
            await self._server_of(scope)(scope, receive, send)
            return
        registry = self.registry
        refusal: HTTPError | None = None
        try:
            req = self._request_type(scope, receive, None, registry.req_options)
        except HTTPError as error:  # a subclass may read what the client sent
            refusal = error
            req = Request(scope, receive, None, registry.req_options)
        resp = self._response_type(registry.resp_options)
        try:
            params = await self._respond(registry, req, resp) if refusal is None else {}
            try:
                if refusal is not None:
                    raise refusal
                if registry.resp_options.negotiated_media_types:
                    negotiate(req, resp, registry.resp_options.negotiated_media_types)
                body = self._render(resp)
                if body is not None and not isinstance(body, bytes):
                    body = await awaited_body(body)
                start, content, left_out = prepare(req, resp, body)
            except Exception as error:  # noqa: BLE001 # handed on to its handler
                start, content, left_out = await self._prepared_after(error, req, resp, params)
        except BaseException:  # cancelled: nothing will be sent
            clear_body(resp)
            await self._close_unsent(req, resp._abandoned or [])
            raise
        try:
            if isinstance(content, bytes):
                await send(start)
                await send({'type': 'http.response.body', 'body': b'' if left_out else content})
            else:
                await send_produced(req, send, start, content, left_out, registry, params)
        except Exception as error:
            if not tells_of_disconnect(error) and not await client_has_left(req.wait_disconnect):
                raise
            _logger.debug('client left before the response to %s %r was sent', req.method, req.path)
        finally:
            # First, because the closing may take its time, or be cancelled.
            if resp._callbacks is not None:
                for callback in resp._callbacks:
                    self._background.start(callback)
            if resp._abandoned is not None:
                await self._close_unsent(req, resp._abandoned)

    async def _respond(self, registry: Registry, req: Request, resp: Response) -> dict[str, Any]:
        """Run hooks and responder, and handle what they raise; return the fields of the route."""
        middleware = registry.middleware
        resource: object | None = None
        params: dict[str, Any] = {}
        succeeded = False
        passed: list[Hook] = []
        try:
            if middleware.pairs:
                await self._run_request_hooks(middleware, req, resp, passed)
            if not resp.complete:
                responders = responder = None
                route = registry.find(req.path, req)
                if route is not None:
                    resource, responders, params, req.uri_template = route
                    if req.method != WEBSOCKET:
                        responder = responders.get(req.method)
                    for hook in middleware.process_resource:
                        await hook(req, resp, resource, params)
                        if resp.complete:
                            break
                else:
                    fallback = registry.find_fallback(req.path)
                    if fallback is not None:
                        responder, params = fallback
                if not resp.complete:
                    if responder is None:
                        responder = missing_responder(req.method, responders)
                    elif registry.req_options.prefetch_media and may_have_body(req):
                        reading = read_ahead(req)
                        if reading is not None:
                            await reading
                    await responder(req, resp, **params)
            succeeded = True
        except Exception as error:  # noqa: BLE001 # handed on to its handler
            await self._errors.handle(req, resp, error, params)
        for hook in middleware.process_response if registry.independent_middleware else reversed(passed):
            try:
                await hook(req, resp, resource, succeeded)
            except Exception as error:  # noqa: BLE001 # handed on to its handler
                succeeded = False
                await self._errors.handle(req, resp, error, params)
        return params

    async def _run_request_hooks(
        self, middleware: MiddlewareStacks, req: Request, resp: Response, passed: list[Hook]
    ) -> None:
        """Run the request hooks; add to `passed` the response hooks of the components whose request hooks passed."""
        for request_hook, response_hook in middleware.pairs:
            if request_hook is not None and not resp.complete:
                await request_hook(req, resp)
            if response_hook is not None:
                passed.append(response_hook)

    async def _prepared_after(self, error: Exception, req: Request, resp: Response, params: dict[str, Any]) -> Prepared:
        """Return what to send instead of a response that could not be made, because of an exception."""
        await self._errors.handle(req, resp, error, params)
        try:
            return prepare(req, resp, await awaited_body(self._render(resp)))
        except Exception as another:
            _logger.exception('exception in the response to an exception during %s %r', req.method, req.path)
            self.registry.report(req, another, params, handled=False)
            return bare_answer()

    async def _close_unsent(self, req: Request, abandoned: list[Any]) -> None:
        for value in abandoned:
            try:
                await close_unsent(value)
            except Exception:
                _logger.exception('exception while closing %r, unsent in %s %r', value, req.method, req.path)

    def _server_of(self, scope: Scope) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
        # No coroutine: what a scope is served in may be open for hours, and there may be thousands.
        if scope['type'] == 'lifespan':
            return partial(serve_lifespan, self.registry, self._background)
        try:
            return self._scope_server(scope['type'], f'a scope of type {scope["type"]!r}')
        except UnsupportedError as error:
            raise UnsupportedScopeError(str(error)) from error

    def _scope_server(self, scope_type: str, feature: str) -> ScopeServer:
        if scope_type not in self._scope_servers:
            self._scope_servers[scope_type] = scope_server_factory(scope_type, feature)(self)
        return self._scope_servers[scope_type]

    def make_request(self, scope: Scope, receive: Receive) -> Request:
        """Return the request object for a scope that is no HTTP exchange; `receive` stays the scope's own."""
        return self._request_type(scope, None, None, self.registry.req_options)

    async def render_error(self, req: Request, error: Exception) -> RenderedResponse:
        """Return the HTTP response that an HTTP error or status stands for, written by the error serializer."""
        resp = self._response_type(self.registry.resp_options)
        try:
            self._errors.compose(req, resp, error)
            start, content, left_out = prepare(req, resp, await awaited_body(self._render(resp)))
        except Exception:
            _logger.exception('exception in the response to %r during %s %r', error, req.method, req.path)
            start, content, left_out = bare_answer()
        body = content if isinstance(content, bytes) and not left_out else b''
        return RenderedResponse(start['status'], start['headers'], body)

    # What an application is made of.

    @property
    def req_options(self) -> RequestOptions:
        """How requests are read."""
        return self.registry.req_options

    @req_options.setter
    def req_options(self, options: RequestOptions) -> None:
        self.registry.req_options = options

    @property
    def resp_options(self) -> ResponseOptions:
        """How responses are made."""
        return self.registry.resp_options

    @resp_options.setter
    def resp_options(self, options: ResponseOptions) -> None:
        self.registry.resp_options = options

    @property
    def default_error_handlers(self) -> Mapping[type[BaseException], ErrorHandler]:
        """What handles exceptions of HTTP requests that no handler was added for, by class."""
        return self._errors.defaults

    @property
    def router_options(self) -> Any:
        """How the router reads templates and finds responders."""
        return cast('Any', self.registry.router).options

    @property
    def ws_options(self) -> Any:
        """How WebSockets are served.

        Reading and assigning it raise MissingDistribution if falcon-ws is not installed.
        """
        return self._scope_server('websocket', 'app.ws_options').options

    @ws_options.setter
    def ws_options(self, options: Any) -> None:
        # Servers of other scopes need not let their options be replaced, so that the Protocol does not ask for it.
        cast('Any', self._scope_server('websocket', 'app.ws_options')).options = options

    def add_route(self, uri_template: str, resource: object, *, suffix: str | None = None, **kwargs: Any) -> None:
        """Add a route, in place of one with the same template.

        A template is a path whose segments may have fields, `{name}` or `{name:converter}` or
        `{name:converter(arguments)}`, with the converters `int`, `float`, `dt`, `uuid`, `path` and `re`. The fields
        become keyword arguments of the responder.

        Args:
            uri_template: The template, such as `/users/{user_id:int}`.
            resource: The object whose coroutine methods `on_get`, `on_post`, ..., `on_websocket` respond.
            suffix: Take the responders `on_get_<suffix>`, ... instead.
            **kwargs: Further arguments for the router.

        Raises:
            MissingDistribution: The resource has `on_websocket` and falcon-ws is not installed.
            TypeError: The template is no string, the resource is a class, or a responder is no coroutine function.
            ValueError: The template is malformed or conflicts with another, a responder cannot be given one of its
                fields, or no responder has the suffix.
        """
        if suffix is not None:
            kwargs['suffix'] = suffix
        if callable(getattr(resource, f'on_websocket_{suffix}' if suffix else 'on_websocket', None)):
            scope_server_factory('websocket', 'on_websocket')
        self.registry.add_route(uri_template, resource, **kwargs)

    def add_static_route(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        downloadable: bool = False,
        fallback_filename: str | None = None,
        *,
        index: str | None = None,
    ) -> None:
        """Serve the files of a directory under a prefix of the path; the last one added that fits is taken.

        Args:
            prefix: The beginning of the paths to take; starts with a slash.
            directory: The absolute path of the directory.
            downloadable: True has browsers save the files under their names.
            fallback_filename: A file to serve where there is none, absolute or relative to the directory; None
                answers with 404.
            index: The name of the file that stands for a directory, such as `index.html`; a path without the slash at
                its end is redirected to the one with it. None has directories not found.

        Raises:
            ValueError: The prefix has no slash at its start, the directory is not absolute, the fallback is no file, or
                the index is not the name of one.
        """
        self.registry.add_static_route(StaticRoute(prefix, directory, downloadable, fallback_filename, index=index))

    def add_sink(self, sink: SinkFunction[RequestT, ResponseT], prefix: str | re.Pattern[str] = '/') -> None:
        """Add what answers every request whose path begins with a prefix and that no route takes.

        Args:
            sink: A coroutine function, called as `sink(req, resp, **kwargs)` with the named groups of `prefix`; for a
                WebSocket as `sink(req, None, ws=ws, **kwargs)`, if it has a parameter `ws`.
            prefix: A regular expression, matched at the path's begin, or its source.

        Raises:
            CompatibilityError: The sink is no coroutine function.
            TypeError: The prefix is no string or expression for strings.
            ValueError: The prefix is malformed, or the sink cannot be given one of its groups.
        """
        self.registry.add_sink(sink, prefix)

    def add_middleware(
        self, middleware: Middleware[RequestT, ResponseT] | Iterable[Middleware[RequestT, ResponseT]] | None
    ) -> None:
        """Add one middleware component, or an iterable of them, after those added before.

        Raises:
            CompatibilityError: A hook is no coroutine function.
            TypeError: A component has no hook, or is a class and not an object of it.
            ValueError: A component is a `CORSMiddleware`, and `cors_enable` has added one.
        """
        components = list(as_components(middleware))
        if self._cors_enabled and any(isinstance(component, CORSMiddleware) for component in components):
            raise ValueError('received a CORSMiddleware, expected none next to cors_enable, which adds one itself')
        self.registry.add_middleware(components)

    def add_error_handler(
        self,
        exception: type[ExceptionT] | Iterable[type[ExceptionT]],
        handler: ErrorHandlerFunction[ExceptionT, RequestT, ResponseT] | None = None,
    ) -> None:
        """Add what handles exceptions of one or more classes and of their subclasses, for HTTP and WebSockets.

        The handler of the nearest class is taken; one for `Exception` is not called for HTTP errors and statuses.

        Args:
            exception: The class or classes, subclasses of `Exception`; what was added for one before is replaced.
            handler: A coroutine function, called as `handler(req, resp, ex, params)`, for a WebSocket with `resp` None
                and with `ws=ws` if it has that parameter. None stands for the static method `handle` of the class.

        Raises:
            AttributeError: No handler was given and the class has no `handle`.
            CompatibilityError: The handler is no coroutine function.
            TypeError: `exception` is no exception class.
        """
        self.registry.add_error_handler(exception, handler)

    def set_error_serializer(self, serializer: ErrorSerializerFunction[RequestT, ResponseT]) -> None:
        """Set what writes an HTTP error into the response: a function called as `serializer(req, resp, error)`.

        Raises:
            CompatibilityError: It is a coroutine function, which would never be awaited.
        """
        self._errors.serializer = _synchronous(serializer, 'error serializer')

    def set_error_reporter(self, reporter: ErrorReporter) -> None:
        """Set a function to be told of every exception, HTTP errors and statuses included, after it was handled.

        It is called on the event loop, as `reporter(req, error, params, handled)`. `handled` is False where no handler
        made the response: it raised an exception itself, which is then told of as well, or the response could not be
        made or was broken off. An exception of the reporter is logged.

        Raises:
            CompatibilityError: It is a coroutine function, which would never be awaited.
        """
        self.registry.error_reporter = _synchronous(reporter, 'error reporter')


def _synchronous(function: _Function, role: str) -> _Function:
    if is_coroutine_callable(function):
        raise CompatibilityError(f'received the coroutine function {function!r} as the {role}, expected a plain one')
    return function
