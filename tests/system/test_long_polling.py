"""`await req.wait_disconnect()` on a real server: it learns of clients that leave, and takes nothing from bodies."""

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

DEADLINE_S = 10.0
TYPE = {'Content-Type': 'application/octet-stream'}


@pytest.fixture(scope='module', params=['h11', 'httptools'])
def server(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Any:
    """The application, served with each of uvicorn's parsers of HTTP."""
    return serve('polling:app', root / 'tests/system/apps', '--http', request.param)


def wait_for(server: Any, **expected: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not expected.items() <= (seen := httpx.get(f'{server.url}/news/state').json()).items():
        assert time.monotonic() < deadline, f'waited for {expected}, found {seen}\n{server.log()}'
        time.sleep(0.02)


def ask(server: Any) -> socket.socket:
    """Return a connection that has asked for news."""
    host, port = server.url.removeprefix('http://').split(':')
    connection = socket.create_connection((host, int(port)), timeout=DEADLINE_S)
    connection.sendall(b'GET /news HTTP/1.1\r\nHost: localhost\r\n\r\n')
    return connection


def answered(connection: socket.socket, ending: bytes) -> bytes:
    received = b''
    while not received.endswith(ending):
        chunk = connection.recv(65536)
        assert chunk, f'the connection ended after {received!r}'
        received += chunk
    return received


def test_news_come_to_those_that_are_there(server: Any) -> None:
    """Clients that left no longer wait; the others are answered, and their connections serve a further request."""
    wait_for(server, waiting=0)
    left_before = httpx.get(f'{server.url}/news/state').json()['left']
    staying, leaving, breaking = ask(server), ask(server), ask(server)
    wait_for(server, waiting=3)
    leaving.close()
    breaking.shutdown(socket.SHUT_RDWR)
    wait_for(server, waiting=1, left=left_before + 2)
    breaking.close()
    for text in (b'first', b'second'):
        assert httpx.put(f'{server.url}/news', content=text, headers=TYPE).status_code == 200
        assert answered(staying, text).startswith(b'HTTP/1.1 200')
        if text == b'first':
            staying.sendall(b'GET /news HTTP/1.1\r\nHost: localhost\r\n\r\n')
            wait_for(server, waiting=1)
    staying.close()


@pytest.mark.parametrize('chunked', [False, True])
def test_watching_takes_nothing_from_the_body(server: Any, chunked: bool) -> None:
    """Every byte of a body arrives, in order, whoever waits for the client to leave meanwhile."""
    body = hashlib.shake_128(b'body').digest(3_000_000)

    def pieces() -> Iterator[bytes]:
        for begin in range(0, len(body), 70_001):
            yield body[begin : begin + 70_001]

    content = pieces() if chunked else body
    answer = httpx.post(f'{server.url}/watched', content=content, headers=TYPE, timeout=30).json()
    assert answer == {'sha256': hashlib.sha256(body).hexdigest(), 'size': len(body), 'left': False}


def test_nothing_is_left_behind(server: Any) -> None:
    """When all is answered, no task waits any more, and nothing was logged as an error."""
    wait_for(server, waiting=0, tasks=3)
    assert 'ERROR' not in server.log()
    assert 'Traceback' not in server.log()
