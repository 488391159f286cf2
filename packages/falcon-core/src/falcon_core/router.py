"""The router: which resource a path belongs to.

A path without fields is found by one lookup in a dictionary. For the other routes the router writes Python functions,
from a tree of their segments, as they are needed after routes were added (`falcon_core.router_code`). How long finding
takes depends on the path's depth, not on the number of routes, but for two cases: segments that begin and end alike, as
`{a}-{b}` and `{a}.{b}` do, are tried one after the other, and where a path fits the beginnings of several templates,
each is followed until it does not.
"""

import itertools
from collections import UserDict
from collections.abc import MutableMapping
from typing import Any

from falcon_core.converters import BUILTIN_CONVERTERS, BaseConverter
from falcon_core.errors import UnacceptableRouteError
from falcon_core.interfaces import FoundRoute
from falcon_core.responders import Responder, check_field_names, map_http_methods
from falcon_core.router_code import Finder, Node, Route, compile_finder, finder_source
from falcon_core.uri_templates import Segment, parse_uri_template

__all__ = ['CompiledRouter', 'CompiledRouterOptions']


class _Converters(UserDict[str, type[BaseConverter]]):
    """Converter classes by the names that templates give them."""

    def __setitem__(self, name: str, converter: type[BaseConverter]) -> None:
        if not (name.isidentifier() and name.isascii()):
            raise ValueError(f'received converter name {name!r}, expected an ASCII identifier')
        if not callable(converter) or (isinstance(converter, type) and not hasattr(converter, 'convert')):
            raise TypeError(f'received converter {converter!r}, expected a class with a convert method')
        super().__setitem__(name, converter)


class CompiledRouterOptions:
    """How templates are read and responders found; what is set counts for the routes that are added afterwards.

    Attributes:
        default_to_on_request (bool): Give the HTTP methods that a resource has no responder for to its `on_request`,
            except OPTIONS. False by default.
    """

    __slots__ = ('_converters', 'default_to_on_request')

    def __init__(self) -> None:
        self._converters = _Converters(BUILTIN_CONVERTERS)
        self.default_to_on_request = False

    @property
    def converters(self) -> MutableMapping[str, type[BaseConverter]]:
        """The converters by name; add or replace any."""
        return self._converters


class CompiledRouter:
    """Finds the resource of a path, among routes with and without fields.

    Where several routes fit, at each segment text goes before several fields, those before a single field, and that
    before a field that takes the rest of the path; what turns out not to lead to a route is taken back.
    """

    def __init__(self) -> None:
        self._options = CompiledRouterOptions()
        self._routes: dict[str, Route] = {}
        self._literal_routes: dict[str, Route] = {}
        self._root = Node()
        self._finder: Finder | None = None

    @property
    def options(self) -> CompiledRouterOptions:
        """How templates are read and responders found."""
        return self._options

    @property
    def routes(self) -> list[Route]:
        """The routes, each before those whose templates go on from its own, else in the order of their adding."""
        first_use: dict[str, int] = {}
        for template in self._routes:
            for beginning in _beginnings(template):
                first_use.setdefault(beginning, len(first_use))

        def place(route: Route) -> list[int]:
            return [first_use[beginning] for beginning in _beginnings(route.uri_template)]

        return sorted(self._routes.values(), key=place)

    @property
    def finder_src(self) -> str:
        """The source of the function that finds the routes with fields."""
        return finder_source(self._root)

    def map_http_methods(self, resource: object, *, suffix: str | None = None) -> dict[str, Responder]:
        """Return the responders of a resource by HTTP method; see `falcon_core.responders.map_http_methods`."""
        return map_http_methods(resource, suffix, self._options.default_to_on_request)

    def add_route(
        self, uri_template: str, resource: object, *, suffix: str | None = None, compile: bool = False
    ) -> None:
        """Add a route, in place of one with the same template.

        Args:
            uri_template: The template, such as `/users/{user_id:int}`.
            resource: The object whose responders answer.
            suffix: Take the responders `on_get_<suffix>`, ... instead of `on_get`, ...
            compile: True writes the finding function now, not when a path is looked for first; see `prepare`.

        Raises:
            TypeError: The template is no string, a responder is no coroutine function, or the resource is a class and
                not an object of it.
            ValueError: The template is malformed or conflicts with another, a responder cannot be given one of its
                fields, or no responder has the suffix.
        """
        segments = parse_uri_template(uri_template, self._options.converters)
        # Put together again, it is a plain str, whatever subclass of it was given; the compiled code depends on that.
        template = '/'.join(('', *(segment.text for segment in segments)))
        route = Route(resource, self.map_http_methods(resource, suffix=suffix), template)
        check_field_names(route.responders, [field.name for segment in segments for field in segment.fields], template)
        if all(segment.is_literal for segment in segments):
            self._literal_routes[template] = route
        else:
            self._insert(segments, route)
            self._finder = None
        self._routes[template] = route
        if compile:
            self.prepare()

    def find(self, uri: str, req: Any = None) -> FoundRoute | None:
        """Return the resource, its responders, the values of the fields, and the template of a path, or None.

        Args:
            uri: The path, percent-decoded.
            req: Not used; other routers may.
        """
        route = self._literal_routes.get(uri)
        if route is not None:
            return route.resource, route.responders, {}, route.uri_template
        return (self._finder or self.prepare())(uri)

    def prepare(self) -> Finder:
        """Write the function that finds routes with fields, if there is none, and return it.

        Finding does it, too, so this only chooses the time. What that function calls is written when it is called.
        """
        if self._finder is None:
            self._finder = compile_finder(self._root)
        return self._finder

    def _insert(self, segments: tuple[Segment, ...], route: Route) -> None:
        node = self._root
        # Looked at first and changed after, so that a refused template leaves nothing behind.
        for segment in segments:
            conflict = node.conflict(segment)
            if conflict is not None:
                raise UnacceptableRouteError(
                    f'received {segment.text!r} in uri_template {route.uri_template!r}, expected {conflict.text!r} as '
                    'in a route added before: fields at the same place need the same name and converter'
                )
            existing = node.child(segment)
            if existing is None:
                break
            node = existing
        node = self._root
        for segment in segments:
            node = node.child(segment) or node.add(segment)
        node.route = route


def _beginnings(template: str) -> list[str]:
    """Return what a template begins with, up to the end of each of its segments: `/a`, `/a/b` and so on."""
    return list(itertools.accumulate(template.split('/')[1:], '{}/{}'.format, initial=''))[1:]
