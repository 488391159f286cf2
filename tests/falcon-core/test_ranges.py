from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.ranges import format_content_range, parse_range, parse_range_unit, resolve_range


@pytest.mark.parametrize(
    ('header', 'unit', 'offsets'),
    [
        ('bytes=0-499', 'bytes', (0, 499)),
        ('bytes=500-', 'bytes', (500, -1)),
        ('bytes=-500', 'bytes', (-500, -1)),
        ('bytes=0-0', 'bytes', (0, 0)),
        ('items=7-9', 'items', (7, 9)),
        ('BYTES = 1 - 2 ', 'BYTES', (1, 2)),
        ('bytes=0-18446744073709551615', 'bytes', (0, 2**64 - 1)),
        (f'bytes=0-{"9" * 100}', 'bytes', (0, 10**100 - 1)),
    ],
)
def test_one_range(header: str, unit: str, offsets: tuple[int, int]) -> None:
    """A range has a first and a last offset; an open end is -1, one from the end is negative."""
    assert parse_range(header) == offsets
    assert parse_range_unit(header) == unit


@pytest.mark.parametrize(
    ('header', 'message'),
    [
        ('bytes=-', 'offsets are missing'),
        ('bytes=0-1,5-6', 'continuous range'),
        ('bytes=0-1,', 'continuous range'),
        ('bytes=', 'formatted according to'),
        ('bytes=-0', 'formatted according to'),
        ('bytes=1-0', 'formatted according to'),
        ('bytes=a-b', 'formatted according to'),
        ('bytes=--1', 'formatted according to'),
        ('bytes=+1-2', 'formatted according to'),
        ('bytes=1_0-20', 'formatted according to'),
        ('bytes=1-2-3', 'formatted according to'),
        ('bytes=\u0663-', 'formatted according to'),
        (f'bytes=0-{"9" * 5000}', 'formatted according to'),
    ],
)
def test_malformed_offsets_are_refused(header: str, message: str) -> None:
    """Offsets that are no range are refused; the unit is known all the same."""
    with pytest.raises(HTTPInvalidHeader) as raised:
        parse_range(header)
    assert raised.value.description is not None
    assert '"Range"' in raised.value.description
    assert message in raised.value.description
    assert parse_range_unit(header) == 'bytes'


@pytest.mark.parametrize('header', ['', 'bytes', '0-499', '=0-1', 'a b=0-1'])
def test_a_range_without_a_unit_is_refused(header: str) -> None:
    """A unit, which is a token, comes before the equals sign."""
    for parse in (parse_range, parse_range_unit):
        with pytest.raises(HTTPInvalidHeader, match='400') as raised:
            parse(header)
        assert 'prefixed with a range unit' in str(raised.value.description)


@given(st.text() | st.text('bytes=-, 0123456789', max_size=30))
def test_any_text_is_a_range_or_refused(header: str) -> None:
    """Whatever a client sends gives offsets in order, or HTTPInvalidHeader."""
    try:
        first, last = parse_range(header)
    except HTTPInvalidHeader:
        return
    assert last == -1 or 0 <= first <= last


@pytest.mark.parametrize(
    ('range_', 'length', 'resolved'),
    [
        ((0, 499), 1000, (0, 499)),
        ((0, 499), 100, (0, 99)),
        ((99, 499), 100, (99, 99)),
        ((100, 499), 100, None),
        ((50, -1), 100, (50, 99)),
        ((100, -1), 100, None),
        ((-30, -1), 100, (70, 99)),
        ((-500, -1), 100, (0, 99)),
        ((0, 0), 0, None),
        ((-1, -1), 0, None),
    ],
)
def test_resolve_range(range_: tuple[int, int], length: int, resolved: tuple[int, int] | None) -> None:
    """A range is cut to the representation; one that begins past its end is unsatisfiable."""
    assert resolve_range(range_, length) == resolved


@given(st.integers(-100, 100), st.integers(-1, 100), st.integers(0, 100))
def test_a_resolved_range_can_be_sent(first: int, last: int, length: int) -> None:
    """What `resolve_range` gives is a Content-Range of that length."""
    resolved = resolve_range((first, last if 0 <= first <= last else -1), length)
    if resolved is not None:
        assert format_content_range((*resolved, length)) == f'bytes {resolved[0]}-{resolved[1]}/{length}'


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        ((0, 499, 1234), 'bytes 0-499/1234'),
        ((0, 499, '*'), 'bytes 0-499/*'),
        ((0, 0, 1, 'items'), 'items 0-0/1'),
    ],
)
def test_format_content_range(value: Any, text: str) -> None:
    """Offsets, length and unit are written as RFC 9110, section 14.4, has them."""
    assert format_content_range(value) == text


@pytest.mark.parametrize('value', [(5, 4, '*'), (-1, 4, '*'), (0, 4, 4), (0, 1, 2, ''), (0, 1, 2, 'a\r\nb')])
def test_a_false_content_range_is_refused(value: Any) -> None:
    """Offsets out of order or past the length, and a unit that is no token, raise ValueError."""
    with pytest.raises(ValueError, match='received'):
        format_content_range(value)
