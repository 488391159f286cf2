"""MessagePack bodies and messages.

Objects and MessagePack correspond as in the `msgpack` library: text and raw bytes are told apart, a Timestamp is a
datetime in UTC, and any other extension is a `msgpack.ExtType`, which builds nothing. What MessagePack does not know
(dates, UUIDs, Decimals, sets, dataclasses, Structs) is written as JSON has it, and integers of more than 64 bits as the
text of their digits.
"""

import re
from collections.abc import Sized
from datetime import datetime
from threading import Lock
from types import GenericAlias, ModuleType
from typing import Any, cast

import msgpack
import msgspec

from falcon_core.http_errors import MediaMalformedError, MediaNotFoundError
from falcon_core.interfaces import ReadableIO
from falcon_core.media import BaseHandler, BinaryBaseHandlerWS
from falcon_media._json_text import base_value
from falcon_media._nesting import Step, walk
from falcon_media._typed import convert, msgpack_decoder, refusal, refusal_text

__all__ = ['MessagePackHandler', 'MessagePackHandlerWS']

# What the library raises for bytes that are no MessagePack, OverflowError for a Timestamp that no datetime holds;
# and what to say of those that come without a word.
_MALFORMED = (ValueError, OverflowError, RecursionError, msgpack.UnpackException)
_UNEXPLAINED: dict[type[Exception], str] = {
    msgpack.FormatError: 'a byte that begins no object',
    msgpack.StackError: 'nested too deeply',
}

# What most bodies are made of: what JSON has, with keys that are texts, nested no deeper than this. msgspec decodes
# that in half the time of the library, and refuses anything else; for `Any`, it would take keys of any kind.
_PLAIN_DEPTH = 8
_SCALAR = None | bool | int | float | str


def _plain_type(depth: int) -> Any:
    if not depth:
        return _SCALAR
    inner = _plain_type(depth - 1)
    return _SCALAR | GenericAlias(list, inner) | GenericAlias(dict, (str, inner))


_decode_plain = msgspec.msgpack.Decoder(_plain_type(_PLAIN_DEPTH)).decode

# Up to this size of a body, what its lengths can make the library allocate is not worth the second look:
# about 2.7 MB for a thousand bytes, which grows with the square of the size.
_MAX_TRUSTED_BYTES = 1000


# What an ExtType is written as by msgspec, which takes it for a tuple: a list of an integer of 0 to 127 and raw bytes.
_MAY_BE_EXTENSION = re.compile(rb'\x92[\x00-\x7f][\xc4-\xc6]').search

_encode = msgspec.msgpack.Encoder(enc_hook=base_value).encode

# What the library packs of the objects that it does not know.
_PACKED = (bytes, bytearray, memoryview, datetime, msgpack.Timestamp)


class _Packer:
    """Writes MessagePack, from several threads if need be.

    msgspec writes the same bytes as the msgpack library in a third of the time, but for what it refuses, and for
    ExtType. Where there may be one of these, the library writes all of it.
    """

    def __init__(self) -> None:
        self._packer = msgpack.Packer(datetime=True, default=_plain)
        self._lock = Lock()

    def pack(self, media: object) -> bytes:
        """Return `media` as MessagePack.

        Raises:
            TypeError: There is no MessagePack for something in it.
            ValueError: There is a lone surrogate in it.
            RecursionError: It is nested deeper than a hundred thousand levels, as only a cycle is.
        """
        try:
            body = _encode(media)
        except (TypeError, OverflowError, RecursionError):
            return self._pack_thoroughly(media)
        # Raw bytes begin with one of these. An expression takes longer to call than to encode a small message.
        if (0xC4 in body or 0xC5 in body or 0xC6 in body) and _MAY_BE_EXTENSION(body) is not None:
            return self._pack_thoroughly(media)
        return body

    def _pack_thoroughly(self, media: object) -> bytes:
        try:
            with self._lock:
                return self._packer.pack(media)
        except ValueError as exc:
            # The library has no class of its own for this error.
            if not str(exc).startswith('recursion limit'):
                raise
        return _pack_deep(media)


def _pack_deep(media: object) -> bytes:
    packer = msgpack.Packer(datetime=True, default=_plain, autoreset=False)
    for step, value in walk(media, leaves=msgpack.ExtType):
        if step is Step.LIST:
            packer.pack_array_header(len(cast('Sized', value)))
        elif step is Step.MAP:
            packer.pack_map_header(len(cast('Sized', value)))
        elif step in (Step.KEY, Step.LEAF):
            packer.pack(value)
    return packer.bytes()


def _plain(value: object) -> object:
    """Return what stands for an object that the library cannot pack."""
    # The library packs those with a time zone: a Timestamp is a point in time, which one without is not.
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int):
        # MessagePack has 64 bits. JSON has no limit, and what came in by it can go out by this.
        return str(value)
    return msgspec.to_builtins(value, builtin_types=_PACKED, enc_hook=base_value)


def _unpack(body: bytes) -> object:
    """Return the one object that `body` represents.

    Raises:
        ValueError: It is no MessagePack, has more than one object, or is nested too deeply.
    """
    try:
        return _decode_plain(body)
    except (ValueError, RecursionError):  # there is more to it, or it is malformed
        pass
    try:
        if len(body) > _MAX_TRUSTED_BYTES:
            _check_lengths(body)
        # Keys of maps have to be text or bytes: the hashes of other objects are not salted, so that a client could
        # choose keys that make filling a dict take quadratic time.
        return msgpack.unpackb(body, raw=False, timestamp=3, strict_map_key=True)
    except _MALFORMED as exc:
        raise ValueError(str(exc) or _UNEXPLAINED.get(type(exc), 'malformed')) from exc


def _unpack_as(body: bytes, kind: Any) -> Any:
    """Return the one object of the type `kind` that `body` represents.

    Raises:
        msgspec.ValidationError: It is not of the type.
        ValueError: It is no MessagePack, has more than one object, or is nested too deeply.
    """
    decode = msgpack_decoder(kind)
    if decode is None:
        return convert(_unpack(body), kind)
    try:
        return decode(body)
    except msgspec.ValidationError:
        # Where the type is violated, decoding ends. What is malformed further on is the graver fault.
        _unpack(body)
        raise
    except _MALFORMED as exc:
        raise ValueError(str(exc)) from exc


def _check_lengths(body: bytes) -> None:
    """Raise one of `_MALFORMED` if `body` does not hold as much as its lengths declare.

    A list is allocated as long as it is declared before its first element is read, and one within another before
    either is full: a thousand of them in a body of 4 MB would come to 32 GB. To skip an object allocates nothing.
    """
    unpacker = msgpack.Unpacker(max_buffer_size=len(body))
    unpacker.feed(body)
    unpacker.skip()


class MessagePackHandlerWS(BinaryBaseHandlerWS):
    """MessagePack in the binary messages of a WebSocket.

    Attributes:
        msgpack: The `msgpack` library.
        packer: What turns an object into MessagePack, by its method `pack`.
    """

    msgpack: ModuleType
    packer: _Packer

    def __init__(self) -> None:
        self.msgpack = msgpack
        self.packer = _Packer()

    def serialize(self, media: object) -> bytes:
        """Return `media` as MessagePack.

        Raises:
            TypeError: There is no MessagePack for something in it.
            ValueError: It is nested too deeply.
        """
        try:
            return self.packer.pack(media)
        except RecursionError as exc:
            raise ValueError(str(exc)) from exc

    def deserialize(self, payload: bytes) -> object:
        """Return the object that the MessagePack in `payload` represents.

        Raises:
            ValueError: It is malformed, or nested too deeply.
        """
        return _unpack(payload)

    def deserialize_as(self, payload: bytes, kind: Any) -> Any:
        """Return the object of the type `kind` that the MessagePack in `payload` represents.

        Raises:
            ValueError: It is malformed or nested too deeply, or not of the type; the text then ends with the path.
        """
        try:
            return _unpack_as(payload, kind)
        except ValueError as exc:
            raise ValueError(refusal_text(exc)) from exc


class MessagePackHandler(BaseHandler):
    """MessagePack in the bodies of requests and responses."""

    media_types = ('application/msgpack', 'application/x-msgpack')
    payload_handler = MessagePackHandlerWS

    def __init__(self) -> None:
        self._packer = _Packer()

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return `media` as MessagePack.

        Raises:
            TypeError: There is no MessagePack for something in it.
            RecursionError: It is nested too deeply.
        """
        return self._packer.pack(media)

    def deserialize(self, stream: ReadableIO, content_type: str | None, content_length: int | None) -> object:
        """Return the object that a body of MessagePack represents.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: It is no MessagePack, has more than one object, or is nested too deeply.
        """
        body = _present(stream.read())
        try:
            return _unpack(body)
        except ValueError as exc:
            raise MediaMalformedError('MessagePack') from exc

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that a body of MessagePack represents.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: It is no MessagePack, has more than one object, or is nested too deeply.
            MediaMismatchError: It is MessagePack, but not of the type.
        """
        try:
            return _unpack_as(_present(body), kind)
        except ValueError as exc:
            raise refusal(exc, 'MessagePack') from exc


def _present(body: bytes) -> bytes:
    if not body:
        raise MediaNotFoundError('MessagePack')
    return body
