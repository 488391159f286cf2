"""What an application is made of is told from what it registered."""

import functools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from falcon_core import inspection
from falcon_core.app_info import MiddlewareTreeItemInfo, RouteInfo, StaticRouteInfo
from falcon_core.hooks import before
from falcon_core.inspection import (
    inspect_app,
    inspect_compiled_router,
    inspect_error_handlers,
    inspect_middleware,
    inspect_routes,
    inspect_sinks,
    inspect_static_routes,
    register_router,
)
from falcon_core.interfaces import FoundRoute
from falcon_core.middleware import ASGIMiddleware
from falcon_core.registry import ErrorHandler, Registry
from falcon_core.router import CompiledRouter


async def respond(req: Any, resp: Any, *args: Any, **params: Any) -> None:
    pass


async def handle(req: Any, resp: Any, ex: Any, params: Any) -> None:
    pass


class Users:
    async def on_get(self, req: Any, resp: Any) -> None:
        pass

    async def on_get_item(self, req: Any, resp: Any, user_id: int) -> None:
        pass

    async def on_websocket(self, req: Any, ws: Any) -> None:
        pass


class Hooked:
    @before(respond)
    async def on_get(self, req: Any, resp: Any) -> None:
        pass


class Timer:
    async def process_request(self, req: Any, resp: Any) -> None:
        pass

    async def process_response(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None:
        pass

    async def process_startup(self, scope: Any, event: Any) -> None:
        pass


class Access(ASGIMiddleware):
    async def process_resource_async(self, req: Any, resp: Any, resource: Any, params: Any) -> None:
        pass

    async def process_response(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None:
        pass

    async def process_request_ws(self, req: Any, ws: Any) -> None:
        pass


class Sinks:
    async def __call__(self, req: Any, resp: Any) -> None:
        pass


@dataclass(frozen=True)
class Files:
    """A static route without files."""

    prefix: str = '/files/'
    directory: str = '/srv'
    fallback_filename: str | None = None
    serve: Any = respond

    def match(self, path: str) -> dict[str, Any] | None:
        return None


@dataclass
class Application:
    """As much of an application as can be told of."""

    registry: Registry = field(default_factory=Registry)
    default_error_handlers: Mapping[type[BaseException], ErrorHandler] = field(
        default_factory=lambda: {Exception: ErrorHandler(respond)}
    )


def _line(thing: Any) -> str:
    return f'{__file__}:{thing.__code__.co_firstlineno}'


@contextmanager
def _registrations_kept() -> Iterator[None]:
    kept = dict(inspection._router_inspectors)
    try:
        yield
    finally:
        inspection._router_inspectors.clear()
        inspection._router_inspectors.update(kept)


def test_routes_have_their_responders() -> None:
    """Of a route its template, its resource's class, and its responders are told, a WebSocket's included."""
    app = Application()
    app.registry.add_route('/users', Users())
    [route] = inspect_routes(app)
    assert (route.path, route.class_name) == ('/users', 'Users')
    own = [method for method in route.methods if not method.internal]
    assert [(method.method, method.function_name, method.source_info) for method in own] == [
        ('GET', 'on_get', _line(Users.on_get)),
        ('WEBSOCKET', 'on_websocket', _line(Users.on_websocket)),
    ]


def test_routes_have_what_the_framework_answers() -> None:
    """The methods that a resource does not answer are told as internal."""
    router = CompiledRouter()
    router.add_route('/users/{user_id}', Users(), suffix='item')
    [route] = inspect_compiled_router(router)
    internal = {method.method: method.function_name for method in route.methods if method.internal}
    assert internal['OPTIONS'] == 'on_options'
    assert internal['POST'] == internal['WEBSOCKET'] == 'on_other'
    assert 'GET' not in internal


def test_source_of_a_class_is_the_line_of_its_definition() -> None:
    """The source of a resource is where its class begins, counted from 1."""
    app = Application()
    app.registry.add_route('/', Users())
    path, _, line = inspect_routes(app)[0].source_info.rpartition(':')
    with open(path) as lines:
        assert lines.read().splitlines()[int(line) - 1] == 'class Users:'


def test_hooked_responder_has_its_own_source() -> None:
    """A hook around a responder does not hide where the responder is."""
    app = Application()
    app.registry.add_route('/', Hooked())
    method = inspect_routes(app)[0].methods[0]
    assert method.function_name == 'on_get'
    assert method.source_info == _line(Hooked.on_get.__wrapped__)  # type: ignore[attr-defined]


def test_source_may_be_unknown() -> None:
    """A class that no file defines has no source."""
    names: dict[str, Any] = {'__name__': 'nowhere'}
    exec('class Made:\n    async def on_get(self, req, resp): pass', names)
    app = Application()
    app.registry.add_route('/', names['Made']())
    assert inspect_routes(app)[0].source_info == '[unknown file]'


def test_class_or_module_in_the_place_of_a_resource_is_told_by_its_own_name() -> None:
    """What holds the functions that respond need not be an object of a class of its own."""

    class Static:
        on_get = staticmethod(respond)

    module = ModuleType('pages')
    module.__dict__['on_get'] = respond
    router = CompiledRouter()
    router.add_route('/class', Static)
    router.add_route('/module', module)
    by_class, by_module = inspect_compiled_router(router)
    assert by_class.class_name == 'Static'
    assert re.fullmatch(r'.*test_inspection\.py:\d+', by_class.source_info)
    assert (by_module.class_name, by_module.source_info) == ('pages', '[unknown file]')
    module.__file__ = __file__
    (_, by_module) = inspect_compiled_router(router)
    assert by_module.source_info == f'{__file__}:1'


def test_sinks_come_in_the_order_of_their_trial() -> None:
    """Sinks are told as they are tried, the last added first; each by its function's name or its object's class."""
    app = Application()
    app.registry.add_sink(functools.partial(respond, key=1), '/partial')
    app.registry.add_sink(Sinks(), re.compile('/object/(?P<rest>.*)'))
    sinks = inspect_sinks(app)
    assert [(sink.prefix, sink.name) for sink in sinks] == [('/object/(?P<rest>.*)', 'Sinks'), ('/partial', 'respond')]
    assert sinks[1].source_info == _line(respond)
    assert sinks[0].source_info.startswith(f'{__file__}:')


def test_static_routes_are_told() -> None:
    """Of a static route its prefix, directory and fallback are told, the last added first."""
    app = Application()
    app.registry.add_static_route(Files())
    app.registry.add_static_route(Files('/', '/srv', '/srv/index.html'))
    assert inspect_static_routes(app) == [
        StaticRouteInfo('/', '/srv', '/srv/index.html'),
        StaticRouteInfo('/files/', '/srv', None),
    ]


def test_error_handlers_are_told_with_defaults() -> None:
    """Defaults are internal and come first; what was added in place of one stands for it."""
    app = Application()
    app.registry.add_error_handler(KeyError, handle)
    assert [(info.error, info.name, info.internal) for info in inspect_error_handlers(app)] == [
        ('Exception', 'respond', True),
        ('KeyError', 'handle', False),
    ]
    app.registry.add_error_handler(Exception, handle)
    assert [(info.error, info.internal) for info in inspect_error_handlers(app)] == [
        ('KeyError', False),
        ('Exception', False),
    ]


def test_middleware_is_told_in_the_order_of_its_running() -> None:
    """The tree has request and resource hooks as added and response hooks reversed, each by its own name."""
    app = Application(Registry(independent_middleware=False))
    app.registry.add_middleware([Timer(), Access()])
    info = inspect_middleware(app)
    assert info.independent is False
    assert info.middleware_tree.request == [MiddlewareTreeItemInfo('process_request', 'Timer')]
    assert info.middleware_tree.resource == [MiddlewareTreeItemInfo('process_resource_async', 'Access')]
    assert info.middleware_tree.response == [
        MiddlewareTreeItemInfo('process_response', 'Access'),
        MiddlewareTreeItemInfo('process_response', 'Timer'),
    ]


def test_middleware_classes_have_all_their_hooks() -> None:
    """The classes have the hooks for WebSockets and for the start as well, but not those that they only inherit."""
    app = Application()
    app.registry.add_middleware([Timer(), Access()])
    classes = inspect_middleware(app).middleware_classes
    assert {info.name: [method.function_name for method in info.methods] for info in classes} == {
        'Timer': ['process_request', 'process_response', 'process_startup'],
        'Access': ['process_resource_async', 'process_response', 'process_request_ws'],
    }
    assert classes[0].methods[0].source_info == _line(Timer.process_request)


def test_class_with_static_hooks_is_told_by_its_own_name() -> None:
    """A component that is itself a class goes by its own name."""

    class Static:
        @staticmethod
        async def process_request(req: Any, resp: Any) -> None:
            pass

    app = Application()
    app.registry.add_middleware(Static)
    assert inspect_middleware(app).middleware_classes[0].name == 'Static'


def test_application_is_told_whole() -> None:
    """All parts together are the application's."""
    app = Application()
    app.registry.add_route('/users', Users())
    app.registry.add_middleware(Timer())
    app.registry.add_sink(respond)
    app.registry.add_static_route(Files())
    info = inspect_app(app)
    assert info.asgi
    assert (info.routes, info.middleware) == (inspect_routes(app), inspect_middleware(app))
    assert (info.static_routes, info.sinks) == (inspect_static_routes(app), inspect_sinks(app))
    assert info.error_handlers == inspect_error_handlers(app)


@pytest.mark.parametrize('inspect', [inspect_app, inspect_routes, inspect_sinks, inspect_middleware])
def test_other_objects_are_refused(inspect: Any) -> None:
    """What is no application is refused by what it is."""
    with pytest.raises(TypeError, match=r'^received 3, expected an application of falcon\.asgi$'):
        inspect(3)


class Table:
    """A router of another kind."""

    def add_route(self, uri_template: str, resource: object, *args: Any, **kwargs: Any) -> None:
        pass

    def find(self, uri: str, req: Any = None) -> FoundRoute | None:
        return None


def test_other_router_is_told_by_the_function_registered_for_it() -> None:
    """The routes of a custom router are what the function registered for its class, or for a base, returns."""

    class SpecialTable(Table):
        pass

    routes = [RouteInfo('/table', 'Row', 'table.py:1', [])]
    with _registrations_kept():

        @register_router(Table)
        def inspect_table(router: Table) -> list[RouteInfo]:
            assert isinstance(router, SpecialTable)
            return routes

        assert inspect_routes(Application(Registry(router=SpecialTable()))) is routes
        with pytest.raises(ValueError, match=r'Table.*expected a class that has no function registered yet$'):
            register_router(Table)(inspect_table)


def test_router_that_nobody_registered_is_refused() -> None:
    """An application whose router's class is unknown says how to make it known."""
    with pytest.raises(TypeError, match=r'Table.*expected a CompiledRouter or a class that register_router was given$'):
        inspect_routes(Application(Registry(router=Table())))
