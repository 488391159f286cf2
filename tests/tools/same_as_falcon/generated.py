"""Requests that are made up, the same ones in each run, of what clients do send; all are answered alike."""

import json
from collections.abc import Callable, Iterator
from random import Random
from urllib.parse import quote

from same_as_falcon.case import Case, Difference

__all__ = ['DIFFERENCES', 'cases']

_SEED = 20_240_229
_COUNT = 1000

_WORDS = [
    'a', 'b', 'plain', 'deeper', 'one', 'two', 'x', 'int', '5', '42', 'float', '1.5', 'rest', 'file', 'a.txt', 'dash',
    'a-b', 'v', '1.2', 'sink', 'é', 'a b', 'hex', 'ff', 'uuid', 'pattern', 'abc', '12',
]  # fmt: skip
_NAMES = ['a', 'b', 'a[b]', 'c.d', 'é', 'A', 'a b', '_']
_VALUES = [
    '', '1', 'x', 'true', '2020-01-02', 'a,b', 'é', 'a b', '&', '=', '+', '%', '{"a": 1}', '1,2,3',
    '12345678-1234-5678-1234-567812345678', '/', '?', '#', ';', '-5', '0.5', '"', '€', '\0', '\n',
]  # fmt: skip
_TYPES = [
    'application/json',
    'text/html',
    'text/*',
    '*/*',
    'application/xml',
    'text/xml',
    'application/msgpack',
    'image/png',
    'application/vnd.api+json',
    'text/plain;charset=utf-8',
]
_GETTERS = [
    'get_param',
    'get_param_as_int',
    'get_param_as_float',
    'get_param_as_bool',
    'get_param_as_list',
    'get_param_as_date',
    'get_param_as_datetime',
    'get_param_as_uuid',
    'get_param_as_json',
    'get_param_as_dict',
    'has_param',
]

DIFFERENCES: list[Difference] = []


def _path(random: Random) -> str:
    words = random.choices(_WORDS, k=random.randint(1, 4))
    return '/' + '/'.join(quote(word) for word in words) + random.choice(['', '', '', '/'])


def _query(random: Random) -> str:
    pairs = [(random.choice(_NAMES), random.choice(_VALUES)) for _ in range(random.randint(1, 5))]
    return '&'.join(f'{quote(name)}={quote(value)}' if random.random() < 0.9 else quote(name) for name, value in pairs)


def _accept(random: Random) -> str:
    qualities = ['', '', ';q=0.5', ';q=0.1', ';q=1.0', '; q=0.25', ';q=0']
    return ', '.join(random.choice(_TYPES) + random.choice(qualities) for _ in range(random.randint(1, 4)))


def _cookie(random: Random) -> str:
    values = ['', '1', 'x%20y', '"quoted"', 'a=b', '!#$&', 'x' * 50]
    return '; '.join(f'{random.choice("abcABC_-")}={random.choice(values)}' for _ in range(random.randint(1, 5)))


def _forwarded(random: Random) -> str:
    parameters = [
        'for=192.0.2.1',
        'for="[2001:db8::1]:80"',
        'by=10.0.0.1',
        'proto=https',
        'proto=http',
        'host=a.example',
        'For=_x',
        'for=unknown',
    ]
    return ', '.join(';'.join(random.sample(parameters, random.randint(1, 3))) for _ in range(random.randint(1, 3)))


def _range(random: Random) -> str:
    first, last = random.randint(0, 50), random.randint(51, 99)
    return random.choice([f'bytes={first}-{last}', f'bytes={first}-', f'bytes=-{last}', f'items={first}-{last}'])


def _tags(random: Random) -> str:
    return ', '.join(random.choice(['"a"', 'W/"b"', '"c-d"', '""', 'W/""']) for _ in range(random.randint(1, 4)))


def _date(random: Random) -> str:
    day, month = random.randint(1, 28), random.choice(['Jan', 'Dec'])
    return f'Sun, {day:02} {month} {random.randint(1970, 2100)} {random.randint(0, 23):02}:30:00 GMT'


def _host(random: Random) -> str:
    return (
        random.choice(['', 'www.', 'a.b.'])
        + random.choice(['example', 'example.com'])
        + random.choice(['', ':80', ':8000', ':443'])
    )


_FIELDS: dict[str, Callable[[Random], str]] = {
    'Accept': _accept,
    'Cookie': _cookie,
    'Forwarded': _forwarded,
    'Range': _range,
    'If-Match': _tags,
    'If-None-Match': _tags,
    'If-Modified-Since': _date,
    'Date': _date,
    'Host': _host,
    'X-Forwarded-Host': _host,
    'X-Forwarded-Proto': lambda random: random.choice(['http', 'https']),
    'X-Forwarded-For': lambda random: ', '.join(
        random.choices(['192.0.2.1', '10.1.2.3', '::1'], k=random.randint(1, 3))
    ),
}


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/routing.py` and `apps/same/requests.py`."""
    random = Random(_SEED)
    apps = ['app', 'csv', 'no_blanks', 'csv_no_blanks']
    for _ in range(_COUNT):
        app = random.choice(['app', 'compiled', 'stripping', 'default', 'catch_all'])
        yield Case(f'routing:{app}', random.choice(['GET', 'POST', 'PUT', 'OPTIONS', 'HEAD']), _path(random))
        yield Case(f'requests:{random.choice(apps)}', target=f'/?{_query(random)}')
        headers = [(name, _FIELDS[name](random)) for name in random.sample(list(_FIELDS), random.randint(1, 6))]
        scope = {'scheme': random.choice(['http', 'https']), 'root_path': random.choice(['', '/app'])}
        yield Case(
            'requests:app', target=f'/a/{quote(random.choice(_WORDS))}?{_query(random)}', headers=headers, scope=scope
        )
        options = {'required': True} if random.random() < 0.3 else {}
        call = json.dumps([random.choice(_GETTERS), ['a'], options])
        yield Case(f'requests:{random.choice(apps)}', target=f'/call?{_query(random)}', headers=[('X-Call', call)])
