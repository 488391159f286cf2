"""The client's side of a WebSocket, in the place of a server and its client.

The laws:

- Messages come out in the order in which the application sent them. All that it sent before it closed the connection
  can be received, as from a real client; then the receive calls raise.
- Everything that waits gives up after a time, and says what it waited for.
- What a server would refuse is refused where the application sends it.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from falcon_core.asgi_types import Message
from falcon_core.constants import MEDIA_MSGPACK
from falcon_core.errors import OperationNotAllowed
from falcon_core.parts import payload_handler_for
from falcon_core.testing import Progress, checked_headers, within
from falcon_ws.close_codes import HTTP_CLOSE_CODE_BASE, INTERNAL_ERROR, NORMAL_CLOSURE
from falcon_ws.errors import PayloadTypeError, WebSocketDisconnected
from falcon_ws.payload import Payload, payload_text
from falcon_ws.testing.denial import Denial, disconnected

__all__ = ['DEFAULT_TIMEOUT_S', 'ASGIWebSocketSimulator']

# For how many seconds a simulated client waits for anything.
DEFAULT_TIMEOUT_S: Final = 5.0

# RFC 6455, section 7.4.1: what stands for a connection that ended without a close frame.
_ABNORMAL = 1006

_REFUSED = HTTP_CLOSE_CODE_BASE + 403
_TELLING_CODES = frozenset({INTERNAL_ERROR, *range(HTTP_CLOSE_CODE_BASE, HTTP_CLOSE_CODE_BASE + 1000)})


class _State(Enum):
    CONNECTING = 'has not answered the handshake'
    DENYING = 'is denying the handshake'
    OPEN = 'has accepted the connection'
    CLOSED = 'has closed the connection'


class ASGIWebSocketSimulator:
    """A client of a WebSocket, in the place of a server and its client.

    `connect` makes one and runs the application. To run it otherwise, give the application `emit` and `collect` as its
    `receive` and `send`.

    Args:
        _timeout: For how many seconds to wait for anything; None for five.
        max_unread: How many messages of the application may wait to be received. Its next `send` waits then, as it
            does when a real client is slow and all buffers on the way are full. None for any number.
        name: What to call the connection in the texts of errors.

    Attributes:
        max_unread (int | None): See above. It may be set at any time: at 0, the client does not read but what it is
            about to receive.
    """

    def __init__(
        self, _timeout: float | None = None, *, max_unread: int | None = None, name: str = 'the WebSocket'
    ) -> None:
        self.max_unread = max_unread
        self._timeout_s = DEFAULT_TIMEOUT_S if _timeout is None else _timeout
        self._name = name
        self._state = _State.CONNECTING
        self._progress = Progress()
        self._to_app: deque[Message] = deque([{'type': 'websocket.connect'}])
        self._to_client: deque[Payload] = deque()
        self._sent_count = 0
        self._receivers = 0
        self._client_left = False
        self._app_ended = False
        self._close_code: int | None = None
        self._close_reason: str | None = None
        self._subprotocol: str | None = None
        self._headers: list[tuple[bytes, bytes]] | None = None
        self._denial: Denial | None = None
        self._refusal: WebSocketDisconnected | None = None

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: the app {self._situation()}>'

    @property
    def ready(self) -> bool:
        """Whether messages can be sent and received: the application has accepted, and nobody has closed."""
        return self._state is _State.OPEN and not self._client_left

    @property
    def closed(self) -> bool:
        """Whether the connection is over, whoever ended it."""
        return self._state is _State.CLOSED or self._client_left

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the application chose, or None."""
        return self._subprotocol

    @property
    def headers(self) -> list[tuple[bytes, bytes]] | None:
        """The headers of the acceptance, pairs of lowercase name and value; None if there are none."""
        return self._headers

    @property
    def close_code(self) -> int | None:
        """The code that the connection was closed with, or None if it was not."""
        return self._close_code

    @property
    def close_reason(self) -> str | None:
        """The reason that the connection was closed with, empty if none was given; None if it was not closed."""
        return self._close_reason

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return when the application has accepted the connection, even if it has closed it since.

        Args:
            timeout: For how many seconds to wait; None for the simulator's own.

        Raises:
            TimeoutError: The application has not answered the handshake.
            WebSocketDenied: It has answered with an HTTP response.
            WebSocketDisconnected: It has refused the connection, or the client has closed it. The class is
                `WebSocketPathNotFound` for the code 3404, `WebSocketHandlerNotFound` for 3405 and
                `WebSocketServerError` for 1011.
        """
        limit_s = self._timeout_s if timeout is None else timeout
        async with within(limit_s, lambda: f'the answer to the handshake of {self._name}: the app {self._situation()}'):
            await self._progress.wait_for(
                lambda: self._state in {_State.OPEN, _State.CLOSED} or self._client_left or self._app_ended
            )
        if self._refusal is not None:
            raise self._refusal
        if self._client_left:
            raise self._disconnected()

    async def wait_closed(self, timeout: float | None = None) -> None:
        """Return when the connection is over; messages that were sent before can still be received.

        Args:
            timeout: For how many seconds to wait; None for the simulator's own.

        Raises:
            TimeoutError: Nobody has closed it.
        """
        limit_s = self._timeout_s if timeout is None else timeout
        async with within(limit_s, lambda: f'the close of {self._name}: the app {self._situation()}'):
            await self._progress.wait_for(lambda: self.closed)

    async def send_text(self, payload: str) -> None:
        """Send a text message.

        Raises:
            OperationNotAllowed: The application has not accepted the connection.
            TypeError: The payload is no string.
            WebSocketDisconnected: The connection is closed.
        """
        if not isinstance(payload, str):
            raise TypeError(f'send_text() received a payload of type {type(payload).__name__}, expected str')
        await self._send({'type': 'websocket.receive', 'text': payload})

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
        """Send a binary message.

        Raises:
            OperationNotAllowed: The application has not accepted the connection.
            TypeError: The payload is not bytes.
            WebSocketDisconnected: The connection is closed.
        """
        if not isinstance(payload, bytes | bytearray | memoryview):
            raise TypeError(f'send_data() received a payload of type {type(payload).__name__}, expected bytes')
        await self._send({'type': 'websocket.receive', 'bytes': bytes(payload)})

    async def send_json(self, media: object) -> None:
        """Send an object as JSON, in a text message; raises what `send_text` does."""
        await self.send_text(json.dumps(media, ensure_ascii=False))

    async def send_msgpack(self, media: object) -> None:
        """Send an object as MessagePack, in a binary message; raises what `send_data` does.

        Raises:
            MissingDistribution: falcon-media is not installed.
        """
        await self.send_data(payload_handler_for(MEDIA_MSGPACK, 'send_msgpack').serialize(media))

    async def receive_text(self) -> str:
        """Return the next message, which has to be text.

        Raises:
            OperationNotAllowed: The application has not accepted the connection.
            PayloadTypeError: The message is binary.
            TimeoutError: There is none; the text says how far the application is.
            WebSocketDisconnected: The client has closed the connection; or the application has, and all that it sent
                before was received.
        """
        payload = await self._receive('receive_text')
        if isinstance(payload, str):
            return payload
        raise PayloadTypeError(f'receive_text() received {payload_text(payload)}, expected a text message')

    async def receive_data(self) -> bytes:
        """Return the next message, which has to be binary; raises what `receive_text` does, the other way round."""
        payload = await self._receive('receive_data')
        if isinstance(payload, bytes):
            return payload
        raise PayloadTypeError(f'receive_data() received {payload_text(payload)}, expected a binary message')

    async def receive_json(self) -> Any:
        """Return the object that the next message, which has to be text, is the JSON of.

        Raises what `receive_text` does, and json.JSONDecodeError.
        """
        return json.loads(await self.receive_text())

    async def receive_msgpack(self) -> Any:
        """Return the object that the next message, which has to be binary, is the MessagePack of.

        Raises what `receive_data` does, and ValueError if the message is malformed.

        Raises:
            MissingDistribution: falcon-media is not installed.
        """
        return payload_handler_for(MEDIA_MSGPACK, 'receive_msgpack').deserialize(await self.receive_data())

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection; nothing happens if it is over already.

        Args:
            code: The close code; None for 1000.
            reason: Why, or None.
        """
        self._leave(NORMAL_CLOSURE if code is None else code, reason)
        await asyncio.sleep(0)

    def drop(self) -> None:
        """Vanish, as a client whose network fails: the application gets the code 1006, and its `send` an OSError."""
        self._leave(_ABNORMAL, None)

    # The application's side.

    async def emit(self) -> Message:
        """Return the next event of the client; this is the application's `receive`."""
        await self._progress.wait_for(lambda: self._to_app)
        # A server goes on telling that the client has left.
        return self._to_app[0] if self._client_left and len(self._to_app) == 1 else self._to_app.popleft()

    async def collect(self, event: Message) -> None:
        """Take an event of the application; this is its `send`.

        Raises:
            OperationNotAllowed: The event may not be sent in this state.
            OSError: The client has left.
            TypeError: A part of the event is not of its type.
            ValueError: There is no such event, or it holds what it may not.
        """
        kind = event['type']
        if kind not in _COLLECTED:
            raise ValueError(f'received an event of type {kind!r}, expected one of {", ".join(_COLLECTED)}')
        take, states = _COLLECTED[kind]
        if self._state not in states:
            raise OperationNotAllowed(f'received {kind!r} from an app that {self._state.value}')
        if self._client_left:
            raise OSError(f'the client has left {self._name} with code {self._close_code}')
        if kind == 'websocket.send':
            await self._wait_for_room()
        take(self, event)
        self._progress.tell()
        await asyncio.sleep(0)

    def tell_ended(self, failure: BaseException | None) -> None:
        """Note that the application has ended, which ends the connection as well.

        Args:
            failure: What it raised, or None.
        """
        self._app_ended = True
        if self._state is not _State.CLOSED and not self._client_left:
            # As servers do: an application that fails is an internal error, one that returns has nothing more to say.
            code = INTERNAL_ERROR if failure is not None or self._state is not _State.OPEN else NORMAL_CLOSURE
            if self._state is not _State.OPEN:
                self._refusal = disconnected(code, None)
            self._end(code, None)
        self._progress.tell()

    # Falcon's own test suite, and those after it, call these by their private names.
    _emit = emit
    _collect = collect

    def _accept(self, event: Message) -> None:
        subprotocol = event.get('subprotocol')
        if not isinstance(subprotocol, str | None):
            raise TypeError(f'received a subprotocol of type {type(subprotocol).__name__}, expected str')
        self._headers = checked_headers(event.get('headers') or ()) or None
        self._subprotocol = subprotocol
        self._state = _State.OPEN

    def _take_message(self, event: Message) -> None:
        given = [event[key] for key in ('text', 'bytes') if event.get(key) is not None]
        if len(given) != 1:
            raise ValueError(f'received websocket.send with {len(given)} payloads, expected either text or bytes')
        expected = str if event.get('text') is not None else bytes
        if not isinstance(given[0], expected):
            raise TypeError(f'received a payload of type {type(given[0]).__name__}, expected {expected.__name__}')
        self._to_client.append(given[0])
        self._sent_count += 1

    def _take_close(self, event: Message) -> None:
        code, reason = event.get('code', NORMAL_CLOSURE), event.get('reason')
        if not isinstance(code, int):
            raise TypeError(f'received a close code of type {type(code).__name__}, expected int')
        if self._state is _State.CONNECTING:
            # Servers answer such a handshake with 403; codes that stand for a status, or an error, tell more.
            code = code if code in _TELLING_CODES else _REFUSED
            self._refusal = disconnected(code, reason)
        self._end(code, reason)

    def _begin_denial(self, event: Message) -> None:
        status = event['status']
        if not isinstance(status, int):
            raise TypeError(f'received status {status!r}, expected an int')
        self._denial = Denial(status, checked_headers(event.get('headers', ())))
        self._state = _State.DENYING

    def _continue_denial(self, event: Message) -> None:
        denial = self._denial
        assert denial is not None  # the state is that of one
        body = event.get('body', b'')
        if not isinstance(body, bytes):
            raise TypeError(f'received a body of type {type(body).__name__}, expected bytes')
        denial.chunks.append(body)
        if not event.get('more_body', False):
            self._refusal = denial.as_error()
            self._end(self._refusal.code, None)

    def _end(self, code: int, reason: str | None) -> None:
        """End the connection from the application's side."""
        self._state = _State.CLOSED
        self._close_code, self._close_reason = code, reason or ''
        self._to_app.append({'type': 'websocket.disconnect', 'code': code, 'reason': self._close_reason})

    def _leave(self, code: int, reason: str | None) -> None:
        """End the connection from the client's side."""
        if self.closed:
            return
        self._client_left = True
        self._close_code, self._close_reason = code, reason or ''
        self._to_app.append({'type': 'websocket.disconnect', 'code': code, 'reason': self._close_reason})
        self._progress.tell()

    async def _wait_for_room(self) -> None:
        def has_room() -> bool:
            return self.max_unread is None or len(self._to_client) < self.max_unread + self._receivers

        await self._progress.wait_for(lambda: has_room() or self._client_left)
        if self._client_left:
            raise OSError(f'the client has left {self._name} with code {self._close_code}')

    async def _send(self, event: Message) -> None:
        self._check_accepted()
        if self.closed:
            raise self._disconnected()
        self._to_app.append(event)
        self._progress.tell()
        await asyncio.sleep(0)

    async def _receive(self, call: str) -> Payload:
        self._check_accepted()
        if self._client_left:
            raise self._disconnected()
        self._receivers += 1
        self._progress.tell()
        try:
            async with within(self._timeout_s, lambda: f'a message of {self._name} in {call}(): {self._app()}'):
                await self._progress.wait_for(lambda: self._to_client or self.closed)
        finally:
            self._receivers -= 1
        if self._client_left or not self._to_client:
            raise self._disconnected()
        payload = self._to_client.popleft()
        self._progress.tell()
        return payload

    def _check_accepted(self) -> None:
        if self._refusal is not None:
            raise self._refusal
        if self._state is _State.CONNECTING:
            raise OperationNotAllowed(f'{self._name} was used before it was accepted, expected wait_ready() before')

    def _disconnected(self) -> WebSocketDisconnected:
        return disconnected(self._close_code, self._close_reason)

    def _situation(self) -> str:
        if self._client_left:
            return f'was left by the client with code {self._close_code}'
        if self._state is _State.OPEN:
            return f'has accepted the connection and has sent {self._sent_count} messages'
        return str(self._state.value)

    def _app(self) -> str:
        return f'the app {self._situation()}'


# Event to what takes it, and the states in which it may be sent.
_COLLECTED: dict[str, tuple[Callable[[ASGIWebSocketSimulator, Message], None], frozenset[_State]]] = {
    'websocket.accept': (ASGIWebSocketSimulator._accept, frozenset({_State.CONNECTING})),
    'websocket.send': (ASGIWebSocketSimulator._take_message, frozenset({_State.OPEN})),
    'websocket.close': (ASGIWebSocketSimulator._take_close, frozenset({_State.CONNECTING, _State.OPEN})),
    'websocket.http.response.start': (ASGIWebSocketSimulator._begin_denial, frozenset({_State.CONNECTING})),
    'websocket.http.response.body': (ASGIWebSocketSimulator._continue_denial, frozenset({_State.DENYING})),
}
