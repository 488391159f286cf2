import asyncio
from collections.abc import AsyncIterator

import pytest

from event_loop import in_hasty_loop, in_loop
from falcon_sse import EventStream, ReceivedEvent, SSEvent
from falcon_sse.testing import EventReader


class Chunks:
    """A stream that stands still once it has given its chunks, until it is told to go on."""

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = list(chunks)
        self.goes_on = asyncio.Event()

    def __aiter__(self) -> 'Chunks':
        return self

    async def __anext__(self) -> bytes:
        if not self._chunks:
            await self.goes_on.wait()
            raise StopAsyncIteration
        return self._chunks.pop(0)


async def events() -> AsyncIterator[object]:
    yield SSEvent('one', event_id='1', retry=500)
    yield None
    yield SSEvent('two', event_type='note')


@in_loop
async def test_events_of_a_stream() -> None:
    """The events are what a listener gets, without comments; id and retry are what a client goes on with."""
    reader = EventReader(EventStream(events()))
    assert await reader.receive() == ReceivedEvent('one', 'message', '1')
    assert (reader.last_event_id, reader.retry) == ('1', 500)
    assert await reader.receive() == ReceivedEvent('two', 'note', '1')
    with pytest.raises(EOFError, match=r'^the event stream ended after 2 events, expected one more$'):
        await reader.receive()


@in_loop
async def test_iteration_ends_with_the_stream() -> None:
    """All events come, however they were cut into pieces."""
    chunks = Chunks(b'da', b'ta: a\n\ndata: b\n\nda', b'ta: c\n\ndata: cut off')
    chunks.goes_on.set()
    assert [event.data async for event in EventReader(chunks)] == ['a', 'b', 'c']


@in_hasty_loop
async def test_event_that_does_not_come() -> None:
    """The error counts the events; the stream can be read further."""
    chunks = Chunks(b'data: a\n\n: ping\n\n')
    reader = EventReader(chunks, timeout_s=0.01, last_event_id='7')
    assert (await reader.receive()).event_id == '7'
    with pytest.raises(TimeoutError, match=r'^waited 0\.01 s for event 2 of a stream$'):
        await reader.receive()
    chunks.goes_on.set()
    with pytest.raises(EOFError):
        await reader.receive()
