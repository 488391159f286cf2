import asyncio
import io
import json
import math
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import (
    HTTPBadRequest,
    HTTPError,
    MediaMalformedError,
    MediaMismatchError,
    MediaNotFoundError,
)
from falcon_core.media import Handlers
from falcon_media.json import JSONHandler, JSONHandlerWS

JSON = 'application/json'
DEPTH = 100_000

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@dataclass
class Point:
    x: int


class Item(msgspec.Struct):
    price: Decimal


class Colour(Enum):
    RED = 'red'


class Name(str):
    """A str of another class, as libraries make them."""


class Body:
    """An asynchronous body that is there at once."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def read(self, n: int = -1, /) -> bytes:
        assert n == -1
        return self._data


def written(media: object) -> bytes:
    return JSONHandler().serialize(media, JSON)


def read(body: bytes, handler: JSONHandler | None = None) -> object:
    return (handler or JSONHandler()).deserialize(io.BytesIO(body), JSON, len(body))


def nested(depth: int) -> list[Any]:
    media: list[Any] = []
    for _ in range(depth):
        media = [media]
    return media


@given(values)
def test_what_is_written_is_read_back(media: object) -> None:
    """JSON's own types come back as they were, whatever the size of an integer."""
    assert read(written(media)) == media


@given(values)
def test_message_that_is_written_is_read_back(media: object) -> None:
    """JSON's own types come back as they were from WebSocket messages."""
    handler = JSONHandlerWS()
    assert handler.deserialize(handler.serialize(media)) == media


@given(st.binary() | values.map(written).flatmap(lambda body: st.integers(0, len(body)).map(lambda n: body[:n])))
def test_any_bytes_give_a_value_or_a_client_error(body: bytes) -> None:
    """Arbitrary and truncated bytes never raise anything but an HTTP error of status 400."""
    with suppress(HTTPBadRequest):
        read(body)


@given(st.text(st.characters()) | values.map(lambda media: JSONHandlerWS().serialize(media)[:-1]))
def test_any_message_gives_a_value_or_value_error(payload: str) -> None:
    """Arbitrary and truncated text, lone surrogates included, never raises anything but ValueError."""
    with suppress(ValueError):
        JSONHandlerWS().deserialize(payload)


@pytest.mark.parametrize(
    ('media', 'body'),
    [
        ({'name': 'Zoë', 'tags': ['a', 'b']}, '{"name":"Zoë","tags":["a","b"]}'),
        (datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), '"2024-05-06T07:08:09Z"'),
        (date(2024, 5, 6), '"2024-05-06"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Decimal('1.10'), '"1.10"'),
        (Point(1), '{"x":1}'),
        (Item(Decimal(5)), '{"price":"5"}'),
        (Colour.RED, '"red"'),
        ({1}, '[1]'),
        (b'\x00\xff', '"AP8="'),
        (math.nan, 'null'),
        (2**70, '1180591620717411303424'),
        ({2**70: 1, -1: 2, 1.5: 3}, '{"1180591620717411303424":1,"-1":2,"1.5":3}'),
    ],
)
def test_writes_compact_utf8(media: object, body: str) -> None:
    """JSON is written without spaces and in UTF-8, and more types than JSON's own have a form in it."""
    assert written(media) == body.encode()


def test_writes_what_only_the_standard_library_takes() -> None:
    """Subclasses of str, int and float, and None as a key, are written as the standard library does."""
    media = {None: Name('x'), 7: date(2024, 5, 6), 'big': 2**70, 'nan': math.nan}
    assert written(media) == b'{"null":"x","7":"2024-05-06","big":1180591620717411303424,"nan":null}'


def test_keys_that_are_booleans_are_numbers() -> None:
    """A boolean is written as the number that it is where it is a key, whatever else there is."""
    assert written({True: 1}) == b'{"1":1}'
    assert written({True: 1, None: 2, False: [{True: Name('x')}]}) == b'{"1":1,"null":2,"0":[{"1":"x"}]}'


@pytest.mark.parametrize('media', [object(), {(1, 2): 3}, [1j]])
def test_object_without_json_is_refused(media: object) -> None:
    """What cannot be written is the program's fault and raises TypeError."""
    with pytest.raises(TypeError):
        written(media)


def test_empty_body_is_not_found() -> None:
    """An empty body raises MediaNotFoundError."""
    with pytest.raises(MediaNotFoundError) as caught:
        read(b'')
    assert caught.value.title == 'Invalid JSON'


@pytest.mark.parametrize(
    'body',
    [
        b' ',
        b'{',
        b'[1] x',
        b'NaN',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'{"\xff":1}',
        b'"\\ud800"',
        '"é"'.encode('utf-16'),
        b'1' * 5000,
        b'1e999',
    ],
)
def test_malformed_body_is_a_client_error(body: bytes) -> None:
    """Text that is no JSON, invalid UTF-8, lone surrogates and numbers out of range raise MediaMalformedError."""
    with pytest.raises(MediaMalformedError) as caught:
        read(body)
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize('payload', ['', ' ', '{', '[1] x', 'NaN', '"\\ud800"', '"\ud800"', '1' * 5000])
def test_malformed_message_raises_value_error(payload: str) -> None:
    """A message that is no JSON, or empty, raises ValueError."""
    with pytest.raises(ValueError):
        JSONHandlerWS().deserialize(payload)


@pytest.mark.parametrize('body', [b'[' * DEPTH + b']' * DEPTH, b'{"a":' * DEPTH + b'1' + b'}' * DEPTH, b'[' * DEPTH])
def test_deep_nesting_attack_is_a_client_error(body: bytes) -> None:
    """A hundred thousand nested arrays or objects raise MediaMalformedError, not RecursionError."""
    with pytest.raises(MediaMalformedError):
        read(body)
    with pytest.raises(ValueError):
        JSONHandlerWS().deserialize(body.decode())


def test_writing_what_is_nested_too_deeply_raises() -> None:
    """A body that is nested too deeply raises RecursionError, a fault of the program; a message raises ValueError."""
    media = nested(DEPTH)
    with pytest.raises(RecursionError):
        written(media)
    with pytest.raises(ValueError):
        JSONHandlerWS().serialize(media)


@pytest.mark.parametrize('dumps', [lambda media: f'<{media}é>', lambda media: f'<{media}é>'.encode()])
def test_other_functions_may_give_text_or_bytes(dumps: Callable[[Any], str | bytes]) -> None:
    """A function of the caller's may return str or bytes, and is given str."""
    assert JSONHandler(dumps).serialize(1, JSON) == '<1é>'.encode()
    assert JSONHandlerWS(dumps).serialize(1) == '<1é>'
    assert read('é'.encode(), JSONHandler(loads=lambda text: [text])) == ['é']
    assert JSONHandlerWS(loads=lambda text: [text]).deserialize('é') == ['é']


def test_functions_of_messages_are_attributes() -> None:
    """The handler of messages shows its functions."""
    handler = JSONHandlerWS(str, int)
    assert (handler.dumps, handler.loads) == (str, int)


def test_dumps_that_returns_something_else_is_named() -> None:
    """A function that returns neither str nor bytes raises TypeError with what it returned."""
    with pytest.raises(TypeError, match='dumps returned int, expected str or bytes'):
        JSONHandler(dumps=lambda media: media).serialize(1, JSON)


def test_error_of_other_function_is_a_client_error() -> None:
    """ValueError of another function, and text that is no UTF-8, raise MediaMalformedError; the rest goes through."""
    with pytest.raises(MediaMalformedError) as caught:
        read(b'x', JSONHandler(loads=int))
    assert 'invalid literal' in str(caught.value.description)
    with pytest.raises(MediaMalformedError):
        read(b'\xff', JSONHandler(loads=int))
    with pytest.raises(ZeroDivisionError):
        read(b'x', JSONHandler(loads=lambda text: 1 / 0))


async def slow_dumps(media: object) -> str:
    await asyncio.sleep(0)
    return f'<{media}>'


async def slow_loads(text: str) -> object:
    await asyncio.sleep(0)
    return int(text)


def use(handler: JSONHandler, media: object, body: bytes) -> tuple[bytes, object]:
    """Return what the coroutines of a handler make of an object and of a body."""

    async def both() -> tuple[bytes, object]:
        return await handler.serialize_async(media, JSON), await handler.deserialize_async(Body(body), JSON, None)

    return asyncio.run(both())


def test_synchronous_handler_offers_coroutines() -> None:
    """A handler of synchronous functions can be awaited as well, but need not be."""
    assert use(JSONHandler(), [1], b'[2]') == (b'[1]', [2])
    resolved = Handlers({JSON: JSONHandler(str, int)}).resolve(JSON, JSON)
    assert resolved.serialize is not None
    assert resolved.deserialize is not None


def test_coroutine_functions_are_awaited() -> None:
    """Coroutine functions are used by the coroutines, and whoever resolves the handler is told so."""
    handler = JSONHandler(slow_dumps, slow_loads)
    assert use(handler, 1, b'2') == (b'<1>', 2)
    resolved = Handlers({JSON: handler}).resolve(JSON, JSON)
    assert (resolved.serialize, resolved.deserialize) == (None, None)
    assert isinstance(handler, JSONHandler)


def test_one_coroutine_function_is_enough() -> None:
    """A handler with one coroutine function awaits that one and calls the other."""
    assert use(JSONHandler(dumps=slow_dumps), 1, b'[2]') == (b'<1>', [2])
    assert use(JSONHandler(loads=slow_loads), [1], b'2') == (b'[1]', 2)


def test_subclass_keeps_its_own_coroutines() -> None:
    """A subclass given a coroutine function keeps the coroutine that it overrides, and can call the inherited one."""

    class Exclaiming(JSONHandler):
        def __init__(self) -> None:
            super().__init__(dumps=slow_dumps)

        async def serialize_async(self, media: object, content_type: str) -> bytes:
            return await super().serialize_async(media, content_type) + b'!'

    assert use(Exclaiming(), 1, b'[2]') == (b'<1>!', [2])


@pytest.mark.parametrize(
    ('body', 'error'), [(b'', MediaNotFoundError), (b'x', MediaMalformedError), (b'\xff', MediaMalformedError)]
)
def test_coroutine_functions_fail_alike(body: bytes, error: type[HTTPError]) -> None:
    """Empty and malformed bodies raise the same errors where the function is a coroutine function."""
    with pytest.raises(error):
        asyncio.run(JSONHandler(loads=slow_loads).deserialize_async(Body(body), JSON, None))


class Cart(msgspec.Struct):
    items: list[Item]


CART = b'{"items":[{"price":"1.5"},{"price":2}]}'
BAD_CART = b'{"items":[{"price":"1.5"},{"price":[]}]}'


def typed(body: bytes, kind: Any, handler: JSONHandler | None = None) -> Any:
    return (handler or JSONHandler()).deserialize_as(body, JSON, kind)


@pytest.mark.parametrize('handler', [JSONHandler(), JSONHandler(loads=json.loads)])
def test_bodies_are_decoded_into_types(handler: JSONHandler) -> None:
    """A body becomes an object of the type, whichever function reads the JSON."""
    assert typed(CART, Cart, handler) == Cart([Item(Decimal('1.5')), Item(Decimal(2))])
    assert typed(b'[1,2]', list[int], handler) == [1, 2]
    assert typed(b'{"x":1}', Point, handler) == Point(1)
    assert typed(b'{"1":"2024-05-06"}', dict[int, date], handler) == {1: date(2024, 5, 6)}


@pytest.mark.parametrize('handler', [JSONHandler(), JSONHandler(loads=json.loads)])
def test_a_body_of_another_type_is_refused_with_the_path(handler: JSONHandler) -> None:
    """A violation is answered with 422 and the path to the field."""
    with pytest.raises(MediaMismatchError) as caught:
        typed(BAD_CART, Cart, handler)
    assert caught.value.status_code == 422
    assert caught.value.to_dict()['path'] == '$.items[1].price'


@pytest.mark.parametrize('handler', [JSONHandler(), JSONHandler(loads=json.loads)])
@pytest.mark.parametrize('body', [b'{', b'{"items":1,', b'{"items":1} x', b'"\xff"', b'[' * DEPTH])
def test_malformed_bodies_are_no_mismatch(handler: JSONHandler, body: bytes) -> None:
    """What is no JSON is answered with 400, wherever the fault is and whatever else is wrong."""
    with pytest.raises(MediaMalformedError):
        typed(body, Cart, handler)


def test_a_number_out_of_range_is_a_mismatch() -> None:
    """A number that the type cannot hold violates the type, also where JSON in general may have it."""
    with pytest.raises(MediaMismatchError) as caught:
        typed(b'{"x":1e999}', Point)
    assert caught.value.path == '$.x'


def test_an_empty_body_is_not_there() -> None:
    """An empty body is told from one that is malformed."""
    with pytest.raises(MediaNotFoundError):
        typed(b'', Cart)
    with pytest.raises(MediaNotFoundError):
        asyncio.run(JSONHandler(loads=slow_loads).deserialize_as_async(b'', JSON, int))


def test_a_type_that_nobody_knows_is_a_fault_of_the_program() -> None:
    """What msgspec has no decoder for raises TypeError, which is no error of the client's."""
    with pytest.raises(TypeError):
        typed(b'{}', dict[str, int] | dict[str, str])


def test_typed_decoding_waits_for_coroutine_functions() -> None:
    """A coroutine function is awaited, and its result checked."""
    handler = JSONHandler(loads=slow_loads)
    assert asyncio.run(handler.deserialize_as_async(b'5', JSON, int)) == 5
    assert asyncio.run(JSONHandler().deserialize_as_async(b'5', JSON, int)) == 5
    with pytest.raises(MediaMismatchError):
        asyncio.run(handler.deserialize_as_async(b'5', JSON, str))
    with pytest.raises(MediaMalformedError):
        asyncio.run(handler.deserialize_as_async(b'x', JSON, int))


@pytest.mark.parametrize('handler', [JSONHandlerWS(), JSONHandlerWS(loads=json.loads)])
def test_messages_are_decoded_into_types(handler: JSONHandlerWS) -> None:
    """A message of another type raises ValueError with the path to the field, a malformed one as ever."""
    assert handler.deserialize_as(CART.decode(), Cart) == Cart([Item(Decimal('1.5')), Item(Decimal(2))])
    with pytest.raises(ValueError, match=r' - at `\$\.items\[1\]\.price`$'):
        handler.deserialize_as(BAD_CART.decode(), Cart)
    with pytest.raises(ValueError):
        handler.deserialize_as('{"items":1,', Cart)


@given(st.binary() | values.map(written))
def test_any_body_gives_a_typed_object_or_a_client_error(body: bytes) -> None:
    """Nothing that a client sends raises anything but HTTP errors of status 400 or 422."""
    with suppress(HTTPBadRequest, MediaMismatchError):
        typed(body, Cart)


def test_a_subclass_with_coroutines_of_its_own_is_waited_for() -> None:
    """Whoever overrides a coroutine of the handler is asked by it, and the other one needs no wait."""

    class Shouting(JSONHandler):
        async def serialize_async(self, media: object, content_type: str) -> bytes:
            return b'"!"'

    resolved = Handlers({JSON: Shouting()}).resolve(JSON, JSON)
    assert resolved.serialize is None
    assert resolved.deserialize is not None
