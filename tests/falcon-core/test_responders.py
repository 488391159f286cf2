import asyncio
import functools
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from falcon_core.constants import COMBINED_METHODS, HTTP_METHODS
from falcon_core.errors import UnacceptableRouteError
from falcon_core.http_errors import HTTPMethodNotAllowed, HTTPRouteNotFound
from falcon_core.responders import (
    WEBSOCKET,
    Responder,
    SuffixedMethodNotFoundError,
    allowed_methods,
    check_field_names,
    map_http_methods,
    method_not_allowed,
    missing_responder,
    options_responder,
    path_not_found,
    set_default_responders,
)


class Resource:
    async def on_get(self, req: Any, resp: Any) -> None: ...
    async def on_post(self, req: Any, resp: Any) -> None: ...
    async def on_propfind(self, req: Any, resp: Any) -> None: ...
    async def on_websocket(self, req: Any, ws: Any) -> None: ...
    async def on_get_one(self, req: Any, resp: Any) -> None: ...
    async def on_websocket_one(self, req: Any, ws: Any) -> None: ...
    async def on_request(self, req: Any, resp: Any) -> None: ...
    async def on_request_one(self, req: Any, resp: Any) -> None: ...
    async def on_nothing(self, req: Any, resp: Any) -> None: ...

    on_put = None
    on_delete = 'text'


RESOURCE = Resource()


class Response:
    """As much of a response as the responders here touch."""

    def __init__(self) -> None:
        self.status: object = None
        self.headers: dict[str, str] = {}

    def set_header(self, name: str, value: str) -> None:
        self.headers[name] = value


def answer(responder: Responder, fields: Iterable[str] = ()) -> Response:
    """Return the response that a responder makes for a route with fields."""
    resp = Response()

    async def respond() -> None:
        await responder(None, resp, **dict.fromkeys(fields, 'value'))

    asyncio.run(respond())
    return resp


def test_responders_by_method() -> None:
    """Each method of HTTP and WebDAV that a resource has a coroutine method for is mapped to it."""
    assert map_http_methods(RESOURCE) == {
        'GET': RESOURCE.on_get,
        'POST': RESOURCE.on_post,
        'PROPFIND': RESOURCE.on_propfind,
        'WEBSOCKET': RESOURCE.on_websocket,
    }


def test_responders_with_a_suffix() -> None:
    """With a suffix, only the responders that end in it count; an empty one is none."""
    assert map_http_methods(RESOURCE, 'one') == {'GET': RESOURCE.on_get_one, 'WEBSOCKET': RESOURCE.on_websocket_one}
    assert map_http_methods(RESOURCE, '') == map_http_methods(RESOURCE)


def test_suffix_that_no_responder_has() -> None:
    """A suffix without responders is a mistake; a resource without any is not."""
    with pytest.raises(SuffixedMethodNotFoundError, match=r"Resource object .* has no responder with the suffix 'two'"):
        map_http_methods(RESOURCE, 'two')
    with pytest.raises(ValueError, match='suffix'):
        map_http_methods(object(), 'one')
    assert map_http_methods(object()) == {}
    assert map_http_methods(None) == {}


def test_fallback_for_all_other_methods() -> None:
    """If asked for, `on_request` takes the methods without a responder, but neither OPTIONS nor WebSockets."""

    class OnRequest:
        async def on_get(self, req: Any, resp: Any) -> None: ...
        async def on_request(self, req: Any, resp: Any) -> None: ...

    resource = OnRequest()
    responders = map_http_methods(resource, default_to_on_request=True)
    assert responders['GET'] == resource.on_get
    others = set(COMBINED_METHODS) - {'GET', 'OPTIONS', WEBSOCKET}
    assert {method: responders[method] for method in others} == dict.fromkeys(others, resource.on_request)
    assert set(responders) == others | {'GET'}
    assert map_http_methods(resource) == {'GET': resource.on_get}


def test_fallback_with_a_suffix() -> None:
    """With a suffix, the fallback has it too; it is enough of a responder."""
    responders = map_http_methods(RESOURCE, 'one', default_to_on_request=True)
    assert responders['GET'] == RESOURCE.on_get_one
    assert responders['POST'] == RESOURCE.on_request_one

    class OnlyFallback:
        async def on_request_x(self, req: Any, resp: Any) -> None: ...

    assert 'GET' in map_http_methods(OnlyFallback(), 'x', default_to_on_request=True)
    with pytest.raises(SuffixedMethodNotFoundError):
        map_http_methods(OnlyFallback(), 'x')


def test_methods_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that an application adds to the list has responders from then on."""

    class Custom:
        async def on_brew(self, req: Any, resp: Any) -> None: ...

    resource = Custom()
    assert map_http_methods(resource) == {}
    monkeypatch.setattr('falcon_core.responders.COMBINED_METHODS', methods := [*COMBINED_METHODS])
    methods.append('BREW')
    assert map_http_methods(resource) == {'BREW': resource.on_brew}


@pytest.mark.parametrize('name', ['on_get', 'on_websocket', 'on_request'])
def test_synchronous_responders_are_refused(name: str) -> None:
    """A responder that would block the event loop is refused, with the reason."""
    resource = type('Synchronous', (), {name: lambda self, req, resp: None})()
    with pytest.raises(TypeError, match=r'received the synchronous responder .*, expected a coroutine function'):
        map_http_methods(resource, default_to_on_request=True)


def test_a_class_is_no_resource() -> None:
    """A class whose methods lack an object is refused when it is added; one that needs no object will do."""

    class Static:
        @staticmethod
        async def on_get(req: Any, resp: Any) -> None: ...
        @classmethod
        async def on_post(cls, req: Any, resp: Any) -> None: ...

    with pytest.raises(TypeError, match=r'received the class .*Resource.* as a resource, expected an object of it'):
        map_http_methods(Resource)
    assert map_http_methods(Static) == {'GET': Static.on_get, 'POST': Static.on_post}


def test_any_coroutine_function_is_a_responder() -> None:
    """Functions, partial applications and objects can be set on a resource as its responders."""

    class Plain:
        on_get: Any
        on_put: Any

    async def respond(greeting: str, req: Any, resp: Any) -> None: ...

    class Object:
        async def __call__(self, req: Any, resp: Any) -> None: ...

    plain = Plain()
    plain.on_get, plain.on_put = functools.partial(respond, 'hello'), Object()
    assert map_http_methods(plain) == {'GET': plain.on_get, 'PUT': plain.on_put}


def test_allowed_methods() -> None:
    """The allowed methods are those of HTTP that have a responder, in order."""
    assert allowed_methods(map_http_methods(RESOURCE)) == ['GET', 'POST', 'PROPFIND']
    assert allowed_methods({}) == []


def test_options_are_answered() -> None:
    """OPTIONS names the methods that the resource answers, in a response without a body, whatever fields there are."""
    responder = missing_responder('OPTIONS', map_http_methods(RESOURCE))
    for fields in ('', ['x'], ['req', 'resp', 'params', 'self']):
        resp = answer(responder, fields)
        assert resp.status == '200 OK'
        assert resp.headers == {'Allow': 'GET, POST, PROPFIND', 'Content-Length': '0'}
    assert answer(options_responder([])).headers['Allow'] == ''


@pytest.mark.parametrize('method', ['DELETE', 'WEBSOCKET', '', 'get', 'NONSENSE'])
def test_other_methods_are_refused(method: str) -> None:
    """What a resource has no responder for gets 405, with the methods it may use, OPTIONS among them once."""
    without, with_options = map_http_methods(RESOURCE), {**map_http_methods(RESOURCE), 'OPTIONS': RESOURCE.on_get}
    for responders, allow in (
        (without, 'GET, POST, PROPFIND, OPTIONS'),
        (with_options, 'GET, OPTIONS, POST, PROPFIND'),
    ):
        with pytest.raises(HTTPMethodNotAllowed) as refused:
            answer(missing_responder(method, responders), ['x', 'req', 'resp'])
        assert refused.value.headers == {'Allow': allow}


@pytest.mark.parametrize('method', ['GET', 'OPTIONS', 'WEBSOCKET'])
def test_unknown_paths_are_refused(method: str) -> None:
    """Where there is no resource, every method gets 404."""
    assert missing_responder(method, None) is path_not_found
    with pytest.raises(HTTPRouteNotFound):
        answer(path_not_found, ['req'])


def test_refusal_names_what_it_is_given() -> None:
    """The refusal names the methods as they are given."""
    with pytest.raises(HTTPMethodNotAllowed) as refused:
        answer(method_not_allowed(['PUT', 'GET']))
    assert refused.value.headers == {'Allow': 'PUT, GET'}


def test_every_method_gets_a_responder() -> None:
    """A table of all methods is filled up with an answer to OPTIONS and refusals."""
    table = map_http_methods(RESOURCE)
    set_default_responders(table)
    assert set(table) == set(COMBINED_METHODS)
    assert table['GET'] == RESOURCE.on_get
    assert answer(table['OPTIONS']).headers['Allow'] == 'GET, POST, PROPFIND'
    with pytest.raises(HTTPMethodNotAllowed) as refused:
        answer(table['TRACE'])
    assert refused.value.headers == {'Allow': 'GET, POST, PROPFIND, OPTIONS'}


def test_every_method_gets_the_responder_that_is_given() -> None:
    """A default stands for the refusals, but not for OPTIONS and WebSockets."""
    table: dict[str, Responder] = {'GET': RESOURCE.on_get}
    set_default_responders(table, asgi=True, default_responder=RESOURCE.on_request)
    assert [table[method] for method in HTTP_METHODS if method not in ('GET', 'OPTIONS')] == [RESOURCE.on_request] * 7
    assert answer(table['OPTIONS']).headers['Allow'] == 'GET'
    with pytest.raises(HTTPMethodNotAllowed):
        answer(table[WEBSOCKET])


def test_own_responders_stay() -> None:
    """What a resource answers itself is not touched, OPTIONS included."""
    own: Callable[..., Any] = RESOURCE.on_post
    table: dict[str, Responder] = dict.fromkeys(COMBINED_METHODS, own)
    set_default_responders(table)
    assert set(table.values()) == {own}


@pytest.mark.parametrize(
    ('name', 'method'), [('self', 'GET'), ('req', 'GET'), ('resp', 'GET'), ('ws', 'WEBSOCKET'), ('other', 'PUT')]
)
def test_a_field_is_not_named_like_what_a_responder_is_called_with(name: str, method: str) -> None:
    """Such a field could never be given to the responder, so it is refused with the responder that is in the way."""

    class Mixed:
        async def on_get(self, req: Any, resp: Any, **fields: Any) -> None: ...
        async def on_websocket(self, req: Any, ws: Any, **fields: Any) -> None: ...
        async def on_put(self, other: Any, response: Any, /, x: Any) -> None: ...
        async def on_post(self, other: Any, response: Any, x: Any) -> None: ...

    responders = map_http_methods(Mixed())
    del responders['POST']
    if name == 'other':  # positional only: nothing is in the way
        check_field_names(responders, [name, 'x'], '/{other}/{x}')
        return
    with pytest.raises(UnacceptableRouteError, match=rf"field name '{name}' in '/x', .* responder of {method}"):
        check_field_names(responders, ['x', name], '/x')
    check_field_names({}, [name], '/x')
    check_field_names(responders, ['x', 'params', 'resource'], '/x')
