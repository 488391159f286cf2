"""Converters: what turns the text of a template's field into the value that a responder gets.

A template names a converter after the field's name: `/events/{day:dt("%Y-%m-%d")}/{number:int(min=1)}`. A converter
that cannot convert returns None, and the route does not match. None of them raises for any text.
"""

import math
import re
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
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

# int(), float() and uuid.UUID() alone would also take underscores between digits, the first two also blanks around the
# number and digits of every script. Each part of a pattern begins with what the one before cannot take, so that
# matching is linear.
_NUMBER = re.compile(
    r'[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?|[+-]?(nan|inf|infinity)', re.ASCII | re.IGNORECASE
)
_UUID = re.compile(r'(urn:uuid:)?\{?[0-9a-f-]+\}?', re.ASCII | re.IGNORECASE)

# Its month, day and so on can be told from one another, and every year has it.
_SOME_TIME = datetime(2021, 3, 14, 15, 16, 17, 181920, UTC)


class BaseConverter:
    """The base of converters: implement `convert`.

    A template makes one object of the class, with the arguments it gives; what the constructor raises is the reason why
    the template is refused. `convert` should raise nothing, whatever the text is, as it is what a client sent.

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
    """Converts ASCII digits, with or without a sign, to an `int`.

    Numbers longer than the interpreter converts (`sys.set_int_max_str_digits`, 4300 digits by default) do not match.

    Args:
        num_digits: The exact number of characters, a sign included, or None for any.
        min: The smallest value that matches, or None.
        max: The largest value that matches, or None.

    Raises:
        ValueError: `num_digits` is no `int` of at least 1, or `min` or `max` is no number.
    """

    def __init__(self, num_digits: int | None = None, min: int | None = None, max: int | None = None) -> None:
        if num_digits is not None and (not isinstance(num_digits, int) or num_digits < 1):
            raise ValueError(f'received num_digits {num_digits!r}, expected an int of at least 1')
        _check_bounds(min, max)
        self._num_digits = num_digits
        self._bounded = min is not None or max is not None
        self._min = min
        self._max = max

    def convert(self, value: str) -> int | None:
        """Return the number, or None."""
        if self._num_digits is not None and len(value) != self._num_digits:
            return None
        if not (value.isdecimal() and value.isascii()):
            digits = value[1:]
            if value[:1] not in ('+', '-') or not (digits.isdecimal() and digits.isascii()):
                return None
        try:
            number = int(value)
        except ValueError:  # too long
            return None
        return None if self._bounded and _outside(number, self._min, self._max) else number


class FloatConverter(BaseConverter):
    """Converts a decimal number to a `float`.

    Args:
        min: The smallest value that matches, or None.
        max: The largest value that matches, or None.
        finite: False lets `nan` and `inf` match as well; `nan` then does whatever `min` and `max` are.

    Raises:
        ValueError: `min` or `max` is no number.
    """

    def __init__(self, min: float | None = None, max: float | None = None, finite: bool = True) -> None:
        _check_bounds(min, max)
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
        return None if _outside(number, self._min, self._max) else number


class DateTimeConverter(BaseConverter):
    """Converts a date and time to a `datetime`.

    Args:
        format_string: The format, as `datetime.strptime` takes it.

    Raises:
        TypeError: The format is no string.
        ValueError: The format does not read what it writes, because of a directive that `strptime` does not know or
            that occurs twice, for example.
    """

    def __init__(self, format_string: str = '%Y-%m-%dT%H:%M:%S%z') -> None:
        try:
            datetime.strptime(_SOME_TIME.strftime(format_string), format_string)
        except (ValueError, re.error) as error:
            raise ValueError(f'received format_string {format_string!r}, expected one for strptime: {error}') from error
        self._format_string = format_string

    def convert(self, value: str) -> datetime | None:
        """Return the date and time, or None."""
        try:
            return datetime.strptime(value, self._format_string)
        except ValueError:
            return None


class UUIDConverter(BaseConverter):
    """Converts 32 hexadecimal digits to a `uuid.UUID` (RFC 9562), as `uuid.UUID` does.

    Hyphens, braces around it, and `urn:uuid:` before it are optional.
    """

    def convert(self, value: str) -> uuid.UUID | None:
        """Return the UUID, or None."""
        if _UUID.fullmatch(value) is None:
            return None
        try:
            return uuid.UUID(value)
        except ValueError:  # not 32 digits
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
        pattern: The expression, compiled or not. How long it runs on hostile input is the expression's own matter.
        group: The named group to return instead of the whole text; where it takes no part, the text does not match.
            None returns the whole text.

    Raises:
        TypeError: The pattern is no string.
        ValueError: The pattern is malformed, or has no such group.
    """

    def __init__(self, pattern: str | re.Pattern[str], group: str | None = None) -> None:
        try:
            self._pattern = re.compile(pattern)
        except (OverflowError, re.error) as error:
            raise ValueError(f'received pattern {pattern!r}, expected a regular expression: {error}') from error
        if not isinstance(self._pattern.pattern, str):
            raise TypeError(f'received pattern {pattern!r}, expected a str')
        if group is not None and group not in self._pattern.groupindex:
            raise ValueError(f'received group {group!r}, expected a named group of {self._pattern.pattern!r}')
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


def _check_bounds(minimum: object, maximum: object) -> None:
    for name, bound in (('min', minimum), ('max', maximum)):
        if bound is not None and not isinstance(bound, (int, float)):
            raise ValueError(f'received {name} {bound!r}, expected a number')


def _outside(number: float, minimum: float | None, maximum: float | None) -> bool:
    return (minimum is not None and number < minimum) or (maximum is not None and number > maximum)
