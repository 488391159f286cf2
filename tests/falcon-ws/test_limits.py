import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import in_hasty_loop, in_loop
from falcon_core.asgi_types import Message
from falcon_core.streams import tells_of_disconnect
from falcon_ws.limits import IdleWatch, within_size, within_time

HELLO: Message = {'type': 'websocket.send', 'text': 'hello'}


def carrying(payload: str | bytes) -> Message:
    key = 'text' if isinstance(payload, str) else 'bytes'
    other = 'bytes' if isinstance(payload, str) else 'text'
    return {'type': 'websocket.receive', key: payload, other: None}


class Server:
    """What a server offers."""

    def __init__(self, *events: Message) -> None:
        self.events = list(events)
        self.sent: list[Message] = []
        self.flowing = asyncio.Event()
        self.flowing.set()

    async def receive(self) -> Message:
        return self.events.pop(0)

    async def send(self, message: Message) -> None:
        await self.flowing.wait()
        self.sent.append(message)

    async def close(self, code: int, reason: str) -> None:
        await self.send({'type': 'websocket.close', 'code': code, 'reason': reason})


@in_loop
async def test_messages_up_to_the_limit_pass() -> None:
    """Text counts as UTF-8; events that carry nothing pass."""
    events = [carrying('x' * 8), carrying('é' * 4), carrying(b'12345678'), carrying(''), {'type': 'websocket.connect'}]
    server = Server(*events)
    receive = within_size(server.receive, 8, server.close)
    assert [await receive() for _ in events] == events
    assert server.sent == []


@pytest.mark.parametrize('payload', ['x' * 9, 'é' * 5, '\U0001f600' * 3, b'123456789'])
def test_larger_message_ends_the_connection(payload: str | bytes) -> None:
    """Too large a message closes with 1009; the event of that takes its place, and nothing else comes after it."""

    @in_loop
    async def test() -> None:
        server = Server(carrying(payload), carrying('later'))
        receive = within_size(server.receive, 8, server.close)
        size = len(payload.encode()) if isinstance(payload, str) else len(payload)
        reason = f'received {size} bytes, expected at most 8'
        for _ in range(2):
            assert await receive() == {'type': 'websocket.disconnect', 'code': 1009, 'reason': reason}
        assert server.sent == [{'type': 'websocket.close', 'code': 1009, 'reason': reason}]

    test()


@given(text=st.text(max_size=12), limit=st.integers(1, 20))
def test_size_of_text_is_that_of_its_utf8(text: str, limit: int) -> None:
    """Whatever short cut is taken, the limit is one of bytes."""

    async def passes() -> bool:
        server = Server(carrying(text))
        return await within_size(server.receive, limit, server.close)() == carrying(text)

    assert asyncio.run(passes()) == (len(text.encode(errors='surrogatepass')) <= limit)


@in_loop
async def test_cancelling_while_the_close_is_sent_changes_nothing() -> None:
    """The next receive still finds the connection closed."""
    server = Server(carrying('too large'))
    server.flowing.clear()
    receive = within_size(server.receive, 8, server.close)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(receive(), 0.001)
    assert (await receive())['code'] == 1009


@in_hasty_loop
async def test_send_that_takes_too_long() -> None:
    """What takes too long fails as a send to a client that left does, and has not been sent."""
    server = Server()
    server.flowing.clear()
    send = within_time(server.send, 5)
    with pytest.raises(TimeoutError, match='the client took nothing for 5 s') as raised:
        await send(HELLO)
    assert tells_of_disconnect(raised.value)
    assert asyncio.get_running_loop().time() == 5
    server.flowing.set()
    await send(HELLO)
    assert server.sent == [HELLO]


@in_hasty_loop
async def test_other_timeouts_stay_what_they_are() -> None:
    """Neither a timeout around the send nor one that the server raises is taken for this one."""
    server = Server()
    server.flowing.clear()
    send = within_time(server.send, 5)
    with pytest.raises(TimeoutError) as raised:
        async with asyncio.timeout(1):
            await send(HELLO)
    assert not tells_of_disconnect(raised.value)

    async def fail(message: Message) -> None:
        raise TimeoutError('of the server')

    with pytest.raises(TimeoutError, match='of the server'):
        await within_time(fail, 5)(HELLO)


class Connection:
    """A connection that an `IdleWatch` sees."""

    def __init__(self, timeout_s: float) -> None:
        self.closed_at: list[float] = []
        self.server = Server(*[carrying('a')] * 10)
        self.watch = IdleWatch(timeout_s, self._close)
        self.receive = self.watch.receiving(self.server.receive)
        self.send = self.watch.sending(self.server.send)

    async def _close(self) -> None:
        self.closed_at.append(asyncio.get_running_loop().time())
        await self.server.flowing.wait()


@in_hasty_loop
async def test_idle_connection_is_closed() -> None:
    """Each message, either way, begins the time anew; it is counted from the start, not from before."""
    connection = Connection(10)
    await connection.receive()
    connection.watch.start()
    connection.watch.start()
    for exchange in (connection.receive(), connection.send(HELLO)):
        await asyncio.sleep(8)
        await exchange
    assert connection.closed_at == []
    await asyncio.sleep(20)
    assert connection.closed_at == [26]
    connection.watch.stop()


@in_hasty_loop
async def test_watch_that_was_stopped_closes_nothing() -> None:
    """Of a watch that was stopped, neither the timer nor a close that waits is left."""
    connection = Connection(10)
    connection.watch.stop()
    connection.watch.start()
    connection.watch.stop()
    await asyncio.sleep(20)
    assert connection.closed_at == []
    stuck = Connection(10)
    stuck.server.flowing.clear()
    stuck.watch.start()
    await asyncio.sleep(20)
    stuck.watch.stop()
    await asyncio.sleep(0)
    assert stuck.closed_at == [30]


@in_loop
async def test_failing_calls_pass_unchanged() -> None:
    """What the server raises goes to the caller, and is no sign of life."""
    watch: Any = IdleWatch(10, Connection(1)._close)
    with pytest.raises(IndexError):
        await watch.receiving(Server().receive)()
