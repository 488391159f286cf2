"""The request."""

from falcon_asgi import Request

__all__ = ['Request']
