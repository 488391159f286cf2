import collections
import copy
import http
import json
import pickle
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import FalconError
from falcon_core.http_error import FixedStatusError, HTTPError
from falcon_core.media import BaseHandler


class Teapot(FixedStatusError):
    status = '418 Short and stout'


class Shouting(BaseHandler):
    """Writes any object in capitals."""

    def serialize(self, media: object, content_type: str) -> bytes:
        return f'{content_type}: {media}'.upper().encode()


def full_error() -> HTTPError:
    return HTTPError(
        '400 Bad Request',
        title='Oh <no>',
        description='a & b',
        headers={'x-a': '1'},
        href='http://example.com/caf\xe9',
        href_text='help',
        code=7,
    )


def test_arguments_become_attributes() -> None:
    """An error keeps what it was made of, its URI percent-encoded."""
    error = full_error()
    assert isinstance(error, FalconError)
    assert (error.status, error.status_code, error.title, error.description) == (
        '400 Bad Request',
        400,
        'Oh <no>',
        'a & b',
    )
    assert (error.headers, error.code) == ({'x-a': '1'}, 7)
    assert error.link == {'text': 'help', 'href': 'http://example.com/caf%C3%A9', 'rel': 'help'}


def test_only_the_status_is_needed() -> None:
    """All else is None but the title, which is the status line."""
    error = HTTPError(404)
    assert (error.status, error.status_code, error.title) == (404, 404, '404 Not Found')
    assert (error.description, error.headers, error.link, error.code) == (None, None, None, None)
    assert error.to_dict() == {'title': '404 Not Found'}


def test_a_link_without_a_text_gets_one() -> None:
    """A page about the error always has something to click on; an encoded URI stays as it is."""
    assert HTTPError(400, href='/%20').link == {
        'text': 'Documentation related to this error',
        'href': '/%20',
        'rel': 'help',
    }


@pytest.mark.parametrize('status', ['nonsense', 99, None])
def test_a_false_status_is_refused(status: Any) -> None:
    """An error without a status cannot be made."""
    with pytest.raises(ValueError, match='expected an integer'):
        HTTPError(status, title='Oops')


def test_empty_text_and_code_zero_are_told() -> None:
    """Only None leaves a member out."""
    assert HTTPError(400, description='', code=0).to_dict() == {
        'title': '400 Bad Request',
        'description': '',
        'code': 0,
    }


def test_to_dict_makes_the_mapping_that_is_asked_for() -> None:
    """The members come in their order, in a mapping of the given type."""
    members = full_error().to_dict(collections.OrderedDict)
    assert type(members) is collections.OrderedDict
    assert list(members) == ['title', 'description', 'code', 'link']


def test_to_json_is_compact_utf_8() -> None:
    """JSON has no white space between its members, and is not escaped."""
    assert HTTPError(400, description='caf\xe9').to_json() == (
        '{"title":"400 Bad Request","description":"caf\xe9"}'.encode()
    )
    assert json.loads(full_error().to_json()) == full_error().to_dict()


def test_to_json_by_a_handler() -> None:
    """A handler that is given writes the mapping as JSON."""
    assert HTTPError(400).to_json(Shouting()) == b"APPLICATION/JSON: {'TITLE': '400 BAD REQUEST'}"


def flatten(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for child in element:
        yield from ((f'{child.tag}/{name}', text) for name, text in flatten(child))
        if not len(child):
            yield child.tag, child.text or ''


def test_to_xml_holds_the_same() -> None:
    """XML has an element for each member, its text escaped."""
    assert dict(flatten(ElementTree.fromstring(full_error().to_xml()))) == {
        'title': 'Oh <no>',
        'description': 'a & b',
        'code': '7',
        'link/text': 'help',
        'link/href': 'http://example.com/caf%C3%A9',
        'link/rel': 'help',
    }


@given(st.text(), st.text())
def test_any_text_is_written_well_formed(title: str, description: str) -> None:
    """Control characters and surrogates, which a description may quote, spoil neither JSON nor XML."""
    error = HTTPError(400, title=title, description=description)
    assert set(json.loads(error.to_json())) == {'title', 'description'}
    assert [child.tag for child in ElementTree.fromstring(error.to_xml())] == ['title', 'description']


@pytest.mark.parametrize('text', ['\x00', 'a\x0bb', '\ud800', '\ufffe'])
def test_what_xml_cannot_hold_is_replaced(text: str) -> None:
    """Characters that XML 1.0 has no way to write become U+FFFD."""
    description = ElementTree.fromstring(HTTPError(400, description=text).to_xml()).findtext('description')
    assert description is not None
    assert '\ufffd' in description


def test_the_text_names_class_and_status() -> None:
    """An error shows its class and its status in logs."""
    assert str(HTTPError(http.HTTPStatus.NOT_FOUND)) == '<HTTPError: 404>'
    assert repr(Teapot()) == '<Teapot: 418 Short and stout>'


def test_a_class_may_fix_the_status() -> None:
    """A subclass of FixedStatusError takes all arguments but the status."""
    error = Teapot(description='no coffee', code=1)
    assert (error.status_code, error.title, error.description, error.code) == (
        418,
        '418 Short and stout',
        'no coffee',
        1,
    )


@pytest.mark.parametrize('duplicate', [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_can_be_copied(duplicate: Any) -> None:
    """A copy, by way of pickle as well, holds the same."""
    assert vars(duplicate(full_error())) == vars(full_error())


@pytest.mark.parametrize('header', [('X-A', 'a\r\nSet-Cookie: b=c'), ('X-A', 'a\x00'), ('X-A', '€'), ('X A', 'a')])
def test_headers_are_refused_where_they_are_set(header: tuple[str, str]) -> None:
    """What no header can have is refused by the constructor, in line with the code that was given it."""
    for headers in (dict([header]), [header]):
        with pytest.raises(ValueError, match='received'):
            HTTPError(400, headers=headers)
