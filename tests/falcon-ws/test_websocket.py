import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import in_loop, turns
from falcon_core.asgi_types import Message
from falcon_core.context import Context
from falcon_core.errors import MissingDistribution, OperationNotAllowed
from falcon_core.media import BinaryBaseHandlerWS, TextBaseHandlerWS
from falcon_ws.errors import PayloadTypeError, WebSocketClosed, WebSocketDisconnected
from falcon_ws.inbox import Inbox
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType
from falcon_ws.states import ReadyState
from falcon_ws.websocket import WebSocket

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


class IntegerText(TextBaseHandlerWS):
    """Stands in for JSON: decimal digits."""

    def serialize(self, media: object) -> str:
        return str(media)

    def deserialize(self, payload: str) -> object:
        return int(payload)


class IntegerBinary(BinaryBaseHandlerWS):
    """Stands in for MessagePack: big-endian integers of up to four bytes."""

    def serialize(self, media: object) -> bytes:
        assert isinstance(media, int)
        return media.to_bytes(4, 'big')

    def deserialize(self, payload: bytes) -> object:
        if len(payload) > 4:
            raise ValueError('too long')
        return int.from_bytes(payload, 'big')


class Backwards(TextBaseHandlerWS):
    """A format of media that is not the default."""

    def serialize(self, media: object) -> str:
        return str(media)[::-1]

    def deserialize(self, payload: str) -> object:
        return payload[::-1]


class Liar(TextBaseHandlerWS):
    """Makes numbers where strings belong."""

    def serialize(self, media: object) -> Any:
        return media


def fake_handler(media_type: str, feature: str) -> Any:
    makers: dict[str, Callable[[], Any]] = {'application/json': IntegerText, 'application/msgpack': IntegerBinary}
    return makers[media_type]()


@pytest.fixture
def media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the default handlers come from a fake distribution."""
    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', fake_handler)
    monkeypatch.setattr('falcon_ws.websocket._default_options', WebSocketOptions)


@pytest.fixture
def no_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have falcon-media not installed."""

    def find(media_type: str, feature: str) -> Any:
        raise MissingDistribution(feature, 'falcon-media')

    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', find)
    monkeypatch.setattr('falcon_ws.websocket._default_options', WebSocketOptions)


class Client:
    """The server's side of one connection, and the client behind it."""

    def __init__(self, spec_version: str | None = '2.4', **scope: Any) -> None:
        self.events: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []
        asgi = {'version': '3.0'} | ({'spec_version': spec_version} if spec_version else {})
        self.scope = {'type': 'websocket', 'asgi': asgi, 'path': '/', 'query_string': b'', 'headers': []} | scope

    def connect(self, options: WebSocketOptions | None = None) -> WebSocket:
        return WebSocket(self.scope, self.events.get, self._send, options=options)

    async def open(self, options: WebSocketOptions | None = None) -> WebSocket:
        ws = self.connect(options)
        await ws.accept()
        self.sent.clear()
        return ws

    def put(self, *payloads: str | bytes) -> None:
        for payload in payloads:
            key = 'text' if isinstance(payload, str) else 'bytes'
            self.events.put_nowait({'type': 'websocket.receive', key: payload})

    def leave(self) -> None:
        self.events.put_nowait({'type': 'websocket.disconnect', 'code': 4001, 'reason': 'bye'})

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


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
    """Connecting, open, closed."""
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
    client = Client(spec_version='2.1')
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


# Receiving.


@in_loop
async def test_receiving_both_types() -> None:
    """Text comes as str, binary messages as bytes."""
    client = Client()
    ws = await client.open()
    client.put('a', b'b')
    assert await ws.receive_text() == 'a'
    assert await ws.receive_data() == b'b'


@in_loop
async def test_message_of_the_other_type() -> None:
    """A message of the other type is not lost: the receive of its own type gets it."""
    client = Client()
    ws = await client.open()
    client.put(b'abc', 'de')
    with pytest.raises(PayloadTypeError, match=r'^receive_text\(\) received a binary message of 3 bytes, '):
        await ws.receive_text()
    assert await ws.receive_data() == b'abc'
    with pytest.raises(PayloadTypeError, match=r'^receive_data\(\) received a text message of 2 characters, '):
        await ws.receive_data()
    assert await ws.receive_text() == 'de'


@in_loop
async def test_loop_that_skips_the_other_type_goes_on() -> None:
    """The receive that failed goes on to the next message."""
    client = Client()
    ws = await client.open()
    client.put(b'1', b'2', 'a')
    for _ in range(2):
        with pytest.raises(PayloadTypeError):
            await ws.receive_text()
    assert await ws.receive_text() == 'a'


@pytest.mark.usefixtures('media')
@in_loop
async def test_receiving_objects() -> None:
    """JSON comes in text messages, MessagePack in binary ones, media in both."""
    client = Client()
    ws = await client.open()
    client.put('1', b'\x02', '3', b'\x04')
    assert await ws.receive_json() == 1
    assert await ws.receive_msgpack() == 2
    assert await ws.receive_media() == 3
    assert await ws.receive_media() == 4


@pytest.mark.usefixtures('media')
@in_loop
async def test_objects_of_the_other_type() -> None:
    """JSON in a binary message, and MessagePack in a text message, are messages of the other type."""
    client = Client()
    ws = await client.open()
    client.put(b'1', '2')
    with pytest.raises(PayloadTypeError, match=r'received a binary message of 1 bytes, expected a text message$'):
        await ws.receive_json()
    assert await ws.receive_msgpack() == 0x31
    with pytest.raises(PayloadTypeError, match=r'received a text message of 1 characters, expected a binary message$'):
        await ws.receive_msgpack()
    assert await ws.receive_json() == 2


@pytest.mark.usefixtures('media')
@in_loop
async def test_malformed_objects_fall_back() -> None:
    """A message that could not be decoded is what receive_text or receive_data gets next."""
    client = Client()
    ws = await client.open()
    client.put('one', b'too long', 'two', '3')
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_json()
    assert await ws.receive_text() == 'one'
    with pytest.raises(ValueError, match='too long'):
        await ws.receive_msgpack()
    assert await ws.receive_data() == b'too long'
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_media()
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_json()
    assert await ws.receive_media() == 3


@pytest.mark.usefixtures('no_media')
@in_loop
async def test_what_needs_falcon_media_says_so() -> None:
    """Objects need falcon-media, or a handler of one's own; no message is lost by finding that out."""
    client = Client()
    ws = await client.open()
    client.put('a')
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_json needs falcon-media: pip install falcon-media$'):
        await ws.receive_json()
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_msgpack needs falcon-media'):
        await ws.receive_msgpack()
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_media needs falcon-media'):
        await ws.receive_media()
    with pytest.raises(MissingDistribution, match=r'^ws\.send_json needs falcon-media'):
        await ws.send_json(1)
    with pytest.raises(MissingDistribution, match=r'^ws\.send_msgpack needs falcon-media'):
        await ws.send_msgpack(1)
    with pytest.raises(MissingDistribution, match=r'^ws\.send_media needs falcon-media'):
        await ws.send_media(1)
    assert await ws.receive_text() == 'a'
    assert not client.sent


# Sending.


@pytest.mark.usefixtures('media')
@in_loop
async def test_sending() -> None:
    """Each kind becomes a message of its type."""
    client = Client()
    ws = await client.open()
    await ws.send_text('a')
    await ws.send_data(b'b')
    await ws.send_data(bytearray(b'c'))
    await ws.send_data(memoryview(b'dxdx')[::2])
    await ws.send_json(1)
    await ws.send_msgpack(2)
    await ws.send_media(3)
    await ws.send_media(4, BINARY)
    await ws.send_media(5, payload_type=TEXT)
    assert [message.get('text', message.get('bytes')) for message in client.sent] == [
        'a', b'b', b'c', b'dd', '1', b'\0\0\0\x02', '3', b'\0\0\0\x04', '5',
    ]  # fmt: skip
    await ws.close()


@in_loop
async def test_sent_bytes_are_a_copy() -> None:
    """A buffer may be changed once it was sent."""
    client = Client()
    ws = await client.open()
    buffer = bytearray(b'abc')
    await ws.send_data(buffer)
    buffer[0] = 0
    assert client.sent == [{'type': 'websocket.send', 'bytes': b'abc'}]
    assert type(client.sent[0]['bytes']) is bytes


@in_loop
async def test_sending_checks_the_type() -> None:
    """What is no text, or no bytes, is refused, and the error says what it is."""
    client = Client()
    ws: Any = await client.open()
    not_text: dict[str, Any] = {'bytes': b'a', 'int': 1, 'NoneType': None}
    for name, payload in not_text.items():
        with pytest.raises(TypeError, match=rf'^send_text\(\) received a payload of type {name}, expected str$'):
            await ws.send_text(payload)
    not_bytes: dict[str, Any] = {'str': 'a', 'int': 1, 'list': [1]}
    for name, payload in not_bytes.items():
        with pytest.raises(TypeError, match=rf'^send_data\(\) received a payload of type {name}, expected bytes$'):
            await ws.send_data(payload)
    assert not client.sent


@in_loop
async def test_handler_that_makes_no_payload() -> None:
    """What a handler makes is checked as well; there are no other types of messages."""
    client = Client()
    ws: Any = await client.open(WebSocketOptions({TEXT: Liar(), BINARY: Liar()}))
    with pytest.raises(TypeError, match=r'^send_media\(\) received a payload of type int, expected str$'):
        await ws.send_media(1)
    with pytest.raises(TypeError, match=r'^send_media\(\) received a payload of type str, expected bytes$'):
        await ws.send_media('a', BINARY)
    with pytest.raises(ValueError, match='3 is not a valid WebSocketPayloadType'):
        await ws.send_media(1, 3)
    assert not client.sent


@pytest.mark.usefixtures('media')
@in_loop
async def test_own_handlers() -> None:
    """Handlers of media are for media; JSON stays JSON."""
    client = Client()
    ws = await client.open(WebSocketOptions({TEXT: Backwards()}))
    client.put('123', '456')
    assert await ws.receive_media() == '321'
    assert await ws.receive_json() == 456
    await ws.send_media(12)
    await ws.send_json(34)
    assert [message['text'] for message in client.sent] == ['21', '34']


@in_loop
async def test_options_are_read_when_they_are_needed() -> None:
    """Handlers may be exchanged while a connection is open."""
    client = Client()
    options = WebSocketOptions()
    ws = await client.open(options)
    options.media_handlers = PayloadHandlers({TEXT: Backwards()})
    await ws.send_media('abc')
    assert client.sent[0]['text'] == 'cba'


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


@in_loop
async def test_lone_surrogates_are_no_text() -> None:
    """What has no UTF-8 form is refused here, because some servers would send something else."""
    ws = await (client := Client()).open()
    for text in ('\ud800', 'caf\xe9 \udfff'):
        with pytest.raises(ValueError, match='surrogates not allowed'):
            await ws.send_text(text)
    await ws.send_text('caf\xe9 \U0001f600')
    assert [message['text'] for message in client.sent] == ['caf\xe9 \U0001f600']
