"""URI templates of routes: what they are made of, and parsing them.

A template is a path whose segments may hold fields (RFC 6570, level 1): `/users/{user_id}`, `/{name}.{extension}`,
`/days/{day:dt("%Y-%m-%d")}`. A segment is one of

- literal: text that a path has to have,
- field: a single field, which takes any text up to the next slash, even none,
- rest: a single field whose converter takes all that is left of the path,
- composite: fields and text, or several fields, each of which takes at least one character.

A field's name is an ASCII identifier (RFC 6570, section 2.3) and no keyword of Python, as it becomes the name of an
argument. A converter's arguments are literals of Python, and only within them may a template have white space, or a
slash or a brace that means nothing. An empty segment can only be the last: `/users/` is a template, `/users//` is not.
"""

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from falcon_core.converters import BaseConverter
from falcon_core.errors import UnacceptableRouteError

__all__ = ['Field', 'Segment', 'parse_uri_template']

_Convert = Callable[[Any], Any]

_LITERAL = re.compile(r'[^/{}\s]*')


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
    convert: _Convert | None = None
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

    def match(self, text: str) -> list[Any] | None:
        """Return the values of a composite segment's fields in a path's segment, or None if it does not match.

        Every field takes at least one character; where that leaves a choice, an earlier field takes as much as it can.
        Linear in the text: the separators are found from the right, where the first one found is the right one, so
        nothing is ever tried twice.
        """
        values: list[Any] = []
        if not text.endswith(self.literals[-1]):
            return None
        end = len(text) - len(self.literals[-1])
        for literal in self.literals[-2:0:-1]:
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
    return _Parser(template, converters).segments()


def _converted(fields: tuple[Field, ...], values: list[Any]) -> list[Any] | None:
    for index, field in enumerate(fields):
        if field.convert is not None:
            values[index] = field.convert(values[index])
            if values[index] is None:
                return None
    return values


def _literals(arguments: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the positional and the named arguments of a call; raise what `ast` does if they are no literals."""
    call = ast.parse(f'f{arguments}', mode='eval').body
    if not isinstance(call, ast.Call):
        raise ValueError(f'received {arguments}, expected the arguments of one call')
    named: dict[str, Any] = {}
    for argument in call.keywords:
        if argument.arg is None or argument.arg in named:
            raise ValueError(f'received {argument.arg or "**"} in {arguments}, expected each name once')
        named[argument.arg] = ast.literal_eval(argument.value)
    return [ast.literal_eval(value) for value in call.args], named


class _Parser:
    """Reads a template from left to right."""

    def __init__(self, template: str, converters: Mapping[str, type[BaseConverter]]) -> None:
        self._template = template
        self._converters = converters
        self._at = 0
        self._names: set[str] = set()

    def segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        while self._at < len(self._template):
            if found and not found[-1].text:
                raise self._error('"//"', 'text or a field between two slashes', self._at - 1)
            if found and found[-1].takes_rest:
                raise self._error('a slash after a field that takes the rest of the path', 'it last', self._at)
            self._at += 1  # the slash
            found.append(self._segment())
        return tuple(found)

    def _segment(self) -> Segment:
        start = self._at
        literals, fields = [self._literal()], []
        while self._template.startswith('{', self._at):
            fields.append(self._field())
            literals.append(self._literal())
        segment = Segment(self._template[start : self._at], tuple(literals), tuple(fields))
        if segment.is_composite and any(field.takes_rest for field in fields):
            raise self._error('a field that takes the rest of the path', 'nothing beside it', start)
        return segment

    def _literal(self) -> str:
        found = _LITERAL.match(self._template, self._at)
        assert found is not None  # it may be empty
        self._at = found.end()
        char = self._template[self._at : self._at + 1]
        if char == '}':
            raise self._error("'}'", "a '{' before it", self._at)
        if char.isspace():
            raise self._error(repr(char), "no white space but in a converter's arguments", self._at)
        return found.group()

    def _field(self) -> Field:
        start = self._at
        self._at += 1  # the brace
        name = self._name()
        if self._template[self._at] == '}':
            field = Field(name)
        else:
            self._at += 1  # the colon
            field = self._converted_field(name)
        self._at += 1  # the brace
        if name in self._names:
            raise self._error(f'field name {name!r} a second time', 'a name of its own', start)
        self._names.add(name)
        return field

    def _name(self) -> str:
        start = self._at
        name = self._text_up_to(':}')
        if not (name.isidentifier() and name.isascii()) or keyword.iskeyword(name):
            raise self._error(f'field name {name!r}', 'an ASCII identifier that is no keyword', start)
        return name

    def _converted_field(self, name: str) -> Field:
        start = self._at
        converter = self._text_up_to('(}')
        if converter not in self._converters:
            raise self._error(f'converter {converter!r}', f'one of {", ".join(sorted(self._converters))}', start)
        arguments = ''
        if self._template[self._at] == '(':
            arguments = self._arguments()
            if not self._template.startswith('}', self._at):
                raise self._unfinished("'}'")
        try:
            positional, named = _literals(arguments) if arguments else ([], {})
        except (MemoryError, RecursionError, SyntaxError, TypeError, ValueError) as error:
            raise self._error(f'arguments {arguments}', 'literals', start) from error
        try:
            made = self._converters[converter](*positional, **named)
            convert = made.convert
        except Exception as error:  # a converter may be anyone's, and whatever it raises is about this template
            raise self._error(f'converter {converter}{arguments}', f'what it takes ({error})', start) from error
        return Field(name, converter + arguments, convert, getattr(made, 'CONSUME_MULTIPLE_SEGMENTS', False))

    def _text_up_to(self, ends: str) -> str:
        start = self._at
        while self._at < len(self._template) and self._template[self._at] not in '/{':
            if self._template[self._at] in ends:
                return self._template[start : self._at]
            self._at += 1
        raise self._unfinished("'}'")

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
        raise self._unfinished('the end of the quoted text' if quote else "')'")

    def _unfinished(self, expected: str) -> UnacceptableRouteError:
        at = min(self._at, len(self._template))
        return self._error(repr(self._template[at]) if at < len(self._template) else 'the end', expected, at)

    def _error(self, received: str, expected: str, at: int) -> UnacceptableRouteError:
        return UnacceptableRouteError(
            f'received {received} at character {at + 1} of uri_template {self._template!r}, expected {expected}'
        )
