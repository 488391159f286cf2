import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import HTTPInvalidParam
from falcon_core.query import (
    bool_param,
    date_param,
    datetime_param,
    deep_object_param,
    dict_param,
    float_param,
    int_param,
    json_param,
    list_param,
    parse_query_string,
    to_query_str,
    uuid_param,
)

TEXT = st.text(st.characters(exclude_categories=['Cs']))
UUID = '12345678-1234-5678-1234-567812345678'

INTEGER = 'The value must be an integer.'
FLOAT = 'The value must be a float.'
BOOL = 'The value of the parameter must be "true" or "false".'
DATE = 'The date value does not match the required format.'
EVEN = 'The number of list elements must be even.'
JSON = "It could not be deserialized as 'application/json'."


def assert_refused(message: str, convert: Callable[..., Any], *args: Any, **options: Any) -> None:
    with pytest.raises(HTTPInvalidParam) as raised:
        convert(*args, **options)
    assert raised.value.description == f'The "p" parameter is invalid. {message}'


@pytest.mark.parametrize(
    ('query_string', 'plain', 'csv', 'blank_csv'),
    [
        ('a=1&b=2', {'a': '1', 'b': '2'}, {'a': '1', 'b': '2'}, {'a': '1', 'b': '2'}),
        ('a=1&%61=2', {'a': ['1', '2']}, {'a': ['1', '2']}, {'a': ['1', '2']}),
        ('a=1&a=2&a=3', {'a': ['1', '2', '3']}, {'a': ['1', '2', '3']}, {'a': ['1', '2', '3']}),
        ('a=1,2&a=3', {'a': ['1,2', '3']}, {'a': ['1', '2', '3']}, {'a': ['1', '2', '3']}),
        ('a=1&a=2,3', {'a': ['1', '2,3']}, {'a': ['1', '2', '3']}, {'a': ['1', '2', '3']}),
        ('a=1%2C2', {'a': '1,2'}, {'a': '1,2'}, {'a': '1,2'}),
        ('a=1,,2', {'a': '1,,2'}, {'a': ['1', '2']}, {'a': ['1', '', '2']}),
        ('a=,', {'a': ','}, {'a': []}, {'a': ['', '']}),
        ('a=&b', {}, {}, {'a': '', 'b': ''}),
        ('a=&a=1', {'a': '1'}, {'a': '1'}, {'a': ['', '1']}),
        ('=1&=', {'': '1'}, {'': '1'}, {'': ['1', '']}),
        ('&a=b=c&', {'a': 'b=c'}, {'a': 'b=c'}, {'a': 'b=c'}),
        ('a+b=c+d%26', {'a b': 'c d&'}, {'a b': 'c d&'}, {'a b': 'c d&'}),
        ('a=1;b=2', {'a': '1;b=2'}, {'a': '1;b=2'}, {'a': '1;b=2'}),
        ('', {}, {}, {}),
    ],
)
def test_parse_query_string(query_string: str, plain: object, csv: object, blank_csv: object) -> None:
    """Parameters are decoded; several of one name make a list, as do commas if they are to; blanks are optional."""
    assert parse_query_string(query_string) == plain
    assert parse_query_string(query_string, csv=True) == csv
    assert parse_query_string(query_string, keep_blank=True, csv=True) == blank_csv


@given(st.text() | st.text('ab=&,%+2C'), st.booleans(), st.booleans())
def test_any_query_string_is_parsed(query_string: str, keep_blank: bool, csv: bool) -> None:
    """Nothing a client sends raises."""
    for value in parse_query_string(query_string, keep_blank, csv).values():
        assert isinstance(value, (str, list))


def by_the_letter(query_string: str, keep_blank: bool, csv: bool) -> dict[str, str | list[str]]:
    """What `parse_query_string` has to return, field by field."""
    gathered: dict[str, list[str]] = {}
    lists = set()
    for field in query_string.split('&'):
        raw_name, _, raw_value = field.partition('=')
        if not field or not (raw_value or keep_blank):
            continue
        name = unquote_plus(raw_name)
        if csv and ',' in raw_value:
            lists.add(name)
            gathered.setdefault(name, []).extend(
                unquote_plus(item) for item in raw_value.split(',') if item or keep_blank
            )
        else:
            gathered.setdefault(name, []).append(unquote_plus(raw_value))
    return {name: values if name in lists or len(values) > 1 else values[0] for name, values in gathered.items()}


PIECES = st.lists(st.sampled_from([*'ab=&,%+26', '%26', '%3D', '%3d', '%2C', '%2B', '%25', '%C3', '%A9', '\xe9']))


@given(PIECES.map(''.join), st.booleans(), st.booleans())
def test_shortcuts_change_nothing(query_string: str, keep_blank: bool, csv: bool) -> None:
    """What is done once for all fields comes to what each field by itself comes to, escaped delimiters included."""
    expected = by_the_letter(query_string, keep_blank, csv)
    assert parse_query_string(query_string, keep_blank, csv) == expected


@pytest.mark.parametrize(
    ('params', 'with_commas', 'repeated'),
    [
        ({'a': 1, 'b c': 'd&e'}, '?a=1&b%20c=d%26e', '?a=1&b%20c=d%26e'),
        ({'a': [1, 'x,y'], 'b': (True, 2.5)}, '?a=1,x%2Cy&b=true,2.5', '?a=1&a=x%2Cy&b=true&b=2.5'),
        ({'a': True, 'b': False}, '?a=true&b=false', '?a=true&b=false'),
        ({'a': None, 'b': ''}, '?a=None&b=', '?a=None&b='),
        ({'a': []}, '?a=', ''),
        ({}, '', ''),
        (None, '', ''),
    ],
)
def test_to_query_str(params: Any, with_commas: str, repeated: str) -> None:
    """Parameters are encoded, and lists written with commas or one by one."""
    assert to_query_str(params) == with_commas
    assert to_query_str(params, comma_delimited_lists=False) == repeated
    assert to_query_str(params, prefix=False) == with_commas.removeprefix('?')


@given(st.dictionaries(TEXT, TEXT | st.lists(TEXT, min_size=2)), st.booleans())
def test_query_strings_round_trip(params: dict[str, str | list[str]], commas: bool) -> None:
    """What was written is read as itself, lists by whichever of the two forms they were written in."""
    query_string = to_query_str(params, comma_delimited_lists=commas, prefix=False)
    assert parse_query_string(query_string, keep_blank=True, csv=commas) == params


@pytest.mark.parametrize(('value', 'number'), [('1', 1), ('-5', -5), ('+5', 5), (' 5', 5), ('007', 7)])
def test_int_param(value: str, number: int) -> None:
    """A whole number may have a sign; a plus may have become a space."""
    assert int_param(value, 'p') == number


@pytest.mark.parametrize('value', ['', 'x', '1.0', '1e3', '0x10', '1_0', '\u0663', '9' * 4301])
def test_what_is_no_integer_is_refused(value: str) -> None:
    """Only ASCII digits make a whole number, and not too many of them."""
    assert_refused(INTEGER, int_param, value, 'p')


@pytest.mark.parametrize(('value', 'number'), [('1', 1.0), ('-.5', -0.5), ('1e3', 1000.0), (' 5 ', 5.0)])
def test_float_param(value: str, number: float) -> None:
    """A number may have a sign, a fraction and an exponent."""
    assert float_param(value, 'p') == number


@pytest.mark.parametrize('value', ['', 'x', '1,5', '1_0', '\u0663', 'nan', 'inf', '-Infinity', '1e999', '9' * 5000])
def test_what_is_no_finite_number_is_refused(value: str) -> None:
    """Neither NaN, which no bounds would keep out, nor the infinities are taken."""
    assert_refused(FLOAT, float_param, value, 'p')


@pytest.mark.parametrize('convert', [int_param, float_param])
def test_bounds(convert: Callable[..., float]) -> None:
    """Both bounds belong to what is taken; the least is looked at first."""
    assert convert('2', 'p', min_value=2, max_value=2) == 2
    assert_refused('The value must be at least 6', convert, '5', 'p', min_value=6, max_value=4)
    assert_refused('The value may not exceed 4', convert, '5', 'p', max_value=4)
    assert_refused('The value must be at least 0', convert, '-1', 'p', min_value=0)


@pytest.mark.parametrize('value', ['true', 'True', 't', 'yes', 'y', '1', 'on'])
def test_true(value: str) -> None:
    """These words are true."""
    assert bool_param(value, 'p') is True


@pytest.mark.parametrize('value', ['false', 'False', 'f', 'no', 'n', '0', 'off'])
def test_false(value: str) -> None:
    """These words are false."""
    assert bool_param(value, 'p') is False


def test_blank_is_true_or_false() -> None:
    """A parameter without a value is a flag that is set, unless the caller says otherwise."""
    assert bool_param('', 'p') is True
    assert bool_param('', 'p', blank_as_true=False) is False


@pytest.mark.parametrize('value', ['TRUE', 'Yes', '2', ' true', 'x'])
def test_other_words_are_refused(value: str) -> None:
    """Any other word is neither true nor false."""
    assert_refused(BOOL, bool_param, value, 'p')


def test_dates_and_times() -> None:
    """Dates and times are read by the given format, or by that of ISO 8601 with an offset."""
    assert date_param('2020-01-02', 'p') == date(2020, 1, 2)
    assert date_param('02.01.2020', 'p', '%d.%m.%Y') == date(2020, 1, 2)
    assert datetime_param('2020-01-02T03:04:05Z', 'p') == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert datetime_param('2020-01-02T03:04:05+02:00', 'p') == datetime(2020, 1, 2, 1, 4, 5, tzinfo=UTC)
    assert datetime_param('2020', 'p', '%Y') == datetime(2020, 1, 1)


@pytest.mark.parametrize('value', ['', 'x', '2020-13-01', '2020-01-02T03:04:05', '2020-01-02T03:04:05+99:99'])
def test_other_dates_are_refused(value: str) -> None:
    """What does not match the format, and what the calendar does not have, is refused."""
    assert_refused(DATE, date_param, value, 'p')
    assert_refused(DATE, datetime_param, value, 'p')


@pytest.mark.parametrize('value', [UUID, UUID.replace('-', ''), f'{{{UUID}}}', f'urn:uuid:{UUID.upper()}'])
def test_uuid_param(value: str) -> None:
    """A UUID may come with or without hyphens, braces and prefix."""
    assert uuid_param(value, 'p') == uuid.UUID(UUID)


@pytest.mark.parametrize(
    'value', ['', 'x', UUID[1:], f'{UUID}0', UUID.replace('8-1', '_-1'), UUID.replace('1', '\u0661')]
)
def test_other_uuids_are_refused(value: str) -> None:
    """32 hexadecimal ASCII digits make a UUID."""
    assert_refused('The value must be a UUID string.', uuid_param, value, 'p')


@pytest.mark.parametrize(('value', 'media'), [('{"a":[1,null]}', {'a': [1, None]}), (' 1.5', 1.5), ('"\xe9"', '\xe9')])
def test_json_param(value: str, media: object) -> None:
    """A parameter may hold JSON of any kind."""
    assert json_param(value, 'p') == media


@pytest.mark.parametrize('value', ['', '[1', 'NaN', '[-Infinity]', '9' * 5000, '[' * 100_000, '{"a":' * 100_000])
def test_other_json_is_refused(value: str) -> None:
    """What RFC 8259 does not have, and what is nested too deeply, is refused."""
    assert_refused(JSON, json_param, value, 'p')


@pytest.mark.parametrize(
    ('value', 'delimiter', 'items'),
    [
        ('1,2', None, ['1,2']),
        ('1,,2', ',', ['1', '', '2']),
        ('1|2', '|', ['1', '2']),
        ('1|2', 'pipeDelimited', ['1', '2']),
        ('1 2', ' ', ['1', '2']),
        ('1 2', 'spaceDelimited', ['1', '2']),
        (['1', '2,3'], ',', ['1', '2,3']),
    ],
)
def test_list_param(value: Any, delimiter: str | None, items: list[str]) -> None:
    """A single value is split at the delimiter; several are a list as they are."""
    assert list_param(value, 'p', delimiter=delimiter) == items


def test_list_param_transforms_its_items() -> None:
    """Each item is transformed; ValueError from that is a refusal."""
    assert list_param(['1', '2'], 'p', int) == [1, 2]
    assert_refused('The value is not formatted correctly.', list_param, ['1', 'x'], 'p', int)


@pytest.mark.parametrize('convert', [list_param, dict_param])
def test_an_unknown_delimiter_is_the_callers_fault(convert: Callable[..., Any]) -> None:
    """A delimiter that is not supported raises ValueError, not an error for the client."""
    with pytest.raises(ValueError, match="received delimiter 'x'"):
        convert('1', 'p', delimiter='x')


def test_dict_param() -> None:
    """Keys and values alternate; of two values for a key the last one counts."""
    assert dict_param('a,1,b,2,a,3', 'p', ',') == {'a': '3', 'b': '2'}
    assert dict_param(['a', '1'], 'p') == {'a': '1'}
    assert_refused(EVEN, dict_param, 'a,1,b', 'p', ',')
    assert_refused(EVEN, dict_param, '', 'p')


def test_deep_object_param() -> None:
    """The parameters with a key in brackets make a mapping; of several values the first counts."""
    params: dict[str, str | list[str]] = {'p[a]': '1', 'p[b]': ['2', '3'], 'p[c]': [], 'p': '4', 'q[a]': '5', 'p[': '6'}
    assert deep_object_param(params, 'p') == {'a': '1', 'b': '2'}
    assert deep_object_param(params, 'x') is None
    message = 'The "p[b]" key may not have multiple values.'
    assert_refused(message, deep_object_param, params, 'p', allow_multiple=False)


CONVERSIONS: list[Callable[[str, str], object]] = [
    bool_param,
    date_param,
    datetime_param,
    dict_param,
    float_param,
    int_param,
    json_param,
    uuid_param,
]


@given(st.sampled_from(CONVERSIONS), st.text() | st.text('0123456789+-:.TZeE_{}[]",aflnrstu '))
def test_any_text_is_converted_or_refused(convert: Callable[[str, str], object], value: str) -> None:
    """Whatever a client sends raises nothing but HTTPInvalidParam."""
    with suppress(HTTPInvalidParam):
        convert(value, 'p')
