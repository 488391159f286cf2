"""Two WebSockets: a chat room and an echo."""

import asyncio
import json
import logging
import time
from typing import Any

import falcon
from falcon.asgi import Request, WebSocket

MAX_FRAME = 8192
MAX_USER = 40
MAX_MESSAGE = 2000
MAX_WAITING = 100
SEND_TIMEOUT_S = 10.0

# Close codes (RFC 6455, section 7.4.1, and the IANA registry).
UNSUPPORTED_DATA = 1003
MESSAGE_TOO_BIG = 1009
TRY_AGAIN_LATER = 1013

logger = logging.getLogger('realtime.chat')


class Chat:
    """What one says, all hear.

    Each member has a queue of what it has still to be sent, and a task that sends it. So one that no longer reads
    holds up nobody: it misses messages once its queue is full, and is shown out when a send takes too long.
    """

    def __init__(self, send_timeout_s: float = SEND_TIMEOUT_S) -> None:
        self._outboxes: set[asyncio.Queue[str]] = set()
        self._send_timeout_s = send_timeout_s

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        outbox: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._outboxes.add(outbox)
        try:
            async with asyncio.TaskGroup() as tasks:
                sending = tasks.create_task(self._send_all(ws, outbox))
                await self._receive_all(ws, outbox)
                sending.cancel()
        finally:
            self._outboxes.discard(outbox)

    async def _receive_all(self, ws: WebSocket, outbox: asyncio.Queue[str]) -> None:
        try:
            while True:
                text = await ws.receive_text()
                if len(text) > MAX_FRAME:
                    await ws.close(MESSAGE_TOO_BIG, 'message too big')
                    return
                try:
                    self._broadcast(read_message(text))
                except ValueError as exc:
                    put(outbox, json.dumps({'error': str(exc)}))
        except falcon.PayloadTypeError:
            await ws.close(UNSUPPORTED_DATA, 'text only')
        except falcon.WebSocketDisconnected:
            pass

    def _broadcast(self, message: dict[str, Any]) -> None:
        text = json.dumps(message)
        for outbox in self._outboxes:
            put(outbox, text)

    async def _send_all(self, ws: WebSocket, outbox: asyncio.Queue[str]) -> None:
        try:
            while True:
                text = await outbox.get()
                async with asyncio.timeout(self._send_timeout_s):
                    await ws.send_text(text)
        except falcon.WebSocketDisconnected:
            pass
        except TimeoutError:
            self._outboxes.discard(outbox)
            await ws.close(TRY_AGAIN_LATER, 'reads too slowly')


class Echo:
    """Sends back what it receives: JSON as JSON, other text as text, bytes as bytes."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await self._echo(ws)
        except falcon.WebSocketDisconnected:
            logger.info('echo client disconnected')

    async def _echo(self, ws: WebSocket) -> None:
        # A message that a receive could not decode is kept for the next one.
        try:
            await ws.send_json({'echo': await ws.receive_json(), 'type': 'json'})
        except falcon.PayloadTypeError:
            await ws.send_data(await ws.receive_data())
        except ValueError:
            await ws.send_text(f'Echo: {await ws.receive_text()}')


def read_message(text: str) -> dict[str, Any]:
    """Return what a client said, ready to be sent to all.

    Raises:
        ValueError: It is no chat message. The text is for the client.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError('A message has to be JSON.') from None
    if not isinstance(data, dict):
        raise ValueError('A message has to be a JSON object.')
    user, message = data.get('user', ''), data.get('message', '')
    if not isinstance(user, str) or not isinstance(message, str):
        raise ValueError('The user and the message have to be text.')
    if not message.strip():
        raise ValueError('The message is empty.')
    if len(user) > MAX_USER or len(message) > MAX_MESSAGE:
        raise ValueError(f'At most {MAX_USER} characters for the user and {MAX_MESSAGE} for the message are allowed.')
    return {'user': user.strip() or 'Anonymous', 'message': message, 'timestamp': time.time()}


def put(outbox: asyncio.Queue[str], text: str) -> None:
    try:
        outbox.put_nowait(text)
    except asyncio.QueueFull:
        logger.warning('a member reads too slowly and misses a message')
