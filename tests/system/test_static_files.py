"""Static files on real servers: downloads in parts, conditions, and errors that servers and clients survive."""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

TIMEOUT_S = 10
CONTENT = random.Random(1).randbytes(3_000_017)  # as in the application


@pytest.fixture(scope='module', params=['httptools', 'h11'])
def server(serve: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    """The application on uvicorn, with either of its parsers."""
    return serve('static_files:app', Path(__file__).with_name('apps'), '--http', request.param)


@pytest.fixture
def client(server: Any) -> Any:
    """A client that keeps its connection."""
    with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
        yield client


def take(client: httpx.Client, at_least: int, **headers: str) -> tuple[httpx.Response, bytes]:
    """Begin a download, take some of it, and break it off."""
    taken = b''
    with client.stream('GET', '/files/large.bin', headers=headers) as response:
        for piece in response.iter_raw(10_000):
            taken += piece
            if len(taken) >= at_least:
                break
    return response, taken


def test_broken_download_is_resumed(client: httpx.Client) -> None:
    """Each part begins where the one before broke off, and all of them together are the file."""
    response, taken = take(client, 500_000)
    assert response.status_code == 200
    etag = response.headers['etag']
    while len(taken) < len(CONTENT):
        headers = {'Range': f'bytes={len(taken)}-', 'If-Range': etag}
        response, part = take(client, 900_000, **headers)
        assert response.status_code == 206
        assert response.headers['content-range'] == f'bytes {len(taken)}-{len(CONTENT) - 1}/{len(CONTENT)}'
        taken += part
    assert taken == CONTENT


@pytest.mark.parametrize(
    'range_', ['0-0', '0-65535', '0-65536', '70000-70000', '3000016-', '-1', '-70000', '5-99999999']
)
def test_parts(client: httpx.Client, range_: str) -> None:
    """A part has the bytes that its header says, as many as its length says."""
    response = client.get('/files/large.bin', headers={'Range': f'bytes={range_}'})
    assert response.status_code == 206
    first, last = (
        int(end) for end in response.headers['content-range'].removeprefix('bytes ').split('/')[0].split('-')
    )
    assert response.content == CONTENT[first : last + 1]
    assert response.headers['content-length'] == str(len(response.content))


def test_file_that_changed_is_sent_anew(client: httpx.Client) -> None:
    """With the validator of a file as it was, a part is not of the same file: all of the new one is sent."""
    was = client.get('/files/small.txt')
    client.put('/open')
    now = client.get('/files/small.txt', headers={'Range': 'bytes=3-', 'If-Range': was.headers['etag']})
    assert (now.status_code, now.content) == (200, b'changed: 0123456789')
    assert now.headers['etag'] != was.headers['etag']
    headers = {'If-None-Match': was.headers['etag'], 'If-Modified-Since': now.headers['last-modified']}
    assert client.get('/files/small.txt', headers=headers).status_code == 200


def test_conditions_leave_the_connection_open(client: httpx.Client) -> None:
    """Answers without a file, to any condition and method, are whole responses: the next request finds its own."""
    whole = client.get('/files/small.txt')
    etag, modified = whole.headers['etag'], whole.headers['last-modified']
    for headers, status in [
        ({'If-None-Match': etag}, 304),
        ({'If-None-Match': f'"x", W/{etag}'}, 304),
        ({'If-None-Match': '"x"'}, 200),
        ({'If-Modified-Since': modified}, 304),
        ({'If-Modified-Since': 'Thu, 01 Jan 2004 00:00:00 GMT'}, 200),
        ({'If-Match': '"x"'}, 412),
        ({'If-Unmodified-Since': 'Thu, 01 Jan 2004 00:00:00 GMT'}, 412),
        ({'Range': 'bytes=999-'}, 416),
        ({'Range': 'bytes=0-0'}, 206),
    ]:
        for method in ('GET', 'HEAD'):
            response = client.request(method, '/files/small.txt', headers=headers)
            expected = 200 if method == 'HEAD' and status in (206, 416) else status
            assert response.status_code == expected
            if expected == 200:
                assert response.headers['content-length'] == whole.headers['content-length']
            if expected == 304:
                assert (response.headers['etag'], response.content) == (etag, b'')
    assert client.get('/files/small.txt').content == whole.content


def test_index(client: httpx.Client) -> None:
    """A directory is redirected to its path with a slash, which is answered with its index."""
    response = client.get('/files/sub?a=b', follow_redirects=True)
    assert (response.url.path, response.url.query, response.content) == ('/files/sub/', b'a=b', b'<p>sub</p>')


ATTACKS = ['%2e%2e/secret', '..%2f..%2fetc/passwd', 'sub%5c..%5clarge.bin', 'large.bin%00', 'C%3a/x', '/etc/passwd']
ATTACKS += ['sub//index.html', 'small.txt%3a%3a$DATA', 'small.txt.', '%ff', 'sub/%2e%2e/small.txt']


@pytest.mark.parametrize('name', ATTACKS)
def test_encoded_attacks_find_nothing(server: Any, name: str) -> None:
    """What leads elsewhere leads nowhere, however it is encoded."""
    request = httpx.Request('GET', server.url)
    request.url = request.url.copy_with(raw_path=f'/files/{name}'.encode())
    with httpx.Client(timeout=TIMEOUT_S) as client:
        assert client.send(request).status_code == 404


@pytest.mark.skipif(sys.platform != 'linux', reason='open files are looked up in /proc')
def test_files_are_closed_after_clients_have_left(client: httpx.Client) -> None:
    """A download that its client broke off leaves no file open."""
    take(client, 100_000)
    deadline = time.monotonic() + TIMEOUT_S
    while any(name.endswith('large.bin') for name in client.get('/open').json()):
        assert time.monotonic() < deadline


@pytest.mark.parametrize('where', ['responder', 'handler', 'media', 'header', 'redirect', 'hook'])
def test_errors_are_answered_and_logged(server: Any, client: httpx.Client, where: str) -> None:
    """Wherever an exception comes from, the client gets a plain 500, the log all of it, and the server goes on."""
    logged = len(server.log())
    response = client.get(f'/fail/{where}')
    assert (response.status_code, response.json()) == (500, {'title': '500 Internal Server Error'})
    assert 'x-b' not in response.headers
    assert 'Traceback' in server.log()[logged:]
    assert client.get('/fail/nowhere').text == 'well'


def test_exception_after_the_start_breaks_the_response_off(server: Any, client: httpx.Client) -> None:
    """The client can tell that something is missing, the log says why, and the server goes on."""
    logged = len(server.log())
    with pytest.raises(httpx.RemoteProtocolError):
        client.get('/fail/stream')
    assert 'secret of the stream' in server.log()[logged:]
    assert client.get('/fail/nowhere').text == 'well'
