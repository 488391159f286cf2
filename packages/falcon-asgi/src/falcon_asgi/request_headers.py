"""Headers of a request, as attributes and as typed values.

Names are compared without regard to case. Of a header that was sent several times the values are joined by commas, as
RFC 9110, section 5.3, allows; of one that can have a single value only, the last counts; cookies are joined as RFC
6265, section 5.4, writes them. Content-Length may be repeated, but not with another value, which could make a proxy see
the end of the request elsewhere (RFC 9110, section 8.6): joined, different values are malformed. So are several Host
headers, of which a proxy may have heeded another one.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from falcon_asgi._cached import cached_attribute
from falcon_core.dates import http_date_to_dt
from falcon_core.http_errors import HTTPInvalidHeader, HTTPMissingHeader
from falcon_core.limits import check_header_params

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'counted_header',
    'get_header',
    'get_header_as_datetime',
    'get_header_as_int',
    'header_attribute',
    'parsed_header_attribute',
]

_T = TypeVar('_T')


# Names come from the application's code; the bound keeps names made up at run time from piling up.
@lru_cache(maxsize=512)
def _key(name: str) -> bytes:
    return name.lower().encode('latin-1', 'replace')


@overload
def get_header(
    self: 'Request', name: str, required: Literal[True], default: str | None = ..., _name_cache: object = ...
) -> str: ...
@overload
def get_header(self: 'Request', name: str, required: bool = ..., *, default: str, _name_cache: object = ...) -> str: ...
@overload
def get_header(
    self: 'Request', name: str, required: bool = ..., default: str | None = ..., _name_cache: object = ...
) -> str | None: ...
def get_header(
    self: 'Request', name: str, required: bool = False, default: str | None = None, _name_cache: object = None
) -> str | None:
    """Return the value of a header.

    Args:
        name: The header's name, in any case.
        required: Raise an error if the header is missing.
        default: What to return if it is missing.
        _name_cache: Has no effect, and is here for subclasses that hand it on.

    Raises:
        HTTPMissingHeader: The header is missing and `required`.
    """
    value = self._raw_headers.get(_key(name))
    if value is not None:
        return value.decode('latin-1')
    if required:
        raise HTTPMissingHeader(name)
    return default


@overload
def get_header_as_int(self: 'Request', header: str, required: Literal[True]) -> int: ...
@overload
def get_header_as_int(self: 'Request', header: str, required: bool = ...) -> int | None: ...
def get_header_as_int(self: 'Request', header: str, required: bool = False) -> int | None:
    """Return the value of a header as a number, or None if it is missing.

    Args:
        header: The header's name, in any case.
        required: Raise an error if the header is missing.

    Raises:
        HTTPInvalidHeader: The value is no integer.
        HTTPMissingHeader: The header is missing and `required`.
    """
    value = self.get_header(header, required)
    if value is None:
        return None
    try:
        if '_' not in value:  # which Python allows within a number
            return int(value)
    except ValueError:
        pass
    raise HTTPInvalidHeader('The value of the header must be an integer.', header)


@overload
def get_header_as_datetime(self: 'Request', header: str, required: Literal[True], obs_date: bool = ...) -> datetime: ...
@overload
def get_header_as_datetime(
    self: 'Request', header: str, required: bool = ..., obs_date: bool = ...
) -> datetime | None: ...
def get_header_as_datetime(
    self: 'Request', header: str, required: bool = False, obs_date: bool = False
) -> datetime | None:
    """Return the value of a header as a date and time in UTC, or None if it is missing.

    Args:
        header: The header's name, in any case.
        required: Raise an error if the header is missing.
        obs_date: Take the obsolete formats of RFC 9110, section 5.6.7, as well.

    Raises:
        HTTPInvalidHeader: The value is no HTTP date.
        HTTPMissingHeader: The header is missing and `required`.
    """
    value = self.get_header(header, required)
    if value is None:
        return None
    try:
        return http_date_to_dt(value, obs_date)
    except ValueError as error:
        message = 'It must be formatted according to RFC 7231, Section 7.1.1.1'  # the text of Falcon
        raise HTTPInvalidHeader(message, header) from error


def counted_header(req: 'Request', name: str) -> str | None:
    """Return the value of a header that is to be taken apart, or None if it is missing.

    Raises:
        HTTPRequestHeaderFieldsTooLarge: It has more than `req_options.max_header_params` elements and parameters.
    """
    value = req.get_header(name)
    if value is not None:
        check_header_params(name, value, req.options.max_header_params)
    return value


def header_attribute(name: str, meaning: str) -> Any:
    """Return an attribute that holds the value of a header, or None if the header is missing or empty.

    Args:
        name: The header's name.
        meaning: The attribute's documentation.
    """
    key = _key(name)

    def value(request: 'Request') -> str | None:
        found = request._raw_headers.get(key)
        return found.decode('latin-1') if found else None

    return property(value, doc=meaning)


def parsed_header_attribute(
    name: str, parse: Callable[[str], _T | None], meaning: str
) -> 'cached_attribute[_T | None]':
    """Return an attribute that holds the parsed value of a header, or None if the header is missing.

    Args:
        name: The header's name.
        parse: Called with the value; raises HTTPInvalidHeader if it is malformed, as reading the attribute then does.
        meaning: The attribute's documentation.
    """

    def value(request: 'Request') -> _T | None:
        text = counted_header(request, name)
        return None if text is None else parse(text)

    attribute = cached_attribute(value)
    attribute.__doc__ = meaning
    return attribute
