"""What an application is made of: routes, middleware, sinks, static routes and error handlers."""

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
from falcon_core.app_text import InspectVisitor, StringVisitor
from falcon_core.inspection import (
    inspect_app,
    inspect_compiled_router,
    inspect_error_handlers,
    inspect_middleware,
    inspect_routes,
    inspect_sinks,
    inspect_static_routes,
    register_router,
)

__all__ = [
    'AppInfo',
    'ErrorHandlerInfo',
    'InspectVisitor',
    'MiddlewareClassInfo',
    'MiddlewareInfo',
    'MiddlewareMethodInfo',
    'MiddlewareTreeInfo',
    'MiddlewareTreeItemInfo',
    'RouteInfo',
    'RouteMethodInfo',
    'SinkInfo',
    'StaticRouteInfo',
    'StringVisitor',
    'inspect_app',
    'inspect_compiled_router',
    'inspect_error_handlers',
    'inspect_middleware',
    'inspect_routes',
    'inspect_sinks',
    'inspect_static_routes',
    'register_router',
]
