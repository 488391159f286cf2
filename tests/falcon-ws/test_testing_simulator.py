import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop, turns
from falcon_core.errors import MissingDistribution, OperationNotAllowed
from falcon_ws import PayloadTypeError, WebSocketDisconnected, WebSocketServerError
from falcon_ws.testing import ASGIWebSocketSimulator, WebSocketDenied

ACCEPT = {'type': 'websocket.accept'}
CLOSE = {'type': 'websocket.close'}
SOON = 0.01


def text(payload: str) -> dict[str, Any]:
    return {'type': 'websocket.send', 'text': payload}


async def opened(**options: Any) -> ASGIWebSocketSimulator:
    ws = ASGIWebSocketSimulator(**options)
    assert await ws.emit() == {'type': 'websocket.connect'}
    await ws.collect(ACCEPT)
    return ws


@in_loop
async def test_handshake() -> None:
    """Before the application accepts, nothing can be sent or received; what it accepts with can be read."""
    ws = ASGIWebSocketSimulator()
    assert (ws.ready, ws.closed, ws.close_code, ws.close_reason) == (False, False, None, None)
    for call in (ws.receive_text(), ws.send_text('a')):
        with pytest.raises(OperationNotAllowed, match='before it was accepted'):
            await call
    waiting = asyncio.create_task(ws.wait_ready())
    await ws.collect({'type': 'websocket.accept', 'subprotocol': 'chat', 'headers': [[b'a', b'1']]})
    await waiting
    assert (ws.ready, ws.subprotocol, ws.headers) == (True, 'chat', [(b'a', b'1')])
    assert (await opened()).headers is None


@in_loop
async def test_messages_of_the_client() -> None:
    """Messages of the client come to the application in their order, as text or bytes."""
    ws = await opened()
    await ws.send_text('a')
    await ws.send_data(bytearray(b'b'))
    await ws.send_json({'c': 'é'})
    assert [await ws.emit() for _ in range(3)] == [
        {'type': 'websocket.receive', 'text': 'a'},
        {'type': 'websocket.receive', 'bytes': b'b'},
        {'type': 'websocket.receive', 'text': '{"c": "é"}'},
    ]


@in_loop
async def test_messages_of_the_application() -> None:
    """Messages of the application come to the client in order; all that were sent before a close come before it."""
    ws = await opened()
    await ws.collect(text('a'))
    await ws.collect({'type': 'websocket.send', 'bytes': b'b', 'text': None})
    await ws.collect(text('[1]'))
    await ws.collect({'type': 'websocket.close', 'code': 4000, 'reason': 'done'})
    assert (ws.ready, ws.closed, ws.close_code, ws.close_reason) == (False, True, 4000, 'done')
    assert (await ws.receive_text(), await ws.receive_data(), await ws.receive_json()) == ('a', b'b', [1])
    for call in (ws.receive_text(), ws.send_text('c')):
        with pytest.raises(WebSocketDisconnected) as caught:
            await call
        assert (caught.value.code, caught.value.reason) == (4000, 'done')
    assert await ws.emit() == {'type': 'websocket.disconnect', 'code': 4000, 'reason': 'done'}


@in_loop
async def test_kind_of_message() -> None:
    """Text where bytes were awaited, or the other way round, says what came."""
    ws = await opened()
    await ws.collect(text('abc'))
    await ws.collect({'type': 'websocket.send', 'bytes': b'ab'})
    with pytest.raises(PayloadTypeError, match='a text message of 3 characters, expected a binary message'):
        await ws.receive_data()
    with pytest.raises(PayloadTypeError, match='a binary message of 2 bytes, expected a text message'):
        await ws.receive_text()


@in_loop
async def test_type_of_payload() -> None:
    """What is no message is refused where it is sent."""
    ws = await opened()
    with pytest.raises(TypeError, match=r'send_text\(\) received a payload of type bytes, expected str'):
        await ws.send_text(b'a')  # type: ignore[arg-type] # what is tested
    with pytest.raises(TypeError, match=r'send_data\(\) received a payload of type str, expected bytes'):
        await ws.send_data('a')  # type: ignore[arg-type] # what is tested
    with pytest.raises(ValueError, match='surrogates not allowed'):
        await ws.send_text('\ud800')


@in_loop
async def test_messagepack() -> None:
    """Objects are sent and received as MessagePack, where falcon-media is installed."""
    ws = await opened()
    try:
        await ws.send_msgpack([1])
    except MissingDistribution:
        with pytest.raises(MissingDistribution, match='receive_msgpack needs falcon-media'):
            await ws.receive_msgpack()
        return
    event = await ws.emit()
    await ws.collect({'type': 'websocket.send', 'bytes': event['bytes']})
    assert await ws.receive_msgpack() == [1]


@in_loop
async def test_client_closes() -> None:
    """The application gets the code and the reason, again and again; what it sends then raises OSError."""
    ws = await opened()
    await ws.send_text('last')
    await ws.close(4001, 'enough')
    assert (ws.ready, ws.closed, ws.close_code, ws.close_reason) == (False, True, 4001, 'enough')
    await ws.close(4002)
    assert await ws.emit() == {'type': 'websocket.receive', 'text': 'last'}
    for _ in range(2):
        assert await ws.emit() == {'type': 'websocket.disconnect', 'code': 4001, 'reason': 'enough'}
    with pytest.raises(OSError, match='the client has left the WebSocket with code 4001'):
        await ws.collect(text('a'))
    for call in (ws.receive_text(), ws.send_text('b'), ws.wait_ready()):
        with pytest.raises(WebSocketDisconnected):
            await call


@in_loop
async def test_client_vanishes() -> None:
    """A dropped connection has the code 1006, which no close frame has."""
    ws = await opened(name='the chat')
    await ws.collect(text('unread'))
    ws.drop()
    assert await ws.emit() == {'type': 'websocket.disconnect', 'code': 1006, 'reason': ''}
    with pytest.raises(OSError, match='the client has left the chat with code 1006'):
        await ws.collect(CLOSE)
    with pytest.raises(WebSocketDisconnected, match='1006'):
        await ws.receive_text()


@in_loop
async def test_slow_client() -> None:
    """Where too many messages wait, the application's send waits; each that is received makes room for one."""
    ws = await opened(max_unread=2)
    sending = asyncio.create_task(send_all(ws, 'abcd'))
    await turns()
    assert repr(ws) == '<ASGIWebSocketSimulator: the app has accepted the connection and has sent 2 messages>'
    assert await ws.receive_text() == 'a'
    await turns()
    assert 'has sent 3 messages' in repr(ws)
    ws.max_unread = None
    assert [await ws.receive_text() for _ in range(3)] == ['b', 'c', 'd']
    await sending


@in_loop
async def test_client_that_does_not_read() -> None:
    """With no room at all, a message is taken only when the client is about to receive it."""
    ws = await opened(max_unread=0)
    sending = asyncio.create_task(send_all(ws, 'ab'))
    await turns()
    assert 'has sent 0 messages' in repr(ws)
    assert await ws.receive_text() == 'a'
    await turns()
    assert 'has sent 1 message>' in repr(ws)
    ws.drop()
    with pytest.raises(OSError, match='has left'):
        await sending


async def send_all(ws: ASGIWebSocketSimulator, payloads: str) -> None:
    for payload in payloads:
        await ws.collect(text(payload))


@in_loop
async def test_several_receive() -> None:
    """Any number of tasks may receive; each message comes to one of them."""
    ws = await opened()
    receiving = [asyncio.create_task(ws.receive_text()) for _ in 'ab']
    await turns()
    await send_all(ws, 'ab')
    assert sorted([await task for task in receiving]) == ['a', 'b']


@pytest.mark.parametrize(
    ('code', 'seen'),
    [(1000, 3403), (4001, 3403), (1011, 1011), (3000, 3000), (3404, 3404), (3999, 3999)],
)
@in_loop
async def test_refusal_by_a_close(code: int, seen: int) -> None:
    """A close before the acceptance is an answer with 403, unless its code stands for a status or an error."""
    ws = ASGIWebSocketSimulator()
    await ws.collect({'type': 'websocket.close', 'code': code})
    for call in (ws.wait_ready(), ws.receive_text()):
        with pytest.raises(WebSocketDisconnected) as caught:
            await call
        assert caught.value.code == seen
    assert ws.close_code == seen


@in_loop
async def test_refusal_by_a_response() -> None:
    """The status, headers and body of a denial are those of the error."""
    ws = ASGIWebSocketSimulator(denial_response=True)
    await ws.collect({'type': 'websocket.http.response.start', 'status': 429, 'headers': [(b'retry-after', b'5')]})
    await ws.collect({'type': 'websocket.http.response.body', 'body': b'too ', 'more_body': True})
    assert not ws.closed
    await ws.collect({'type': 'websocket.http.response.body', 'body': b'many'})
    with pytest.raises(WebSocketDenied) as caught:
        await ws.wait_ready()
    assert caught.value.status_code == 429
    assert caught.value.headers == {'retry-after': '5'}
    assert caught.value.content == b'too many'
    assert ws.close_code == 3429


@pytest.mark.parametrize(
    ('call', 'match'),
    [
        (
            ASGIWebSocketSimulator.wait_ready,
            r'^waited 0.01 s for the answer to the handshake of the WebSocket: the app has not answered the handshake$',
        ),
        (ASGIWebSocketSimulator.wait_closed, r'^waited 0.01 s for the close of the WebSocket: the app has not'),
    ],
)
@in_hasty_loop
async def test_waits_before_the_acceptance(
    call: Callable[[ASGIWebSocketSimulator], Awaitable[None]], match: str
) -> None:
    """A wait that is given up says what it was for, and how far the application was."""
    with pytest.raises(TimeoutError, match=match):
        await call(ASGIWebSocketSimulator(SOON))


@pytest.mark.parametrize('call', ['receive_text', 'receive_data', 'receive_json', 'wait_closed'])
@in_hasty_loop
async def test_waits_after_the_acceptance(call: str) -> None:
    """A message that never comes, and a close that never comes, are named with what came instead."""
    ws = await opened(_timeout=SOON)
    if call == 'wait_closed':
        await ws.collect(text('a'))
    with pytest.raises(TimeoutError, match=rf'waited {SOON} s for .*the app has accepted the connection and has sent'):
        await getattr(ws, call)()


@in_loop
async def test_timeout_of_a_single_wait() -> None:
    """A timeout that is given goes before the simulator's own, also if it is 0."""
    ws = ASGIWebSocketSimulator()
    with pytest.raises(TimeoutError, match='waited 0 s'):
        await ws.wait_ready(0)
    with pytest.raises(TimeoutError, match='waited 0 s'):
        await ws.wait_closed(0)


@in_loop
async def test_wait_for_the_close() -> None:
    """A wait for the close ends with that of either side."""
    ws = await opened()
    waiting = asyncio.create_task(ws.wait_closed())
    await turns()
    await ws.collect(CLOSE)
    await waiting
    assert (ws.close_code, ws.close_reason) == (1000, '')


@in_loop
async def test_app_that_ends_before_it_accepts() -> None:
    """An application that ends before it accepts has failed: servers answer such a handshake with 500."""
    ws = ASGIWebSocketSimulator()
    ws.tell_ended(None)
    with pytest.raises(WebSocketServerError):
        await ws.wait_ready()


@pytest.mark.parametrize(('failure', 'code'), [(None, 1000), (LookupError(), 1011)])
@in_loop
async def test_app_that_ends_without_a_close(failure: Exception | None, code: int) -> None:
    """The server closes the connection: with 1011 if the application failed."""
    ws = await opened()
    receiving = asyncio.create_task(ws.receive_text())
    await turns()
    ws.tell_ended(failure)
    with pytest.raises(WebSocketDisconnected):
        await receiving
    assert ws.close_code == code
    ws.tell_ended(None)
    assert ws.close_code == code
