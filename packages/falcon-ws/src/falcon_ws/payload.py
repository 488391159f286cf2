"""The two types of messages, and what turns objects into their payloads."""

from collections.abc import Iterator, Mapping, MutableMapping
from enum import IntEnum

from falcon_core.constants import MEDIA_JSON, MEDIA_MSGPACK
from falcon_core.interfaces import PayloadHandler
from falcon_core.parts import payload_handler_for

__all__ = ['Payload', 'PayloadHandlers', 'WebSocketPayloadType', 'as_data', 'check_text', 'payload_text']

# The payload of a message: text as str, binary as bytes.
Payload = str | bytes


class WebSocketPayloadType(IntEnum):
    """The type of a message (RFC 6455, section 5.6); the values are those of the frames' opcodes."""

    TEXT = 1
    BINARY = 2


_BYTES_LIKE = (bytes, bytearray, memoryview)

_DEFAULT_MEDIA_TYPES = {
    WebSocketPayloadType.TEXT: MEDIA_JSON,
    WebSocketPayloadType.BINARY: MEDIA_MSGPACK,
}


class PayloadHandlers(MutableMapping[WebSocketPayloadType, PayloadHandler]):
    """What turns media into payloads and back, by type of message; JSON and MessagePack where nothing else is set.

    Both types are always there: deleting one brings its default back. The defaults come from falcon-media and are not
    looked for before they are used.

    Args:
        initial: Handlers to begin with: of text messages, binary messages or both. May be None.

    Attributes:
        json (PayloadHandler | None): What `find_default` has found for text messages; None before it was asked.
        msgpack (PayloadHandler | None): The same for binary messages.
    """

    def __init__(self, initial: Mapping[WebSocketPayloadType, PayloadHandler] | None = None) -> None:
        self._set: dict[WebSocketPayloadType, PayloadHandler] = {}
        self._defaults: dict[WebSocketPayloadType, PayloadHandler] = {}
        self.json: PayloadHandler | None = None
        self.msgpack: PayloadHandler | None = None
        self.update(initial or {})

    def __getitem__(self, payload_type: WebSocketPayloadType) -> PayloadHandler:
        if payload_type not in _DEFAULT_MEDIA_TYPES:
            raise KeyError(payload_type)
        payload_type = WebSocketPayloadType(payload_type)
        return self.find(payload_type, f'the media of {payload_type.name.lower()} messages')

    def __setitem__(self, payload_type: WebSocketPayloadType, handler: PayloadHandler) -> None:
        self._set[WebSocketPayloadType(payload_type)] = handler
        self.json = self.msgpack = None

    def __delitem__(self, payload_type: WebSocketPayloadType) -> None:
        del self._set[payload_type]
        self.json = self.msgpack = None

    def __contains__(self, payload_type: object) -> bool:
        return payload_type in _DEFAULT_MEDIA_TYPES

    def __iter__(self) -> Iterator[WebSocketPayloadType]:
        return iter(_DEFAULT_MEDIA_TYPES)

    def __len__(self) -> int:
        return len(_DEFAULT_MEDIA_TYPES)

    def find(self, payload_type: WebSocketPayloadType, feature: str) -> PayloadHandler:
        """Return the handler of a type of messages.

        Args:
            payload_type: The type.
            feature: What needs the handler, for the error's text.

        Raises:
            MissingDistribution: None was set, and falcon-media is not installed.
        """
        return self._set.get(payload_type) or self._default(payload_type, feature)

    def find_default(self, payload_type: WebSocketPayloadType, feature: str) -> PayloadHandler:
        """Return what speaks the default format of a type: JSON for text, MessagePack for binary messages.

        That is the handler that was set, if it is one of the default's kind: JSON with functions of its own, say.

        Args:
            payload_type: The type.
            feature: What needs the handler, for the error's text.

        Raises:
            MissingDistribution: falcon-media is not installed.
        """
        default = self._default(payload_type, feature)
        handler = self._set.get(payload_type)
        if handler is None or not isinstance(handler, type(default)):
            handler = default
        if payload_type is WebSocketPayloadType.TEXT:
            self.json = handler
        else:
            self.msgpack = handler
        return handler

    def _default(self, payload_type: WebSocketPayloadType, feature: str) -> PayloadHandler:
        handler = self._defaults.get(payload_type)
        if handler is None:
            handler = payload_handler_for(_DEFAULT_MEDIA_TYPES[payload_type], feature)
            self._defaults[payload_type] = handler
        return handler


def payload_text(payload: Payload) -> str:
    """Return what to call a message in an error's text."""
    if isinstance(payload, str):
        return f'a text message of {len(payload)} characters'
    return f'a binary message of {len(payload)} bytes'


def check_text(payload: object, call: str) -> None:
    """Check that a payload can be sent as text.

    Args:
        payload: The payload.
        call: The name of the method that sends it, for the error's text.

    Raises:
        TypeError: It is no string.
        ValueError: It has a lone surrogate, which has no UTF-8 form; some servers send an empty message then.
    """
    if not isinstance(payload, str):
        raise TypeError(f'{call}() received a payload of type {type(payload).__name__}, expected str')
    payload.encode()


def as_data(payload: object, call: str) -> bytes:
    """Return a payload as bytes, a copy unless it is `bytes`.

    Args:
        payload: The payload.
        call: The name of the method that sends it, for the error's text.

    Raises:
        TypeError: It is not bytes.
    """
    if not isinstance(payload, _BYTES_LIKE):
        raise TypeError(f'{call}() received a payload of type {type(payload).__name__}, expected bytes')
    return bytes(payload)
