import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from falcon_asgi.testing.simulated_request import make_request
from falcon_core.errors import MissingDistribution
from falcon_core.parts import installed_media_handlers


def headers(**arguments: Any) -> dict[bytes, bytes]:
    return dict(make_request('POST', **arguments).scope['headers'])


def test_json_body() -> None:
    """An object is sent as JSON in UTF-8, of the type that says so, whatever type the headers give."""
    request = make_request('POST', json={'a': 'é'}, headers={'content-TYPE': 'text/plain', 'X-A': '1'})
    assert request.body == '{"a": "é"}'.encode()
    found = [pair for pair in request.scope['headers'] if pair[0] in {b'content-type', b'content-length', b'x-a'}]
    assert found == [(b'x-a', b'1'), (b'content-type', b'application/json'), (b'content-length', b'11')]


def test_msgpack_body() -> None:
    """MessagePack goes before JSON, and needs falcon-media."""
    if not installed_media_handlers():
        with pytest.raises(MissingDistribution, match='msgpack= needs falcon-media'):
            make_request('POST', msgpack=[1])
        return
    request = make_request('POST', msgpack=[1], json=[2])
    assert request.body == b'\x91\x01'
    assert dict(request.scope['headers'])[b'content-type'] == b'application/msgpack'


@pytest.mark.parametrize(
    ('body', 'length'),
    [('é', b'2'), (b'', b'0'), (bytearray(b'abc'), b'3'), (memoryview(b'abcd').cast('H'), b'4')],
)
def test_length_of_the_body(body: Any, length: bytes) -> None:
    """A body that is there has its length in bytes."""
    assert headers(body=body)[b'content-length'] == length


def test_no_body() -> None:
    """What is not there has no length and no type."""
    assert headers().keys() == {b'user-agent', b'host'}


async def numbers() -> AsyncIterator[bytes]:
    yield b'1'


@pytest.mark.parametrize('body', [[b'a', b'b'], iter([b'a']), numbers()])
def test_body_that_is_iterated_over(body: Any) -> None:
    """A body that is iterated over has no length before it was sent."""
    found = headers(body=body)
    assert found[b'transfer-encoding'] == b'chunked'
    assert b'content-length' not in found


def test_content_type() -> None:
    """The argument comes after a header of that name, and so counts."""
    assert headers(content_type='a/b', headers={'Content-Type': 'c/d'})[b'content-type'] == b'a/b'


def test_what_is_asked_for() -> None:
    """Path, parameters, protocol and the rest are in the scope."""
    request = make_request(
        'delete',
        '/a',
        params={'b': 'ä'},
        protocol='https',
        host='example.org',
        port=8443,
        remote_addr='192.0.2.1',
        http_version='2',
        root_path='/app',
        cookies={'c': 'd'},
        extras={'more': 1},
        asgi_chunk_size=7,
        asgi_disconnect_ttl=3,
        wsgierrors=io.StringIO(),
        file_wrapper=print,
    )
    scope = request.scope
    assert (scope['method'], scope['path'], scope['query_string']) == ('DELETE', '/a', b'b=%C3%A4')
    assert (scope['scheme'], scope['server'], scope['client'][0]) == ('https', ('example.org', 8443), '192.0.2.1')
    assert (scope['http_version'], scope['root_path'], scope['more']) == ('2', '/app', 1)
    assert dict(scope['headers'])[b'cookie'] == b'c=d'
    assert (request.chunk_size, request.disconnect_ttl_s) == (7, 3)


def test_extras_are_no_method() -> None:
    """The method has an argument of its own."""
    with pytest.raises(ValueError, match='expected it as the argument method'):
        make_request(extras={'method': 'PUT'})


def test_path_begins_with_a_slash() -> None:
    """Anything else is no path."""
    with pytest.raises(ValueError, match="received path 'a', expected it to begin with a slash"):
        make_request('GET', 'a')


def test_body_of_another_type() -> None:
    """What is no body is refused when it is given."""
    with pytest.raises(TypeError, match='received a body of type int'):
        make_request('POST', body=3)  # type: ignore[arg-type] # what is tested
