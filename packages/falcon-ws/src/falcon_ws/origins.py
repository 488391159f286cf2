"""Which web pages may open connections: the Origin header of a handshake against a list (RFC 6454).

Browsers let a page of any site open a WebSocket to any other, with the cookies of that other, and leave it to the
server to look at where the page came from. A server whose connections mean something by a cookie has to.
"""

import re
from collections.abc import Iterable

from falcon_core.asgi_types import Scope

__all__ = ['checked_origins', 'is_allowed']

# RFC 6454, section 6.2: scheme, host, and the port unless it is the scheme's own; no path. `null` is what pages have
# whose origin is nobody's business, sandboxed ones for example.
_ORIGIN = re.compile(r'[a-z][a-z0-9+.-]*://(?:\[[0-9a-f:.]+\]|[^\s/?#@:\[\]*]+)(?::[0-9]{1,5})?|null')
_DEFAULT_PORTS = {'http': ':80', 'https': ':443'}


def checked_origins(origins: Iterable[str | None] | None) -> frozenset[str | None] | None:
    """Return origins as they are compared: in lowercase, as browsers write them.

    Args:
        origins: The origins; None among them stands for handshakes without the header. None allows any.

    Raises:
        TypeError: One string was given instead of a collection of them.
        ValueError: One is no origin.
    """
    if origins is None:
        return None
    if isinstance(origins, str):
        raise TypeError(f'received allowed_origins {origins!r}, expected a collection of origins')
    return frozenset(origin if origin is None else _checked(origin) for origin in origins)


def _checked(origin: str) -> str:
    lower = origin.lower() if isinstance(origin, str) else ''
    if not _ORIGIN.fullmatch(lower):
        raise ValueError(f'received origin {origin!r}, expected one such as https://example.com, without a path')
    return lower.removesuffix(_DEFAULT_PORTS.get(lower.partition(':')[0], ''))


def is_allowed(scope: Scope, origins: frozenset[str | None] | None) -> bool:
    """Return whether a handshake comes from one of the origins.

    Args:
        scope: The scope of the handshake.
        origins: What `checked_origins` has returned.
    """
    if origins is None:
        return True
    found = [value for name, value in scope.get('headers') or () if name == b'origin']
    if len(found) > 1:
        return False
    return (found[0].decode('latin-1').lower() if found else None) in origins
