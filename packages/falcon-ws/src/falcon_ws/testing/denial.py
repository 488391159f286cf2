"""A handshake that was answered with an HTTP response instead of a WebSocket (ASGI, "Websocket Denial Response")."""

import json
from dataclasses import dataclass, field
from typing import Any

from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_ws.close_codes import HTTP_CLOSE_CODE_BASE, INTERNAL_ERROR
from falcon_ws.errors import (
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)

__all__ = ['Denial', 'WebSocketDenied', 'disconnected']

_NOT_FOUND = HTTP_CLOSE_CODE_BASE + 404
_NO_HANDLER = HTTP_CLOSE_CODE_BASE + 405


@dataclass(slots=True)
class Denial:
    """A response to a handshake, as far as it was sent.

    Attributes:
        status_code: Its status.
        headers: Its headers: pairs of lowercase name and value.
        chunks: Its body, in pieces.
    """

    status_code: int
    headers: list[tuple[bytes, bytes]]
    chunks: list[bytes] = field(default_factory=list)

    def as_error(self) -> 'WebSocketDenied':
        """Return the error for the handshake; it is also what a close with the code for the status would be."""
        make = _DENIED.get(self.status_code, WebSocketDenied)
        lines = [(name.decode('latin-1'), value.decode('latin-1')) for name, value in self.headers]
        return make(self.status_code, lines, b''.join(self.chunks))


class WebSocketDenied(WebSocketDisconnected):
    """The application answered the handshake with an HTTP response.

    Args:
        status_code: The status of the response.
        headers: Its headers: pairs of lowercase name and value.
        content: Its body.

    Attributes:
        status_code (int): See above.
        headers (CaseInsensitiveDict[str]): The headers; of several with the same name, the last.
        header_lines (list[tuple[str, str]]): All headers, in the order in which they were sent.
        content (bytes): See above.
        code (int): 3000 and the status; 1011 for the status 500, which is also that of exceptions left unhandled.
        reason (str | None): None.
    """

    def __init__(self, status_code: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.status_code = status_code
        self.header_lines = headers
        self.headers = CaseInsensitiveDict(headers)
        self.content = content
        # What a failing handler is denied with has no close code of its own.
        super().__init__(INTERNAL_ERROR if status_code == 500 else HTTP_CLOSE_CODE_BASE + status_code)

    def _text(self) -> str:
        return f'the handshake was denied with status {self.status_code}: {self.content[:200]!r}'

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.status_code, self.header_lines, self.content)

    @property
    def text(self) -> str:
        """The body as text, in UTF-8; reading it raises UnicodeDecodeError if it is not."""
        return self.content.decode()

    @property
    def json(self) -> Any:
        """The object that the body is the JSON of; None if the body is empty. Raises json.JSONDecodeError."""
        return json.loads(self.content) if self.content else None


class _PathDenied(WebSocketDenied, WebSocketPathNotFound):
    """Denied with 404."""


class _HandlerDenied(WebSocketDenied, WebSocketHandlerNotFound):
    """Denied with 405."""


class _ErrorDenied(WebSocketDenied, WebSocketServerError):
    """Denied with 500."""


_DENIED: dict[int, type[WebSocketDenied]] = {404: _PathDenied, 405: _HandlerDenied, 500: _ErrorDenied}
_DISCONNECTED: dict[int, type[WebSocketDisconnected]] = {
    _NOT_FOUND: WebSocketPathNotFound,
    _NO_HANDLER: WebSocketHandlerNotFound,
    INTERNAL_ERROR: WebSocketServerError,
}


def disconnected(code: int | None, reason: str | None) -> WebSocketDisconnected:
    """Return the error for a connection that was closed with a code: of the class that stands for the code."""
    return _DISCONNECTED.get(code or 0, WebSocketDisconnected)(code, reason)
