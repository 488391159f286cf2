"""Event streams of falcon-sse within an application of another framework."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette_testclient import TestClient

from falcon_sse import EventStream, SSEvent


async def events() -> AsyncIterator[object]:
    yield SSEvent('a', event_type='t')
    yield None
    yield {'b': [1, 2]}


async def as_application(request: Request) -> EventStream:
    return EventStream(events())


async def as_body(request: Request) -> StreamingResponse:
    return StreamingResponse(EventStream(events()), headers=EventStream.headers)


@pytest.mark.parametrize('path', ['/application', '/body'])
def test_a_stream_is_a_response_and_the_body_of_one(path: str) -> None:
    """Returned as the response or iterated by one, the stream sends the same headers and the same bytes."""
    client = TestClient(Starlette(routes=[Route('/application', as_application), Route('/body', as_body)]))
    response = client.get(path)
    assert response.status_code == 200
    assert response.content == b'event: t\ndata: a\n\n: ping\n\ndata: {"b":[1,2]}\n\n'
    for name, value in EventStream.headers.items():
        assert response.headers[name] == value
