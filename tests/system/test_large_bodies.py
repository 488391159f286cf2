"""Bodies of a gigabyte on real servers: how much memory they take."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != 'linux', reason='reads the memory of a process as Linux tells it'),
]

BODY_BYTES = 1 << 30
CHUNK = b'x' * 65536
TIMEOUT_S = 120

# A body of unknown type may be media: as much of it as may be decoded, 4 MiB, is kept before the responder runs.
MAX_GROWTH_BYTES = 12 << 20


@pytest.fixture(scope='module', params=['h11', 'httptools'])
def parser(request: pytest.FixtureRequest) -> str:
    """The parser of HTTP that uvicorn uses."""
    return str(request.param)


@pytest.fixture(scope='module')
def server(serve: Callable[..., Any], root: Path, parser: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of `apps/stalling.py`, with a file of a gigabyte."""
    files = tmp_path_factory.mktemp('files')
    with (files / 'large').open('wb') as file:
        file.truncate(BODY_BYTES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('STALLING_FILES', str(files))
        return serve('stalling:app', root / 'tests/system/apps', '--http', parser)


@pytest.fixture
def client(server: Any) -> Iterator[httpx.Client]:
    """A client that has had one small exchange of each kind, so that what is loaded once is loaded."""
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        client.get('/downloads/1')
        client.post('/uploads', content=CHUNK)
        client.get('/files/large', headers={'Range': 'bytes=0-9'})
        yield client


@pytest.fixture
def grown(client: httpx.Client, parser: str, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """A function that says, and bounds, by how much the server has grown since the test began."""
    client.delete('/counts')
    before = _peak_bytes(client)

    def check(what: str) -> None:
        growth = _peak_bytes(client) - before
        with capsys.disabled():
            sys.stdout.write(f'\n1 GiB {what}, {parser}: {growth / (1 << 20):.1f} MiB of memory\n')
        assert growth < MAX_GROWTH_BYTES

    return check


def _peak_bytes(client: httpx.Client) -> int:
    peak: int = client.get('/counts').json()['peak_bytes']
    return peak


@pytest.mark.parametrize('media_type', ['application/octet-stream', 'application/json'])
def test_upload_in_flat_memory(client: httpx.Client, grown: Callable[[str], None], media_type: str) -> None:
    """A body of a gigabyte is read whole, and the server does not keep it, whether or not it could be media."""
    chunks = (CHUNK for _ in range(BODY_BYTES // len(CHUNK)))
    response = client.post('/uploads', content=chunks, headers={'Content-Type': media_type})
    assert response.text == str(BODY_BYTES)
    grown(f'uploaded as {media_type}')


@pytest.mark.parametrize('path', [f'/downloads/{BODY_BYTES // len(CHUNK)}', '/files/large'])
def test_download_in_flat_memory(client: httpx.Client, grown: Callable[[str], None], path: str) -> None:
    """A stream and a file of a gigabyte arrive whole, and the server does not run ahead of the client."""
    with client.stream('GET', path) as response:
        assert sum(len(chunk) for chunk in response.iter_bytes()) == BODY_BYTES
    grown(f'downloaded from {path}')
