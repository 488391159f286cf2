"""Routers, converters and static routes."""

from falcon_asgi import StaticRoute as StaticRouteAsync
from falcon_core.converters import (
    BaseConverter,
    DateTimeConverter,
    FloatConverter,
    IntConverter,
    PathConverter,
    RegexConverter,
    UUIDConverter,
)
from falcon_core.errors import UnacceptableRouteError
from falcon_core.responders import SuffixedMethodNotFoundError, map_http_methods, set_default_responders
from falcon_core.router import CompiledRouter, CompiledRouterOptions

__all__ = [
    'BaseConverter',
    'CompiledRouter',
    'CompiledRouterOptions',
    'DateTimeConverter',
    'FloatConverter',
    'IntConverter',
    'PathConverter',
    'RegexConverter',
    'StaticRouteAsync',
    'SuffixedMethodNotFoundError',
    'UUIDConverter',
    'UnacceptableRouteError',
    'map_http_methods',
    'set_default_responders',
]
