"""Requests that call the functions which Falcon offers beside its classes."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from same_as_falcon.case import ANY, Case, Difference

__all__ = ['DIFFERENCES', 'cases']

_SEED = 20_240_230
_MADE_UP = 60

_TEXTS = [
    '', 'plain', 'a b', 'a+b', 'a%20b', 'a%2Bb', '%', '%2', '%zz', '%C3%A9', '%FF', 'é', '€', '😀', '/a/b?c=d&e#f',
    'a=1&b=2', 'a=1&a=2',
    'a=1,2', 'a=', 'a', '=', '&', '"quoted"', '"', '"a\\"b"', '~!$&\'()*,;=:@[]', '\0', '\n', '%00',
    'https://a.example/é?x=y z', '%25', '%2525', 'A%c3%a9',
]  # fmt: skip
_HOSTS = [
    '', 'a.example', 'a.example:80', 'a.example:', '[::1]', '[::1]:80', '192.0.2.1:8000', 'localhost', ':80', 'a:b',
    '::1',
]  # fmt: skip
_HEADERS = [
    'text/html', 'text/html; charset=utf-8', 'form-data; name="a"; filename="b;c"', 'a; b="c\\"d"', 'a;b', 'a; =b', '',
    ';', 'a; B=C', 'a; b=c; b=d', 'a;b=c;d', "a; b*=utf-8''c", 'a; b="c', 'a / b ; c = d',
]  # fmt: skip
_NAMES = [
    'a.txt', '', '.', '..', '../a', 'a b.txt', 'é.txt', '日本.txt', 'a/b', 'a\\b', '.hidden', 'a..b', 'CON', ' a ',
    'a' * 300 + '.txt', 'x.' + 'y' * 300, 'a\0b', 'ﬁ.txt', '~',
]  # fmt: skip
_STATUSES: list[Any] = [200, '200', '200 OK', 404, 299, 999, 1000, 99, 'x', '', '200 Fine', 'HTTP_200', None, 200.5]
_DATES = [
    'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'x', '',
    'Sun, 06-Nov-1994 08:49:37 GMT', 'Sun, 6 Nov 1994 08:49:37 GMT', 'Sun, 31 Feb 1994 08:49:37 GMT',
]  # fmt: skip
_TYPES = [
    'text/html', 'text/*', '*/*', 'application/json', 'text/html;level=1', 'text/html;q=0.5', 'x', '',
    'application/json;q=0, */*', 'text/html, application/json;q=0.5', 'TEXT/HTML',
]  # fmt: skip

_OF_TEXTS = ['encode', 'encode_value', 'encode_check_escaped', 'encode_value_check_escaped', 'decode', 'unquote_string']
_PARAMS: list[dict[str, Any]] = [
    {}, {'a': 1}, {'a': [1, 2]}, {'a': True, 'b': None}, {'é': 'ü &'}, {'a': [], 'b': ''}, {'a': [True, 'x,y']},
    {'a': 1.5},
]  # fmt: skip

DIFFERENCES = [
    Difference('an empty port is the default one (RFC 3986, section 3.2.3)', r'"a\.example:"', {'body.*': (ANY, ANY)}),
    Difference(
        'a status is an integer of three digits',
        r'http_status_to_code", \[(1000|99)\]|code_to_http_status", \[200\.5\]',
        {'body.*': (ANY, ANY)},
    ),
    Difference(
        'a year has four digits (RFC 9110, section 5.6.7)',
        '0001-01-01',
        {'body returned': ('Mon, 01 Jan 1 00:00:00 GMT', 'Mon, 01 Jan 0001 00:00:00 GMT')},
    ),
    Difference(
        'a truth value in a list is written as one outside it',
        '"to_query_str".*true',
        {'body returned': (r'\??a=True,.*', r'\??a=true,.*')},
    ),
    Difference('media types are compared without regard to case', 'TEXT/HTML', {'body returned': (ANY, ANY)}),
    Difference(
        'a list of media types is none that could be offered', r'mediatypes.*"text/html, app', {'body.*': (ANY, ANY)}
    ),
]


def _call(name: str, *arguments: Any, **options: Any) -> Case:
    return Case('functions:app', headers=[('X-Call', json.dumps([name, arguments, options]))])


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/functions.py`."""
    random = Random(_SEED)
    made_up = [''.join(random.choices('ab%2=&+,;" /é', k=random.randint(1, 12))) for _ in range(_MADE_UP)]
    for text in [*_TEXTS, *made_up]:
        for name in _OF_TEXTS:
            yield _call(f'uri.{name}', text)
        yield _call('uri.decode', text, unquote_plus=False)
        for blank in True, False:
            for csv in True, False:
                yield _call('uri.parse_query_string', text, keep_blank=blank, csv=csv)
    for host in _HOSTS:
        yield _call('uri.parse_host', host)
        yield _call('uri.parse_host', host, default_port=443)
    for header in _HEADERS:
        yield _call('parse_header', header)
    for name in _NAMES:
        yield _call('secure_filename', name)
        yield _call('secure_filename', name, max_length=20)
    for status in _STATUSES:
        yield _call('code_to_http_status', status)
        yield _call('http_status_to_code', status)
    for date in _DATES:
        yield _call('http_date_to_dt', date)
        yield _call('http_date_to_dt', date, obs_date=True)
    for date in '2020-01-02T03:04:05', '1999-12-31T23:59:59.999999', '0001-01-01T00:00:00':
        yield _call('dt_to_http', date, date=True)
    for params in _PARAMS:
        yield _call('to_query_str', params)
        yield _call('to_query_str', params, comma_delimited_lists=False)
        yield _call('to_query_str', params, prefix=False)
    for offered in _TYPES:
        for asked in _TYPES:
            yield _call('mediatypes.quality', offered, asked)
            yield _call('mediatypes.best_match', [offered, 'text/plain'], asked)
