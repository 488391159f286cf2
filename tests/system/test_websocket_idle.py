"""Thousands of connections that wait, beside the same number on an application of no framework."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest

from processes import allow_open_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != 'linux', reason='reads the memory of a process as Linux tells it'),
]

CONNECTIONS = 5000
WARM_UP = 200
MAX_BYTES_MORE = 2048
FEW_TASKS = 10  # those of the server itself, besides one for each connection
TIMEOUT_S = 60

HANDSHAKE = (
    b'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
)


@pytest.fixture(scope='module', autouse=True)
def open_files() -> None:
    """As many open files as the connections need, in the servers as well: they inherit the limit."""
    allow_open_files(2 * CONNECTIONS)


@contextmanager
def connections(server: Any, count: int) -> Iterator[None]:
    """Have connections open; raw sockets, because a client library would take longer than the servers."""
    host, _, port = server.url.removeprefix('http://').partition(':')
    with ExitStack() as opened:
        for _ in range(count):
            connection = opened.enter_context(socket.create_connection((host, int(port)), timeout=TIMEOUT_S))
            connection.sendall(HANDSHAKE)
            answer = b''
            while not answer.endswith(b'\r\n\r\n'):
                answer += connection.recv(4096)
            assert answer.startswith(b'HTTP/1.1 101')
        yield


def needs(server: Any) -> Any:
    return httpx.get(server.url, timeout=TIMEOUT_S).json()


def bytes_each(server: Any) -> float:
    """Return what one of many connections adds to a server's memory."""
    with connections(server, WARM_UP):
        pass
    before = needs(server)
    with connections(server, CONNECTIONS):
        during = needs(server)
    assert during['other_tasks'] <= CONNECTIONS + FEW_TASKS
    return float(during['bytes'] - before['bytes']) / CONNECTIONS


def test_memory_of_idle_connections(serve: Callable[..., Any], root: Any) -> None:
    """Each has at most 2 KiB more than on an application of no framework, and no task but the server's own."""
    folder = root / 'tests/system/apps'
    bare, ours = (
        bytes_each(serve(f'websocket_idle:{name}', folder, '--ws-ping-interval', '0')) for name in ('bare', 'app')
    )
    assert ours - bare <= MAX_BYTES_MORE, f'{ours:.0f} bytes each, {bare:.0f} without a framework'
