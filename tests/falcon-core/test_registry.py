import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from falcon_core.errors import CompatibilityError
from falcon_core.http_error import HTTPError
from falcon_core.http_errors import HTTPNotFound
from falcon_core.interfaces import FoundRoute
from falcon_core.middleware import MiddlewareStacks
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.registry import ErrorHandler, Registry
from falcon_core.router import CompiledRouter


async def sink(req: Any, resp: Any, **fields: Any) -> None: ...
async def other_sink(req: Any, resp: Any, **fields: Any) -> None: ...
async def handler(req: Any, resp: Any, ex: Any, params: Any) -> None: ...
async def ws_handler(req: Any, resp: Any, ex: Any, params: Any, ws: Any = None) -> None: ...
def synchronous(req: Any, resp: Any, ex: Any = None, params: Any = None) -> None: ...


class Resource:
    async def on_get(self, req: Any, resp: Any, **fields: Any) -> None: ...


class Files:
    """A static route that takes what begins with a prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.directory = '/srv'
        self.fallback_filename = None

    async def serve(self, req: Any, resp: Any) -> None: ...

    def match(self, path: str) -> dict[str, Any] | None:
        return {} if path.startswith(self.prefix) else None


class Component:
    async def process_request(self, req: Any, resp: Any) -> None: ...


class Synchronous:
    def process_request(self, req: Any, resp: Any) -> None: ...


DEFAULTS: Mapping[type[BaseException], ErrorHandler] = {
    Exception: ErrorHandler(handler),
    HTTPError: ErrorHandler(handler),
}


def test_defaults() -> None:
    """A registry makes what it is not given."""
    first, second = Registry(), Registry()
    assert isinstance(first.router, CompiledRouter)
    assert first.router is not second.router
    assert first.req_options is not second.req_options
    assert first.resp_options is not second.resp_options
    assert first.middleware == MiddlewareStacks()
    assert first.find('/') is None
    assert first.find_fallback('/') is None


def test_what_is_given_is_used() -> None:
    """The router and the options are those that were given."""
    router, req_options, resp_options = CompiledRouter(), RequestOptions(), ResponseOptions()
    registry = Registry(router=router, req_options=req_options, resp_options=resp_options)
    assert registry.router is router
    assert registry.req_options is req_options
    assert registry.resp_options is resp_options


def test_routes_go_to_the_router() -> None:
    """A router of one's own gets all that is given for a route, and is asked with path and request."""

    class Recording:
        def __init__(self) -> None:
            self.added: list[object] = []

        def add_route(self, uri_template: str, resource: object, **kwargs: Any) -> None:
            self.added.append((uri_template, resource, kwargs))

        def find(self, uri: str, req: Any = None) -> FoundRoute | None:
            return uri, {}, {'req': req}, None

        def __len__(self) -> int:
            return 0  # a router without routes is a router, too

    router, resource = Recording(), Resource()
    registry = Registry(router=router)
    registry.add_route('/a', resource, suffix='x', more=1)
    assert router.added == [('/a', resource, {'suffix': 'x', 'more': 1})]
    assert registry.find('/b', 'request') == ('/b', {}, {'req': 'request'}, None)


def test_routes_are_found() -> None:
    """With the default router, a route is found by its template."""
    registry, resource = Registry(), Resource()
    registry.add_route('/a/{x}', resource)
    assert registry.find('/a/1') == (resource, {'GET': resource.on_get}, {'x': '1'}, '/a/{x}')


@pytest.mark.parametrize(
    ('prefix', 'path', 'fields'),
    [
        ('/', '/', {}),
        ('/', '/a/b', {}),
        ('/', '', None),
        ('/a', '/ab', {}),
        ('/a', '/b/a', None),
        ('/a/', '/a', None),
        ('', '*', {}),
        ('/a$', '/a', {}),
        ('/a$', '/ab', None),
        (r'/(?P<x>\d+)/(?P<y>.*)', '/12/b/c', {'x': '12', 'y': 'b/c'}),
        (r'/(?P<x>\d+)?(?P<y>z)?', '/z', {'x': None, 'y': 'z'}),
        (r'/(\d+)', '/12', {}),
        (re.compile('/A', re.IGNORECASE), '/ab', {}),
        (re.compile('/(?P<x>.)', re.DOTALL), '/\n', {'x': '\n'}),
    ],
)
def test_sinks(prefix: str | re.Pattern[str], path: str, fields: dict[str, Any] | None) -> None:
    """A sink takes the paths that begin as its expression says, and gets the named groups."""
    registry = Registry()
    registry.add_sink(sink, prefix)
    assert registry.find_fallback(path) == (None if fields is None else (sink, fields))


def test_sinks_for_websockets() -> None:
    """Of the sinks that take a path, the last one is found, and whether it has a parameter for the connection."""

    async def with_ws(req: Any, resp: Any, ws: Any = None, **fields: Any) -> None: ...

    registry = Registry()
    registry.add_sink(sink, '/')
    registry.add_sink(with_ws, '/(?P<x>a)')
    found = registry.find_sink('/a')
    assert found is not None
    assert (found[0].serve, found[0].takes_ws, found[1]) == (with_ws, True, {'x': 'a'})
    found = registry.find_sink('/b')
    assert found is not None
    assert (found[0].serve, found[0].takes_ws, found[1]) == (sink, False, {})
    assert Registry().find_sink('/') is None


def test_sink_for_everything() -> None:
    """Without a prefix, a sink takes every path."""
    registry = Registry()
    registry.add_sink(sink)
    assert registry.find_fallback('/any/path') == (sink, {})


def test_last_sink_first() -> None:
    """Of several sinks that take a path, the one added last does."""
    registry = Registry()
    registry.add_sink(sink, '/a/b')
    registry.add_sink(other_sink, '/a')
    assert registry.find_fallback('/a/b') == (other_sink, {})
    registry.add_sink(sink, '/a/b')
    assert registry.find_fallback('/a/b') == (sink, {})
    assert registry.find_fallback('/a/c') == (other_sink, {})


def test_last_static_route_first() -> None:
    """Of several static routes that take a path, the one added last does."""
    registry, first, second = Registry(), Files('/a/b'), Files('/a')
    registry.add_static_route(first)
    registry.add_static_route(second)
    assert registry.find_fallback('/a/b') == (second.serve, {})
    assert registry.find_fallback('/b') is None


@pytest.mark.parametrize('sink_first', [True, False])
@pytest.mark.parametrize('sink_added_first', [True, False])
def test_sinks_and_static_routes(sink_first: bool, sink_added_first: bool) -> None:
    """Which of the two goes first is a setting, whichever was added first; the other takes what is left."""
    registry, files = Registry(sink_before_static_route=sink_first), Files('/a')
    if sink_added_first:
        registry.add_sink(sink, '/a/b')
    registry.add_static_route(files)
    if not sink_added_first:
        registry.add_sink(sink, '/a/b')
    assert registry.find_fallback('/a/b') == (sink if sink_first else files.serve, {})
    assert registry.find_fallback('/a') == (files.serve, {})


@pytest.mark.parametrize(
    ('bad', 'prefix', 'error', 'text'),
    [
        (synchronous, '/', CompatibilityError, 'received <function synchronous .*> as a sink, expected a coroutine'),
        (None, '/', CompatibilityError, 'received None as a sink'),
        (sink, '(', ValueError, r"received prefix '\(', expected a regular expression: missing"),
        (sink, 'a{99999999999999}', ValueError, 'expected a regular expression'),
        (sink, b'/', TypeError, "received prefix b'/', expected a str"),
        (sink, re.compile(b'/'), TypeError, 'expected a str'),
        (sink, 5, TypeError, 'string'),
    ],
)
def test_sinks_that_are_refused(bad: Any, prefix: Any, error: type[Exception], text: str) -> None:
    """A sink that cannot be awaited and a prefix that matches no path are refused, and leave nothing behind."""
    registry = Registry()
    with pytest.raises(error, match=text):
        registry.add_sink(bad, prefix)
    assert registry.find_fallback('/') is None


@pytest.mark.parametrize(
    'make',
    [
        lambda one, two: [one, two],
        lambda one, two: (one, two),
        lambda one, two: iter([one, two]),
        lambda one, two: {one: 1, two: 2},
    ],
)
def test_middleware_in_any_iterable(make: Any) -> None:
    """Components are added in the order in which they come, after those that are there."""
    registry, first, second, third = Registry(), Component(), Component(), Component()
    registry.add_middleware(first)
    registry.add_middleware(make(second, third))
    registry.add_middleware(None)
    registry.add_middleware([])
    assert registry.middleware.pairs == tuple((each.process_request, None) for each in (first, second, third))


@pytest.mark.parametrize('bad', [Synchronous(), object(), None, [Component()], Component])
def test_middleware_is_added_as_a_whole(bad: object) -> None:
    """If one component is refused, none of them is added, and those before stay."""
    registry, first = Registry(), Component()
    registry.add_middleware(first)
    before = registry.middleware
    with pytest.raises((CompatibilityError, TypeError)):
        registry.add_middleware([Component(), bad])
    assert registry.middleware is before

    def failing() -> Iterable[object]:
        yield Component()
        raise LookupError

    with pytest.raises(LookupError):
        registry.add_middleware(failing())
    registry.add_middleware([])
    assert registry.middleware.pairs == ((first.process_request, None),)


class Base(Exception):
    pass


class Mixin(Exception):
    pass


class Derived(Base, Mixin):
    @staticmethod
    async def handle(req: Any, resp: Any, ex: Any, params: Any) -> None: ...


class Missing(HTTPNotFound):
    pass


def handled_by(registry: Registry, kind: type[BaseException]) -> object:
    found = registry.find_error_handler(kind, DEFAULTS)
    return None if found is None else found.handle


def test_nearest_class_handles() -> None:
    """The handler is that of the first class of the exception's method resolution order that has one."""
    registry = Registry()
    registry.add_error_handler(Mixin, sink)
    assert handled_by(registry, Derived) is sink
    registry.add_error_handler(Base, other_sink)
    assert handled_by(registry, Derived) is other_sink
    registry.add_error_handler(Derived, ws_handler)
    assert handled_by(registry, Derived) is ws_handler
    assert handled_by(registry, Base) is other_sink


def test_defaults_are_part_of_the_order() -> None:
    """A default for a nearer class goes before a handler for a farther one, and after one for the same class."""
    registry = Registry()
    assert handled_by(registry, ValueError) is handler
    registry.add_error_handler(Exception, sink)
    assert handled_by(registry, ValueError) is sink
    assert handled_by(registry, Missing) is handler
    registry.add_error_handler(HTTPError, other_sink)
    assert handled_by(registry, Missing) is other_sink
    registry.add_error_handler(HTTPNotFound, ws_handler)
    assert handled_by(registry, Missing) is ws_handler
    assert handled_by(registry, HTTPError) is other_sink


def test_nothing_handles_what_is_no_exception() -> None:
    """What ends a program has no handler, not even the default for exceptions."""
    assert handled_by(Registry(), KeyboardInterrupt) is None


def test_last_handler_replaces() -> None:
    """Of two handlers for a class, the one added last is called."""
    registry = Registry()
    registry.add_error_handler(ValueError, sink)
    registry.add_error_handler(ValueError, other_sink)
    assert handled_by(registry, ValueError) is other_sink


def test_handler_for_several_classes() -> None:
    """Classes come one by one or in any iterable."""
    registry = Registry()
    registry.add_error_handler([KeyError, Base], sink)
    registry.add_error_handler((kind for kind in (OSError, Mixin)), other_sink)
    assert [handled_by(registry, kind) for kind in (KeyError, Base, OSError, Mixin)] == [sink] * 2 + [other_sink] * 2


def test_handler_of_the_class_itself() -> None:
    """Without a handler, the static method `handle` of the class is it."""
    registry = Registry()
    registry.add_error_handler(Derived)
    assert handled_by(registry, Derived) is Derived.handle
    with pytest.raises(AttributeError, match='handle'):
        registry.add_error_handler(Base)


@pytest.mark.parametrize(
    ('handle', 'takes_ws'),
    [
        (handler, False),
        (ws_handler, True),
        (functools.partial(ws_handler), True),
        (functools.partial(handler), False),
        (sink, True),
    ],
)
def test_whether_a_handler_takes_a_websocket(handle: Any, takes_ws: bool) -> None:
    """A handler is known by its signature to take the connection, by name or among any others."""
    registry = Registry()
    registry.add_error_handler(ValueError, handle)
    assert registry.find_error_handler(ValueError, {}) == ErrorHandler(handle, takes_ws)


@pytest.mark.parametrize(
    ('exception', 'handle', 'error', 'text'),
    [
        (5, handler, TypeError, 'received 5, expected a subclass of Exception'),
        (None, handler, TypeError, 'received None, expected'),
        ('ValueError', handler, TypeError, "received 'V', expected"),
        (int, handler, TypeError, "received <class 'int'>, expected"),
        (ValueError(), handler, TypeError, r'received ValueError\(\), expected'),
        (BaseException, handler, TypeError, 'BaseException'),
        (KeyboardInterrupt, handler, TypeError, 'KeyboardInterrupt'),
        ([KeyError, int], handler, TypeError, "received <class 'int'>"),
        ([Derived, KeyError], None, AttributeError, 'handle'),
        (KeyError, synchronous, CompatibilityError, 'received <function synchronous .*> as an error handler, expected'),
        ([KeyError, ValueError], 5, CompatibilityError, 'received 5 as an error handler'),
    ],
)
def test_handlers_that_are_refused(exception: Any, handle: Any, error: type[Exception], text: str) -> None:
    """Handlers for what is no exception, or that cannot be awaited, are refused, and none of the classes gets one."""
    registry = Registry()
    with pytest.raises(error, match=text):
        registry.add_error_handler(exception, handle)
    assert [registry.find_error_handler(kind, {}) for kind in (KeyError, ValueError, Derived)] == [None] * 3


def test_routes_are_prepared_where_the_router_can_be() -> None:
    """What the first request would have to wait for is done before; other routers are left alone."""

    class Other:
        def add_route(self, uri_template: str, resource: object, *args: Any, **kwargs: Any) -> None: ...

        def find(self, uri: str, req: Any = None) -> FoundRoute | None: ...

    Registry(router=Other()).prepare_routes()
    registry = Registry()
    registry.add_route('/a/{x}', Resource())
    registry.prepare_routes()
    assert isinstance(registry.router, CompiledRouter)
    finder = registry.router.prepare()
    assert registry.find('/a/1') is not None
    assert registry.router.prepare() is finder


def test_a_group_that_a_sink_cannot_take_is_refused() -> None:
    """The groups of a pattern become keyword arguments, which cannot be those that the sink is called with anyway."""

    async def sink(req: Any, resp: Any, **groups: Any) -> None: ...

    registry = Registry()
    with pytest.raises(ValueError, match=r"received field name 'resp' in '/\(\?P<resp>"):
        registry.add_sink(sink, r'/(?P<resp>\w+)')
    assert registry.find_fallback('/a') is None


def test_what_was_added_can_be_listed() -> None:
    """Components come as they were added, sinks and static routes as they are tried, the last added first."""
    registry = Registry()
    assert (registry.components, registry.sinks, registry.static_routes) == ((), (), ())
    components = [Component(), Component()]
    registry.add_middleware(components[0])
    registry.add_middleware(components[1])
    registry.add_sink(sink, '/a')
    registry.add_sink(other_sink, '/b')
    files = [Files('/a'), Files('/b')]
    for route in files:
        registry.add_static_route(route)
    assert list(registry.components) == components
    assert [(each.pattern.pattern, each.serve) for each in registry.sinks] == [('/b', other_sink), ('/a', sink)]
    assert list(registry.static_routes) == files[::-1]


def test_added_error_handlers_can_be_listed() -> None:
    """The error handlers are there by class, to be read only."""
    registry = Registry()
    registry.add_error_handler(KeyError, handler)
    assert {kind: each.handle for kind, each in registry.error_handlers.items()} == {KeyError: handler}
    with pytest.raises(TypeError):
        registry.error_handlers[ValueError] = ErrorHandler(handler)  # type: ignore[index]
