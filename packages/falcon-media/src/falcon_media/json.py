"""JSON bodies and messages (RFC 8259), compact and in UTF-8.

msgspec does the work unless the caller names other functions. It knows dates, UUIDs, Decimals, enumerations,
dataclasses and Structs, and integers of any size; NaN and the infinities, for which there is no JSON, become null.
"""

import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Any

import msgspec

from falcon_core.coroutines import is_coroutine_callable
from falcon_core.http_errors import MediaMalformedError, MediaNotFoundError
from falcon_core.interfaces import AsyncReadableIO, ReadableIO
from falcon_core.media import BaseHandler, TextBaseHandlerWS
from falcon_media._json_text import decode, encode
from falcon_media._typed import convert, json_decoder, refusal, refusal_text

__all__ = ['JSONHandler', 'JSONHandlerWS']

# What text that is no JSON makes a decoder raise; RecursionError if it is nested deeper than the interpreter goes.
_MALFORMED = (ValueError, RecursionError, msgspec.DecodeError)


def _decode_as(body: bytes | str, kind: Any) -> Any:
    decode_typed = json_decoder(kind)
    try:
        return decode_typed(body)
    except msgspec.ValidationError:
        # Where the type is violated, decoding ends. What is malformed further on is the graver fault.
        with suppress(msgspec.ValidationError):  # a number out of range
            decode(body)
        raise


class JSONHandlerWS(TextBaseHandlerWS):
    """JSON in the text messages of a WebSocket.

    Args:
        dumps: Turns an object into JSON, as str or bytes; None for msgspec.
        loads: Turns JSON, given as str, into an object, and raises ValueError if it is malformed; None for msgspec.

    Attributes:
        dumps: See above.
        loads: See above.
    """

    dumps: Callable[[Any], str | bytes]
    loads: Callable[[str], Any]

    def __init__(
        self, dumps: Callable[[Any], str | bytes] | None = None, loads: Callable[[str], Any] | None = None
    ) -> None:
        self.dumps = dumps or encode
        self.loads = loads or decode

    def serialize(self, media: object) -> str:
        """Return `media` as JSON.

        Raises:
            TypeError: There is no JSON for something in it.
            ValueError: It is nested too deeply, or has a lone surrogate.
        """
        try:
            text = self.dumps(media)
        except RecursionError as exc:
            raise ValueError(str(exc)) from exc
        return text if isinstance(text, str) else text.decode()

    def deserialize(self, payload: str) -> object:
        """Return the object that the JSON in `payload` represents.

        Raises:
            ValueError: It is malformed, or nested too deeply.
        """
        try:
            return self.loads(payload)
        except _MALFORMED as exc:
            raise ValueError(str(exc)) from exc

    def deserialize_as(self, payload: str, kind: Any) -> Any:
        """Return the object of the type `kind` that the JSON in `payload` represents.

        Raises:
            ValueError: It is malformed or nested too deeply, or not of the type; the text then ends with the path.
        """
        try:
            return _decode_as(payload, kind) if self.loads is decode else convert(self.loads(payload), kind)
        except _MALFORMED as exc:
            raise ValueError(refusal_text(exc)) from exc


class JSONHandler(BaseHandler):
    """JSON in the bodies of requests and responses.

    If either function is a coroutine function, the handler is to be used by its coroutines only.

    Args:
        dumps: Turns an object into JSON, as str or bytes; None for msgspec.
        loads: Turns JSON, given as str, into an object, and raises ValueError if it is malformed; None for msgspec.
    """

    media_types = ('application/json',)
    payload_handler = JSONHandlerWS

    def __init__(
        self,
        dumps: Callable[[Any], str | bytes | Awaitable[str | bytes]] | None = None,
        loads: Callable[[str], Any] | None = None,
    ) -> None:
        self._dumps: Callable[[object], Any] = dumps or encode
        self._loads: Callable[[bytes], Any] = decode if loads is None else lambda body: loads(body.decode())
        self._awaits = is_coroutine_callable(dumps) or is_coroutine_callable(loads)

    @property
    def serializes_sync(self) -> bool:
        """Whether neither function, nor a subclass, makes anybody wait."""
        return not self._awaits and type(self).serialize_async is JSONHandler.serialize_async

    @property
    def deserializes_sync(self) -> bool:
        """Whether neither function, nor a subclass, makes anybody wait."""
        return not self._awaits and type(self).deserialize_async is JSONHandler.deserialize_async

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return `media` as JSON.

        Raises:
            TypeError: There is no JSON for something in it.
            ValueError: There is a lone surrogate in it, or an integer of more than 4300 digits.
            RecursionError: It is nested too deeply.
        """
        return _as_bytes(self._dumps(media))

    def deserialize(self, stream: ReadableIO, content_type: str | None, content_length: int | None) -> object:
        """Return the object that a body of JSON represents.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: It is no JSON, or nested too deeply.
        """
        body = _present(stream.read())
        try:
            return self._loads(body)
        except _MALFORMED as exc:
            raise MediaMalformedError('JSON') from exc

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that a body of JSON represents.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: It is no JSON, or nested too deeply.
            MediaMismatchError: It is JSON, but not of the type.
        """
        body = _present(body)
        try:
            return _decode_as(body, kind) if self._loads is decode else convert(self._loads(body), kind)
        except _MALFORMED as exc:
            raise refusal(exc, 'JSON') from exc

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        """Return `media` as JSON; see `serialize`."""
        if not self._awaits:
            return self.serialize(media, content_type)
        return _as_bytes(await _outcome(self._dumps(media)))

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object that a body of JSON represents; see `deserialize`."""
        body = await stream.read()
        if not self._awaits:
            return self.deserialize(io.BytesIO(body), content_type, content_length)
        try:
            return await _outcome(self._loads(_present(body)))
        except _MALFORMED as exc:
            raise MediaMalformedError('JSON') from exc

    async def deserialize_as_async(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that a body of JSON represents; see `deserialize_as`."""
        if not self._awaits:
            return self.deserialize_as(body, content_type, kind)
        try:
            return convert(await _outcome(self._loads(_present(body))), kind)
        except _MALFORMED as exc:
            raise refusal(exc, 'JSON') from exc


def _present(body: bytes) -> bytes:
    if not body:
        raise MediaNotFoundError('JSON')
    return body


async def _outcome(result: Any) -> Any:
    return await result if isawaitable(result) else result


def _as_bytes(text: Any) -> bytes:
    if isinstance(text, bytes):
        return text
    if isinstance(text, str):
        return text.encode()
    raise TypeError(f'dumps returned {type(text).__name__}, expected str or bytes')
