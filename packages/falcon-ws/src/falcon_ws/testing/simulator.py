"""The client's side of a WebSocket, in the place of a server and its client.

The laws:

- All that the application sent before it closed the connection can be received, as by a real client; then the receive
  calls raise.
- Everything that waits gives up after a time, and says what it waited for.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Final

from falcon_core.asgi_types import Message
from falcon_core.constants import MEDIA_MSGPACK
from falcon_core.errors import OperationNotAllowed
from falcon_core.parts import payload_handler_for
from falcon_core.testing import within
from falcon_ws.close_codes import NORMAL_CLOSURE
from falcon_ws.errors import PayloadTypeError
from falcon_ws.payload import Payload, as_data, check_text, payload_text
from falcon_ws.states import ABNORMAL_CLOSURE
from falcon_ws.testing.server import ServerState, SimulatedServer

__all__ = ['DEFAULT_TIMEOUT_S', 'ASGIWebSocketSimulator']

# For how many seconds a simulated client waits for anything.
DEFAULT_TIMEOUT_S: Final = 5.0


class ASGIWebSocketSimulator:
    """A client of a WebSocket, in the place of a server and its client.

    `connect` makes one and runs the application. To run it otherwise, give the application `emit` and `collect` as its
    `receive` and `send`.

    Args:
        _timeout: For how many seconds to wait for anything; None for five, `math.inf` for ever.
        max_unread: How many messages of the application may wait to be received. Its next `send` waits then, as it
            does when a real client is slow and all buffers on the way are full. None for any number.
        denial_response: Whether the application may answer the handshake with an HTTP response; its scope has to say so
            as well.
        name: What to call the connection in the texts of errors.
    """

    def __init__(
        self,
        _timeout: float | None = None,
        *,
        max_unread: int | None = None,
        denial_response: bool = False,
        name: str = 'the WebSocket',
    ) -> None:
        self._timeout_s = DEFAULT_TIMEOUT_S if _timeout is None else _timeout
        self._server = SimulatedServer(max_unread, name, denial_response=denial_response)

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: {self._server.situation}>'

    @property
    def max_unread(self) -> int | None:
        """How many messages of the application may wait to be received; None for any number.

        It may be set at any time: at 0, the client does not read but what it is about to receive.
        """
        return self._server.max_unread

    @max_unread.setter
    def max_unread(self, value: int | None) -> None:
        self._server.max_unread = value

    @property
    def ready(self) -> bool:
        """Whether messages can be sent and received: the application has accepted, and nobody has closed."""
        return self._server.state is ServerState.OPEN and not self._server.client_left

    @property
    def closed(self) -> bool:
        """Whether the connection is over, whoever ended it."""
        return self._server.closed

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the application chose, or None."""
        return self._server.subprotocol

    @property
    def headers(self) -> list[tuple[bytes, bytes]] | None:
        """The headers of the acceptance, pairs of lowercase name and value; None if there are none."""
        return self._server.headers

    @property
    def close_code(self) -> int | None:
        """The code that the connection was closed with, or None if it was not."""
        return self._server.close_code

    @property
    def close_reason(self) -> str | None:
        """The reason that the connection was closed with, empty if none was given; None if it was not closed."""
        return self._server.close_reason

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
        server = self._server
        await self._wait(
            lambda: server.state in {ServerState.OPEN, ServerState.CLOSED} or server.client_left,
            f'the answer to the handshake of {server.name}',
            timeout,
        )
        if server.refusal is not None:
            raise server.refusal
        if server.client_left:
            raise server.disconnected()

    async def wait_closed(self, timeout: float | None = None) -> None:
        """Return when the connection is over; messages that were sent before can still be received.

        Args:
            timeout: For how many seconds to wait; None for the simulator's own.

        Raises:
            TimeoutError: Nobody has closed it.
        """
        await self._wait(lambda: self._server.closed, f'the close of {self._server.name}', timeout)

    async def send_text(self, payload: str) -> None:
        """Send a text message.

        Raises:
            OperationNotAllowed: The application has not accepted the connection.
            TypeError: The payload is no string.
            ValueError: It has a lone surrogate, which no client can send.
            WebSocketDisconnected: The connection is closed.
        """
        check_text(payload, 'send_text')
        await self._send({'type': 'websocket.receive', 'text': payload})

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
        """Send a binary message.

        Raises:
            OperationNotAllowed: The application has not accepted the connection.
            TypeError: The payload is not bytes.
            WebSocketDisconnected: The connection is closed.
        """
        await self._send({'type': 'websocket.receive', 'bytes': as_data(payload, 'send_data')})

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
        self._server.leave(NORMAL_CLOSURE if code is None else code, reason)
        await asyncio.sleep(0)

    def drop(self) -> None:
        """Vanish, as a client whose network fails: the application gets the code 1006, and its `send` an OSError."""
        self._server.leave(ABNORMAL_CLOSURE, None)

    # The application's side.

    async def emit(self) -> Message:
        """Return the next event of the client; this is the application's `receive`."""
        return await self._server.emit()

    async def collect(self, event: Message) -> None:
        """Take an event of the application; this is its `send`.

        Raises:
            OperationNotAllowed: The event may not be sent in this state.
            OSError: The client has left.
            TypeError: A part of the event is not of its type.
            ValueError: There is no such event, or it holds what it may not.
        """
        await self._server.collect(event)

    def tell_ended(self, failure: BaseException | None) -> None:
        """Note that the application has ended, which ends the connection as well.

        Args:
            failure: What it raised, or None.
        """
        self._server.tell_ended(failure)

    # Falcon's own test suite, and those after it, call these by their private names.
    _emit = emit
    _collect = collect

    async def _send(self, event: Message) -> None:
        self._check_accepted()
        if self._server.closed:
            raise self._server.disconnected()
        self._server.push(event)
        await asyncio.sleep(0)

    async def _receive(self, call: str) -> Payload:
        self._check_accepted()
        server = self._server
        if server.client_left:
            raise server.disconnected()
        server.receivers += 1
        server.progress.tell()
        try:
            await self._wait(lambda: server.unread or server.closed, f'a message of {server.name} in {call}()')
        finally:
            server.receivers -= 1
        if server.client_left or not server.unread:
            raise server.disconnected()
        payload = server.unread.popleft()
        server.progress.tell()
        return payload

    async def _wait(self, condition: Callable[[], object], awaited: str, timeout: float | None = None) -> None:
        if condition():
            return
        limit_s = self._timeout_s if timeout is None else timeout
        async with within(limit_s, lambda: f'{awaited}: {self._server.situation}'):
            await self._server.progress.wait_for(condition)

    def _check_accepted(self) -> None:
        if self._server.refusal is not None:
            raise self._server.refusal
        if self._server.state in {ServerState.CONNECTING, ServerState.DENYING}:
            raise OperationNotAllowed(
                f'{self._server.name} was used before it was accepted, expected wait_ready() before'
            )
