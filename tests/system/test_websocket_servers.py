"""WebSockets of an application on real servers, with real clients."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from connections import vanish

Connecting = AbstractContextManager[ClientConnection]

DEADLINE_S = 10.0

# A server's own tasks: its main one, those of its listeners, of the lifespan, and of the connection that asks.
MOST_IDLE_TASKS = 8

SERVERS = {
    'uvicorn-websockets': ('uvicorn', '--ws', 'websockets-sansio'),
    'uvicorn-wsproto': ('uvicorn', '--ws', 'wsproto'),
    'hypercorn': ('hypercorn',),
}

Starting = Callable[..., Any]


@pytest.fixture(scope='module', params=SERVERS)
def start(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Starting:
    """A function that serves an application with each of the servers."""
    by, *arguments = SERVERS[request.param]

    def start_server(app: str) -> Any:
        return serve(f'websocket_app:{app}', root / 'tests/system/apps', *arguments, by=by)

    return start_server


@pytest.fixture(scope='module')
def server(start: Starting) -> Any:
    """The application without limits."""
    return start('app')


@pytest.fixture(scope='module')
def limited(start: Starting) -> Any:
    """The application with limits."""
    return start('limited')


def open_at(server: Any, path: str, **options: Any) -> Connecting:
    """Connect until the end of the block that this is used for."""
    connecting: Connecting = connect(server.ws_url + path, open_timeout=DEADLINE_S, close_timeout=DEADLINE_S, **options)
    return connecting


def wait_for(server: Any, entry: str, count: int = 1) -> None:
    """Return once the server's log has an entry so many times."""
    deadline = time.monotonic() + DEADLINE_S
    while (log := server.log()).count(entry) < count:
        assert time.monotonic() < deadline, f'waited for {entry!r} in {log}'
        time.sleep(0.02)


def closed(connection: ClientConnection) -> tuple[int | None, str | None]:
    """Return code and reason of the close that is received next, or after some messages."""
    deadline = time.monotonic() + DEADLINE_S
    with pytest.raises(ConnectionClosed) as raised:  # noqa: PT012 # any number of messages may come before
        while time.monotonic() < deadline:
            connection.recv(DEADLINE_S)
    frame = raised.value.rcvd
    return (frame.code, frame.reason) if frame else (None, None)


def denied(server: Any, path: str, **options: Any) -> Any:
    """Return the HTTP response to a handshake."""
    with pytest.raises(InvalidStatus) as raised, open_at(server, path, **options):
        pass
    return raised.value.response


def test_echo_of_all_kinds(server: Any) -> None:
    """Text and binary messages of any size come back as they were."""
    with open_at(server, '/echo') as connection:
        for message in ('hello', b'\0\xff', '', b'', 'ü' * 70_000, b'x' * 500_000):
            connection.send(message)
            assert connection.recv(DEADLINE_S) == message


def test_objects(server: Any) -> None:
    """JSON and MessagePack come back as they were; what is not of the type that is asked for is a ValueError."""
    with open_at(server, '/media') as connection:
        connection.send('{"a": [1, null]}')
        assert connection.recv(DEADLINE_S) == '{"a":[1,null]}'
        connection.send(msgpack.packb({'a': [1, None]}))
        assert msgpack.unpackb(connection.recv(DEADLINE_S, decode=False)) == {'a': [1, None]}
        connection.send('["a"]')
        assert closed(connection)[0] == 1011


def test_handshake(server: Any) -> None:
    """Subprotocol, headers and the query string arrive."""
    offered = [Subprotocol('a'), Subprotocol('b')]
    with open_at(server, '/negotiate?q=1%20', subprotocols=offered) as connection:
        assert connection.subprotocol == 'b'
        assert connection.response is not None
        assert connection.response.headers['X-Served-By'] == 'falcon'
        assert connection.recv(DEADLINE_S) == '1 '


def test_sink(server: Any) -> None:
    """A path without a route is served by the sink that takes it."""
    with open_at(server, '/hello/ada') as connection:
        assert connection.recv(DEADLINE_S) == 'hello ada'
        assert closed(connection) == (1000, 'Normal Closure')


def test_denial(server: Any) -> None:
    """The client gets status, headers and body of the denial."""
    response = denied(server, '/deny')
    assert (response.status_code, response.body) == (401, b'who are you?')
    assert response.headers['WWW-Authenticate'] == 'Basic'
    assert response.headers['Content-Type'] == 'text/plain; charset=utf-8'


def test_denial_by_an_error(server: Any) -> None:
    """An HTTP error before the acceptance is written as for any HTTP request."""
    response = denied(server, '/forbid')
    assert (response.status_code, response.headers['X-Why']) == (403, 'because')
    assert json.loads(response.body) == {'title': 'Not you'}
    response = denied(server, '/forbid', additional_headers={'Accept': 'text/xml'})
    assert response.body.endswith(b'<error><title>Not you</title></error>')


@pytest.mark.parametrize(('path', 'status'), [('/nowhere', 404), ('/needs', 405)])
def test_denial_where_nothing_answers(server: Any, path: str, status: int) -> None:
    """Unknown paths and routes without `on_websocket` have the status that they would have for HTTP."""
    response = denied(server, path)
    assert response.status_code == status
    assert json.loads(response.body)['title'].startswith(str(status))


def test_denial_by_a_failure(server: Any) -> None:
    """A handler that fails before it accepts answers 500, and says nothing of why."""
    response = denied(server, '/fail')
    assert (response.status_code, json.loads(response.body)) == (500, {'title': '500 Internal Server Error'})
    wait_for(server, "KeyError: 'on purpose'")


@pytest.mark.parametrize(
    ('wanted', 'received'),
    [
        ('1000', (1000, '')),
        ('4000 enough', (4000, 'enough')),
        ('3404 ' + 'é' * 100, (3404, 'é' * 61)),
    ],
)
def test_close_codes_of_the_server(server: Any, wanted: str, received: tuple[int, str]) -> None:
    """Code and reason arrive at the client, the reason as far as it fits."""
    with open_at(server, '/close') as connection:
        connection.send(wanted)
        assert closed(connection) == received


def test_http_error_after_the_acceptance(server: Any) -> None:
    """An HTTP error after the acceptance closes with 3000 and the status."""
    with open_at(server, '/forbid_later') as connection:
        assert closed(connection) == (3403, 'Forbidden')


def test_close_codes_of_the_client(server: Any) -> None:
    """Code and reason arrive at the handler; hypercorn says 1006 whatever the client said."""
    with open_at(server, '/echo') as connection:
        connection.close(4001, 'bye')
    hypercorn = 'hypercorn' in server.process.args
    wait_for(server, 'echo ended with 1006 None' if hypercorn else 'echo ended with 4001 bye')


@pytest.mark.parametrize('name', ['echo', 'send', 'poll'])
def test_client_that_vanishes(server: Any, name: str) -> None:
    """A client that goes down ends the handler, whether that receives, sends, or only looks."""
    before = server.log().count(f'{name} ended with 100')
    with open_at(server, f'/{name}') as connection:
        if name == 'echo':
            connection.send('hello')
        if name != 'poll':
            connection.recv(DEADLINE_S)
        vanish(connection.socket)
    wait_for(server, f'{name} ended with 100', before + 1)


def test_nothing_is_left(server: Any) -> None:
    """After all that, no task is left, and nothing was logged but what failed on purpose."""
    deadline = time.monotonic() + DEADLINE_S
    while httpx.get(f'{server.url}/needs').json()['other_tasks'] > MOST_IDLE_TASKS:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    log = server.log()
    # One of the KeyError, two of the ValueError and what caused it.
    assert log.count('Traceback') == 3
    assert 'never awaited' not in log
    assert 'was destroyed' not in log


def test_origins(limited: Any) -> None:
    """A page of another site is refused with 403, one that may connect is not, nor is a client that is no browser."""
    response = denied(limited, '/echo', origin='https://evil.example')
    assert response.status_code == 403
    assert json.loads(response.body)['description'] == 'Connections from this origin are not allowed.'
    for origin in ('https://example.com', None):
        with open_at(limited, '/hello/ada', origin=origin) as connection:
            assert connection.recv(DEADLINE_S) == 'hello ada'


def test_message_that_is_too_large(limited: Any) -> None:
    """A message that is too large closes the connection with 1009, after what came before it was answered."""
    with open_at(limited, '/echo') as connection:
        connection.send('x' * 1000)
        connection.send('x' * 1001)
        assert len(connection.recv(DEADLINE_S)) == 1000
        assert closed(connection) == (1009, 'received 1001 bytes, expected at most 1000')
    wait_for(limited, 'echo ended with 1009 received 1001 bytes, expected at most 1000')


def test_idle_connection(limited: Any) -> None:
    """An idle connection is closed with 1001 for both sides."""
    with open_at(limited, '/echo') as connection:
        assert closed(connection) == (1001, 'idle timeout')
    wait_for(limited, 'echo ended with 1001 idle timeout')


def test_client_that_stops_reading(limited: Any) -> None:
    """A hundred megabytes for it stay unsent and do not pile up, and its handler ends after the send timeout."""
    before = httpx.get(f'{limited.url}/needs').json()['peak_bytes']
    with open_at(limited, '/flood', max_queue=1, compression=None) as connection:
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wait_for(limited, 'flood ended with 1006: [Errno 110] the client took nothing for 0.5 s')
        vanish(connection.socket)
    assert httpx.get(f'{limited.url}/needs').json()['peak_bytes'] - before < 16 << 20


def test_shutdown(start: Starting) -> None:
    """Told to stop, the server closes with 1001 what is open; handlers end, and so does the process."""
    server = start('app')
    with open_at(server, '/echo') as echo, open_at(server, '/send') as send, open_at(server, '/poll') as poll:
        echo.send('hello')
        assert echo.recv(DEADLINE_S) == 'hello'
        server.process.terminate()
        for connection in (echo, send, poll):
            assert closed(connection)[0] == 1001
    assert server.process.wait(DEADLINE_S) is not None
    for name in ('echo', 'send', 'poll'):
        wait_for(server, f'{name} ended with 1001')
    assert 'Traceback' not in server.log()
