"""What an application lets its users set about WebSocket connections."""

from collections.abc import Mapping

from falcon_core.interfaces import PayloadHandler
from falcon_ws.close_codes import INTERNAL_ERROR, check_close_code, default_close_reasons
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType

__all__ = ['WebSocketOptions']


class WebSocketOptions:
    """How connections are served; one object may serve any number of them.

    Args:
        media_handlers: What `receive_media` and `send_media` turn messages into and from, by type of message; a type
            that is missing has its default, JSON for text and MessagePack for binary messages.
        max_receive_queue: How many messages may be read ahead; 0 for none. See `falcon_ws.inbox` for when they are.

    Attributes:
        default_close_reasons (dict[int, str]): The reason to send with a close code if the caller gives none.
        payload_handlers (PayloadHandlers): What `media_handlers` returns, without the time that a property takes.

    Raises:
        ValueError: `max_receive_queue` is negative.
    """

    __slots__ = ('_error_close_code', '_max_receive_queue', 'default_close_reasons', 'payload_handlers')

    def __init__(
        self,
        media_handlers: Mapping[WebSocketPayloadType, PayloadHandler] | None = None,
        max_receive_queue: int = 32,
    ) -> None:
        self.default_close_reasons = default_close_reasons()
        self.error_close_code = INTERNAL_ERROR
        self.max_receive_queue = max_receive_queue
        self.media_handlers = media_handlers

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
        """How many messages may be read ahead; setting it counts for connections made after."""
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
