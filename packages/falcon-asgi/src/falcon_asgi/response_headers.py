"""The headers of a response that have a type of their own, as attributes.

Each attribute is a string, or None, when it is read; assigning formats what is assigned, None removes the header.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from falcon_core.dates import dt_to_http
from falcon_core.etags import ETag
from falcon_core.file_names import format_content_disposition
from falcon_core.header_values import check_header_value, joined_values
from falcon_core.ranges import ContentRange, format_content_range
from falcon_core.uri import encode_check_escaped

if TYPE_CHECKING:
    from falcon_asgi.response import Response

__all__ = [
    'TypedHeader',
    'accept_ranges',
    'add_vary',
    'cache_control',
    'content_length',
    'content_location',
    'content_range',
    'content_type',
    'downloadable_as',
    'etag',
    'expires',
    'last_modified',
    'location',
    'retry_after',
    'vary',
    'viewable_as',
]

_T = TypeVar('_T')


class TypedHeader(Generic[_T]):
    """An attribute of a response that sets a header.

    Assigning raises ValueError if the value cannot be in a header.

    Args:
        name: The header's name.
        meaning: What the attribute is for; its documentation.
        form: Makes the header's text of what is assigned.
    """

    def __init__(self, name: str, meaning: str, form: Callable[[_T], str]) -> None:
        self._name = name.lower()
        self._form = form
        self.__doc__ = f'The {name} header: {meaning}.'

    @overload
    def __get__(self, instance: None, owner: type) -> 'TypedHeader[_T]': ...

    @overload
    def __get__(self, instance: 'Response', owner: type) -> Any: ...

    # The reading type is Any: type checkers want it to be the type that is assigned, which it is not.
    def __get__(self, instance: 'Response | None', owner: type) -> Any:
        return self if instance is None else instance._headers.get(self._name)

    def __set__(self, instance: 'Response', value: _T | None) -> None:
        if value is None:
            instance._headers.pop(self._name, None)
        else:
            instance._headers[self._name] = check_header_value(self._form(value))

    def __delete__(self, instance: 'Response') -> None:
        instance._headers.pop(self._name, None)


def add_vary(resp: 'Response', name: str) -> None:
    """Say that the response depends on a header of the request, unless that is said (RFC 9110, section 12.5.5)."""
    present = resp._headers.get('vary')
    if present is None:
        resp._headers['vary'] = name
    elif name.lower() not in (named := present.lower().replace(',', ' ').split()) and '*' not in named:
        resp._headers['vary'] = f'{present}, {name}' if present else name


def _length(value: int | str) -> str:
    text = str(value)
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f'received content_length {value!r}, expected a number of bytes')
    return text


def _quoted_etag(value: str) -> str:
    if isinstance(value, ETag):
        return value.dumps()
    return value if value.endswith('"') else f'"{value}"'


def _content_range(value: str | ContentRange) -> str:
    return value if isinstance(value, str) else format_content_range(value)


def _date(value: str | date) -> str:
    return value if isinstance(value, str) else dt_to_http(value)


def _attachment(value: str) -> str:
    return format_content_disposition(value, 'attachment')


def _inline(value: str) -> str:
    return format_content_disposition(value, 'inline')


accept_ranges: TypedHeader[str] = TypedHeader('Accept-Ranges', 'the range units that can be asked for, or `none`', str)
cache_control: TypedHeader[str | Iterable[str]] = TypedHeader('Cache-Control', 'a directive, or several', joined_values)
content_length: TypedHeader[int | str] = TypedHeader(
    'Content-Length', 'the size of the body in bytes; set by itself wherever it is known', _length
)
content_location: TypedHeader[str] = TypedHeader(
    'Content-Location', 'a URI of what is in the body; percent-encoded as needed', encode_check_escaped
)
content_range: TypedHeader[str | ContentRange] = TypedHeader(
    'Content-Range',
    'first offset, last offset, whole length or `*`, and perhaps a unit other than bytes',
    _content_range,
)
content_type: TypedHeader[str] = TypedHeader('Content-Type', 'the media type of the body', str)
downloadable_as: TypedHeader[str] = TypedHeader(
    'Content-Disposition', 'the name to save the body under (RFC 6266)', _attachment
)
viewable_as: TypedHeader[str] = TypedHeader(
    'Content-Disposition', 'the name to save the body under if it is not just shown (RFC 6266)', _inline
)
etag: TypedHeader[str] = TypedHeader('ETag', 'the entity tag of the body; quoted as needed', _quoted_etag)
expires: TypedHeader[str | date] = TypedHeader('Expires', 'when the body becomes stale', _date)
last_modified: TypedHeader[str | date] = TypedHeader('Last-Modified', 'when the body was last changed', _date)
location: TypedHeader[str] = TypedHeader('Location', 'a URI to go to; percent-encoded as needed', encode_check_escaped)
retry_after: TypedHeader[int | str] = TypedHeader('Retry-After', 'how many seconds to wait before trying again', str)
vary: TypedHeader[str | Iterable[str]] = TypedHeader(
    'Vary', 'a request header that the response depends on, or several', joined_values
)
