"""Ranges of a representation: reading Range, writing Content-Range (RFC 9110, section 14)."""

import re
from typing import Literal

from falcon_core.header_values import WHITESPACE, is_token
from falcon_core.http_errors import HTTPInvalidHeader

__all__ = ['ContentRange', 'format_content_range', 'parse_range', 'parse_range_unit', 'resolve_range']

ContentRange = tuple[int, int, int | Literal['*']] | tuple[int, int, int | Literal['*'], str]

# No representation is as long as this many digits can say, and int() takes time for more.
_OFFSETS = re.compile(r'([0-9]{0,100})-([0-9]{0,100})')


def parse_range_unit(header: str) -> str:
    """Return the unit of a Range header, such as `bytes`.

    Raises:
        HTTPInvalidHeader: No unit stands before an equals sign.
    """
    return _split(header)[0]


def parse_range(header: str) -> tuple[int, int]:
    """Return the first and the last offset of a Range header that asks for one range.

    Args:
        header: Such as `bytes=0-499`; the unit is not looked at.

    Returns:
        The two offsets, both included. The last one is -1 where the range is open: `bytes=500-` gives (500, -1).
        A negative first one counts from the end: `bytes=-500` gives (-500, -1).

    Raises:
        HTTPInvalidHeader: The header is malformed, or asks for more than one range.
    """
    text = _split(header)[1]
    if ',' in text:
        raise HTTPInvalidHeader('The value must be a continuous range.', 'Range')
    # White space is taken out first: a pattern that allowed it in several places would take quadratic time.
    match = _OFFSETS.fullmatch('-'.join(part.strip(WHITESPACE) for part in text.split('-')))
    if match is None:
        raise _malformed()
    first, last = match.groups()
    if not first and not last:
        raise HTTPInvalidHeader('The range offsets are missing.', 'Range')
    if not first:
        if not int(last):
            raise _malformed()
        return -int(last), -1
    if not last:
        return int(first), -1
    if int(last) < int(first):
        raise _malformed()
    return int(first), int(last)


def _split(header: str) -> tuple[str, str]:
    unit, equals, offsets = header.partition('=')
    unit = unit.strip(WHITESPACE)
    if not equals or not is_token(unit):
        raise HTTPInvalidHeader("The value must be prefixed with a range unit, e.g. 'bytes='", 'Range')
    return unit, offsets


def _malformed() -> HTTPInvalidHeader:
    # The text of Falcon; the RFC has been succeeded by RFC 9110.
    return HTTPInvalidHeader('It must be a range formatted according to RFC 7233.', 'Range')


def resolve_range(range_: tuple[int, int], length: int) -> tuple[int, int] | None:
    """Return the offsets that a range has in a representation.

    Args:
        range_: What `parse_range` returns.
        length: The length of the representation.

    Returns:
        The first and the last offset, both included and within the representation, or None if none of the
        range lies within it (RFC 9110, section 14.1.1).
    """
    first, last = range_
    if first < 0:
        first = max(length + first, 0)
    if first >= length:
        return None
    return first, length - 1 if last < 0 else min(last, length - 1)


def format_content_range(value: ContentRange) -> str:
    """Return the value of a Content-Range header, such as `bytes 0-499/1234` (RFC 9110, section 14.4).

    Args:
        value: The first offset, the last one, both included, the length of the representation or `'*'` where it
            is not known, and the unit, `'bytes'` if it is left out.

    Raises:
        ValueError: The offsets are not in order or not within the length, or the unit is no token.
    """
    first, last, length = value[:3]
    unit = value[3] if len(value) == 4 else 'bytes'
    if not 0 <= first <= last or (length != '*' and last >= length):
        raise ValueError(
            f'received offsets {first} and {last} of {length}, expected them in order and within the length'
        )
    if not is_token(unit):
        raise ValueError(f'received range unit {unit!r}, expected a token of RFC 9110')
    return f'{unit} {first}-{last}/{length}'
