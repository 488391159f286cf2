"""What makes scopes and events, under the module path of Falcon."""

from falcon_asgi.testing import (
    DEFAULT_HOST,
    DEFAULT_UA,
    ASGILifespanEventEmitter,
    ASGIRequestEventEmitter,
    ASGIResponseEventCollector,
    create_asgi_req,
    create_scope,
    get_encoding_from_headers,
    get_unused_port,
    rand_string,
)
from falcon_ws.testing import ASGIWebSocketSimulator, create_scope_ws

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'ASGILifespanEventEmitter',
    'ASGIRequestEventEmitter',
    'ASGIResponseEventCollector',
    'ASGIWebSocketSimulator',
    'create_asgi_req',
    'create_scope',
    'create_scope_ws',
    'get_encoding_from_headers',
    'get_unused_port',
    'rand_string',
]
