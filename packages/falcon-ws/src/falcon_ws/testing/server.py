"""The server between an application and a simulated client: what each of the two sends, and where the connection is.

The laws:

- Events and messages come out in the order in which they went in.
- What a server would refuse is refused where the application sends it.
- A connection ends once: by the application, by the client, or with the application's end.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum

from falcon_core.asgi_types import Message
from falcon_core.errors import OperationNotAllowed
from falcon_core.testing import Progress, checked_headers
from falcon_ws.close_codes import HTTP_CLOSE_CODE_BASE, INTERNAL_ERROR, NORMAL_CLOSURE
from falcon_ws.errors import WebSocketDisconnected
from falcon_ws.handshake import DENIAL
from falcon_ws.payload import Payload
from falcon_ws.testing.denial import Denial, disconnected

__all__ = ['ServerState', 'SimulatedServer']

_REFUSED = HTTP_CLOSE_CODE_BASE + 403
_TELLING_CODES = frozenset({INTERNAL_ERROR, *range(HTTP_CLOSE_CODE_BASE, HTTP_CLOSE_CODE_BASE + 1000)})


class ServerState(Enum):
    """How far the application has come."""

    CONNECTING = 'has not answered the handshake'
    DENYING = 'is denying the handshake'
    OPEN = 'has accepted the connection'
    CLOSED = 'has closed the connection'


class SimulatedServer:
    """One connection between an application and a client.

    Args:
        max_unread: How many messages of the application may wait for the client; None for any number.
        name: What to call the connection in the texts of errors.
        denial_response: Whether the application may answer the handshake with an HTTP response.

    Attributes:
        name (str): See above.
        state (ServerState): How far the application has come.
        progress (Progress): Tells of each change.
        unread (deque[str | bytes]): The messages of the application that the client has not taken.
        client_left (bool): Whether the client has ended the connection.
        receivers (int): How many calls of the client wait for a message.
        close_code (int | None): The code that the connection was closed with.
        close_reason (str | None): The reason, empty if none was given.
        subprotocol (str | None): The subprotocol that the application chose.
        headers (list[tuple[bytes, bytes]] | None): The headers that it accepted with, None if there are none.
        refusal (WebSocketDisconnected | None): How it refused the connection.
    """

    def __init__(self, max_unread: int | None, name: str, *, denial_response: bool = False) -> None:
        self.name = name
        self.state = ServerState.CONNECTING
        self.progress = Progress()
        self.unread: deque[Payload] = deque()
        self.client_left = False
        self.receivers = 0
        self.close_code: int | None = None
        self.close_reason: str | None = None
        self.subprotocol: str | None = None
        self.headers: list[tuple[bytes, bytes]] | None = None
        self.refusal: WebSocketDisconnected | None = None
        self._max_unread = max_unread
        self._denial_response = denial_response
        self._to_app: deque[Message] = deque([{'type': 'websocket.connect'}])
        self._sent_count = 0
        self._denial: Denial | None = None

    @property
    def max_unread(self) -> int | None:
        """How many messages of the application may wait for the client; None for any number."""
        return self._max_unread

    @max_unread.setter
    def max_unread(self, value: int | None) -> None:
        self._max_unread = value
        self.progress.tell()

    @property
    def closed(self) -> bool:
        """Whether the connection is over, whoever ended it."""
        return self.state is ServerState.CLOSED or self.client_left

    @property
    def situation(self) -> str:
        """How far the application has come, for the text of an error."""
        if self.client_left:
            return f'the app was left by the client with code {self.close_code}'
        if self.state is ServerState.OPEN:
            messages = f'{self._sent_count} message{"" if self._sent_count == 1 else "s"}'
            return f'the app has accepted the connection and has sent {messages}'
        return f'the app {self.state.value}'

    def disconnected(self) -> WebSocketDisconnected:
        """Return the error for a connection that is over."""
        return disconnected(self.close_code, self.close_reason)

    # The client's side.

    def push(self, event: Message) -> None:
        """Give the application an event."""
        self._to_app.append(event)
        self.progress.tell()

    def leave(self, code: int, reason: str | None) -> None:
        """End the connection from the client's side, unless it is over."""
        if not self.closed:
            self.client_left = True
            self._note_close(code, reason)

    # The application's side.

    async def emit(self) -> Message:
        """Return the next event of the client; see `ASGIWebSocketSimulator.emit`."""
        await self.progress.wait_for(lambda: self._to_app)
        # A server goes on telling that the connection is over.
        return self._to_app[0] if self.closed and len(self._to_app) == 1 else self._to_app.popleft()

    async def collect(self, event: Message) -> None:
        """Take an event of the application; see `ASGIWebSocketSimulator.collect`."""
        kind = event['type']
        if kind not in _COLLECTED:
            raise ValueError(f'received an event of type {kind!r}, expected one of {", ".join(_COLLECTED)}')
        take, states = _COLLECTED[kind]
        self._check(kind, states)
        if kind == 'websocket.send':
            await self.progress.wait_for(lambda: self._has_room() or self.closed)
            self._check(kind, states)
        take(self, event)
        self.progress.tell()
        await asyncio.sleep(0)

    def tell_ended(self, failure: BaseException | None) -> None:
        """Note that the application has ended; see `ASGIWebSocketSimulator.tell_ended`."""
        if self.state is not ServerState.CLOSED and not self.client_left:
            # As servers do: an application that fails is an internal error, one that returns has nothing more to say.
            code = INTERNAL_ERROR if failure is not None or self.state is not ServerState.OPEN else NORMAL_CLOSURE
            if self.state is not ServerState.OPEN:
                self.refusal = disconnected(code, None)
            self._end(code, None)
        self.progress.tell()

    def _accept(self, event: Message) -> None:
        subprotocol = event.get('subprotocol')
        if subprotocol is not None and not isinstance(subprotocol, str):
            raise TypeError(f'received a subprotocol of type {type(subprotocol).__name__}, expected str')
        self.headers = checked_headers(event.get('headers') or ()) or None
        self.subprotocol = subprotocol
        self.state = ServerState.OPEN

    def _take_message(self, event: Message) -> None:
        given = [event[key] for key in ('text', 'bytes') if event.get(key) is not None]
        if len(given) != 1:
            raise ValueError(f'received websocket.send with {len(given)} payloads, expected either text or bytes')
        expected = str if event.get('text') is not None else bytes
        if not isinstance(given[0], expected):
            raise TypeError(f'received a payload of type {type(given[0]).__name__}, expected {expected.__name__}')
        self.unread.append(given[0])
        self._sent_count += 1

    def _take_close(self, event: Message) -> None:
        code, reason = event.get('code', NORMAL_CLOSURE), event.get('reason')
        if not isinstance(code, int):
            raise TypeError(f'received a close code of type {type(code).__name__}, expected int')
        if self.state is ServerState.CONNECTING:
            # Servers answer such a handshake with 403; codes that stand for a status, or an error, tell more.
            code = code if code in _TELLING_CODES else _REFUSED
            self.refusal = disconnected(code, reason)
        self._end(code, reason)

    def _begin_denial(self, event: Message) -> None:
        if not self._denial_response:
            raise ValueError(
                f'received {event["type"]!r} where the scope offers no such extension, expected websocket.close; '
                'denial_response=True of the client offers it'
            )
        status = event['status']
        if not isinstance(status, int):
            raise TypeError(f'received status {status!r}, expected an int')
        self._denial = Denial(status, checked_headers(event.get('headers', ())))
        self.state = ServerState.DENYING

    def _continue_denial(self, event: Message) -> None:
        denial = self._denial
        assert denial is not None  # the state is that of one
        body = event.get('body', b'')
        if not isinstance(body, bytes):
            raise TypeError(f'received a body of type {type(body).__name__}, expected bytes')
        denial.chunks.append(body)
        if not event.get('more_body', False):
            self.refusal = denial.as_error()
            self._end(self.refusal.code, None)

    def _end(self, code: int, reason: str | None) -> None:
        """End the connection from the application's side."""
        self.state = ServerState.CLOSED
        self._note_close(code, reason)

    def _note_close(self, code: int, reason: str | None) -> None:
        self.close_code, self.close_reason = code, reason or ''
        self.push({'type': 'websocket.disconnect', 'code': code, 'reason': self.close_reason})

    def _has_room(self) -> bool:
        return self._max_unread is None or len(self.unread) < self._max_unread + self.receivers

    def _check(self, kind: str, states: frozenset[ServerState]) -> None:
        """Raise unless an event may be sent now."""
        if self.state not in states:
            raise OperationNotAllowed(f'received {kind!r} from an app that {self.state.value}')
        if self.client_left:
            raise OSError(f'the client has left {self.name} with code {self.close_code}')


# Event to what takes it, and the states in which it may be sent.
_COLLECTED: dict[str, tuple[Callable[[SimulatedServer, Message], None], frozenset[ServerState]]] = {
    'websocket.accept': (SimulatedServer._accept, frozenset({ServerState.CONNECTING})),
    'websocket.send': (SimulatedServer._take_message, frozenset({ServerState.OPEN})),
    'websocket.close': (SimulatedServer._take_close, frozenset({ServerState.CONNECTING, ServerState.OPEN})),
    f'{DENIAL}.start': (SimulatedServer._begin_denial, frozenset({ServerState.CONNECTING})),
    f'{DENIAL}.body': (SimulatedServer._continue_denial, frozenset({ServerState.DENYING})),
}
