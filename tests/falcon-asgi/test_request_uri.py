from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import Request
from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.options import RequestOptions


def request(headers: dict[str, str] | None = None, *, strips: bool = False, **scope: Any) -> Request:
    pairs = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in (headers or {}).items()]
    options = RequestOptions()
    options.strip_url_path_trailing_slash = strips
    whole = {'type': 'http', 'method': 'GET', 'path': '/p', 'scheme': 'http', 'server': ('falcon.test', 8000)}
    return Request(whole | scope | {'headers': pairs}, None, options=options)


@pytest.mark.parametrize(
    ('path', 'root_path', 'found'),
    [
        ('/a/b', '', '/a/b'),
        ('/a/b/', '', '/a/b/'),
        ('', '', '/'),
        ('//a//b', '', '//a//b'),
        ('/é x?#', '', '/é x?#'),
        ('/api/x', '/api', '/x'),
        ('/api/x', '/api/', '/x'),
        ('/api/x/', '/api', '/x/'),
        ('/api/', '/api', '/'),
        ('/api', '/api', '/'),
        ('/apix', '/api', '/apix'),
        ('/x', '/api', '/x'),
        ('/api/api/x', '/api', '/api/x'),
        ('/a/b', '/', '/a/b'),
    ],
)
def test_path_is_without_the_root_path(path: str, root_path: str, found: str) -> None:
    """A path is that of the request; the part that leads to the application is taken off, whole segments only."""
    assert request(path=path, root_path=root_path).path == found


@pytest.mark.parametrize(
    ('path', 'found'), [('/a/', '/a'), ('/a', '/a'), ('/a//', '/a/'), ('/', '/'), ('//', '/'), ('', '/')]
)
def test_a_trailing_slash_is_left_out_on_demand(path: str, found: str) -> None:
    """With `strip_url_path_trailing_slash`, one slash at the end does not count, but the first one."""
    assert request(path=path, strips=True).path == found
    assert request(path=f'/api{path}', root_path='/api', strips=True).path == found


@pytest.mark.parametrize(
    ('root_path', 'found'), [('', ''), (None, ''), ('/', ''), ('/api', '/api'), ('/api/', '/api'), ('/a/b', '/a/b')]
)
def test_root_path_has_no_slash_at_its_end(root_path: str | None, found: str) -> None:
    """The root path is empty, or begins with a slash and ends without one; `app` is the same."""
    req = request(root_path=root_path)
    assert (req.root_path, req.app) == (found, found)
    assert request().root_path == ''


@pytest.mark.parametrize(
    ('scope', 'netloc', 'host', 'port'),
    [
        ({}, 'falcon.test:8000', 'falcon.test', 8000),
        ({'server': ('falcon.test', 80)}, 'falcon.test', 'falcon.test', 80),
        ({'server': ('falcon.test', 443), 'scheme': 'https'}, 'falcon.test', 'falcon.test', 443),
        ({'server': ('falcon.test', 80), 'scheme': 'https'}, 'falcon.test:80', 'falcon.test', 80),
        ({'server': ('falcon.test', 443), 'scheme': 'wss'}, 'falcon.test', 'falcon.test', 443),
        ({'server': ('falcon.test', 80), 'scheme': 'ws'}, 'falcon.test', 'falcon.test', 80),
        ({'server': ('::1', 8000)}, '[::1]:8000', '::1', 8000),
        ({'server': ('::1', 80)}, '[::1]', '::1', 80),
        ({'server': ('/run/falcon.sock', None)}, '/run/falcon.sock', '/run/falcon.sock', 80),
        ({'server': None}, 'localhost', 'localhost', 80),
        ({'server': None, 'scheme': 'https'}, 'localhost', 'localhost', 443),
        ({'server': None, 'scheme': 'gopher'}, 'localhost', 'localhost', 80),
    ],
)
def test_without_a_host_header_the_servers_own_counts(scope: dict[str, Any], netloc: str, host: str, port: int) -> None:
    """The name is the server's, and so is the port, which is left out where it is the scheme's own."""
    req = request(**scope)
    assert (req.netloc, req.host, req.port) == (netloc, host, port)


@pytest.mark.parametrize(
    ('header', 'host', 'port'),
    [
        ('example.com', 'example.com', 80),
        ('example.com:8080', 'example.com', 8080),
        ('example.com:', 'example.com', 80),
        ('EXAMPLE.com', 'EXAMPLE.com', 80),
        ('[::1]:8080', '::1', 8080),
        ('[::1]', '::1', 80),
        ('::1', '::1', 80),
        ('', '', 80),
    ],
)
def test_host_and_port_are_those_of_the_host_header(header: str, host: str, port: int) -> None:
    """The Host header names what the client asked for; the port is the scheme's if it names none."""
    req = request({'host': header})
    assert (req.netloc, req.host, req.port) == (header, host, port)


@pytest.mark.parametrize('header', ['a:b', 'a:99999', '[::1', '[::1]x', 'a:-1', 'a:1_0'])
def test_a_malformed_host_is_refused_where_it_is_read(header: str) -> None:
    """What cannot be parsed is the client's fault; what repeats the header as it is, needs no parsing."""
    req = request({'host': header})
    for attribute in ('host', 'port', 'subdomain'):
        with pytest.raises(HTTPInvalidHeader) as raised:
            getattr(req, attribute)
        assert raised.value.description == (
            'The value provided for the "Host" header is invalid. It must be a host, with or without a port.'
        )
    assert req.uri == f'http://{header}/p'


@pytest.mark.parametrize(
    'header', ['a.test/admin', 'a.test?b', 'a.test#b', 'c@a.test', 'a.test\\b', 'a b', 'a\tb', 'a\x7fb']
)
def test_a_host_that_would_end_within_itself_is_refused(header: str) -> None:
    """No link is made of a Host header that puts another path, query or user into it (RFC 9112, section 3.2)."""
    req = request({'host': header})
    for attribute in ('host', 'port', 'subdomain', 'netloc', 'prefix', 'uri', 'forwarded_host', 'forwarded_uri'):
        with pytest.raises(HTTPInvalidHeader, match='400'):
            getattr(req, attribute)
    assert req.relative_uri == '/p'


@pytest.mark.parametrize('second', ['b.test', 'a.test'])
def test_several_hosts_are_refused_where_one_is_read(second: str) -> None:
    """No link is made of one of several Host headers, of which a proxy may have taken another (RFC 9112, 3.2)."""
    headers = [(b'host', b'a.test'), (b'host', second.encode())]
    req = Request({'type': 'http', 'path': '/p', 'headers': headers}, None)
    for attribute in ('host', 'port', 'subdomain', 'netloc', 'prefix', 'uri', 'forwarded_host', 'forwarded_uri'):
        with pytest.raises(HTTPInvalidHeader, match='400'):
            getattr(req, attribute)
    assert req.relative_uri == '/p'


@pytest.mark.parametrize(
    ('host', 'subdomain'),
    [
        ('www.example.com:80', 'www'),
        ('example.com', 'example'),
        ('localhost', None),
        ('127.0.0.1:80', None),
        ('[::1]:80', None),
        ('[::ffff:1.2.3.4]', None),
        ('', None),
    ],
)
def test_subdomain_is_the_first_label(host: str, subdomain: str | None) -> None:
    """A name of several labels has a subdomain; a name of one, and an address, have none."""
    assert request({'host': host}).subdomain == subdomain


@pytest.mark.parametrize(
    ('scope', 'scheme'),
    [
        ({}, 'http'),
        ({'scheme': 'https'}, 'https'),
        ({'scheme': None}, 'http'),
        ({'scheme': 'wss', 'type': 'websocket'}, 'wss'),
        ({'scheme': None, 'type': 'websocket'}, 'ws'),
    ],
)
def test_scheme_is_that_of_the_connection(scope: dict[str, Any], scheme: str) -> None:
    """Without a scheme it is that of the scope's kind, unencrypted."""
    assert request(**scope).scheme == scheme


def test_uris_are_put_together() -> None:
    """The URI is made of scheme, host, root path, path and query string."""
    req = request({'host': 'example.com:8080'}, path='/api/a b', root_path='/api', query_string=b'q=%20')
    assert req.relative_uri == '/api/a b?q=%20'
    assert req.prefix == 'http://example.com:8080/api'
    assert req.uri == req.url == 'http://example.com:8080/api/a b?q=%20'
    assert request(path='/').uri == 'http://falcon.test:8000/'


def test_remote_addr_is_the_connections() -> None:
    """The address is the client's as the server tells it; a server that does not tell is on this machine."""
    assert request(client=('203.0.113.7', 1)).remote_addr == '203.0.113.7'
    assert request(client=None).remote_addr == '127.0.0.1'
    assert request().remote_addr == '127.0.0.1'


FORWARDED = 'for=192.0.2.1;host=x.example;proto=HTTPS, for="[2001:db8::1]:80";by=203.0.113.43'


def test_forwarded_is_what_each_proxy_tells() -> None:
    """The Forwarded header comes parsed, the proxy nearest to the client first (RFC 7239)."""
    forwarded = request({'forwarded': FORWARDED}).forwarded
    assert forwarded is not None
    assert [(hop.src, hop.dest, hop.host, hop.scheme) for hop in forwarded] == [
        ('192.0.2.1', None, 'x.example', 'https'),
        ('[2001:db8::1]:80', '203.0.113.43', None, None),
    ]
    assert request().forwarded is None
    assert request({'forwarded': 'junk'}).forwarded == []


@pytest.mark.parametrize(
    ('headers', 'scheme', 'host'),
    [
        ({}, 'http', 'falcon.test:8000'),
        ({'forwarded': FORWARDED}, 'https', 'x.example'),
        (
            {'forwarded': 'for=192.0.2.1', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'x'},
            'http',
            'falcon.test:8000',
        ),
        ({'forwarded': 'junk', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'x'}, 'http', 'falcon.test:8000'),
        ({'forwarded': '', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'x'}, 'http', 'falcon.test:8000'),
        ({'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'x.example:81'}, 'https', 'x.example:81'),
        ({'x-forwarded-proto': ' https , http', 'x-forwarded-host': ' x , y'}, 'https', 'x'),
        ({'x-forwarded-proto': '', 'x-forwarded-host': ''}, 'http', 'falcon.test:8000'),
        ({'x-forwarded-proto': ', https', 'x-forwarded-host': ', x'}, 'http', 'falcon.test:8000'),
    ],
)
def test_what_the_first_proxy_tells_is_what_the_client_wrote(headers: dict[str, str], scheme: str, host: str) -> None:
    """Forwarded counts before the X-Forwarded headers; of several proxies, the first; without any, the request's."""
    req = request(headers, path='/api/x', root_path='/api', query_string=b'q=1')
    assert (req.forwarded_scheme, req.forwarded_host) == (scheme, host)
    assert req.forwarded_prefix == f'{scheme}://{host}/api'
    assert req.forwarded_uri == f'{scheme}://{host}/api/x?q=1'


@pytest.mark.parametrize(
    ('headers', 'route'),
    [
        ({}, []),
        ({'forwarded': FORWARDED}, ['192.0.2.1', '2001:db8::1']),
        ({'forwarded': 'by=192.0.2.1, for=_hidden, for=unknown'}, ['_hidden', 'unknown']),
        ({'forwarded': 'for=192.0.2.1:999999'}, ['192.0.2.1:999999']),
        ({'forwarded': 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.2'}, ['192.0.2.1']),
        ({'x-forwarded-for': '192.0.2.1, 192.0.2.2', 'x-real-ip': '192.0.2.3'}, ['192.0.2.1', '192.0.2.2']),
        ({'forwarded': 'junk', 'x-forwarded-for': '192.0.2.2', 'x-real-ip': '192.0.2.3'}, []),
        ({'x-forwarded-for': ' , 192.0.2.1 ,'}, ['192.0.2.1']),
        ({'x-real-ip': '192.0.2.3'}, ['192.0.2.3']),
        ({'x-real-ip': ''}, []),
    ],
)
def test_access_route_leads_from_the_client_to_the_connection(headers: dict[str, str], route: list[str]) -> None:
    """The addresses that proxies tell come first, and the connection's last, once."""
    assert request(headers, client=('203.0.113.7', 1)).access_route == [*route, '203.0.113.7']
    if route:
        assert request(headers, client=(route[-1], 1)).access_route == route


@given(value=st.text(st.characters(max_codepoint=255), max_size=40))
def test_access_route_takes_whatever_is_told(value: str) -> None:
    """No header makes an address empty, or the last one another than the connection's."""
    for name in ('forwarded', 'x-forwarded-for', 'x-real-ip'):
        route = request({name: value}, client=('203.0.113.7', 1)).access_route
        assert route[-1] == '203.0.113.7'
        assert all(route)
