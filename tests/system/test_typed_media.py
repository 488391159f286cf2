"""`await req.get_media(type=...)` with the handlers that an installed falcon-media announces."""

import asyncio
from dataclasses import dataclass
from typing import Any, TypedDict

import httpx
import msgpack
import msgspec
import pytest

from falcon_asgi import App, Request, Response

JSON = 'application/json'
MSGPACK = 'application/msgpack'
URLENCODED = 'application/x-www-form-urlencoded'
TIMEOUT_S = 10


class ItemStruct(msgspec.Struct):
    name: str
    price: float


@dataclass
class ItemDataclass:
    name: str
    price: float


class ItemDict(TypedDict):
    name: str
    price: float


class ItemAttrs:
    name: str
    price: float


class Order(msgspec.Struct):
    items: list[ItemStruct]


class Echo:
    """Decodes into a type, and answers with the object."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = await req.get_media(type=self.kind)

    async def on_put(self, req: Request, resp: Response) -> None:
        plain = req.media
        typed = await req.get_media(type=self.kind)
        resp.media = [plain, typed, req.media is plain]


def ask(kind: Any, content: bytes, content_type: str, method: str = 'POST') -> httpx.Response:
    app = App()
    app.add_route('/', Echo(kind))

    async def main() -> httpx.Response:
        headers = {'Content-Type': content_type}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://falcon.test') as client:
            return await asyncio.wait_for(client.request(method, '/', content=content, headers=headers), TIMEOUT_S)

    return asyncio.run(main())


@pytest.mark.parametrize('kind', [ItemStruct, ItemDataclass, ItemDict, ItemAttrs])
@pytest.mark.parametrize(
    ('content', 'content_type'),
    [
        (b'{"name":"a","price":2}', JSON),
        (msgpack.packb({'name': 'a', 'price': 2}), MSGPACK),
        (b'name=a&price=2', URLENCODED),
    ],
)
def test_kinds_of_types_and_of_bodies(kind: Any, content: bytes, content_type: str) -> None:
    """Structs, dataclasses, TypedDicts and attrs classes are read from each format, and written."""
    if kind is ItemAttrs:
        kind = pytest.importorskip('attrs').define(kind)
    assert ask(kind, content, content_type).json() == {'name': 'a', 'price': 2.0}


def test_a_violation_is_answered_with_the_path() -> None:
    """The answer is a 422 that says which field is wrong."""
    answer = ask(Order, b'{"items":[{"name":"a","price":1},{"name":"b","price":"x"}]}', JSON)
    assert answer.status_code == 422
    assert answer.json() == {
        'title': 'Unexpected content',
        'description': 'Expected `float`, got `str` - at `$.items[1].price`',
        'path': '$.items[1].price',
    }


@pytest.mark.parametrize(
    ('content', 'content_type', 'status'),
    [
        (b'[1', JSON, 400),
        (b'["x"] x', JSON, 400),
        (b'', JSON, 400),
        (b'\x91', MSGPACK, 400),
        (b'["x"]', JSON, 422),
        (b'\x91\xa1x', MSGPACK, 422),
        (b'a=1', URLENCODED, 422),
        (b'--x--', 'multipart/form-data; boundary=x', 415),
        (b'[1]', 'text/csv', 415),
    ],
)
def test_what_a_client_sends_is_never_a_fault_of_the_server(content: bytes, content_type: str, status: int) -> None:
    """What is malformed is answered with 400, of another type with 422, what nobody decodes with 415."""
    assert ask(list[int], content, content_type).status_code == status


def test_plain_and_typed_media_of_one_body() -> None:
    """A responder may read both."""
    assert ask(dict[str, float], b'{"a":1}', JSON, 'PUT').json() == [{'a': 1}, {'a': 1.0}, True]
