import asyncio
import gc
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import in_hasty_loop, in_loop, turns
from fake_websocket import Client, fake_handler
from falcon_core.context import Context
from falcon_core.errors import OperationNotAllowed
from falcon_ws.errors import PayloadTypeError, WebSocketClosed, WebSocketDisconnected
from falcon_ws.inbox import Inbox
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import WebSocketPayloadType
from falcon_ws.states import ReadyState
from falcon_ws.websocket import WebSocket

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


# What is known of the handshake.


def test_attributes() -> None:
    """What the handshake says is there before it is answered."""
    client = Client(
        path='/caf\xe9',
        query_string=b'a=%20b',
        client=['192.0.2.1', 4711],
        subprotocols=['chat', 'log'],
        headers=[
            (b'Host', b'example.org'),
            (b'x-a', b'1'),
            (b'x-a', b'\xe9'),
            (b'cookie', b'a=1'),
            (b'cookie', b'b=2'),
        ],
    )
    ws = client.connect()
    assert ws.path == '/caf\xe9'
    assert ws.query_string == 'a=%20b'
    assert ws.client_address == ('192.0.2.1', 4711)
    assert ws.subprotocols == ['chat', 'log']
    assert ws.headers['HOST'] == 'example.org'
    assert ws.headers['X-A'] == '1,\xe9'
    assert ws.headers['Cookie'] == 'a=1; b=2'
    assert ws.headers is ws.headers
    assert repr(ws) == "<WebSocket CONNECTING '/caf\xe9'>"


def test_client_address_of_a_server_that_tells_the_port_as_text() -> None:
    """The port is a number nevertheless."""
    assert Client(client=('192.0.2.1', '4711')).connect().client_address == ('192.0.2.1', 4711)


def test_client_address_without_a_port() -> None:
    """A client whose host alone is known, as where middleware has it from a header, has None for a port."""
    address: Any = Client(client=['192.0.2.1', None]).connect().client_address
    assert address == ('192.0.2.1', None)


def test_attributes_of_a_scope_with_little_in_it() -> None:
    """What a server does not tell is empty or None."""
    ws = WebSocket({'type': 'websocket', 'path': '/'}, Client().events.get, Client()._send)
    assert ws.query_string == ''
    assert ws.client_address is None
    assert ws.subprotocols == []
    assert dict(ws.headers) == {}


def test_context_keeps_what_the_application_puts_there() -> None:
    """The context is an empty Context until something else is assigned."""
    ws = Client().connect()
    ws.context.user = 'ada'
    assert isinstance(ws.context, Context)
    assert dict(ws.context) == {'user': 'ada'}
    ws.context = own = object()
    assert ws.context is own


def test_scope_of_another_type_is_refused() -> None:
    """A connection is made from nothing but a websocket scope."""
    client = Client()
    client.scope['type'] = 'http'
    with pytest.raises(ValueError, match=r"^received a scope of type 'http', expected websocket$"):
        client.connect()
    gc.collect()


# The states, as the application sees them.


@in_loop
async def test_states_of_an_accepted_connection() -> None:
    """A connection is connecting, then open, then closed."""
    client = Client()
    ws = client.connect()
    assert (ws.ready_state, ws.unaccepted, ws.ready, ws.closed) == (0, True, False, False)
    await ws.accept()
    assert (ws.ready_state, ws.unaccepted, ws.ready, ws.closed) == (1, False, True, False)
    await ws.close()
    assert (ws.ready_state, ws.unaccepted, ws.ready, ws.closed) == (3, False, False, True)
    assert isinstance(ws.ready_state, ReadyState)


@in_loop
async def test_states_when_the_client_leaves() -> None:
    """A connection whose client left is closed; closing it then does nothing, and may be done twice."""
    client = Client()
    ws = await client.open()
    client.leave()
    with pytest.raises(WebSocketDisconnected) as raised:
        await ws.receive_text()
    assert (raised.value.code, raised.value.reason) == (4001, 'bye')
    assert (ws.ready_state, ws.unaccepted, ws.ready, ws.closed) == (3, False, False, True)
    await ws.close()
    await ws.close()
    assert not client.sent


@in_loop
async def test_everything_is_refused_before_accept() -> None:
    """Before it was accepted, a connection can only be accepted or closed."""
    client = Client()
    ws = client.connect()
    for call in (ws.receive_text, ws.receive_data, ws.receive_media):
        with pytest.raises(OperationNotAllowed, match=rf'^{call.__name__}\(\) was called in state CONNECTING'):
            await call()
    with pytest.raises(OperationNotAllowed, match=r'^send_text\(\) was called in state CONNECTING'):
        await ws.send_text('a')
    with pytest.raises(OperationNotAllowed, match=r'^send_data\(\) was called in state CONNECTING'):
        await ws.send_data(b'a')
    assert not client.sent


@in_loop
async def test_everything_is_refused_after_close() -> None:
    """After a close from here, nothing is allowed but another close."""
    client = Client()
    ws = await client.open()
    await ws.close(4000)
    with pytest.raises(WebSocketClosed, match=r'^receive_text\(\) was called in state CLOSED, expected OPEN$'):
        await ws.receive_text()
    with pytest.raises(WebSocketClosed, match=r'^send_text\(\) was called in state CLOSED, expected OPEN$'):
        await ws.send_text('a')
    with pytest.raises(OperationNotAllowed, match=r'^accept\(\) was called in state CLOSED, expected CONNECTING$'):
        await ws.accept()
    await ws.close()
    assert [message['code'] for message in client.sent] == [4000]


@in_loop
async def test_second_accept_is_refused() -> None:
    """A handshake is answered once."""
    ws = await Client().open()
    with pytest.raises(OperationNotAllowed, match=r'^accept\(\) was called in state OPEN, expected CONNECTING$'):
        await ws.accept()


@in_loop
async def test_polling_the_state_notices_a_disconnect() -> None:
    """A handler that neither sends nor receives, but asks whether the connection is closed, comes to an end."""
    for attribute, expected in (('closed', True), ('ready', False)):
        client = Client()
        ws = await client.open()
        client.leave()
        for _ in range(100):
            if getattr(ws, attribute) is expected:
                break
            await asyncio.sleep(0)
        assert ws.ready_state is ReadyState.CLOSED


@in_loop
async def test_polling_while_receiving_makes_no_task() -> None:
    """While a receive waits, asking for the state again and again reads nothing ahead."""
    client = Client()
    ws = await client.open()
    waiting = asyncio.create_task(ws.receive_text())
    await turns()
    for _ in range(100):
        assert ws.ready
    assert len(asyncio.all_tasks()) == 2
    client.put('a')
    assert await waiting == 'a'


# Accepting and closing.


@in_loop
async def test_accept_with_everything() -> None:
    """The subprotocol and the headers go to the server as it wants them."""
    client = Client(spec_version='2.1', subprotocols=['log', 'chat'])
    ws = client.connect()
    assert ws.supports_accept_headers
    await ws.accept(subprotocol='chat', headers={'X-Trace': '1'})
    assert client.sent == [{'type': 'websocket.accept', 'subprotocol': 'chat', 'headers': [(b'x-trace', b'1')]}]


@in_loop
async def test_accept_headers_need_a_server_that_takes_them() -> None:
    """On an older server headers are refused, and the handshake can still be answered without."""
    client = Client(spec_version=None)
    ws = client.connect()
    assert not ws.supports_accept_headers
    with pytest.raises(OperationNotAllowed, match=r'with headers on a server of ASGI 2\.0, expected 2\.1 or later$'):
        await ws.accept(headers={'x': 'y'})
    await ws.accept(headers={})
    assert client.sent == [{'type': 'websocket.accept'}]


@in_loop
async def test_malformed_acceptance_changes_nothing() -> None:
    """After arguments that were refused, the connection can still be accepted."""
    client = Client()
    ws = client.connect()
    with pytest.raises(ValueError, match='of a header value'):
        await ws.accept(headers={'x': 'a\r\nb: c'})
    assert ws.unaccepted
    await ws.accept()


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        ((), {'code': 1000, 'reason': 'Normal Closure'}),
        ((None,), {'code': 1000, 'reason': 'Normal Closure'}),
        ((3404,), {'code': 3404, 'reason': 'Not Found'}),
        ((4000,), {'code': 4000}),
        ((4000, 'enough'), {'code': 4000, 'reason': 'enough'}),
        ((1000, ''), {'code': 1000}),
        ((1001, '\u20ac' * 42), {'code': 1001, 'reason': '\u20ac' * 41}),
    ],
)
def test_close_message(arguments: tuple[Any, ...], expected: dict[str, Any]) -> None:
    """Code and reason go to the server; the reason comes from the options if none is given, and fits."""

    @in_loop
    async def test() -> None:
        client = Client(spec_version='2.3')
        ws = await client.open()
        await ws.close(*arguments)
        assert client.sent == [{'type': 'websocket.close', **expected}]

    test()


@in_loop
async def test_close_on_a_server_without_reasons() -> None:
    """A server that takes no reason gets none."""
    client = Client(spec_version='2.2')
    ws = await client.open()
    await ws.close(4000, 'enough')
    assert client.sent == [{'type': 'websocket.close', 'code': 4000}]


@in_loop
async def test_own_close_reasons() -> None:
    """The reasons are those of the options."""
    options = WebSocketOptions()
    options.default_close_reasons[4000] = 'Enough'
    client = Client()
    ws = await client.open(options)
    await ws.close(4000)
    assert client.sent == [{'type': 'websocket.close', 'code': 4000, 'reason': 'Enough'}]


@in_loop
async def test_close_refuses_what_cannot_be_sent() -> None:
    """A code or reason that cannot be sent is an error, also on a connection that is over, and closes nothing."""
    ws = await Client().open()
    bad_reason: Any = b'enough'
    for _ in range(2):
        with pytest.raises(ValueError, match=r'^received close code 1005'):
            await ws.close(1005)
        with pytest.raises(TypeError, match=r'^received a reason of type bytes, expected str$'):
            await ws.close(1000, bad_reason)
        await ws.close()


@in_loop
async def test_subprotocol_that_was_not_offered() -> None:
    """A client breaks off a connection with a subprotocol that it has not offered (RFC 6455, section 4.1)."""
    client = Client(subprotocols=['log'])
    ws = client.connect()
    with pytest.raises(ValueError, match=r"^received subprotocol 'chat', expected one of \['log'\]$"):
        await ws.accept('chat')
    assert ws.unaccepted


@in_loop
async def test_code_and_reason_of_the_end() -> None:
    """Code and reason of the end are known once the connection is over, whoever ended it."""
    client = Client()
    ws = await client.open()
    assert [ws.close_code, ws.close_reason] == [None, None]
    client.leave()
    with pytest.raises(WebSocketDisconnected):
        await ws.receive_text()
    assert [ws.close_code, ws.close_reason] == [4001, 'bye']
    ws = await client.open()
    await ws.close(4002, 'done')
    assert [ws.close_code, ws.close_reason] == [4002, 'done']


# Denying.


@in_loop
async def test_denying_with_a_response() -> None:
    """A server that can gives the client the response, and the connection is over."""
    client = Client(extensions={'websocket.http.response': {}})
    ws = client.connect()
    assert ws.supports_denial
    await ws.deny(401, {'WWW-Authenticate': 'Basic'}, 'who are you?')
    assert [message['type'] for message in client.sent] == [
        'websocket.http.response.start',
        'websocket.http.response.body',
    ]
    assert client.sent[0]['status'] == 401
    assert client.sent[1]['body'] == b'who are you?'
    assert (ws.ready_state, ws.close_code) == (ReadyState.CLOSED, 3401)
    await ws.close()
    assert len(client.sent) == 2
    with pytest.raises(OperationNotAllowed, match=r'^accept\(\) was called in state CLOSED, expected CONNECTING$'):
        await ws.accept()
    with pytest.raises(OperationNotAllowed, match=r'^deny\(\) was called in state CLOSED, expected CONNECTING$'):
        await ws.deny()


@in_loop
async def test_denying_on_a_server_that_cannot() -> None:
    """What is sent is a close before the acceptance, which servers answer with 403."""
    client = Client()
    ws = client.connect()
    assert not ws.supports_denial
    await ws.deny(429, body='later')
    assert client.sent == [{'type': 'websocket.close', 'code': 3429, 'reason': 'Too Many Requests'}]


@in_loop
async def test_denying_what_was_accepted() -> None:
    """The handshake is answered once."""
    client = Client(extensions={'websocket.http.response': {}})
    ws = await client.open()
    with pytest.raises(OperationNotAllowed, match=r'^deny\(\) was called in state OPEN, expected CONNECTING$'):
        await ws.deny()
    assert not client.sent


@in_loop
async def test_malformed_denial_changes_nothing() -> None:
    """After an argument that cannot be sent, the handshake can still be answered."""
    client = Client(extensions={'websocket.http.response': {}})
    ws = client.connect()
    with pytest.raises(ValueError, match='from 200'):
        await ws.deny(101)
    await ws.accept()
    assert client.sent == [{'type': 'websocket.accept'}]


@in_loop
async def test_origin_that_is_not_allowed() -> None:
    """Without a `WebSocketServer` that looks before, accepting refuses it."""
    options = WebSocketOptions(allowed_origins=['https://example.com'])
    client = Client(headers=[(b'origin', b'https://evil.example')])
    with pytest.raises(WebSocketDisconnected, match='3403'):
        await client.connect(options).accept()
    assert client.sent == [{'type': 'websocket.close', 'code': 3403, 'reason': 'Forbidden'}]
    client = Client(headers=[(b'origin', b'https://example.com')])
    assert (await client.open(options)).ready


# Limits.


@in_loop
async def test_message_that_is_too_large() -> None:
    """A message that is too large ends the connection with 1009 for both sides, after what came before it."""
    client = Client()
    ws = await client.open(WebSocketOptions(max_message_size=3))
    client.put('abc', 'abcd')
    assert await ws.receive_text() == 'abc'
    with pytest.raises(WebSocketDisconnected, match='1009: received 4 bytes, expected at most 3'):
        await ws.receive_text()
    assert [message['code'] for message in client.sent] == [1009]
    with pytest.raises(WebSocketDisconnected, match='1009'):
        await ws.send_text('a')
    await ws.close()
    assert len(client.sent) == 1


@in_loop
async def test_message_that_is_too_large_on_a_server_that_does_not_close_with_1009() -> None:
    """The code that stands for it closes the connection."""
    client = Client()
    client.refused_close_codes = range(1001, 3000)
    ws = await client.open(WebSocketOptions(max_message_size=3))
    client.put('abcd')
    with pytest.raises(WebSocketDisconnected, match='1009'):
        await ws.receive_text()
    assert [message['code'] for message in client.sent] == [3009]


async def sent_too_much() -> tuple[Client, WebSocket]:
    """Return a client that has sent a message that is too large, through a server that holds up what is sent to it."""
    client = Client()
    ws = await client.open(WebSocketOptions(max_message_size=3))
    client.flowing.clear()
    client.put('abcd')
    return client, ws


@in_loop
async def test_message_that_is_too_large_while_the_server_holds_up_the_close() -> None:
    """The connection is over from the moment the message came: nobody sends anything beside the close or after it."""
    client, ws = await sent_too_much()
    receiving = asyncio.create_task(ws.receive_text())
    await turns()
    assert ws.closed
    with pytest.raises(WebSocketDisconnected, match='1009'):
        await ws.send_text('a')
    closing = asyncio.create_task(ws.close(4000))
    await turns()
    assert not closing.done()
    client.flowing.set()
    await closing
    with pytest.raises(WebSocketDisconnected, match='1009'):
        await receiving
    assert [message.get('code') for message in client.sent] == [1009]


@in_loop
async def test_message_that_is_too_large_for_a_receive_that_is_cancelled() -> None:
    """The close is sent nevertheless, however long the server holds it up; whoever closes waits for it."""
    client, ws = await sent_too_much()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ws.receive_text(), 0.001)
    closing = asyncio.create_task(ws.close())
    await turns()
    assert not closing.done()
    client.flowing.set()
    await closing
    assert [message['code'] for message in client.sent] == [1009]


@in_loop
async def test_message_that_is_too_large_for_one_who_only_sends() -> None:
    """The close is sent also if the sender goes away at once when it learns that the connection is over."""
    client = Client()
    ws = await client.open(WebSocketOptions(max_message_size=3))
    client.put('abcd')
    for _ in range(8):
        await ws.send_text('a')
    client.sent.clear()
    client.flowing.clear()
    with pytest.raises(WebSocketDisconnected, match='1009'):
        await ws.send_text('a')
    asyncio.get_running_loop().call_soon(client.flowing.set)
    await ws.close()
    await ws._release()
    assert [message['code'] for message in client.sent] == [1009]


@in_loop
async def test_message_that_is_too_large_for_a_handler_that_is_cancelled() -> None:
    """What ends with the connection ends the close as well that a server holds up for ever."""
    client, ws = await sent_too_much()
    receiving = asyncio.create_task(ws.receive_text())
    await turns()
    receiving.cancel()
    await ws._release()
    await turns()
    assert len(asyncio.all_tasks()) == 1
    assert client.sent == []


@in_loop
async def test_message_that_is_too_large_while_the_connection_is_closed() -> None:
    """A message that is too large does not close a connection once more that is being closed."""
    client = Client()
    ws = await client.open(WebSocketOptions(max_message_size=3))
    receiving = asyncio.create_task(ws.receive_text())
    await turns()
    client.put('abcd')
    await ws.close(4000)
    with pytest.raises(WebSocketDisconnected, match='4000'):
        await receiving
    assert [message['code'] for message in client.sent] == [4000]


@in_hasty_loop
async def test_idle_connection() -> None:
    """An idle connection is closed with 1001, as a waiting receive is told; the time begins with the acceptance."""
    client = Client()
    ws = client.connect(WebSocketOptions(idle_timeout_s=10))
    await asyncio.sleep(100)
    await ws.accept()
    client.put('a')
    assert await ws.receive_text() == 'a'
    await asyncio.sleep(6)
    await ws.send_text('b')
    with pytest.raises(WebSocketDisconnected, match='1001: idle timeout'):
        await ws.receive_text()
    assert asyncio.get_running_loop().time() == 116
    assert client.sent[-1] == {'type': 'websocket.close', 'code': 1001, 'reason': 'idle timeout'}


@in_hasty_loop
async def test_idle_connection_that_was_forgotten_or_closed() -> None:
    """An idle connection is not closed that was forgotten, or that was closed before."""
    client = Client()
    ws: WebSocket | None = await client.open(WebSocketOptions(idle_timeout_s=10))
    del ws
    open_connection = await client.open(WebSocketOptions(idle_timeout_s=10))
    await open_connection.close(4000)
    await asyncio.sleep(100)
    assert [message['code'] for message in client.sent] == [4000]
    await open_connection._release()


@in_hasty_loop
async def test_client_that_does_not_read() -> None:
    """A message that is held up for too long ends the connection, as a client that left does."""
    client = Client()
    ws = await client.open(WebSocketOptions(send_timeout_s=5))
    client.flowing.clear()
    with pytest.raises(WebSocketDisconnected, match='1006') as raised:
        await ws.send_text('a')
    assert 'the client took nothing for 5 s' in str(raised.value.__cause__)
    assert ws.closed
    await ws._release()


# Connections that nobody closes.


@in_loop
async def test_forgotten_connection_leaves_no_task() -> None:
    """Reading ahead does not outlive the connection it is for."""
    client = Client()
    ws = await client.open()
    for _ in range(9):
        await ws.send_text('a')
    assert len(asyncio.all_tasks()) == 2
    gone = weakref.ref(ws)
    del ws
    await turns()
    assert gone() is None
    assert len(asyncio.all_tasks()) == 1


@in_loop
async def test_forgotten_connection_is_gone_at_once() -> None:
    """The parts of a connection refer to each other in no circle, so they are freed without a garbage collection."""

    def inboxes() -> int:
        return sum(isinstance(kept, Inbox) for kept in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = inboxes()
        client = Client()
        ws = await client.open()
        client.put('a', b'b')
        await ws.receive_text()
        with pytest.raises(PayloadTypeError):
            await ws.receive_text()
        assert inboxes() == before + 1
        del ws
        assert inboxes() == before
    finally:
        gc.enable()


@in_loop
async def test_received_message_is_not_kept() -> None:
    """While a connection waits for the next message, the last one takes no memory."""

    class Text(str):
        pass

    client = Client()
    ws = await client.open()
    for pause in (0, 1):
        waiting = asyncio.create_task(ws.receive_text())
        await turns(pause * 12)
        client.put(Text('a'))
        gone = weakref.ref(await waiting)
        del waiting
        idle = asyncio.create_task(ws.receive_text())
        await turns()
        assert gone() is None
        idle.cancel()
        await asyncio.wait({idle})


# Any order of things.

CALLS = st.one_of(
    st.tuples(st.just('put'), st.sampled_from(['1', 'x', b'\x01', b'too long'])),
    st.tuples(st.sampled_from(['leave', 'accept', 'close', 'ready', 'closed'])),
    st.tuples(st.just('send'), st.integers(1, 12)),
    st.tuples(st.just('receive'), st.sampled_from(['text', 'data', 'json', 'msgpack', 'media']), st.integers(0, 5)),
)


def _meanings(payload: str | bytes) -> list[Any]:
    """Return what a message may be received as."""
    if isinstance(payload, bytes):
        return [payload, int.from_bytes(payload, 'big')]
    return [payload, int(payload)] if payload.isdigit() else [payload]


class Session:
    """A connection, and what its application has seen."""

    def __init__(self, client: Client, options: WebSocketOptions) -> None:
        self.client = client
        self.ws = client.connect(options)
        self.put: list[str | bytes] = []
        self.seen: list[str | bytes] = []
        self.left = False

    async def step(self, name: str, *arguments: Any) -> None:
        state = self.ws.ready_state
        if name == 'put' and not self.left:
            self.client.put(*arguments)
            self.put += arguments
        elif name == 'leave' and not self.left:
            self.left = True
            self.client.leave()
        elif name in ('ready', 'closed'):
            assert not (self.ws.ready and self.ws.closed)
        elif name in ('accept', 'send', 'receive', 'close'):
            try:
                await getattr(self, name)(*arguments)
            except WebSocketClosed:
                assert state >= ReadyState.CLOSING
            except WebSocketDisconnected:
                assert self.left
            except OperationNotAllowed:
                assert state is not ReadyState.OPEN or name == 'accept'
        assert self.ws.ready_state >= state

    async def accept(self) -> None:
        await self.ws.accept()

    async def close(self) -> None:
        await self.ws.close()
        assert self.ws.closed

    async def send(self, times: int) -> None:
        for _ in range(times):
            await self.ws.send_text('a')

    async def receive(self, kind: str, patience: int) -> None:
        """Receive, and give up after some turns; what was rejected is seen when its own type gets it."""
        waiting = asyncio.create_task(getattr(self.ws, f'receive_{kind}')())
        await turns(patience)
        waiting.cancel()
        try:
            received = await waiting
        except asyncio.CancelledError:
            return
        except (ValueError, PayloadTypeError) as failure:
            if isinstance(failure, OperationNotAllowed):
                raise
            await self._see_next()
        else:
            self.seen.append(self.put[len(self.seen)])
            assert received in _meanings(self.seen[-1])

    async def _see_next(self) -> None:
        is_text = isinstance(self.put[len(self.seen)], str)
        self.seen.append(await (self.ws.receive_text() if is_text else self.ws.receive_data()))

    async def finish(self) -> None:
        """Receive what is left, then close."""
        if self.ws.ready_state is ReadyState.CONNECTING:
            await self.ws.accept()
        await self.step('leave')
        if not any(message['type'] == 'websocket.close' for message in self.client.sent):
            while len(self.seen) < len(self.put):
                await self._see_next()
            with pytest.raises(WebSocketDisconnected):
                await self.ws.receive_text()
        assert self.seen == self.put[: len(self.seen)]
        await self.ws.close()


@given(st.lists(CALLS, max_size=40), st.integers(0, 3))
def test_any_order_of_things(steps: list[tuple[Any, ...]], limit: int) -> None:
    """Whatever application and client do, no message is lost, doubled or out of order, and no task is left."""

    @in_loop
    async def test() -> None:
        session = Session(Client(), WebSocketOptions(max_receive_queue=limit))
        for step in steps:
            await session.step(*step)
        await session.finish()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('falcon_ws.payload.payload_handler_for', fake_handler)
        test()
