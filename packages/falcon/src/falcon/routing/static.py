"""Static routes."""

from falcon_asgi import StaticRoute as StaticRouteAsync

__all__ = ['StaticRouteAsync']
