"""Large bodies and many connections on a real server."""

import asyncio
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != 'linux', reason='reads the memory of a process as Linux tells it'),
]

BODY_BYTES = 1 << 30
CHUNK = b'x' * 65536
CONNECTIONS = 2000
MAX_GROWTH_BYTES = 16 << 20
FEW_TASKS = 10  # those of the server itself
TIMEOUT_S = 120


@pytest.fixture(scope='module', autouse=True)
def open_files() -> None:
    """As many open files as the connections need, in the server as well: it inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * CONNECTIONS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (2 * CONNECTIONS, hard))


@pytest.fixture(scope='module')
def server(serve: Callable[..., Any], root: Any, open_files: None) -> Any:
    """A server of `apps/load.py`."""
    return serve('load:app', root / 'tests/system/apps')


@pytest.fixture
def client(server: Any) -> Iterator[httpx.Client]:
    """A client that has had one small exchange of each kind, so that what is loaded once is loaded."""
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        client.get('/downloads/1')
        client.post('/uploads', content=CHUNK)
        yield client


def _peak_bytes(client: httpx.Client) -> int:
    peak: int = client.get('/needs').json()['peak_bytes']
    return peak


def test_upload_in_flat_memory(client: httpx.Client) -> None:
    """A body of a gigabyte is read whole, and the server does not keep it."""
    before = _peak_bytes(client)
    chunks = (CHUNK for _ in range(BODY_BYTES // len(CHUNK)))
    assert client.post('/uploads', content=chunks).text == str(BODY_BYTES)
    assert _peak_bytes(client) - before < MAX_GROWTH_BYTES


def test_download_in_flat_memory(client: httpx.Client) -> None:
    """A stream of a gigabyte arrives whole, and the server does not run ahead of the client."""
    before = _peak_bytes(client)
    with client.stream('GET', f'/downloads/{BODY_BYTES // len(CHUNK)}') as response:
        assert sum(len(chunk) for chunk in response.iter_bytes()) == BODY_BYTES
    assert _peak_bytes(client) - before < MAX_GROWTH_BYTES


def test_thousands_of_websockets(server: Any, client: httpx.Client) -> None:
    """Thousands of connections are open at once, each gets its own messages, and none leaves a task behind."""
    everyone = asyncio.Barrier(CONNECTIONS)

    async def talk(number: int) -> str:
        async with connect(f'{server.ws_url}/echo', open_timeout=TIMEOUT_S) as ws:
            async with everyone:
                await ws.send(f'hello from {number}')
            return str(await ws.recv())

    async def main() -> list[str]:
        async with asyncio.timeout(TIMEOUT_S):
            return await asyncio.gather(*(talk(number) for number in range(CONNECTIONS)))

    assert asyncio.run(main()) == [f'hello from {number}' for number in range(CONNECTIONS)]
    while client.get('/needs').json()['other_tasks'] >= FEW_TASKS:
        pass  # the server learns of the last closings only now; what never ends, the time limit of the test does
