"""WebSocket messages as objects: falcon-ws with falcon-media."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgpack
import pytest

from falcon_core.asgi_types import Message
from falcon_media import JSONHandlerWS
from falcon_ws import PayloadTypeError, WebSocket, WebSocketDisconnected, WebSocketOptions, WebSocketPayloadType

DEADLINE_S = 5.0
SCOPE = {'type': 'websocket', 'path': '/', 'asgi': {'version': '3.0', 'spec_version': '2.4'}}

Handler = Callable[[WebSocket], Awaitable[Any]]


def serve(handler: Handler, *payloads: str | bytes, options: WebSocketOptions | None = None) -> tuple[Any, list[Any]]:
    """Return what a handler returns, and the payloads it sends, when its client sends these and leaves."""
    incoming: list[Message] = [
        {'type': 'websocket.receive', 'text' if isinstance(payload, str) else 'bytes': payload} for payload in payloads
    ]
    incoming = [{'type': 'websocket.connect'}, *incoming, {'type': 'websocket.disconnect', 'code': 1000}]
    sent: list[Any] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        if message['type'] == 'websocket.send':
            sent.append(message.get('text', message.get('bytes')))

    async def run() -> Any:
        ws = WebSocket(SCOPE, receive, send, options=options)
        async with asyncio.timeout(DEADLINE_S):
            await ws.accept()
            return await handler(ws)

    return asyncio.run(run()), sent


def test_objects_come_and_go() -> None:
    """JSON goes as compact text, MessagePack as bytes, and both come back as the same object."""

    async def handler(ws: WebSocket) -> list[Any]:
        received = [
            await ws.receive_json(),
            await ws.receive_msgpack(),
            await ws.receive_media(),
            await ws.receive_media(),
        ]
        for media in received[:2]:
            await ws.send_json(media)
            await ws.send_msgpack(media)
            await ws.send_media(media)
            await ws.send_media(media, WebSocketPayloadType.BINARY)
        return received

    media = {'a': [1, None, 'é']}
    text, data = '{"a":[1,null,"é"]}', msgpack.packb(media)
    received, sent = serve(handler, text, data, text, data)
    assert received == [media] * 4
    assert sent == [text, data] * 4


def test_json_of_richer_types() -> None:
    """What JSON handlers know for bodies they know for messages."""

    @dataclass
    class Event:
        on: date

    async def handler(ws: WebSocket) -> None:
        await ws.send_json(Event(date(2024, 2, 29)))
        await ws.send_json(float('nan'))
        with pytest.raises(TypeError):
            await ws.send_json(object())

    assert serve(handler)[1] == ['{"on":"2024-02-29"}', 'null']


@pytest.mark.parametrize('text', ['', 'hello', '{', '{"a":1}}', '[' * 100_000])
def test_text_that_is_no_json_falls_back(text: str) -> None:
    """A malformed message is a ValueError, and what receive_text gets next."""

    async def handler(ws: WebSocket) -> str:
        with pytest.raises(ValueError):
            await ws.receive_json()
        return await ws.receive_text()

    assert serve(handler, text)[0] == text


@pytest.mark.parametrize('data', [b'', b'\xc1', b'\x92\x01', b'\x01\x02', b'\x91' * 100_000])
def test_bytes_that_are_no_msgpack_fall_back(data: bytes) -> None:
    """A malformed message is a ValueError, and what receive_data gets next."""

    async def handler(ws: WebSocket) -> bytes:
        with pytest.raises(ValueError):
            await ws.receive_msgpack()
        return await ws.receive_data()

    assert serve(handler, data)[0] == data


@pytest.mark.parametrize('kind', ['receive_json', 'receive_msgpack', 'receive_media'])
def test_loop_that_skips_bad_messages_ends(kind: str) -> None:
    """Whoever only skips what cannot be decoded gets all that can be, then the disconnect."""

    async def handler(ws: WebSocket) -> list[Any]:
        received = []
        while True:
            try:
                received.append(await getattr(ws, kind)())
            except (ValueError, PayloadTypeError):
                continue
            except WebSocketDisconnected:
                return received

    expected = {'receive_json': [1, 2], 'receive_msgpack': [3, 4], 'receive_media': [1, 3, 2, 4]}
    assert serve(handler, 'x', '1', b'\xc1', b'\x03', '{', '2', b'\xc1', b'\x04', 'y')[0] == expected[kind]


def test_each_format_is_tried_on_the_same_message() -> None:
    """A handler may try one format after the other, and take what none of them knows as it is."""

    async def decode(ws: WebSocket) -> Any:
        for receive in (ws.receive_json, ws.receive_msgpack):
            try:
                return await receive()
            except (ValueError, PayloadTypeError):
                pass
        try:
            return await ws.receive_text()
        except PayloadTypeError:
            return await ws.receive_data()

    async def handler(ws: WebSocket) -> list[Any]:
        return [await decode(ws) for _ in range(4)]

    assert serve(handler, '1', b'\x02', 'x', b'\xc1')[0] == [1, 2, 'x', b'\xc1']


def test_own_json_functions_serve_json_everywhere() -> None:
    """A JSON handler with functions of its own is used for media and for receive_json and send_json."""
    own = JSONHandlerWS(dumps=lambda media: f'<{media}>', loads=lambda text: ('own', text))

    async def handler(ws: WebSocket) -> list[Any]:
        await ws.send_json(1)
        await ws.send_media(2)
        return [await ws.receive_json(), await ws.receive_media()]

    options = WebSocketOptions({WebSocketPayloadType.TEXT: own})
    assert serve(handler, 'a', 'b', options=options) == ([('own', 'a'), ('own', 'b')], ['<1>', '<2>'])
