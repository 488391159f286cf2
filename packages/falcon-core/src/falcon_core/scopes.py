"""What an ASGI scope says of a request, read in one way for HTTP and for WebSocket handshakes."""

from collections.abc import Iterable

from falcon_core.asgi_types import Scope
from falcon_core.constants import SINGLETON_HEADERS

__all__ = ['headers_by_name', 'query_string']

# Different lengths are not one length but a malformed one, and so are several hosts, of which a proxy may have taken
# another than we would (RFC 9112, section 3.2). Cookies are joined (RFC 9113, section 8.2.3).
_SINGLETONS = frozenset(name.encode() for name in SINGLETON_HEADERS) - {b'content-length', b'cookie', b'host'}


def headers_by_name(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers of a scope by lowercase name, one value for each.

    Several values of a name are joined by commas (RFC 9110, section 5.3), cookies as RFC 6265, section 5.4, writes
    them; of a header that can have one value only, the last counts.
    """
    if not isinstance(pairs, list):
        pairs = list(pairs)
    headers = dict(pairs)
    return headers if len(headers) == len(pairs) else _joined(pairs)


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    values: dict[bytes, list[bytes]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: _one_value(name, several) for name, several in values.items()}


def _one_value(name: bytes, values: list[bytes]) -> bytes:
    if len(values) == 1 or name in _SINGLETONS:
        return values[-1]
    if name == b'content-length' and len(set(values)) == 1:
        return values[0]
    return (b'; ' if name == b'cookie' else b',').join(values)


def query_string(scope: Scope) -> str:
    """Return the query string of a scope, without the question mark and still percent-encoded."""
    raw: bytes = scope.get('query_string') or b''
    # Percent-encoded it is ASCII; some clients send UTF-8 as it is.
    return raw.decode(errors='replace')
