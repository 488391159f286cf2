import asyncio
from typing import Any

import pytest

from event_loop import in_loop, turns
from falcon_asgi.testing import ASGIResponseEventCollector

START = {'type': 'http.response.start', 'status': 200}
END = {'type': 'http.response.body'}


@in_loop
async def test_response_is_collected() -> None:
    """Status, headers and body are there as soon as they were sent."""
    collector = ASGIResponseEventCollector()
    assert (collector.status, collector.headers, collector.body_chunks, collector.more_body) == (None, [], [], None)
    await collector({'type': 'http.response.start', 'status': 201, 'headers': iter([[b'a', b'\xe9']])})
    assert (collector.status, collector.headers) == (201, [('a', 'é')])
    await collector({'type': 'http.response.body', 'body': b'x', 'more_body': True})
    assert (collector.body_chunks, collector.more_body) == ([b'x'], True)
    await collector(END)
    assert (collector.body_chunks, collector.more_body) == ([b'x'], False)
    assert len(collector.events) == 3


@in_loop
async def test_end_of_the_response_is_told() -> None:
    """Whoever wants to know learns of the end, and of each event."""
    ends: list[bool] = []
    collector = ASGIResponseEventCollector(on_complete=lambda: ends.append(True))
    waiting = asyncio.create_task(collector.progress.wait_for(lambda: collector.more_body is False))
    await collector(START)
    await collector(END | {'more_body': True})
    await turns()
    assert (ends, waiting.done()) == ([], False)
    await collector(END)
    await waiting
    assert ends == [True]


@in_loop
async def test_events_of_the_lifespan_are_taken() -> None:
    """Events of the lifespan are kept, and are no part of a response."""
    collector = ASGIResponseEventCollector()
    await collector.collect({'type': 'lifespan.startup.failed', 'message': 'why'})
    assert collector.events == [{'type': 'lifespan.startup.failed', 'message': 'why'}]


@pytest.mark.parametrize(
    ('events', 'error', 'match'),
    [
        ([{'type': 'websocket.accept'}], ValueError, "an event of type 'websocket.accept', expected one of a response"),
        ([END], ValueError, 'http.response.body first'),
        ([START, START], ValueError, 'http.response.start again'),
        ([{'type': 'http.response.start', 'status': '200'}], TypeError, "status '200', expected an int"),
        ([START | {'headers': [('a', 'b')]}], TypeError, 'expected bytes'),
        ([START | {'headers': [(b'A', b'b')]}], ValueError, 'expected it in lowercase'),
        ([START, END | {'body': 'a'}], TypeError, 'a body of type str, expected bytes'),
        ([START, END, END | {'body': b'abc'}], ValueError, '3 bytes after the end of the response'),
    ],
)
@in_loop
async def test_events_that_servers_refuse(events: list[dict[str, Any]], error: type[Exception], match: str) -> None:
    """Events that servers refuse are refused where they are sent, and not collected."""
    collector = ASGIResponseEventCollector()
    *before, last = events
    for event in before:
        await collector(event)
    with pytest.raises(error, match=match):
        await collector(last)
    assert collector.events == before


@in_loop
async def test_empty_event_after_the_end_is_passed_over() -> None:
    """An empty event after the end of a response is passed over, as servers do."""
    collector = ASGIResponseEventCollector()
    for event in (START, END, END):
        await collector(event)
    assert collector.body_chunks == []
