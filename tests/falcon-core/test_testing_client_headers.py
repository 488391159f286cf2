from types import SimpleNamespace
from typing import Any

import pytest

from falcon_core.testing.client_headers import DEFAULT_UA, encode_headers, header_pairs, merged_headers


def encoded(headers: Any = None, **arguments: Any) -> list[tuple[bytes, bytes]]:
    defaults: dict[str, Any] = {
        'host': 'example.org',
        'port': 80,
        'scheme': 'http',
        'http_version': '1.1',
        'content_length': None,
        'cookies': None,
    }
    return encode_headers(headers, **(defaults | arguments))


def test_client_adds_its_own_headers() -> None:
    """A client names itself and the host; names are sent in lowercase, values without spaces around them."""
    user_agent = (b'user-agent', DEFAULT_UA.encode())
    assert encoded({'X-A': ' 1 '}) == [(b'x-a', b'1'), user_agent, (b'host', b'example.org')]


def test_given_user_agent_is_kept() -> None:
    """A User-Agent that is given is the only one; None stands for an empty value."""
    assert encoded([('User-Agent', None)]) == [(b'user-agent', b''), (b'host', b'example.org')]


@pytest.mark.parametrize(
    ('host', 'port', 'scheme', 'written'),
    [
        ('example.org', 80, 'http', b'example.org'),
        ('example.org', 443, 'https', b'example.org'),
        ('example.org', 443, 'wss', b'example.org'),
        ('example.org', 443, 'http', b'example.org:443'),
        ('::1', 8000, 'http', b'[::1]:8000'),
        ('[::1]', 8000, 'http', b'[::1]:8000'),
    ],
)
def test_host_names_a_port_that_is_not_the_scheme_s_own(host: str, port: int, scheme: str, written: bytes) -> None:
    """The Host header has the port where the scheme does not tell it, and brackets around an IPv6 address then."""
    assert (b'host', written) in encoded(host=host, port=port, scheme=scheme)


def test_http_1_0_has_no_host() -> None:
    """Clients of HTTP/1.0 send no Host header."""
    assert b'host' not in dict(encoded(http_version='1.0'))


def test_host_is_the_one_that_is_asked() -> None:
    """The host that is asked takes the place of a Host header that is given, but in HTTP/1.0, which adds none."""
    hosts = [value for name, value in encoded({'Host': 'elsewhere.example'}) if name == b'host']
    assert hosts == [b'example.org']
    assert (b'host', b'elsewhere.example') in encoded({'Host': 'elsewhere.example'}, http_version='1.0')


def test_content_length_is_the_real_one() -> None:
    """The size of the body takes the place of a Content-Length that is given."""
    lengths = [value for name, value in encoded({'Content-Length': '7'}, content_length=3) if name == b'content-length']
    assert lengths == [b'3']
    assert (b'content-length', b'7') in encoded({'Content-Length': '7'})


def test_cookies_are_joined() -> None:
    """Cookies become one header; what has a value, as the cookie of a response, is sent with that."""
    cookies = {'a': '1', 'b': SimpleNamespace(value='2')}
    assert encoded(cookies=cookies)[-1] == (b'cookie', b'a=1; b=2')


def test_headers_are_strings() -> None:
    """Anything but strings is refused, with what it was."""
    with pytest.raises(TypeError, match="received header 'X-A': 1, expected strings"):
        encoded({'X-A': 1})


def test_pairs_of_headers() -> None:
    """Mappings, pairs and None become lists of pairs."""
    assert header_pairs(None) == []
    assert header_pairs({'a': 'b'}) == header_pairs([('a', 'b')]) == [('a', 'b')]


def test_headers_of_a_request_take_the_place_of_its_client_s() -> None:
    """A header of the client is left out where the request has it, in whatever case; those of the request all stay."""
    defaults = {'Authorization': 'theirs', 'X-A': '0'}
    own = [('authorization', 'own'), ('X-B', '1'), ('X-B', '2')]
    assert merged_headers(defaults, own) == [('X-A', '0'), *own]
    assert merged_headers(defaults, None) == list(defaults.items())
    assert merged_headers(None, own) == own
