"""Query strings, and what the values of their parameters mean.

The conversions take the text that a client sent, and the name of the parameter for the error. They raise
`HTTPInvalidParam`, which answers the request with 400, and nothing else on account of the text.
"""

import json
import math
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Final, NoReturn, TypeVar

from falcon_core.http_errors import HTTPInvalidParam
from falcon_core.limits import check_query_params
from falcon_core.uri import decode, encode_value

__all__ = [
    'bool_param',
    'date_param',
    'datetime_param',
    'deep_object_param',
    'dict_param',
    'float_param',
    'int_param',
    'json_param',
    'list_param',
    'parse_query_string',
    'to_query_str',
    'uuid_param',
]

# What would be taken for a delimiter if it were decoded before the fields are told apart.
_ESCAPED_DELIMITER: Final = re.compile('%(?:26|2[Cc]|3[Dd])').search

_T = TypeVar('_T')
_Number = TypeVar('_Number', int, float)

# As many digits as Python converts by default; the time that takes grows faster than their number.
_MAX_DIGITS: Final = 4300

_TRUE_STRINGS: Final = frozenset({'true', 'True', 't', 'yes', 'y', '1', 'on'})
_FALSE_STRINGS: Final = frozenset({'false', 'False', 'f', 'no', 'n', '0', 'off'})

# The names are those of OpenAPI's parameter styles.
_DELIMITERS: Final = {',': ',', '|': '|', ' ': ' ', 'pipeDelimited': '|', 'spaceDelimited': ' '}


def parse_query_string(
    query_string: str, keep_blank: bool = False, csv: bool = False, *, max_params: int | None = None
) -> dict[str, str | list[str]]:
    """Return the parameters of a query string, or of a URL-encoded form.

    Args:
        query_string: Such as `a=1&b=2&b=3`.
        keep_blank: True to keep parameters whose value is empty.
        csv: True to take commas, unless they are percent-encoded, as delimiters of a list.
        max_params: How many parameters, and items of such lists, to take; None for any number.

    Returns:
        Name to value, both decoded; the value is a list where there is more than one, or where `csv` found a comma.

    Raises:
        HTTPBadRequest: There are more than `max_params`.
    """
    check_query_params(query_string, max_params, csv=csv)
    # No delimiter is a plus sign or a space: what can be done once is not done for each parameter.
    text = query_string.replace('+', ' ')
    if '%' in text:
        if _ESCAPED_DELIMITER(text) is not None:
            return _gathered(text.split('&'), keep_blank, csv, partial(decode, unquote_plus=False))
        text = decode(text, unquote_plus=False)
    fields = text.split('&')
    if csv and ',' in text:
        return _gathered(fields, keep_blank, csv, str)
    # Right if each field has a name and a value, and a name of its own.
    parameters: dict[str, str | list[str]] = {
        name: value for name, _, value in [field.partition('=') for field in fields]
    }
    if len(parameters) == len(fields) and '' not in parameters and (keep_blank or '' not in parameters.values()):
        return parameters
    return _gathered(fields, keep_blank, csv, str)


def _gathered(
    fields: list[str], keep_blank: bool, csv: bool, decoded: Callable[[str], str]
) -> dict[str, str | list[str]]:
    parameters: dict[str, str | list[str]] = {}
    for field in fields:
        name, _, value = field.partition('=')
        if not field or not (value or keep_blank):
            continue
        name = decoded(name)
        if csv and ',' in value:
            _append(parameters, name, [decoded(item) for item in value.split(',') if item or keep_blank])
        elif name in parameters:
            _append(parameters, name, [decoded(value)])
        else:
            parameters[name] = decoded(value)
    return parameters


def _append(parameters: dict[str, str | list[str]], name: str, values: list[str]) -> None:
    present = parameters.setdefault(name, [])
    if isinstance(present, str):
        parameters[name] = [present, *values]
    else:
        present.extend(values)


def to_query_str(params: Mapping[str, Any] | None, comma_delimited_lists: bool = True, prefix: bool = True) -> str:
    """Return the query string of some parameters, percent-encoded.

    Args:
        params: Name to value. True and False are written in lowercase, the items of a list or tuple one by one,
            anything else as `str` gives it.
        comma_delimited_lists: True to write a list as one parameter with commas (`a=1,2`), False to repeat the
            parameter for each item (`a=1&a=2`).
        prefix: True to begin with a question mark, unless there are no parameters.
    """
    fields: list[str] = []
    for name, value in (params or {}).items():
        items = [_text(item) for item in value] if isinstance(value, (list, tuple)) else [_text(value)]
        if comma_delimited_lists:
            items = [','.join(items)]
        fields.extend(f'{encode_value(name)}={item}' for item in items)
    query_string = '&'.join(fields)
    return f'?{query_string}' if prefix and query_string else query_string


def _text(value: object) -> str:
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return encode_value(str(value))


def int_param(value: str, name: str, min_value: int | None = None, max_value: int | None = None) -> int:
    """Return the whole number that a parameter holds, in ASCII digits.

    Args:
        value: The text of the parameter.
        name: Its name.
        min_value: The least number to take, or None.
        max_value: The greatest number to take, or None.

    Raises:
        HTTPInvalidParam: The value is no such number.
    """
    return _in_bounds(_converted(int, value, name, 'The value must be an integer.'), name, min_value, max_value)


def float_param(value: str, name: str, min_value: float | None = None, max_value: float | None = None) -> float:
    """Return the number that a parameter holds; it is finite.

    Args:
        value: The text of the parameter.
        name: Its name.
        min_value: The least number to take, or None.
        max_value: The greatest number to take, or None.

    Raises:
        HTTPInvalidParam: The value is no such number.
    """
    return _in_bounds(_converted(_finite, value, name, 'The value must be a float.'), name, min_value, max_value)


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _converted(kind: Callable[[str], _T], value: str, name: str, message: str) -> _T:
    # Python's own syntax for numbers and UUIDs also allows underscores and the digits of any script.
    if len(value) > _MAX_DIGITS or '_' in value or not value.isascii():
        raise HTTPInvalidParam(message, name)
    try:
        return kind(value)
    except ValueError:
        raise HTTPInvalidParam(message, name) from None


def _in_bounds(number: _Number, name: str, min_value: _Number | None, max_value: _Number | None) -> _Number:
    if min_value is not None and number < min_value:
        raise HTTPInvalidParam(f'The value must be at least {min_value}', name)
    if max_value is not None and number > max_value:
        raise HTTPInvalidParam(f'The value may not exceed {max_value}', name)
    return number


def bool_param(value: str, name: str, blank_as_true: bool = True) -> bool:
    """Return the truth value that a parameter holds, such as `true`, `1`, `no` or `off`.

    Args:
        value: The text of the parameter.
        name: Its name.
        blank_as_true: What an empty text stands for.

    Raises:
        HTTPInvalidParam: The value is none of the known words.
    """
    if value in _TRUE_STRINGS:
        return True
    if value in _FALSE_STRINGS:
        return False
    if not value:
        return blank_as_true
    raise HTTPInvalidParam('The value of the parameter must be "true" or "false".', name)


def datetime_param(value: str, name: str, format_string: str = '%Y-%m-%dT%H:%M:%S%z') -> datetime:
    """Return the time that a parameter holds.

    Args:
        value: The text of the parameter.
        name: Its name.
        format_string: How the time is written, as `datetime.strptime` takes it.

    Raises:
        HTTPInvalidParam: The value is not written so.
    """
    try:
        return datetime.strptime(value, format_string)
    except ValueError:
        raise HTTPInvalidParam('The date value does not match the required format.', name) from None


def date_param(value: str, name: str, format_string: str = '%Y-%m-%d') -> date:
    """Return the date that a parameter holds; see `datetime_param`.

    Raises:
        HTTPInvalidParam: The value is not written so.
    """
    return datetime_param(value, name, format_string).date()


def uuid_param(value: str, name: str) -> uuid.UUID:
    """Return the UUID that a parameter holds, with or without hyphens, braces or the prefix `urn:uuid:`.

    Raises:
        HTTPInvalidParam: The value is no UUID.
    """
    return _converted(uuid.UUID, value, name, 'The value must be a UUID string.')


def _not_in_json(constant: str) -> NoReturn:
    raise ValueError(f'received {constant}, expected a value of RFC 8259')


def json_param(value: str, name: str) -> Any:
    """Return the object whose JSON a parameter holds.

    Args:
        value: The text of the parameter.
        name: Its name.

    Raises:
        HTTPInvalidParam: The value is no JSON, or is nested too deeply.
    """
    try:
        # The standard library would also take NaN and Infinity.
        return json.loads(value, parse_constant=_not_in_json)
    except (ValueError, RecursionError):
        raise HTTPInvalidParam("It could not be deserialized as 'application/json'.", name) from None


def list_param(
    value: str | list[str],
    name: str,
    transform: Callable[[str], _T] | None = None,
    delimiter: str | None = None,
) -> list[str] | list[_T]:
    """Return the list that a parameter holds.

    Args:
        value: The text of the parameter, or those of each time it was given.
        name: Its name.
        transform: What turns an item into another object, and raises ValueError if it cannot; None for nothing.
        delimiter: What separates the items of a parameter that was given once: `,`, `|`, a space, or OpenAPI's
            `pipeDelimited` and `spaceDelimited`; None for nothing.

    Raises:
        HTTPInvalidParam: An item could not be transformed.
        ValueError: `delimiter` is none of those.
    """
    items = _split(value, delimiter)
    if transform is None:
        return items
    try:
        return [transform(item) for item in items]
    except ValueError:
        raise HTTPInvalidParam('The value is not formatted correctly.', name) from None


def dict_param(value: str | list[str], name: str, delimiter: str | None = None) -> dict[str, str]:
    """Return the mapping that a parameter holds as a list in which keys and values alternate.

    Args:
        value: The text of the parameter, or those of each time it was given.
        name: Its name.
        delimiter: See `list_param`.

    Raises:
        HTTPInvalidParam: A key has no value.
        ValueError: `delimiter` is unknown.
    """
    items = _split(value, delimiter)
    if len(items) % 2:
        raise HTTPInvalidParam('The number of list elements must be even.', name)
    return dict(zip(items[::2], items[1::2], strict=True))


def deep_object_param(
    params: Mapping[str, str | list[str]], name: str, allow_multiple: bool = True
) -> dict[str, str] | None:
    """Return the mapping that the parameters `name[key]` hold together, OpenAPI's `deepObject`.

    Args:
        params: All parameters of the request.
        name: The part of their names before the bracket.
        allow_multiple: True to take the first value of a key that has more than one.

    Returns:
        Key to value, or None if there is no such parameter.

    Raises:
        HTTPInvalidParam: A key has more than one value and `allow_multiple` is False.
    """
    prefix = f'{name}['
    members: dict[str, str] = {}
    for full_name, value in params.items():
        if not (full_name.startswith(prefix) and full_name.endswith(']')):
            continue
        if isinstance(value, list):
            if not allow_multiple and len(value) > 1:
                raise HTTPInvalidParam(f'The "{full_name}" key may not have multiple values.', name)
            if not value:
                continue
            value = value[0]
        members[full_name[len(prefix) : -1]] = value
    return members or None


def _split(value: str | list[str], delimiter: str | None) -> list[str]:
    if isinstance(value, list):
        return value
    if delimiter is None:
        return [value]
    if delimiter not in _DELIMITERS:
        supported = ', '.join(map(repr, _DELIMITERS))
        raise ValueError(f'received delimiter {delimiter!r}, expected one of {supported}')
    return value.split(_DELIMITERS[delimiter])
