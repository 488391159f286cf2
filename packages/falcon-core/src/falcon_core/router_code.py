"""The function that finds routes with fields, written from the tree of their segments.

For `/users/{user_id:int}/posts` it reads

    def find(path):
        segments = path.split('/')
        count = len(segments)
        if segments[0]:
            return None
        if count > 1:
            if segments[1] == 'users':
                if count > 2:
                    v0 = convert_0(segments[2])
                    if v0 is not None:
                        if count > 3:
                            if segments[3] == 'posts':
                                if count == 4:
                                    return resource_1, responders_2, {'user_id': v0}, '/users/{user_id:int}/posts'
        return None

Where more than a few texts are possible in one place, they are looked up in a dictionary of functions, one for each
text, so that a node with ten thousand children costs one lookup. With many composite segments it is done alike. There
are functions below a certain depth as well, because Python limits the nesting of blocks, and where one would get long.

Compiling a function takes about a hundred times as long as calling it, so each of these functions is written and
compiled when it is called first: neither the start of an application with ten thousand routes nor any one request has
to wait for them all.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from falcon_core._composites import CompositeIndex
from falcon_core.interfaces import FoundRoute
from falcon_core.responders import Responder
from falcon_core.uri_templates import Segment

__all__ = ['Finder', 'Node', 'Route', 'compile_finder', 'finder_source']

Finder = Callable[[str], FoundRoute | None]

# A function below the first one: takes the segments, their number, and the values of the fields so far.
_Below = Callable[..., FoundRoute | None]

# Comparing with up to this many texts in turn is faster than one lookup and one call (measured: a comparison 15 ns,
# a lookup and a call 75 ns); trying up to as many composite segments is about as fast as an index.
_MAX_TRIED = 4
# Nodes written inside one function. Each takes up to two levels of indentation, of which Python allows 100.
_MAX_NESTED_NODES = 16
# Nodes written in one function. To compile one takes about 0.1 ms, so no request waits for more than some 5 ms.
_MAX_NODES = 50


@dataclass(frozen=True, slots=True)
class Route:
    """A resource and how it answers.

    Attributes:
        resource: The object that was added.
        responders: Its responders by HTTP method.
        uri_template: The template it was added with.
    """

    resource: object
    responders: dict[str, Responder]
    uri_template: str


class Node:
    """A place in the tree of segments; the path from the root to it is the beginning of one or more templates.

    A node has one child for each literal text, one for a field, one for a rest, and one for each composite segment with
    other text around its fields. Another segment for the same child conflicts with the one that is there: no path
    could tell them apart.

    Attributes:
        route: The route whose template ends here, or None.
    """

    __slots__ = ('_composites', '_field', '_literals', '_rest', 'route')

    def __init__(self) -> None:
        self.route: Route | None = None
        self._literals: dict[str, Node] = {}
        self._composites: dict[tuple[str, ...], tuple[Segment, Node]] = {}
        self._field: tuple[Segment, Node] | None = None
        self._rest: tuple[Segment, Node] | None = None

    @property
    def literals(self) -> 'dict[str, Node]':
        """The children by the text that leads to them."""
        return self._literals

    @property
    def composites(self) -> 'list[tuple[Segment, Node]]':
        """The children that composite segments lead to, in the order in which they are tried: that of their adding."""
        return list(self._composites.values())

    @property
    def singles(self) -> 'list[tuple[Segment, Node]]':
        """The children that a field and a rest lead to, in the order in which they are tried."""
        return [child for child in (self._field, self._rest) if child is not None]

    def child(self, segment: Segment) -> 'Node | None':
        """Return the child that a segment leads to, or None."""
        if segment.is_literal:
            return self._literals.get(segment.text)
        known = self._variable(segment)
        return known[1] if known is not None and known[0].text == segment.text else None

    def conflict(self, segment: Segment) -> Segment | None:
        """Return the segment of a child that a new segment conflicts with, or None."""
        known = None if segment.is_literal else self._variable(segment)
        return known[0] if known is not None and known[0].text != segment.text else None

    def add(self, segment: Segment) -> 'Node':
        """Add the child that a segment leads to, and return it."""
        node = Node()
        if segment.is_literal:
            self._literals[segment.text] = node
        elif segment.is_composite:
            self._composites[segment.literals] = segment, node
        elif segment.takes_rest:
            self._rest = segment, node
        else:
            self._field = segment, node
        return node

    def _variable(self, segment: Segment) -> 'tuple[Segment, Node] | None':
        if segment.is_composite:
            return self._composites.get(segment.literals)
        return self._rest if segment.takes_rest else self._field


def finder_source(root: Node) -> str:
    """Return the source of the function that finds the routes below a node, and of those that it calls."""
    return '\n'.join(_sources(_Place('find', root), itertools.count()))


def compile_finder(root: Node) -> Finder:
    """Return the function that finds the routes below a node."""
    find: Finder = _compile(_Place('find', root), itertools.count())
    return find


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a function begins to find: at a node, once `depth` segments have given values to `fields`."""

    name: str
    node: Node
    depth: int = 1
    fields: tuple[str, ...] = ()


def _sources(place: _Place, count: Iterator[int]) -> Iterator[str]:
    pending = [place]
    while pending:
        writer = _Writer(pending.pop(), count)
        yield writer.source
        pending += [below for _, _, below in writer.below]


def _compile(place: _Place, count: Iterator[int]) -> Any:
    writer = _Writer(place, count)
    # The source holds names and numbers made here; what a template says is in it as literals only, by repr().
    exec(compile(writer.source, '<routes>', 'exec'), writer.names)  # noqa: S102
    for table, key, below in writer.below:
        table[key] = _Uncompiled(table, key, below, count)
    return writer.names[place.name]


class _Uncompiled:
    """Stands for a function in a table until it is called first."""

    __slots__ = ('_count', '_key', '_place', '_table')

    def __init__(self, table: dict[str, Any], key: str, place: _Place, count: Iterator[int]) -> None:
        self._table = table
        self._key = key
        self._place = place
        self._count = count

    def __call__(self, segments: list[str], count: int, *values: Any) -> FoundRoute | None:
        find: _Below = _compile(self._place, self._count)
        self._table[self._key] = find
        return find(segments, count, *values)


class _Writer:
    """Writes the source of one function, and keeps the objects it names.

    Attributes:
        source: The source.
        names: The objects by the names that the source gives them.
        below: The functions that this one calls: the dictionary in which it finds each, the key there, and the place
            at which it begins.
    """

    def __init__(self, place: _Place, count: Iterator[int]) -> None:
        self.names: dict[str, Any] = {}
        self.below: list[tuple[dict[str, Any], str, _Place]] = []
        self._count = count
        self._lines: list[str] = []
        self._nodes_left = _MAX_NODES
        if place.fields or place.depth > 1:
            self._line(0, f'def {place.name}(segments, count{_values(place.fields)}):')
        else:
            self._begin(place.name)
        self._node(place.node, place.depth, place.fields, 1, 0)
        self._line(1, 'return None')
        self.source = '\n'.join(self._lines) + '\n'

    def _begin(self, name: str) -> None:
        self._line(0, f'def {name}(path):')
        self._line(1, "segments = path.split('/')")
        self._line(1, 'count = len(segments)')
        # What comes before the first slash is the first segment: always empty, unless the path is none (`OPTIONS *`).
        self._line(1, 'if segments[0]:')
        self._line(2, 'return None')

    def _line(self, indent: int, text: str) -> None:
        self._lines.append('    ' * indent + text)

    def _name(self, kind: str, value: Any) -> str:
        name = f'{kind}_{next(self._count)}'
        self.names[name] = value
        return name

    def _function(
        self, node: Node, depth: int, fields: tuple[str, ...], table: dict[str, Any], key: str | None = None
    ) -> str:
        """Have a function for what is below a node, in a dictionary, by its name or another key; return its name."""
        name = f'find_{next(self._count)}'
        self.below.append((table, name if key is None else key, _Place(name, node, depth, fields)))
        return name

    def _node(self, node: Node, depth: int, fields: tuple[str, ...], indent: int, nested: int) -> None:
        """Write what follows once `depth` segments have matched, gave values to `fields`, and led to `node`."""
        if nested == _MAX_NESTED_NODES or not self._nodes_left:
            self._call(self._function(node, depth, fields, self.names), fields, indent)
            return
        self._nodes_left -= 1
        if node.route is not None:
            self._line(indent, f'if count == {depth}:')
            self._found(node.route, fields, indent + 1)
        if node.literals or node.composites or node.singles:
            self._line(indent, f'if count > {depth}:')
            self._children(node, depth, fields, indent + 1, nested + 1)

    def _found(self, route: Route, fields: tuple[str, ...], indent: int) -> None:
        resource = self._name('resource', route.resource)
        responders = self._name('responders', route.responders)
        params = ', '.join(f'{field!r}: v{index}' for index, field in enumerate(fields))
        self._line(indent, f'return {resource}, {responders}, {{{params}}}, {route.uri_template!r}')

    def _call(self, function: str, fields: tuple[str, ...], indent: int, more: str = '') -> None:
        self._line(indent, f'found = {function}(segments, count{_values(fields)}{more})')
        self._line(indent, 'if found is not None:')
        self._line(indent + 1, 'return found')

    def _children(self, node: Node, depth: int, fields: tuple[str, ...], indent: int, nested: int) -> None:
        if len(node.literals) > _MAX_TRIED:
            self._looked_up(node, depth, fields, indent)
        else:
            for text, child in node.literals.items():
                self._line(indent, f'if segments[{depth}] == {text!r}:')
                self._node(child, depth + 1, fields, indent + 1, nested)
        if len(node.composites) > _MAX_TRIED:
            self._indexed(node, depth, fields, indent)
        else:
            for segment, child in node.composites:
                self._composite(segment, child, depth, fields, indent, nested)
        for segment, child in node.singles:
            self._single(segment, child, depth, fields, indent, nested)

    def _looked_up(self, node: Node, depth: int, fields: tuple[str, ...], indent: int) -> None:
        finders: dict[str, Any] = {}
        for text, child in node.literals.items():
            self._function(child, depth + 1, fields, finders, text)
        self._line(indent, f'finder = {self._name("table", finders)}.get(segments[{depth}])')
        self._line(indent, 'if finder is not None:')
        self._call('finder', fields, indent + 1)

    def _indexed(self, node: Node, depth: int, fields: tuple[str, ...], indent: int) -> None:
        finders: dict[str, Any] = {}
        for segment, child in node.composites:
            self._function(child, depth + 1, (*fields, *_names(segment)), finders, segment.text)
        candidates = CompositeIndex(segment for segment, _ in node.composites).candidates
        self._line(indent, f'for match, text in {self._name("candidates", candidates)}(segments[{depth}]):')
        self._line(indent + 1, f'values = match(segments[{depth}])')
        self._line(indent + 1, 'if values is not None:')
        self._call(f'{self._name("table", finders)}[text]', fields, indent + 2, ', *values')

    def _composite(
        self, segment: Segment, child: Node, depth: int, fields: tuple[str, ...], indent: int, nested: int
    ) -> None:
        names = _names(segment)
        self._line(indent, f'values = {self._name("match", segment.match)}(segments[{depth}])')
        self._line(indent, 'if values is not None:')
        self._line(indent + 1, f'{_values(names, len(fields))[2:]}, = values')
        self._node(child, depth + 1, (*fields, *names), indent + 1, nested)

    def _single(
        self, segment: Segment, child: Node, depth: int, fields: tuple[str, ...], indent: int, nested: int
    ) -> None:
        value = f'v{len(fields)}'
        text = f'segments[{depth}:]' if segment.takes_rest else f'segments[{depth}]'
        convert = segment.fields[0].convert
        if convert is None:
            self._line(indent, f'{value} = {text}')
        else:
            self._line(indent, f'{value} = {self._name("convert", convert)}({text})')
            self._line(indent, f'if {value} is not None:')
            indent += 1
        fields = (*fields, *_names(segment))
        if segment.takes_rest:
            assert child.route is not None  # a template ends here
            self._found(child.route, fields, indent)
        else:
            self._node(child, depth + 1, fields, indent, nested)


def _names(segment: Segment) -> tuple[str, ...]:
    return tuple(field.name for field in segment.fields)


def _values(fields: tuple[str, ...], first: int = 0) -> str:
    return ''.join(f', v{index}' for index in range(first, first + len(fields)))
