import math
import re
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from falcon_core.converters import (
    BUILTIN_CONVERTERS,
    BaseConverter,
    DateTimeConverter,
    FloatConverter,
    IntConverter,
    PathConverter,
    RegexConverter,
    UUIDConverter,
)

UUID_TEXT = '12345678-1234-5678-1234-56781234abcd'
UUID_HEX = UUID_TEXT.replace('-', '')

# What converters might trip over: signs, digits of other scripts, separators, blanks, and text near what they take.
ODD_TEXTS = st.text('0123456789+-_.eEnaifINFtTZ:/ %{}\n\x00٣۳²½日\ud800', max_size=40) | st.text(max_size=40)


@pytest.mark.parametrize(
    ('text', 'number'),
    [('0', 0), ('7', 7), ('007', 7), ('-1', -1), ('+1', 1), ('-0', 0), ('9' * 4300, int('9' * 4300))],
)
def test_integers(text: str, number: int) -> None:
    """ASCII digits with or without a sign are an integer."""
    assert IntConverter().convert(text) == number


@pytest.mark.parametrize(
    'text',
    [
        '',
        '+',
        '-',
        '--1',
        '+-1',
        '1_0',
        '_1',
        ' 1',
        '1 ',
        '1\n',
        '\n1',
        '1.0',
        '1e3',
        '0x1',
        'a',
        '٣',
        '²',
        '\uff11',
        '-٣',
        '1\x00',
        '9' * 4301,
        '-' + '9' * 5000,
    ],
)
def test_no_integers(text: str) -> None:
    """Nothing else is: no underscores, blanks or digits of other scripts, and nothing that is too long for `int`."""
    assert IntConverter().convert(text) is None


@pytest.mark.parametrize(
    ('arguments', 'hits', 'misses'),
    [
        ({'num_digits': 2}, ['12', '-1', '00'], ['1', '123', '']),
        ({'min': 3}, ['3', '4'], ['2', '-3']),
        ({'max': 3}, ['3', '-4'], ['4']),
        ({'min': 0, 'max': 0}, ['0', '-0'], ['1', '-1']),
        ({'min': 1.5}, ['2'], ['1']),
        ({'num_digits': 2, 'min': 10}, ['10'], ['09', '010']),
        ({'min': 2, 'max': 1}, [], ['1', '2']),
    ],
)
def test_bounds_of_integers(arguments: dict[str, Any], hits: list[str], misses: list[str]) -> None:
    """The number of characters is exact, the bounds are inclusive, and both can be combined."""
    converter = IntConverter(**arguments)
    assert [converter.convert(text) for text in hits] == [int(text) for text in hits]
    assert [converter.convert(text) for text in misses] == [None] * len(misses)


@pytest.mark.parametrize('num_digits', [0, -1, 2.5, '1'])
def test_num_digits_is_positive(num_digits: Any) -> None:
    """A number of characters that no number can have is refused."""
    with pytest.raises(ValueError, match=f'received num_digits {num_digits!r}, expected an int of at least 1'):
        IntConverter(num_digits)


@pytest.mark.parametrize('converter', [IntConverter, FloatConverter])
@pytest.mark.parametrize('name', ['min', 'max'])
@pytest.mark.parametrize('bound', ['1', (), 1j])
def test_bounds_are_numbers(converter: Any, name: str, bound: object) -> None:
    """A bound that a number cannot be compared with is refused at once, not when the first path is looked for."""
    with pytest.raises(ValueError, match=re.escape(f'received {name} {bound!r}, expected a number')):
        converter(**{name: bound})


@pytest.mark.parametrize(
    ('text', 'number'),
    [
        ('0', 0.0),
        ('1', 1.0),
        ('1.', 1.0),
        ('.5', 0.5),
        ('-1.5', -1.5),
        ('+1.5', 1.5),
        ('1e3', 1000.0),
        ('1.5E-3', 0.0015),
        ('1e-999', 0.0),
        ('1' * 300, float('1' * 300)),
        ('0.' + '0' * 5000 + '1', 0.0),
    ],
)
def test_floats(text: str, number: float) -> None:
    """Decimal numbers are floats, with or without a sign, a point and an exponent."""
    assert FloatConverter().convert(text) == number


@pytest.mark.parametrize(
    'text',
    [
        *('', '.', '+', 'e', '1e', '.e1', '1e+', '1_0', ' 1', '1 ', '1\n', '1,5', '1.5.2', '--1', '0x1p3', '٣', 'a'),
        *('nan', 'inf', '-inf', 'infinity', 'NaN', '1e999', '-1e999', '9' * 400),
    ],
)
def test_no_floats(text: str) -> None:
    """Nothing else is: no underscores or blanks, and no number that is not finite, however it is written."""
    assert FloatConverter().convert(text) is None


def test_floats_that_are_not_finite() -> None:
    """Infinities and `nan` match if asked for; `nan`, which no bound is less or more than, whatever the bounds."""
    converter = FloatConverter(finite=False)
    for text, number in (('inf', math.inf), ('-Infinity', -math.inf), ('1e999', math.inf), ('5000', 5000.0)):
        assert converter.convert(text) == number
    assert math.isnan(converter.convert('nan') or 0)
    assert math.isnan(FloatConverter(min=1, max=2, finite=False).convert('-NaN') or 0)
    assert FloatConverter(max=2, finite=False).convert('inf') is None
    assert [converter.convert(text) for text in ('infinit', 'nano', 'inf ', '\u0131nf', 'in')] == [None] * 5


def test_bounds_of_floats() -> None:
    """Bounds are inclusive."""
    converter = FloatConverter(min=-0.5, max=1)
    assert [converter.convert(text) for text in ('-0.5', '1', '-0.50001', '1.1')] == [-0.5, 1.0, None, None]


@pytest.mark.parametrize(
    ('arguments', 'text', 'moment'),
    [
        ((), '2024-02-29T12:30:00Z', datetime(2024, 2, 29, 12, 30, tzinfo=UTC)),
        ((), '2024-02-29T12:30:00-0130', datetime(2024, 2, 29, 12, 30, tzinfo=timezone(-timedelta(minutes=90)))),
        (('%Y-%m-%d',), '2024-02-29', datetime(2024, 2, 29)),
        (('%Y-%m-%d',), '2024-2-9', datetime(2024, 2, 9)),
        (('%d/%m',), '29/01', datetime(1900, 1, 29)),
        (('%G-W%V-%u',), '2024-W01-1', datetime(2024, 1, 1)),
        (('%Y week %U %w',), '2024 week 01 0', datetime(2024, 1, 7)),
        (('%I %p',), '12 AM', datetime(1900, 1, 1)),
        (('%%',), '%', datetime(1900, 1, 1)),
        (('today',), 'today', datetime(1900, 1, 1)),
        (('',), '', datetime(1900, 1, 1)),
    ],
)
@pytest.mark.filterwarnings('ignore:Parsing dates involving a day of month:DeprecationWarning')
def test_dates_and_times(arguments: tuple[str, ...], text: str, moment: datetime) -> None:
    """A date and time is read by the format, that of ISO 8601 with an offset by default."""
    converted = DateTimeConverter(*arguments).convert(text)
    assert converted == moment
    assert converted.tzinfo == moment.tzinfo


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ((), ''),
        ((), '2024-02-29T12:30:00'),
        ((), '2024-02-30T12:30:00Z'),
        ((), '2024-02-29T12:30:00Z '),
        ((), ' 2024-02-29T12:30:00Z'),
        ((), '2024-02-29T12:30:00+2400'),
        ((), '2024-02-29T12:30:00+9959'),
        ((), '0000-01-01T00:00:00Z'),
        ((), '20240-02-29T12:30:00Z'),
        (('%Y %j',), '9999 366'),
        (('%Y %U %w',), '9999 53 6'),
        (('%G-W%V-%u',), '9999-W53-7'),
        (('%G-W%V-%u',), '0000-W01-1'),
        (('%Y-%m-%d',), '2024-02-29\x00'),
    ],
)
def test_no_dates_and_times(arguments: tuple[str, ...], text: str) -> None:
    """Text that does not fit the format, or a day that there is not, does not match, even out of range."""
    assert DateTimeConverter(*arguments).convert(text) is None


READ_FROM_3_14_ON = pytest.mark.skipif(sys.version_info >= (3, 14), reason='Python reads what it writes')


@pytest.mark.filterwarnings('ignore:Parsing dates involving a day of month:DeprecationWarning')
@pytest.mark.parametrize(
    'format_string',
    [
        *['%Q', '%', '%Y-%', '%d%d', '%G', '%s'],
        *(pytest.param(each, marks=READ_FROM_3_14_ON) for each in ('%-d', '%Y\x00%m')),
    ],
)
def test_format_that_cannot_match_is_refused(format_string: str) -> None:
    """A format that does not read what it writes is refused with the reason, as no path would ever match."""
    with pytest.raises(ValueError, match=re.escape(f'received format_string {format_string!r}, expected one for strp')):
        DateTimeConverter(format_string)


def test_format_is_a_string() -> None:
    """Anything but a string is refused as such."""
    number: Any = 5
    with pytest.raises(TypeError, match='int'):
        DateTimeConverter(number)


@pytest.mark.parametrize(
    'text',
    [UUID_TEXT, UUID_HEX, UUID_TEXT.upper(), f'{{{UUID_TEXT}}}', f'urn:uuid:{UUID_TEXT}', f'urn:uuid:{UUID_HEX}'],
)
def test_uuids(text: str) -> None:
    """The usual ways to write a UUID are all taken."""
    assert UUIDConverter().convert(text) == uuid.UUID(UUID_TEXT)


@pytest.mark.parametrize(
    'text',
    [
        *(
            '',
            '-',
            UUID_HEX[1:],
            UUID_HEX + '0',
            'g' + UUID_HEX[1:],
            ' ' + UUID_HEX,
            UUID_HEX + '\n',
            'uuid:' + UUID_HEX,
        ),
        *('+' + UUID_HEX[1:], '0x' + UUID_HEX[2:], '1_' + UUID_HEX[2:], ' ' + UUID_HEX[1:], '٣' + UUID_HEX[1:]),
    ],
)
def test_no_uuids(text: str) -> None:
    """Nothing is taken that only `int` would take for 32 hexadecimal digits."""
    assert UUIDConverter().convert(text) is None


def test_path() -> None:
    """The rest of the path is put together again."""
    assert PathConverter.CONSUME_MULTIPLE_SEGMENTS
    for parts in (['a'], ['a', 'b', ''], [''], ['', '']):
        assert PathConverter().convert(parts) == '/'.join(parts)


@pytest.mark.parametrize(
    ('arguments', 'text', 'value'),
    [
        (('a+',), 'aa', 'aa'),
        (('a+',), 'aab', None),
        (('a+',), 'baa', None),
        (('a',), 'a\n', None),
        (('a$',), 'a\n', None),
        (('',), '', ''),
        (('(?i)é',), 'É', 'É'),
        (('a(?P<x>b+)?', 'x'), 'abb', 'bb'),
        (('a(?P<x>b+)?', 'x'), 'a', None),
        (('a(?P<x>b*)', 'x'), 'a', ''),
        ((re.compile('a', re.IGNORECASE),), 'A', 'A'),
    ],
)
def test_regular_expressions(arguments: tuple[Any, ...], text: str, value: str | None) -> None:
    """The whole text has to match; its value is the text or a named group."""
    assert RegexConverter(*arguments).convert(text) == value


@pytest.mark.parametrize(
    ('arguments', 'error', 'text'),
    [
        (('(',), ValueError, "received pattern '(', expected a regular expression: missing"),
        (('a{99999999999999}',), ValueError, "received pattern 'a{99999999999999}', expected a regular expression"),
        (('a', 'x'), ValueError, "received group 'x', expected a named group of 'a'"),
        (('(a)', 1), ValueError, "received group 1, expected a named group of '(a)'"),
        (('a', ''), ValueError, "received group '', expected a named group of 'a'"),
        ((b'a',), TypeError, "received pattern b'a', expected a str"),
        ((re.compile(b'a'),), TypeError, "received pattern re.compile(b'a'), expected a str"),
        ((5,), TypeError, 'string'),
    ],
)
def test_expression_that_cannot_be_used_is_refused(
    arguments: tuple[Any, ...], error: type[Exception], text: str
) -> None:
    """A malformed expression, one for bytes, and an unknown group are refused with the reason."""
    with pytest.raises(error, match=re.escape(text)):
        RegexConverter(*arguments)


def test_base_has_to_be_extended() -> None:
    """A class without a method of its own says which one is missing."""

    class Unfinished(BaseConverter):
        pass

    assert not Unfinished.CONSUME_MULTIPLE_SEGMENTS
    with pytest.raises(NotImplementedError, match='Unfinished has no convert method'):
        Unfinished().convert('a')


def test_names_of_the_builtin_converters() -> None:
    """Templates know these names."""
    assert {
        'dt': DateTimeConverter,
        'float': FloatConverter,
        'int': IntConverter,
        'path': PathConverter,
        're': RegexConverter,
        'uuid': UUIDConverter,
    } == BUILTIN_CONVERTERS


CONVERTERS: list[Any] = [
    IntConverter(),
    IntConverter(num_digits=3, min=-5, max=99),
    FloatConverter(),
    FloatConverter(min=0, finite=False),
    DateTimeConverter(),
    DateTimeConverter('%G-W%V-%u'),
    DateTimeConverter('%y%j %Z'),
    DateTimeConverter('%Y %U %w'),
    DateTimeConverter('%c%z%f'),
    UUIDConverter(),
    RegexConverter(r'(?P<a>\d+)-?.*', 'a'),
]


@given(st.sampled_from(CONVERTERS), ODD_TEXTS)
@example(CONVERTERS[5], '9999-W53-7')
@example(CONVERTERS[6], '99366 UTC')
@example(CONVERTERS[7], '9999 53 6')
def test_no_text_raises(converter: Any, text: str) -> None:
    """What a client sent is converted or does not match, and never fails."""
    converter.convert(text)


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 9))
def test_no_date_raises(year: int, week: int, day: int) -> None:
    """Years, weeks and days that there are not do not match either."""
    for format_string, text in (
        ('%G-W%V-%u', f'{year:04}-W{week:02}-{day}'),
        ('%Y %U %w', f'{year:04} {week:02} {day}'),
    ):
        DateTimeConverter(format_string).convert(text)


@given(st.integers())
def test_every_integer_comes_back(number: int) -> None:
    """What `str` writes is read."""
    assert IntConverter().convert(str(number)) == number


@given(st.floats(allow_nan=False))
def test_every_float_comes_back(number: float) -> None:
    """What `repr` writes is read."""
    assert FloatConverter(finite=False).convert(repr(number)) == number


@given(st.uuids())
def test_every_uuid_comes_back(number: uuid.UUID) -> None:
    """What `str` writes is read."""
    assert UUIDConverter().convert(str(number)) == number


@contextmanager
def digits_unlimited() -> Iterator[None]:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def test_an_interpreter_without_a_limit_of_digits() -> None:
    """How long a number can be is the interpreter's setting."""
    with digits_unlimited():
        assert IntConverter().convert('1' + '0' * 5000) == 10**5000


@pytest.mark.parametrize('converter', CONVERTERS)
@pytest.mark.parametrize('text', ['1', '1.', '.', '1e', '-', '{', '0-', '2024-W01-', 'nan', ' ', 'urn:uuid:', 'é'])
def test_long_texts_take_linear_time(converter: Any, text: str) -> None:
    """Megabytes of almost a number are refused at once."""
    for end in ('', 'x'):
        begin = time.thread_time()
        converter.convert(text * (1_000_000 // len(text)) + end)
        converter.convert('0.' + text * (1_000_000 // len(text)) + end)
        assert time.thread_time() - begin < 1
