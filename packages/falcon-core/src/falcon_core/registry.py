"""All that an application registers, and how it is found again.

The registry resolves and does no I/O: the servers of the ASGI scopes call what it returns.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from falcon_core.coroutines import is_coroutine_callable, names_parameter, takes_keyword
from falcon_core.errors import CompatibilityError
from falcon_core.interfaces import FallbackRoute, FilesRoute, FoundRoute, Router
from falcon_core.middleware import MiddlewareStacks, as_components, prepare_middleware
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.responders import check_field_names
from falcon_core.router import CompiledRouter
from falcon_core.shutdown import Shutdown

__all__ = ['ErrorHandler', 'ErrorReporter', 'Registry', 'Sink']

ErrorReporter = Callable[[Any, Exception, dict[str, Any], bool], None]

_Route = TypeVar('_Route', bound=FallbackRoute)

_logger = logging.getLogger('falcon')


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """What handles an exception.

    Attributes:
        handle: A coroutine function, called as `handle(req, resp, ex, params)`; for a WebSocket with `resp` None
            and, if `takes_ws`, with `ws` by keyword.
        takes_ws: Whether `handle` has a parameter `ws`.
    """

    handle: Callable[..., Awaitable[None]]
    takes_ws: bool = True


@dataclass(frozen=True, slots=True)
class Sink:
    """A sink.

    Attributes:
        pattern: What the paths it takes begin with.
        serve: The responder, called as `serve(req, resp, **params)` with the named groups of the pattern.
        takes_ws: Whether `serve` has a parameter `ws`: it is then called for WebSockets with `resp` None and with `ws`.
    """

    pattern: re.Pattern[str]
    serve: Callable[..., Awaitable[None]]
    takes_ws: bool = False

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the named groups of the pattern in a path; None if the path is not taken."""
        found = self.pattern.match(path)
        return None if found is None else found.groupdict()


class Registry:
    """The routes, sinks, static routes, middleware, error handlers and options of one application.

    Args:
        router: What finds routes; a new `CompiledRouter` if None.
        req_options: How requests are read; defaults if None.
        resp_options: How responses are made; defaults if None.
        sink_before_static_route: Whether a path that both a sink and a static route take goes to the sink.
        watch_signals: Whether the shutdown begins with the signal by which the server is told to stop.
        independent_middleware: Whether response hooks run whatever became of the request hooks.

    Attributes:
        router (Router): See above.
        find (Callable[[str, Any], FoundRoute | None]): The router's `find`: returns the resource, its responders, the
            values of the fields, and the template of a path, or None.
        req_options (RequestOptions): See above.
        resp_options (ResponseOptions): See above.
        independent_middleware (bool): See above.
        middleware (MiddlewareStacks): The hooks of all components added so far.
        error_reporter (ErrorReporter | None): What is told of every exception, on the event loop.
        shutdown (Shutdown): Tells open streams and connections that the application is told to stop.
        watch_signals (bool): See above.
    """

    def __init__(
        self,
        *,
        router: Router | None = None,
        req_options: RequestOptions | None = None,
        resp_options: ResponseOptions | None = None,
        sink_before_static_route: bool = True,
        watch_signals: bool = True,
        independent_middleware: bool = True,
    ) -> None:
        self.router = CompiledRouter() if router is None else router
        # Kept as it is, because a method that calls it would cost each request as much as finding a short path does.
        self.find: Callable[..., FoundRoute | None] = self.router.find
        self.req_options = RequestOptions() if req_options is None else req_options
        self.resp_options = ResponseOptions() if resp_options is None else resp_options
        self.middleware = MiddlewareStacks()
        self.independent_middleware = independent_middleware
        self._sink_first = sink_before_static_route
        self._components: list[object] = []
        self._sinks: list[Sink] = []
        self._static_routes: list[FilesRoute] = []
        self._error_handlers: dict[type[BaseException], ErrorHandler] = {}
        self.error_reporter: ErrorReporter | None = None
        self.shutdown = Shutdown()
        self.watch_signals = watch_signals

    @property
    def components(self) -> Sequence[object]:
        """The middleware components, in the order in which they were added."""
        return tuple(self._components)

    @property
    def sinks(self) -> Sequence[Sink]:
        """The sinks, in the order in which they are tried."""
        return tuple(self._sinks)

    @property
    def static_routes(self) -> Sequence[FilesRoute]:
        """The static routes, in the order in which they are tried."""
        return tuple(self._static_routes)

    @property
    def error_handlers(self) -> Mapping[type[BaseException], ErrorHandler]:
        """The error handlers that were added, by class of exceptions."""
        return MappingProxyType(self._error_handlers)

    def find_fallback(self, path: str) -> tuple[Callable[..., Awaitable[None]], dict[str, Any]] | None:
        """Return the sink or static route that takes a path, with its keyword arguments; None if none does.

        Of several, the one that was added last.
        """
        if not self._sinks and not self._static_routes:
            return None
        first: Sequence[FallbackRoute] = self._sinks
        second: Sequence[FallbackRoute] = self._static_routes
        if not self._sink_first:
            first, second = second, first
        found = _first_match(chain(first, second), path)
        return None if found is None else (found[0].serve, found[1])

    def find_sink(self, path: str) -> tuple[Sink, dict[str, Any]] | None:
        """Return the sink that takes a path, with its keyword arguments; None if none does.

        Of several, the one that was added last.
        """
        return _first_match(self._sinks, path)

    def add_route(self, uri_template: str, resource: object, **kwargs: Any) -> None:
        """Add a route; the arguments are the router's."""
        self.router.add_route(uri_template, resource, **kwargs)

    def prepare_routes(self) -> None:
        """Do what the first request would have to wait for, if the router is one that does anything then."""
        if isinstance(self.router, CompiledRouter):
            self.router.prepare()

    def add_sink(self, sink: Callable[..., Awaitable[None]], prefix: str | re.Pattern[str] = '/') -> None:
        """Add a sink: what answers every request whose path begins with a prefix and that no route takes.

        Args:
            sink: A coroutine function, called as `sink(req, resp, **kwargs)` with the named groups of `prefix`, None
                for those that take no part; for a WebSocket with `resp` None and with `ws`, if it has that parameter.
            prefix: A regular expression, matched at the path's begin, or its source. How long it runs on hostile
                paths is the expression's own matter.

        Raises:
            CompatibilityError: The sink is no coroutine function.
            TypeError: The prefix is no string or expression for strings.
            ValueError: The prefix is malformed, or the sink cannot be given one of its groups.
        """
        if not is_coroutine_callable(sink):
            raise CompatibilityError(f'received {sink!r} as a sink, expected a coroutine function')
        try:
            pattern = re.compile(prefix)
        except (OverflowError, re.error) as error:
            raise ValueError(f'received prefix {prefix!r}, expected a regular expression: {error}') from error
        if not isinstance(pattern.pattern, str):
            raise TypeError(f'received prefix {prefix!r}, expected a str')
        check_field_names({'any method': sink}, pattern.groupindex, pattern.pattern)
        self._sinks.insert(0, Sink(pattern, sink, names_parameter(sink, 'ws')))

    def add_static_route(self, route: FilesRoute) -> None:
        """Add a static route."""
        self._static_routes.insert(0, route)

    def add_middleware(self, middleware: object) -> None:
        """Add one middleware component, or an iterable of them, after those added before; all of them or none.

        Raises:
            CompatibilityError: A hook is no coroutine function.
            TypeError: A component has no hook, or is a class and not an object of it.
        """
        components = [*self._components, *as_components(middleware)]
        self.middleware = prepare_middleware(components)
        self._components = components

    def add_error_handler(
        self,
        exception: type[BaseException] | Iterable[type[BaseException]],
        handler: Callable[..., Awaitable[None]] | None = None,
    ) -> None:
        """Add what handles exceptions of one or more classes and of their subclasses; for all of them or none.

        Args:
            exception: The class or classes, subclasses of `Exception`; what was added for one before is replaced.
            handler: A coroutine function, called as `handler(req, resp, ex, params)`, for a WebSocket with `resp` None
                and with `ws=ws` if it has that parameter. None stands for the static method `handle` of the class.

        Raises:
            AttributeError: No handler was given and the class has no `handle`.
            CompatibilityError: The handler is no coroutine function.
            TypeError: `exception` is no exception class.
        """
        classes = tuple(exception) if isinstance(exception, Iterable) else (exception,)
        added: dict[type[BaseException], ErrorHandler] = {}
        for kind in classes:
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                raise TypeError(f'received {kind!r}, expected a subclass of Exception')
            handle = kind.handle if handler is None else handler  # type: ignore[attr-defined] # the default is a duck
            if not is_coroutine_callable(handle):
                raise CompatibilityError(f'received {handle!r} as an error handler, expected a coroutine function')
            added[kind] = ErrorHandler(handle, takes_keyword(handle, 'ws'))
        self._error_handlers.update(added)

    def find_error_handler(
        self, kind: type[BaseException], defaults: Mapping[type[BaseException], ErrorHandler]
    ) -> ErrorHandler | None:
        """Return what handles an exception: what was added for the nearest class of its method resolution order.

        Args:
            kind: The exception's class.
            defaults: What the server of the scope does for a class that nothing was added for.
        """
        added = self._error_handlers
        for base in kind.__mro__:
            if base in added:
                return added[base]
            if base in defaults:
                return defaults[base]
        return None

    def report(self, req: Any, error: Exception, params: dict[str, Any], *, handled: bool) -> None:
        """Tell the reporter, if there is one, of an exception; one of its own is logged.

        Args:
            req: The request.
            error: The exception.
            params: The fields of the route, if one was found.
            handled: Whether a handler dealt with it.
        """
        if self.error_reporter is None:
            return
        try:
            self.error_reporter(req, error, params, handled)
        except Exception:
            _logger.exception('exception in the error reporter %r', self.error_reporter)


def _first_match(routes: Iterable[_Route], path: str) -> tuple[_Route, dict[str, Any]] | None:
    for route in routes:
        params = route.match(path)
        if params is not None:
            return route, params
    return None
