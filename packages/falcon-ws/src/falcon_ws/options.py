"""What an application lets its users set about WebSocket connections."""

from collections.abc import Iterable, Mapping

from falcon_core.interfaces import PayloadHandler
from falcon_ws.close_codes import INTERNAL_ERROR, check_close_code, default_close_reasons
from falcon_ws.origins import checked_origins
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType

__all__ = ['WebSocketOptions']


class WebSocketOptions:
    """How connections are served; one object may serve any number of them.

    Limits and queue count for connections made after they were set. All limits are off unless they are set: servers
    have a largest message of their own, and find clients that went down without a word by pings.

    Args:
        media_handlers: What `receive_media` and `send_media` turn messages into and from, by type of message; a type
            that is missing has its default, JSON for text and MessagePack for binary messages.
        max_receive_queue: How many messages may be read ahead; 0 for none. See `falcon_ws.inbox` for when they are.
        allowed_origins: The origins of the web pages that may connect, such as `https://example.com`, and None for
            clients that are no browsers and do not say; the handshakes of others are answered with 403, before any
            code of the application runs. None allows all.
        max_message_size: The size of the largest message to receive, in bytes, text counted as UTF-8; the connection is
            closed with 1009 instead of receiving a larger one. None for no limit.
        idle_timeout_s: For how many seconds nothing may be received or sent, before an accepted connection is closed
            with 1001. None for any time.
        send_timeout_s: For how many seconds the server may hold up one message because the client does not read,
            before the client counts as gone. None for any time.

    Attributes:
        default_close_reasons (dict[int, str]): The reason to send with a close code if the caller gives none.
        payload_handlers (PayloadHandlers): What `media_handlers` returns, without the time that a property takes.

    Raises:
        TypeError: `allowed_origins` is a string.
        ValueError: `max_receive_queue` is negative, a limit is not positive, or an origin is none.
    """

    __slots__ = (
        '_allowed_origins',
        '_error_close_code',
        '_idle_timeout_s',
        '_max_message_size',
        '_max_receive_queue',
        '_send_timeout_s',
        'default_close_reasons',
        'payload_handlers',
    )

    def __init__(
        self,
        media_handlers: Mapping[WebSocketPayloadType, PayloadHandler] | None = None,
        max_receive_queue: int = 32,
        *,
        allowed_origins: Iterable[str | None] | None = None,
        max_message_size: int | None = None,
        idle_timeout_s: float | None = None,
        send_timeout_s: float | None = None,
    ) -> None:
        self.default_close_reasons = default_close_reasons()
        self.error_close_code = INTERNAL_ERROR
        self.max_receive_queue = max_receive_queue
        self.media_handlers = media_handlers
        self.allowed_origins = allowed_origins
        self.max_message_size = max_message_size
        self.idle_timeout_s = idle_timeout_s
        self.send_timeout_s = send_timeout_s

    @property
    def error_close_code(self) -> int:
        """What a connection is closed with when its handler fails; 1011 by default.

        Setting it raises ValueError for a code that may not be sent.
        """
        return self._error_close_code

    @error_close_code.setter
    def error_close_code(self, value: int) -> None:
        self._error_close_code = check_close_code(value)

    @property
    def max_receive_queue(self) -> int:
        """How many messages may be read ahead."""
        return self._max_receive_queue

    @max_receive_queue.setter
    def max_receive_queue(self, value: int) -> None:
        if value < 0:
            raise ValueError(f'received max_receive_queue {value!r}, expected 0 or more')
        self._max_receive_queue = value

    @property
    def media_handlers(self) -> PayloadHandlers:
        """What turns media into messages and back, by type of message.

        `receive_json` and `send_json` use the handler of text messages only if it is a JSON handler, and
        `receive_msgpack` and `send_msgpack` that of binary messages only if it is a MessagePack handler: a handler of
        the default's class or of a subclass. Otherwise they use the defaults.
        """
        return self.payload_handlers

    @media_handlers.setter
    def media_handlers(self, value: Mapping[WebSocketPayloadType, PayloadHandler] | None) -> None:
        self.payload_handlers = value if isinstance(value, PayloadHandlers) else PayloadHandlers(value)

    @property
    def is_limited(self) -> bool:
        """Whether any limit is set."""
        return not (self._max_message_size is self._idle_timeout_s is self._send_timeout_s is None)

    @property
    def allowed_origins(self) -> frozenset[str | None] | None:
        """The origins whose handshakes are answered, as browsers write them; None for all."""
        return self._allowed_origins

    @allowed_origins.setter
    def allowed_origins(self, value: Iterable[str | None] | None) -> None:
        self._allowed_origins = checked_origins(value)

    @property
    def max_message_size(self) -> int | None:
        """The size of the largest message to receive, in bytes; None for no limit."""
        return self._max_message_size

    @max_message_size.setter
    def max_message_size(self, value: int | None) -> None:
        _check_limit('max_message_size', value)
        self._max_message_size = value

    @property
    def idle_timeout_s(self) -> float | None:
        """For how many seconds nothing may be received or sent; None for any time."""
        return self._idle_timeout_s

    @idle_timeout_s.setter
    def idle_timeout_s(self, value: float | None) -> None:
        _check_limit('idle_timeout_s', value)
        self._idle_timeout_s = value

    @property
    def send_timeout_s(self) -> float | None:
        """For how many seconds one message may be held up by a client that does not read; None for any time."""
        return self._send_timeout_s

    @send_timeout_s.setter
    def send_timeout_s(self, value: float | None) -> None:
        _check_limit('send_timeout_s', value)
        self._send_timeout_s = value


def _check_limit(name: str, value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValueError(f'received {name} {value!r}, expected more than 0, or None for no limit')
