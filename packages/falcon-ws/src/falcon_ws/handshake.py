"""The answer to a handshake, and what the server's version of ASGI lets it hold."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from falcon_core.asgi_types import Message, Scope
from falcon_core.header_values import check_header_name, check_header_value, is_token
from falcon_core.http_status import http_status_to_code
from falcon_ws.close_codes import fit_close_reason

__all__ = [
    'ACCEPT_HEADERS',
    'DENIAL',
    'Headers',
    'accept_message',
    'close_message',
    'denial_messages',
    'spec_version',
]

# The extension by which a server gives the client a response other than 101 (ASGI specification, "WebSocket Denial
# Response").
DENIAL = 'websocket.http.response'

# The first versions of the ASGI WebSocket specification in which a server takes headers with the acceptance, and a
# reason with the close.
ACCEPT_HEADERS = (2, 1)
_CLOSE_REASON = (2, 3)

Headers = Mapping[str, str] | Iterable[tuple[str, str]]

_FIRST_FINAL_STATUS = 200
_OLDEST = (2, 0)
_VERSION = re.compile(r'(\d{1,4})\.(\d{1,4})')


def spec_version(scope: Scope) -> tuple[int, int]:
    """Return the version of the ASGI WebSocket specification that a server speaks; (2, 0) if it does not say."""
    asgi: Mapping[str, Any] = scope.get('asgi') or {}
    found = _VERSION.match(str(asgi.get('spec_version', '')))
    return (int(found[1]), int(found[2])) if found else _OLDEST


def close_message(scope: Scope, code: int, reason: str | None) -> Message:
    """Return the ASGI message that closes a connection.

    Args:
        scope: The scope of the connection.
        code: The close code, which is not checked here.
        reason: The reason, of which as much is sent as fits, if the server takes one; or None.
    """
    message: Message = {'type': 'websocket.close', 'code': code}
    if reason and spec_version(scope) >= _CLOSE_REASON:
        message['reason'] = fit_close_reason(reason)
    return message


def denial_messages(status: Any, headers: Headers | None, body: str | bytes) -> tuple[Message, Message]:
    """Return the ASGI messages that answer a handshake with an HTTP response: its start, and its body.

    Args:
        status: The status, as `falcon_core.http_status.http_status_to_code` takes it.
        headers: Headers of the response, or None.
        body: The body; text is sent as UTF-8, and said to be plain text unless a header says otherwise.

    Raises:
        TypeError: The name or value of a header is no string, or the body is neither text nor bytes.
        ValueError: A name or value is malformed; or the status is none, or none that ends a request.
    """
    code = http_status_to_code(status)
    if code < _FIRST_FINAL_STATUS:
        raise ValueError(f'received status {status!r}, expected one that ends a request, from 200')
    lines = _encoded_lines(headers)
    names = {name for name, _ in lines}
    if isinstance(body, str):
        body = body.encode()
        if body and b'content-type' not in names:
            lines.append((b'content-type', b'text/plain; charset=utf-8'))
    elif not isinstance(body, bytes):
        raise TypeError(f'received a body of type {type(body).__name__}, expected str or bytes')
    if b'content-length' not in names:
        lines.append((b'content-length', str(len(body)).encode()))
    start: Message = {'type': f'{DENIAL}.start', 'status': code, 'headers': lines}
    return start, {'type': f'{DENIAL}.body', 'body': body}


def accept_message(subprotocol: str | None, headers: Headers | None) -> Message:
    """Return the ASGI message that accepts a connection.

    Args:
        subprotocol: The subprotocol to speak, or None.
        headers: Further headers: a mapping from name to value, pairs of them, or None.

    Raises:
        TypeError: The name or value of a header is no string.
        ValueError: A name or value is malformed, or a header names the subprotocol; or the subprotocol is no token
            (RFC 6455, section 4.1).
    """
    message: Message = {'type': 'websocket.accept'}
    if subprotocol is not None:
        if not isinstance(subprotocol, str) or not is_token(subprotocol):
            raise ValueError(f'received subprotocol {subprotocol!r}, expected a token of RFC 9110')
        message['subprotocol'] = subprotocol
    if headers:
        encoded = _encoded_lines(headers)
        for name, _ in encoded:
            if name == b'sec-websocket-protocol':
                raise ValueError('received header Sec-WebSocket-Protocol, expected the subprotocol as an argument')
        if encoded:
            message['headers'] = encoded
    return message


def _encoded_lines(headers: Headers | None) -> list[tuple[bytes, bytes]]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    return [_encoded(name, value) for name, value in pairs]


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f'received header {name!r}: {value!r}, expected strings')
    return check_header_name(name).lower().encode('ascii'), check_header_value(value).encode('latin-1')
