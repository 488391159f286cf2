"""WebSocket connections for ASGI applications, with or without a framework."""

from falcon_ws.__about__ import __version__
from falcon_ws.errors import (
    PayloadTypeError,
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import WebSocketPayloadType
from falcon_ws.server import WebSocketServer
from falcon_ws.states import ReadyState
from falcon_ws.websocket import WebSocket

__all__ = [
    'PayloadTypeError',
    'ReadyState',
    'WebSocket',
    'WebSocketDisconnected',
    'WebSocketHandlerNotFound',
    'WebSocketOptions',
    'WebSocketPathNotFound',
    'WebSocketPayloadType',
    'WebSocketServer',
    'WebSocketServerError',
    '__version__',
]
