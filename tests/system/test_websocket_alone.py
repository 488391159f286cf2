"""falcon-ws inside a bare ASGI callable, on a real server with each of its WebSocket implementations."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from connections import vanish

Connecting = AbstractContextManager[ClientConnection]

DEADLINE_S = 10.0

# uvicorn's own tasks: its main one, and the one of the lifespan.
IDLE_TASKS = 2


@pytest.fixture(scope='module', params=['websockets-sansio', 'wsproto'])
def server(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Any:
    """The application, served with each of uvicorn's implementations of WebSocket."""
    return serve('websocket_alone:app', root / 'tests/system/apps', '--ws', request.param)


@pytest.fixture
def open_at(server: Any) -> Callable[..., Connecting]:
    """A function that connects to a path, until the end of the block it is used for."""

    def open_connection(path: str, **options: Any) -> Any:
        return connect(server.ws_url + path, open_timeout=DEADLINE_S, close_timeout=DEADLINE_S, **options)

    return open_connection


def wait_until(server: Any, ready: Callable[[list[str]], bool]) -> list[str]:
    """Return the journal once it is ready, and no task is left but those of an idle server."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        seen = httpx.get(f'{server.url}/journal').json()
        if ready(seen['entries']) and seen['other_tasks'] <= IDLE_TASKS:
            entries: list[str] = seen['entries']
            return entries
        assert time.monotonic() < deadline, f'found {seen}'
        time.sleep(0.02)


def wait_for(server: Any, *last: str) -> None:
    """Return once the journal ends with these entries."""
    wait_until(server, lambda entries: entries[-len(last) :] == list(last))


def closed(connection: ClientConnection) -> tuple[int | None, str | None]:
    """Return code and reason of the close that is received next."""
    with pytest.raises(ConnectionClosed) as raised:
        connection.recv(DEADLINE_S)
    frame = raised.value.rcvd
    return (frame.code, frame.reason) if frame else (None, None)


def test_echo_of_both_types(server: Any, open_at: Callable[..., Connecting]) -> None:
    """Text and binary messages go both ways; the close of the client ends the handler with its code and reason."""
    with open_at('/echo') as connection:
        for message in ('hello', b'\0\xff', '', b'', 'ü' * 70_000):
            connection.send(message)
            assert connection.recv(DEADLINE_S) == message
        connection.close(4001, 'bye')
    wait_for(server, '/echo left with 4001 bye')


def test_handshake(open_at: Callable[..., Connecting]) -> None:
    """Subprotocol and headers arrive on both sides."""
    offered = [Subprotocol('a'), Subprotocol('b')]
    with open_at('/negotiate?q=1%20', subprotocols=offered, additional_headers={'X-Asked': 'yes'}) as connection:
        assert connection.subprotocol == 'b'
        assert connection.response is not None
        assert connection.response.headers['X-Served-By'] == 'falcon-ws'
        assert json.loads(connection.recv(DEADLINE_S)) == ['/negotiate', 'q=1%20', 'yes', '127.0.0.1']


def test_refusal(open_at: Callable[..., Connecting]) -> None:
    """A connection that is closed before it was accepted is answered with 403."""
    with pytest.raises(InvalidStatus) as raised, open_at('/refuse'):
        pass
    assert raised.value.response.status_code == 403


@pytest.mark.parametrize(
    ('wanted', 'received'),
    [
        ('1000', (1000, '')),
        ('4000 enough', (4000, 'enough')),
        ('3404 ' + 'é' * 100, (3404, 'é' * 61)),
    ],
)
def test_close_codes(open_at: Callable[..., Connecting], wanted: str, received: tuple[int, str]) -> None:
    """Code and reason arrive at the client, the reason as far as it fits."""
    with open_at('/close') as connection:
        connection.send(wanted)
        assert closed(connection) == received


def test_send_only_handler_learns_that_the_client_left(server: Any, open_at: Callable[..., Connecting]) -> None:
    """A handler that never receives ends with the code of a client that closed."""
    with open_at('/push') as connection:
        assert connection.recv(DEADLINE_S) == 'tick'
        connection.close(4002, 'had enough')
    wait_for(server, '/push left with 4002 had enough')


def test_send_only_handler_learns_of_it_behind_unread_messages(server: Any, open_at: Callable[..., Connecting]) -> None:
    """That the client wrote something before it left, which nobody reads, does not hide that it left."""
    with open_at('/push') as connection:
        for number in range(5):
            connection.send(f'unread {number}')
        connection.close(4003, 'wrote and left')
    wait_for(server, '/push left with 4003 wrote and left')


@pytest.mark.parametrize('path', ['/push', '/echo', '/poll'])
def test_client_that_vanishes(server: Any, open_at: Callable[..., Connecting], path: str) -> None:
    """A client that goes down ends the handler, whatever that does."""
    before = wait_until(server, bool)
    with open_at(path) as connection:
        connection.send('hello')
        if path != '/poll':
            connection.recv(DEADLINE_S)
        vanish(connection.socket)
    seen = wait_until(server, lambda entries: len(entries) > len(before))
    assert seen[-1].startswith(f'{path} left with 100')


def test_polling_handler_learns_that_the_client_left(server: Any, open_at: Callable[..., Connecting]) -> None:
    """A handler that only asks whether the connection is closed comes to an end."""
    with open_at('/poll') as connection:
        connection.close(4004)
    wait_for(server, '/poll left with 4004 None')


def test_cancelled_receives_lose_nothing(open_at: Callable[..., Connecting]) -> None:
    """Messages that arrive while receives time out again and again are all received, in order."""
    messages = [str(number) for number in range(300)]
    with open_at('/impatient') as connection:
        for number, message in enumerate(messages):
            connection.send(message)
            if number % 10 == 0:
                time.sleep(0.002)
        connection.send('end')
        assert json.loads(connection.recv(DEADLINE_S)) == [*messages, 'end']


def test_messages_before_a_failed_send_are_received(server: Any, open_at: Callable[..., Connecting]) -> None:
    """A send that fails because the client left takes nothing away of what it sent before."""
    with open_at('/fail_to_send') as connection:
        assert connection.recv(DEADLINE_S) == 'leave'
        connection.send('first')
        connection.send('second')
        connection.close(4005, 'left')
    wait_for(server, 'push ended with 4005 left', 'first', 'second', '/fail_to_send left with 4005 left')


def test_nothing_was_logged_as_an_error(server: Any) -> None:
    """After all that, the server's log has no traceback and no error."""
    assert 'Traceback' not in server.log()
    assert 'ERROR' not in server.log()
