"""Requests for what a request object tells."""

import json
from collections.abc import Iterator
from typing import Any

from same_as_falcon.case import ANY, Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases']

APPS = ['requests:app', 'requests:csv', 'requests:no_blanks', 'requests:csv_no_blanks']

# By the attributes that they concern, values of a header: one request each.
_HEADERS: dict[str, list[str]] = {
    'Accept': [
        '', '*/*', 'application/json', 'text/html', 'text/*', 'application/msgpack', 'application/x-msgpack',
        'text/xml', 'application/xml;q=0.5, */*;q=0.1', 'text/html;level=1', 'a', 'a/b/c', '*/json',
        'application/json;q=0', 'application/json;q=2', 'application/json;q=x', 'application/json, text/xml;q=0',
        'application/JSON', ';', 'application/vnd.api+json', 'text/html, , application/json',
    ],
    'Authorization': ['Basic abc', '', 'Bearer é'],
    'Content-Length': ['0', '5', '-1', 'x', '', '+5', '1_0', ' 5 ', '05', '5, 5', '99999999999999999999', '5.0'],
    'Content-Type': ['text/plain', '', 'application/json; charset=utf-8', 'x'],
    'Date': [
        'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', '', 'x',
        'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 08:49:37 UTC', 'Sun, 06 Nov 1994 08:49:37 +0100',
        'Mon, 06 Nov 1994 08:49:37 GMT', 'Sun, 6 Nov 1994 08:49:37 GMT', 'Sun, 31 Feb 1994 08:49:37 GMT',
        'sun, 06 nov 1994 08:49:37 gmt', 'Sun, 06 Nov 1994 08:49:60 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT',
        '1994-11-06T08:49:37Z', ' Sun, 06 Nov 1994 08:49:37 GMT ',
    ],
    'If-Modified-Since': ['Sun, 06 Nov 1994 08:49:37 GMT', 'x'],
    'If-Unmodified-Since': ['Sun, 06 Nov 1994 08:49:37 GMT', 'x'],
    'If-Match': ['*', '"a"', 'W/"a"', '"a", W/"b", "c"', '', 'a', '"a', 'a"', '"a""b"', ' ', ',', '"a",,', '"a,b"',
    'w/"a"', '"é"'],
    'If-None-Match': ['*', '"a"', 'W/"a"', '"a", W/"b"', '', 'a', '*, "a"', '"a", b, "c"'],
    'If-Range': ['"a"', 'Sun, 06 Nov 1994 08:49:37 GMT', ''],
    'Expect': ['100-continue', ''],
    'Forwarded': [
        '', 'for=192.0.2.43', 'for=192.0.2.43, for=198.51.100.17', 'For="[2001:db8:cafe::17]:4711"',
        'for=192.0.2.60;proto=http;by=203.0.113.43;host=example.com', 'for=_hidden;Proto=HTTPS, for=unknown',
        'for="_gaz\\"onk"', 'for=1.2.3.4:80', 'for=1.2.3.4:80;host=a.example:8080;proto=https;extra=x',
        'host=b.example',
        'for=', 'x', '=', ';', ',', 'for=a b', 'for="a', 'for="a;b";host=c', 'for=a;for=b', 'proto=https',
        'for=10.0.0.1 ; proto=https , host=c.example', 'for="10.0.0.1";host="é"',
    ],
    'Host': [
        'example.com', 'example.com:8000', 'EXAMPLE.com', 'a.b.example.com', '[::1]', '[::1]:9', '192.0.2.1',
        '192.0.2.1:80',
        'example.com:80', 'example.com:443', '', 'example.com:', 'example.com:x', ':80', 'localhost', 'a.b', '[::1',
        'a b',
        'example.com:99999', 'example.com/path', 'user@example.com', 'é.example', '192.168.0.1.example.com',
    ],
    'Last-Event-ID': ['5', ''],
    'Range': [
        'bytes=0-', 'bytes=0-499', 'bytes=-5', 'bytes=5-5', 'bytes=5-4', 'bytes=', 'bytes', 'bytes=-', 'bytes=a-b', '',
        '=',
        'bytes=0-1,2-3', 'bytes=-0', 'items=1-2', 'bytes 0-1', 'bytes=0-1,', 'bytes= 0-1', 'bytes=0 - 1', 'bytes=--1',
        'bytes=1-2-3', 'bytes=+1-2', 'BYTES=0-1', 'bytes=0-x', 'bytes=1_0-20', '=0-1', 'x=y',
    ],
    'Referer': ['https://a.example/', ''],
    'User-Agent': ['x/1', ''],
    'X-Forwarded-For': ['192.0.2.1', '192.0.2.1, 192.0.2.2', ' 192.0.2.1 ,192.0.2.2 ', '', ',', 'unknown', '"a", b'],
    'X-Forwarded-Host': ['proxy.example', 'proxy.example:81', '', 'a.example, b.example'],
    'X-Forwarded-Proto': ['https', 'HTTPS', '', 'https, http', 'javascript'],
    'X-Real-IP': ['192.0.2.9', ''],
    'Cookie': [
        'a=1', 'a=1; b=2', 'a=1;b=2', 'a=1; a=2', 'a="quoted"', 'a="with space; and more"', 'a', '=1', 'a=', ';',
        'a=1;;b=2',
        'a=1, b=2', 'a=b=c', ' a = 1 ', 'a=é', 'a="\\303\\251"', 'a="x\\"y"', 'a b=1', 'a=1; $Version=1', '__Host-a=1',
        'a=%20',
        'a="unclosed', 'A=1; a=2', 'a=1\tb=2', 'x[y]=1', 'a=1; b', 'a="";b=2', 'a@b=1', 'a=1; expires=x', '',
    ],
}  # fmt: skip

_QUERIES = [
    "a", "a=", "a=1", "a=1&a=2", "a=1&b=2", "a=1,2", "a=1,2&a=3", "a=,1,", "a=,", "a=%2C", "a=1%2C2", "a=1+2",
    "a=1%202", "a=%C3%A9", "a=%FF", "a=%zz", "a=%", "a=%2", "a&&b", "&a=1", "=1", "=", "a=1;b=2", "a==1", "a=b=c",
    "%61=1", "a%20b=1", "a+b=1", "a[]=1&a[]=2", "a[b]=1&a[c]=2", "a[b][c]=1", "a.b=1", "a=%00", "a=true", "a=#x", "?",
    "a=1&A=2", "&&&", "é=é", "a=1&a=", "a=&a=", "a=&a=1", "a=%26&b=%3D", "a=,,&a=1", "%=1", "a=%F0%9F%98%80",
    "a=%ED%A0%80",
]  # fmt: skip

_VALUES = [
    '1', '0', '-1', '007', '1.5', 'x', 'true', 'True', 'TRUE', 'yes', 'no', 'on', 'off', 't', 'f', 'y', 'n', 'false',
    'False', '0.0', '1e3', 'nan', 'inf', '-inf', '1_000', '+1', '%201', '1%20', '%D9%A1', '2020-01-02', '2020-13-02',
    '2020-01-02T03:04:05Z', '2020-01-02T03:04:05%2B01:00', '2020-01-02T03:04:05', '%22x%22', '{}', '{%22a%22:1}',
    '[1,2]', '{%22a%22:', '12345678-1234-5678-1234-567812345678', '12345678123456781234567812345678', '1,2,3', 'a,b',
    '1,x', ',1,', 'a%2Cb', '1&a=2', '1,2&a=3', 'a;b', 'a|b', 'a:1,b:2', '99999999999999999999999', '',
]  # fmt: skip

_GETTERS: list[list[Any]] = [
    ['get_param', {}], ['get_param', {'default': 'd'}], ['get_param', {'required': True}],
    ['get_param', {'allow_multiple': False}],
    ['get_param', {'stored': True}], ['get_param_as_int', {}], ['get_param_as_int', {'min_value': 0, 'max_value': 5}],
    ['get_param_as_int', {'required': True}], ['get_param_as_int', {'allow_multiple': False}],
    ['get_param_as_int', {'default': 7}],
    ['get_param_as_float', {}], ['get_param_as_float', {'min_value': 0.5, 'max_value': 1.5}], ['get_param_as_bool', {}],
    ['get_param_as_bool', {'blank_as_true': False}], ['get_param_as_bool', {'default': True, 'stored': True}],
    ['get_param_as_list', {}], ['get_param_as_list', {'transform': 'int'}], ['get_param_as_list', {'delimiter': ','}],
    ['get_param_as_list', {'delimiter': '|'}], ['get_param_as_list',
    {'required': True, 'transform': 'upper', 'stored': True}],
    ['get_param_as_date', {}], ['get_param_as_date', {'format_string': '%Y'}], ['get_param_as_datetime', {}],
    ['get_param_as_datetime', {'format_string': '%Y-%m-%d'}], ['get_param_as_json', {}],
    ['get_param_as_json', {'default': {'d': 1}}],
    ['get_param_as_uuid', {}], ['get_param_as_uuid', {'required': True, 'stored': True}], ['get_param_as_dict', {}],
    ['get_param_as_dict', {'delimiter': ','}], ['get_param_as_dict', {'required': True}],
    ['get_param_as_media', {'media_type': 'application/json'}],
    ['get_param_as_media', {}], ['has_param', {}],
]  # fmt: skip


def _call(
    app: str, query: str, name: str, *args: Any, headers: tuple[tuple[str, str], ...] = (), **options: Any
) -> Case:
    call = json.dumps([name, args, options])
    return Case(app, target=f'/call?{query}' if query else '/call', headers=[('X-Call', call), *headers])


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/requests.py`."""
    yield from _headers()
    yield from _scopes()
    for app in APPS:
        for query in _QUERIES:
            yield Case(app, target=f'/?{query}')
        for value in _VALUES:
            for name, options in _GETTERS:
                if app == 'requests:app' or 'list' in name or (',' in value and 'dict' in name):
                    yield _call(app, f'a={value}', name, 'a', **options)
        for name, options in _GETTERS:
            yield _call(app, 'b=1', name, 'a', **options)
            yield _call(app, 'a', name, 'a', **options)
    yield from _calls()


def _headers() -> Iterator[Case]:
    yield Case('requests:app')
    for name, values in _HEADERS.items():
        for value in values:
            yield Case('requests:app', target='/a/x?q=1', headers=[(name, value)])
        yield Case('requests:app', headers=[(name, values[0]), (name, values[-2])])
    yield Case('requests:app', headers=[('X-One', 'a'), ('x-one', 'b'), ('X-Two', ''), ('X_Under', 'é')])
    yield Case('requests:app', headers=[('Cookie', 'a=1'), ('Cookie', 'b=2')])
    forwarded = [('Forwarded', 'for=1.1.1.1;proto=https;host=f.example'), ('X-Forwarded-Proto', 'http')]
    yield Case('requests:app', headers=[*forwarded, ('X-Forwarded-Host', 'x.example'), ('X-Forwarded-For', '2.2.2.2')])
    yield Case('requests:app', headers=[('X-Forwarded-For', '2.2.2.2'), ('X-Real-IP', '3.3.3.3')])


def _scopes() -> Iterator[Case]:
    host = [('Host', 'h.example')]
    for headers in (), host, [('Host', 'h.example:443')], [('Host', 'h.example:80')]:
        for scheme in 'http', 'https':
            yield Case('requests:app', target='/a/b%20c?d=e', headers=headers, scope={'scheme': scheme})
            yield Case('requests:app', headers=headers, scope={'scheme': scheme, 'server': ['s.example', 443]})
            yield Case('requests:app', headers=headers, scope={'scheme': scheme, 'server': ['s.example', 80]})
    scopes: list[dict[str, Any]] = [
        {'client': None}, {'server': None}, {'scheme': None}, {'root_path': '/app'}, {'root_path': None},
        {'http_version': '2'},
        {'http_version': '1.0'}, {'server': ['/run/socket', None]}, {'client': ['::1', 1]}, {'client': ['', 0]},
        {'raw_path': None}, {'asgi': {'version': '3.0'}}, {'root_path': '/app/'}, {'extensions': {}},
        {'server': ['::1', 80]},
    ]  # fmt: skip
    for scope in scopes:
        yield Case('requests:app', target='/a/%C3%A9?x', scope=scope)
        yield Case('requests:app', target='/?x', headers=host, scope=scope)
    for path in (
        '/a/%20',
        '/a/%C3%A9',
        '/a/a%2Fb',
        '/a/%25',
        '/a/+',
        "/a/~!$&'()*,;=:@",
        '/a/%F0%9F%98%80',
        '/a/%FF',
        '/a/"<>`{}|',
    ):
        yield Case('requests:app', target=path)
        yield Case('requests:app', target=path, headers=host, scope={'root_path': '/r'})


def _calls() -> Iterator[Case]:
    app = 'requests:app'
    for accept in (
        '',
        '*/*',
        'text/*, application/json;q=0.5',
        'application/json;q=0, */*',
        'x',
        'text/html',
        'a/b;q=1.5',
    ):
        for media_type in 'application/json', 'text/plain', 'application/xml', 'x', 'text/html;level=1':
            yield _call(app, '', 'client_accepts', media_type, headers=(('Accept', accept),))
        for offers in ['application/json', 'text/plain'], [], ['application/xml'], ['text/plain', 'application/json']:
            yield _call(app, '', 'client_prefers', offers, headers=(('Accept', accept),))
    yield _call(app, '', 'client_prefers', ['text/plain'])
    for options in {}, {'required': True}, {'default': 'd'}:
        for name in 'X-A', 'x-a', 'X-B', 'Content-Type', 'X_A', '':
            yield _call(app, '', 'get_header', name, headers=(('X-A', 'value'), ('X-A', 'again')), **options)
    for value in '1', '', 'x', '-1', ' 1 ', '1.0', '1_0', '+1':
        yield _call(app, '', 'get_header_as_int', 'X-A', headers=(('X-A', value),))
    for value in 'Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'x', '':
        yield _call(app, '', 'get_header_as_datetime', 'X-A', headers=(('X-A', value),))
        yield _call(app, '', 'get_header_as_datetime', 'X-A', headers=(('X-A', value),), obs_date=True)
    for name in 'get_header_as_int', 'get_header_as_datetime':
        yield _call(app, '', name, 'X-Missing')
        yield _call(app, '', name, 'X-Missing', required=True)
    for name in 'a', 'b', '':
        yield _call(app, '', 'get_cookie_values', name, headers=(('Cookie', 'a=1; a=2; c="3"'),))
    for query in (
        'a[b]=1&a[c]=2',
        'a[b]=1&a[b]=2',
        'a[b][c]=1',
        'a[=1',
        'a]=1',
        'a[]=1',
        'a=1&a[b]=2',
        'b[c]=1',
        'a[b]',
        'a[b]=%C3%A9',
    ):
        yield _call(app, query, 'get_param_as_dict', 'a', deep_object=True)
        yield _call(app, query, 'get_param_as_dict', 'a', deep_object=True, required=True)
    for query in 'a=b,1,c,2', 'a=b,1,c', 'a=b,1&a=c,2', 'a=b&a=1', 'a=b:1|c:2', 'a=b|1|c|2', 'a=b%201':
        for delimiter in None, ',', '|', ':', 'space', 'pipe':
            yield _call(app, query, 'get_param_as_dict', 'a', delimiter=delimiter)
        yield _call('requests:csv', query, 'get_param_as_dict', 'a')
    for query in 'a=1|2', 'a=1%202', 'a=1;2', 'a=1%7C2':
        for delimiter in '|', ' ', 'pipeDelimited', 'spaceDelimited', ';', 'xx', '':
            yield _call(app, query, 'get_param_as_list', 'a', delimiter=delimiter)
    for query in '', '%7B%22a%22:1%7D', 'x', 'a=1':
        yield _call(app, query, 'get_query_string_as_media')
        yield _call(app, query, 'get_query_string_as_media', 'application/json')
        yield _call(app, query, 'get_query_string_as_media', 'application/x-www-form-urlencoded')
        yield _call(app, query, 'get_query_string_as_media', 'no/handler')
        yield _call(app, query, 'get_query_string_as_media', default_when_empty=5)
    yield _call(app, '', 'log_error', 'x')


_MISSING = '.*(body|raised|ended|header).*'


_MISSING = '.*(body|raised|ended|header).*'


_MISSING = '.*(body|raised|ended|header).*'


_MISSING = '.*(body|raised|ended|header).*'


_MISSING = '.*(body|raised|ended|header).*'

DIFFERENCES = [
    Difference(
        'media types are compared without regard to case, and empty items of a list are passed over (RFC 9110, 5.6.1)',
        'Accept: (application/JSON|text/html, , application/json)$',
        {'body client_accepts_json': ('False', 'True')},
    ),
    Difference(
        'what is no media type is accepted by nobody',
        r'"client_accepts", \["x"\], \{\}\]( Accept: (\*/\*|x)?)$',
        {'body returned': ('True', 'False')},
    ),
    Difference(
        'a Content-Length that is no number, or beyond all files, is refused before anything is read',
        'Content-Length: ',
        instead('200', '400'),
    ),
    Difference(
        'no link explains what a range is',
        'Range: ',
        {'body range link.*': (ANY, 'None'), 'body range keys': (r".*, 'link'\]", r".*'description'\]")},
    ),
    Difference(
        'a leap second is a date (RFC 9110, section 5.6.7)',
        ' 08:49:60 GMT$',
        {'body date': ('an object', '.*49, 59.*'), 'body date .*': (ANY, 'None')},
    ),
    Difference(
        'what stands between the commas of a list of entity tags is one, in quotes or not',
        'If-None-Match: "a", b, "c"$',
        {'body if_none_match': (r"(?!.*'\"b\"').*", r".*'\"b\"'.*")},
    ),
    Difference(
        'ports and quoted texts in Forwarded, and what comes after them, are not dropped',
        'Forwarded: for=("10|1.2.3.4:80)',
        {'body forwarded.*': (ANY, ANY)},
    ),
    Difference(
        'an element of Forwarded that is malformed is dropped whole',
        'Forwarded: for=a b$',
        {'body (forwarded|access_route)': (".*'a'.*", r"\[('192.0.2.7')?\]")},
    ),
    Difference(
        'addresses have no subdomains',
        r'Host: 192\.0\.2\.1',
        {'body subdomain': ('192', 'None')},
    ),
    Difference(
        'several Host headers are an error of the client, instead of the last one counting',
        'Host: .* Host: ',
        {
            r'body (host|port|subdomain|netloc|prefix|ur[il]|forwarded_(host|prefix|uri)).*': (ANY, ANY),
            r'body headers(_lower)? host': ('é.example', 'example.com,é.example'),
        },
    ),
    Difference(
        'no link is made of a Host header that holds what would end the host',
        r'Host: (a b|example\.com/path|user@example\.com)$',
        {r'body (host|port|subdomain|netloc|prefix|ur[il]|forwarded_(host|prefix|uri)).*': (ANY, ANY)},
    ),
    Difference(
        'a Host header that is malformed is an error of the client, and an empty port the default one',
        r'Host: (example\.com:(x|99999)?|\[::1)$',
        {'body (host|port|subdomain).*': (ANY, ANY)},
    ),
    Difference(
        'ranges are of ASCII digits without signs, and have a unit; an empty Range header is none',
        r'Range: (=|=0-1|bytes=\+1-2|bytes=1_0-20)?$',
        {'body range.*': (ANY, ANY)},
    ),
    Difference(
        'empty addresses are none',
        'X-(Forwarded-For|Real-IP): ,?$',
        {'body access_route': (r"\['', .*", r"\['192\.0\.2\.7'\]")},
    ),
    Difference(
        'of the proxies that X-Forwarded-Host and -Proto have passed, the first one counts, and an empty one is none',
        'X-Forwarded-(Host|Proto): (|.*, .*|.*X-Forwarded-.*: .*)$',
        {
            'body forwarded_(host|prefix|scheme|uri)': (
                ANY,
                '(https?|[a-z]+.example(:8080)?|https?://[a-z]+.example(:8080)?(/.*)?)',
            )
        },
    ),
    Difference(
        'a quoted cookie that is empty is empty, also where no space comes after it',
        'Cookie: a="";b=2$',
        {'body cookies a': ('""', '')},
    ),
    Difference(
        'Cookie headers are joined: HTTP/2 splits them (RFC 9113, section 8.2.3)',
        'Cookie: .* Cookie: ',
        {'body (headers|headers_lower) cookie': (ANY, '.*; .*'), 'body cookies.*': (ANY, ANY)},
    ),
    Difference(
        'a socket in the file system has no port',
        '/run/socket',
        {'body .*': ('.*/run/socket:None.*', '.*/run/socket.*'), 'body port': ('None', '80')},
    ),
    Difference(
        'an empty address of the client is an address',
        r"'client': \['', 0\]",
        {'body access_route': (r'\[\]', r"\[''\]"), 'body remote_addr': ('raised IndexError', '')},
    ),
    Difference(
        'a slash at the end of the root path is no part of it',
        "'root_path': '/app/'",
        {'body .*': ('.*/app/.*', '.*/app.*')},
    ),
    Difference(
        'IPv6 addresses in URIs are in brackets (RFC 3986, section 3.2.2)',
        "'server': ..::1', 80",
        {'body .*': ('.*::1.*', r'.*\[::1\].*')},
    ),
    Difference(
        'a query string that is not ASCII does not end in the server',
        'é=é',
        {'status': ('None', '200'), 'raised': ('UnicodeDecodeError', 'None'), 'body|ended|header .*': (ANY, ANY)},
    ),
    Difference(
        'numbers are finite and of ASCII digits, without underscores',
        r'\?a=(-?inf|nan|1_000|%D9%A1) .*get_param_as_(int|float)|get_header_as_int.*1_0$',
        instead('200', '400'),
    ),
    Difference(
        'what is no number has no bounds to pass',
        r'\?a=(-?inf|1_000) .*min_value',
        {
            'body description': (
                '.* The value (may not exceed|must be at least) .*',
                r'.* must be an? (integer|float)\.',
            )
        },
    ),
    Difference(
        'JSON is read by msgspec, whose words differ',
        'get_query_string_as_media',
        {'body description': ('Could not parse JSON body - .*', 'Could not parse JSON body - .*')},
    ),
]
