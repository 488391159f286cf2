"""The answer to a handshake, and what the server's version of ASGI lets it hold."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from falcon_core.asgi_types import Message, Scope
from falcon_core.header_values import check_header_name, check_header_value, is_token

__all__ = ['ACCEPT_HEADERS', 'CLOSE_REASON', 'accept_message', 'spec_version']

# The first versions of the ASGI WebSocket specification in which a server takes headers with the acceptance, and a
# reason with the close.
ACCEPT_HEADERS = (2, 1)
CLOSE_REASON = (2, 3)

_OLDEST = (2, 0)
_VERSION = re.compile(r'(\d{1,4})\.(\d{1,4})')


def spec_version(scope: Scope) -> tuple[int, int]:
    """Return the version of the ASGI WebSocket specification that a server speaks; (2, 0) if it does not say."""
    asgi: Mapping[str, Any] = scope.get('asgi') or {}
    found = _VERSION.match(str(asgi.get('spec_version', '')))
    return (int(found[1]), int(found[2])) if found else _OLDEST


def accept_message(subprotocol: str | None, headers: Mapping[str, str] | Iterable[tuple[str, str]] | None) -> Message:
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
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        encoded = [_encoded(name, value) for name, value in pairs]
        if encoded:
            message['headers'] = encoded
    return message


def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f'received header {name!r}: {value!r}, expected strings')
    lower = check_header_name(name).lower()
    if lower == 'sec-websocket-protocol':
        raise ValueError(f'received header {name!r}, expected the subprotocol as an argument of its own')
    return lower.encode('ascii'), check_header_value(value).encode('latin-1')
