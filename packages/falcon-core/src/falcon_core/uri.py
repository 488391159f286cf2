"""Percent-encoding, the host of a request, and quoted strings (RFC 3986; RFC 9110, section 5.6.4).

None of these functions raises on text that a client chose, except for `parse_host`, which says when. Lone
surrogates, which have no UTF-8 form, are encoded as a question mark.
"""

import re
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes

from falcon_core._quoting import unquoted

__all__ = [
    'DEFAULT_PORTS',
    'decode',
    'encode',
    'encode_check_escaped',
    'encode_value',
    'encode_value_check_escaped',
    'parse_host',
    'unquote_string',
]

# RFC 3986, sections 2.2 and 2.3. `quote` leaves letters, digits and "_.-~" alone by itself.
_RESERVED = ":/?#[]@!$&'()*+,;="
_URI_AND_ESCAPES = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*+")
_VALUE_AND_ESCAPES = re.compile(r'(?:[A-Za-z0-9\-._~]|%[0-9A-Fa-f]{2})*+')

_QUOTED_PAIR = re.compile(r'\\(.)', re.DOTALL)

_MAX_PORT = 65535

# By scheme (RFC 9110, section 4.2; RFC 6455, section 3).
DEFAULT_PORTS: Final = {'http': 80, 'https': 443, 'ws': 80, 'wss': 443}


def encode(uri: str) -> str:
    """Return `uri` with every character percent-encoded that a URI may not hold; delimiters stay as they are."""
    return quote(uri, _RESERVED, errors='replace')


def encode_value(uri: str) -> str:
    """Return `uri` with every character percent-encoded but the unreserved ones (RFC 3986, section 2.3)."""
    return quote(uri, '', errors='replace')


def encode_check_escaped(uri: str) -> str:
    """Return what `encode` does, but leave a URI that is encoded already as it is."""
    return uri if _URI_AND_ESCAPES.fullmatch(uri) else encode(uri)


def encode_value_check_escaped(uri: str) -> str:
    """Return what `encode_value` does, but leave a value that is encoded already as it is."""
    return uri if _VALUE_AND_ESCAPES.fullmatch(uri) else encode_value(uri)


def decode(encoded_uri: str, unquote_plus: bool = True) -> str:
    """Return a URI, or a part of one, with its percent-encoding undone.

    Bytes that are no UTF-8 become U+FFFD; a percent sign that begins no escape stays as it is.

    Args:
        encoded_uri: The text to decode.
        unquote_plus: True to turn `+` into a space, as query strings and forms want it.
    """
    if unquote_plus and '+' in encoded_uri:
        encoded_uri = encoded_uri.replace('+', ' ')
    if '%' not in encoded_uri:
        return encoded_uri
    # What is ASCII, as nearly all is, comes out the same in a fifth of the time.
    return unquote_to_bytes(encoded_uri).decode(errors='replace') if encoded_uri.isascii() else unquote(encoded_uri)


def parse_host(host: str, default_port: int | None = None) -> tuple[str, int | None]:
    """Return the name or address and the port of a Host header or a URI's authority.

    Args:
        host: Such as `example.com`, `example.com:8000`, `[::1]:8000` or `::1`; brackets are taken off.
        default_port: The port to return when none is named.

    Raises:
        ValueError: The port is no number from 0 to 65535, or a bracket is not closed.
    """
    if host.startswith('['):
        name, bracket, rest = host[1:].partition(']')
        if not bracket or (rest and not rest.startswith(':')):
            raise ValueError(f'received host {host[:64]!r}, expected a bracketed address with a port or none')
        return name, _parse_port(rest[1:], default_port)
    # More than one colon: an IPv6 address without brackets, which has no room for a port.
    if host.count(':') != 1:
        return host, default_port
    name, _, port = host.partition(':')
    return name, _parse_port(port, default_port)


def _parse_port(port: str, default_port: int | None) -> int | None:
    if not port:
        return default_port
    if len(port) > 5 or not (port.isascii() and port.isdecimal()) or int(port) > _MAX_PORT:
        raise ValueError(f'received port {port[:64]!r}, expected a number from 0 to {_MAX_PORT}')
    return int(port)


def unquote_string(quoted: str) -> str:
    """Return the text of a quoted string (RFC 9110, section 5.6.4); other text comes back as it is."""
    return unquoted(quoted, _QUOTED_PAIR)
