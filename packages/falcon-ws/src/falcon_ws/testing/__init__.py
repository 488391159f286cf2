"""A client of WebSockets for tests, without a server: of applications, and of any other ASGI callable."""

from falcon_core.testing import DEFAULT_HOST, DEFAULT_UA
from falcon_ws.testing.connection import connect
from falcon_ws.testing.denial import WebSocketDenied
from falcon_ws.testing.scope import create_scope_ws
from falcon_ws.testing.simulator import ASGIWebSocketSimulator

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'ASGIWebSocketSimulator',
    'WebSocketDenied',
    'connect',
    'create_scope_ws',
]
