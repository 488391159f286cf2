"""What an application is made of, collected from what it registered."""

import functools
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Protocol, TypeVar

from falcon_core.app_info import (
    AppInfo,
    ErrorHandlerInfo,
    MiddlewareClassInfo,
    MiddlewareInfo,
    MiddlewareMethodInfo,
    MiddlewareTreeInfo,
    MiddlewareTreeItemInfo,
    RouteInfo,
    RouteMethodInfo,
    SinkInfo,
    StaticRouteInfo,
)
from falcon_core.middleware import hooks_of
from falcon_core.registry import ErrorHandler, Registry
from falcon_core.responders import set_default_responders
from falcon_core.router import CompiledRouter

__all__ = [
    'Inspectable',
    'inspect_app',
    'inspect_compiled_router',
    'inspect_error_handlers',
    'inspect_middleware',
    'inspect_routes',
    'inspect_sinks',
    'inspect_static_routes',
    'register_router',
]

_RouterInspector = Callable[[Any], list[RouteInfo]]
_I = TypeVar('_I', bound=_RouterInspector)

_UNKNOWN_SOURCE = '[unknown file]'
_router_inspectors: dict[type, _RouterInspector] = {}


class Inspectable(Protocol):
    """An application whose parts can be told."""

    @property
    def registry(self) -> Registry:
        """All that was added to the application."""
        ...

    @property
    def default_error_handlers(self) -> Mapping[type[BaseException], ErrorHandler]:
        """What handles exceptions that nothing was added for."""
        ...


def inspect_app(app: Inspectable) -> AppInfo:
    """Return what an application is made of.

    Raises:
        TypeError: `app` is no application of this framework, or its router is of a class that nobody registered.
    """
    return AppInfo(
        routes=inspect_routes(app),
        middleware=inspect_middleware(app),
        static_routes=inspect_static_routes(app),
        sinks=inspect_sinks(app),
        error_handlers=inspect_error_handlers(app),
        asgi=True,
    )


def inspect_routes(app: Inspectable) -> list[RouteInfo]:
    """Return the routes of an application.

    Raises:
        TypeError: `app` is no application of this framework, or its router is of a class that nobody registered.
    """
    router = _registry(app).router
    for kind in type(router).__mro__:
        if kind in _router_inspectors:
            return _router_inspectors[kind](router)
    raise TypeError(
        f'received an application with a router of {type(router)!r}, expected a CompiledRouter or a class that '
        'register_router was given'
    )


def register_router(router_class: type) -> Callable[[_I], _I]:
    """Return a decorator for the function that tells the routes of a class of routers, and of its subclasses.

    The function is called with the router and returns a list of `RouteInfo`. The decorator raises ValueError if there
    is a function for that class already.

    Args:
        router_class: The class of the routers.
    """

    def register(function: _I) -> _I:
        if router_class in _router_inspectors:
            raise ValueError(f'received {router_class!r}, expected a class that has no function registered yet')
        _router_inspectors[router_class] = function
        return function

    return register


@register_router(CompiledRouter)
def inspect_compiled_router(router: CompiledRouter) -> list[RouteInfo]:
    """Return the routes of a compiled router, each before those whose templates go on from its own."""
    routes = []
    for route in router.routes:
        methods = [_route_method(method, responder, internal=False) for method, responder in route.responders.items()]
        complete = dict(route.responders)
        set_default_responders(complete)
        methods += [
            _route_method(method, responder, internal=True)
            for method, responder in complete.items()
            if method not in route.responders
        ]
        kind = _kind(route.resource)
        routes.append(RouteInfo(route.uri_template, kind.__name__, _source_info(kind), methods))
    return routes


def inspect_static_routes(app: Inspectable) -> list[StaticRouteInfo]:
    """Return the static routes of an application, in the order in which they are tried."""
    return [
        StaticRouteInfo(route.prefix, route.directory, route.fallback_filename)
        for route in _registry(app).static_routes
    ]


def inspect_sinks(app: Inspectable) -> list[SinkInfo]:
    """Return the sinks of an application, in the order in which they are tried."""
    return [
        SinkInfo(sink.pattern.pattern, _name(sink.serve), _source_info(sink.serve)) for sink in _registry(app).sinks
    ]


def inspect_error_handlers(app: Inspectable) -> list[ErrorHandlerInfo]:
    """Return the error handlers of an application: defaults that were not replaced, then those that were added."""
    added = _registry(app).error_handlers
    defaults = {kind: handler for kind, handler in app.default_error_handlers.items() if kind not in added}
    return [
        ErrorHandlerInfo(kind.__name__, _name(handler.handle), _source_info(handler.handle), internal)
        for handlers, internal in ((defaults, True), (added, False))
        for kind, handler in handlers.items()
    ]


def inspect_middleware(app: Inspectable) -> MiddlewareInfo:
    """Return the middleware of an application."""
    registry = _registry(app)
    tree = MiddlewareTreeInfo([], [], [])
    classes = []
    for component in registry.components:
        hooks = hooks_of(component)
        kind = _kind(component)
        methods = [MiddlewareMethodInfo(_name(hook), _source_info(hook)) for hook in hooks.values()]
        classes.append(MiddlewareClassInfo(kind.__name__, _source_info(kind), methods))
        for name, items in (('process_request', tree.request), ('process_resource', tree.resource)):
            if name in hooks:
                items.append(MiddlewareTreeItemInfo(_name(hooks[name]), kind.__name__))
        if 'process_response' in hooks:
            tree.response.insert(0, MiddlewareTreeItemInfo(_name(hooks['process_response']), kind.__name__))
    return MiddlewareInfo(tree, classes, registry.independent_middleware)


def _registry(app: Inspectable) -> Registry:
    registry = getattr(app, 'registry', None)
    if not isinstance(registry, Registry):
        raise TypeError(f'received {app!r}, expected an application of falcon.asgi')
    return registry


def _kind(thing: object) -> type | ModuleType:
    """Return what an object is told by: itself, if it is a class or a module with functions, or its class."""
    return thing if isinstance(thing, (type, ModuleType)) else type(thing)


def _route_method(method: str, responder: Callable[..., Any], *, internal: bool) -> RouteMethodInfo:
    return RouteMethodInfo(method, _source_info(responder), _name(responder), internal)


def _name(action: Any) -> str:
    action = _innermost(action)
    name: str = getattr(action, '__name__', type(action).__name__)
    return name


def _source_info(thing: Any) -> str:
    """Return where a function, a class or a module is defined, of another object its class: `file:line`."""
    thing = inspect.unwrap(_innermost(thing))
    function = getattr(thing, '__func__', thing)
    code = getattr(function, '__code__', None)
    if code is not None:
        return f'{code.co_filename}:{code.co_firstlineno}'
    kind = _kind(thing)
    try:
        return f'{inspect.getsourcefile(kind)}:{inspect.getsourcelines(kind)[1] or 1}'  # of a module, the line is 0
    except (OSError, TypeError):  # made by exec(), or in C
        return _UNKNOWN_SOURCE


def _innermost(action: Any) -> Any:
    while isinstance(action, functools.partial):
        action = action.func
    return action
