"""A WebSocket connection inside any ASGI application."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from falcon_core.asgi_types import Message, Receive, Scope, Send
from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_core.context import Context
from falcon_core.errors import OperationNotAllowed
from falcon_core.scopes import headers_by_name, query_string
from falcon_ws._arrival import NOT_ASKED, Arrivals
from falcon_ws.close_codes import NORMAL_CLOSURE, check_close_code, fit_close_reason
from falcon_ws.errors import PayloadTypeError
from falcon_ws.handshake import ACCEPT_HEADERS, CLOSE_REASON, accept_message, spec_version
from falcon_ws.inbox import Inbox
from falcon_ws.options import WebSocketOptions
from falcon_ws.outbox import Outbox
from falcon_ws.payload import Payload, WebSocketPayloadType, as_data, check_text, payload_text
from falcon_ws.states import CREDIT, Lifecycle, ReadyState, State

__all__ = ['WebSocket']


class WebSocket:
    """One WebSocket connection, from its handshake to its end.

    All methods raise `OperationNotAllowed` where the state of the connection does not allow them, and
    `WebSocketDisconnected` if the client left. Receives may be cancelled without losing a message; only one may wait at
    a time. Any number of tasks may send: messages stay whole, and each task's in order; a server that holds up senders
    for a slow client holds up these. A message whose sending was cancelled may have been sent or not.

    What a receive does after a message that could not be decoded, and when messages are read ahead of a receive, is
    told in `falcon_ws.inbox`.

    Args:
        scope: The ASGI scope, of type `websocket`.
        receive: The ASGI receive callable. The `websocket.connect` event may have been taken from it or not.
        send: The ASGI send callable.
        options: Settings; the defaults if None.

    Attributes:
        path (str): The path of the handshake, percent-decoded.
        query_string (str): The query string of the handshake, without the question mark; may be empty.
        client_address (tuple[str, int] | None): The client's host and port; None if the server does not know them.
        subprotocols (list[str]): The subprotocols that the client offers, those it prefers first.

    Raises:
        ValueError: The scope is of another type.
    """

    __slots__ = (
        '__weakref__',
        '_arrivals',
        '_context',
        '_headers',
        '_inbox',
        '_lifecycle',
        '_options',
        '_outbox',
        '_scope',
        '_send',
        'client_address',
        'path',
        'query_string',
        'subprotocols',
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, options: WebSocketOptions | None = None) -> None:
        if scope['type'] != 'websocket':
            raise ValueError(f'received a scope of type {scope["type"]!r}, expected websocket')
        self._scope = scope
        self._options = _default_options() if options is None else options
        self._lifecycle = Lifecycle()
        self._arrivals = Arrivals(receive)
        self._inbox = Inbox(self._arrivals, self._lifecycle, limit=self._options.max_receive_queue)
        self._send = send
        self._outbox = Outbox(send, self._lifecycle, self._inbox)
        self._context: Any = None
        self._headers: CaseInsensitiveDict[str] | None = None
        client = scope.get('client')
        self.client_address: tuple[str, int] | None = tuple(client) if client else None
        self.path: str = scope['path']
        self.query_string = query_string(scope)
        self.subprotocols: list[str] = list(scope.get('subprotocols') or ())

    def __del__(self) -> None:
        # Nobody else would end the reading ahead of an application that just returns. There is no inbox if the
        # constructor raised.
        if hasattr(self, '_inbox'):
            self._inbox.abandon()

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self._lifecycle.state.name} {self.path!r}>'

    @property
    def ready_state(self) -> ReadyState:
        """How far the connection has come."""
        return self._lifecycle.ready_state

    @property
    def unaccepted(self) -> bool:
        """Whether the handshake has not been answered yet."""
        return self._lifecycle.ready_state is ReadyState.CONNECTING

    @property
    def ready(self) -> bool:
        """Whether messages can be sent and received: the connection was accepted and is not closed."""
        self._poll()
        return self._lifecycle.state is State.OPEN

    @property
    def closed(self) -> bool:
        """Whether the connection is over, or about to be, whoever closed it."""
        self._poll()
        return self._lifecycle.ready_state >= ReadyState.CLOSING

    @property
    def context(self) -> Any:
        """Where the application keeps its own data: a `Context`, or whatever was assigned."""
        if self._context is None:
            self._context = Context()
        return self._context

    @context.setter
    def context(self, value: Any) -> None:
        self._context = value

    @property
    def headers(self) -> CaseInsensitiveDict[str]:
        """The headers of the handshake; values of the same name are joined with commas, cookies with semicolons."""
        if self._headers is None:
            found = headers_by_name(self._scope.get('headers') or ())
            self._headers = CaseInsensitiveDict(
                {name.decode('latin-1'): value.decode('latin-1') for name, value in found.items()}
            )
        return self._headers

    @property
    def supports_accept_headers(self) -> bool:
        """Whether the server lets `accept` add headers."""
        return spec_version(self._scope) >= ACCEPT_HEADERS

    async def accept(
        self, subprotocol: str | None = None, headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None
    ) -> None:
        """Accept the connection.

        Args:
            subprotocol: The subprotocol to speak, one of `subprotocols`; None for none.
            headers: Further headers of the answer: a mapping from name to value, pairs of them, or None.

        Raises:
            OperationNotAllowed: The handshake was answered before, or the server takes no headers.
            TypeError: The name or value of a header is no string.
            ValueError: A header or the subprotocol is malformed, or a header names the subprotocol.
            WebSocketDisconnected: The client left.
        """
        message = accept_message(subprotocol, headers)
        if 'headers' in message and not self.supports_accept_headers:
            raise OperationNotAllowed(
                f'accept() was called with headers on a server of ASGI {_dotted(spec_version(self._scope))}, '
                f'expected {_dotted(ACCEPT_HEADERS)} or later'
            )
        await self._outbox.accept(message)

    async def close(self, code: int | None = NORMAL_CLOSURE, reason: str | None = None) -> None:
        """Close the connection, or refuse it if it was not accepted: servers then answer 403.

        Nothing happens if the connection is over already.

        Args:
            code: The close code: 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455, section 7.4); None for 1000.
            reason: Why, of which up to 123 bytes in UTF-8 are sent, where the server takes a reason. None stands for
                the one that `WebSocketOptions.default_close_reasons` has for the code.

        Raises:
            TypeError: The reason is no string.
            ValueError: The code may not be sent.
        """
        await self._outbox.close(self._close_message(NORMAL_CLOSURE if code is None else code, reason))

    async def receive_text(self) -> str:
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
        raise self._rejected(payload, 'receive_text', 'text')

    async def receive_data(self) -> bytes:
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
        raise self._rejected(payload, 'receive_data', 'binary')

    async def receive_json(self) -> Any:
        """Receive a text message and return the object that its JSON stands for.

        Raises:
            MissingDistribution: falcon-media is not installed.
            OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
            PayloadTypeError: The message is binary; the next receive of another kind gets it.
            ValueError: The message is no JSON; the next receive of another kind gets it.
            WebSocketDisconnected: The client left, and all that came before was received.
        """
        handlers = self._options.payload_handlers
        handler = handlers.json or handlers.find_default(WebSocketPayloadType.TEXT, 'ws.receive_json')
        lifecycle = self._lifecycle
        payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
        if type(payload) is str:
            lifecycle.credit = CREDIT
        else:
            payload = await self._inbox.next('receive_json', payload)
        if isinstance(payload, str):
            try:
                return handler.deserialize(payload)
            except BaseException:
                self._inbox.reject(payload, 'receive_json')
                raise
        raise self._rejected(payload, 'receive_json', 'text')

    async def receive_msgpack(self) -> Any:
        """Receive a binary message and return the object that its MessagePack stands for.

        Raises:
            MissingDistribution: falcon-media is not installed.
            OperationNotAllowed: The connection was not accepted, was closed from here, or another receive waits.
            PayloadTypeError: The message is text; the next receive of another kind gets it.
            ValueError: The message is no MessagePack; the next receive of another kind gets it.
            WebSocketDisconnected: The client left, and all that came before was received.
        """
        handlers = self._options.payload_handlers
        handler = handlers.msgpack or handlers.find_default(WebSocketPayloadType.BINARY, 'ws.receive_msgpack')
        lifecycle = self._lifecycle
        payload = self._arrivals.steps.send(None) if lifecycle.direct else NOT_ASKED
        if type(payload) is bytes:
            lifecycle.credit = CREDIT
        else:
            payload = await self._inbox.next('receive_msgpack', payload)
        if isinstance(payload, bytes):
            try:
                return handler.deserialize(payload)
            except BaseException:
                self._inbox.reject(payload, 'receive_msgpack')
                raise
        raise self._rejected(payload, 'receive_msgpack', 'binary')

    async def receive_media(self) -> Any:
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

    async def send_text(self, payload: str) -> None:
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

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
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

    async def send_json(self, obj: object) -> None:
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

    async def send_msgpack(self, obj: object) -> None:
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

    async def send_media(self, media: object, payload_type: WebSocketPayloadType = WebSocketPayloadType.TEXT) -> None:
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

    def _close_message(self, code: int, reason: str | None) -> Message:
        message: Message = {'type': 'websocket.close', 'code': check_close_code(code)}
        if reason is None:
            reason = self._options.default_close_reasons.get(code)
        elif not isinstance(reason, str):
            raise TypeError(f'received a reason of type {type(reason).__name__}, expected str')
        if reason and spec_version(self._scope) >= CLOSE_REASON:
            message['reason'] = fit_close_reason(reason)
        return message

    def _rejected(self, payload: Payload, call: str, expected: str) -> PayloadTypeError:
        self._inbox.reject(payload, call)
        return PayloadTypeError(f'{call}() received {payload_text(payload)}, expected a {expected} message')

    def _poll(self) -> None:
        """Take note that the state was read, in case that this is all that is ever done."""
        lifecycle = self._lifecycle
        if lifecycle.credit:
            lifecycle.credit -= 1
        elif lifecycle.state is State.OPEN and not self._inbox.receiving:
            self._inbox.begin_to_look()

    async def _release(self) -> None:
        """End what may still run for the connection."""
        await self._inbox.stop()


@cache
def _default_options() -> WebSocketOptions:
    return WebSocketOptions()


def _dotted(version: tuple[int, int]) -> str:
    return f'{version[0]}.{version[1]}'
