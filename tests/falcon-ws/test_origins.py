from typing import Any

import pytest

from falcon_ws.origins import checked_origins, is_allowed


def scope_from(*origins: str) -> dict[str, Any]:
    return {'type': 'websocket', 'headers': [(b'host', b'a'), *((b'origin', origin.encode()) for origin in origins)]}


def test_no_list_allows_all() -> None:
    """Without a list, nothing is looked at."""
    assert checked_origins(None) is None
    assert is_allowed(scope_from('https://evil.example'), None)


@pytest.mark.parametrize(
    ('origin', 'allowed'),
    [
        ('https://example.com', True),
        ('HTTPS://Example.COM', True),
        ('http://localhost:8000', True),
        ('null', False),
        ('http://example.com', False),
        ('https://example.com:8443', False),
        ('https://example.com.evil.example', False),
        ('https://evil.example/https://example.com', False),
        ('', False),
    ],
)
def test_origins_are_compared_whole(origin: str, allowed: bool) -> None:
    """Scheme, host and port have to be the same; upper and lower case are."""
    origins = checked_origins(['https://EXAMPLE.com:443', 'http://localhost:8000'])
    assert is_allowed(scope_from(origin), origins) is allowed


def test_clients_that_do_not_say() -> None:
    """A handshake without the header is allowed if None is; one with several headers never."""
    origins = checked_origins(['https://example.com'])
    assert not is_allowed({'type': 'websocket'}, origins)
    assert not is_allowed(scope_from('https://example.com', 'https://example.com'), origins)
    assert is_allowed({'type': 'websocket'}, checked_origins([None]))


@pytest.mark.parametrize(
    ('origin', 'kept'),
    [
        ('http://a:80', 'http://a'),
        ('http://a:443', 'http://a:443'),
        ('https://[::1]:443', 'https://[::1]'),
        ('chrome-extension://abcdef', 'chrome-extension://abcdef'),
        ('null', 'null'),
    ],
)
def test_origins_are_kept_as_browsers_write_them(origin: str, kept: str) -> None:
    """A scheme's own port is left out."""
    assert list(checked_origins([origin]) or ()) == [kept]


@pytest.mark.parametrize('origin', ['', '*', 'example.com', 'https://example.com/', 'https://*.example.com', 'a://', 7])
def test_what_is_no_origin_is_refused(origin: Any) -> None:
    """What no browser sends would never be allowed; it is refused where it is set."""
    with pytest.raises(ValueError, match=r'expected one such as https://.+, without a path$'):
        checked_origins([origin])


def test_one_string_is_no_collection() -> None:
    """A string alone is a slip."""
    with pytest.raises(TypeError, match='expected a collection of origins'):
        checked_origins('https://example.com')
