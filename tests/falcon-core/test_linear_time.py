"""What clients send cannot hold up the process: each parser takes time linear in its input.

Instructions of Python are counted, and what functions written in C do, such as regular expressions, is timed.
"""

import itertools
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from falcon_core.cookies import format_cookie, parse_cookies
from falcon_core.dates import http_date_to_dt
from falcon_core.etags import ETag, parse_etags
from falcon_core.file_names import format_content_disposition, secure_filename
from falcon_core.forwarded import parse_forwarded
from falcon_core.header_values import check_header_name, check_header_value, is_token
from falcon_core.http_error import HTTPError
from falcon_core.http_status import http_status_to_code
from falcon_core.limits import check_header_params, check_query_params
from falcon_core.links import format_link
from falcon_core.media_types import best_match, parse_header, parse_media_type, quality
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
    uuid_param,
)
from falcon_core.ranges import parse_range
from falcon_core.redirects import HTTPFound
from falcon_core.scopes import headers_by_name
from falcon_core.uri import decode, encode, encode_check_escaped, parse_host, unquote_string
from instruction_count import MAX_INSTRUCTION_GROWTH, instruction_growth

CHARACTERS = 50_000
SECONDS = 1.0

COUNTED_CHARACTERS = 1000

Call = Callable[[], object]

PARSERS: dict[str, Callable[[str], object]] = {
    'best_match': lambda text: best_match(['a/b', 'text/html;a=b'], text),
    'bool_param': lambda text: bool_param(text, 'p'),
    'check_header_name': check_header_name,
    'check_header_params': lambda text: check_header_params('a', text, 100),
    'check_header_value': check_header_value,
    'check_query_params': lambda text: check_query_params(text, 100, csv=True),
    'date_param': lambda text: date_param(text, 'p'),
    'datetime_param': lambda text: datetime_param(text, 'p'),
    'decode': decode,
    'deep_object_param': lambda text: deep_object_param(parse_query_string(text), 'a'),
    'dict_param': lambda text: dict_param(text, 'p', ','),
    'encode': encode,
    'encode_check_escaped': encode_check_escaped,
    'etag': ETag.loads,
    'float_param': lambda text: float_param(text, 'p'),
    'format_content_disposition': format_content_disposition,
    'format_link': lambda text: format_link(text, text, title=text),
    'headers_by_name': lambda text: headers_by_name([(b'a', part.encode('utf-8', 'replace')) for part in text]),
    'http_date_to_dt': lambda text: http_date_to_dt(text, obs_date=True),
    'http_found': HTTPFound,
    'http_status_to_code': http_status_to_code,
    'int_param': lambda text: int_param(text, 'p'),
    'is_token': is_token,
    'json_param': lambda text: json_param(text, 'p'),
    'list_param': lambda text: list_param(text, 'p', str, '|'),
    'parse_cookies': parse_cookies,
    'parse_etags': parse_etags,
    'parse_forwarded': parse_forwarded,
    'parse_header': parse_header,
    'parse_host': parse_host,
    'parse_media_type': parse_media_type,
    'parse_query_string': lambda text: parse_query_string(text, keep_blank=True, csv=True),
    'parse_range': parse_range,
    'quality': lambda text: quality(text, text),
    'secure_filename': secure_filename,
    'set_cookie': lambda text: format_cookie('a', text, path=text),
    'unquote_string': unquote_string,
    'uuid_param': lambda text: uuid_param(text, 'p'),
}

# What makes a text fit until its end, and then not.
ENDINGS = ('', '"\x00')

# A pattern is a beginning, and what is repeated after it.
PATTERNS = [
    ('', pattern)
    for pattern in [
        *'a0 "\\;*%[-',
        *('\u0300\u0316', '\ud800', '"\\', '\\"', '",', '";', 'W/"', 'a=', '=;', 'a=";', ';a="', '\\073', '%41', '%4'),
        *(
            'a=b&',
            'a,b&',
            '-0,',
            'a/',
            'a/b,',
            'a/b;q=',
            '*/*;',
            'for="',
            'for=a,',
            'for=";,',
            '::',
            '[:',
            '{"a":',
            '1e',
        ),
    ]
] + [
    ('"', 'a'),
    ('"', '\\'),
    ('a="', '\\"'),
    ('a; a="', '\\\\'),
    ('a/b;q=0.', '1'),
    ('a/b;q=', '9'),
    ('bytes=0-', '9'),
    ('bytes=', '0-1,'),
    ('bytes=', ' '),
    ('for="', '\\'),
    ('[', ':'),
    ('a:', '0'),
    ('200 ', 'a'),
    ('Sun, ', '0'),
    ('2020-01-02T03:04:05+', '00:'),
    ('urn:uuid:', '-'),
    ('0.', '1'),
    ('1e', '0'),
]


@pytest.mark.parametrize('name', PARSERS)
def test_attacks_take_no_time(name: str) -> None:
    """50,000 characters of any pattern take less than a second, whether they are taken or refused."""
    for (beginning, pattern), ending in itertools.product(PATTERNS, ENDINGS):
        text = beginning + pattern * (CHARACTERS // len(pattern)) + ending
        started = time.thread_time()
        _tried(name, text)
        assert time.thread_time() - started < SECONDS, (beginning, pattern, ending)


@pytest.mark.parametrize('name', PARSERS)
def test_twice_the_input_takes_twice_the_instructions(name: str) -> None:
    """Whatever pattern is repeated, doubling it at most about doubles the instructions."""
    for (beginning, pattern), ending in itertools.product(PATTERNS, ENDINGS):

        def prepare(size: int, beginning: str = beginning, pattern: str = pattern, ending: str = ending) -> Call:
            text = beginning + pattern * (size // len(pattern)) + ending
            return lambda: _tried(name, text)

        growth = instruction_growth(prepare, COUNTED_CHARACTERS)
        assert growth <= MAX_INSTRUCTION_GROWTH, (beginning, pattern, ending)


def _tried(name: str, text: str) -> None:
    with suppress(ValueError, HTTPError):
        PARSERS[name](text)
