"""What simulates requests, under the module path of Falcon."""

from falcon_asgi.testing import (
    ASGIConductor,
    Cookie,
    Result,
    ResultBodyStream,
    StreamedResult,
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

__all__ = [
    'ASGIConductor',
    'Cookie',
    'Result',
    'ResultBodyStream',
    'StreamedResult',
    'TestClient',
    'simulate_delete',
    'simulate_get',
    'simulate_head',
    'simulate_options',
    'simulate_patch',
    'simulate_post',
    'simulate_put',
    'simulate_request',
]
