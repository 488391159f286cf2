"""Limits of how many parts what a client sends may have."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.cookies import parse_cookies
from falcon_core.etags import parse_etags
from falcon_core.forwarded import parse_forwarded
from falcon_core.http_errors import HTTPBadRequest, HTTPRequestHeaderFieldsTooLarge
from falcon_core.limits import check_header_params, check_query_params
from falcon_core.query import parse_query_string

texts = st.text('ab=&,;" ', max_size=60)
limits = st.integers(1, 12)


@pytest.mark.parametrize(
    ('query_string', 'csv'),
    [('a=1&b=2&c=3', False), ('&&', False), ('a=1,2,3', True), ('a=1,2&b=3', True), ('a=1,2,3,4&b=5&c=6', False)],
)
def test_a_query_string_has_at_most_so_many_parameters(query_string: str, csv: bool) -> None:
    """As many parameters as the limit are taken, one more is a client's fault; items count where commas make lists."""
    check_query_params(query_string, 3, csv=csv)
    check_query_params(query_string, None, csv=csv)
    with pytest.raises(HTTPBadRequest) as raised:
        check_query_params(query_string, 2, csv=csv)
    assert raised.value.to_dict() == {
        'title': 'Too many parameters',
        'description': 'There may be at most 2 query or form parameters.',
    }


@pytest.mark.parametrize('value', ['a, b, c', 'a;b;c', 'a;b="," ', ',,'])
def test_a_header_has_at_most_so_many_parts(value: str) -> None:
    """Elements and parameters are counted together, also where quotes or nothing are around what separates them."""
    check_header_params('X-A', value, 3)
    check_header_params('X-A', value, None)
    with pytest.raises(HTTPRequestHeaderFieldsTooLarge) as raised:
        check_header_params('X-A', value, 2)
    assert raised.value.to_dict() == {
        'title': 'Header too long',
        'description': 'The "X-A" header may have at most 2 elements and parameters.',
    }


def test_nothing_is_within_every_limit() -> None:
    """A limit of 0 takes an empty text and no other."""
    check_query_params('', 0)
    check_header_params('X-A', '', 0)
    with pytest.raises(HTTPBadRequest):
        check_query_params('a', 0)
    with pytest.raises(HTTPRequestHeaderFieldsTooLarge):
        check_header_params('X-A', 'a', 0)


def test_what_is_counted_can_be_said() -> None:
    """Only the separators that are named count."""
    check_header_params('Cookie', 'a=1,2,3; b=4', 2, ';')
    with pytest.raises(HTTPRequestHeaderFieldsTooLarge):
        check_header_params('Cookie', 'a=1;b=2;c=3', 2, ';')


def _count(parsed: Any) -> int:
    values = parsed.values() if isinstance(parsed, dict) else parsed or ()
    return sum(len(value) if isinstance(value, list) else 1 for value in values)


@given(texts, limits, st.booleans())
def test_no_more_parameters_come_out_than_the_limit(text: str, limit: int, csv: bool) -> None:
    """Whatever passes the limit of parameters has no more of them."""
    try:
        parameters = parse_query_string(text, keep_blank=True, csv=csv, max_params=limit)
    except HTTPBadRequest:
        return
    assert _count(parameters) <= limit


@given(texts, limits)
def test_no_more_parts_come_out_than_the_limit(text: str, limit: int) -> None:
    """Whatever passes the limit of parts has no more of them, whichever header it is."""
    try:
        check_header_params('X-A', text, limit)
    except HTTPRequestHeaderFieldsTooLarge:
        return
    for parse in (parse_cookies, parse_etags, parse_forwarded):
        assert _count(parse(text)) <= limit
