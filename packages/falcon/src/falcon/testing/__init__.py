"""Clients of applications for tests, without a server."""

from typing import NoReturn

from falcon.testing import client, helpers, resource, test_case
from falcon_asgi.testing import (
    DEFAULT_HOST,
    DEFAULT_UA,
    ASGIConductor,
    ASGILifespanEventEmitter,
    ASGIRequestEventEmitter,
    ASGIResponseEventCollector,
    Cookie,
    Result,
    ResultBodyStream,
    SimpleTestResourceAsync,
    StreamedResult,
    TestCase,
    TestClient,
    capture_responder_args_async,
    create_asgi_req,
    create_scope,
    get_encoding_from_headers,
    get_unused_port,
    rand_string,
    set_resp_defaults_async,
    simulate_delete,
    simulate_get,
    simulate_head,
    simulate_options,
    simulate_patch,
    simulate_post,
    simulate_put,
    simulate_request,
)
from falcon_ws.testing import ASGIWebSocketSimulator, WebSocketDenied, create_scope_ws

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'ASGIConductor',
    'ASGILifespanEventEmitter',
    'ASGIRequestEventEmitter',
    'ASGIResponseEventCollector',
    'ASGIWebSocketSimulator',
    'Cookie',
    'Result',
    'ResultBodyStream',
    'SimpleTestResourceAsync',
    'StreamedResult',
    'TestCase',
    'TestClient',
    'WebSocketDenied',
    'capture_responder_args_async',
    'client',
    'create_asgi_req',
    'create_scope',
    'create_scope_ws',
    'get_encoding_from_headers',
    'get_unused_port',
    'helpers',
    'rand_string',
    'resource',
    'set_resp_defaults_async',
    'simulate_delete',
    'simulate_get',
    'simulate_head',
    'simulate_options',
    'simulate_patch',
    'simulate_post',
    'simulate_put',
    'simulate_request',
    'test_case',
]


def __getattr__(name: str) -> NoReturn:
    # What Falcon's users may look for here and this framework, which has no WSGI side, does not have.
    if name in ('SimpleTestResource', 'capture_responder_args', 'set_resp_defaults'):
        raise AttributeError(
            f'module {__name__!r} has no attribute {name!r}, expected its namesake that ends in Async or _async'
        )
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
