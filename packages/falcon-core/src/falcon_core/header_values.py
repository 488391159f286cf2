"""What the name and the value of a header may hold (RFC 9110, sections 5.1 and 5.5)."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

__all__ = [
    'WHITESPACE',
    'ResponseHeaders',
    'check_header_name',
    'check_header_value',
    'check_headers',
    'is_token',
    'joined_values',
    'with_header',
]

ResponseHeaders: TypeAlias = Mapping[str, str] | list[tuple[str, str]]

# RFC 9110, section 5.6.3. `str.strip` would also take U+00A0 and U+0085, which may be bytes of text in UTF-8.
WHITESPACE: Final = ' \t'

# RFC 9110, section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

# RFC 9110, section 5.5: visible characters, obs-text, space and tab. Everything else below U+0020 and U+007F can
# end a header early, or be taken by a recipient for something that does; past U+00FF there is no byte for it.
_UNSAFE = re.compile(r'[^\t\x20-\x7e\x80-\xff]')


def is_token(text: str) -> bool:
    """Return whether `text` is a token, the alphabet of header names and methods (RFC 9110, section 5.6.2)."""
    return _TOKEN.fullmatch(text) is not None


def check_header_name(name: str) -> str:
    """Return `name` as it is.

    Raises:
        ValueError: It is not a token (RFC 9110, section 5.1).
    """
    if _TOKEN.fullmatch(name) is None:
        raise ValueError(f'received header name {name!r}, expected a token of RFC 9110')
    return name


def check_header_value(value: str) -> str:
    """Return `value` as it is.

    Raises:
        ValueError: It has a control character, such as CR, LF or NUL, or one outside ISO 8859-1
            (RFC 9110, section 5.5).
    """
    if value.isascii() and value.isprintable():
        return value
    unsafe = _UNSAFE.search(value)
    if unsafe is not None:
        raise ValueError(
            f'received {unsafe[0]!r} at index {unsafe.start()} of a header value, expected no control character '
            'and none outside ISO 8859-1'
        )
    return value


def joined_values(values: str | Iterable[str]) -> str:
    """Return several values of a header as one, with commas between (RFC 9110, section 5.6.1); a string as it is.

    A string is an iterable of strings as well, so that no type checker would tell of one given instead of a list of it.
    """
    return values if isinstance(values, str) else ', '.join(values)


def check_headers(headers: ResponseHeaders) -> ResponseHeaders:
    """Return several headers as they are; a list of them if they could be iterated over only once.

    Args:
        headers: A mapping from name to value, or pairs; a value that is no string is taken as the string of it.

    Raises:
        ValueError: One of them cannot be in a header; see `check_header_name` and `check_header_value`.
    """
    if not isinstance(headers, (Mapping, list)):
        headers = list(headers)
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        check_header_name(name)
        check_header_value(str(value))
    return headers


def with_header(headers: ResponseHeaders | None, name: str, value: str | None) -> ResponseHeaders | None:
    """Return `headers` with one more, which takes the place of any of the same name.

    Args:
        headers: The headers to begin with, or None.
        name: The name of the further header, in the case to send it in.
        value: Its value; None to return `headers` as they are.
    """
    if value is None:
        return headers
    present = dict(headers or {})
    kept = {other: present[other] for other in present if other.lower() != name.lower()}
    return {**kept, name: value}
