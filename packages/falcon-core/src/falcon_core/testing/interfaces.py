"""What the testing kits of the distributions ask of one another, as Protocols.

An entry point `websocket` of the group `falcon.testing` names a `WebSocketConnector`.
"""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from falcon_core.asgi_types import ASGIApp

__all__ = ['WebSocketConnector', 'WebSocketSimulator']


class WebSocketSimulator(Protocol):
    """The client's side of a WebSocket; `falcon_ws.testing.ASGIWebSocketSimulator` explains each member."""

    max_unread: int | None

    @property
    def ready(self) -> bool:
        """Whether messages can be sent and received."""
        ...

    @property
    def closed(self) -> bool:
        """Whether the connection is over, whoever ended it."""
        ...

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the application chose."""
        ...

    @property
    def headers(self) -> list[tuple[bytes, bytes]] | None:
        """The headers that the application accepted the connection with."""
        ...

    @property
    def close_code(self) -> int | None:
        """The code that the connection was closed with."""
        ...

    @property
    def close_reason(self) -> str | None:
        """The reason that it was closed with."""
        ...

    async def wait_ready(self, timeout: float | None = None) -> None:
        """Return when the application has accepted the connection."""
        ...

    async def wait_closed(self, timeout: float | None = None) -> None:
        """Return when the connection is over."""
        ...

    async def send_text(self, payload: str) -> None:
        """Send a text message."""
        ...

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
        """Send a binary message."""
        ...

    async def send_json(self, media: object) -> None:
        """Send an object as JSON, in a text message."""
        ...

    async def send_msgpack(self, media: object) -> None:
        """Send an object as MessagePack, in a binary message."""
        ...

    async def receive_text(self) -> str:
        """Return the next message, which has to be text."""
        ...

    async def receive_data(self) -> bytes:
        """Return the next message, which has to be binary."""
        ...

    async def receive_json(self) -> Any:
        """Return the object that the next message, which has to be text, is the JSON of."""
        ...

    async def receive_msgpack(self) -> Any:
        """Return the object that the next message, which has to be binary, is the MessagePack of."""
        ...

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection."""
        ...

    def drop(self) -> None:
        """Leave without a word."""
        ...


class WebSocketConnector(Protocol):
    """Connects a simulated client to an application (group `falcon.testing`)."""

    def __call__(
        self, app: ASGIApp, path: str, *, timeout: float | None, **kwargs: Any
    ) -> AbstractAsyncContextManager[WebSocketSimulator]:
        """Return what connects when it is entered and closes the connection when it is left.

        Args:
            app: The application.
            path: The path of the handshake.
            timeout: How many seconds to wait for anything; None for the default.
            **kwargs: What else the handshake says.
        """
        ...
