"""What can go wrong on a connection: errors of the peer, and of the calling code."""

from falcon_core.errors import FalconError, OperationNotAllowed

__all__ = [
    'PayloadTypeError',
    'WebSocketClosed',
    'WebSocketDisconnected',
    'WebSocketHandlerNotFound',
    'WebSocketPathNotFound',
    'WebSocketServerError',
]

# What Falcon's users get where no code is told.
_DEFAULT_CODE = 1000


class WebSocketDisconnected(FalconError, ConnectionError):
    """The connection is over.

    Args:
        code: The close code (RFC 6455, section 7.4); None stands for 1000.
        reason: What the closing side gave as its reason, or None.

    Attributes:
        code (int): See above.
        reason (str | None): See above.
    """

    def __init__(self, code: int | None = None, reason: str | None = None) -> None:
        self.code = code or _DEFAULT_CODE
        self.reason = reason
        super().__init__(self._text())

    def _text(self) -> str:
        text = f'the connection was closed with code {self.code}'
        return f'{text}: {self.reason}' if self.reason else text

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # What OSError does by itself would pass the text to the constructor.
        return type(self), (self.code, self.reason)


class WebSocketPathNotFound(WebSocketDisconnected):
    """No route fits the path of the handshake; the code is 3404."""


class WebSocketHandlerNotFound(WebSocketDisconnected):
    """The route of the handshake's path has no `on_websocket`; the code is 3405."""


class WebSocketServerError(WebSocketDisconnected):
    """The handler of the connection failed; the code is 1011."""


class WebSocketClosed(OperationNotAllowed, WebSocketDisconnected):
    """Something was received or sent on a connection that was closed from here.

    That is a fault of the calling code, so it is an `OperationNotAllowed`; where another task closed the connection,
    it is how this one learns of it, so it is a `WebSocketDisconnected` too.

    Args:
        fault: What was called, and in which state.
        code: The close code that the connection was closed with.
        reason: The reason it was closed with, or None.

    Attributes:
        fault (str): See above.
        code (int): See above.
        reason (str | None): See above.
    """

    def __init__(self, fault: str, code: int | None = None, reason: str | None = None) -> None:
        self.fault = fault
        super().__init__(code, reason)

    def _text(self) -> str:
        return self.fault

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.fault, self.code, self.reason)


class PayloadTypeError(FalconError, TypeError):
    """A message is text where bytes were asked for, or bytes where text was."""
