"""The headers of a response that have a type of their own, as attributes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import Response
from falcon_asgi.response_headers import TypedHeader, add_vary
from falcon_core.etags import ETag

ATTRIBUTES = [name for name in dir(Response) if isinstance(getattr(Response, name), TypedHeader)]
MOMENT = datetime(2024, 2, 29, 12, 30, 45, tzinfo=UTC)


def test_attributes_are_those_of_falcon() -> None:
    """Every header that Falcon has an attribute for has one here."""
    assert ATTRIBUTES == [
        'accept_ranges',
        'cache_control',
        'content_length',
        'content_location',
        'content_range',
        'content_type',
        'downloadable_as',
        'etag',
        'expires',
        'last_modified',
        'location',
        'retry_after',
        'vary',
        'viewable_as',
    ]


@pytest.mark.parametrize(
    ('attribute', 'value', 'header', 'text'),
    [
        ('accept_ranges', 'bytes', 'Accept-Ranges', 'bytes'),
        ('cache_control', 'no-store', 'Cache-Control', 'no-store'),
        ('cache_control', ['public', 'max-age=60'], 'Cache-Control', 'public, max-age=60'),
        ('content_length', 12, 'Content-Length', '12'),
        ('content_length', '12', 'Content-Length', '12'),
        ('content_location', '/ä b', 'Content-Location', '/%C3%A4%20b'),
        ('content_range', (0, 9, 100), 'Content-Range', 'bytes 0-9/100'),
        ('content_range', (0, 9, '*', 'items'), 'Content-Range', 'items 0-9/*'),
        ('content_range', 'bytes */100', 'Content-Range', 'bytes */100'),
        ('content_type', 'text/html; charset=utf-8', 'Content-Type', 'text/html; charset=utf-8'),
        ('downloadable_as', 'a.txt', 'Content-Disposition', 'attachment; filename="a.txt"'),
        ('downloadable_as', 'ä.txt', 'Content-Disposition', "attachment; filename=a_.txt; filename*=UTF-8''%C3%A4.txt"),
        ('etag', 'abc', 'ETag', '"abc"'),
        ('etag', '"abc"', 'ETag', '"abc"'),
        ('etag', 'W/"abc"', 'ETag', 'W/"abc"'),
        ('etag', ETag('abc'), 'ETag', '"abc"'),
        ('etag', ETag.loads('W/"abc"'), 'ETag', 'W/"abc"'),
        ('expires', MOMENT, 'Expires', 'Thu, 29 Feb 2024 12:30:45 GMT'),
        ('expires', '0', 'Expires', '0'),
        ('last_modified', MOMENT.replace(tzinfo=None), 'Last-Modified', 'Thu, 29 Feb 2024 12:30:45 GMT'),
        (
            'last_modified',
            MOMENT.astimezone(timezone(timedelta(hours=2))),
            'Last-Modified',
            'Thu, 29 Feb 2024 12:30:45 GMT',
        ),
        ('location', '/ä', 'Location', '/%C3%A4'),
        ('location', '/a?b=%20', 'Location', '/a?b=%20'),
        ('retry_after', 120, 'Retry-After', '120'),
        ('retry_after', 'Thu, 29 Feb 2024 12:30:45 GMT', 'Retry-After', 'Thu, 29 Feb 2024 12:30:45 GMT'),
        ('vary', 'Accept', 'Vary', 'Accept'),
        ('vary', ('Accept', 'Cookie'), 'Vary', 'Accept, Cookie'),
        ('viewable_as', 'a.txt', 'Content-Disposition', 'inline; filename="a.txt"'),
    ],
)
def test_attribute_is_written_into_its_header(attribute: str, value: Any, header: str, text: str) -> None:
    """Assigning an attribute sets the header; reading it gives the header's text."""
    resp = Response()
    setattr(resp, attribute, value)
    assert resp.get_header(header) == text
    assert getattr(resp, attribute) == text


@pytest.mark.parametrize('attribute', ATTRIBUTES)
def test_none_and_del_remove_the_header(attribute: str) -> None:
    """A header can be removed by assigning None or by deleting the attribute, also if it was not set."""
    value = (0, 1, 2) if attribute == 'content_range' else '7'
    resp = Response()
    assert getattr(resp, attribute) is None
    delattr(resp, attribute)
    setattr(resp, attribute, value)
    setattr(resp, attribute, None)
    assert resp.headers == {}
    setattr(resp, attribute, value)
    delattr(resp, attribute)
    assert resp.headers == {}


@pytest.mark.parametrize('attribute', ATTRIBUTES)
@given(text=st.text())
def test_no_text_splits_a_response(attribute: str, text: str) -> None:
    """Whatever is assigned, the header has no control character, or nothing is set (RFC 9110, section 5.5)."""
    resp = Response()
    try:
        setattr(resp, attribute, text)
    except ValueError:
        assert resp.headers == {}
        return
    (value,) = resp.headers.values()
    assert not any(character < ' ' or character == '\x7f' for character in value.replace('\t', ''))
    value.encode('latin-1')


@pytest.mark.parametrize('attribute', ATTRIBUTES)
def test_line_breaks_are_refused_or_encoded(attribute: str) -> None:
    """A line break never gets into a header as it is."""
    resp = Response()
    try:
        setattr(resp, attribute, 'a\r\nX-B: b')
    except ValueError:
        return
    assert (
        resp.headers[{'location': 'location', 'content_location': 'content-location'}[attribute]] == 'a%0D%0AX-B:%20b'
    )


@pytest.mark.parametrize('length', [-1, '1e3', '٣', '', 1.5, True])
def test_content_length_is_a_number(length: Any) -> None:
    """A length that no client could read is refused."""
    resp = Response()
    with pytest.raises(ValueError, match='expected a number of bytes'):
        resp.content_length = length


@pytest.mark.parametrize('value', [(5, 1, 10), (0, 10, 10), (0, 1, 10, 'a b')])
def test_content_range_is_a_range(value: Any) -> None:
    """Offsets that are out of order or not within the length are refused."""
    resp = Response()
    with pytest.raises(ValueError):
        resp.content_range = value


def test_attributes_have_documentation() -> None:
    """An attribute read from the class tells what it is for."""
    for attribute in ATTRIBUTES:
        assert 'header:' in (getattr(Response, attribute).__doc__ or '')


@pytest.mark.parametrize(
    ('present', 'name', 'vary'),
    [
        (None, 'Accept', 'Accept'),
        ('Cookie', 'Accept', 'Cookie, Accept'),
        ('Accept-Language', 'Accept', 'Accept-Language, Accept'),
        ('Cookie, accept', 'Accept', 'Cookie, accept'),
        ('Cookie,ACCEPT', 'Accept', 'Cookie,ACCEPT'),
        ('*', 'Accept', '*'),
    ],
)
def test_vary_names_a_header_once(present: str | None, name: str, vary: str) -> None:
    """A header that Vary names already, or that `*` stands for, is not added again (RFC 9110, section 12.5.5)."""
    resp = Response()
    resp.vary = present
    add_vary(resp, name)
    assert resp.vary == vary
