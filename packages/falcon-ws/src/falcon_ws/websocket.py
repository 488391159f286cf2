"""A WebSocket connection inside any ASGI application."""

import weakref
from functools import cache, partial
from http import HTTPStatus
from typing import Any, Self

from falcon_core.asgi_types import Message, Receive, Scope, Send
from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_core.context import Context
from falcon_core.errors import OperationNotAllowed
from falcon_core.scopes import headers_by_name, query_string
from falcon_ws import receiving, sending
from falcon_ws._arrival import Arrivals
from falcon_ws.close_codes import GOING_AWAY, HTTP_CLOSE_CODE_BASE, NORMAL_CLOSURE, check_close_code
from falcon_ws.handshake import (
    ACCEPT_HEADERS,
    DENIAL,
    Headers,
    accept_message,
    close_message,
    denial_messages,
    spec_version,
)
from falcon_ws.inbox import Inbox
from falcon_ws.limits import IdleWatch, within_size, within_time
from falcon_ws.options import WebSocketOptions
from falcon_ws.origins import is_allowed
from falcon_ws.outbox import Outbox, send_close
from falcon_ws.states import Lifecycle, ReadyState, State

__all__ = ['WebSocket']

_FORBIDDEN = 403


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

    Raises:
        ValueError: The scope is of another type.
    """

    __slots__ = (
        '__weakref__',
        '_arrivals',
        '_context',
        '_headers',
        '_idle_watch',
        '_inbox',
        '_lifecycle',
        '_options',
        '_scope',
        '_send',
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, options: WebSocketOptions | None = None) -> None:
        if scope['type'] != 'websocket':
            raise ValueError(f'received a scope of type {scope["type"]!r}, expected websocket')
        self._scope = scope
        self._options = _default_options() if options is None else options
        self._lifecycle = Lifecycle()
        self._idle_watch: IdleWatch | None = None
        if self._options.is_limited:
            receive, send = self._limited(receive, send)
        self._arrivals = Arrivals(receive)
        self._inbox = Inbox(self._arrivals, self._lifecycle, limit=self._options.max_receive_queue)
        self._send = send
        self._context: Any = None
        self._headers: CaseInsensitiveDict[str] | None = None

    def __del__(self) -> None:
        # Nobody else would end the reading ahead of an application that just returns. There is no inbox if the
        # constructor raised.
        if hasattr(self, '_inbox'):
            self._inbox.abandon()
            if self._idle_watch is not None:
                self._idle_watch.stop()

    def __repr__(self) -> str:
        return f'<{type(self).__name__} {self._lifecycle.state.name} {self.path!r}>'

    # Read from the scope each time, because a connection that waits would keep each for nothing.

    @property
    def path(self) -> str:
        """The path of the handshake, percent-decoded."""
        path: str = self._scope['path']
        return path

    @property
    def query_string(self) -> str:
        """The query string of the handshake, without the question mark; may be empty."""
        return query_string(self._scope)

    @property
    def client_address(self) -> tuple[str, int] | None:
        """The client's host and port; None if the server does not know them."""
        client = self._scope.get('client')
        if not client:
            return None
        host, port = client
        # A port is a number (ASGI specification, "WebSocket Connection Scope"), but granian's is text.
        return host, int(port) if isinstance(port, str) else port

    @property
    def subprotocols(self) -> list[str]:
        """The subprotocols that the client offers, those it prefers first."""
        return list(self._scope.get('subprotocols') or ())

    @property
    def _outbox(self) -> Outbox:
        # Has no state of its own, and is not needed on the way of most messages: not kept by connections that wait.
        return Outbox(self._send, self._lifecycle, self._inbox)

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
    def close_code(self) -> int | None:
        """The code that the connection was closed with, from whichever side; None while it is not closed."""
        return self._lifecycle.close_code

    @property
    def close_reason(self) -> str | None:
        """The reason that the connection was closed with; None if there is none."""
        return self._lifecycle.close_reason

    @property
    def supports_denial(self) -> bool:
        """Whether the server lets `deny` give the client an HTTP response; otherwise that is always a 403."""
        return DENIAL in (self._scope.get('extensions') or ())

    @property
    def supports_accept_headers(self) -> bool:
        """Whether the server lets `accept` add headers."""
        return spec_version(self._scope) >= ACCEPT_HEADERS

    async def accept(self, subprotocol: str | None = None, headers: Headers | None = None) -> None:
        """Accept the connection.

        Args:
            subprotocol: The subprotocol to speak, one of `subprotocols`; None for none.
            headers: Further headers of the answer: a mapping from name to value, pairs of them, or None.

        Raises:
            OperationNotAllowed: The handshake was answered before, or the server takes no headers.
            TypeError: The name or value of a header is no string.
            ValueError: A header or the subprotocol is malformed, or a header names the subprotocol.
            WebSocketDisconnected: The client left, or the options do not allow its origin; it was then refused.
        """
        if not is_allowed(self._scope, self._options.allowed_origins):
            await self.deny(_FORBIDDEN)
            raise self._lifecycle.disconnected()
        message = accept_message(subprotocol, headers)
        if subprotocol is not None and subprotocol not in self.subprotocols:
            raise ValueError(f'received subprotocol {subprotocol!r}, expected one of {self.subprotocols!r}')
        if 'headers' in message and not self.supports_accept_headers:
            raise OperationNotAllowed(
                f'accept() was called with headers on a server of ASGI {_dotted(spec_version(self._scope))}, '
                f'expected {_dotted(ACCEPT_HEADERS)} or later'
            )
        await self._outbox.accept(message)
        if self._idle_watch is not None:
            self._idle_watch.start()

    async def deny(
        self,
        status: str | int | HTTPStatus = _FORBIDDEN,
        headers: Headers | None = None,
        body: str | bytes = b'',
    ) -> None:
        """Answer the handshake with an HTTP response; a server that cannot do that answers 403.

        Args:
            status: The status of the response, such as 401 or `'401 Unauthorized'`.
            headers: Its headers: a mapping from name to value, pairs of them, or None. Content-Length is added, and
                Content-Type for text.
            body: Its body.

        Raises:
            OperationNotAllowed: The handshake was answered before.
            TypeError: The name or value of a header is no string, or the body is neither text nor bytes.
            ValueError: A header is malformed, or the status is none that ends a request.
            WebSocketDisconnected: The client left before.
        """
        messages: tuple[Message, ...] = denial_messages(status, headers, body)
        code = HTTP_CLOSE_CODE_BASE + messages[0]['status']
        if not self.supports_denial:
            messages = (self._close_message(code, None),)
        await self._outbox.deny(code, *messages)

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

    def __aiter__(self) -> Self:
        return self

    __anext__ = receiving.receive_any
    receive_text = receiving.receive_text
    receive_data = receiving.receive_data
    receive_json = receiving.receive_json
    receive_msgpack = receiving.receive_msgpack
    receive_media = receiving.receive_media
    send_text = sending.send_text
    send_data = sending.send_data
    send_json = sending.send_json
    send_msgpack = sending.send_msgpack
    send_media = sending.send_media

    def _close_message(self, code: int, reason: str | None) -> Message:
        check_close_code(code)
        if reason is None:
            reason = self._options.default_close_reasons.get(code)
        elif not isinstance(reason, str):
            raise TypeError(f'received a reason of type {type(reason).__name__}, expected str')
        return close_message(self._scope, code, reason)

    def _poll(self) -> None:
        """Take note that the state was read, in case that this is all that is ever done."""
        lifecycle = self._lifecycle
        if lifecycle.credit:
            lifecycle.credit -= 1
        elif lifecycle.state is State.OPEN:
            self._inbox.begin_to_look()

    async def _release(self) -> None:
        """End what may still run for the connection."""
        if self._idle_watch is not None:
            self._idle_watch.stop()
        await self._inbox.stop()
        if self._inbox.closing is not None:
            # Has been sent, unless the handler was cancelled.
            self._inbox.closing.cancel()

    def _limited(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Return what the server offers, with the limits of the options around it."""
        options = self._options
        if options.send_timeout_s is not None:
            send = within_time(send, options.send_timeout_s)
        if options.max_message_size is not None:
            receive = within_size(receive, options.max_message_size, partial(_close_as_too_large, weakref.ref(self)))
        if options.idle_timeout_s is not None:
            self._idle_watch = IdleWatch(options.idle_timeout_s, partial(_close_as_idle, weakref.ref(self)))
            receive, send = self._idle_watch.receiving(receive), self._idle_watch.sending(send)
        return receive, send


async def _close_as_too_large(connection: weakref.ref[WebSocket], code: int, reason: str) -> None:
    ws = connection()
    # Over before the close is sent, so that nobody else sends anything meanwhile.
    if ws is not None and ws._lifecycle.note_disconnect(code, reason):
        await ws._inbox.close_by(send_close(ws._send, close_message(ws._scope, code, reason)))


async def _close_as_idle(connection: weakref.ref[WebSocket]) -> None:
    ws = connection()
    if ws is not None:
        await ws.close(GOING_AWAY, 'idle timeout')


@cache
def _default_options() -> WebSocketOptions:
    return WebSocketOptions()


def _dotted(version: tuple[int, int]) -> str:
    return f'{version[0]}.{version[1]}'
