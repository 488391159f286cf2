"""URI templates of routes: parsing them, and telling which ones conflict.

A template is a path whose segments may hold fields (RFC 6570, level 1): `/users/{user_id}`, `/{name}.{extension}`,
`/days/{day:dt("%Y-%m-%d")}`. A segment is one of

- literal: text that a path has to have,
- field: a single field, which takes any text up to the next slash,
- rest: a single field whose converter takes all that is left of the path,
- composite: fields and text, or several fields.

Two templates conflict where, after the same beginning, each has a segment of the same kind that differs only in a
field's name or converter: no path could tell them apart.
"""

import ast
import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from falcon_core.converters import BaseConverter
from falcon_core.errors import UnacceptableRouteError

__all__ = ['Field', 'Segment', 'parse_uri_template']

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a template.

    Attributes:
        name: The keyword that the responder gets its value by.
        converter: The converter as the template writes it, arguments included; empty if there is none.
        convert: What makes a value of the field's text, or None if the text is the value.
        takes_rest: Whether the field takes all that is left of the path.
    """

    name: str
    converter: str = ''
    convert: Convert | None = None
    takes_rest: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """What a template has between two slashes.

    Attributes:
        text: The segment as the template writes it.
        literals: The texts before, between and after the fields: always one more than there are fields.
        fields: The fields, in order.
    """

    text: str
    literals: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def is_literal(self) -> bool:
        """Whether the segment has no fields."""
        return not self.fields

    @property
    def is_composite(self) -> bool:
        """Whether the segment is more than a single field or a literal."""
        return len(self.fields) > 1 or (len(self.fields) == 1 and self.literals != ('', ''))

    @property
    def takes_rest(self) -> bool:
        """Whether the segment takes all that is left of the path."""
        return len(self.fields) == 1 and self.fields[0].takes_rest

    def conflicts_with(self, other: 'Segment') -> bool:
        """Return whether a path cannot tell this segment from another one with a different text."""
        if self.is_literal or other.is_literal or self.is_composite != other.is_composite:
            return False
        return not self.is_composite or self.literals == other.literals

    def match(self, text: str) -> list[Any] | None:
        """Return the values of a composite segment's fields in a path's segment, or None if it does not match.

        Every field takes at least one character; where that leaves a choice, an earlier field takes as much as it can.
        Linear in the text for each field: the separators are found from the right, so nothing is ever tried twice.
        """
        values: list[Any] = []
        end = len(text)
        if not text.endswith(self.literals[-1]):
            return None
        end -= len(self.literals[-1])
        for literal, _ in zip(reversed(self.literals[1:-1]), reversed(self.fields[1:]), strict=True):
            at = text.rfind(literal, 0, end - 1) if end > 0 else -1
            if at < 0:
                return None
            values.append(text[at + len(literal) : end])
            end = at
        start = len(self.literals[0])
        if end <= start or not text.startswith(self.literals[0]):
            return None
        values.append(text[start:end])
        values.reverse()
        return _converted(self.fields, values)


def parse_uri_template(template: str, converters: Mapping[str, type[BaseConverter]]) -> tuple[Segment, ...]:
    """Return the segments of a template.

    Args:
        template: The template; begins with a slash.
        converters: The converters by the names that templates give them.

    Raises:
        TypeError: The template is no string.
        UnacceptableRouteError: It is malformed; the text says where.
    """
    if not isinstance(template, str):
        raise TypeError(f'received a {type(template).__name__} as the uri_template, expected a str')
    if not template.startswith('/'):
        raise UnacceptableRouteError(f'received uri_template {template!r}, expected it to start with "/"')
    parser = _Parser(template, converters)
    segments = tuple(parser.segments())
    _check_names(template, segments)
    for segment in segments[:-1]:
        if segment.takes_rest:
            raise UnacceptableRouteError(
                f'{segment.text!r} of uri_template {template!r} takes all that is left of the path, expected it last'
            )
    return segments


def _converted(fields: tuple[Field, ...], values: list[Any]) -> list[Any] | None:
    for index, field in enumerate(fields):
        if field.convert is not None:
            values[index] = field.convert(values[index])
            if values[index] is None:
                return None
    return values


def _check_names(template: str, segments: tuple[Segment, ...]) -> None:
    seen: set[str] = set()
    for segment in segments:
        for field in segment.fields:
            if field.name in seen:
                raise UnacceptableRouteError(f'field {field.name!r} occurs twice in uri_template {template!r}')
            seen.add(field.name)


class _Parser:
    """Reads a template from left to right."""

    def __init__(self, template: str, converters: Mapping[str, type[BaseConverter]]) -> None:
        self._template = template
        self._converters = converters
        self._at = 0

    def segments(self) -> list[Segment]:
        found = []
        while self._at < len(self._template):
            self._at += 1  # the slash
            found.append(self._segment())
        return found

    def _segment(self) -> Segment:
        start = self._at
        literals, fields = [''], []
        while self._at < len(self._template) and (char := self._template[self._at]) != '/':
            if char == '{':
                fields.append(self._field())
                literals.append('')
            elif char == '}' or char.isspace():
                raise self._error('unexpected "}"' if char == '}' else 'unexpected white space')
            else:
                literals[-1] += char
                self._at += 1
        segment = Segment(self._template[start : self._at], tuple(literals), tuple(fields))
        if segment.is_composite and any(field.takes_rest for field in fields):
            raise self._error(
                f'{segment.text!r} has a field that takes all that is left of the path, expected it alone'
            )
        return segment

    def _field(self) -> Field:
        self._at += 1  # the brace
        name = self._text_up_to(':}')
        if not name.isidentifier() or keyword.iskeyword(name):
            raise self._error(f'field name {name!r}, expected an identifier')
        converter = arguments = ''
        if self._template[self._at] == ':':
            self._at += 1
            converter = self._text_up_to('(}')
            if self._template[self._at] == '(':
                arguments = self._arguments()
            if self._template[self._at : self._at + 1] != '}':
                raise self._error('expected "}"')
        self._at += 1  # the brace
        if not converter:
            if self._template[self._at - 2] == ':' or arguments:
                raise self._error(f'field {name!r} without the name of its converter')
            return Field(name)
        made = self._converter(converter, arguments)
        return Field(name, converter + arguments, made.convert, made.CONSUME_MULTIPLE_SEGMENTS)

    def _text_up_to(self, ends: str) -> str:
        start = self._at
        while self._at < len(self._template):
            if self._template[self._at] in ends:
                return self._template[start : self._at]
            if self._template[self._at] in '/{':
                break
            self._at += 1
        raise self._error('expected "}"')

    def _arguments(self) -> str:
        # Quoted text may hold any character, so the end is the first parenthesis that is neither quoted nor nested.
        start, depth, quote = self._at, 0, ''
        while self._at < len(self._template):
            char = self._template[self._at]
            self._at += 1
            if quote:
                if char == '\\':
                    self._at += 1
                elif char == quote:
                    quote = ''
            elif char in '"\'':
                quote = char
            elif char in '()':
                depth += 1 if char == '(' else -1
                if depth == 0:
                    return self._template[start : self._at]
        raise self._error('expected ")"')

    def _converter(self, name: str, arguments: str) -> BaseConverter:
        if name not in self._converters:
            raise self._error(f'unknown converter {name!r}, expected one of {", ".join(sorted(self._converters))}')
        positional, named = self._literals(arguments)
        try:
            return self._converters[name](*positional, **named)
        except (TypeError, ValueError) as error:
            raise self._error(f'converter {name!r} refused its arguments {arguments}: {error}') from error

    def _literals(self, arguments: str) -> tuple[list[Any], dict[str, Any]]:
        if not arguments:
            return [], {}
        try:
            call = ast.parse(f'f{arguments}', mode='eval').body
            if isinstance(call, ast.Call) and all(named.arg is not None for named in call.keywords):
                positional = [ast.literal_eval(value) for value in call.args]
                return positional, {named.arg: ast.literal_eval(named.value) for named in call.keywords if named.arg}
        except (SyntaxError, ValueError) as error:
            raise self._error(f'arguments {arguments}, expected literals') from error
        raise self._error(f'arguments {arguments}, expected literals')

    def _error(self, text: str) -> UnacceptableRouteError:
        return UnacceptableRouteError(f'{text} in uri_template {self._template!r} before character {self._at + 1}')
