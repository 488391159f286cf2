"""The response."""

from falcon_asgi import Response

__all__ = ['Response']
