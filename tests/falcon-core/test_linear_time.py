"""What clients send cannot hold up the process: each parser takes time linear in its input."""

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from falcon_core.cookies import parse_cookies
from falcon_core.dates import http_date_to_dt
from falcon_core.etags import ETag, parse_etags
from falcon_core.file_names import format_content_disposition, secure_filename
from falcon_core.forwarded import parse_forwarded
from falcon_core.header_values import check_header_value, is_token
from falcon_core.http_errors import HTTPBadRequest
from falcon_core.http_status import http_status_to_code
from falcon_core.links import format_link
from falcon_core.media_types import best_match, parse_header, parse_media_type
from falcon_core.query import (
    bool_param,
    date_param,
    datetime_param,
    dict_param,
    float_param,
    int_param,
    json_param,
    parse_query_string,
    uuid_param,
)
from falcon_core.ranges import parse_range
from falcon_core.redirects import HTTPFound
from falcon_core.uri import decode, encode, encode_check_escaped, parse_host, unquote_string

CHARACTERS = 100_000
SECONDS = 1.0

PARSERS: dict[str, Callable[[str], object]] = {
    'best_match': lambda text: best_match(['a/b', 'text/html;a=b'], text),
    'bool_param': lambda text: bool_param(text, 'p'),
    'check_header_value': check_header_value,
    'date_param': lambda text: date_param(text, 'p'),
    'datetime_param': lambda text: datetime_param(text, 'p'),
    'decode': decode,
    'dict_param': lambda text: dict_param(text, 'p', ','),
    'encode': encode,
    'encode_check_escaped': encode_check_escaped,
    'etag': ETag.loads,
    'float_param': lambda text: float_param(text, 'p'),
    'format_content_disposition': format_content_disposition,
    'format_link': lambda text: format_link(text, text, title=text),
    'http_date_to_dt': lambda text: http_date_to_dt(text, obs_date=True),
    'http_found': HTTPFound,
    'http_status_to_code': http_status_to_code,
    'int_param': lambda text: int_param(text, 'p'),
    'is_token': is_token,
    'json_param': lambda text: json_param(text, 'p'),
    'parse_cookies': parse_cookies,
    'parse_etags': parse_etags,
    'parse_forwarded': parse_forwarded,
    'parse_header': parse_header,
    'parse_host': parse_host,
    'parse_media_type': parse_media_type,
    'parse_query_string': lambda text: parse_query_string(text, keep_blank=True, csv=True),
    'parse_range': parse_range,
    'secure_filename': secure_filename,
    'unquote_string': unquote_string,
    'uuid_param': lambda text: uuid_param(text, 'p'),
}

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
    """100,000 characters of any pattern take less than a second, whether they are taken or refused."""
    for beginning, pattern in PATTERNS:
        text = beginning + pattern * (CHARACTERS // len(pattern))
        started = time.perf_counter()
        with suppress(ValueError, HTTPBadRequest):
            PARSERS[name](text)
        assert time.perf_counter() - started < SECONDS, (name, beginning, pattern)
