"""WebSockets."""

from falcon_ws import WebSocket, WebSocketOptions

__all__ = ['WebSocket', 'WebSocketOptions']
