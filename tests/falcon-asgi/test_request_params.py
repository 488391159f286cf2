"""What the parameters of a query string are as values; which texts are such values, the core's tests say."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import Request
from falcon_core.http_errors import (
    HTTPBadRequest,
    HTTPInvalidParam,
    HTTPMissingParam,
)
from query_requests import request

ID = '12345678-1234-5678-1234-567812345678'

# The method, the text of a parameter, what that is as a value, and another text, which is none, but for `get_param`.
CONVERSIONS: list[tuple[str, str, object, str]] = [
    ('get_param', 'abc', 'abc', 'x'),
    ('get_param_as_bool', 'yes', True, 'x'),
    ('get_param_as_date', '2020-01-02', date(2020, 1, 2), 'x'),
    ('get_param_as_datetime', '2020-01-02T03:04:05Z', datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), 'x'),
    ('get_param_as_float', '1.5', 1.5, 'x'),
    ('get_param_as_int', '7', 7, 'x'),
    ('get_param_as_json', '[1]', [1], '{'),
    ('get_param_as_media', '[1]', [1], '{'),
    ('get_param_as_uuid', ID, UUID(ID), 'x'),
]
methods = pytest.mark.parametrize(('method', 'text', 'value', 'malformed'), CONVERSIONS)
# These take a parameter that was sent several times for a list.
ALL_METHODS = [*(method for method, *_ in CONVERSIONS), 'get_param_as_dict', 'get_param_as_list']


@methods
def test_a_parameter_as_a_value(method: str, text: str, value: object, malformed: str) -> None:
    """Each method converts the text of a parameter, and puts it into `store` as well."""
    store: dict[str, Any] = {'other': 1}
    get = getattr(request(f'a={text}'), method)
    assert get('a') == value
    assert get('a', required=True, store=store, default='default') == value
    assert store == {'other': 1, 'a': value}


@methods
def test_the_last_of_several_values_counts(method: str, text: str, value: object, malformed: str) -> None:
    """Of a parameter that was sent several times the last value counts, unless that is refused."""
    get = getattr(request(f'a={malformed}&a={text}'), method)
    assert get('a') == value
    with pytest.raises(HTTPInvalidParam) as raised:
        get('a', allow_multiple=False)
    assert raised.value.description == 'The "a" parameter is invalid. It may not have more than one value.'
    assert getattr(request(f'a={text}'), method)('a', allow_multiple=False) == value


@pytest.mark.parametrize(('method', 'text', 'value', 'malformed'), CONVERSIONS[1:])
def test_a_malformed_value_is_refused(method: str, text: str, value: object, malformed: str) -> None:
    """A text that is no such value is the client's fault, and is not put into `store`."""
    store: dict[str, Any] = {}
    with pytest.raises(HTTPInvalidParam, match='400'):
        getattr(request(f'a={malformed}'), method)('a', store=store, default='default')
    assert store == {}


@pytest.mark.parametrize('method', ALL_METHODS)
def test_a_missing_parameter_is_none_or_the_default_or_an_error(method: str) -> None:
    """`required` prevails over `default`; neither is put into `store`."""
    store: dict[str, Any] = {}
    for query in ('', 'b=1'):
        get = getattr(request(query), method)
        assert get('a', store=store) is None
        default = object()
        assert get('a', store=store, default=default) is default
        with pytest.raises(HTTPMissingParam) as raised:
            get('a', required=True, store=store, default=default)
        assert raised.value.description == 'The "a" parameter is required.'
    assert store == {}


def test_parameters_of_the_query_string() -> None:
    """Values are decoded; those of a name that occurs several times are a list."""
    req = request('a=1&b=&c=x%2Cy&a=2&d=%C3%A9+z')
    assert req.params == {'a': ['1', '2'], 'b': '', 'c': 'x,y', 'd': 'é z'}
    assert req.params is req.params
    assert (req.has_param('b'), req.has_param('e')) == (True, False)
    assert request('').params == {}


def test_a_query_string_may_be_missing_or_not_percent_encoded() -> None:
    """The server may leave it out; UTF-8 that was sent as it is is read as such, other bytes are U+FFFD."""
    assert Request({'type': 'http', 'method': 'GET', 'path': '/', 'headers': []}, None).params == {}
    assert request('q=é').params == {'q': 'é'}
    assert request(b'q=\xff').params == {'q': '\ufffd'}
    assert request('q=é').query_string == 'q=é'


def test_blank_values_count_unless_told_otherwise() -> None:
    """A parameter without a value is the empty text; `keep_blank_qs_values` False drops it."""
    assert request('a').get_param('a', required=True) == ''
    assert request('a=&a=').get_param_as_list('a') == ['', '']
    assert request('a=', keep_blank_qs_values=False).get_param('a') is None


def test_commas_make_lists_on_demand() -> None:
    """With `auto_parse_qs_csv` a comma does what sending a parameter twice does."""
    req = request('a=1,2', auto_parse_qs_csv=True)
    assert req.get_param('a') == '2'
    assert req.get_param_as_list('a', int) == [1, 2]
    with pytest.raises(HTTPInvalidParam):
        req.get_param('a', allow_multiple=False)
    assert request('a=1,2').get_param('a') == '1,2'
    req = request('a=1,', auto_parse_qs_csv=True, keep_blank_qs_values=False)
    assert req.get_param('a', allow_multiple=False) == '1'


@pytest.mark.parametrize('method', [method for method, *_ in CONVERSIONS])
def test_a_list_without_values_is_a_missing_parameter(method: str) -> None:
    """A parameter that has commas only has no last value."""
    get = getattr(request('a=,', auto_parse_qs_csv=True, keep_blank_qs_values=False), method)
    assert get('a') is None
    assert get('a', default=5, allow_multiple=False) == 5
    with pytest.raises(HTTPMissingParam):
        get('a', required=True)


@pytest.mark.parametrize('method', ['get_param_as_int', 'get_param_as_float'])
def test_numbers_have_bounds(method: str) -> None:
    """A number outside its bounds is the client's fault; the bounds themselves are within them."""
    get = getattr(request('a=5'), method)
    assert get('a', min_value=5, max_value=5) == 5
    with pytest.raises(HTTPInvalidParam) as raised:
        get('a', min_value=6)
    assert raised.value.description == 'The "a" parameter is invalid. The value must be at least 6'
    with pytest.raises(HTTPInvalidParam) as raised:
        get('a', max_value=4)
    assert raised.value.description == 'The "a" parameter is invalid. The value may not exceed 4'


def test_a_blank_value_as_a_truth_value() -> None:
    """A parameter without a value is true, unless `blank_as_true` is False."""
    assert request('a').get_param_as_bool('a') is True
    assert request('a').get_param_as_bool('a', blank_as_true=False) is False
    assert request('a=off').get_param_as_bool('a', blank_as_true=False) is False


def test_times_have_formats() -> None:
    """`format_string` says how a date or time is written."""
    req = request('a=02.01.2020')
    assert req.get_param_as_date('a', '%d.%m.%Y') == date(2020, 1, 2)
    assert req.get_param_as_datetime('a', format_string='%d.%m.%Y') == datetime(2020, 1, 2)


queries = st.one_of(
    st.binary(max_size=40),
    st.lists(st.sampled_from(['a', 'b', '=', '&', ',', '[', ']', '%', '+', '1', '{', '"', 'x', '-']), max_size=25).map(
        lambda texts: ''.join(texts).encode()
    ),
)


@given(query=queries, csv=st.booleans(), keeps_blank=st.booleans(), multiple=st.booleans())
def test_any_query_string_gives_values_or_is_refused(
    query: bytes, csv: bool, keeps_blank: bool, multiple: bool
) -> None:
    """Whatever a client sends, a method returns or raises what is answered with 400."""
    req = request(query, auto_parse_qs_csv=csv, keep_blank_qs_values=keeps_blank)
    calls: list[Callable[[], object]] = [lambda: req.get_param_as_list('a'), req.get_query_string_as_media]
    calls += [
        lambda method=method: getattr(req, method)('a', allow_multiple=multiple)  # type: ignore[misc] # one for each
        for method in ALL_METHODS
        if method != 'get_param_as_list'
    ]
    calls.append(lambda: req.get_param_as_dict('a', deep_object=True, allow_multiple=multiple))
    for call in calls:
        with suppress(HTTPBadRequest):
            call()
