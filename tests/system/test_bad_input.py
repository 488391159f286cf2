"""Bad input to a real server: the right status, a body that says what is wrong, and nothing of the inside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

JSON = 'application/json'
MSGPACK = 'application/msgpack'


@pytest.fixture(scope='module')
def server(serve: Callable[..., Any], root: Path) -> Any:
    """The application, served with the parser that hands on methods it does not know."""
    return serve('strict:app', root / 'tests/system/apps', '--http', 'h11')


def post(server: Any, content: bytes | None, content_type: str | None) -> httpx.Response:
    headers = {} if content_type is None else {'Content-Type': content_type}
    return httpx.post(f'{server.url}/items', content=content, headers=headers)


@pytest.mark.parametrize(
    ('content', 'content_type', 'status', 'says'),
    [
        (b'{"a": 1', JSON, 400, 'JSON'),
        (b'{"a": NaN}', JSON, 400, 'JSON'),
        (b'\xff\xfe', JSON, 400, 'JSON'),
        (b'"\\ud800"', JSON, 400, 'JSON'),
        (b'', JSON, 400, 'empty JSON'),
        (b'\x82\xa1a', MSGPACK, 400, 'MessagePack'),
        (b'\xdd\xff\xff\xff\xff', MSGPACK, 400, 'MessagePack'),
        (b'\x01\x02', MSGPACK, 400, 'MessagePack'),
        (b'', MSGPACK, 400, 'empty MessagePack'),
        (b'[' * 999, JSON, 400, 'JSON'),
        (b'\x91' * 999, MSGPACK, 400, 'MessagePack'),
        (b'a: 1', 'application/yaml', 415, 'application/yaml'),
        (b'a', 'not a media type', 415, 'not a media type'),
        (b'[' + b'1,' * 500 + b'1]', JSON, 413, '1000'),
        (b'--x', 'multipart/form-data', 400, 'boundary'),
    ],
)
def test_body_that_cannot_be_media(server: Any, content: bytes, content_type: str, status: int, says: str) -> None:
    """A body that is malformed, too deep, too large or of an unknown type is refused with a reason."""
    response = post(server, content, content_type)
    assert response.status_code == status, response.text
    assert says.lower() in response.text.lower()
    assert response.json()['title']


def test_deep_nesting_below_the_size_limit_of_another_application(serve: Callable[..., Any], root: Path) -> None:
    """A megabyte of opening brackets is answered with 400, not with 500 or the end of the process."""
    server = serve('deep:app', root / 'tests/system/apps')
    for content, content_type in ((b'[' * 1_000_000, JSON), (b'\x91' * 1_000_000, MSGPACK)):
        response = post(server, content, content_type)
        assert response.status_code == 400, response.text
    assert post(server, b'[]', JSON).status_code == 200


def test_chunked_body_over_the_limit(server: Any) -> None:
    """A body without a declared length is counted as it arrives."""
    response = httpx.post(
        f'{server.url}/items', content=iter([b'[', *[b'1,'] * 2000, b'1]']), headers={'Content-Type': JSON}
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ('method', 'path', 'status', 'title'),
    [
        ('GET', '/nothing', 404, '404 Not Found'),
        ('GET', '/items', 405, '405 Method Not Allowed'),
        ('BREW', '/items', 405, '405 Method Not Allowed'),
        ('WEBSOCKET', '/items', 405, '405 Method Not Allowed'),
    ],
)
def test_unknown_path_and_method(server: Any, method: str, path: str, status: int, title: str) -> None:
    """A path that nobody serves is not found; a method that nobody responds to is not allowed."""
    response = httpx.request(method, server.url + path)
    assert response.status_code == status
    assert response.json() == {'title': title}
    assert (status == 405) == (response.headers.get('allow') == 'DELETE, POST, OPTIONS')


def test_exception_in_a_responder_shows_nothing_of_the_inside(server: Any) -> None:
    """The client learns that the server failed, the log learns why."""
    response = httpx.delete(f'{server.url}/items')
    assert response.status_code == 500
    assert response.json() == {'title': '500 Internal Server Error'}
    assert 'swordfish' in server.log()


def test_server_goes_on_after_all_of_it(server: Any) -> None:
    """Good requests are answered. Runs after the others."""
    assert post(server, b'{"a":1}', JSON).json() == {'a': 1}
    assert post(server, b'\x81\xa1a\x01', MSGPACK).content == b'\x81\xa1a\x01'
