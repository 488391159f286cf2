"""All that an application registers, and how it is found again.

The registry resolves and does no I/O: the servers of the ASGI scopes call what it returns.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from falcon_core.coroutines import is_coroutine_callable, takes_keyword
from falcon_core.errors import CompatibilityError
from falcon_core.interfaces import FallbackRoute, FoundRoute, Router
from falcon_core.middleware import MiddlewareStacks, as_components, prepare_middleware
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.router import CompiledRouter

__all__ = ['ErrorHandler', 'Registry']


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


class Registry:
    """The routes, sinks, static routes, middleware, error handlers and options of one application.

    Args:
        router: What finds routes; a new `CompiledRouter` if None.
        req_options: How requests are read; defaults if None.
        resp_options: How responses are made; defaults if None.
        sink_before_static_route: Whether a path that both a sink and a static route take goes to the sink.

    Attributes:
        router (Router): See above.
        req_options (RequestOptions): See above.
        resp_options (ResponseOptions): See above.
        middleware (MiddlewareStacks): The hooks of all components added so far.
    """

    def __init__(
        self,
        *,
        router: Router | None = None,
        req_options: RequestOptions | None = None,
        resp_options: ResponseOptions | None = None,
        sink_before_static_route: bool = True,
    ) -> None:
        self.router = CompiledRouter() if router is None else router
        self.req_options = RequestOptions() if req_options is None else req_options
        self.resp_options = ResponseOptions() if resp_options is None else resp_options
        self.middleware = MiddlewareStacks()
        self._sink_first = sink_before_static_route
        self._components: list[object] = []
        self._sinks: list[FallbackRoute] = []
        self._static_routes: list[FallbackRoute] = []
        self._error_handlers: dict[type[BaseException], ErrorHandler] = {}

    def find(self, path: str, req: Any = None) -> FoundRoute | None:
        """Return the resource, its responders, the values of the fields, and the template of a path, or None."""
        return self.router.find(path, req)

    def find_fallback(self, path: str) -> tuple[Callable[..., Awaitable[None]], dict[str, Any]] | None:
        """Return the sink or static route that takes a path, with its keyword arguments; None if none does.

        Of several, the one that was added last.
        """
        first, second = self._sinks, self._static_routes
        if not self._sink_first:
            first, second = second, first
        for fallback in (*first, *second):
            params = fallback.match(path)
            if params is not None:
                return fallback.serve, params
        return None

    def add_route(self, uri_template: str, resource: object, **kwargs: Any) -> None:
        """Add a route; the arguments are the router's."""
        self.router.add_route(uri_template, resource, **kwargs)

    def add_sink(self, sink: Callable[..., Awaitable[None]], prefix: str | re.Pattern[str] = '/') -> None:
        """Add a sink: what answers every request whose path begins with a prefix and that no route takes.

        Args:
            sink: A coroutine function, called as `sink(req, resp, **kwargs)` with the named groups of `prefix`.
            prefix: A regular expression, matched at the path's begin, or its source.

        Raises:
            CompatibilityError: The sink is no coroutine function.
        """
        if not is_coroutine_callable(sink):
            raise CompatibilityError(
                f'received the synchronous function {sink!r} as a sink, expected a coroutine function'
            )
        self._sinks.insert(0, _Sink(re.compile(prefix), sink))

    def add_static_route(self, route: FallbackRoute) -> None:
        """Add a static route."""
        self._static_routes.insert(0, route)

    def add_middleware(self, middleware: object) -> None:
        """Add one middleware component, or an iterable of them, after those added before.

        Raises:
            CompatibilityError: A hook is no coroutine function.
            TypeError: A component has no hook.
        """
        components = [*self._components, *as_components(middleware)]
        self.middleware = prepare_middleware(components)
        self._components = components

    def add_error_handler(
        self,
        exception: type[BaseException] | Iterable[type[BaseException]],
        handler: Callable[..., Awaitable[None]] | None = None,
    ) -> None:
        """Add what handles exceptions of one or more classes and of their subclasses.

        Args:
            exception: The class or classes; what was added for one before is replaced.
            handler: A coroutine function, called as `handler(req, resp, ex, params)`, for a WebSocket with `resp` None
                and with `ws=ws` if it has that parameter. None stands for the static method `handle` of the class.

        Raises:
            AttributeError: No handler was given and the class has no `handle`.
            CompatibilityError: The handler is no coroutine function.
            TypeError: `exception` is no exception class.
        """
        classes = (exception,) if isinstance(exception, type) else tuple(exception)
        for kind in classes:
            if not (isinstance(kind, type) and issubclass(kind, BaseException)):
                raise TypeError(f'received {kind!r}, expected an exception class')
        for kind in classes:
            handle = kind.handle if handler is None else handler  # type: ignore[attr-defined] # the default is a duck
            if not is_coroutine_callable(handle):
                raise CompatibilityError(
                    f'received the synchronous function {handle!r} as an error handler, expected a coroutine function'
                )
            self._error_handlers[kind] = ErrorHandler(handle, takes_keyword(handle, 'ws'))

    def find_error_handler(
        self, kind: type[BaseException], defaults: Mapping[type[BaseException], ErrorHandler]
    ) -> ErrorHandler | None:
        """Return what handles an exception: what was added for the nearest class of its method resolution order.

        Args:
            kind: The exception's class.
            defaults: What the server of the scope does for a class that nothing was added for.
        """
        for base in kind.__mro__:
            handler = self._error_handlers.get(base) or defaults.get(base)
            if handler is not None:
                return handler
        return None


@dataclass(frozen=True, slots=True)
class _Sink:
    """A sink and the pattern of the paths it takes."""

    pattern: re.Pattern[str]
    serve: Callable[..., Awaitable[None]]

    def match(self, path: str) -> dict[str, Any] | None:
        found = self.pattern.match(path)
        return None if found is None else found.groupdict()
