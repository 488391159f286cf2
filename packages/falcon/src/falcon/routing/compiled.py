"""The router."""

from falcon_core.errors import UnacceptableRouteError
from falcon_core.router import CompiledRouter, CompiledRouterOptions

__all__ = ['CompiledRouter', 'CompiledRouterOptions', 'UnacceptableRouteError']
