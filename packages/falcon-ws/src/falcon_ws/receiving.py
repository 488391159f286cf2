"""The methods of `WebSocket` that receive, written as functions of their own.

Each takes a message that the server has ready by itself, instead of awaiting a coroutine that they would share: that
would be a third of the time that it takes to receive one.
"""

from typing import TYPE_CHECKING, Any, TypeVar, overload

from falcon_core.media import typed_method
from falcon_core.type_forms import FormOf, TypeForm
from falcon_ws._arrival import NOT_ASKED
from falcon_ws.errors import PayloadTypeError, WebSocketDisconnected
from falcon_ws.payload import Payload, WebSocketPayloadType, payload_text
from falcon_ws.states import CREDIT

if TYPE_CHECKING:
    from falcon_ws.websocket import WebSocket

__all__ = ['receive_any', 'receive_data', 'receive_json', 'receive_media', 'receive_msgpack', 'receive_text']

_Kind = TypeVar('_Kind')

# Where a parameter takes the name.
_type = type


async def receive_any(self: 'WebSocket') -> Payload:
    """Receive a message of either type; the iteration ends when the connection is over, whoever closed it.

    `close_code` tells then how it ended.

    Raises:
        OperationNotAllowed: The connection was not accepted, or another receive waits.
    """
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if type(payload) is str or type(payload) is bytes:
        lifecycle.credit = CREDIT
        return payload
    try:
        return await self._inbox.next('async for', payload)
    except WebSocketDisconnected:
        raise StopAsyncIteration from None


async def receive_text(self: 'WebSocket') -> str:
    """Receive a text message.

    Raises:
        OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
        PayloadTypeError: The message is binary; the next receive of another kind gets it.
        WebSocketDisconnected: The client left, and all that came before was received.
    """
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if type(payload) is str:
        lifecycle.credit = CREDIT
    else:
        payload = await self._inbox.next('receive_text', payload)
    if isinstance(payload, str):
        return payload
    raise _rejected(self, payload, 'receive_text', 'text')


async def receive_data(self: 'WebSocket') -> bytes:
    """Receive a binary message.

    Raises:
        OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
        PayloadTypeError: The message is text; the next receive of another kind gets it.
        WebSocketDisconnected: The client left, and all that came before was received.
    """
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if type(payload) is bytes:
        lifecycle.credit = CREDIT
    else:
        payload = await self._inbox.next('receive_data', payload)
    if isinstance(payload, bytes):
        return payload
    raise _rejected(self, payload, 'receive_data', 'binary')


@overload
async def receive_json(self: 'WebSocket', *, type: None = None) -> Any: ...


@overload
async def receive_json(self: 'WebSocket', *, type: type[_Kind]) -> _Kind: ...


@overload
async def receive_json(self: 'WebSocket', *, type: TypeForm) -> Any: ...


@overload
async def receive_json(self: 'WebSocket', *, type: FormOf[_Kind]) -> _Kind: ...


async def receive_json(self: 'WebSocket', *, type: Any = None) -> Any:
    """Receive a text message and return the object that its JSON stands for.

    Args:
        type: What to decode the message into, such as a Struct, a dataclass or `list[int]`; None for plain dicts,
            lists and the like.

    Raises:
        MissingDistribution: falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
        PayloadTypeError: The message is binary; the next receive of another kind gets it.
        ValueError: The message is no JSON, or not of the type; the next receive of another kind gets it.
        WebSocketDisconnected: The client left, and all that came before was received.
    """
    handlers = self._options.payload_handlers
    handler = handlers.json or handlers.find_default(WebSocketPayloadType.TEXT, 'ws.receive_json')
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if _type(payload) is str:
        lifecycle.credit = CREDIT
    else:
        payload = await self._inbox.next('receive_json', payload)
    if isinstance(payload, str):
        try:
            if type is None:
                return handler.deserialize(payload)
            return typed_method(handler, 'deserialize_as')(payload, type)
        except BaseException:
            self._inbox.reject(payload, 'receive_json')
            raise
    raise _rejected(self, payload, 'receive_json', 'text')


@overload
async def receive_msgpack(self: 'WebSocket', *, type: None = None) -> Any: ...


@overload
async def receive_msgpack(self: 'WebSocket', *, type: type[_Kind]) -> _Kind: ...


@overload
async def receive_msgpack(self: 'WebSocket', *, type: TypeForm) -> Any: ...


@overload
async def receive_msgpack(self: 'WebSocket', *, type: FormOf[_Kind]) -> _Kind: ...


async def receive_msgpack(self: 'WebSocket', *, type: Any = None) -> Any:
    """Receive a binary message and return the object that its MessagePack stands for.

    Args:
        type: What to decode the message into, such as a Struct, a dataclass or `list[int]`; None for plain dicts,
            lists and the like.

    Raises:
        MissingDistribution: falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
        PayloadTypeError: The message is text; the next receive of another kind gets it.
        ValueError: The message is no MessagePack, or not of the type; the next receive of another kind gets it.
        WebSocketDisconnected: The client left, and all that came before was received.
    """
    handlers = self._options.payload_handlers
    handler = handlers.msgpack or handlers.find_default(WebSocketPayloadType.BINARY, 'ws.receive_msgpack')
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if _type(payload) is bytes:
        lifecycle.credit = CREDIT
    else:
        payload = await self._inbox.next('receive_msgpack', payload)
    if isinstance(payload, bytes):
        try:
            if type is None:
                return handler.deserialize(payload)
            return typed_method(handler, 'deserialize_as')(payload, type)
        except BaseException:
            self._inbox.reject(payload, 'receive_msgpack')
            raise
    raise _rejected(self, payload, 'receive_msgpack', 'binary')


async def receive_media(self: 'WebSocket') -> Any:
    """Receive a message and return what the handler for its type in `WebSocketOptions.media_handlers` makes of it.

    Raises:
        MissingDistribution: There is no handler but the default, and falcon-media is not installed.
        OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
        ValueError: The handler could not decode the message; the next receive of another kind gets it.
        WebSocketDisconnected: The client left, and all that came before was received.
    """
    lifecycle = self._lifecycle
    payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
    if type(payload) is str or type(payload) is bytes:
        lifecycle.credit = CREDIT
    else:
        payload = await self._inbox.next('receive_media', payload)
    kind = WebSocketPayloadType.TEXT if isinstance(payload, str) else WebSocketPayloadType.BINARY
    try:
        return self._options.payload_handlers.find(kind, 'ws.receive_media').deserialize(payload)
    except BaseException:
        self._inbox.reject(payload, 'receive_media')
        raise


def _rejected(self: 'WebSocket', payload: Payload, call: str, expected: str) -> PayloadTypeError:
    self._inbox.reject(payload, call)
    return PayloadTypeError(f'{call}() received {payload_text(payload)}, expected a {expected} message')
