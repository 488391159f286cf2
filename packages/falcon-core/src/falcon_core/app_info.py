"""What an application is made of, as data that holds names and no objects; `falcon_core.inspection` collects it."""

import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from falcon_core.app_text import StringVisitor

__all__ = [
    'AppInfo',
    'ErrorHandlerInfo',
    'Info',
    'MiddlewareClassInfo',
    'MiddlewareInfo',
    'MiddlewareMethodInfo',
    'MiddlewareTreeInfo',
    'MiddlewareTreeItemInfo',
    'RouteInfo',
    'RouteMethodInfo',
    'SinkInfo',
    'StaticRouteInfo',
]

_SUFFIXED = re.compile(r'on_[^_]+_(?P<suffix>.+)')


class Info:
    """The base of all parts: it makes text and plain data of a part.

    Attributes:
        visit_name (str): Which method of a visitor the part is for: `visit_<visit_name>`.
    """

    __slots__ = ()
    visit_name: ClassVar[str]

    def to_string(self, verbose: bool = False, internal: bool = False) -> str:
        """Return text for people.

        Args:
            verbose: Say where in the sources each thing is as well.
            internal: Tell of the responders and error handlers that the framework itself has as well.
        """
        return StringVisitor(verbose, internal).process(self)

    def to_dict(self, *, internal: bool = False) -> dict[str, Any]:
        """Return the part as data that JSON can hold: its attributes by name, parts within it as dictionaries, too.

        Args:
            internal: Tell of the responders and error handlers that the framework itself has as well.
        """
        return {name: _plain(getattr(self, name), internal=internal) for name in self._names()}

    @classmethod
    def _names(cls) -> list[str]:
        return [field.name for field in fields(cls)]  # type: ignore[arg-type] # every subclass is a dataclass

    def __repr__(self) -> str:
        return self.to_string()


def _plain(value: Any, *, internal: bool) -> Any:
    if isinstance(value, Info):
        return value.to_dict(internal=internal)
    if isinstance(value, list):
        return [_plain(part, internal=internal) for part in value if internal or not getattr(part, 'internal', False)]
    return value


@dataclass(slots=True, repr=False)
class RouteMethodInfo(Info):
    """What answers one HTTP method, or a WebSocket, of a route.

    Attributes:
        method: The HTTP method, or `WEBSOCKET`.
        source_info: Where it is defined, `file:line`.
        function_name: Its name.
        internal: Whether the framework answers, because the resource does not.
    """

    visit_name: ClassVar[str] = 'route_method'
    method: str
    source_info: str
    function_name: str
    internal: bool

    @property
    def suffix(self) -> str:
        """The suffix of the responder's name, `item` of `on_get_item`; empty if there is none."""
        found = _SUFFIXED.fullmatch(self.function_name)
        return '' if found is None else found['suffix']


@dataclass(slots=True, repr=False)
class RouteInfo(Info):
    """A route.

    Attributes:
        path: The template of its paths.
        class_name: The class of its resource.
        source_info: Where the class is defined.
        methods: What answers its methods.
    """

    visit_name: ClassVar[str] = 'route'
    path: str
    class_name: str
    source_info: str
    methods: list[RouteMethodInfo]


@dataclass(slots=True, repr=False)
class StaticRouteInfo(Info):
    """A static route.

    Attributes:
        prefix: The beginning of its paths.
        directory: Where its files are.
        fallback_filename: The file that is served where there is none; None if there is no such.
    """

    visit_name: ClassVar[str] = 'static_route'
    prefix: str
    directory: str
    fallback_filename: str | None


@dataclass(slots=True, repr=False)
class SinkInfo(Info):
    """A sink.

    Attributes:
        prefix: The source of the expression that its paths begin with.
        name: The function's name, or the class of an object that is called.
        source_info: Where that is defined.
    """

    visit_name: ClassVar[str] = 'sink'
    prefix: str
    name: str
    source_info: str


@dataclass(slots=True, repr=False)
class ErrorHandlerInfo(Info):
    """An error handler.

    Attributes:
        error: The class of the exceptions.
        name: The function's name.
        source_info: Where it is defined.
        internal: Whether it is a default of the framework.
    """

    visit_name: ClassVar[str] = 'error_handler'
    error: str
    name: str
    source_info: str
    internal: bool


@dataclass(slots=True, repr=False)
class MiddlewareMethodInfo(Info):
    """A hook of a middleware class.

    Attributes:
        function_name: Its name.
        source_info: Where it is defined.
    """

    visit_name: ClassVar[str] = 'middleware_method'
    function_name: str
    source_info: str


@dataclass(slots=True, repr=False)
class MiddlewareClassInfo(Info):
    """The class of a middleware component.

    Attributes:
        name: Its name.
        source_info: Where it is defined.
        methods: Its hooks, those for WebSockets and for start and stop included.
    """

    visit_name: ClassVar[str] = 'middleware_class'
    name: str
    source_info: str
    methods: list[MiddlewareMethodInfo]


@dataclass(slots=True, repr=False)
class MiddlewareTreeItemInfo(Info):
    """A hook that runs on a request's way.

    Attributes:
        name: The hook's name.
        class_name: The class of its component.
    """

    visit_name: ClassVar[str] = 'middleware_tree_item'
    name: str
    class_name: str


@dataclass(slots=True, repr=False)
class MiddlewareTreeInfo(Info):
    """The hooks on the way of an HTTP request, in the order in which they run.

    Attributes:
        request: Those before routing.
        resource: Those between routing and responder.
        response: Those after the responder.
    """

    visit_name: ClassVar[str] = 'middleware_tree'
    request: list[MiddlewareTreeItemInfo]
    resource: list[MiddlewareTreeItemInfo]
    response: list[MiddlewareTreeItemInfo]


@dataclass(slots=True, repr=False)
class MiddlewareInfo(Info):
    """The middleware of an application.

    Attributes:
        middleware_tree: The hooks on a request's way.
        middleware_classes: The classes of the components.
        independent: Whether response hooks run whatever became of the request hooks.
    """

    visit_name: ClassVar[str] = 'middleware'
    middleware_tree: MiddlewareTreeInfo
    middleware_classes: list[MiddlewareClassInfo]
    independent: bool

    @property
    def independent_text(self) -> str:
        """`independent` as a sentence."""
        return f'Middleware are {"independent" if self.independent else "dependent"}'


@dataclass(slots=True, repr=False)
class AppInfo(Info):
    """An application.

    Attributes:
        routes: Its routes.
        middleware: Its middleware.
        static_routes: Its static routes, in the order in which they are tried.
        sinks: Its sinks, in the order in which they are tried.
        error_handlers: Its error handlers, the framework's own first.
        asgi: Whether it is an ASGI application; always true of those of this framework.
    """

    visit_name: ClassVar[str] = 'app'
    routes: list[RouteInfo]
    middleware: MiddlewareInfo
    static_routes: list[StaticRouteInfo]
    sinks: list[SinkInfo]
    error_handlers: list[ErrorHandlerInfo]
    asgi: bool

    def to_string(self, verbose: bool = False, internal: bool = False, name: str = '') -> str:
        """Return text for people.

        Args:
            verbose: Say where in the sources each thing is as well.
            internal: Tell of the responders and error handlers that the framework itself has as well.
            name: What to call the application, instead of `Falcon App`.
        """
        return StringVisitor(verbose, internal, name).process(self)
