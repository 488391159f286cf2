"""What the parameters of a query string are as lists, mappings and media; the texts, the core's tests try."""

from collections.abc import Callable
from typing import Any

import pytest

from falcon_asgi import Request
from falcon_core.errors import MissingDistribution
from falcon_core.http_errors import (
    HTTPInvalidParam,
    HTTPMissingParam,
    MediaMalformedError,
    MediaNotFoundError,
)
from falcon_core.media import BaseHandler
from falcon_core.options import RequestOptions
from query_requests import JSON, AwaitedJSON, StreamJSON, request
from tiny_json import TinyJSON

ID = '12345678-1234-5678-1234-567812345678'


@pytest.mark.parametrize(
    'method', ['get_param_as_dict', 'get_param_as_json', 'get_param_as_list', 'get_param_as_media']
)
def test_a_missing_parameter_is_none_or_the_default_or_an_error(method: str) -> None:
    """`required` prevails over `default`."""
    get = getattr(request('b=1'), method)
    assert get('a') is None
    default = object()
    assert get('a', default=default) is default
    with pytest.raises(HTTPMissingParam):
        get('a', required=True, default=default)


def test_media_type_of_a_parameter() -> None:
    """A parameter is decoded by the handler of `media_type`, which is told; the default one if there is none."""
    handler = TinyJSON()
    handlers: dict[str, BaseHandler] = {'text/json': handler}
    assert request('a=[1]', handlers).get_param_as_media('a', 'text/json') == [1]
    assert request('a=[1]', handlers, default_media_type='text/json').get_param_as_media('a') == [1]
    assert handler.content_types == ['text/json', 'text/json']
    for query in ('a=', 'a={'):
        with pytest.raises(HTTPInvalidParam) as raised:
            request(query).get_param_as_media('a')
        assert raised.value.description == (
            'The "a" parameter is invalid. It could not be deserialized as \'application/json\'.'
        )


def test_the_whole_query_string_as_media() -> None:
    """A query string may be one object, percent-encoded; in it a plus sign is one."""
    assert request('%7B%22a+b%22:1%7D').get_query_string_as_media() == {'a+b': 1}
    assert request('[1]', {'text/json': TinyJSON()}).get_query_string_as_media('text/json') == [1]
    with pytest.raises(MediaMalformedError):
        request('{').get_query_string_as_media(default_when_empty=5)
    with pytest.raises(MediaNotFoundError):
        request('').get_query_string_as_media()
    assert [request('').get_query_string_as_media(default_when_empty=value) for value in (None, 5)] == [None, 5]


FROM_QUERY: dict[str, Callable[[Request], object]] = {
    'get_param_as_media': lambda req: req.get_param_as_media('a'),
    'get_query_string_as_media': lambda req: req.get_query_string_as_media(),
}


@pytest.mark.parametrize('method', FROM_QUERY)
def test_a_type_that_nothing_handles_is_the_applications_fault(method: str) -> None:
    """The type is named by the application, not by the client, so the error is none of HTTP."""
    req = request('a=1', {'text/json': TinyJSON()})
    with pytest.raises(ValueError, match=r"^received media type 'application/json', expected one of text/json$"):
        FROM_QUERY[method](req)


@pytest.mark.parametrize('handler', [AwaitedJSON(), StreamJSON()])
@pytest.mark.parametrize('method', FROM_QUERY)
def test_a_handler_that_has_to_be_awaited_is_of_no_use(method: str, handler: BaseHandler) -> None:
    """A handler without a synchronous method, or one that reads a stream by itself, is refused."""
    with pytest.raises(ValueError, match='expected one whose handler needs no await'):
        FROM_QUERY[method](request('a=1', {JSON: handler}))


@pytest.mark.parametrize('method', FROM_QUERY)
def test_without_any_handler_the_missing_distribution_is_named(method: str) -> None:
    """An application without media handlers is one without falcon-media, which the error says."""
    req = request('a=1')
    req.options.media_handlers.clear()
    with pytest.raises(MissingDistribution, match=rf'^req\.{method} needs falcon-media: pip install falcon-media$'):
        FROM_QUERY[method](req)


def test_a_parameter_as_a_list() -> None:
    """All values come in their order, each transformed; a delimiter splits a value."""
    assert request('a=1&a=2').get_param_as_list('a') == ['1', '2']
    store: dict[str, Any] = {}
    assert request('a=1&a=2').get_param_as_list('a', int, required=True, store=store) == [1, 2]
    assert store == {'a': [1, 2]}
    assert request('a=1|2').get_param_as_list('a', transform=int, delimiter='pipeDelimited') == [1, 2]
    assert request('a=1|2').get_param_as_list('a') == ['1|2']
    with pytest.raises(HTTPInvalidParam) as raised:
        request('a=1&a=x').get_param_as_list('a', int)
    assert raised.value.description == 'The "a" parameter is invalid. The value is not formatted correctly.'


def test_a_parameter_as_a_mapping() -> None:
    """Keys and values alternate, as several parameters or within one."""
    store: dict[str, Any] = {}
    assert request('a=x&a=1').get_param_as_dict('a', store=store) == {'x': '1'}
    assert store == {'a': {'x': '1'}}
    assert request('a=x,1,y,2').get_param_as_dict('a', delimiter=',') == {'x': '1', 'y': '2'}
    with pytest.raises(HTTPInvalidParam) as raised:
        request('a=x').get_param_as_dict('a')
    assert raised.value.description == 'The "a" parameter is invalid. The number of list elements must be even.'


def test_parameters_as_a_mapping() -> None:
    """With `deep_object` each parameter `name[key]` is an item; of several with the same key, the first counts."""
    req = request('a[x]=1&a[y]=2&a[y]=3&b[z]=4&a=5')
    store: dict[str, Any] = {}
    assert req.get_param_as_dict('a', deep_object=True, store=store) == {'x': '1', 'y': '2'}
    assert store == {'a': {'x': '1', 'y': '2'}}
    with pytest.raises(HTTPInvalidParam):
        req.get_param_as_dict('a', deep_object=True, allow_multiple=False)
    assert req.get_param_as_dict('c', deep_object=True, default={'k': 'v'}) == {'k': 'v'}
    with pytest.raises(HTTPMissingParam):
        req.get_param_as_dict('c', required=True, deep_object=True)


def test_json_without_a_handler_is_read_all_the_same() -> None:
    """JSON in a query needs no other distribution; the application's own handler counts where there is one."""
    options = RequestOptions()
    options.media_handlers.clear()
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [], 'query_string': b'a=%5B1%5D&b=%7B'}
    req = Request(scope, None, options=options)
    assert req.get_param_as_json('a') == [1]
    with pytest.raises(HTTPInvalidParam):
        req.get_param_as_json('b')

    class Own(BaseHandler):
        def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
            return ('own', stream.read())

    options.media_handlers['application/json'] = Own()
    assert req.get_param_as_json('b') == ('own', b'{')
