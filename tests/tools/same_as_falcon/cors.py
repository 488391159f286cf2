"""Requests of other origins, with and without preflight."""

from collections.abc import Iterator

from same_as_falcon.case import ANY, Case, Difference

__all__ = ['DIFFERENCES', 'cases']

_APPS = [
    'app',
    'everyone',
    'one',
    'several',
    'exposing',
    'exposing_one',
    'credentials',
    'credentials_one',
    'credentials_text',
    'private',
    'nobody',
    'extended',
]
_ORIGINS = [
    None,
    'https://a.example',
    'https://b.example',
    'https://c.example',
    'null',
    '',
    'https://A.example',
    'https://a.example:443',
]
_PREFLIGHT = ('Access-Control-Request-Method', 'PUT')
_FIELDS = ('Access-Control-Request-Headers', 'X-C, X-D')
_NETWORK = ('Access-Control-Request-Private-Network', 'true')


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/cors.py`."""
    for app in _APPS:
        for origin in _ORIGINS:
            headers = [] if origin is None else [('Origin', origin)]
            for target in '/', '/sets', '/sink', '/nothing':
                yield Case(f'cors:{app}', 'GET', target, headers)
                for asked in [], [_PREFLIGHT], [_PREFLIGHT, _FIELDS], [_PREFLIGHT, _NETWORK], [_FIELDS]:
                    yield Case(f'cors:{app}', 'OPTIONS', target, [*headers, *asked])
            yield Case(f'cors:{app}', 'PUT', '/', headers)
            yield Case(f'cors:{app}', 'POST', '/', headers)
            yield Case(f'cors:{app}', 'GET', '/', [*headers, _PREFLIGHT])


DIFFERENCES = [
    Difference(
        'Vary names Origin wherever the answer depends on it',
        '^cors:(one|several|nobody|credentials|credentials_one|credentials_text) ',
        {'header vary': (r"None|\['(Accept|Cookie)'\]", r"\[('(Accept|Cookie)', )?'Origin'\]")},
    ),
    Difference(
        'where all may read alike, requests without an origin are told so as well',
        '^cors:(app|everyone|exposing|exposing_one|private|extended) (?!.*Origin: )',
        {'header access-control-(allow-origin|expose-headers)': (r"None|\['X-Extended'\]", ANY)},
    ),
    Difference(
        'a preflight that allows nothing allows no credentials and no private network either',
        r'^cors:\S+ OPTIONS /sink ',
        {'header access-control-allow-(credentials|private-network)': (r"\['true'\]", 'None')},
    ),
]
