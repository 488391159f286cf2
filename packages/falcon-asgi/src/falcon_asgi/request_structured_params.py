"""Query parameters of a request that are more than one value: lists, mappings, and what media handlers make of text.

These are methods of `Request`; see `falcon_asgi.request_params` for what they share.
"""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack, overload

from falcon_asgi.request_media import UNSET
from falcon_asgi.request_params import Store, last_value, stored
from falcon_core import query
from falcon_core.constants import MEDIA_JSON
from falcon_core.http_errors import HTTPInvalidParam, HTTPMissingParam, MediaMalformedError, MediaNotFoundError
from falcon_core.uri import decode

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'get_param_as_dict',
    'get_param_as_json',
    'get_param_as_list',
    'get_param_as_media',
    'get_query_string_as_media',
]

_T = TypeVar('_T')


class _ListOptions(TypedDict, total=False):
    store: Store
    delimiter: str | None


class _DictOptions(_ListOptions, total=False):
    deep_object: bool
    allow_multiple: bool


@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: None = ...,
    *,
    required: Literal[True],
    default: list[str] | None = ...,
    **options: Unpack[_ListOptions],
) -> list[str]: ...
@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: None = ...,
    *,
    required: bool = ...,
    default: list[str],
    **options: Unpack[_ListOptions],
) -> list[str]: ...
@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: None = ...,
    required: bool = ...,
    store: Store = ...,
    default: list[str] | None = ...,
    delimiter: str | None = ...,
) -> list[str] | None: ...
@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: Callable[[str], _T],
    *,
    required: Literal[True],
    default: list[_T] | None = ...,
    **options: Unpack[_ListOptions],
) -> list[_T]: ...
@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: Callable[[str], _T],
    *,
    required: bool = ...,
    default: list[_T],
    **options: Unpack[_ListOptions],
) -> list[_T]: ...
@overload
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: Callable[[str], _T],
    required: bool = ...,
    store: Store = ...,
    default: list[_T] | None = ...,
    delimiter: str | None = ...,
) -> list[_T] | None: ...
def get_param_as_list(
    self: 'Request',
    name: str,
    transform: Callable[[str], _T] | None = None,
    required: bool = False,
    store: Store = None,
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
    return stored(store, name, query.list_param(value, name, transform, delimiter))


@overload
def get_param_as_dict(
    self: 'Request',
    name: str,
    *,
    required: Literal[True],
    default: dict[str, str] | None = ...,
    **options: Unpack[_DictOptions],
) -> dict[str, str]: ...
@overload
def get_param_as_dict(
    self: 'Request', name: str, *, required: bool = ..., default: dict[str, str], **options: Unpack[_DictOptions]
) -> dict[str, str]: ...
@overload
def get_param_as_dict(
    self: 'Request',
    name: str,
    required: bool = ...,
    deep_object: bool = ...,
    delimiter: str | None = ...,
    store: Store = ...,
    default: dict[str, str] | None = ...,
    allow_multiple: bool = ...,
) -> dict[str, str] | None: ...
def get_param_as_dict(
    self: 'Request',
    name: str,
    required: bool = False,
    deep_object: bool = False,
    delimiter: str | None = None,
    store: Store = None,
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
        return _missing(name, required, default) if members is None else stored(store, name, members)
    value = self.params.get(name)
    if value is None:
        return _missing(name, required, default)
    return stored(store, name, query.dict_param(value, name, delimiter))


def get_param_as_json(
    self: 'Request',
    name: str,
    required: bool = False,
    store: Store = None,
    default: Any = None,
    allow_multiple: bool = True,
) -> Any:
    """Return the object that a query parameter represents in JSON; the arguments are those of `get_param`.

    The request's media handler for JSON decodes it, the standard library where there is none that needs no `await`.

    Raises:
        HTTPInvalidParam: The value is not JSON.
        HTTPMissingParam: It is missing and `required`.
    """
    value = last_value(self, name, required, allow_multiple)
    if value is None:
        return default
    found = self.options.media_handlers.find(MEDIA_JSON, MEDIA_JSON)
    if found is None or found.deserialize is None:
        return stored(store, name, query.json_param(value, name))
    return stored(store, name, _media_param(self, name, value, MEDIA_JSON, 'req.get_param_as_json'))


def get_param_as_media(
    self: 'Request',
    name: str,
    media_type: str | None = None,
    required: bool = False,
    store: Store = None,
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
    value = last_value(self, name, required, allow_multiple)
    if value is None:
        return default
    media_type = media_type or self.options.default_media_type
    return stored(store, name, _media_param(self, name, value, media_type, 'req.get_param_as_media'))


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


def _missing(name: str, required: bool, default: _T) -> _T:
    if required:
        raise HTTPMissingParam(name)
    return default


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
