import io
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import HTTPBadRequest, MediaMalformedError, MediaMismatchError
from falcon_media.urlencoded import URLEncodedFormHandler

FORM = 'application/x-www-form-urlencoded'

forms = st.dictionaries(st.text(), st.text() | st.lists(st.text(), min_size=2))


def read(body: bytes, handler: URLEncodedFormHandler | None = None) -> object:
    return (handler or URLEncodedFormHandler()).deserialize(io.BytesIO(body), FORM, len(body))


@given(forms)
def test_what_is_written_is_read_back(form: dict[str, str | list[str]]) -> None:
    """Fields of text, one or several of a name, come back as they were."""
    assert read(URLEncodedFormHandler().serialize(form, FORM)) == form


@given(st.binary() | forms.map(lambda form: URLEncodedFormHandler().serialize(form, FORM)[:-1]))
def test_any_bytes_give_a_form_or_a_client_error(body: bytes) -> None:
    """Arbitrary and truncated bytes never raise anything but an HTTP error of status 400."""
    with suppress(HTTPBadRequest):
        read(body)


@pytest.mark.parametrize(
    ('form', 'body'),
    [
        ({}, b''),
        ({'a': 1, 'b': [1, 'x y'], 'c': ()}, b'a=1&b=1&b=x+y'),
        ({'é': '&='}, b'%C3%A9=%26%3D'),
        ([('a', 1), ('a', True)], b'a=1&a=True'),
    ],
)
def test_writes_fields(form: object, body: bytes) -> None:
    """A mapping or pairs are written field by field, each item of a list as one of its own."""
    assert URLEncodedFormHandler().serialize(form) == URLEncodedFormHandler().serialize(form, FORM) == body


@pytest.mark.parametrize('media', ['text', None, 5])
def test_no_form_is_refused(media: object) -> None:
    """What is no mapping and no sequence of pairs is the program's fault and raises TypeError."""
    with pytest.raises(TypeError):
        URLEncodedFormHandler().serialize(media, FORM)


def test_empty_body_is_an_empty_form() -> None:
    """An empty body is a form without fields."""
    assert read(b'') == {}


def test_blank_and_repeated_fields() -> None:
    """Blank fields are kept unless told otherwise, and repeated ones become a list."""
    body = b'a=1&b=&a=2&c'
    assert read(body) == {'a': ['1', '2'], 'b': '', 'c': ''}
    assert read(body, URLEncodedFormHandler(keep_blank=False)) == {'a': ['1', '2']}


def test_commas_make_lists_by_option() -> None:
    """A comma delimits a list only where that was asked for, and never when it is escaped."""
    body = f'a=1,2&b={quote_plus("3,4")}'.encode()
    assert read(body) == {'a': '1,2', 'b': '3,4'}
    assert read(body, URLEncodedFormHandler(csv=True)) == {'a': ['1', '2'], 'b': '3,4'}


def test_number_of_fields_is_limited() -> None:
    """A form with more fields than the handler takes is a client error; there is a limit unless it is taken away."""
    handler = URLEncodedFormHandler(csv=True, max_params=3)
    assert read(b'a=1&b=2,3', handler) == {'a': '1', 'b': ['2', '3']}
    with pytest.raises(HTTPBadRequest) as raised:
        read(b'a=1&b=2,3&c', handler)
    assert raised.value.title == 'Too many parameters'
    largest = b'a=&' * 9_999 + b'a='
    assert read(largest) == {'a': [''] * 10_000}
    with pytest.raises(HTTPBadRequest):
        read(largest + b'&a=')
    assert read(largest + b'&a=', URLEncodedFormHandler(max_params=None)) == {'a': [''] * 10_001}


@pytest.mark.parametrize('body', [b'a=\xff', 'a=é'.encode()])
def test_bytes_outside_ascii_are_a_client_error(body: bytes) -> None:
    """Bytes that a form has to escape raise MediaMalformedError; escaped ones that are no UTF-8 become U+FFFD."""
    with pytest.raises(MediaMalformedError) as caught:
        read(body)
    assert caught.value.title == 'Invalid URL-encoded'
    assert read(b'a=%FF') == {'a': '\ufffd'}


@dataclass
class Search:
    q: str
    page: int = 1
    since: date | None = None
    exact: bool = False
    tag: list[str] = field(default_factory=list)


def typed(body: bytes, kind: Any = Search) -> Any:
    return URLEncodedFormHandler().deserialize_as(body, FORM, kind)


def test_fields_are_taken_for_what_they_spell() -> None:
    """Numbers, booleans and dates are read out of text, and one field is a list where the type has a list."""
    assert typed(b'q=1&page=2&since=2024-05-06&exact=true&tag=a') == Search('1', 2, date(2024, 5, 6), True, ['a'])
    assert typed(b'q=&tag=a&tag=b') == Search('', tag=['a', 'b'])
    assert typed(b'a=1&b=2&b=3', dict[str, list[int]]) == {'a': [1], 'b': [2, 3]}
    assert typed(b'q=&tag=a', Search | None) == Search('', tag=['a'])


@pytest.mark.parametrize(
    ('body', 'path'), [(b'', '$'), (b'q=1&page=x', '$.page'), (b'q=1&page=1&page=2', '$.page'), (b'q=1&q=2', '$.q')]
)
def test_a_form_of_another_type_is_refused_with_the_path(body: bytes, path: str) -> None:
    """A field that is missing, spells something else or is there twice is answered with 422."""
    with pytest.raises(MediaMismatchError) as caught:
        typed(body)
    assert caught.value.path == path


def test_a_malformed_form_is_no_mismatch() -> None:
    """Bytes outside ASCII are answered with 400."""
    with pytest.raises(MediaMalformedError):
        typed(b'q=\xff')


@given(st.binary() | forms.map(lambda form: URLEncodedFormHandler().serialize(form, FORM)))
def test_any_bytes_give_a_typed_object_or_a_client_error(body: bytes) -> None:
    """Arbitrary bytes never raise anything but HTTP errors of status 400 or 422."""
    with suppress(HTTPBadRequest, MediaMismatchError):
        typed(body)
