import asyncio
from typing import Any

import pytest

from event_loop import in_loop, turns
from falcon_core.errors import OperationNotAllowed
from falcon_ws import WebSocketServerError
from falcon_ws.testing.server import ServerState, SimulatedServer

ACCEPT = {'type': 'websocket.accept'}
CLOSE = {'type': 'websocket.close'}


def make_server(max_unread: int | None = None) -> SimulatedServer:
    return SimulatedServer(max_unread, 'the chat', denial_response=True)


def text(payload: str) -> dict[str, Any]:
    return {'type': 'websocket.send', 'text': payload}


async def send_all(server: SimulatedServer, payloads: str) -> None:
    for payload in payloads:
        await server.collect(text(payload))


@in_loop
async def test_acceptance() -> None:
    """The application's answer to the handshake opens the connection."""
    server = make_server()
    assert await server.emit() == {'type': 'websocket.connect'}
    assert server.situation == 'the app has not answered the handshake'
    await server.collect({'type': 'websocket.accept', 'subprotocol': 'a', 'headers': [[b'b', b'c']]})
    assert (server.state, server.subprotocol, server.headers) == (ServerState.OPEN, 'a', [(b'b', b'c')])
    assert server.situation == 'the app has accepted the connection and has sent 0 messages'


@in_loop
async def test_messages_are_kept_in_order() -> None:
    """Messages wait for the client, text and bytes alike, also past the close."""
    server = make_server()
    await server.collect(ACCEPT)
    await server.collect(text('a'))
    await server.collect({'type': 'websocket.send', 'bytes': b'b', 'text': None})
    await server.collect({'type': 'websocket.close', 'code': 4000, 'reason': 'done'})
    assert list(server.unread) == ['a', b'b']
    assert (server.closed, server.close_code, server.close_reason) == (True, 4000, 'done')


@in_loop
async def test_events_for_the_application() -> None:
    """The application gets what was pushed, then waits; that the client has left it gets again and again."""
    server = make_server()
    await server.emit()
    waiting = asyncio.create_task(server.emit())
    await turns()
    server.push({'type': 'websocket.receive', 'text': 'a'})
    assert await waiting == {'type': 'websocket.receive', 'text': 'a'}
    server.leave(4001, None)
    server.leave(4002, None)
    for _ in range(2):
        assert await server.emit() == {'type': 'websocket.disconnect', 'code': 4001, 'reason': ''}
    assert server.situation == 'the app was left by the client with code 4001'
    with pytest.raises(OSError, match='the client has left the chat with code 4001'):
        await server.collect(ACCEPT)


@in_loop
async def test_room_for_messages() -> None:
    """The application waits while there is none; what the client takes, or allows, makes some."""
    server = make_server(max_unread=1)
    await server.collect(ACCEPT)
    sending = asyncio.create_task(send_all(server, 'abcd'))
    await turns()
    assert list(server.unread) == ['a']
    server.unread.popleft()
    server.progress.tell()
    await turns()
    assert list(server.unread) == ['b']
    server.max_unread = 2
    assert server.max_unread == 2
    await turns()
    assert list(server.unread) == ['b', 'c']
    server.leave(1006, None)
    with pytest.raises(OSError, match='has left the chat with code 1006'):
        await sending


@in_loop
async def test_close_while_a_message_waits_for_room() -> None:
    """No message is sent after the close, also not one whose send had begun before."""
    server = make_server(max_unread=0)
    await server.collect(ACCEPT)
    sending = asyncio.create_task(send_all(server, 'a'))
    await turns()
    await server.collect(CLOSE)
    with pytest.raises(OperationNotAllowed, match='has closed the connection'):
        await sending
    assert not server.unread


@in_loop
async def test_application_that_receives_after_its_close() -> None:
    """An application that has closed is told that the connection is over, as often as it asks."""
    server = make_server()
    await server.emit()
    await server.collect(ACCEPT)
    await server.collect(CLOSE)
    for _ in range(2):
        assert await server.emit() == {'type': 'websocket.disconnect', 'code': 1000, 'reason': ''}


@in_loop
async def test_denial_that_was_not_offered() -> None:
    """A server without the extension does not take the response."""
    server = SimulatedServer(None, 'the chat')
    with pytest.raises(ValueError, match='denial_response=True of the client offers it'):
        await server.collect({'type': 'websocket.http.response.start', 'status': 404})


@pytest.mark.parametrize(('code', 'seen'), [(1000, 3403), (4001, 3403), (1011, 1011), (3404, 3404)])
@in_loop
async def test_close_before_the_acceptance(code: int, seen: int) -> None:
    """A close before the acceptance is an answer with 403, unless its code stands for a status or an error."""
    server = make_server()
    await server.collect({'type': 'websocket.close', 'code': code})
    assert server.refusal is not None
    assert (server.refusal.code, server.close_code) == (seen, seen)


@in_loop
async def test_denial() -> None:
    """The connection is refused when the response is whole."""
    server = make_server()
    await server.collect({'type': 'websocket.http.response.start', 'status': 404})
    await server.collect({'type': 'websocket.http.response.body', 'body': b'a', 'more_body': True})
    assert (server.state, server.refusal) == (ServerState.DENYING, None)
    await server.collect({'type': 'websocket.http.response.body'})
    assert str(server.refusal) == "the handshake was denied with status 404: b'a'"
    assert (server.state, server.close_code) == (ServerState.CLOSED, 3404)


@pytest.mark.parametrize(
    ('events', 'failure', 'code'),
    [([ACCEPT], None, 1000), ([ACCEPT], LookupError(), 1011), ([], None, 1011), ([ACCEPT, CLOSE], LookupError(), 1000)],
)
@in_loop
async def test_end_of_the_application(events: list[dict[str, Any]], failure: Exception | None, code: int) -> None:
    """The end of the application ends the connection; without an answer to the handshake, that is a failure."""
    server = make_server()
    for event in events:
        await server.collect(event)
    server.tell_ended(failure)
    assert (server.state, server.close_code) == (ServerState.CLOSED, code)
    assert isinstance(server.refusal, WebSocketServerError) is not bool(events)


@in_loop
async def test_end_of_the_application_after_the_client() -> None:
    """The code stays that of the client."""
    server = make_server()
    server.leave(4000, None)
    server.tell_ended(LookupError())
    assert server.close_code == 4000


@pytest.mark.parametrize(
    ('events', 'error', 'match'),
    [
        ([{'type': 'http.response.start'}], ValueError, 'http.response.start'),
        ([text('a')], OperationNotAllowed, "'websocket.send' from an app that has not answered the handshake"),
        ([ACCEPT, ACCEPT], OperationNotAllowed, "'websocket.accept' from an app that has accepted"),
        ([ACCEPT, CLOSE, text('a')], OperationNotAllowed, 'from an app that has closed the connection'),
        ([ACCEPT, CLOSE, CLOSE], OperationNotAllowed, 'has closed'),
        ([{'type': 'websocket.http.response.start', 'status': 403}, ACCEPT], OperationNotAllowed, 'is denying'),
        ([{'type': 'websocket.http.response.start', 'status': '403'}], TypeError, "'403', expected an int"),
        ([{'type': 'websocket.http.response.body'}], OperationNotAllowed, 'has not answered'),
        ([{'type': 'websocket.accept', 'subprotocol': b'a'}], TypeError, 'bytes, expected str'),
        ([ACCEPT, {'type': 'websocket.send'}], ValueError, '0 payloads'),
        ([ACCEPT, {'type': 'websocket.send', 'text': 'a', 'bytes': b'a'}], ValueError, '2 payloads'),
        ([ACCEPT, {'type': 'websocket.send', 'text': b'a'}], TypeError, 'bytes, expected str'),
        ([ACCEPT, {'type': 'websocket.send', 'bytes': 'a'}], TypeError, 'str, expected bytes'),
        ([{'type': 'websocket.close', 'code': '1000'}], TypeError, 'str, expected int'),
        (
            [
                {'type': 'websocket.http.response.start', 'status': 403},
                {'type': 'websocket.http.response.body', 'body': 'a'},
            ],
            TypeError,
            'str, expected bytes',
        ),
    ],
)
@in_loop
async def test_events_that_servers_refuse(events: list[dict[str, Any]], error: type[Exception], match: str) -> None:
    """An event of the wrong kind, at the wrong time or with the wrong content is refused where it is sent."""
    server = make_server()
    *before, last = events
    for event in before:
        await server.collect(event)
    with pytest.raises(error, match=match):
        await server.collect(last)
