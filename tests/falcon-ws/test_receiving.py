import asyncio
from typing import Any

import pytest

from event_loop import in_loop
from fake_websocket import Client, IntegerText
from falcon_core.errors import MissingDistribution, OperationNotAllowed, UnsupportedError
from falcon_ws.errors import PayloadTypeError
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import WebSocketPayloadType

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


@in_loop
async def test_receiving_both_types() -> None:
    """Text comes as str, binary messages as bytes."""
    client = Client()
    ws = await client.open()
    client.put('a', b'b')
    assert await ws.receive_text() == 'a'
    assert await ws.receive_data() == b'b'


@in_loop
async def test_message_of_the_other_type() -> None:
    """A message of the other type is not lost: the receive of its own type gets it."""
    client = Client()
    ws = await client.open()
    client.put(b'abc', 'de')
    with pytest.raises(PayloadTypeError, match=r'^receive_text\(\) received a binary message of 3 bytes, '):
        await ws.receive_text()
    assert await ws.receive_data() == b'abc'
    with pytest.raises(PayloadTypeError, match=r'^receive_data\(\) received a text message of 2 characters, '):
        await ws.receive_data()
    assert await ws.receive_text() == 'de'


@in_loop
async def test_loop_that_skips_the_other_type_goes_on() -> None:
    """The receive that failed goes on to the next message."""
    client = Client()
    ws = await client.open()
    client.put(b'1', b'2', 'a')
    for _ in range(2):
        with pytest.raises(PayloadTypeError):
            await ws.receive_text()
    assert await ws.receive_text() == 'a'


@pytest.mark.usefixtures('media')
@in_loop
async def test_receiving_objects() -> None:
    """JSON comes in text messages, MessagePack in binary ones, media in both."""
    client = Client()
    ws = await client.open()
    client.put('1', b'\x02', '3', b'\x04')
    assert await ws.receive_json() == 1
    assert await ws.receive_msgpack() == 2
    assert await ws.receive_media() == 3
    assert await ws.receive_media() == 4


@pytest.mark.usefixtures('media')
@in_loop
async def test_objects_of_the_other_type() -> None:
    """JSON in a binary message, and MessagePack in a text message, are messages of the other type."""
    client = Client()
    ws = await client.open()
    client.put(b'1', '2')
    with pytest.raises(PayloadTypeError, match=r'received a binary message of 1 bytes, expected a text message$'):
        await ws.receive_json()
    assert await ws.receive_msgpack() == 0x31
    with pytest.raises(PayloadTypeError, match=r'received a text message of 1 characters, expected a binary message$'):
        await ws.receive_msgpack()
    assert await ws.receive_json() == 2


@pytest.mark.usefixtures('media')
@in_loop
async def test_malformed_objects_fall_back() -> None:
    """A message that could not be decoded is what receive_text or receive_data gets next."""
    client = Client()
    ws = await client.open()
    client.put('one', b'too long', 'two', '3')
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_json()
    assert await ws.receive_text() == 'one'
    with pytest.raises(ValueError, match='too long'):
        await ws.receive_msgpack()
    assert await ws.receive_data() == b'too long'
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_media()
    with pytest.raises(ValueError, match='invalid literal'):
        await ws.receive_json()
    assert await ws.receive_media() == 3


@pytest.mark.usefixtures('no_media')
@in_loop
async def test_what_needs_falcon_media_says_so() -> None:
    """Objects need falcon-media, or a handler of one's own; no message is lost by finding that out."""
    client = Client()
    ws = await client.open()
    client.put('a')
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_json needs falcon-media: pip install falcon-media$'):
        await ws.receive_json()
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_msgpack needs falcon-media'):
        await ws.receive_msgpack()
    with pytest.raises(MissingDistribution, match=r'^ws\.receive_media needs falcon-media'):
        await ws.receive_media()
    with pytest.raises(MissingDistribution, match=r'^ws\.send_json needs falcon-media'):
        await ws.send_json(1)
    with pytest.raises(MissingDistribution, match=r'^ws\.send_msgpack needs falcon-media'):
        await ws.send_msgpack(1)
    with pytest.raises(MissingDistribution, match=r'^ws\.send_media needs falcon-media'):
        await ws.send_media(1)
    assert await ws.receive_text() == 'a'
    assert not client.sent


@in_loop
async def test_iterating_over_messages() -> None:
    """Messages of both types come as they are, until the client left; how it left is known after."""
    client = Client()
    ws = await client.open()
    client.put('a', b'b')
    asyncio.get_running_loop().call_soon(client.put, 'c')
    asyncio.get_running_loop().call_soon(client.leave)
    assert [message async for message in ws] == ['a', b'b', 'c']
    assert (ws.close_code, ws.close_reason) == (4001, 'bye')
    assert [message async for message in ws] == []


@in_loop
async def test_iterating_over_a_message_that_could_not_be_decoded() -> None:
    """A message that could not be decoded is the first that an iteration gives, unless it was received otherwise."""
    client = Client()
    ws = await client.open()
    client.put('a', b'b')
    client.leave()
    with pytest.raises(PayloadTypeError):
        await ws.receive_data()
    assert [message async for message in ws] == ['a', b'b']


@in_loop
async def test_iterating_ends_with_a_close_from_here() -> None:
    """Whoever closes the connection, the loop over its messages ends."""
    client = Client()
    ws = await client.open()
    closing = asyncio.create_task(ws.close(4000))
    assert [message async for message in ws] == []
    assert ws.close_code == 4000
    await closing


@in_loop
async def test_iterating_too_early() -> None:
    """A connection that was not accepted has no messages."""
    with pytest.raises(OperationNotAllowed, match=r'^async for\(\) was called in state CONNECTING, expected OPEN$'):
        await anext(Client().connect())


class Typed(IntegerText):
    """Stands in for a handler that decodes into types."""

    def deserialize_as(self, payload: str, kind: Any) -> Any:
        return kind(payload)


@pytest.mark.usefixtures('media')
@in_loop
async def test_decoding_into_a_type() -> None:
    """The handler makes an object of the type; what it refuses is still there for another kind of receive."""
    client = Client()
    ws = await client.open(WebSocketOptions({TEXT: Typed()}))
    client.put('1.5', 'x')
    assert await ws.receive_json(type=float) == 1.5
    with pytest.raises(ValueError, match='could not convert'):
        await ws.receive_json(type=float)
    assert await ws.receive_text() == 'x'


@pytest.mark.usefixtures('media')
@in_loop
async def test_handler_that_knows_no_types() -> None:
    """A handler that knows no types says so, and the message is not lost."""
    client = Client()
    ws = await client.open()
    client.put(b'\x01')
    with pytest.raises(UnsupportedError, match='IntegerBinary has no deserialize_as method'):
        await ws.receive_msgpack(type=int)
    assert await ws.receive_data() == b'\x01'
