"""Query parameters of a request, as text and as typed values.

These are methods of `Request`. They share what they do with a parameter that is missing (`required`, `default`), that
was sent several times (`allow_multiple`; the last value counts), and where else its value goes (`store`).
"""

from collections.abc import MutableMapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack, overload
from uuid import UUID

from falcon_core import query
from falcon_core.http_errors import HTTPInvalidParam, HTTPMissingParam

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'Store',
    'get_param',
    'get_param_as_bool',
    'get_param_as_date',
    'get_param_as_datetime',
    'get_param_as_float',
    'get_param_as_int',
    'get_param_as_uuid',
    'has_param',
    'last_value',
    'stored',
]

_T = TypeVar('_T')
Store = MutableMapping[str, Any] | None


# What the methods take by keyword besides, for the overloads that tell type checkers when a value cannot be None.
class _Options(TypedDict, total=False):
    store: Store
    allow_multiple: bool


class _IntOptions(_Options, total=False):
    min_value: int | None
    max_value: int | None


class _FloatOptions(_Options, total=False):
    min_value: float | None
    max_value: float | None


class _BoolOptions(_Options, total=False):
    blank_as_true: bool


def has_param(self: 'Request', name: str) -> bool:
    """Return whether the query string has a parameter."""
    return name in self.params


@overload
def get_param(
    self: 'Request', name: str, *, required: Literal[True], default: str | None = ..., **options: Unpack[_Options]
) -> str: ...
@overload
def get_param(
    self: 'Request', name: str, *, required: bool = ..., default: str, **options: Unpack[_Options]
) -> str: ...
@overload
def get_param(
    self: 'Request',
    name: str,
    required: bool = ...,
    store: Store = ...,
    default: str | None = ...,
    allow_multiple: bool = ...,
) -> str | None: ...
def get_param(
    self: 'Request',
    name: str,
    required: bool = False,
    store: Store = None,
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
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, value)


@overload
def get_param_as_int(
    self: 'Request', name: str, *, required: Literal[True], default: int | None = ..., **options: Unpack[_IntOptions]
) -> int: ...
@overload
def get_param_as_int(
    self: 'Request', name: str, *, required: bool = ..., default: int, **options: Unpack[_IntOptions]
) -> int: ...
@overload
def get_param_as_int(
    self: 'Request',
    name: str,
    required: bool = ...,
    min_value: int | None = ...,
    max_value: int | None = ...,
    store: Store = ...,
    default: int | None = ...,
    allow_multiple: bool = ...,
) -> int | None: ...
def get_param_as_int(
    self: 'Request',
    name: str,
    required: bool = False,
    min_value: int | None = None,
    max_value: int | None = None,
    store: Store = None,
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
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.int_param(value, name, min_value, max_value))


@overload
def get_param_as_float(
    self: 'Request',
    name: str,
    *,
    required: Literal[True],
    default: float | None = ...,
    **options: Unpack[_FloatOptions],
) -> float: ...
@overload
def get_param_as_float(
    self: 'Request', name: str, *, required: bool = ..., default: float, **options: Unpack[_FloatOptions]
) -> float: ...
@overload
def get_param_as_float(
    self: 'Request',
    name: str,
    required: bool = ...,
    min_value: float | None = ...,
    max_value: float | None = ...,
    store: Store = ...,
    default: float | None = ...,
    allow_multiple: bool = ...,
) -> float | None: ...
def get_param_as_float(
    self: 'Request',
    name: str,
    required: bool = False,
    min_value: float | None = None,
    max_value: float | None = None,
    store: Store = None,
    default: float | None = None,
    allow_multiple: bool = True,
) -> float | None:
    """Return a query parameter as a finite number; the arguments and errors are those of `get_param_as_int`."""
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.float_param(value, name, min_value, max_value))


@overload
def get_param_as_uuid(
    self: 'Request', name: str, *, required: Literal[True], default: UUID | None = ..., **options: Unpack[_Options]
) -> UUID: ...
@overload
def get_param_as_uuid(
    self: 'Request', name: str, *, required: bool = ..., default: UUID, **options: Unpack[_Options]
) -> UUID: ...
@overload
def get_param_as_uuid(
    self: 'Request',
    name: str,
    required: bool = ...,
    store: Store = ...,
    default: UUID | None = ...,
    allow_multiple: bool = ...,
) -> UUID | None: ...
def get_param_as_uuid(
    self: 'Request',
    name: str,
    required: bool = False,
    store: Store = None,
    default: UUID | None = None,
    allow_multiple: bool = True,
) -> UUID | None:
    """Return a query parameter as a UUID; the arguments and errors are those of `get_param`."""
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.uuid_param(value, name))


@overload
def get_param_as_bool(
    self: 'Request', name: str, *, required: Literal[True], default: bool | None = ..., **options: Unpack[_BoolOptions]
) -> bool: ...
@overload
def get_param_as_bool(
    self: 'Request', name: str, *, required: bool = ..., default: bool, **options: Unpack[_BoolOptions]
) -> bool: ...
@overload
def get_param_as_bool(
    self: 'Request',
    name: str,
    required: bool = ...,
    store: Store = ...,
    blank_as_true: bool = ...,
    default: bool | None = ...,
    allow_multiple: bool = ...,
) -> bool | None: ...
def get_param_as_bool(
    self: 'Request',
    name: str,
    required: bool = False,
    store: Store = None,
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
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.bool_param(value, name, blank_as_true))


@overload
def get_param_as_datetime(
    self: 'Request',
    name: str,
    format_string: str = ...,
    *,
    required: Literal[True],
    default: datetime | None = ...,
    **options: Unpack[_Options],
) -> datetime: ...
@overload
def get_param_as_datetime(
    self: 'Request',
    name: str,
    format_string: str = ...,
    *,
    required: bool = ...,
    default: datetime,
    **options: Unpack[_Options],
) -> datetime: ...
@overload
def get_param_as_datetime(
    self: 'Request',
    name: str,
    format_string: str = ...,
    required: bool = ...,
    store: Store = ...,
    default: datetime | None = ...,
    allow_multiple: bool = ...,
) -> datetime | None: ...
def get_param_as_datetime(
    self: 'Request',
    name: str,
    format_string: str = '%Y-%m-%dT%H:%M:%S%z',
    required: bool = False,
    store: Store = None,
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
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.datetime_param(value, name, format_string))


@overload
def get_param_as_date(
    self: 'Request',
    name: str,
    format_string: str = ...,
    *,
    required: Literal[True],
    default: date | None = ...,
    **options: Unpack[_Options],
) -> date: ...
@overload
def get_param_as_date(
    self: 'Request',
    name: str,
    format_string: str = ...,
    *,
    required: bool = ...,
    default: date,
    **options: Unpack[_Options],
) -> date: ...
@overload
def get_param_as_date(
    self: 'Request',
    name: str,
    format_string: str = ...,
    required: bool = ...,
    store: Store = ...,
    default: date | None = ...,
    allow_multiple: bool = ...,
) -> date | None: ...
def get_param_as_date(
    self: 'Request',
    name: str,
    format_string: str = '%Y-%m-%d',
    required: bool = False,
    store: Store = None,
    default: date | None = None,
    allow_multiple: bool = True,
) -> date | None:
    """Return a query parameter as a date; the arguments and errors are those of `get_param_as_datetime`."""
    value = last_value(self, name, required, allow_multiple)
    return default if value is None else stored(store, name, query.date_param(value, name, format_string))


def last_value(req: 'Request', name: str, required: bool, allow_multiple: bool) -> str | None:
    """Return the text of a parameter, the last one if it was sent several times; None if it is missing.

    Raises:
        HTTPInvalidParam: It was sent several times and `allow_multiple` is False.
        HTTPMissingParam: It is missing and `required`.
    """
    value = req.params.get(name)
    if isinstance(value, list):
        if not allow_multiple and len(value) > 1:
            raise HTTPInvalidParam('It may not have more than one value.', name)
        value = value[-1] if value else None
    if value is None and required:
        raise HTTPMissingParam(name)
    return value


def stored(store: Store, name: str, value: _T) -> _T:
    """Return a value, and put it into `store` if there is one."""
    if store is not None:
        store[name] = value
    return value
