import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.header_values import (
    check_header_name,
    check_header_value,
    check_headers,
    is_token,
    joined_values,
    with_header,
)


@pytest.mark.parametrize('name', ['X-Powered-By', 'etag', "!#$%&'*+-.^_`|~09AZaz"])
def test_a_token_is_a_name(name: str) -> None:
    """The name of a header is a token, and comes back as it is."""
    assert is_token(name)
    assert check_header_name(name) == name


@pytest.mark.parametrize('name', ['', 'a b', 'a:', 'a\r\n', 'a\n', '\x00', 'é', 'a/b', '"a"'])
def test_anything_else_is_no_name(name: str) -> None:
    """Delimiters, white space, control characters and what is not ASCII are refused."""
    assert not is_token(name)
    with pytest.raises(ValueError, match='expected a token'):
        check_header_name(name)


@pytest.mark.parametrize('value', ['', 'plain', 'a\tb', 'caf\xe9', ' \x80\xff', '"quoted", list'])
def test_visible_characters_are_a_value(value: str) -> None:
    """A value of visible characters, space, tab and the upper half of ISO 8859-1 comes back as it is."""
    assert check_header_value(value) == value


@pytest.mark.parametrize('unsafe', ['\r', '\n', '\x00', '\x0b', '\x1f', '\x7f', '\u0100', '\u2028', '\ud800'])
def test_unsafe_characters_are_refused(unsafe: str) -> None:
    """Control characters and those without a byte in ISO 8859-1 are named together with their place."""
    for value in (unsafe, f'ab{unsafe}c', f'caf\xe9{unsafe}'):
        with pytest.raises(ValueError, match=f'at index {value.index(unsafe)}') as raised:
            check_header_value(value)
        assert repr(unsafe) in str(raised.value)


@given(st.text(st.characters(max_codepoint=0x17F)))
def test_what_passes_is_one_line_of_bytes(value: str) -> None:
    """A value that passes can be encoded and has no character that could end it."""
    try:
        check_header_value(value)
    except ValueError:
        return
    assert not set(value.encode('latin-1')) & {*range(9), *range(10, 32), 127}


@pytest.mark.parametrize('make', [dict, list, iter])
def test_several_headers(make: Any) -> None:
    """Mappings and pairs are checked and come back as they are; what can be iterated over once comes as a list."""
    checked = make([('X-A', '1'), ('X-B', 2)])
    assert check_headers(checked) == (make if make is dict else list)([('X-A', '1'), ('X-B', 2)])
    with pytest.raises(ValueError, match='received header name'):
        check_headers(make([('X-A', '1'), ('X B', '2')]))
    with pytest.raises(ValueError, match='of a header value'):
        check_headers(make([('X-A', 'a\r\nSet-Cookie: b=c')]))


def test_values_are_joined_by_commas() -> None:
    """Several values become one; a string is one already, not as many as it has characters."""
    assert joined_values(iter(['GET', 'PUT'])) == 'GET, PUT'
    assert joined_values([]) == ''
    assert joined_values('GET') == 'GET'


@pytest.mark.parametrize('headers', [{'x-a': '1', 'retry-after': '9'}, [('x-a', '1'), ('retry-after', '9')]])
def test_with_header_replaces_one_of_the_same_name(headers: Any) -> None:
    """A header takes the place of any of its name in another case; the caller's headers are left alone."""
    before = copy.copy(headers)
    assert with_header(headers, 'Retry-After', '3') == {'x-a': '1', 'Retry-After': '3'}
    assert headers == before


def test_with_header_without_a_value() -> None:
    """None adds nothing."""
    assert with_header(None, 'Allow', None) is None
    assert with_header(None, 'Allow', '') == {'Allow': ''}
