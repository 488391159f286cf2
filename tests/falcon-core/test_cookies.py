from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.cookies import format_cookie, format_expired_cookie, parse_cookies

NAMES = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
DATE = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ('header', 'cookies'),
    [
        ('a=b', {'a': ['b']}),
        ('a=b; c=d;e=f', {'a': ['b'], 'c': ['d'], 'e': ['f']}),
        ('a=b; a=c', {'a': ['b', 'c']}),
        ('  a = b ', {'a': ['b']}),
        ('a="b c"', {'a': ['b c']}),
        ('a="b\\"c\\\\d\\073e"', {'a': ['b"c\\d;e']}),
        ('a="\\400\\09"', {'a': ['40009']}),
        ('a="b;c"; d=e', {'a': ['"b'], 'd': ['e']}),
        ('a="', {'a': ['"']}),
        ('a="\\"', {'a': ['\\']}),
        ('a', {'a': ['']}),
        ('a=', {'a': ['']}),
        ('a=b=c', {'a': ['b=c']}),
        ('a={"x":1,"y":2}', {'a': ['{"x":1,"y":2}']}),
        ('a=caf\xe9', {'a': ['caf\xe9']}),
        ('a=\xc3\xa0; \xa0b=c', {'a': ['\xc3\xa0']}),
        ('$Version=1; a=b', {'$Version': ['1'], 'a': ['b']}),
        ('=b; a b=c; a[b]=c; (a)=b; \xe9=b; a\x00=b; ok=1', {'ok': ['1']}),
        (';; ;', {}),
        ('', {}),
    ],
)
def test_parse_cookies(header: str, cookies: dict[str, list[str]]) -> None:
    """Each pair with a token for a name is a cookie; a value in quotes loses them and its escapes."""
    assert parse_cookies(header) == cookies


@given(st.text() | st.text('ab=;"\\ 0123\t\x00\xe9', max_size=60))
def test_any_header_is_parsed(header: str) -> None:
    """Nothing a client sends raises, and each cookie has at least one value."""
    assert all(parse_cookies(header).values())


@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_cookies_come_back(pairs: list[tuple[str, str]]) -> None:
    """What `format_cookie` writes is read as itself, by the standard library as well."""
    written = [format_cookie(name, value) for name, value in pairs]
    read = parse_cookies('; '.join(written))
    assert [(name, value) for name, values in read.items() for value in values] == sorted(
        pairs, key=lambda pair: [name for name, _ in pairs].index(pair[0])
    )
    for (name, value), text in zip(pairs, written, strict=True):
        if '$' not in name:
            assert SimpleCookie(text)[name].value == value


@pytest.mark.parametrize(
    ('options', 'attributes'),
    [
        ({}, ''),
        ({'expires': DATE}, '; expires=Wed, 02 Jan 2030 03:04:05 GMT'),
        ({'expires': DATE.astimezone(timezone(timedelta(hours=2)))}, '; expires=Wed, 02 Jan 2030 03:04:05 GMT'),
        ({'max_age': 0}, '; Max-Age=0'),
        ({'max_age': '60'}, '; Max-Age=60'),
        ({'domain': 'example.com', 'path': '/a'}, '; Domain=example.com; Path=/a'),
        ({'domain': '', 'path': ''}, ''),
        ({'secure': True, 'http_only': True}, '; HttpOnly; Secure'),
        ({'same_site': 'lax'}, '; SameSite=Lax'),
        ({'same_site': 'STRICT'}, '; SameSite=Strict'),
        ({'same_site': 'None', 'secure': True}, '; SameSite=None; Secure'),
        ({'same_site': ''}, ''),
        ({'partitioned': True}, '; Partitioned'),
    ],
)
def test_attributes(options: dict[str, Any], attributes: str) -> None:
    """Each attribute that is asked for is written, and no other."""
    assert format_cookie('a', 'b', **options) == f'a=b{attributes}'


@pytest.mark.parametrize(
    ('value', 'written'),
    [
        ('plain-1.0_~:|', 'plain-1.0_~:|'),
        ('', '""'),
        ('b c', '"b c"'),
        ('b;c,d', '"b\\073c\\054d"'),
        ('"b\\', '"\\"b\\\\"'),
    ],
)
def test_values_are_quoted_where_they_must(value: str, written: str) -> None:
    """A value with other marks than a few is quoted, and what would end it is escaped."""
    assert format_cookie('a', value) == f'a={written}'


@pytest.mark.parametrize('name', ['', 'a b', 'a=', 'a;', 'é', 'a\r\n'])
@pytest.mark.parametrize('write', [lambda name: format_cookie(name, 'b'), format_expired_cookie])
def test_a_false_name_is_refused(write: Callable[[str], str], name: str) -> None:
    """The name of a cookie is a token, whether it is set or unset."""
    with pytest.raises(KeyError, match='expected a token'):
        write(name)


@pytest.mark.parametrize(
    ('value', 'options'),
    [
        ('b\r\nX: y', {}),
        ('b\x00', {}),
        ('b\t', {}),
        ('é', {}),
        (5, {}),
        ('b', {'domain': 'a; Secure'}),
        ('b', {'domain': 'a\r\nX: y'}),
        ('b', {'path': '/; Domain=evil.example'}),
        ('b', {'path': '/\n'}),
        ('b', {'path': '/é'}),
        ('b', {'same_site': 'sometimes'}),
        ('b', {'max_age': 'soon'}),
    ],
)
def test_what_could_inject_is_refused(value: Any, options: dict[str, Any]) -> None:
    """Control characters, what is not ASCII, and semicolons in attributes raise ValueError."""
    with pytest.raises(ValueError):
        format_cookie('a', value, **options)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_no_argument_adds_an_attribute(value: str, domain: str, path: str) -> None:
    """Whatever the arguments hold, there is one attribute for each that is not empty, or ValueError."""
    try:
        written = format_cookie('a', value, domain=domain, path=path)
    except ValueError:
        return
    assert written.isascii()
    assert written.isprintable()
    assert written.count(';') == bool(domain) + bool(path)


@pytest.mark.parametrize(
    ('options', 'attributes'),
    [
        ({}, '; SameSite=Lax'),
        ({'same_site': None}, ''),
        ({'same_site': 'none'}, '; SameSite=None; Secure'),
        ({'domain': 'example.com', 'path': '/a', 'same_site': ''}, 'both'),
    ],
)
def test_an_expired_cookie(options: dict[str, Any], attributes: str) -> None:
    """To forget a cookie it is set to nothing, in the past, where it was."""
    expires = 'expires=Thu, 01 Jan 1970 00:00:00 GMT'
    expected = (
        f'a=""; Domain=example.com; {expires}; Path=/a' if attributes == 'both' else f'a=""; {expires}{attributes}'
    )
    assert format_expired_cookie('a', **options) == expected


@pytest.mark.parametrize('name', ['__Secure-a', '__Host-a', '__SECURE-a', '__host-a'])
def test_an_expired_cookie_that_has_to_be_secure_is(name: str) -> None:
    """Browsers heed no cookie of these names that is not secure, nor one that is to be forgotten."""
    assert format_expired_cookie(name, path='/').endswith('; Path=/; SameSite=Lax; Secure')
    assert 'Secure' not in format_expired_cookie(name.replace('-', '_'), path='/').partition('=')[2]


def test_an_expired_cookie_cannot_inject() -> None:
    """The place of the cookie is checked as it is when one is set."""
    with pytest.raises(ValueError, match='Path'):
        format_expired_cookie('a', path='/; Domain=evil.example')
