from datetime import UTC, datetime
from http.cookies import SimpleCookie

from falcon_asgi.testing.cookie import Cookie, parse_set_cookie

FULL = (
    'a="x\\"y"; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Max-Age=5; Domain=example.org; Path=/p; Secure; HttpOnly; '
    'SameSite=Lax; Partitioned; Unknown=1'
)


def test_all_attributes() -> None:
    """What a response says of a cookie can be read by name."""
    cookie = parse_set_cookie([FULL])['a']
    assert (cookie.name, cookie.value) == ('a', 'x"y')
    assert cookie.expires == datetime(2015, 10, 21, 7, 28, tzinfo=UTC)
    assert (cookie.max_age, cookie.domain, cookie.path) == (5, 'example.org', '/p')
    assert (cookie.secure, cookie.http_only, cookie.partitioned) == (True, True, True)
    assert cookie.same_site == 'Lax'
    assert repr(cookie) == "Cookie(a='x\"y')"


def test_no_attributes() -> None:
    """What is not said is None, or False."""
    cookie = parse_set_cookie(['a=1'])['a']
    assert (cookie.expires, cookie.max_age, cookie.domain, cookie.path, cookie.same_site) == (None,) * 5
    assert (cookie.secure, cookie.http_only, cookie.partitioned) == (False, False, False)


def test_empty_attributes() -> None:
    """An attribute without a value says nothing."""
    cookie = parse_set_cookie(['a=1; Expires=; Max-Age=; Domain=; Path=; SameSite='])['a']
    assert (cookie.expires, cookie.max_age, cookie.domain, cookie.path, cookie.same_site) == (None,) * 5


def test_several_cookies() -> None:
    """The last of one name counts; what is no cookie is passed over."""
    cookies = parse_set_cookie(['a=1', 'b=2', 'a=3', 'no cookie'])
    assert {name: cookie.value for name, cookie in cookies.items()} == {'a': '3', 'b': '2'}


def test_cookie_of_the_standard_library() -> None:
    """A morsel of `http.cookies` makes a cookie as well."""
    morsel = SimpleCookie('a=1; path=/p; secure')['a']
    cookie = Cookie(morsel)
    assert (cookie.name, cookie.value, cookie.path, cookie.secure) == ('a', '1', '/p', True)
