"""`req.media` with the handlers that an installed falcon-media announces."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgpack
import pytest

from falcon_asgi import App, Request, Response
from falcon_core.options import RequestOptions
from falcon_media import JSONHandler, MultipartForm

JSON = 'application/json'
MSGPACK = 'application/msgpack'
URLENCODED = 'application/x-www-form-urlencoded'
BOUNDARY = 'multipart/form-data; boundary=x'
FORM = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
TIMEOUT_S = 10
DEFAULT_LIMIT = 4 * 1024 * 1024


class Things:
    """Keeps the media, and answers with the body that is left for the stream."""

    def __init__(self) -> None:
        self.media: list[Any] = []

    async def on_post(self, req: Request, resp: Response) -> None:
        self.media += [req.media, await req.get_media()]
        resp.data = await req.stream.read()

    async def on_put(self, req: Request, resp: Response) -> None:
        self.media += [await req.media, await req.get_media()]
        resp.data = await req.stream.read()

    async def on_patch(self, req: Request, resp: Response) -> None:
        self.media.append({part.name: await part.text async for part in req.media})


class Early:
    """Middleware that wants the media before the responder does."""

    def __init__(self) -> None:
        self.media: list[Any] = []

    async def process_request(self, req: Request, resp: Response) -> None:
        self.media.append(await req.media)


def ask(app: App, method: str, content: bytes | AsyncIterator[bytes], content_type: str | None) -> httpx.Response:
    async def main() -> httpx.Response:
        headers = {} if content_type is None else {'Content-Type': content_type}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://falcon.test') as client:
            return await asyncio.wait_for(client.request(method, '/', content=content, headers=headers), TIMEOUT_S)

    return asyncio.run(main())


def app_of(things: Things, **options: Any) -> App:
    req_options = RequestOptions()
    for name, value in options.items():
        setattr(req_options, name, value)
    app = App(req_options=req_options)
    app.add_route('/', things)
    return app


bodies = pytest.mark.parametrize(
    ('content', 'content_type', 'media'),
    [
        (b'{"a": [1, null]}', JSON, {'a': [1, None]}),
        (b'[1]', None, [1]),
        (b'null', JSON, None),
        (b'"a"', 'APPLICATION/json; charset=UTF-8', 'a'),
        (msgpack.packb({'a': b'1'}), MSGPACK, {'a': b'1'}),
        (b'a=1&a=2&b=%20', URLENCODED, {'a': ['1', '2'], 'b': ' '}),
        (b'', URLENCODED, {}),
    ],
)


@bodies
@pytest.mark.parametrize('chunked', [True, False])
def test_media_is_the_value(content: bytes, content_type: str | None, media: object, chunked: bool) -> None:
    """In a responder the media is there without `await`, the same object each time, and the stream is whole."""

    async def pieces() -> AsyncIterator[bytes]:
        for index in range(len(content)):
            yield content[index : index + 1]

    things = Things()
    response = ask(app_of(things), 'POST', pieces() if chunked else content, content_type)
    assert (response.status_code, response.content) == (200, content)
    first, second = things.media
    assert first == media
    assert first is second


@bodies
def test_media_is_awaited_without_prefetch(content: bytes, content_type: str | None, media: object) -> None:
    """With `prefetch_media` False, `await req.media` gives what `await req.get_media()` does."""
    things = Things()
    response = ask(app_of(things, prefetch_media=False), 'PUT', content, content_type)
    assert (response.status_code, response.content) == (200, content)
    first, second = things.media
    assert first == media
    assert first is second


def test_middleware_may_have_the_media_first() -> None:
    """What middleware awaited is the object that the responder gets."""
    early, things = Early(), Things()
    app = app_of(things)
    app.add_middleware(early)
    assert ask(app, 'POST', b'{"a": 1}', JSON).status_code == 200
    assert things.media[0] is early.media[0]


@pytest.mark.parametrize(('method', 'prefetch'), [('POST', True), ('PUT', True), ('PUT', False)])
def test_a_form_is_the_media_and_to_be_awaited(method: str, prefetch: bool) -> None:
    """A multipart form is not read ahead; with or without `await`, the media is the form."""
    things = Things()
    response = ask(app_of(things, prefetch_media=prefetch, max_media_size=1), method, FORM, BOUNDARY)
    assert (response.status_code, response.content) == (200, FORM)
    form, same = things.media
    assert isinstance(form, MultipartForm)
    assert same is form


def test_a_form_is_iterated_over_without_await() -> None:
    """The parts of a form are read in the responder."""
    things = Things()
    assert ask(app_of(things), 'PATCH', FORM, BOUNDARY).status_code == 200
    assert things.media == [{'a': '1'}]


@pytest.mark.parametrize(('spare', 'status'), [(0, 200), (1, 413)])
def test_the_default_limit_is_4_mib(spare: int, status: int) -> None:
    """A body of 4 MiB is decoded, one of a byte more is not."""
    content = b'"' + b'a' * (DEFAULT_LIMIT - 2 + spare) + b'"'
    response = ask(app_of(Things()), 'POST', content, JSON)
    assert response.status_code == status
    if status == 413:
        assert (
            response.json()['description']
            == f'The body is larger than {DEFAULT_LIMIT} bytes, the most that is decoded.'
        )


def test_json_functions_may_be_asynchronous() -> None:
    """With a function that has to be awaited, the media is still there without `await`, and an empty body is 400."""

    async def loads(text: str) -> Any:
        await asyncio.sleep(0)
        return json.loads(text)

    things = Things()
    app = app_of(things)
    app.req_options.media_handlers[JSON] = JSONHandler(loads=loads)
    assert ask(app, 'POST', b'[1]', JSON).content == b'[1]'
    assert things.media == [[1], [1]]
    assert ask(app, 'POST', b'{', JSON).status_code == 400
    assert ask(app, 'POST', b'', JSON).status_code == 400
    assert ask(app, 'POST', b'', None).status_code == 400


def test_the_client_is_told_which_types_there_are() -> None:
    """A body of another type is 415, with the types that there are."""
    response = ask(app_of(Things()), 'POST', b'a: 1', 'application/yaml')
    assert response.status_code == 415
    description = response.json()['description']
    assert description.startswith('application/yaml is an unsupported media type; supported: application/json')
    for media_type in (MSGPACK, URLENCODED, 'multipart/form-data'):
        assert media_type in description


def test_query_parameters_as_media() -> None:
    """A parameter may hold JSON, the default media type, or another that needs no stream."""

    def request(query: str) -> Request:
        scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [], 'query_string': query.encode()}
        return Request(scope, None)

    assert request('a=%7B%22b%22:1%7D').get_param_as_media('a') == {'b': 1}
    assert request('a=b%3D1').get_param_as_media('a', URLENCODED) == {'b': '1'}
    with pytest.raises(ValueError, match='needs no await'):
        request('a=1').get_param_as_media('a', BOUNDARY)
