import asyncio
import math
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop, turns
from falcon_core.asgi_types import Receive, Scope, Send
from falcon_core.errors import OperationNotAllowed
from falcon_ws import WebSocket, WebSocketDisconnected, WebSocketServerError
from falcon_ws.testing import WebSocketDenied, connect

SOON = 0.05


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    ws = WebSocket(scope, receive, send)
    await receive()
    await ws.accept()
    while True:
        try:
            text = await ws.receive_text()
        except WebSocketDisconnected:
            return
        if text == 'close':
            await ws.close(4000, 'as asked')
            return
        await ws.send_text(text)


def handler(scopes: list[Scope], *events: dict[str, Any]) -> Any:
    """An application that keeps its scope and sends some events."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await receive()
        for event in events:
            await send(event)

    return app


async def sleeper(scope: Scope, receive: Receive, send: Send) -> None:
    """Accept, and hear and say nothing."""
    await send({'type': 'websocket.accept'})
    await asyncio.Event().wait()


async def silence(scope: Scope, receive: Receive, send: Send) -> None:
    """Do not even accept."""
    await asyncio.Event().wait()


@in_loop
async def test_bare_callable() -> None:
    """No application is needed to talk to a WebSocket; at the end of the block it is closed with 1000."""
    async with connect(echo, '/echo') as ws:
        await ws.send_text('hello')
        assert await ws.receive_text() == 'hello'
    assert (ws.closed, ws.close_code) == (True, 1000)


@in_loop
async def test_app_closes() -> None:
    """A close of the application, even the last thing it does, is not hidden by that of the block."""
    async with connect(echo, '/echo', spec_version='2.3') as ws:
        await ws.send_text('close')
    assert (ws.close_code, ws.close_reason) == (4000, 'as asked')
    async with connect(handler([], {'type': 'websocket.accept'}, {'type': 'websocket.close', 'code': 4001})) as ws:
        assert ws.closed
    assert ws.close_code == 4001


@in_loop
async def test_handshake_says_what_it_was_told() -> None:
    """Headers, origin, subprotocols, query string and state are in the scope."""
    scopes: list[Scope] = []
    state = {'db': 1}
    app = handler(scopes, {'type': 'websocket.accept', 'subprotocol': 'b'})
    connection = connect(
        app,
        '/chat',
        headers={'X-A': '1'},
        origin='https://example.org',
        subprotocols=['a', 'b'],
        params={'room': 'ä'},
        state=state,
        extras={'client': ('192.0.2.1', 1)},
        cookies={'c': 'd'},
    )
    async with connection as ws:
        assert ws.subprotocol == 'b'
    (scope,) = scopes
    headers = dict(scope['headers'])
    assert (headers[b'x-a'], headers[b'origin'], headers[b'cookie']) == (b'1', b'https://example.org', b'c=d')
    assert scope['subprotocols'] == ['a', 'b']
    assert (scope['path'], scope['query_string']) == ('/chat', b'room=%C3%A4')
    assert scope['state'] == state
    assert scope['state'] is not state
    assert scope['client'] == ('192.0.2.1', 1)


@pytest.mark.parametrize(
    ('given', 'offered'), [({}, None), ({'denial_response': True}, {'websocket.http.response': {}})]
)
@in_loop
async def test_denial_responses_are_offered_on_demand(
    given: dict[str, Any], offered: dict[str, dict[str, str]] | None
) -> None:
    """The extension is in the scope only if the test asks for it, as with Falcon's simulator."""
    scopes: list[Scope] = []
    async with connect(handler(scopes, {'type': 'websocket.accept'}), **given):
        assert scopes[0].get('extensions') == offered


@in_loop
async def test_denial() -> None:
    """The block is not entered; the error has the response."""
    app = handler(
        [],
        {'type': 'websocket.http.response.start', 'status': 401},
        {'type': 'websocket.http.response.body', 'body': b'who?'},
    )
    with pytest.raises(WebSocketDenied) as caught:
        await connect(app, denial_response=True).__aenter__()
    assert (caught.value.status_code, caught.value.text) == (401, 'who?')


def test_path_begins_with_a_slash() -> None:
    """Anything else is refused before the application is called."""
    with pytest.raises(ValueError, match="received path 'chat'"):
        connect(echo, 'chat')


@in_hasty_loop
async def test_handshake_that_is_never_answered() -> None:
    """The application is cancelled, and the error names the path."""
    with pytest.raises(TimeoutError, match=rf'^waited {SOON} s for the answer to the handshake of the WebSocket /a: '):
        await connect(silence, '/a', timeout=SOON).__aenter__()


@in_loop
async def test_wait_without_an_end() -> None:
    """An infinite timeout waits for ever, as long as a debugger may take."""
    async with connect(echo, timeout=math.inf) as ws:
        receiving = asyncio.create_task(ws.receive_text())
        await turns()
        assert not receiving.done()
        await ws.send_text('late')
        assert await receiving == 'late'


@in_hasty_loop
async def test_message_that_never_comes() -> None:
    """The error of the block is the one that is raised, also if the application has to be cancelled after it."""
    with pytest.raises(TimeoutError, match=r'for a message of the WebSocket /a in receive_text\(\)'):
        async with connect(sleeper, '/a', timeout=SOON) as ws:
            await ws.receive_text()


@in_hasty_loop
async def test_app_that_does_not_end() -> None:
    """A handler that does not end after the close fails the test, and is cancelled."""
    with pytest.raises(TimeoutError, match=r'for the app to end the WebSocket /a, closed with code 1000'):
        async with connect(sleeper, '/a', timeout=SOON):
            pass


@in_loop
async def test_app_that_fails_before_it_accepts() -> None:
    """What it raised is raised, not what a client would see of it."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError('no such room')

    with pytest.raises(LookupError, match='no such room'):
        await connect(app).__aenter__()


@in_loop
async def test_app_that_fails_later() -> None:
    """The client sees 1011, and the failure is raised at the end of the block, unless that has failed itself."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({'type': 'websocket.accept'})
        raise LookupError('no such room')

    async def receive() -> None:
        async with connect(app) as ws:
            await ws.receive_text()

    async def receive_and_see() -> None:
        async with connect(app) as ws:
            with pytest.raises(WebSocketServerError):
                await ws.receive_text()

    with pytest.raises(LookupError, match='no such room'):
        await receive_and_see()
    with pytest.raises(WebSocketServerError):
        await receive()


@in_loop
async def test_app_that_returns_before_it_accepts() -> None:
    """An application that returns before it accepts has refused the handshake."""
    with pytest.raises(WebSocketServerError):
        await connect(handler([])).__aenter__()


@in_loop
async def test_client_that_vanishes() -> None:
    """The block may drop the connection, and the application learns of it by the code 1006."""
    codes = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({'type': 'websocket.accept'})
        while (event := await receive())['type'] != 'websocket.disconnect':
            pass
        codes.append(event['code'])

    async with connect(app) as ws:
        ws.drop()
    assert codes == [1006]


@in_loop
async def test_fault_of_the_app_is_the_test_s() -> None:
    """An event that may not be sent is an error where it is sent, and the test fails with it."""
    with pytest.raises(OperationNotAllowed, match='has not answered the handshake'):
        await connect(handler([], {'type': 'websocket.send', 'text': 'a'})).__aenter__()
