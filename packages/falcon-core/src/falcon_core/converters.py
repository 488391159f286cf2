"""Converters: what turns the text of a template's field into the value that a responder gets.

A template names a converter after the field's name: `/events/{day:dt("%Y-%m-%d")}/{number:int(min=1)}`. A converter
that cannot convert returns None, and the route does not match. None of them raises for any text.
"""

import math
import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

__all__ = [
    'BUILTIN_CONVERTERS',
    'BaseConverter',
    'DateTimeConverter',
    'FloatConverter',
    'IntConverter',
    'PathConverter',
    'RegexConverter',
    'UUIDConverter',
]

# int() and float() alone would also take blanks around the number, underscores in it, and digits of every script.
_INTEGER = re.compile(r'[+-]?[0-9]+', re.ASCII)
_NUMBER = re.compile(
    r'[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(nan|inf|infinity)', re.ASCII | re.IGNORECASE
)


class BaseConverter:
    """The base of converters: implement `convert`.

    Attributes:
        CONSUME_MULTIPLE_SEGMENTS: True if the converter takes all that is left of the path; `convert` is then given the
            list of its segments.
    """

    CONSUME_MULTIPLE_SEGMENTS: ClassVar[bool] = False

    def convert(self, value: Any) -> Any:
        """Return the value of a field, or None if its text is not acceptable.

        Args:
            value: The field's text, or the list of segments that is left.
        """
        raise NotImplementedError(f'{type(self).__name__} has no convert method')


class IntConverter(BaseConverter):
    """Converts decimal digits, with or without a sign, to an `int`.

    Args:
        num_digits: The exact number of characters, or None for any.
        min: The smallest value that matches, or None.
        max: The largest value that matches, or None.

    Raises:
        ValueError: `num_digits` is smaller than 1.
    """

    def __init__(self, num_digits: int | None = None, min: int | None = None, max: int | None = None) -> None:
        if num_digits is not None and num_digits < 1:
            raise ValueError(f'received num_digits {num_digits!r}, expected at least 1')
        self._num_digits = num_digits
        self._min = min
        self._max = max

    def convert(self, value: str) -> int | None:
        """Return the number, or None."""
        if self._num_digits is not None and len(value) != self._num_digits:
            return None
        if _INTEGER.fullmatch(value) is None:
            return None
        try:
            number = int(value)
        except ValueError:  # longer than the interpreter converts (sys.set_int_max_str_digits)
            return None
        return number if _within(number, self._min, self._max) else None


class FloatConverter(BaseConverter):
    """Converts a decimal number to a `float`.

    Args:
        min: The smallest value that matches, or None.
        max: The largest value that matches, or None.
        finite: False lets `nan` and `inf` match as well.
    """

    def __init__(self, min: float | None = None, max: float | None = None, finite: bool = True) -> None:
        self._min = min
        self._max = max
        self._finite = finite

    def convert(self, value: str) -> float | None:
        """Return the number, or None."""
        if _NUMBER.fullmatch(value) is None:
            return None
        number = float(value)
        if self._finite and not math.isfinite(number):
            return None
        return number if _within(number, self._min, self._max) else None


class DateTimeConverter(BaseConverter):
    """Converts a date and time to a `datetime`.

    Args:
        format_string: The format, as `datetime.strptime` takes it.
    """

    def __init__(self, format_string: str = '%Y-%m-%dT%H:%M:%S%z') -> None:
        self._format_string = format_string

    def convert(self, value: str) -> datetime | None:
        """Return the date and time, or None."""
        try:
            return datetime.strptime(value, self._format_string)  # the format decides
        except (ValueError, OverflowError):
            return None


class UUIDConverter(BaseConverter):
    """Converts 32 hexadecimal digits, in any of the usual notations, to a `uuid.UUID` (RFC 9562)."""

    def convert(self, value: str) -> uuid.UUID | None:
        """Return the UUID, or None."""
        try:
            return uuid.UUID(value) if value.isascii() else None
        except ValueError:
            return None


class PathConverter(BaseConverter):
    """Takes all that is left of the path, slashes included. Only the last field of a template can have it."""

    CONSUME_MULTIPLE_SEGMENTS = True

    def convert(self, value: Iterable[str]) -> str:
        """Return the rest of the path."""
        return '/'.join(value)


class RegexConverter(BaseConverter):
    """Takes text that a regular expression matches as a whole.

    Args:
        pattern: The expression. How long it runs on hostile input is the expression's own matter.
        group: The named group to return instead of the whole text, or None.

    Raises:
        ValueError: The expression has no such group.
    """

    def __init__(self, pattern: str, group: str | None = None) -> None:
        self._pattern = re.compile(pattern)
        if group is not None and group not in self._pattern.groupindex:
            raise ValueError(f'received group {group!r}, expected a named group of {pattern!r}')
        self._group = group or 0

    def convert(self, value: str) -> str | None:
        """Return the text, or None."""
        found = self._pattern.fullmatch(value)
        return None if found is None else found.group(self._group)


BUILTIN_CONVERTERS: dict[str, type[BaseConverter]] = {
    'dt': DateTimeConverter,
    'float': FloatConverter,
    'int': IntConverter,
    'path': PathConverter,
    're': RegexConverter,
    'uuid': UUIDConverter,
}


def _within(number: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is None or number >= minimum) and (maximum is None or number <= maximum)
