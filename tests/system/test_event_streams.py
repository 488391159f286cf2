"""Event streams on real servers: clients that do not read, that come back, and servers that stop."""

import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

DEADLINE_S = 20.0
POLL_S = 0.02

# What a server may take to stop: the grace of event streams by default, and a second; besides, as long as it took to
# start, which is how busy the machine is.
GRACE_S = 1.0
STOP_S = 1.0

# The servers themselves would wait for longer.
PATIENCE = {'uvicorn': ('--timeout-graceful-shutdown', '30'), 'hypercorn': ('--graceful-timeout', '30')}

SERVERS = {
    'uvicorn': ('uvicorn', '--loop', 'asyncio', '--http', 'h11', *PATIENCE['uvicorn']),
    'uvicorn, uvloop and httptools': ('uvicorn', '--loop', 'uvloop', '--http', 'httptools', *PATIENCE['uvicorn']),
    'hypercorn': ('hypercorn', *PATIENCE['hypercorn']),
    'hypercorn, uvloop': ('hypercorn', '--worker-class', 'uvloop', *PATIENCE['hypercorn']),
}


def connected(host: str, port: int) -> socket.socket:
    """Return a connection, for which a server with several processes may still be getting ready."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        try:
            return socket.create_connection((host, port), timeout=DEADLINE_S)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, 'nobody listens'
            time.sleep(POLL_S)


class Client:
    """One that reads an event stream by pieces."""

    def __init__(self, server: Any, path: str, last_event_id: str | None = None) -> None:
        host, port = server.url.removeprefix('http://').split(':')
        self._socket = connected(host, int(port))
        self.received = b''
        resumed = '' if last_event_id is None else f'Last-Event-ID: {last_event_id}\r\n'
        self._socket.sendall(f'GET {path} HTTP/1.1\r\nHost: localhost\r\n{resumed}\r\n'.encode())

    def read_until(self, text: bytes) -> None:
        while text not in self.received:
            self.read_more()

    def read_more(self) -> None:
        chunk = self._socket.recv(65536)
        assert chunk, f'the connection ended after {self.received[-200:]!r}'
        self.received += chunk

    def close(self) -> None:
        self._socket.close()


# What a client of each path gets at the end.
ENDS = {
    ('event_streams:app', '/events'): b'0\r\n\r\n',
    ('event_streams:app', '/bytes'): b'0\r\n\r\n',
    ('event_streams:app', '/farewell'): b'event: bye\nretry: 100\ndata: the server stops\n\n\r\n0\r\n\r\n',
    ('starlette_events:app', '/farewell'): b'event: bye\ndata: the server stops\n\n\r\n0\r\n\r\n',
}
STOPS = [
    ('uvicorn', 'event_streams:app', '/events', signal.SIGTERM),
    ('hypercorn', 'event_streams:app', '/farewell', signal.SIGTERM),
    ('uvicorn', 'starlette_events:app', '/farewell', signal.SIGTERM),
]
SLOW_STOPS = [
    ('uvicorn', 'event_streams:app', '/events', signal.SIGINT),
    *((kind, app, path, signal.SIGTERM) for kind in SERVERS for app, path in ENDS),
]


@pytest.mark.skipif(sys.platform == 'win32', reason='sends a signal to the server')
@pytest.mark.parametrize(
    ('kind', 'app', 'path', 'number'),
    [*STOPS, *(pytest.param(*stop, marks=pytest.mark.slow) for stop in SLOW_STOPS if stop not in STOPS)],
)
def test_server_stops_with_streams_open(
    serve: Callable[..., Any], root: Path, kind: str, app: str, path: str, number: signal.Signals
) -> None:
    """Told to stop, the server has stopped a second after the grace, and the clients got the end of their streams."""
    name, *arguments = SERVERS[kind]
    begin = time.monotonic()
    server = serve(app, root / 'tests/system/apps', *arguments, by=name)
    start_s = time.monotonic() - begin
    end = ENDS[app, path]
    clients = [Client(server, path) for _ in range(10)]
    for client in clients:
        client.read_until(b'\r\n\r\n')
    begin = time.monotonic()
    server.process.send_signal(number)
    for client in clients:
        client.read_until(end)
        client.close()
    server.process.wait(DEADLINE_S)
    assert time.monotonic() - begin < GRACE_S + STOP_S + start_s, server.log()
    assert 'Traceback' not in server.log()
    assert 'ERROR' not in server.log()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == 'win32', reason='sends a signal to the server')
@pytest.mark.parametrize(
    ('kind', 'arguments', 'patience_s'),
    [('uvicorn', ('--workers', '2'), GRACE_S), ('hypercorn', ('--workers', '2', '--graceful-timeout', '1'), 1.0)],
)
def test_workers_stop_with_streams_open(
    serve: Callable[..., Any], root: Path, kind: str, arguments: tuple[str, ...], patience_s: float
) -> None:
    """Where a server has processes for its work, they stop as soon; those of hypercorn by hypercorn's own grace."""
    begin = time.monotonic()
    server = serve('event_streams:app', root / 'tests/system/apps', *arguments, by=kind)
    start_s = time.monotonic() - begin
    clients = [Client(server, '/events') for _ in range(10)]
    for client in clients:
        client.read_until(b'\r\n\r\n')
    begin = time.monotonic()
    server.process.terminate()
    server.process.wait(DEADLINE_S)
    for client in clients:
        client.close()
    # The processes themselves take their time to end: uvicorn looks after its own every half a second.
    assert time.monotonic() - begin < patience_s + STOP_S + 2 + start_s, server.log()
    # Python 3.11 may print a traceback of its own for each connection that hypercorn cancels; none comes from a stream.
    assert 'falcon_' not in server.log()


@pytest.fixture(
    scope='module',
    params=[kind if ',' not in kind else pytest.param(kind, marks=pytest.mark.slow) for kind in SERVERS],
)
def server(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A server of each kind, with short heartbeats and little patience."""
    kind, *arguments = SERVERS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('HEARTBEAT_S', '0.2')
        patch.setenv('SEND_TIMEOUT_S', '0.5')
        yield serve('event_streams:app', root / 'tests/system/apps', *arguments, by=kind)


def wait_for_counts(server: Any, **expected: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while True:
        counts = httpx.get(f'{server.url}/counts').json()
        if all(counts[name] <= count for name, count in expected.items()):
            return
        assert time.monotonic() < deadline, f'{counts}\n{server.log()}'
        time.sleep(POLL_S)


def test_headers_and_heartbeats_come_without_an_event(server: Any) -> None:
    """A client learns at once that the stream is open, and then hears that it still is."""
    client = Client(server, '/events')
    client.read_until(b'\r\n\r\n')
    assert b'text/event-stream' in client.received
    while client.received.count(b': ping\n\n') < 3:
        client.read_more()
    client.close()
    wait_for_counts(server, open_streams=0, subscribers=0)


def test_client_that_does_not_read_is_given_up(server: Any) -> None:
    """One that stops reading is let go of after the timeout, in the middle of events; one that reads gets them all."""
    stopped = Client(server, '/large')
    stopped.read_until(b'data: x')
    following = Client(server, '/events')
    following.read_until(b'\r\n\r\n')
    wait_for_counts(server, open_streams=1)
    event_id = httpx.post(f'{server.url}/events', json={'a': 1}).json()['id']
    following.read_until(f'id: {event_id}\ndata: {{"a":1}}\n\n'.encode())
    for client in (stopped, following):
        client.close()
    wait_for_counts(server, open_streams=0, subscribers=0)


def test_client_that_comes_back_goes_on(server: Any) -> None:
    """With the last id that it got, a client gets what it missed and then what comes, nothing twice."""
    ids = [httpx.post(f'{server.url}/events', json=number).json()['id'] for number in range(5)]
    client = Client(server, '/events', last_event_id=ids[1])
    client.read_until(b'data: 4\n\n')
    ids.append(httpx.post(f'{server.url}/events', json=5).json()['id'])
    client.read_until(b'data: 5\n\n')
    client.close()
    received = [line for line in client.received.split(b'\n') if line.startswith(b'data:')]
    assert received == [b'data: 2', b'data: 3', b'data: 4', b'data: 5']
