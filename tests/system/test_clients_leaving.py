"""Clients that leave in the middle, on a real server: what was produced for them is closed, and nobody complains."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from connections import read_until

DEADLINE_S = 10.0

# uvicorn's own tasks: its main one, and the one of the lifespan.
IDLE_TASKS = 2


@pytest.fixture(scope='module', params=['h11', 'httptools'])
def server(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Any:
    """The application, served with each of uvicorn's parsers of HTTP."""
    return serve('leaving:app', root / 'tests/system/apps', '--http', request.param)


def journal(server: Any) -> Any:
    return httpx.get(f'{server.url}/journal').json()


def wait_for(server: Any, *entries: str) -> None:
    """Return once the journal has one of the entries and no task is left but those of an idle server."""
    deadline = time.monotonic() + DEADLINE_S
    seen = journal(server)
    while not set(entries) & set(seen['entries']) or seen['other_tasks'] > IDLE_TASKS:
        assert time.monotonic() < deadline, f'waited for {entries!r}, found {seen}\n{server.log()}'
        time.sleep(0.02)
        seen = journal(server)


def raw_request(server: Any, head: str, body: bytes = b'') -> socket.socket:
    """Return a connection that has sent a request and got the beginning of an answer, if there is one."""
    host, port = server.url.removeprefix('http://').split(':')
    connection = socket.create_connection((host, int(port)), timeout=DEADLINE_S)
    connection.sendall(head.encode() + b'\r\nHost: localhost\r\n\r\n' + body)
    return connection


@pytest.mark.parametrize(
    ('path', 'first', 'entry'),
    [
        ('/idle', b'x', 'idle stream closed'),
        ('/busy', b'x', 'busy stream closed'),
        ('/events', b'data: x', 'events closed'),
    ],
)
def test_stream_is_closed_when_its_client_leaves(server: Any, path: str, first: bytes, entry: str) -> None:
    """The generator's finally runs, whether it waits, or is held up by a client that does not read."""
    connection = raw_request(server, f'GET {path} HTTP/1.1')
    read_until(connection, b'\r\n\r\n')
    connection.close()
    wait_for(server, entry)


def test_body_not_yet_read_is_not_lost_to_the_watch_for_the_client(server: Any) -> None:
    """An event stream can read its request's body after it has begun, and is still closed when the client leaves."""
    connection = raw_request(server, 'POST /events HTTP/1.1\r\nContent-Length: 5', b'he')
    read_until(connection, b'data: started')
    connection.sendall(b'llo')
    read_until(connection, b'data: hello')
    connection.close()
    wait_for(server, 'events with a body closed')


def test_upload_that_breaks_off_ends_its_responder(server: Any) -> None:
    """A responder that waits for a body whose client has left is not left waiting."""
    connection = raw_request(server, 'POST /upload HTTP/1.1\r\nContent-Length: 1000', b'only this')
    connection.close()
    wait_for(server, 'upload ended')


def test_websocket_learns_of_a_client_that_says_goodbye(server: Any) -> None:
    """The code of the client's close reaches the responder."""
    with connect(f'{server.ws_url}/ws') as websocket:
        assert websocket.recv(timeout=DEADLINE_S) == 'welcome'
        websocket.close(4001)
    wait_for(server, 'websocket closed 4001')


def test_websocket_learns_of_a_connection_that_breaks(server: Any) -> None:
    """A connection that ends without a close frame raises WebSocketDisconnected as well.

    RFC 6455, section 7.1.5, calls the code for it 1006; uvicorn reports 1005.
    """
    with connect(f'{server.ws_url}/ws') as websocket:
        assert websocket.recv(timeout=DEADLINE_S) == 'welcome'
        websocket.socket.shutdown(socket.SHUT_RDWR)
    wait_for(server, 'websocket closed 1005', 'websocket closed 1006')


def test_websocket_that_only_sends_learns_of_it_too(server: Any) -> None:
    """A responder that never receives ends when its client has left."""
    with connect(f'{server.ws_url}/ws/sending') as websocket:
        assert websocket.recv(timeout=DEADLINE_S) == 'tick'
        websocket.socket.shutdown(socket.SHUT_RDWR)
    wait_for(server, 'sending websocket ended')


def test_nothing_of_this_is_logged_as_an_error(server: Any) -> None:
    """Clients may leave: that is neither an error nor an exception. Runs after the others."""
    log = server.log()
    assert 'ERROR' not in log
    assert 'Traceback' not in log
