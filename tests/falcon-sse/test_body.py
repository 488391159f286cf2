import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from falcon_core.media import BaseHandler, Handlers
from falcon_core.options import ResponseOptions
from falcon_core.parts import body_factory
from falcon_sse import EventStream, SSEvent, event_body


class Words(BaseHandler):
    """A handler that can be told from others by what it makes."""

    def __init__(self, word: str) -> None:
        self._word = word

    def serialize(self, media: object, content_type: str) -> bytes:
        return f'{self._word} {json.dumps(media)}'.encode()


def handlers(word: str) -> Handlers:
    return Handlers({'application/json': Words(word)})


def options() -> ResponseOptions:
    made = ResponseOptions()
    made.media_handlers = handlers('application')
    return made


async def events() -> AsyncGenerator[object]:
    yield 'a'
    yield [1]


def sent(value: Any) -> bytes:
    async def main() -> bytes:
        body = event_body(value, options())
        assert body.encode is not None
        return b''.join([body.encode(item) async for item in body.chunks])

    return asyncio.run(main())


def test_events_become_a_body() -> None:
    """An async iterable becomes the bytes of its events, their JSON made by the application's handlers."""
    assert sent(events()) == b'data: a\n\ndata: application [1]\n\n'


def test_a_stream_is_the_body_itself() -> None:
    """An `EventStream` is sent as it is, with the application's handlers only if it has none."""
    assert sent(EventStream(events())) == b'data: a\n\ndata: application [1]\n\n'
    assert sent(EventStream(events(), handlers=handlers('own'))) == b'data: a\n\ndata: own [1]\n\n'


def test_a_stream_that_became_a_body_is_closed() -> None:
    """Its events are the body's alone: nobody else gets any, and closing it leaves the body open."""

    async def main() -> None:
        stream = EventStream(events())
        body = event_body(stream, options())
        assert [chunk async for chunk in stream] == []
        await stream.aclose()
        assert [item async for item in body.chunks] == ['a', [1]]

    asyncio.run(main())


def test_headers_for_browsers_and_proxies() -> None:
    """The response gets the type of an event stream, and is neither cached nor held back."""
    assert dict(event_body(events(), options()).headers) == {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-accel-buffering': 'no',
    }


@pytest.mark.parametrize('value', [events, [1], 'a', None])
def test_what_is_no_async_iterable_is_refused(value: Any) -> None:
    """Anything but an async iterable is a TypeError when the body is made."""
    with pytest.raises(TypeError, match='expected an async iterable of events'):
        event_body(value, options())


def test_is_announced_by_an_entry_point() -> None:
    """The distribution announces the factory for the response's attribute `sse`."""
    assert body_factory('sse') is event_body


def test_upkeep_is_the_applications_unless_the_stream_has_its_own() -> None:
    """Heartbeat, timeout and grace are those of the options; what the stream was given goes before, None included."""
    made = options()
    default = event_body(events(), made).upkeep
    assert default is not None
    assert (default.heartbeat_s, default.send_timeout_s, default.shutdown_grace_s) == (15.0, None, 1.0)
    assert (default.heartbeat, default.last_chunk, default.starts_at_once) == (b': ping\n\n', b'', True)
    made.sse_heartbeat_s, made.stream_send_timeout_s, made.sse_shutdown_grace_s = 2.0, 3.0, None
    theirs = event_body(EventStream(events()), made).upkeep
    assert theirs is not None
    assert (theirs.heartbeat_s, theirs.send_timeout_s, theirs.shutdown_grace_s) == (2.0, 3.0, None)
    own = event_body(
        EventStream(
            events(), heartbeat_s=None, send_timeout_s=None, shutdown_grace_s=0.5, last_event=SSEvent(event='bye')
        ),
        made,
    ).upkeep
    assert own is not None
    assert (own.heartbeat_s, own.send_timeout_s, own.shutdown_grace_s) == (None, None, 0.5)
    assert own.last_chunk == b'event: bye\n\n'
