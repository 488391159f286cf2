"""Many connections on a real server."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from processes import allow_open_files

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == 'win32', reason='sets a limit that Windows does not have'),
]

CONNECTIONS = 2000
FEW_TASKS = 10  # those of the server itself
TIMEOUT_S = 120


@pytest.fixture(scope='module', autouse=True)
def open_files() -> None:
    """As many open files as the connections need, in the server as well: it inherits the limit."""
    allow_open_files(2 * CONNECTIONS)


@pytest.fixture(scope='module')
def server(serve: Callable[..., Any], root: Any, open_files: None) -> Any:
    """A server of `apps/load.py`."""
    return serve('load:app', root / 'tests/system/apps')


@pytest.fixture
def client(server: Any) -> Iterator[httpx.Client]:
    """A client of the server."""
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        yield client


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
    while client.get('/tasks').json() >= FEW_TASKS:
        pass  # the server learns of the last closings only now; what never ends, the time limit of the test does
