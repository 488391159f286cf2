import copy
import http
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_status import HTTPStatus, code_to_http_status, http_status_to_code

STATUSES: list[Any] = [404, '404', '404 Not Found', b'404', b'404 Not Found', http.HTTPStatus.NOT_FOUND]
NO_STATUSES: list[Any] = [
    0,
    -200,
    99,
    1000,
    200.0,
    None,
    True,
    '',
    '20',
    '1000',
    '200OK',
    ' 200',
    'x',
    '\uff12\uff10\uff10',
    b'x',
]


@pytest.mark.parametrize('status', STATUSES)
def test_each_form_of_a_status_gives_its_number_and_line(status: Any) -> None:
    """A status is a number, a string with or without a phrase, or a member of http.HTTPStatus."""
    assert http_status_to_code(status) == 404
    assert type(http_status_to_code(status)) is int
    assert code_to_http_status(status) == '404 Not Found'


@pytest.mark.parametrize('status', NO_STATUSES)
def test_what_is_no_status_is_refused(status: Any) -> None:
    """Numbers outside of three digits and strings that do not begin with such a number raise ValueError."""
    for convert in (code_to_http_status, http_status_to_code):
        with pytest.raises(ValueError, match='expected an integer from 100 to 999'):
            convert(status)


def test_equal_values_of_another_type_are_not_taken_from_the_cache() -> None:
    """200.0 is refused although it equals 200, which was asked for before."""
    wrong: Any = 200.0
    assert code_to_http_status(200) == '200 OK'
    with pytest.raises(ValueError, match='received 200'):
        code_to_http_status(wrong)


def test_a_phrase_of_the_callers_is_kept() -> None:
    """A string that has a phrase comes back as it is."""
    assert code_to_http_status('200 Fine') == '200 Fine'


def test_an_unknown_number_gets_a_phrase() -> None:
    """A number without a registered phrase is called Unknown."""
    assert code_to_http_status(799) == '799 End of the world'
    assert code_to_http_status(999) == '999 Unknown'


@given(st.integers(100, 999))
def test_number_to_line_and_back(number: int) -> None:
    """The line of a number gives that number."""
    assert http_status_to_code(code_to_http_status(number)) == number


@given(st.text() | st.binary())
def test_any_string_is_a_status_or_refused(text: str | bytes) -> None:
    """No string raises anything but ValueError, and one that passes has a line of the same number."""
    try:
        number = http_status_to_code(text)
    except ValueError:
        return
    assert code_to_http_status(text).startswith(str(number))


def test_the_exception_keeps_its_arguments() -> None:
    """HTTPStatus has its arguments as attributes, and the number of its status."""
    status = HTTPStatus('202 Accepted', {'x-a': '1'}, 'done')
    assert (status.status, status.headers, status.text) == ('202 Accepted', {'x-a': '1'}, 'done')
    assert status.status_code == 202
    assert (HTTPStatus(http.HTTPStatus.OK).status_code, HTTPStatus(200).text) == (200, None)


@pytest.mark.parametrize('duplicate', [copy.copy, lambda status: pickle.loads(pickle.dumps(status))])
def test_the_exception_can_be_copied(duplicate: Any) -> None:
    """A copy, by way of pickle as well, has the same attributes."""
    status = duplicate(HTTPStatus(202, {'x-a': '1'}, text='done'))
    assert (status.status, status.headers, status.text) == (202, {'x-a': '1'}, 'done')


@pytest.mark.parametrize('header', [('X-A', 'a\r\nSet-Cookie: b=c'), ('X-A', 'a\x00'), ('X-A', '€'), ('X A', 'a')])
def test_headers_are_refused_where_they_are_set(header: tuple[str, str]) -> None:
    """What no header can have is refused by the constructor, in line with the code that was given it."""
    for headers in (dict([header]), [header]):
        with pytest.raises(ValueError, match='received'):
            HTTPStatus(200, headers=headers)


@pytest.mark.parametrize(('status', 'text'), [(299, '299'), ('202 Accepted', '202 Accepted')])
def test_text_is_the_status(status: int | str, text: str) -> None:
    """As text, for a log, a status that was raised is the status alone."""
    assert str(HTTPStatus(status, {'A': 'b'}, 'body')) == text
