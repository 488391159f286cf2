from typing import Any

import pytest

from event_loop import in_loop
from falcon_asgi import Request
from falcon_asgi.testing import DEFAULT_HOST, DEFAULT_UA, create_asgi_req, create_scope
from falcon_core.options import RequestOptions


def test_default_scope() -> None:
    """A request without further words is GET / to a host of no importance."""
    assert create_scope() == {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.1'},
        'http_version': '1.1',
        'method': 'GET',
        'path': '/',
        'raw_path': b'/',
        'query_string': b'',
        'server': (DEFAULT_HOST, 80),
        'headers': [(b'user-agent', DEFAULT_UA.encode()), (b'host', DEFAULT_HOST.encode())],
    }


def test_method_is_in_uppercase() -> None:
    """The method is in uppercase in a scope, as servers write it."""
    assert create_scope(method='patch')['method'] == 'PATCH'


@pytest.mark.parametrize(
    ('arguments', 'attribute', 'value'),
    [
        ({'path': '/a%20b'}, 'path', '/a b'),
        ({'query_string': 'a=1'}, 'params', {'a': '1'}),
        ({'headers': {'X-A': '1'}}, 'headers', {'x-a': '1', 'user-agent': DEFAULT_UA, 'host': DEFAULT_HOST}),
        ({'host': 'example.org', 'port': 8000}, 'netloc', 'example.org:8000'),
        ({'scheme': 'https'}, 'scheme', 'https'),
        ({'remote_addr': '192.0.2.1'}, 'remote_addr', '192.0.2.1'),
        ({'root_path': '/app'}, 'root_path', '/app'),
        ({'content_length': 3}, 'content_length', 3),
        ({'cookies': {'a': '1'}}, 'cookies', {'a': '1'}),
    ],
)
def test_request_object_says_what_it_was_made_with(arguments: dict[str, Any], attribute: str, value: object) -> None:
    """Each argument is what the request object has."""
    assert getattr(create_asgi_req(**arguments), attribute) == value


@in_loop
async def test_request_object_with_a_body() -> None:
    """The body can be read from it."""
    req = create_asgi_req(b'abc', method='POST')
    assert (req.method, await req.stream.read()) == ('POST', b'abc')


def test_request_object_of_a_subclass() -> None:
    """Class and options may be one's own."""

    class Special(Request):
        pass

    options = RequestOptions()
    req = create_asgi_req(req_type=Special, options=options)
    assert type(req) is Special
    assert req.options is options
