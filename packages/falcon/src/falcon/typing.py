"""Types for annotations.

`Middleware`, `SinkFunction`, `ErrorHandlerFunction` and `ErrorSerializerFunction` are what an application takes; each
can be given the types of its requests and responses, as in `Middleware[OwnRequest, OwnResponse]`.
"""

from falcon_asgi.app_types import (
    ErrorHandlerFunction,
    ErrorSerializerFunction,
    Middleware,
    SinkFunction,
)
from falcon_core.asgi_types import ASGIApp, Message, Receive, Scope, Send
from falcon_core.interfaces import AsyncReadableIO, Headers, MediaHandler, ReadableIO
from falcon_sse import SSEEmitter

__all__ = [
    'ASGIApp',
    'AsyncReadableIO',
    'ErrorHandlerFunction',
    'ErrorSerializerFunction',
    'Headers',
    'MediaHandler',
    'Message',
    'Middleware',
    'ReadableIO',
    'Receive',
    'SSEEmitter',
    'Scope',
    'Send',
    'SinkFunction',
]
