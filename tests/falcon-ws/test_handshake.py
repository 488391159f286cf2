from typing import Any

import pytest

from falcon_ws.handshake import accept_message, close_message, denial_messages, spec_version


@pytest.mark.parametrize(
    ('asgi', 'expected'),
    [
        ({'version': '3.0', 'spec_version': '2.4'}, (2, 4)),
        ({'version': '3.0', 'spec_version': '2.10'}, (2, 10)),
        ({'version': '3.0', 'spec_version': '3.0.1'}, (3, 0)),
        ({'version': '3.0'}, (2, 0)),
        ({'version': '3.0', 'spec_version': None}, (2, 0)),
        ({'version': '3.0', 'spec_version': 'new'}, (2, 0)),
        (None, (2, 0)),
    ],
)
def test_spec_version(asgi: Any, expected: tuple[int, int]) -> None:
    """The version is two numbers; a server that does not say speaks 2.0."""
    assert spec_version({'type': 'websocket', 'asgi': asgi}) == expected


def test_spec_version_without_asgi() -> None:
    """A scope without `asgi` is of version 2.0."""
    assert spec_version({'type': 'websocket'}) == (2, 0)


def test_plain_acceptance() -> None:
    """Nothing is in the message that was not given."""
    assert accept_message(None, None) == {'type': 'websocket.accept'}
    assert accept_message(None, {}) == {'type': 'websocket.accept'}
    assert accept_message(None, iter([])) == {'type': 'websocket.accept'}


@pytest.mark.parametrize('headers', [{'X-A': 'b', 'Set-Cookie': 'c=\xe9'}, [('X-A', 'b'), ('Set-Cookie', 'c=\xe9')]])
def test_headers(headers: Any) -> None:
    """Headers, as a mapping or as pairs, become pairs of bytes with lowercase names."""
    assert accept_message('chat', headers) == {
        'type': 'websocket.accept',
        'subprotocol': 'chat',
        'headers': [(b'x-a', b'b'), (b'set-cookie', b'c=\xe9')],
    }


def test_header_twice() -> None:
    """Pairs may hold the same name more than once."""
    message = accept_message(None, iter([('Set-Cookie', 'a=1'), ('set-cookie', 'b=2')]))
    assert message['headers'] == [(b'set-cookie', b'a=1'), (b'set-cookie', b'b=2')]


@pytest.mark.parametrize(
    'headers',
    [
        {'x': 'a\r\nset-cookie: b=c'},
        {'x': 'a\nb'},
        {'x': '\0'},
        {'x': '\u20ac'},
        {'x\r\ny': 'a'},
        {'x y': 'a'},
        {'': 'a'},
        {'Sec-WebSocket-Protocol': 'chat'},
    ],
)
def test_malformed_headers_are_refused(headers: dict[str, str]) -> None:
    """Nothing that ends a header early, and no second way to name the subprotocol, goes out."""
    with pytest.raises(ValueError, match=r'^received '):
        accept_message(None, headers)


@pytest.mark.parametrize('headers', [{'x': 1}, {b'x': 'a'}, {'x': b'a'}])
def test_headers_are_strings(headers: Any) -> None:
    """Other types are refused with the header."""
    with pytest.raises(TypeError, match=r'^received header .*, expected strings$'):
        accept_message(None, headers)


@pytest.mark.parametrize('subprotocol', ['', 'a b', 'a,b', 'a\r\nb', 'ch\xe4t', 3])
def test_malformed_subprotocol_is_refused(subprotocol: Any) -> None:
    """A subprotocol is a token."""
    with pytest.raises(ValueError, match=r'^received subprotocol .*, expected a token of RFC 9110$'):
        accept_message(subprotocol, None)


@pytest.mark.parametrize(('version', 'reason'), [('2.4', 'é' * 61), ('2.3', 'é' * 61), ('2.2', None), (None, None)])
def test_close(version: str | None, reason: str | None) -> None:
    """A reason goes to servers that take one, as far as it fits."""
    expected = {'type': 'websocket.close', 'code': 4000} | ({'reason': reason} if reason else {})
    assert close_message({'type': 'websocket', 'asgi': {'spec_version': version}}, 4000, 'é' * 100) == expected
    assert close_message({'type': 'websocket'}, 4000, None) == {'type': 'websocket.close', 'code': 4000}


@pytest.mark.parametrize(
    ('arguments', 'status', 'headers', 'body'),
    [
        ((403, None, b''), 403, [(b'content-length', b'0')], b''),
        (('401 Unauthorized', {'WWW-Authenticate': 'Basic'}, ''), 401, [(b'www-authenticate', b'Basic')], b''),
        ((429, [('Retry-After', '5')], 'é'), 429, [(b'retry-after', b'5')], 'é'.encode()),
        ((400, {'Content-Type': 'text/html'}, '<p>'), 400, [(b'content-type', b'text/html')], b'<p>'),
        ((418, {'Content-Length': '3'}, b'abc'), 418, [(b'content-length', b'3')], b'abc'),
    ],
)
def test_denial(arguments: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """The length is said, and for text what it is, unless the headers do."""
    start, content = denial_messages(*arguments)
    assert (start['type'], start['status']) == ('websocket.http.response.start', status)
    assert content == {'type': 'websocket.http.response.body', 'body': body}
    lines = dict(start['headers'])
    assert lines.items() >= dict(headers).items()
    assert lines[b'content-length'] == str(len(body)).encode()
    text = isinstance(arguments[2], str) and bool(body)
    assert (lines.get(b'content-type') == b'text/plain; charset=utf-8') == (text and status == 429)


@pytest.mark.parametrize(
    ('arguments', 'kind'),
    [
        ((101, None, b''), ValueError),
        (('OK', None, b''), ValueError),
        ((403, {'a b': 'c'}, b''), ValueError),
        ((403, {'a': 'b\r\nc: d'}, b''), ValueError),
        ((403, {'a': 1}, b''), TypeError),
        ((403, None, None), TypeError),
    ],
)
def test_malformed_denial(arguments: Any, kind: type[Exception]) -> None:
    """What would not be a response is refused."""
    with pytest.raises(kind, match=r'received|expected'):
        denial_messages(*arguments)
