"""The body of a request."""

from falcon_asgi import BoundedStream

__all__ = ['BoundedStream']
