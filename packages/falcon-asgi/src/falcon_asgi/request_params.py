"""Query parameters of a request, as text and as typed values.

These are methods of `Request`. They share what they do with a parameter that is missing (`required`, `default`), that
was sent several times (`allow_multiple`; the last value counts), and where else its value goes (`store`).
"""

import io
from collections.abc import Callable, MutableMapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from falcon_asgi.request_media import UNSET
from falcon_core import query
from falcon_core.constants import MEDIA_JSON
from falcon_core.http_errors import HTTPInvalidParam, HTTPMissingParam, MediaMalformedError, MediaNotFoundError
from falcon_core.uri import decode

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'get_param',
    'get_param_as_bool',
    'get_param_as_date',
    'get_param_as_datetime',
    'get_param_as_dict',
    'get_param_as_float',
    'get_param_as_int',
    'get_param_as_json',
    'get_param_as_list',
    'get_param_as_media',
    'get_param_as_uuid',
    'get_query_string_as_media',
    'has_param',
]

_T = TypeVar('_T')
_Store = MutableMapping[str, Any] | None


def has_param(self: 'Request', name: str) -> bool:
    """Return whether the query string has a parameter."""
    return name in self.params


def get_param(
    self: 'Request',
    name: str,
    required: bool = False,
    store: _Store = None,
    default: str | None = None,
    allow_multiple: bool = True,
) -> str | None:
    """Return a query parameter as text.

    Args:
        name: The parameter's name.
        required: Raise an error if it is missing.
        store: A mapping that gets the value as well, under `name`, if there is one.
        default: What to return if it is missing.
        allow_multiple: False refuses a parameter that was sent several times; otherwise the last value counts.

    Raises:
        HTTPInvalidParam: It was sent several times and `allow_multiple` is False.
        HTTPMissingParam: It is missing and `required`.
    """
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, value)


def get_param_as_int(
    self: 'Request',
    name: str,
    required: bool = False,
    min_value: int | None = None,
    max_value: int | None = None,
    store: _Store = None,
    default: int | None = None,
    allow_multiple: bool = True,
) -> int | None:
    """Return a query parameter as an integer; see `get_param` for the arguments that are not explained here.

    Args:
        name: The parameter's name.
        required: See `get_param`.
        min_value: The smallest value to take, or None.
        max_value: The largest value to take, or None.
        store: See `get_param`.
        default: See `get_param`.
        allow_multiple: See `get_param`.

    Raises:
        HTTPInvalidParam: The value is no integer, or not within the bounds.
        HTTPMissingParam: It is missing and `required`.
    """
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.int_param(value, name, min_value, max_value))


def get_param_as_float(
    self: 'Request',
    name: str,
    required: bool = False,
    min_value: float | None = None,
    max_value: float | None = None,
    store: _Store = None,
    default: float | None = None,
    allow_multiple: bool = True,
) -> float | None:
    """Return a query parameter as a finite number; the arguments and errors are those of `get_param_as_int`."""
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.float_param(value, name, min_value, max_value))


def get_param_as_uuid(
    self: 'Request',
    name: str,
    required: bool = False,
    store: _Store = None,
    default: UUID | None = None,
    allow_multiple: bool = True,
) -> UUID | None:
    """Return a query parameter as a UUID; the arguments and errors are those of `get_param`."""
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.uuid_param(value, name))


def get_param_as_bool(
    self: 'Request',
    name: str,
    required: bool = False,
    store: _Store = None,
    blank_as_true: bool = True,
    default: bool | None = None,
    allow_multiple: bool = True,
) -> bool | None:
    """Return a query parameter as a truth value: `true`, `yes`, `on`, `1`, ... or `false`, `no`, `off`, `0`, ...

    Args:
        name: The parameter's name.
        required: See `get_param`.
        store: See `get_param`.
        blank_as_true: What a parameter without a value means.
        default: See `get_param`.
        allow_multiple: See `get_param`.

    Raises:
        HTTPInvalidParam: The value is none of those words.
        HTTPMissingParam: It is missing and `required`.
    """
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.bool_param(value, name, blank_as_true))


def get_param_as_datetime(
    self: 'Request',
    name: str,
    format_string: str = '%Y-%m-%dT%H:%M:%S%z',
    required: bool = False,
    store: _Store = None,
    default: datetime | None = None,
    allow_multiple: bool = True,
) -> datetime | None:
    """Return a query parameter as a date and time.

    Args:
        name: The parameter's name.
        format_string: The format, as `datetime.strptime` takes it.
        required: See `get_param`.
        store: See `get_param`.
        default: See `get_param`.
        allow_multiple: See `get_param`.

    Raises:
        HTTPInvalidParam: The value has another format.
        HTTPMissingParam: It is missing and `required`.
    """
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.datetime_param(value, name, format_string))


def get_param_as_date(
    self: 'Request',
    name: str,
    format_string: str = '%Y-%m-%d',
    required: bool = False,
    store: _Store = None,
    default: date | None = None,
    allow_multiple: bool = True,
) -> date | None:
    """Return a query parameter as a date; the arguments and errors are those of `get_param_as_datetime`."""
    value = _last_value(self, name, required, allow_multiple)
    return default if value is None else _stored(store, name, query.date_param(value, name, format_string))


def get_param_as_json(
    self: 'Request',
    name: str,
    required: bool = False,
    store: _Store = None,
    default: Any = None,
    allow_multiple: bool = True,
) -> Any:
    """Return the object that a query parameter represents in JSON; the arguments are those of `get_param`.

    The request's media handler for JSON decodes it, the standard library where there is none that needs no `await`.

    Raises:
        HTTPInvalidParam: The value is not JSON.
        HTTPMissingParam: It is missing and `required`.
    """
    value = _last_value(self, name, required, allow_multiple)
    if value is None:
        return default
    found = self.options.media_handlers.find(MEDIA_JSON, MEDIA_JSON)
    if found is None or found.deserialize is None:
        return _stored(store, name, query.json_param(value, name))
    return _stored(store, name, _media_param(self, name, value, MEDIA_JSON, 'req.get_param_as_json'))


def get_param_as_media(
    self: 'Request',
    name: str,
    media_type: str | None = None,
    required: bool = False,
    store: _Store = None,
    default: Any = None,
    allow_multiple: bool = True,
) -> Any:
    """Return the object that a query parameter represents in a media type.

    Args:
        name: The parameter's name.
        media_type: The type, the default media type of requests if None.
        required: See `get_param`.
        store: See `get_param`.
        default: See `get_param`.
        allow_multiple: See `get_param`.

    Raises:
        HTTPInvalidParam: The value is malformed.
        HTTPMissingParam: It is missing and `required`.
        MissingDistribution: There are no media handlers, because falcon-media is not installed.
        ValueError: Nothing handles the media type, or nothing that needs no `await`.
    """
    value = _last_value(self, name, required, allow_multiple)
    if value is None:
        return default
    media_type = media_type or self.options.default_media_type
    return _stored(store, name, _media_param(self, name, value, media_type, 'req.get_param_as_media'))


def get_query_string_as_media(self: 'Request', media_type: str | None = None, default_when_empty: Any = UNSET) -> Any:
    """Return the object that the whole query string, percent-decoded, represents in a media type.

    Args:
        media_type: The type, the default media type of requests if None.
        default_when_empty: What to return for an empty query string, instead of raising MediaNotFoundError.

    Raises:
        MediaMalformedError: The query string is malformed.
        MediaNotFoundError: The query string is empty.
        MissingDistribution: There are no media handlers, because falcon-media is not installed.
        ValueError: Nothing handles the media type, or nothing that needs no `await`.
    """
    text = decode(self.query_string, unquote_plus=False)
    media_type = media_type or self.options.default_media_type
    try:
        return _deserialized(self, text, media_type, 'req.get_query_string_as_media')
    except MediaNotFoundError:
        if default_when_empty is UNSET:
            raise
        return default_when_empty


def get_param_as_list(
    self: 'Request',
    name: str,
    transform: Callable[[str], _T] | None = None,
    required: bool = False,
    store: _Store = None,
    default: list[_T] | None = None,
    delimiter: str | None = None,
) -> list[_T] | list[str] | None:
    """Return all values of a query parameter.

    Args:
        name: The parameter's name.
        transform: Converts each value, or None; a ValueError from it means that the value is malformed.
        required: See `get_param`.
        store: See `get_param`.
        default: See `get_param`.
        delimiter: Splits a value: one of `,`, `|`, a space, `pipeDelimited` and `spaceDelimited`; None splits none.

    Raises:
        HTTPInvalidParam: A value is malformed.
        HTTPMissingParam: The parameter is missing and `required`.
    """
    value = self.params.get(name)
    if value is None:
        return _missing(name, required, default)
    return _stored(store, name, query.list_param(value, name, transform, delimiter))


def get_param_as_dict(
    self: 'Request',
    name: str,
    required: bool = False,
    deep_object: bool = False,
    delimiter: str | None = None,
    store: _Store = None,
    default: dict[str, str] | None = None,
    allow_multiple: bool = True,
) -> dict[str, str] | None:
    """Return a query parameter as a mapping, out of alternating keys and values.

    Args:
        name: The parameter's name.
        required: See `get_param`.
        deep_object: Take it out of parameters such as `name[key]=value` instead.
        delimiter: See `get_param_as_list`.
        store: See `get_param`.
        default: See `get_param`.
        allow_multiple: See `get_param`.

    Raises:
        HTTPInvalidParam: A key has no value.
        HTTPMissingParam: The parameter is missing and `required`.
    """
    if deep_object:
        members = query.deep_object_param(self.params, name, allow_multiple)
        return _missing(name, required, default) if members is None else _stored(store, name, members)
    value = self.params.get(name)
    if value is None:
        return _missing(name, required, default)
    return _stored(store, name, query.dict_param(value, name, delimiter))


def _last_value(req: 'Request', name: str, required: bool, allow_multiple: bool) -> str | None:
    value = req.params.get(name)
    if isinstance(value, list):
        if not allow_multiple and len(value) > 1:
            raise HTTPInvalidParam('It may not have more than one value.', name)
        value = value[-1] if value else None
    if value is None and required:
        raise HTTPMissingParam(name)
    return value


def _missing(name: str, required: bool, default: _T) -> _T:
    if required:
        raise HTTPMissingParam(name)
    return default


def _stored(store: _Store, name: str, value: _T) -> _T:
    if store is not None:
        store[name] = value
    return value


def _media_param(req: 'Request', name: str, value: str, media_type: str, feature: str) -> Any:
    try:
        return _deserialized(req, value, media_type, feature)
    except (MediaMalformedError, MediaNotFoundError) as error:
        raise HTTPInvalidParam(f'It could not be deserialized as {media_type!r}.', name) from error


def _deserialized(req: 'Request', text: str, media_type: str, feature: str) -> Any:
    handlers = req.options.media_handlers
    found = handlers.find(media_type, media_type)
    if found is None:
        handlers.require_any(feature)
        raise ValueError(f'received media type {media_type!r}, expected one of {", ".join(sorted(handlers))}')
    if found.deserialize is None or not found.buffered:
        raise ValueError(f'received media type {media_type!r}, expected one whose handler needs no await')
    body = text.encode()
    return found.deserialize(io.BytesIO(body), media_type, len(body))
