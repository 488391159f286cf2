"""The methods of `WebSocket` that send, written as functions of their own.

But for `send_media`, each does by itself what `Outbox.send` does: to await that as well would be a third of the time
that it takes to send a message.
"""

from typing import TYPE_CHECKING

from falcon_ws.payload import WebSocketPayloadType, as_data, check_text

if TYPE_CHECKING:
    from falcon_ws.websocket import WebSocket

__all__ = ['send_data', 'send_json', 'send_media', 'send_msgpack', 'send_text']


async def send_text(self: 'WebSocket', payload: str) -> None:
    """Send a text message.

    Args:
        payload: The text.

    Raises:
        OperationNotAllowed: The connection was not accepted, or was closed from here.
        TypeError: The payload is no string.
        ValueError: It has a lone surrogate, which is no text (RFC 6455, section 5.6, asks for UTF-8).
        WebSocketDisconnected: The client left.
    """
    if type(payload) is not str or not payload.isascii():
        check_text(payload, 'send_text')
    lifecycle = self._lifecycle
    if lifecycle.credit:
        lifecycle.credit -= 1
    else:
        await self._outbox.prepare('send_text')
    try:
        await self._send({'type': 'websocket.send', 'text': payload})
    except Exception as failure:
        await self._outbox.explain(failure)
        raise


async def send_data(self: 'WebSocket', payload: bytes | bytearray | memoryview) -> None:
    """Send a binary message.

    Args:
        payload: The bytes. They are copied unless they are `bytes`, so the caller may change them after.

    Raises:
        OperationNotAllowed: The connection was not accepted, or was closed from here.
        TypeError: The payload is not bytes.
        WebSocketDisconnected: The client left.
    """
    if type(payload) is not bytes:
        payload = as_data(payload, 'send_data')
    lifecycle = self._lifecycle
    if lifecycle.credit:
        lifecycle.credit -= 1
    else:
        await self._outbox.prepare('send_data')
    try:
        await self._send({'type': 'websocket.send', 'bytes': payload})
    except Exception as failure:
        await self._outbox.explain(failure)
        raise


async def send_json(self: 'WebSocket', obj: object) -> None:
    """Send an object as JSON, in a text message.

    Args:
        obj: The object.

    Raises:
        MissingDistribution: falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, or was closed from here.
        TypeError: There is no JSON for something in the object.
        WebSocketDisconnected: The client left.
    """
    handlers = self._options.payload_handlers
    handler = handlers.json or handlers.find_default(WebSocketPayloadType.TEXT, 'ws.send_json')
    payload = handler.serialize(obj)
    if type(payload) is not str or not payload.isascii():
        check_text(payload, 'send_json')
    lifecycle = self._lifecycle
    if lifecycle.credit:
        lifecycle.credit -= 1
    else:
        await self._outbox.prepare('send_json')
    try:
        await self._send({'type': 'websocket.send', 'text': payload})
    except Exception as failure:
        await self._outbox.explain(failure)
        raise


async def send_msgpack(self: 'WebSocket', obj: object) -> None:
    """Send an object as MessagePack, in a binary message.

    Args:
        obj: The object.

    Raises:
        MissingDistribution: falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, or was closed from here.
        TypeError: There is no MessagePack for something in the object.
        WebSocketDisconnected: The client left.
    """
    handlers = self._options.payload_handlers
    handler = handlers.msgpack or handlers.find_default(WebSocketPayloadType.BINARY, 'ws.send_msgpack')
    payload = handler.serialize(obj)
    if type(payload) is not bytes:
        payload = as_data(payload, 'send_msgpack')
    lifecycle = self._lifecycle
    if lifecycle.credit:
        lifecycle.credit -= 1
    else:
        await self._outbox.prepare('send_msgpack')
    try:
        await self._send({'type': 'websocket.send', 'bytes': payload})
    except Exception as failure:
        await self._outbox.explain(failure)
        raise


async def send_media(
    self: 'WebSocket', media: object, payload_type: WebSocketPayloadType = WebSocketPayloadType.TEXT
) -> None:
    """Send what the handler for a type of message in `WebSocketOptions.media_handlers` makes of an object.

    Args:
        media: The object.
        payload_type: The type of the message.

    Raises:
        MissingDistribution: There is no handler but the default, and falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, or was closed from here.
        TypeError: The handler could not represent the object, or not as a payload of this type.
        ValueError: There is no such type.
        WebSocketDisconnected: The client left.
    """
    payload_type = WebSocketPayloadType(payload_type)
    payload = self._options.payload_handlers.find(payload_type, 'ws.send_media').serialize(media)
    if payload_type is WebSocketPayloadType.TEXT:
        check_text(payload, 'send_media')
        message = {'type': 'websocket.send', 'text': payload}
    else:
        message = {'type': 'websocket.send', 'bytes': as_data(payload, 'send_media')}
    await self._outbox.send(message, 'send_media')
