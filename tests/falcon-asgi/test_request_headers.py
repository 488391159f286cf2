from datetime import UTC, datetime

import pytest

from falcon_asgi import Request
from falcon_core.http_errors import HTTPInvalidHeader, HTTPMissingHeader

DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'


def request(*headers: tuple[str, str]) -> Request:
    pairs = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in headers]
    return Request({'type': 'http', 'method': 'GET', 'path': '/', 'headers': pairs}, None)


@pytest.mark.parametrize('name', ['x-token', 'X-Token', 'X-TOKEN'])
def test_names_are_compared_without_regard_to_case(name: str) -> None:
    """A header is found under its name in any case (RFC 9110, section 5.1)."""
    assert request(('x-token', 'abc')).get_header(name) == 'abc'


def test_any_text_may_be_asked_for() -> None:
    """A name that no header can have is one that is missing; of others than ASCII, the bytes are compared."""
    req = request(('x-é', '1'))
    assert req.get_header('X-É') == '1'
    assert req.get_header('x-☃') is None


def test_values_are_latin_1() -> None:
    """Each byte of a value is the character of its number (RFC 9110, section 5.5)."""
    assert request(('x-token', 'é\xff')).get_header('X-Token') == 'é\xff'


def test_a_missing_header_is_none_or_the_default_or_an_error() -> None:
    """`required` prevails over `default`; an empty header is not missing."""
    req = request(('x-empty', ''))
    assert req.get_header('X-Token') is None
    assert req.get_header('X-Token', default='abc') == 'abc'
    assert req.get_header('X-Empty', required=True, default='abc') == ''
    with pytest.raises(HTTPMissingHeader) as raised:
        req.get_header('X-Token', required=True, default='abc')
    assert raised.value.description == 'The "X-Token" header is required.'


def test_values_of_a_repeated_header_are_joined() -> None:
    """Several lines count as one with commas, in their order (RFC 9110, section 5.3)."""
    req = request(('accept', 'a/b'), ('x-token', '1'), ('accept', 'c/d'), ('x-token', ''), ('x-token', '3'))
    assert req.headers == {'accept': 'a/b,c/d', 'x-token': '1,,3'}


@pytest.mark.parametrize('name', ['content-type', 'expect', 'from', 'max-forwards', 'referer', 'user-agent'])
def test_of_a_repeated_single_header_the_last_counts(name: str) -> None:
    """A header that has one value is never a list of them."""
    assert request((name, 'a'), ('x-token', '1'), (name, 'b')).get_header(name) == 'b'


def test_repeated_cookies_are_joined_as_cookies_are() -> None:
    """HTTP/2 lets a client send each cookie by itself (RFC 9113, section 8.2.3)."""
    req = request(('cookie', 'a=1'), ('cookie', 'b=2; a=3'))
    assert req.get_header('Cookie') == 'a=1; b=2; a=3'
    assert req.cookies == {'a': '1', 'b': '2'}


def test_repeated_lengths_are_one_or_malformed() -> None:
    """The same length may be told several times, different ones never (RFC 9110, section 8.6)."""
    assert request(('content-length', '5'), ('content-length', '5')).content_length == 5
    req = request(('content-length', '5'), ('content-length', '6'))
    assert req.get_header('Content-Length') == '5,6'
    with pytest.raises(HTTPInvalidHeader):
        _ = req.content_length


@pytest.mark.parametrize(('value', 'number'), [('5', 5), ('-5', -5), ('+5', 5), (' 5 ', 5), ('007', 7)])
def test_header_as_int(value: str, number: int) -> None:
    """The value of a header can be had as a number; a header that is missing is None."""
    req = request(('x-count', value))
    assert req.get_header_as_int('X-Count') == number
    assert req.get_header_as_int('X-Count', required=True) == number
    assert req.get_header_as_int('X-Other') is None
    with pytest.raises(HTTPMissingHeader):
        req.get_header_as_int('X-Other', required=True)


@pytest.mark.parametrize('value', ['', 'x', '1.0', '1_0', '0x5', '²', '9' * 5000, '5,5'])
def test_header_that_is_no_int_is_refused(value: str) -> None:
    """Anything but a row of digits, with or without a sign, is the client's fault."""
    with pytest.raises(HTTPInvalidHeader) as raised:
        request(('x-count', value)).get_header_as_int('X-Count')
    text = 'The value provided for the "X-Count" header is invalid. The value of the header must be an integer.'
    assert raised.value.description == text


def test_header_as_datetime() -> None:
    """The value of a header can be had as a time; a header that is missing is None."""
    req = request(('x-time', DATE))
    time = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert req.get_header_as_datetime('X-Time') == time
    assert req.get_header_as_datetime('X-Time', required=True, obs_date=True) == time
    assert req.get_header_as_datetime('X-Other') is None
    with pytest.raises(HTTPMissingHeader):
        req.get_header_as_datetime('X-Other', required=True)


@pytest.mark.parametrize('value', ['Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])
def test_obsolete_dates_are_taken_on_demand(value: str) -> None:
    """`obs_date` adds the formats that are obsolete (RFC 9110, section 5.6.7)."""
    req = request(('x-time', value))
    assert req.get_header_as_datetime('X-Time', obs_date=True) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    with pytest.raises(HTTPInvalidHeader):
        req.get_header_as_datetime('X-Time')


@pytest.mark.parametrize('value', ['', 'junk', f'{DATE}, {DATE}', 'Sun, 06 Nov 1994 08:49:37 UTC'])
def test_header_that_is_no_date_is_refused(value: str) -> None:
    """Anything but an HTTP date is the client's fault."""
    with pytest.raises(HTTPInvalidHeader) as raised:
        request(('x-time', value)).get_header_as_datetime('X-Time')
    text = 'The value provided for the "X-Time" header is invalid. It must be formatted according to RFC 7231'
    assert str(raised.value.description).startswith(text)


@pytest.mark.parametrize(
    ('header', 'attribute'),
    [
        ('authorization', 'auth'),
        ('expect', 'expect'),
        ('if-range', 'if_range'),
        ('last-event-id', 'last_event_id'),
        ('referer', 'referer'),
        ('user-agent', 'user_agent'),
    ],
)
def test_attributes_that_are_headers(header: str, attribute: str) -> None:
    """An attribute holds the value of its header, None where that is missing or empty."""
    assert getattr(request((header, 'abc é')), attribute) == 'abc é'
    assert getattr(request(), attribute) is None
    assert getattr(request((header, '')), attribute) is None
    assert getattr(Request, attribute).__doc__.endswith(', or None.')


@pytest.mark.parametrize(
    ('header', 'attribute', 'value', 'parsed'),
    [
        ('if-match', 'if_match', '"a", W/"b"', ['a', 'b']),
        ('if-none-match', 'if_none_match', '*', ['*']),
        ('range', 'range', 'bytes=1-2', (1, 2)),
        ('range', 'range_unit', 'bytes=1-2', 'bytes'),
    ],
)
def test_attributes_that_are_parsed_headers(header: str, attribute: str, value: str, parsed: object) -> None:
    """An attribute holds what its header says, parsed once; None where that is missing."""
    req = request((header, value))
    assert getattr(req, attribute) == parsed
    assert getattr(req, attribute) is getattr(req, attribute)
    assert getattr(request(), attribute) is None
    assert header.title() in str(getattr(Request, attribute).__doc__)


def test_a_malformed_header_raises_each_time_it_is_read() -> None:
    """What an attribute cannot parse is the client's fault, and does not become a value."""
    for value in ('junk', ''):
        req = request(('range', value))
        for attribute in ('range', 'range_unit') * 2:
            with pytest.raises(HTTPInvalidHeader):
                getattr(req, attribute)


def test_a_subclass_may_hand_on_all_arguments() -> None:
    """`get_header` takes what Falcon's takes, the cache that it has no use for included."""
    assert request(('x-a', 'a')).get_header('X-A', False, None, {}) == 'a'
