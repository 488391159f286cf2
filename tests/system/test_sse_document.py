"""What the recipes of docs/sse.md do, seen by their clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from documents import python_blocks
from event_loop import in_loop
from falcon_sse import EventParser, ReceivedEvent

TEXT = (Path(__file__).parents[2] / 'docs/sse.md').read_text()


@pytest.fixture
def recipes() -> dict[str, Any]:
    """What the blocks of the document define."""
    shown: dict[str, Any] = {}
    for block in python_blocks(TEXT):
        exec(block.code, shown)
    return shown


class Client:
    """One that follows a stream of an application, in this process, and can leave."""

    def __init__(self) -> None:
        self.sent = b''
        self.ended = False
        self.headers: dict[bytes, bytes] = {}
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {'type': 'http.disconnect'}

    async def send(self, message: Any) -> None:
        if message['type'] == 'http.response.start':
            self.headers = dict(message['headers'])
        else:
            self.sent += message['body']
            self.ended = not message['more_body']
        self._changed.set()

    def events(self) -> list[ReceivedEvent]:
        return EventParser().feed(self.sent)

    async def get(self, count: int) -> list[ReceivedEvent]:
        """Return the events once there are so many."""
        while len(self.events()) < count:
            self._changed.clear()
            await self._changed.wait()
        return self.events()

    async def end(self) -> None:
        """Return once the response has its end."""
        while not self.ended:
            self._changed.clear()
            await self._changed.wait()

    def leave(self) -> None:
        self._gone.set()


@asynccontextmanager
async def following(app: Any, path: str, last_event_id: str | None = None) -> AsyncIterator[Client]:
    client = Client()
    headers = [] if last_event_id is None else [(b'last-event-id', last_event_id.encode())]
    scope = {'type': 'http', 'method': 'GET', 'path': path, 'query_string': b'', 'headers': headers}
    serving = asyncio.create_task(app(scope, client.receive, client.send))
    try:
        yield client
    finally:
        client.leave()
        await serving
        await asyncio.sleep(0)


async def post(app: Any, path: str, body: bytes) -> None:
    async def receive() -> dict[str, Any]:
        return {'type': 'http.request', 'body': body, 'more_body': False}

    async def send(message: Any) -> None:
        assert message.get('status', 200) == 200

    headers = [(b'content-type', b'application/json'), (b'content-length', str(len(body)).encode())]
    scope = {'type': 'http', 'method': 'POST', 'path': path, 'query_string': b'', 'headers': headers}
    await app(scope, receive, send)


@in_loop
async def test_counter(recipes: dict[str, Any]) -> None:
    """The counter begins with 0, with its type and its retry."""
    async with following(recipes['app'], '/counter') as client:
        (event,) = await client.get(1)
        assert (event.event_type, event.data) == ('counter', '{"count":0}')
        assert b'retry: 2000\n' in client.sent
        assert client.headers[b'x-accel-buffering'] == b'no'


@in_loop
async def test_notifications_are_resumed(recipes: dict[str, Any]) -> None:
    """A client that comes back with its last id gets what it missed, once."""
    app = recipes['app']
    async with following(app, '/notifications') as client:
        await asyncio.sleep(0)
        await post(app, '/notifications', b'{"n":1}')
        (first,) = await client.get(1)
    assert (first.event_type, first.data) == ('notification', '{"n":1}')
    await post(app, '/notifications', b'{"n":2}')
    async with following(app, '/notifications', first.event_id) as client:
        assert [event.data for event in await client.get(1)] == ['{"n":2}']
    assert recipes['log'].subscribers == 0


@in_loop
async def test_what_was_missed_for_good_is_told(recipes: dict[str, Any]) -> None:
    """After an id that is unknown, the client is told to begin anew, and gets what there is."""
    await post(recipes['app'], '/notifications', b'{"n":1}')
    async with following(recipes['app'], '/orders', 'of another process') as client:
        reset, order = await client.get(2)
    assert (reset.event_type, order.data) == ('reset', '{"n":1}')


@in_loop
async def test_failure_is_told(recipes: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """The client hears of it, the log has the exception, and the response has no end."""
    async with following(recipes['app'], '/prices') as client:
        price, error = await client.get(2)
    assert (price.data, error.event_type) == ('{"price":17}', 'error')
    assert not client.ended
    assert 'the exchange has closed' in caplog.text
    assert 'the exchange has closed' not in error.data


@in_loop
async def test_shutdown_lets_a_stream_end_by_itself(recipes: dict[str, Any]) -> None:
    """The log ends its subscriptions, and the generator has the last word."""
    async with following(recipes['app'], '/messages') as client:
        await asyncio.sleep(0)
        recipes['log'].append('hello')
        await client.get(1)
        recipes['app'].registry.shutdown.begin()
        assert [event.data for event in await client.get(2)] == ['hello', 'the log has ended']
        await client.end()
