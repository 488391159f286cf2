"""The interface of media handlers, and the registry that finds one by media type.

A media handler turns the bytes of a body into an object and back. One is announced by an entry point of the
group `falcon.media` that names its class; see `BaseHandler` for what the class has to say about itself.
"""

import io
from collections import UserDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from falcon_core.errors import UnsupportedError
from falcon_core.http_errors import HTTPUnsupportedMediaType
from falcon_core.interfaces import AsyncReadableIO, MediaHandler, PayloadHandler, ReadableIO
from falcon_core.media_types import best_match, parse_media_type
from falcon_core.parts import installed_media_handlers, missing_media

__all__ = [
    'BaseHandler',
    'BinaryBaseHandlerWS',
    'Handlers',
    'ResolvedHandler',
    'TextBaseHandlerWS',
    'typed_method',
]

# Content-Type comes from the client, so what it resolves to is kept for a bounded number of short values.
_MAX_RESOLVED = 256
_MAX_RESOLVED_CHARACTERS = 256


class BaseHandler:
    """The base of media handlers: implement `serialize` and `deserialize`, or their coroutines, or both.

    Attributes:
        media_types: The media types that the handler serves when it is found through an entry point.
        buffered: True if `deserialize` wants the whole body at once, as nearly all do. A handler that
            reads the request's asynchronous stream by itself (multipart forms) says False; its `deserialize`
            is then given that stream, returns at once, and the body is never read ahead for it.
        exhaust_stream: True if what the handler left unread of the stream is to be read and dropped.
        payload_handler: A class that does the same for WebSocket messages, or None.
    """

    media_types: ClassVar[tuple[str, ...]] = ()
    buffered: ClassVar[bool] = True
    exhaust_stream: bool = False
    payload_handler: ClassVar[Callable[[], PayloadHandler] | None] = None

    @property
    def serializes_sync(self) -> bool:
        """Whether `serialize` does all that `serialize_async` does, so that nobody has to wait."""
        return type(self).serialize_async is BaseHandler.serialize_async

    @property
    def deserializes_sync(self) -> bool:
        """Whether `deserialize` does all that `deserialize_async` does, so that nobody has to wait."""
        return type(self).deserialize_async is BaseHandler.deserialize_async

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return the body that represents `media`.

        Args:
            media: The object to represent.
            content_type: The value of the response's Content-Type header.
        """
        raise NotImplementedError(f'{type(self).__name__} has no serialize method')

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        """Return the body that represents `media`; by default, what `serialize` returns."""
        return self.serialize(media, content_type)

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        """Return the object that a body represents.

        Args:
            stream: A file-like object that holds the whole body; where `buffered` is False,
                the request's asynchronous stream.
            content_type: The value of the request's Content-Type header, or None.
            content_length: The size of the body in bytes, or None if it is not known.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: The body is not what its type promises.
        """
        raise NotImplementedError(f'{type(self).__name__} has no deserialize method')

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object that a body represents; by default, by reading `stream` to its end first."""
        if not self.buffered:
            return self.deserialize(stream, content_type, content_length)
        body = await stream.read()
        return self.deserialize(io.BytesIO(body), content_type, content_length)

    async def deserialize_as_async(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that a body represents; by default, what `deserialize_as` returns.

        `falcon_core.interfaces.TypedMediaHandler` explains both methods. Of the two, this class has but this one.

        Raises:
            UnsupportedError: The handler has no `deserialize_as`.
        """
        return typed_method(self, 'deserialize_as')(body, content_type, kind)


class TextBaseHandlerWS:
    """The base of handlers for the media of WebSocket text messages."""

    def serialize(self, media: object) -> str:
        """Return the text that represents `media`."""
        raise NotImplementedError(f'{type(self).__name__} has no serialize method')

    def deserialize(self, payload: str) -> object:
        """Return the object that `payload` represents.

        Raises:
            ValueError: The payload is malformed.
        """
        raise NotImplementedError(f'{type(self).__name__} has no deserialize method')


class BinaryBaseHandlerWS:
    """The base of handlers for the media of WebSocket binary messages."""

    def serialize(self, media: object) -> bytes | bytearray | memoryview:
        """Return the bytes that represent `media`."""
        raise NotImplementedError(f'{type(self).__name__} has no serialize method')

    def deserialize(self, payload: bytes) -> object:
        """Return the object that `payload` represents.

        Raises:
            ValueError: The payload is malformed.
        """
        raise NotImplementedError(f'{type(self).__name__} has no deserialize method')


def typed_method(handler: object, name: str) -> Callable[..., Any]:
    """Return the method of a handler that decodes right into a type.

    Args:
        handler: A media handler, or one of WebSocket messages.
        name: The method: `deserialize_as` or `deserialize_as_async`; `falcon_core.interfaces` has their arguments.

    Raises:
        UnsupportedError: The handler has no such method, because it only knows untyped media.
    """
    method: Callable[..., Any] | None = getattr(handler, name, None)
    if method is None:
        raise UnsupportedError(f'{type(handler).__name__} has no {name} method, expected one to decode into a type')
    return method


@dataclass(frozen=True, slots=True)
class ResolvedHandler:
    """A handler, and which of its methods do the work.

    Attributes:
        handler: The handler itself.
        serialize: Its synchronous `serialize`, or None where only `serialize_async` will do.
        deserialize: Its synchronous `deserialize`, or None where only `deserialize_async` will do.
        buffered: False if the handler reads the request's stream by itself.
    """

    handler: MediaHandler
    serialize: Callable[[object, str], bytes] | None
    deserialize: Callable[[ReadableIO | AsyncReadableIO, str | None, int | None], object] | None
    buffered: bool


def _resolved(handler: MediaHandler) -> ResolvedHandler:
    # A handler that does not derive from the base does not say that it can do without waiting.
    return ResolvedHandler(
        handler,
        handler.serialize if getattr(handler, 'serializes_sync', False) else None,
        handler.deserialize if getattr(handler, 'deserializes_sync', False) else None,
        getattr(handler, 'buffered', True),
    )


class Handlers(UserDict[str, MediaHandler]):
    """A mapping from media type to media handler.

    Args:
        initial: The handlers to begin with. None or an empty mapping stands for one of each kind that the
            installed distributions announce by entry points of the group `falcon.media`.
    """

    def __init__(self, initial: Mapping[str, MediaHandler] | None = None) -> None:
        self._match_suffixes = False
        self._resolutions: dict[tuple[str | None, str], ResolvedHandler | None] = {}
        super().__init__(initial or installed_media_handlers())

    def __setitem__(self, media_type: str, handler: MediaHandler) -> None:
        super().__setitem__(media_type, handler)
        self._resolutions.clear()

    def __delitem__(self, media_type: str) -> None:
        super().__delitem__(media_type)
        self._resolutions.clear()

    # Typeshed has `|=` of a UserDict answer to `|`, whose result may hold values of other types.
    def __ior__(self, other: Any) -> Self:  # type: ignore[override, misc]
        # The inherited one goes past `__setitem__`, to the data itself.
        self.update(other)
        return self

    def __copy__(self) -> Self:
        duplicate = super().__copy__()
        duplicate._resolutions = {}
        return duplicate

    @property
    def match_suffixes(self) -> bool:
        """Whether the handler of `application/json` takes types that end in `+json` and have none of their own.

        So do those of other formats, such as `+msgpack` (RFC 6838, section 4.2.8). False at first: a client that is
        given JSON of another meaning than it knows of is no better off for it.
        """
        return self._match_suffixes

    @match_suffixes.setter
    def match_suffixes(self, value: bool) -> None:
        self._match_suffixes = value
        self._resolutions.clear()

    def require_any(self, feature: str) -> None:
        """Raise MissingDistribution if there is no handler at all.

        Args:
            feature: What needs one, for the error's text.
        """
        if not self.data:
            raise missing_media(feature)

    def find(self, media_type: str | None, default: str) -> ResolvedHandler | None:
        """Return the handler for a media type, or None if there is none.

        The whole value is looked up first; then the first registered type that it fits, case apart, in which a
        parameter that both name has to have the same value (RFC 9110, section 8.3.1).

        Args:
            media_type: The value of a Content-Type header; None, empty or `*/*` stand for `default`.
            default: The media type to take then.
        """
        key = (media_type, default)
        try:
            return self._resolutions[key]
        except KeyError:
            pass
        wanted = default if not media_type or media_type == '*/*' else media_type
        name = self._match(wanted)
        found = None if name is None else _resolved(self.data[name])
        if len(wanted) <= _MAX_RESOLVED_CHARACTERS:
            if len(self._resolutions) >= _MAX_RESOLVED:
                self._resolutions.clear()
            self._resolutions[key] = found
        return found

    def resolve(self, media_type: str | None, default: str) -> ResolvedHandler:
        """Return the handler for a media type; see `find`.

        Raises:
            HTTPUnsupportedMediaType: There is none. The description lists the supported types.
        """
        found = self.find(media_type, default)
        if found is None:
            supported = ', '.join(sorted(self.data)) or 'none'
            raise HTTPUnsupportedMediaType(
                description=f'{media_type or default} is an unsupported media type; supported: {supported}'
            )
        return found

    def _match(self, wanted: str) -> str | None:
        if wanted in self.data:
            return wanted
        try:
            bare, _ = parse_media_type(wanted)
            return best_match(self.data, wanted) or self._by_suffix(bare)
        except ValueError:
            return None

    def _by_suffix(self, bare: str) -> str | None:
        if bare in self.data:
            return bare
        _, plus, suffix = bare.partition('/')[2].rpartition('+')
        general = f'application/{suffix}'
        return general if self._match_suffixes and plus and general in self.data else None
