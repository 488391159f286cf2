from typing import Any

import pytest

from falcon_ws.handshake import accept_message, spec_version


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
