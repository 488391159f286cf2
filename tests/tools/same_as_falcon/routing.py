"""Requests for what routers, sinks and the table of methods decide."""

import re
from collections.abc import Iterator

from same_as_falcon.case import Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases']

_PATHS = [
    "/", "/plain", "/plain/", "/plain/deeper", "/plain//deeper", "//plain", "/slash", "/slash/", "/slash//",
    "/nothing", "/Plain", "/plain%20", "/plain%2Fdeeper", "/one/", "/one/fixed", "/one/fixed/", "/one/other",
    "/one/other/two", "/one/fixed/two", "/one/fixed/three", "/one/a/b/c", "/one/%C3%A9", "/one/%E2%82%AC",
    "/one/a%2Fb", "/one/a%20b", "/one/a+b", "/one/%00", "/one/%FF", "/one/all", "/one/x/all", "/one/only",
    "/one/only/this", "/int/0", "/int/1", "/int/-1", "/int/007", "/int/+5", "/int/1_000", "/int/%201", "/int/1%20",
    "/int/1.0", "/int/x", "/int/", "/int/12345678901234567890123", "/int/5/then", "/int/x/then", "/int/%D9%A1",
    "/int/two-digits/12", "/int/two-digits/1", "/int/two-digits/123", "/int/two-digits/-1", "/int/between/9",
    "/int/between/10", "/int/between/99", "/int/between/100", "/int/both/099", "/int/both/100", "/int/both/1000",
    "/float/1", "/float/1.5", "/float/-1.5", "/float/1e3", "/float/nan", "/float/inf", "/float/-inf", "/float/x",
    "/float/.5", "/float/5.", "/float/1_0.0", "/float/%201.0", "/float/between/0", "/float/between/1.5",
    "/float/between/1.51", "/float/between/-0.1", "/float/any/nan", "/float/any/-inf", "/dt/2020-01-02T03:04:05Z",
    "/dt/2020-01-02T03:04:05", "/dt/2020-13-02T03:04:05Z", "/dt/x", "/dt/day/2020-02-29", "/dt/day/2021-02-29",
    "/uuid/12345678-1234-5678-1234-567812345678", "/uuid/12345678123456781234567812345678", "/uuid/x", "/uuid/",
    "/uuid/%7B12345678-1234-5678-1234-567812345678%7D", "/uuid/urn:uuid:12345678-1234-5678-1234-567812345678", "/rest",
    "/rest/", "/rest/a", "/rest/a/b/c", "/rest/a//", "/rest//a", "/rest/a%2Fb", "/rest-after/a", "/rest-after/a/",
    "/rest-after/a/b/c", "/hex/ff", "/hex/FF", "/hex/g", "/hex/four/00ff", "/hex/four/ff", "/words/a/b", "/words/a//b",
    "/words/", "/dash/a-b", "/dash/a-b-c", "/dash/-b", "/dash/a-", "/dash/ab", "/dash/a-b/c", "/dash/%2D-%2D",
    "/file/a.txt", "/file/a.tar.gz", "/file/.txt", "/file/a.", "/file/a", "/v/1.2", "/v/1.x", "/v/x.2", "/v/1.2.3",
    "/v/1.2/3", "/compare/johndoe:master...janedoe:dev/full", "/compare/johndoe:master...janedoe:dev/part",
    "/compare/a:b..c:d/full", "/compare/a:b:c...d:e/full", "/compare/:...:/full", "/literal/aXb", "/literal/ab",
    "/literal/aXbc", "/literal/aab", "/order/1-2", "/order/x-2", "/order/12", "/order/known", "/order/known-2",
    "/under_score/1/2", "/%C3%BCn%C3%AF/x", "/percent/%7Bx%7D", "/percent/%257Bx%257D", "/case/Upper", "/case/upper",
    "/dot/.well-known", "/dots/..", "/dots/%2E%2E", "/semi/a;b=c/x", "/semi/a%3Bb=c/x", "/semi/a;b=c/x;y", "/sink",
    "/sink/", "/sinking", "/sink/a/b", "/sink/later", "/sink/later/on", "/pattern/abc/", "/pattern/abc/12",
    "/pattern/abc/xy", "/pattern/ABC/1", "/compiled/a/b", "/compiled/a/b/c", "/every", "*",
]  # fmt: skip

_METHODS = [
    'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'MKCOL', 'COPY', 'LOCK',
    'REPORT', 'VERSION-CONTROL', 'UPDATE', 'MOVE', 'QUERY', 'BREW', 'get', 'WEBSOCKET', '__INIT__',
]  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/routing.py`."""
    for path in _PATHS:
        yield Case('routing:app', target=path)
        yield Case('routing:compiled', 'POST', path)
        yield Case('routing:stripping', target=path)
        if not path.endswith('/'):
            yield Case('routing:stripping', target=f'{path}/')
    for method in _METHODS:
        for path in '/', '/every', '/nothing', '/sink/x', '/one/x/all':
            yield Case('routing:app', method, path)
        for path in '/d/1', '/d', '/set', '/plain':
            yield Case('routing:default', method, path)
        for path in '/known', '/unknown':
            yield Case('routing:catch_all', method, path)
        yield Case('routing:custom_router', method, '/own')
    for path in '/own', '/OWN', '/other':
        yield Case('routing:custom_router', target=path)
    for number in range(_REFUSED):
        yield Case('routing:refusals', target=f'/templates?number={number}')
    yield Case('routing:refusals', target='/other')
    yield from _root_paths()


_REFUSED = 29


def _root_paths() -> Iterator[Case]:
    for root_path in '/v1', '/v1/', 'v1':
        for path in '/plain', '/v1/plain', '/v1', '/v1/':
            yield Case('routing:app', target=path, scope={'root_path': root_path})


DIFFERENCES = [
    Difference(
        'an unknown method is refused by what does not have it, with 405 and Allow, and not everywhere with 400',
        r'^routing:\S+ (BREW|get|WEBSOCKET|__INIT__) ',
        instead('400', '405'),
    ),
    Difference(
        'a path that is not found is not found by any method, and a sink takes them all',
        r'^routing:\S+ WEBSOCKET (/nothing|/d|/sink/x|/unknown)$',
        instead('400', '404|200'),
    ),
    Difference(
        'numbers in paths are of ASCII digits, without underscores',
        r'/int/1_000|/int/%D9%A1|/float/1_0\.0',
        instead('200', '404'),
    ),
    Difference('a path that begins with two slashes is not taken for another one', ' //plain', instead('200', '404')),
    Difference(
        'the root path is not part of the path, also where the server leaves it in',
        r"/v1(/|/plain)? \{'root_path': '/v1/?'\}$",
        instead('404', '200'),
    ),
    Difference(
        'Allow names what on_request makes up for',
        r'^routing:default OPTIONS /(d/1|set)$',
        {'header allow': (r"\['GET'\]", r"\['CHECKIN', .*")},
    ),
    Difference(
        'braces that do not match are refused',
        r'number=(13|23|24)$',
        {'body': (r"\['/.*', 'taken'\]", r"\['/.*', 'ValueError'\]")},
    ),
    Difference(
        'a pattern that cannot be compiled is a bad argument',
        r'^routing:refusals GET /other$',
        {'body bad pattern': (re.error.__name__, 'ValueError')},
    ),
]
