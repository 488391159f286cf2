"""What an application is made of, as text: the form of each part, and how parts are put together."""

import pytest

from falcon_core.app_info import (
    AppInfo,
    ErrorHandlerInfo,
    MiddlewareClassInfo,
    MiddlewareInfo,
    MiddlewareMethodInfo,
    MiddlewareTreeInfo,
    MiddlewareTreeItemInfo,
    RouteInfo,
    RouteMethodInfo,
    SinkInfo,
    StaticRouteInfo,
)
from falcon_core.app_text import InspectVisitor, StringVisitor

NO_MIDDLEWARE = MiddlewareInfo(MiddlewareTreeInfo([], [], []), [], independent=True)


def _items(hook: str, count: int) -> list[MiddlewareTreeItemInfo]:
    return [MiddlewareTreeItemInfo(hook, f'M{index}') for index in range(count)]


def _tree(request: int, resource: int, response: int) -> MiddlewareTreeInfo:
    hooks = ('process_request', request), ('process_resource', resource), ('process_response', response)
    return MiddlewareTreeInfo(*(_items(name, count) for name, count in hooks))


FULL = AppInfo(
    routes=[
        RouteInfo(
            '/users/{user_id:int}',
            'Users',
            'users.py:1',
            [
                RouteMethodInfo('GET', 'users.py:2', 'on_get_item', internal=False),
                RouteMethodInfo('OPTIONS', 'core.py:3', 'on_options', internal=True),
                RouteMethodInfo('WEBSOCKET', 'users.py:5', 'on_websocket_item', internal=False),
            ],
        ),
        RouteInfo('/empty', 'Empty', 'users.py:9', []),
    ],
    middleware=MiddlewareInfo(
        _tree(1, 1, 1),
        [MiddlewareClassInfo('M0', 'm.py:1', [MiddlewareMethodInfo('process_startup', 'm.py:2')])],
        independent=False,
    ),
    static_routes=[StaticRouteInfo('/css/', '/srv/css', None), StaticRouteInfo('/', '/srv', '/srv/index.html')],
    sinks=[SinkInfo('/all', 'take', 'sinks.py:1')],
    error_handlers=[
        ErrorHandlerInfo('Exception', 'default', 'core.py:7', internal=True),
        ErrorHandlerInfo('KeyError', 'missing', 'errors.py:1', internal=False),
    ],
    asgi=True,
)

SHORT = """\
Falcon App (ASGI)
• Routes:
    ⇒ /users/{user_id:int} - Users:
       ├── GET - on_get_item
       └── WEBSOCKET - on_websocket_item
    ⇒ /empty - Empty
• Middleware (Middleware are dependent):
    → M0.process_request

      ↣ M0.process_resource

          ├── Process route responder

      ↢ M0.process_response
• Static routes:
    ↦ /css/ /srv/css
    ↦ / /srv [/srv/index.html]
• Sinks:
    ⇥ /all take
• Error handlers:
    ⇜ KeyError missing"""

LONG = """\
service (ASGI)
• Routes:
    ⇒ /users/{user_id:int} - Users (users.py:1):
       ├── GET - on_get_item (users.py:2)
       ├── WEBSOCKET - on_websocket_item (users.py:5)
       └── OPTIONS - on_options (core.py:3)
    ⇒ /empty - Empty (users.py:9)
• Middleware (Middleware are dependent):
    → M0.process_request

      ↣ M0.process_resource

          ├── Process route responder

      ↢ M0.process_response
    - Middleware classes:
        ↣ M0 (m.py:1):
           └── process_startup (m.py:2)
• Static routes:
    ↦ /css/ /srv/css
    ↦ / /srv [/srv/index.html]
• Sinks:
    ⇥ /all take (sinks.py:1)
• Error handlers:
    ⇜ Exception default (core.py:7)
    ⇜ KeyError missing (errors.py:1)"""


def test_application_in_short() -> None:
    """By default the text has what the application brings, one section for each kind of part."""
    assert StringVisitor().process(FULL) == SHORT


def test_application_at_length() -> None:
    """On request it says where everything is, and what the framework adds, after what the application brings."""
    assert StringVisitor(verbose=True, internal=True, name='service').process(FULL) == LONG


def test_empty_sections_are_left_out() -> None:
    """What an application has none of is not mentioned."""
    info = AppInfo([], NO_MIDDLEWARE, [], [], FULL.error_handlers[:1], asgi=True)
    assert StringVisitor().process(info) == 'Falcon App (ASGI)'


def test_other_kind_of_application_is_named() -> None:
    """An application that is none for ASGI is called one for WSGI."""
    info = AppInfo([], NO_MIDDLEWARE, [], [], [], asgi=False)
    assert StringVisitor().process(info) == 'Falcon App (WSGI)'


def test_middleware_without_hooks_on_the_way_has_its_class_told() -> None:
    """Of middleware that only starts and stops there is no tree, but its class if that is asked for."""
    classes = [MiddlewareClassInfo('Pool', 'm.py:1', [])]
    info = AppInfo([], MiddlewareInfo(MiddlewareTreeInfo([], [], []), classes, True), [], [], [], asgi=True)
    assert StringVisitor().process(info) == 'Falcon App (ASGI)'
    assert StringVisitor(verbose=True).process(info) == (
        'Falcon App (ASGI)\n• Middleware (Middleware are independent):\n'
        '    - Middleware classes:\n        ↣ Pool (m.py:1)'
    )


@pytest.mark.parametrize(
    ('tree', 'text'),
    [
        (_tree(0, 0, 0), ''),
        (_tree(1, 0, 0), '→ M0.process_request\n\n    ├── Process route responder'),
        (
            _tree(2, 0, 1),
            '→ M0.process_request\n  → M1.process_request\n\n      ├── Process route responder\n\n'
            '  ↢ M0.process_response',
        ),
        (
            _tree(0, 2, 0),
            '↣ M0.process_resource\n  ↣ M1.process_resource\n\n      ├── Process route responder',
        ),
        (
            _tree(0, 0, 2),
            '\n      ├── Process route responder\n\n  ↢ M0.process_response\n↢ M1.process_response',
        ),
        (
            _tree(1, 0, 3),
            '    → M0.process_request\n\n        ├── Process route responder\n\n'
            '    ↢ M0.process_response\n  ↢ M1.process_response\n↢ M2.process_response',
        ),
    ],
)
def test_hooks_go_in_and_out_again(tree: MiddlewareTreeInfo, text: str) -> None:
    """Each hook on the way in is a step deeper, each on the way out a step back, and the last is at the edge."""
    assert StringVisitor().process(tree) == text


@pytest.mark.parametrize('hook', ['process_response', 'process_response_async'])
def test_twins_have_the_same_symbol(hook: str) -> None:
    """A hook under the name of its twin is shown as the hook that it is."""
    assert StringVisitor().process(MiddlewareTreeItemInfo(hook, 'CORS')) == f'↢ CORS.{hook}'


def test_visitor_says_what_it_does_not_support() -> None:
    """A part that a visitor has no method for is refused, and so is what is no part."""

    class Paths(InspectVisitor):
        def visit_route(self, route: RouteInfo) -> str:
            return route.path

    assert Paths().process(FULL.routes[0]) == '/users/{user_id:int}'
    with pytest.raises(RuntimeError, match=r'^Paths has no method visit_sink for SinkInfo$'):
        Paths().process(FULL.sinks[0])
    with pytest.raises(RuntimeError, match=r'^received 3, expected a part of an application$'):
        StringVisitor().process(3)  # type: ignore[arg-type]
