"""Media types, and choosing among them by what a client accepts (RFC 9110, sections 8.3.1 and 12.5.1).

Types, subtypes and names of parameters compare without regard to case; values of parameters compare exactly,
since what they mean is up to each type.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from falcon_core._quoting import split_unquoted, unquoted
from falcon_core.errors import InvalidMediaRange, InvalidMediaType
from falcon_core.header_values import WHITESPACE

__all__ = ['best_match', 'parse_header', 'parse_media_type', 'quality']

# What browsers send is shorter. A longer value is parsed again each time, so that no client can fill the caches
# with more than a few megabytes.
_CACHE_SIZE: Final = 256
_MAX_CACHED_CHARACTERS: Final = 256

_TCHAR = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_MEDIA_TYPE = re.compile(rf'{_TCHAR}++/{_TCHAR}++')
_ESCAPED = re.compile(r'\\(["\\])')

# RFC 9110, section 12.4.2, allows three decimals; a few more, or none before the point, hurt nobody.
_WEIGHT = re.compile(r'[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20}')


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Return the value and the parameters of a header such as Content-Type or Content-Disposition.

    Nothing is too malformed to be parsed: what is no parameter is passed over, and of two with the same name the
    last one counts. A backslash stands for itself unless it comes before a quote or another one in a quoted
    string, because clients send file names with single ones.

    Args:
        line: Such as `text/plain; charset="utf-8"`.

    Returns:
        The value as it is, and the parameters: lowercase name to unquoted value.
    """
    if ';' not in line:
        return line.strip(WHITESPACE), {}
    value, _, rest = line.partition(';')
    parameters: dict[str, str] = {}
    for part in split_unquoted(rest, ';'):
        name, equals, text = part.partition('=')
        if equals:
            parameters[name.rstrip(WHITESPACE).lower()] = unquoted(text.lstrip(WHITESPACE), _ESCAPED)
    return value.strip(WHITESPACE), parameters


def parse_media_type(text: str) -> tuple[str, dict[str, str]]:
    """Return the type and subtype in lowercase, such as `text/plain`, and the parameters of a media type.

    Args:
        text: Such as `text/plain; charset=utf-8`. A range, such as `text/*`, is taken as well.

    Returns:
        `type/subtype` in lowercase, and the parameters: lowercase name to unquoted value.

    Raises:
        InvalidMediaType: There is no `type/subtype` in it.
    """
    value, parameters = parse_header(text)
    return _lowercase(value), parameters


def _lowercase(value: str) -> str:
    if _MEDIA_TYPE.fullmatch(value) is None:
        raise InvalidMediaType(f'received {value[:64]!r}, expected a media type such as "text/plain"')
    return value.lower()


def quality(media_type: str, header: str) -> float:
    """Return how welcome a media type is, from 0 (unacceptable) to 1.

    The most specific of the ranges that the type fits decides: exact types come before wildcards, then those of
    which more parameters are met. A parameter that both name has to have the same value; one that only one of
    them names excludes nothing. Among equally specific ranges the largest weight decides.

    Args:
        media_type: The type, such as `application/json`.
        header: The value of an Accept header.

    Raises:
        InvalidMediaType: `media_type` is malformed.
        InvalidMediaRange: A range in `header` is malformed, or there is none.
    """
    return _quality(_offer(media_type), _ranges(header))


def best_match(media_types: Iterable[str], header: str) -> str:
    """Return the most welcome of some media types.

    Args:
        media_types: The types to choose among, the dearest first: of equally welcome ones it is taken.
        header: The value of an Accept header. That of Content-Type does as well, to find what handles it.

    Returns:
        One of `media_types` as it is, or an empty string if none is acceptable.

    Raises:
        InvalidMediaType: One of `media_types` is malformed.
        InvalidMediaRange: A range in `header` is malformed, or there is none.
    """
    ranges = _ranges(header)
    best, best_quality = '', 0.0
    for media_type in media_types:
        weight = _quality(_offer(media_type), ranges)
        if weight > best_quality:
            best, best_quality = media_type, weight
    return best


@dataclass(frozen=True, slots=True)
class _Range:
    """A media type or range.

    Attributes:
        kind: The type in lowercase, or `*`.
        subtype: The subtype in lowercase, or `*`.
        parameters: Lowercase name to value, the weight apart.
        weight: From 0 to 1.
    """

    kind: str
    subtype: str
    parameters: dict[str, str]
    weight: float


def _quality(offer: _Range, ranges: tuple[_Range, ...]) -> float:
    # Specificity comes first in each pair, so that the largest pair is the one that decides.
    return max((_score(offer, range_) for range_ in ranges), default=_NO_MATCH)[1]


_Score = tuple[tuple[bool, bool, int], float]
_NO_MATCH: _Score = ((False, False, -1), 0.0)


def _score(offer: _Range, range_: _Range) -> _Score:
    """Return how specifically `range_` fits, and its weight."""
    exact_kind = range_.kind == offer.kind
    exact_subtype = range_.subtype == offer.subtype
    if not (exact_kind or '*' in (range_.kind, offer.kind)):
        return _NO_MATCH
    if not (exact_subtype or '*' in (range_.subtype, offer.subtype)):
        return _NO_MATCH
    met = 0
    for name, value in range_.parameters.items():
        if name in offer.parameters:
            if offer.parameters[name] != value:
                return _NO_MATCH
            met += 1
    return (exact_kind, exact_subtype, met), range_.weight


def _offer(media_type: str) -> _Range:
    return _cached_offer(media_type) if len(media_type) <= _MAX_CACHED_CHARACTERS else _parse_offer(media_type)


def _ranges(header: str) -> tuple[_Range, ...]:
    return _cached_ranges(header) if len(header) <= _MAX_CACHED_CHARACTERS else _parse_ranges(header)


def _parse_offer(media_type: str) -> _Range:
    full_type, parameters = parse_media_type(media_type)
    kind, _, subtype = full_type.partition('/')
    parameters.pop('q', None)
    return _Range(kind, subtype, parameters, 1.0)


def _parse_ranges(header: str) -> tuple[_Range, ...]:
    ranges = tuple(_parse_range(part) for part in split_unquoted(header, ','))
    if not ranges:
        raise InvalidMediaRange('received no media range, expected at least one')
    return ranges


def _parse_range(part: str) -> _Range:
    value, parameters = parse_header(part)
    try:
        # The HTTP client of the Java library sends a lone "*".
        full_type = _lowercase('*/*' if value == '*' else value)
    except InvalidMediaType as exc:
        raise InvalidMediaRange(str(exc)) from exc
    kind, _, subtype = full_type.partition('/')
    weight = parameters.pop('q', '1')
    if not _WEIGHT.fullmatch(weight) or float(weight) > 1:
        raise InvalidMediaRange(f'received weight {weight[:64]!r}, expected a number from 0 to 1')
    return _Range(kind, subtype, parameters, float(weight))


_cached_offer = lru_cache(maxsize=_CACHE_SIZE)(_parse_offer)
_cached_ranges = lru_cache(maxsize=_CACHE_SIZE)(_parse_ranges)
