"""Clients of applications for tests, without a server and without dependencies."""

from falcon_asgi.testing.case import TestCase
from falcon_asgi.testing.client import (
    TestClient,
    simulate_delete,
    simulate_get,
    simulate_head,
    simulate_options,
    simulate_patch,
    simulate_post,
    simulate_put,
    simulate_request,
)
from falcon_asgi.testing.conductor import ASGIConductor
from falcon_asgi.testing.cookie import Cookie
from falcon_asgi.testing.ports import get_unused_port
from falcon_asgi.testing.request_events import ASGILifespanEventEmitter, ASGIRequestEventEmitter
from falcon_asgi.testing.resource import (
    SimpleTestResourceAsync,
    capture_responder_args_async,
    set_resp_defaults_async,
)
from falcon_asgi.testing.response_events import ASGIResponseEventCollector
from falcon_asgi.testing.result import Result, StreamedResult, get_encoding_from_headers
from falcon_asgi.testing.scope import create_asgi_req, create_scope
from falcon_asgi.testing.stream import ResultBodyStream
from falcon_asgi.testing.text import rand_string
from falcon_core.testing import DEFAULT_HOST, DEFAULT_UA

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'ASGIConductor',
    'ASGILifespanEventEmitter',
    'ASGIRequestEventEmitter',
    'ASGIResponseEventCollector',
    'Cookie',
    'Result',
    'ResultBodyStream',
    'SimpleTestResourceAsync',
    'StreamedResult',
    'TestCase',
    'TestClient',
    'capture_responder_args_async',
    'create_asgi_req',
    'create_scope',
    'get_encoding_from_headers',
    'get_unused_port',
    'rand_string',
    'set_resp_defaults_async',
    'simulate_delete',
    'simulate_get',
    'simulate_head',
    'simulate_options',
    'simulate_patch',
    'simulate_post',
    'simulate_put',
    'simulate_request',
]
