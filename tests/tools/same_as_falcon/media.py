"""Requests with bodies: media of all kinds, forms, streams, and answers in media."""

import json
from collections.abc import Iterator
from typing import Any

from same_as_falcon.case import ANY, Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases']

_JSON = [
    b'{"a": 1}', b'[]', b'null', b'0', b'"x"', b'', b' ', b'{', b'{"a": }', b'\xff', b'{"a": 1}x', b'{"a": 1, "a": 2}',
    b'\xef\xbb\xbf{}', b'"\\ud83d\\ude00"', '"é€"'.encode(), b'1.0', b'1e400',
    b'-0', b'12345678901234567890', b'{"a": {"b": [1, {"c": null}]}}', b'true', b'NaN', b'"\x01"', b"{'a': 1}",
    b'[1,]', b'"\\u0000"', b'{"": 0}', b' {"a":1}\n',
]  # fmt: skip
_MSGPACK = [
    b'\x81\xa1a\x01',
    b'\x90',
    b'\xc0',
    b'',
    b'\xc1',
    b'\x81\xa1a',
    b'\xc4\x02ab',
    b'\xa2\xff\xfe',
    b'\x01\x02',
    b'\xcb?\xf8\x00\x00\x00\x00\x00\x00',
    b'\x92\x01\xa1b',
]
_FORMS = [
    b'a=1', b'a=1&a=2', b'a=1&b=2', b'a=', b'a', b'', b'a=%C3%A9', b'a=+b', b'a=1%2C2', b'a=1,2', b'=1', b'&&',
    b'a=%zz', b'a=\xc3\xa9', b'a=1;b=2', b'a=%FF', b'a[b]=1', b'%61=%31', b'a=1\r\n', b'a==',
]  # fmt: skip
_TYPES = [
    'application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=latin-1',
    'application/vnd.x+json', 'text/json', 'text/plain', '', None, 'x', 'application/msgpack',
    'application/x-msgpack', 'application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-8',
    'application/*', '*/*', ' application/json ', 'application/json, text/plain', 'text/reversed',
]  # fmt: skip

_PART = b'Content-Disposition: form-data; name="a"'
_BOUNDARY = 'multipart/form-data; boundary=BOUNDARY'


def _form(*parts: tuple[bytes, bytes], end: bytes = b'--BOUNDARY--\r\n', before: bytes = b'') -> bytes:
    return before + b''.join(b'--BOUNDARY\r\n' + head + b'\r\n\r\n' + body + b'\r\n' for head, body in parts) + end


_MULTIPART = [
    _form((_PART, b'one')), _form((_PART, b'one'), (b'Content-Disposition: form-data; name="b"', b'two')), _form(),
    _form((_PART, b'')), b'', b'--BOUNDARY--', b'x', _form((_PART, b'one'), end=b''),
    _form((_PART, b'one'), before=b'preamble\r\n'), _form((_PART, b'one'), end=b'--BOUNDARY--\r\nepilogue'),
    _form((_PART, b'one'), end=b'--BOUNDARY--'), _form((b'', b'no headers')), _form((b'X-A: b', b'no name')),
    _form((b'Content-Disposition: form-data; name="a"; filename="f.txt"', b'file')),
    _form((b'Content-Disposition: form-data; name="a"; filename=""', b'file')),
    _form((b"Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''%C3%A9.txt", b'file')),
    _form((b'Content-Disposition: form-data; name="a"; filename="\xc3\xa9.txt"', b'file')),
    _form((b'Content-Disposition: form-data; name="a"; filename="../../x y.txt"', b'file')),
    _form((b'Content-Disposition: form-data; name=a; filename=f.txt', b'file')),
    _form((_PART + b'\r\nContent-Type: application/json', b'{"x": 1}')),
    _form((_PART + b'\r\nContent-Type: text/plain; charset=latin-1', b'\xe9')),
    _form((_PART + b'\r\nContent-Type: text/plain; charset=nothing', b'x')),
    _form((_PART, b'\xff\xfe')), _form((_PART, b'line\r\nline\r\n--BOUND\r\n--boundary')),
    _form((_PART, b'1'), (_PART, b'2'), (_PART, b'3')), _form((_PART, b'12345678901')),
    _form((_PART + b'\r\nX-Long: ' + b'x' * 100, b'y')),
    _form((b'content-disposition: FORM-DATA; NAME="a"', b'case')),
    _form((b'Content-Disposition: attachment; name="a"', b'not form-data')),
    _form((_PART + b'\r\nContent-Transfer-Encoding: base64', b'YQ==')),
    _form((_PART + b'\r\nBad Header', b'x')), _form((_PART, b'one')).replace(b'\r\n', b'\n'),
    _form((b'Content-Disposition: form-data; name="a\\"b"', b'x')), _form((_PART + b'\r\nX-A: 1\r\nX-A: 2', b'twice')),
    _form((_PART + b'\r\nContent-Type: application/x-www-form-urlencoded', b'x=1')),
    _form((_PART + b'\r\nContent-Type: application/unknown', b'x')), b'--BOUNDARY\r\n' + _PART,
    b'--BOUNDARY\r\n' + _PART + b'\r\n\r\nopen',
]  # fmt: skip
_BOUNDARIES = [
    'multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="BOUNDARY"',
    'multipart/form-data; charset=utf-8; boundary=BOUNDARY', 'Multipart/Form-Data; BOUNDARY=BOUNDARY',
    'multipart/form-data; boundary=OTHER', 'multipart/form-data; boundary=' + 'x' * 71,
    'multipart/form-data; boundary="BOUND ARY"', 'multipart/mixed; boundary=BOUNDARY',
]  # fmt: skip

_READS: list[list[list[Any]]] = [
    [['read']], [['read', 3], ['read', 100], ['read', 5]], [['readall']], [['read', 0], ['eof'], ['readall'], ['eof']],
    [['iterate']], [['read', 2], ['iterate']], [['exhaust'], ['eof'], ['read']], [['tell'], ['read', 4], ['tell']],
    [['read', -1]], [['read', None]], [['readall'], ['readall']], [['close'], ['closed']], [['close'], ['read']],
    [['iterate'], ['iterate']], [['readall'], ['read', 1]], [['closed'], ['eof']], [['exhaust'], ['exhaust']],
]  # fmt: skip

_VALUES = ['{"a": 1}', '[1, "é", null, 1.5]', '"text"', '0', '{"a": [1, 2], "b": "c d"}', 'false', '{}']


def _post(body: bytes, media_type: str | None, app: str = 'app', target: str = '/', **headers: str) -> Case:
    pairs = [('Content-Length', str(len(body))), *headers.items()]
    if media_type is not None:
        pairs.append(('Content-Type', media_type))
    return Case(
        f'media:{app}', 'POST', target, [(name.replace('_', '-'), value) for name, value in pairs], _split(body)
    )


def _split(body: bytes) -> tuple[bytes, ...]:
    middle = len(body) // 2
    return (body[:middle], body[middle:]) if middle else (body,)


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/media.py`."""
    for bodies, media_type in (
        (_JSON, 'application/json'),
        (_MSGPACK, 'application/msgpack'),
        (_FORMS, 'application/x-www-form-urlencoded'),
    ):
        for body in bodies:
            for target in '/', '/default', '/twice':
                yield _post(body, media_type, target=target)
            yield _post(body, media_type, app='own')
            yield _post(body, None, app='untyped')
    for type_ in _TYPES:
        for app in 'app', 'own', 'untyped':
            yield _post(b'{"a": 1}', type_, app=app)
            yield _post(b'', type_, app=app, target='/default')
            for value in _VALUES if app == 'app' else _VALUES[:1]:
                given = [('X-Value', value)] if type_ is None else [('X-Value', value), ('X-Type', type_)]
                yield Case(f'media:{app}', 'GET', '/give', given)
    for method in 'GET', 'DELETE':
        yield Case('media:app', method, '/')
        yield Case('media:app', method, '/', [('Content-Type', 'application/json')])
        yield Case('media:app', method, '/', [('Content-Type', 'application/json'), ('Content-Length', '2')], (b'[]',))
    yield from _multipart()
    yield from _bodies()


def _multipart() -> Iterator[Case]:
    for body in _MULTIPART:
        for how in 'data', 'text', 'media', 'secure', 'stream', 'nothing':
            yield _post(body, _BOUNDARY, target='/form', X_Part=how)
        yield _post(body, _BOUNDARY, app='few', target='/form')
    for media_type in _BOUNDARIES:
        yield _post(_form((_PART, b'one')), media_type, target='/form')


def _bodies() -> Iterator[Case]:
    chunks = (b'abc', b'', b'defgh', b'i')
    for steps in _READS:
        read = ('X-Read', json.dumps(steps))
        for length in None, '9', '5', '20':
            headers = [read] if length is None else [read, ('Content-Length', length)]
            yield Case('media:app', 'POST', '/body', headers, chunks)
        yield Case('media:app', 'POST', '/body', [read])
        yield Case('media:app', 'POST', '/body', [read], (b'abc',), leaves=True)
        yield Case('media:app', 'POST', '/body', [read, ('Content-Length', '9')], (b'abc',), leaves=True)


DIFFERENCES = [
    Difference(
        'the words about malformed media are our own',
        '^media:.* POST /',
        {'body description': ('.+', '.+')},
    ),
    Difference(
        'the words about malformed media are our own, backwards',
        '^media:own POST /',
        {'body': (r"\}.*:'eltit'\{", r"\}.*:'eltit'\{")},
    ),
    Difference('media types are compared without regard to case', 'Type: APPLICATION/JSON', instead('415', '200')),
    Difference('a Content-Type is one media type', 'Type: application/json, text/plain', instead('200', '415|500')),
    Difference('MessagePack has a former name', 'application/x-msgpack', instead('415', '200|400')),
    Difference(
        'numbers beyond what a float holds, and what is no number, are not JSON (RFC 8259, section 6)',
        r"\(b'(1e|N)', b'(400|aN)'\)$",
        instead('200', '400'),
    ),
    Difference(
        'media without a handler is an error of the server, not of the client',
        ' GET /give ',
        instead('415', '500'),
    ),
    Difference(
        'a client that leaves before the end of its body has sent none',
        ' leaves$',
        instead('200|500', '400'),
    ),
    Difference(
        'a position in a body counts what was read, not what has arrived',
        r'"tell"',
        {'body': (r"\[3, 'abcde?', [78]\]", r"\[0, 'abcd', 4\]")},
    ),
    Difference(
        'the end of a body is known once it was read',
        r'"eof"\]',
        {'body': (r"\[('', |False, )True.*", r"\[('', |False, )False.*")},
    ),
    Difference(
        'headers of a part that are malformed, or there twice, are refused',
        r'Bad Header|X-A: 2',
        instead('200|415|500', '400'),
    ),
    Difference(
        'a part begins after the first empty line, which may be the first one (RFC 2046, section 5.1.1)',
        r"\\r\\n\\r\\n\\r\\nno he', ",
        {'body': (r".*'no( headers)?\s?'.*", r".*'\\r\\nn(o headers)?'.*")},
    ),
    Difference(
        'what comes before the first empty line counts as data, and so for the limit',
        r"^media:few .*\\r\\n\\r\\n\\r\\nno he', ",
        instead('200', '400'),
    ),
    Difference(
        'JSON is compact, also where its type is a range of types',
        r'X-Type: (application|\*)/\*$',
        {'body': (r'[\[{].*', r'[\[{].*'), 'header content-length': (ANY, ANY)},
    ),
    Difference(
        'a body that is no JSON is none when asked twice',
        r"/twice .*\(b'(1e|N)', b'(400|aN)'\)$",
        {'body': (r'\[\]', r"\[\['400 Bad Request', 'Invalid JSON'\].*")},
    ),
    Difference(
        'parameters of media types are named without regard to case', 'BOUNDARY=BOUNDARY', instead('415', '200')
    ),
    Difference(
        'what cannot be written as a form is an error that is answered as such',
        ' GET /give .*x-www-form-urlencoded',
        {'body.*|header .*': (ANY, ANY)},
    ),
]
