"""Requests for what responses say: bodies, statuses, headers, cookies, errors."""

import json
from collections.abc import Iterator
from typing import Any

from same_as_falcon.case import ANY, Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases']

Step = list[Any]

APPS = ['app', 'plain', 'untyped', 'insecure', 'no_xml', 'serializing']
HANDLING = ['handling', 'handling_by_error', 'handling_http', 'handling_some', 'handling_by_failing', 'serializing']


def _do(*steps: Step, app: str = 'app', method: str = 'GET', accept: str | None = None) -> Case:
    headers = [('X-Steps', json.dumps(steps))]
    if accept is not None:
        headers.append(('Accept', accept))
    return Case(f'responses:{app}', method, headers=headers)


def _set(**attributes: Any) -> list[Step]:
    return [['set', name, value] for name, value in attributes.items()]


_BODIES = [
    _set(text='text'), _set(text=''), _set(text='é€😀'), _set(data={'$bytes': 'data'}), _set(data={'$bytes': ''}),
    _set(media={'a': [1, None, True]}),
    _set(media=None), _set(media=[]), _set(media=''), _set(media='text'), _set(media=0), _set(media={'é': '€'}),
    _set(stream={'$stream': ['a', 'b', '', 'c']}), _set(stream={'$stream': []}), _set(stream={'$reader': 'read me'}),
    [['call', 'set_stream', [{'$reader': '12345'}, 5]]], [['call', 'set_stream', [{'$stream': ['12', '345']}, 5]]],
    _set(stream={'$stream': ['12345']}, content_length=5), _set(text='a', data={'$bytes': 'b'}, media={'c': 1}),
    _set(data={'$bytes': 'b'}, media={'c': 1}),
    _set(media={'c': 1}, stream={'$stream': ['d']}), _set(text='a', stream={'$stream': ['d']}),
    _set(text='a', content_length=1), _set(text='x', content_type='text/html'),
    _set(media={'c': 1}, content_type='application/msgpack'),
    _set(media={'c': 'd'}, content_type='application/x-www-form-urlencoded'),
    _set(media={'c': 1}, content_type='application/json; charset=UTF-8'), _set(media={'c': 1}, text=''),
    _set(media={'a': 1}, data=None),
    [*_set(media={'a': 1}), ['render', 'body']], [*_set(text='t'), ['render', 'body']], [['render', 'body']],
    [*_set(data={'$bytes': 'x'}), ['tell', 'data']],
    _set(complete=True), _set(text='a', complete=True), [], _set(stream=None, text='a'), _set(media={'$failing': 1}),
    _set(media={'c': 1}, content_type='a/b'),
    _set(media={'c': 1}, content_type=None), _set(text='x', content_type=''), _set(content_length=3),
    _set(content_length='3', stream={'$stream': ['abc']}),
]  # fmt: skip

_STATUSES: list[Any] = [
    200, '200', '200 OK', '200 Fine', {'$status': 'HTTP_201'}, 201, '204 No Content', 204, 205, 304, 299, '299',
    '299 Odd', 404, '404 Not Found', 500, 599,
    '701 Meh', 100, 199, 999, 1000, 99, 0, 'x', '', None, 200.0, '20', ' 200 OK', '200OK', True, '418',
    {'$bytes': '202 Accepted'},
]  # fmt: skip

_HEADERS: list[list[Step]] = [
    [['call', 'set_header', ['X-A', 'b']]], [['call', 'set_header', ['X-A', 'b']],
    ['call', 'set_header', ['x-a', 'c']]], [['call', 'append_header', ['X-A', 'b']]],
    [['call', 'append_header', ['X-A', 'b']], ['call', 'append_header', ['x-a', 'c']]],
    [['call', 'append_header', ['Set-Cookie', 'a=1']], ['call', 'append_header', ['Set-Cookie', 'b=2']]],
    [['call', 'set_header', ['X-A', 5]]], [['call', 'set_header', ['X-A', '']]],
    [['call', 'set_header', ['X-A', 'b']], ['call', 'delete_header', ['x-A']]],
    [['call', 'delete_header', ['X-Missing']]], [['call', 'set_headers', [{'X-A': 'b', 'X-C': 'd'}]]],
    [['call', 'set_headers', [{'$header pairs': [['X-A', 'b'], ['X-A', 'c']]}]]],
    [['attempt', 'set_header', ['Set-Cookie', 'a=1'], {}]], [['attempt', 'delete_header', ['Set-Cookie'], {}]],
    [['attempt', 'get_header', ['Set-Cookie'], {}]],
    [['attempt', 'set_headers', [{'Set-Cookie': 'a=1'}], {}]], [['attempt', 'set_header', ['X-A', 'é'], {}]],
    [['attempt', 'set_header', ['X-A', None], {}]],
    [['call', 'set_header', ['X-A', 'b']], ['call', 'get_header', ['x-a']]],
    [['call', 'get_header', ['X-A', 'default']]], [['call', 'get_header', ['X-A'], {'default': 'd'}]],
    [['call', 'set_header', ['Content-Type', 'text/css']], *_set(text='x')],
    [['call', 'set_header', ['Content-Length', '1']], *_set(text='x')],
    [['call', 'set_header', ['Vary', 'A']], ['call', 'append_header', ['Vary', 'B']]],
    [['call', 'set_header', ['X-A', 'b']], ['tell', 'headers']],
]  # fmt: skip

_WHEN = {'$datetime': '2020-01-02T03:04:05'}
_PROPERTIES: dict[str, list[Any]] = {
    'accept_ranges': ['bytes', None],
    'cache_control': ['no-store', ['public', 'max-age=5'], {'$tuple': ['a', 'b']}, [], None],
    'content_length': [5, '5', None, 0, 'x'],
    'content_location': ['/a', '/é b', 'https://a.example/?a=b c', None],
    'content_range': [
        {'$tuple': [0, 4, 10]},
        {'$tuple': [0, 4, 10, 'items']},
        {'$tuple': [0, 4, '*']},
        'bytes 0-4/5',
        None,
    ],
    'content_type': ['text/plain', None, 'text/html; charset=utf-8'],
    'downloadable_as': [
        'a.txt',
        'é.txt',
        'a"b.txt',
        'a\\b',
        'a b;c.txt',
        '',
        None,
        '€ rates',
        'a/b',
        '日本語.pdf',
        "it's",
    ],
    'viewable_as': ['a.txt', 'é.txt', 'a%20b'],
    'etag': ['a', '"a"', 'W/"a"', '', None, '"', 'a b'],
    'expires': [_WHEN, None, 'x', {'$offset': 2}],
    'last_modified': [_WHEN, {'$offset': 0}, {'$offset': -5}, None],
    'location': ['/a', '/é b', '/a%20b', 'https://x.example/ü?ö=ä#f', '', '//a', '/a?b=[c]', None, '/%zz', '/a|b'],
    'retry_after': [5, '5', _WHEN, None],
    'vary': ['*', 'Accept', ['Accept', 'Cookie'], {'$tuple': ['A']}, [], None],
}

_COOKIES: list[tuple[list[Any], dict[str, Any]]] = [
    (['a', 'b'], {}), (['a', ''], {}), (['a', 'b c'], {}), (['a', 'b;c'], {}), (['a', 'b"c'], {}), (['a', 'b,c'], {}),
    (['a', 'b\\c'], {}), (['a', 'é'], {}),
    (['a b', 'c'], {}), (['', 'c'], {}), (['é', 'c'], {}), (['a=b', 'c'], {}), (['a', 5], {}), (['a', None], {}),
    (['a', 'b'], {'expires': _WHEN}), (['a', 'b'], {'expires': {'$offset': 2}}), (['a', 'b'], {'max_age': 5}),
    (['a', 'b'], {'max_age': '5'}), (['a', 'b'], {'max_age': 5.9}),
    (['a', 'b'], {'max_age': 0}), (['a', 'b'], {'max_age': -1}), (['a', 'b'], {'max_age': 'x'}),
    (['a', 'b'], {'domain': 'a.example'}), (['a', 'b'], {'path': '/x'}),
    (['a', 'b'], {'secure': False}), (['a', 'b'], {'secure': True}), (['a', 'b'], {'http_only': False}),
    (['a', 'b'], {'same_site': 'Lax'}), (['a', 'b'], {'same_site': 'strict'}),
    (['a', 'b'], {'same_site': 'NONE'}), (['a', 'b'], {'same_site': 'x'}), (['a', 'b'], {'partitioned': True}),
    (['a', 'b'], {'same_site': ''}),
    (['a', 'b'], {'expires': _WHEN, 'max_age': 9, 'domain': 'd', 'path': '/', 'secure': True, 'http_only': True,
    'same_site': 'Strict', 'partitioned': True}),
    (['a', 'b'], {'expires': 'x'}), (['__Host-a', 'b'], {'path': '/'}), (["a!#$%&'*+-.^_`|~", 'b'], {}),
]  # fmt: skip

_LINKS: list[tuple[list[Any], dict[str, Any]]] = [
    (['/a', 'next'], {}), (['/é b', 'next'], {}), (['https://a.example/?a=b', 'next prev'], {}),
    (['/a', 'https://rel.example/é'], {}), (['/a', 'next'], {'title': 'T "q"'}),
    (['/a', 'next'], {'title_star': {'$tuple': ['en', 'é']}}), (['/a', 'next'], {'title_star': {'$tuple': ['', 'x']}}),
    (['/a', 'next'], {'anchor': '/é'}), (['/a', 'next'], {'hreflang': 'en'}),
    (['/a', 'next'], {'hreflang': ['en', 'de']}), (['/a', 'next'], {'type_hint': 'text/html'}),
    (['/a', 'preload'], {'crossorigin': 'anonymous'}), (['/a', 'preload'], {'crossorigin': 'Use-Credentials'}),
    (['/a', 'preload'], {'crossorigin': 'x'}), (['/a', 'preload'], {'link_extension': [{'$tuple': ['as', 'image']}]}),
    (['/a', 'next'], {'title': 'é'}), (['/a', 'x'], {'title': 't', 'hreflang': 'en', 'type_hint': 'a/b'}),
]  # fmt: skip

_ERRORS: dict[str, list[list[Any]]] = {
    'HTTPBadRequest': [[]], 'HTTPUnauthorized': [[]], 'HTTPForbidden': [[]], 'HTTPNotFound': [[]],
    'HTTPRouteNotFound': [[]], 'HTTPMethodNotAllowed': [[['GET', 'PUT']], [[]]], 'HTTPNotAcceptable': [[]],
    'HTTPConflict': [[]], 'HTTPGone': [[]], 'HTTPLengthRequired': [[]], 'HTTPPreconditionFailed': [[]],
    'HTTPContentTooLarge': [[]], 'HTTPPayloadTooLarge': [[]], 'HTTPUriTooLong': [[]],
    'HTTPUnsupportedMediaType': [[]], 'HTTPRangeNotSatisfiable': [[100], [0]], 'HTTPUnprocessableEntity': [[]],
    'HTTPLocked': [[]], 'HTTPFailedDependency': [[]], 'HTTPPreconditionRequired': [[]],
    'HTTPTooManyRequests': [[]], 'HTTPRequestHeaderFieldsTooLarge': [[]], 'HTTPUnavailableForLegalReasons': [[]],
    'HTTPInternalServerError': [[]], 'HTTPNotImplemented': [[]], 'HTTPBadGateway': [[]],
    'HTTPServiceUnavailable': [[]], 'HTTPGatewayTimeout': [[]], 'HTTPVersionNotSupported': [[]],
    'HTTPInsufficientStorage': [[]], 'HTTPLoopDetected': [[]], 'HTTPNetworkAuthenticationRequired': [[]],
    'HTTPInvalidHeader': [['message', 'X-A']], 'HTTPInvalidParam': [['message', 'a']], 'HTTPMissingHeader': [['X-A']],
    'HTTPMissingParam': [['a']], 'MediaMalformedError': [['JSON']],
    'MediaNotFoundError': [['JSON']], 'MediaValidationError': [[]], 'MultipartParseError': [[]],
    'HTTPError': [[400], ['400 Bad'], [{'$status': 'HTTP_701'}], [999], ['x']],
}  # fmt: skip

_ERROR_OPTIONS: list[dict[str, Any]] = [
    {}, {'title': 't', 'description': 'd & <é>'}, {'headers': {'X-A': 'b', 'Retry-After': '7'}},
    {'headers': [{'$tuple': ['X-A', 'b']}]}, {'href': 'https://a.example/é b', 'code': 7},
    {'href': 'https://a.example/', 'href_text': 'text', 'title': 't'}, {'code': 0}, {'retry_after': 9},
    {'retry_after': _WHEN}, {'challenges': ['Basic realm="x"', 'Bearer']}, {'title': ''},
    {'headers': {'Set-Cookie': 'a=b'}},
    {'challenges': []},
]  # fmt: skip

_ACCEPTS = [
    '', '*/*', 'application/json', 'application/xml', 'text/xml', 'text/html',
    'application/xml, application/json;q=0.5', 'application/vnd.x+json', 'application/vnd.x+xml', 'application/msgpack',
    'application/x-www-form-urlencoded', 'text/plain', 'x', 'application/json;q=0',
    'application/xml;q=0.5, application/json;q=0.5', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'multipart/form-data', '*/*;q=0',
]  # fmt: skip

_REDIRECTS = ['HTTPMovedPermanently', 'HTTPFound', 'HTTPSeeOther', 'HTTPTemporaryRedirect', 'HTTPPermanentRedirect']


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/responses.py`."""
    for body in _BODIES:
        for app in APPS:
            yield _do(*body, app=app)
        for method in 'HEAD', 'POST':
            yield _do(*body, method=method)
        for status in 204, 304, 404:
            yield _do(*body, *_set(status=status))
    for status in _STATUSES:
        for body in [], _set(text='text'):
            yield _do(*body, *_set(status=status))
        yield _do(*_set(status=status), ['tell', 'status_code'], ['tell', 'status'])
        yield _do(['set', 'status_code', status])
    for headers in _HEADERS:
        yield _do(*headers)
    yield from _properties()
    yield from _cookies_and_links()
    yield from _raised()


def _properties() -> Iterator[Case]:
    for name, values in _PROPERTIES.items():
        for value in values:
            yield _do(['attempt', name, value], ['tell', name])
            yield _do(['set', name, value])
        yield _do(['tell', name])
        yield _do(['set', name, values[0]], ['delete', name], ['tell', name])
        yield _do(['set', name, values[0]], ['set', name, None], ['tell', name])


def _cookies_and_links() -> Iterator[Case]:
    for arguments, options in _COOKIES:
        for app in 'app', 'insecure':
            yield _do(['call', 'set_cookie', arguments, options], app=app)
        yield _do(['attempt', 'set_cookie', arguments, options])
    for options in (
        {},
        {'domain': 'd'},
        {'path': '/x'},
        {'same_site': 'Strict'},
        {'same_site': 'None'},
        {'samesite': 'None'},
        {'same_site': 'x'},
    ):
        yield _do(['call', 'unset_cookie', ['a'], options])
        yield _do(['call', 'set_cookie', ['a', 'b']], ['call', 'unset_cookie', ['a'], options])
    yield _do(
        ['call', 'set_cookie', ['a', 'b']], ['call', 'set_cookie', ['a', 'c']], ['call', 'set_cookie', ['A', 'd']]
    )
    yield _do(['call', 'set_cookie', ['a', 'b']], ['call', 'append_header', ['Set-Cookie', 'a=c']])
    for arguments, options in _LINKS:
        yield _do(['call', 'append_link', arguments, options])
        yield _do(['call', 'append_link', ['/first', 'prev']], ['call', 'append_link', arguments, options])


def _raised() -> Iterator[Case]:
    for name, all_arguments in _ERRORS.items():
        for arguments in all_arguments:
            for options in _ERROR_OPTIONS:
                yield _do(['raise', name, arguments, options])
            yield _do(['raise', name, arguments], method='HEAD')
            yield _do(*_set(text='dropped', etag='kept'), ['raise', name, arguments])
            for app in HANDLING:
                yield _do(['raise', name, arguments], app=app)
    for accept in _ACCEPTS:
        for app in 'app', 'no_xml', 'plain', 'serializing':
            yield _do(
                ['raise', 'HTTPConflict', [], {'title': 't', 'description': '<é>', 'href': '/h', 'code': 5}],
                app=app,
                accept=accept,
            )
        yield _do(['raise', 'unexpected'], accept=accept)
    for name in _REDIRECTS:
        for location in '/a', '/é b', 'https://a.example/?a=b', '', '/%zz':
            yield _do(['raise', name, [location]])
        yield _do(['raise', name, ['/a'], {'headers': {'X-A': 'b', 'Location': '/other'}}])
    for arguments in [200], ['202 Accepted'], [204], [999], ['x']:
        for options in (
            {},
            {'text': 'text'},
            {'headers': {'X-A': 'b'}},
            {'headers': [{'$tuple': ['X-A', 'b']}], 'text': ''},
        ):
            yield _do(*_set(media={'a': 1}), ['raise', 'HTTPStatus', arguments, options])
            yield _do(['raise', 'HTTPStatus', arguments, options])
    for app in HANDLING:
        yield _do(['raise', 'unexpected'], app=app)
        yield _do(['raise', 'HTTPStatus', [202]], app=app)
        yield _do(['raise', 'HTTPFound', ['/a']], app=app)


DIFFERENCES = [
    Difference(
        'media without a handler is an error of the server, not of the client',
        r'"media"',
        instead('415', '500'),
    ),
    Difference('MessagePack is among the default handlers', 'application/msgpack', instead('415', '20[04]|304|404')),
    Difference(
        'an error of media that cannot be written is written like other errors',
        r'\$failing|^responses:untyped .*"media"',
        {'body.*|header content-length': (ANY, ANY)},
    ),
    Difference('JSON is compact', r'"render", "body"', {'body': (r'.*\"a\": 1.*', r'.*\"a\":1.*')}),
    Difference(
        'what has no content has no Content-Length either (RFC 9110, section 8.6)',
        r'"status", (204|304)',
        {'header content-length': (r"\['\d'\]", 'None')},
    ),
    Difference(
        '205 has no content (RFC 9110, section 15.3.6)',
        r'"status(_code)?", 205',
        {'body': (ANY, ''), 'header content-length': (ANY, r"\['0'\]"), 'header content-type': (ANY, 'None')},
    ),
    Difference(
        '1xx has no content (RFC 9110, section 15.2)',
        r'"status(_code)?", 1[09][09]\]',
        {'body': (ANY, ''), 'header content-length': (ANY, 'None'), 'header content-type': (ANY, 'None')},
    ),
    Difference(
        'a status is three digits and perhaps a phrase; what is none is an error that is answered',
        r'"status(_code)?", |"raise", "HTTP(Status|Error)", \["x"\]',
        instead('None|True|0|20|99|200|1000', '500'),
    ),
    Difference(
        'a text is one item of a list, not one for each character',
        r'"(cache_control|vary|content_range)", "',
        {
            'body': (ANY, r"\['done', .*"),
            'header (cache-control|vary|content-range)': (ANY, r"\['(no-store|Accept|bytes 0-4/5)'\]"),
        },
    ),
    Difference(
        'a Content-Length that is no number is refused where it is set',
        r'"content_length", "x"\]',
        instead('200', '500'),
    ),
    Difference(
        'a Content-Length that is no number is refused where it is set, as an attempt shows',
        r'"attempt", "content_length", "x"\]',
        {'body': (r"\['done', \"'x'\"\]", r"\['ValueError', 'None'\]")},
    ),
    Difference(
        'a file name is written so that all clients read the same, and none a path (RFC 6266, section 4.3)',
        r'"(downloadable|viewable)_as", "a(\\"|\\\\|%20|/)b',
        {
            'body': (ANY, ANY),
            'header content-disposition': (r'.*filename="a.*', r'.*filename=a_.*; filename\*=UTF-8.*'),
        },
    ),
    Difference(
        'an empty entity tag is one (RFC 9110, section 8.8.3)',
        r'"etag", ""',
        instead('500', '200'),
    ),
    Difference('a date may be set as text', r'"expires", "x"\](?!\})', instead('500', '200')),
    Difference(
        'what may be set is set, as an attempt shows',
        r'"attempt", "(etag|expires)", "x?"\]',
        {'body': (r"\['(Index|Attribute)Error', 'None'\]", r"\['done', .*"), 'header (etag|expires)': ('None', ANY)},
    ),
    Difference(
        'a time zone counts',
        r'"\$offset": (2|-5)',
        {
            'body': (ANY, r'.* (01|08):04:05 GMT.*'),
            'header (expires|last-modified)': (r'.* 03:04:05 GMT.*', r'.* (01|08):04:05 GMT.*'),
        },
    ),
    Difference(
        'a cookie may end at once',
        r'"max_age": 0\}',
        {'header set-cookie': (r'(?!.*Max-Age).*', '.*; Max-Age=0.*')},
    ),
    Difference(
        'a cookie that is refused is not set in part',
        r'"set_cookie", .*"(max_age|same_site|expires)": "x"',
        {'header set-cookie': (r"\['a=b.*'\]", 'None')},
    ),
    Difference(
        'a cookie is unset at a time before all clocks, whatever it was set with, and secure where browsers want it',
        '"unset_cookie"',
        {'header set-cookie': (r'.*a="".* expires=.*', r'.*a="".*; expires=Thu, 01 Jan 1970 00:00:00 GMT.*')},
    ),
    Difference('SameSite is Lax, Strict or None', r'"unset_cookie".*"same_site": "x"', instead('200', '500')),
    Difference(
        'several relation types are quoted, and quotes in titles escaped (RFC 8288, section 3)',
        '"append_link"',
        {'header link': (r'.*(rel=next prev|title="T "q"").*', r'.*(rel="next prev"|title="T .*"q.*"").*')},
    ),
    Difference(
        'an error with headers that cannot be set ends in a 500, not in the server',
        r'"headers": \{"Set-Cookie"',
        instead('None', '500'),
    ),
    Difference(
        'the words of exceptions are our own',
        r'^responses:handling(_some)? ',
        {'body': (r'handled \w+ .*', r'handled \w+ .*')},
    ),
    Difference(
        'a client that accepts no type that an error can be written in gets it as JSON',
        'Accept: |^responses:plain ',
        {
            'body': ('', 'an object|.*title.*'),
            'body .*': ('None', ANY),
            'header content-length': (ANY, r"\['true'\]|\['\d+'\]"),
            'header content-type': (ANY, r"\['application/(json|msgpack)'\]"),
        },
    ),
    Difference(
        'errors are not written as forms, which have no place for a link',
        'Accept: application/x-www-form-urlencoded',
        {
            'body': ('title=.*', 'an object'),
            'body .*': ('None', ANY),
            'header content-(length|type)': (ANY, r"\['(true|application/json)'\]"),
        },
    ),
    Difference(
        'errors are not written as forms, neither with losses nor by failing',
        'Accept: multipart/form-data',
        instead('500', '409'),
    ),
    Difference(
        'a location is encoded, as `resp.location` is',
        r'"raise", "HTTP(MovedPermanently|Found|SeeOther|TemporaryRedirect|PermanentRedirect)", \["/\\u00e9 b"',
        {'header location': (r"\['/é b'\]", r"\['/%C3%A9%20b'\]")},
    ),
    Difference(
        'an exception in an error handler ends in a 500, not in the server',
        '^responses:handling_by_failing ',
        instead('None', '500'),
    ),
]
