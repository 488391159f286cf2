"""The headers that a simulated client sends."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from falcon_core.__about__ import __version__
from falcon_core.uri import DEFAULT_PORTS

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'Cookies',
    'Headers',
    'encode_headers',
    'header_pairs',
    'merged_headers',
]

DEFAULT_HOST: Final = 'falconframework.org'
DEFAULT_UA: Final = f'falcon-client/{__version__}'

Headers = Mapping[str, str | None] | Iterable[tuple[str, str | None]]
# Name to value; a value may also be a cookie that a response has set, which has its own `value`.
Cookies = Mapping[str, Any]


def header_pairs(headers: Headers | None) -> list[tuple[str, str | None]]:
    """Return headers as a new list of pairs, in their order."""
    if headers is None:
        return []
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def merged_headers(defaults: Headers | None, own: Headers | None) -> list[tuple[str, str | None]]:
    """Return the headers of a request as pairs: those of its client, then its own.

    Args:
        defaults: The headers of the client; one that the request has itself, in whatever case, is left out.
        own: The headers of the request.
    """
    pairs = header_pairs(own)
    # A name that is no string is refused later, where the headers are encoded.
    names = {str(name).lower() for name, _ in pairs}
    return [pair for pair in header_pairs(defaults) if str(pair[0]).lower() not in names] + pairs


def encode_headers(
    headers: Headers | None,
    *,
    host: str,
    port: int,
    scheme: str,
    http_version: str,
    content_length: int | None,
    cookies: Cookies | None,
) -> list[tuple[bytes, bytes]]:
    """Return the headers of a scope: those given, in their order, then those that a client adds.

    A client adds `User-Agent`, if it is not given; `Content-Length` and, but in HTTP/1.0, `Host`, which take the place
    of those that are given; and `Cookie`.

    Args:
        headers: The headers given; None as a value stands for an empty one.
        host: The host that is asked, without a port.
        port: The port, which `Host` names if it is not the scheme's own.
        scheme: The URL scheme.
        http_version: The version of HTTP.
        content_length: The size of the body in bytes, or None if there is none, or if it is not known.
        cookies: Name to value, or None.

    Raises:
        TypeError: The name or value of a header is no string.
        UnicodeEncodeError: A name or value has a character outside ISO 8859-1.
    """
    pairs = [_encoded(name, value) for name, value in header_pairs(headers)]
    names = {name for name, _ in pairs}
    if b'user-agent' not in names:
        pairs.append((b'user-agent', DEFAULT_UA.encode()))
    if content_length is not None:
        # Two lengths that differ would be malformed (RFC 9112, section 6.3).
        pairs = [pair for pair in pairs if pair[0] != b'content-length']
        pairs.append((b'content-length', str(content_length).encode()))
    if http_version != '1.0':
        # Several of them would be malformed (RFC 9112, section 3.2).
        pairs = [pair for pair in pairs if pair[0] != b'host']
        pairs.append((b'host', _authority(host, port, scheme).encode('latin-1')))
    if cookies:
        text = '; '.join(f'{name}={getattr(value, "value", value)}' for name, value in cookies.items())
        pairs.append((b'cookie', text.encode('latin-1')))
    return pairs


def _encoded(name: str, value: str | None) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not (value is None or isinstance(value, str)):
        raise TypeError(f'received header {name!r}: {value!r}, expected strings')
    return name.lower().encode('latin-1'), (value or '').strip().encode('latin-1')


def _authority(host: str, port: int, scheme: str) -> str:
    if port == DEFAULT_PORTS[scheme]:
        return host
    return f'[{host}]:{port}' if host.count(':') > 1 and not host.startswith('[') else f'{host}:{port}'
