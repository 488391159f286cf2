import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop, turns
from falcon_asgi.testing import ASGILifespanEventEmitter, ASGIRequestEventEmitter, request_events

DISCONNECT = {'type': 'http.disconnect'}


async def received(emitter: ASGIRequestEventEmitter) -> list[Any]:
    """Return the events up to the end of the body, or to the disconnect."""
    events: list[Any] = [await emitter()]
    while events[-1].get('more_body', False):
        events.append(await emitter())
    return events


def body_of(events: list[Any]) -> list[bytes]:
    return [event['body'] for event in events if event.get('body')]


@pytest.mark.parametrize(
    ('body', 'chunk_size', 'chunks'),
    [
        (None, None, []),
        (b'', None, []),
        ('é', None, [b'\xc3\xa9']),
        (b'abcde', 2, [b'ab', b'cd', b'e']),
        (bytearray(b'abcd'), 2, [b'ab', b'cd']),
        (memoryview(b'abc'), None, [b'abc']),
        (b'a' * 5000, None, [b'a' * 4096, b'a' * 904]),
        ([b'ab', b'c'], 1, [b'ab', b'c']),
    ],
)
@in_loop
async def test_body_in_chunks(body: Any, chunk_size: int | None, chunks: list[bytes]) -> None:
    """A body comes in pieces of a size, an iterable in its items; the last event ends it."""
    events = await received(ASGIRequestEventEmitter(body, chunk_size))
    assert body_of(events) == chunks
    assert all(event['type'] == 'http.request' for event in events)


@in_loop
async def test_events_that_are_easily_forgotten() -> None:
    """Some events have no body, some an empty one, and the last may leave out that it is the last."""
    events = await received(ASGIRequestEventEmitter(b'abc', 1))
    assert events[0] == {'type': 'http.request', 'more_body': True}
    assert {'type': 'http.request', 'body': b'', 'more_body': True} in events
    assert events[-1] == {'type': 'http.request', 'body': b'c'}
    assert (await received(ASGIRequestEventEmitter(b'ab', 1)))[-1] == {
        'type': 'http.request',
        'body': b'b',
        'more_body': False,
    }


async def slow(pieces: list[bytes], gate: asyncio.Event, closed: list[bool]) -> AsyncIterator[bytes]:
    try:
        for piece in pieces:
            yield piece
        await gate.wait()
        yield b'end'
    finally:
        closed.append(True)


@in_hasty_loop
async def test_body_that_is_produced_while_it_is_sent() -> None:
    """An asynchronous iterable is awaited; a receive that is cancelled meanwhile loses nothing."""
    gate = asyncio.Event()
    emitter = ASGIRequestEventEmitter(slow([b'a', b'b'], gate, []))
    events: list[Any] = []
    for _ in range(10):
        try:
            events.append(await asyncio.wait_for(emitter(), 0.01))
        except TimeoutError:
            gate.set()
    assert body_of(events) == [b'a', b'b', b'end']
    await emitter.aclose()


@in_loop
async def test_body_of_which_a_part_was_received_is_closed() -> None:
    """What produces the body is closed also where nobody waits for its next piece."""
    closed: list[bool] = []
    emitter = ASGIRequestEventEmitter(slow([b'a', b'b'], asyncio.Event(), closed))
    while not (await emitter()).get('body'):
        pass
    await emitter.aclose()
    assert closed == [True]


@in_loop
async def test_client_leaves_while_it_produces_its_body() -> None:
    """The application learns of it at once, and what produces the body is closed."""
    closed: list[bool] = []
    emitter = ASGIRequestEventEmitter(slow([], asyncio.Event(), closed))
    assert [await emitter(), await emitter()] != []
    waiting = asyncio.create_task(emitter())
    await turns()
    emitter.disconnect(exhaust_body=False)
    assert await waiting == DISCONNECT
    await emitter.aclose()
    assert closed == [True]


@in_loop
async def test_body_is_exhausted_before_the_client_leaves() -> None:
    """Unless it is told otherwise, a client that is to leave sends the rest of its body first."""
    gate = asyncio.Event()
    emitter = ASGIRequestEventEmitter(slow([], gate, []))
    emitter.disconnect()
    receiving = asyncio.create_task(received(emitter))
    await turns()
    gate.set()
    assert body_of(await receiving) == [b'end']
    assert await emitter() == DISCONNECT
    await emitter.aclose()


@pytest.mark.parametrize(('exhaust_body', 'chunks'), [(None, [b'ab', b'c']), (True, [b'ab', b'c']), (False, [b'ab'])])
@in_loop
async def test_disconnect_on_demand(exhaust_body: bool | None, chunks: list[bytes]) -> None:
    """What is left of the body comes before the disconnect, or does not; the disconnect comes as often as asked for."""
    emitter = ASGIRequestEventEmitter(b'abc', 2)
    events: list[Any] = []
    while not body_of(events):
        events.append(await emitter())
    assert not emitter.disconnected
    emitter.disconnect(exhaust_body)
    assert emitter.disconnected
    events += [await emitter() for _ in range(6)]
    assert body_of(events) == chunks
    assert events[-1] == events[-2] == DISCONNECT


@in_hasty_loop
async def test_disconnect_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client leaves at a time; at 0 it has left before it sent anything."""
    now = asyncio.get_running_loop().time
    monkeypatch.setattr(request_events, 'time', SimpleNamespace(time=now))
    assert await ASGIRequestEventEmitter(b'a', disconnect_at=0)() == DISCONNECT
    emitter = ASGIRequestEventEmitter(disconnect_at=now() + 50)
    assert not emitter.disconnected
    await received(emitter)
    assert await emitter() == DISCONNECT
    assert emitter.disconnected
    assert now() == 50
    past = ASGIRequestEventEmitter(b'a', disconnect_at=now() - 1)
    assert past.disconnected
    assert body_of(await received(past)) == [b'a']
    assert await past() == DISCONNECT


@in_loop
async def test_receive_waits_for_the_disconnect() -> None:
    """After the body there is nothing more until the client leaves."""
    emitter = ASGIRequestEventEmitter()
    await received(emitter)
    waiting = asyncio.create_task(emitter.emit())
    await turns()
    assert not waiting.done()
    emitter.disconnect()
    assert await waiting == DISCONNECT


@pytest.mark.parametrize('make', [lambda: ASGIRequestEventEmitter(b'a', 0), lambda: ASGIRequestEventEmitter(b'a', -1)])
def test_chunks_have_a_size(make: Callable[[], object]) -> None:
    """Chunks of nothing would never end."""
    with pytest.raises(ValueError, match='expected at least 1'):
        make()


@in_loop
async def test_lifespan_events() -> None:
    """Startup comes at once, shutdown when it is told."""
    shutting_down = asyncio.Condition()
    emitter = ASGILifespanEventEmitter(shutting_down)
    assert await emitter() == {'type': 'lifespan.startup'}
    waiting = asyncio.create_task(emitter())
    await turns()
    async with shutting_down:
        shutting_down.notify_all()
    assert await waiting == {'type': 'lifespan.shutdown'}


@pytest.mark.parametrize('body', [['a'], [1]])
@in_loop
async def test_pieces_of_a_body_are_bytes(body: Any) -> None:
    """Anything else is refused when its turn comes, with its type."""
    with pytest.raises(TypeError, match=r'a piece of the request body of type (str|int), expected bytes'):
        await received(ASGIRequestEventEmitter(body))
