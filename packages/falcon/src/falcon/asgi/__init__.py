"""The ASGI application and everything that belongs to a connection."""

from falcon_asgi import App, BoundedStream, Request, Response
from falcon_core.middleware import ASGIMiddleware
from falcon_sse import SSEvent
from falcon_ws import WebSocket, WebSocketOptions

__all__ = ['ASGIMiddleware', 'App', 'BoundedStream', 'Request', 'Response', 'SSEvent', 'WebSocket', 'WebSocketOptions']
