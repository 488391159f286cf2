"""Clients that stop in the middle, on real servers: others go on, memory is bounded, and nothing of them is left."""

import contextlib
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connections import read_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != 'linux', reason='reads the memory of a process as Linux tells it'),
]

DEADLINE_S = 30.0
POLL_S = 0.02
CLIENTS = 40
CHUNK_BYTES = 65536

# What a server holds for a client that does not read or is not read: uvicorn's buffers, and one chunk of ours.
MAX_BYTES_EACH = 512 << 10
# That of the server and that of the lifespan: with one more, a client may be about to end.
MAX_IDLE_TASKS = 2


@pytest.fixture(scope='module', params=['h11', 'httptools'])
def server(
    serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """A server of `apps/stalling.py` with each of uvicorn's parsers of HTTP, with a file of a gigabyte."""
    files = tmp_path_factory.mktemp('files')
    with (files / 'large').open('wb') as file:
        file.truncate(1 << 30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('STALLING_FILES', str(files))
        return serve('stalling:app', root / 'tests/system/apps', '--http', request.param)


@pytest.fixture
def client(server: Any) -> Iterator[httpx.Client]:
    """A client that behaves, on a server that begins to count anew."""
    with httpx.Client(base_url=server.url, timeout=DEADLINE_S) as client:
        client.get('/downloads/16')
        client.post('/uploads', content=b'x')
        client.get('/files/large', headers={'Range': 'bytes=0-9'})
        client.delete('/counts')
        yield client


@contextlib.contextmanager
def stalled(server: Any, head: str, body: bytes = b'', count: int = CLIENTS) -> Iterator[list[socket.socket]]:
    """Clients that have sent the head and the beginning of a body, and then do nothing."""
    host, port = server.url.removeprefix('http://').split(':')
    with contextlib.ExitStack() as open_sockets:
        connections = []
        for _ in range(count):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(DEADLINE_S)
            connection.connect((host, int(port)))
            open_sockets.enter_context(connection)
            connection.sendall(head.encode() + b'\r\nHost: localhost\r\n\r\n' + body)
            connections.append(connection)
        yield connections


def wait_until(client: httpx.Client, server: Any, holds: Callable[[Any], bool]) -> Any:
    """Return what the server counts, once something holds of it."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        seen = client.get('/counts').json()
        if holds(seen):
            return seen
        assert time.monotonic() < deadline, f'{seen}\n{server.log()}'
        time.sleep(POLL_S)


def wait_until_still(client: httpx.Client, server: Any, count: str) -> Any:
    """Return what the server counts, once a count has stayed the same for ten times asking."""
    last: list[Any] = []

    def is_still(seen: Any) -> bool:
        last.append(seen['counts'].get(count, 0))
        return len(last) > 10 and len(set(last[-10:])) == 1 and last[-1] > 0

    return wait_until(client, server, is_still)


def others_go_on(client: httpx.Client) -> None:
    """See that the server still serves: a stream, an upload and media."""
    assert len(client.get('/downloads/32').content) == 32 * CHUNK_BYTES
    assert client.post('/uploads', content=b'x' * CHUNK_BYTES).text == str(CHUNK_BYTES)
    assert client.post('/media', json={'a': 1}).json() == {'a': 1}


@pytest.fixture
def idle(client: httpx.Client) -> Any:
    """What was open before the clients came."""
    return client.get('/counts').json()


def clean_again(idle: Any) -> Callable[[Any], bool]:
    """Return what tells whether nothing is left of the clients."""
    return lambda seen: seen['tasks'] <= MAX_IDLE_TASKS and seen['files'] <= idle['files']


@pytest.mark.parametrize('path', ['/downloads/16384', '/events', '/files/large'])
def test_clients_that_stop_reading(client: httpx.Client, server: Any, idle: Any, path: str) -> None:
    """What they do not read is not produced, and what was open for them is closed when they leave."""
    with stalled(server, f'GET {path} HTTP/1.1') as connections:
        for connection in connections:
            assert connection.recv(1024).startswith(b'HTTP/1.1 200')
        if path != '/files/large':
            seen = wait_until_still(client, server, 'chunks')
            assert seen['counts']['downloads begun'] == CLIENTS
            assert 'downloads closed' not in seen['counts']
        others_go_on(client)
        seen = client.get('/counts').json()
        assert seen['peak_bytes'] - idle['peak_bytes'] < CLIENTS * MAX_BYTES_EACH + 12 * (1 << 20)
    seen = wait_until(client, server, clean_again(idle))
    assert seen['counts'].get('downloads closed') == seen['counts'].get('downloads begun')


def test_clients_that_stop_sending(client: httpx.Client, server: Any, idle: Any) -> None:
    """Responders wait for the rest without harm to others; when it cannot come, they hear of it and end."""
    head = 'POST /uploads HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000'
    with stalled(server, head, b'only this'):
        wait_until(client, server, lambda seen: seen['counts'].get('bytes received') == CLIENTS * len(b'only this'))
        others_go_on(client)
        assert 'uploads broken off' not in client.get('/counts').json()['counts']
    seen = wait_until(client, server, clean_again(idle))
    assert seen['counts']['uploads broken off'] == CLIENTS
    assert seen['counts']['uploads ended'] == seen['counts']['uploads begun']
    assert seen['counts']['responses /uploads'] == seen['counts']['uploads begun']


def test_clients_that_stop_sending_media(client: httpx.Client, server: Any, idle: Any) -> None:
    """Media that does not come whole reaches no responder; the hooks of the response run."""
    head = 'POST /media HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 1000'
    with stalled(server, head, b'{"a": '):
        wait_until(client, server, lambda seen: seen['tasks'] >= CLIENTS)
        others_go_on(client)
    seen = wait_until(client, server, clean_again(idle))
    assert seen['counts']['media read'] == 1
    assert seen['counts']['responses /media'] == CLIENTS + 1


def test_body_that_is_not_read_is_not_received(client: httpx.Client, server: Any, idle: Any) -> None:
    """What a client sends before the responder reads it waits at the client, but for some buffers."""
    head = 'POST /late HTTP/1.1\r\nContent-Type: application/octet-stream\r\nContent-Length: 67108864'
    with stalled(server, head, count=4) as connections:
        sent = [_send_until_blocked(connection, 1 << 26) for connection in connections]
        assert max(sent) < 1 << 25
        others_go_on(client)
        seen = client.get('/counts').json()
        assert seen['peak_bytes'] - idle['peak_bytes'] < 4 * MAX_BYTES_EACH + 12 * (1 << 20)
        client.put('/late')
        for connection, already in zip(connections, sent, strict=True):
            connection.settimeout(DEADLINE_S)
            connection.sendall(bytes((1 << 26) - already))
            read_until(connection, b'\r\n\r\n67108864')
    wait_until(client, server, clean_again(idle))


def _send_until_blocked(connection: socket.socket, limit: int) -> int:
    """Send until nothing more is taken; return how much was."""
    connection.settimeout(0.5)
    sent = 0
    with contextlib.suppress(TimeoutError):
        while sent < limit:
            sent += connection.send(bytes(min(CHUNK_BYTES, limit - sent)))
    return sent


@pytest.mark.parametrize('framing', ['Content-Length: 2000', 'Transfer-Encoding: chunked'])
def test_bodies_that_trickle(client: httpx.Client, server: Any, idle: Any, framing: str) -> None:
    """Bodies that come byte by byte, from many at once, arrive whole and take no more memory than others."""
    piece, end = (b'1\r\nx\r\n', b'0\r\n\r\n') if 'chunked' in framing else (b'x', b'')
    head = f'POST /uploads HTTP/1.1\r\nContent-Type: application/octet-stream\r\n{framing}'
    with stalled(server, head, count=8) as connections:
        for connection in connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number in range(2000):
            for connection in connections:
                connection.sendall(piece)
            if number % 1000 == 0:
                others_go_on(client)
        for connection in connections:
            connection.sendall(end)
            read_until(connection, b'\r\n\r\n2000')
    seen = wait_until(client, server, clean_again(idle))
    assert seen['peak_bytes'] - idle['peak_bytes'] < 12 * (1 << 20)


def test_nothing_of_this_is_logged_as_an_error(server: Any) -> None:
    """Clients may stop and leave: that is neither an error nor an exception. Runs after the others."""
    log = server.log()
    assert 'ERROR' not in log
    assert 'Traceback' not in log
