"""What an application is made of, as data: it makes text and plain data of itself."""

import pytest

from falcon_core.app_info import (
    AppInfo,
    ErrorHandlerInfo,
    MiddlewareInfo,
    MiddlewareTreeInfo,
    RouteInfo,
    RouteMethodInfo,
    SinkInfo,
)

GET = RouteMethodInfo('GET', 'users.py:3', 'on_get', internal=False)
REFUSAL = RouteMethodInfo('POST', 'responders.py:9', 'on_other', internal=True)
ROUTE = RouteInfo('/users', 'Users', 'users.py:1', [GET, REFUSAL])
MIDDLEWARE = MiddlewareInfo(MiddlewareTreeInfo([], [], []), [], independent=True)
APP = AppInfo([ROUTE], MIDDLEWARE, [], [], [ErrorHandlerInfo('KeyError', 'handle', 'users.py:9', internal=True)], True)


@pytest.mark.parametrize(
    ('name', 'suffix'),
    [
        ('on_get', ''),
        ('on_get_item', 'item'),
        ('on_post_of_user', 'of_user'),
        ('on_request_item', 'item'),
        ('__call__', ''),
        ('respond', ''),
    ],
)
def test_suffix_is_read_from_the_name(name: str, suffix: str) -> None:
    """The suffix is what follows the method in the name of a responder."""
    assert RouteMethodInfo('GET', '', name, internal=False).suffix == suffix


@pytest.mark.parametrize(('independent', 'word'), [(True, 'independent'), (False, 'dependent')])
def test_independence_is_said_in_words(independent: bool, word: str) -> None:
    """Whether response hooks run in any case is there as a sentence, too."""
    info = MiddlewareInfo(MiddlewareTreeInfo([], [], []), [], independent)
    assert info.independent_text == f'Middleware are {word}'


def test_representation_is_the_text() -> None:
    """Printed, alone or in a list, a part is its text."""
    sink = SinkInfo('/all', 'take', 'sinks.py:3')
    assert str(sink) == repr(sink) == sink.to_string() == '⇥ /all take'


def test_text_can_say_more() -> None:
    """Sources and what the framework adds are told when they are asked for."""
    assert GET.to_string(verbose=True) == 'GET - on_get (users.py:3)'
    assert ROUTE.to_string() == '⇒ /users - Users:\n   └── GET - on_get'
    assert ROUTE.to_string(internal=True).endswith('\n   ├── GET - on_get\n   └── POST - on_other')


def test_application_has_a_name() -> None:
    """The first line of an application's text can bear its name."""
    assert APP.to_string(name='users').splitlines()[0] == 'users (ASGI)'


def test_plain_data_leaves_out_what_is_internal() -> None:
    """Plain data has the attributes by name, without what the framework adds by itself."""
    assert APP.to_dict() == {
        'routes': [
            {
                'path': '/users',
                'class_name': 'Users',
                'source_info': 'users.py:1',
                'methods': [
                    {'method': 'GET', 'source_info': 'users.py:3', 'function_name': 'on_get', 'internal': False}
                ],
            }
        ],
        'middleware': {
            'middleware_tree': {'request': [], 'resource': [], 'response': []},
            'middleware_classes': [],
            'independent': True,
        },
        'static_routes': [],
        'sinks': [],
        'error_handlers': [],
        'asgi': True,
    }


def test_plain_data_can_have_all() -> None:
    """Plain data tells of responders and handlers of the framework when they are asked for."""
    found = APP.to_dict(internal=True)
    assert [method['method'] for method in found['routes'][0]['methods']] == ['GET', 'POST']
    assert [handler['error'] for handler in found['error_handlers']] == ['KeyError']
