"""Thousands of event streams on real servers: what they take, and what is left of them."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from processes import allow_open_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.skipif(sys.platform != 'linux', reason='reads the memory of a process as Linux tells it'),
]

STREAMS = 2000
CLIENTS = 10_000
AT_ONCE = 100
TIMEOUT_S = 120
HEARTBEATS = 3

# What a stream takes of the server's memory, with all that the server itself has for a connection.
MAX_BYTES_EACH = 48 << 10
FEW_TASKS = 8


@pytest.fixture(
    scope='module',
    params=[('uvicorn', '--http', 'h11'), ('uvicorn', '--http', 'httptools'), ('hypercorn', '--workers', '0')],
)
def server(serve: Callable[..., Any], root: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A server of `apps/event_streams.py` that may have as many open files as there are streams, as may the clients."""
    allow_open_files(2 * STREAMS)
    kind, *arguments = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('HEARTBEAT_S', '2')
        yield serve('event_streams:app', root / 'tests/system/apps', *arguments, by=kind)


def counts(server: Any) -> Any:
    return httpx.get(f'{server.url}/counts', timeout=TIMEOUT_S).json()


def peak_bytes(server: Any) -> Any:
    return httpx.get(f'{server.url}/peak', timeout=TIMEOUT_S).json()


def wait_until_idle(server: Any) -> None:
    """Return once nothing is left of the clients."""
    deadline = time.monotonic() + TIMEOUT_S
    # One connection, because hypercorn has tasks for some seconds for each that has ended.
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        while True:
            seen = client.get('/counts').json()
            if (seen['open_streams'], seen['subscribers']) == (0, 0) and seen['tasks'] <= FEW_TASKS:
                return
            assert time.monotonic() < deadline, f'{seen}\n{server.log()}'
            time.sleep(0.1)


class Stream:
    """An open event stream."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, server: Any) -> 'Stream':
        host, port = server.url.removeprefix('http://').split(':')
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
        assert (await reader.readuntil(b'\r\n\r\n')).startswith(b'HTTP/1.1 200')
        return cls(reader, writer)

    def leave(self) -> None:
        self._writer.transport.abort()


def test_thousands_of_open_streams(server: Any) -> None:
    """All get heartbeats and events, in memory that does not grow with time, and nothing is left when they leave."""

    async def main() -> None:
        before = peak_bytes(server)
        streams: list[Stream] = []
        while len(streams) < STREAMS:
            streams += await asyncio.gather(*(Stream.open(server) for _ in range(AT_ONCE)))
        for _ in range(HEARTBEATS):
            for stream in streams:
                await stream.reader.readuntil(b': ping\n\n')
        seen = await asyncio.to_thread(counts, server)
        assert (seen['open_streams'], seen['subscribers']) == (STREAMS, STREAMS)
        # Those of the request and of its watch, and what hypercorn has for a connection.
        assert seen['tasks'] <= 6 * STREAMS + FEW_TASKS
        assert await asyncio.to_thread(peak_bytes, server) - before < STREAMS * MAX_BYTES_EACH
        await asyncio.to_thread(httpx.post, f'{server.url}/events', json='for all', timeout=TIMEOUT_S)
        for stream in streams:
            await stream.reader.readuntil(b'data: for all\n\n')
        for stream in streams:
            stream.leave()

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))
    wait_until_idle(server)


def test_thousands_come_and_go(server: Any) -> None:
    """Clients that leave at any moment, before the headers or after events, leave no task, generator or subscriber."""

    async def come_and_go(number: int) -> None:
        for turn in range(CLIENTS // AT_ONCE):
            stream = await Stream.open(server)
            if (number + turn) % 3 == 0:
                await stream.reader.readuntil(b'\n\n')
            stream.leave()

    async def publish() -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=TIMEOUT_S) as client:
            while True:
                await client.post('/events', json='for those who are there')
                await asyncio.sleep(0.01)

    async def main() -> None:
        publishing = asyncio.create_task(publish())
        await asyncio.gather(*(come_and_go(number) for number in range(AT_ONCE)))
        publishing.cancel()

    asyncio.run(asyncio.wait_for(main(), TIMEOUT_S))
    wait_until_idle(server)
    assert 'Traceback' not in server.log()
