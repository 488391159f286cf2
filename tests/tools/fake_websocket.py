"""What stands in for the server and the client of a connection, and for the handlers that falcon-media has."""

import asyncio
from collections.abc import Callable
from typing import Any

from falcon_core.asgi_types import Message
from falcon_core.media import BinaryBaseHandlerWS, TextBaseHandlerWS
from falcon_ws.options import WebSocketOptions
from falcon_ws.websocket import WebSocket

__all__ = ['Backwards', 'Client', 'FutureServer', 'IntegerBinary', 'IntegerText', 'Liar', 'fake_handler']


class IntegerText(TextBaseHandlerWS):
    """Stands in for JSON: decimal digits."""

    def serialize(self, media: object) -> str:
        return str(media)

    def deserialize(self, payload: str) -> object:
        return int(payload)


class IntegerBinary(BinaryBaseHandlerWS):
    """Stands in for MessagePack: big-endian integers of up to four bytes."""

    def serialize(self, media: object) -> bytes:
        assert isinstance(media, int)
        return media.to_bytes(4, 'big')

    def deserialize(self, payload: bytes) -> object:
        if len(payload) > 4:
            raise ValueError('too long')
        return int.from_bytes(payload, 'big')


class Backwards(TextBaseHandlerWS):
    """A format of media that is not the default."""

    def serialize(self, media: object) -> str:
        return str(media)[::-1]

    def deserialize(self, payload: str) -> object:
        return payload[::-1]


class Liar(TextBaseHandlerWS):
    """Makes numbers where strings belong."""

    def serialize(self, media: object) -> Any:
        return media


def fake_handler(media_type: str, feature: str) -> Any:
    makers: dict[str, Callable[[], Any]] = {'application/json': IntegerText, 'application/msgpack': IntegerBinary}
    return makers[media_type]()


class Client:
    """The server's side of one connection, and the client behind it."""

    def __init__(self, spec_version: str | None = '2.4', **scope: Any) -> None:
        self.events: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []
        self.failure: Exception | None = None
        self.refused_close_codes = range(0)
        self.flowing = asyncio.Event()
        self.flowing.set()
        asgi = {'version': '3.0'} | ({'spec_version': spec_version} if spec_version else {})
        self.scope = {'type': 'websocket', 'asgi': asgi, 'path': '/', 'query_string': b'', 'headers': []} | scope

    def connect(self, options: WebSocketOptions | None = None) -> WebSocket:
        return WebSocket(self.scope, self.events.get, self._send, options=options)

    async def open(self, options: WebSocketOptions | None = None) -> WebSocket:
        ws = self.connect(options)
        await ws.accept()
        self.sent.clear()
        return ws

    def put(self, *payloads: str | bytes) -> None:
        for payload in payloads:
            key = 'text' if isinstance(payload, str) else 'bytes'
            self.events.put_nowait({'type': 'websocket.receive', key: payload})

    def leave(self) -> None:
        self.events.put_nowait({'type': 'websocket.disconnect', 'code': 4001, 'reason': 'bye'})

    async def _send(self, message: Message) -> None:
        await self.flowing.wait()
        if self.failure is not None:
            raise self.failure
        if message.get('code') in self.refused_close_codes:
            # As daphne says it.
            raise Exception(f'invalid close code {message["code"]} (must be 1000 or from [3000, 4999])')
        self.sent.append(message)


class FutureServer:
    """A server that hands an event to the future that waits for it, where a plain await may lose it.

    Attributes:
        calls: How often its `receive` was called.
        asked: Whether its `receive` waits.
    """

    def __init__(self) -> None:
        self.calls = 0
        self._events: list[Message] = []
        self._waiter: asyncio.Future[Message] | None = None

    @property
    def asked(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def put(self, event: Message) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(event)
        else:
            self._events.append(event)

    async def receive(self) -> Message:
        self.calls += 1
        if self._events:
            return self._events.pop(0)
        self._waiter = asyncio.get_running_loop().create_future()
        return await self._waiter
