"""The body of a request as an object: reading it ahead, decoding it once, and what `req.media` gives.

A body is buffered (read, up to `max_media_size`, and left to be read again), then decoded by the media handler of its
type, and what comes of it kept, be it an object or an error. The application buffers it just before the responder runs,
so that `req.media` needs no `await`; whoever wants it earlier awaits `req.get_media()`, which takes the same steps. A
handler that reads the stream by itself (multipart forms) gets it when the media is first asked for, and nothing is
buffered.
"""

from collections.abc import Awaitable, Generator
from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn

from falcon_asgi.body_stream import BoundedStream
from falcon_core.asgi_types import Message
from falcon_core.errors import ClientDisconnected, OperationNotAllowed
from falcon_core.http_errors import HTTPContentTooLarge, HTTPUnsupportedMediaType, MediaNotFoundError
from falcon_core.limits import check_header_params
from falcon_core.media import ResolvedHandler, typed_method

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = ['UNSET', 'RequestMedia', 'UnreadMedia', 'may_have_body', 'read_ahead']

UNSET: Any = object()


def may_have_body(req: 'Request') -> bool:
    """Return whether the headers leave room for a body (RFC 9112, section 6.3).

    Raises:
        HTTPInvalidHeader: Content-Length is malformed.
    """
    headers = req._raw_headers
    length = headers.get(b'content-length')
    if length is not None:
        return length != b'0' and req.content_length != 0
    # Without a length, a body has its own framing in HTTP/1.1 and may have any in later versions. Its type, which
    # nothing without a body has, tells as well, for callers that are no servers and leave the framing out.
    return b'transfer-encoding' in headers or b'content-type' in headers or req.scope.get('http_version', '1') >= '2'


def read_ahead(req: 'Request') -> Awaitable[None] | None:
    """Read the body of a request that may have one, so that `req.media` is there without waiting.

    The body is left alone if no media handler is there for its type, or one that reads the stream by itself. What is
    raised on the way is kept for `req.media`, but for what follows.

    Returns:
        None if that is done, as it is with small bodies; else what has to be awaited.

    Raises:
        ClientDisconnected: The client left before the whole body had arrived.
        HTTPRequestHeaderFieldsTooLarge: Content-Type has more than `req_options.max_header_params` parts.
    """
    media = req._media or req._request_media()
    if media._value is not UNSET or media._error is not None:
        return None
    handler = media._find_handler(req)
    if handler is None or not handler.buffered:
        return None
    if media._body is UNSET:
        media._body = req._body_at_hand()
    if media._body is UNSET or handler.deserialize is None:
        return media._obtain(req, handler)
    media.is_at_hand = True
    return None


class RequestMedia:
    """The media of one request, to which each method is given: a reference here would make it a cycle.

    In a cycle, what was decoded would outlive the request until the next run of the garbage collector.

    Attributes:
        is_at_hand: Whether `value` is known to have the media, or the error, without anything to await before.
    """

    __slots__ = ('_body', '_content_type', '_error', '_handler', '_typed', '_value', 'is_at_hand')

    def __init__(self) -> None:
        self.is_at_hand = False
        self._handler: ResolvedHandler | None = None  # what decodes the body, once it was looked for and found
        self._content_type: str | None = None  # of the request, once the handler was looked for
        self._body: Any = UNSET  # once buffered, the body, or None if it is too large
        self._value: Any = UNSET
        self._error: Exception | None = None
        self._typed: tuple[tuple[Any, Any], ...] = ()  # types and the objects of them

    def value(self, req: 'Request') -> Any:
        """Return the media without waiting for anything.

        Returns:
            The decoded body, or an `UnreadMedia` as long as that would take waiting.

        Raises:
            HTTPError: The body is empty, malformed, too large, or of a type that nothing handles.
            MissingDistribution: There are no media handlers, because falcon-media is not installed.
            OperationNotAllowed: The stream was closed before the body had been read.
            Exception: Whatever the handler raised. What was raised once is raised each time.
        """
        if self._value is not UNSET:
            return self._value
        if self._error is not None:
            raise self._error
        try:
            handler = self._handler or self._required_handler(req)
            if handler.buffered and self._body is UNSET:
                if may_have_body(req):
                    return UnreadMedia(req)
                self._body = b''
            if handler.deserialize is not None:
                if handler.buffered:
                    body = self._buffered_body(req) if self._body is None else self._body
                    self._value = handler.deserialize(BytesIO(body), self._content_type, len(body))
                else:
                    self._value = handler.deserialize(req.stream, self._content_type, req.content_length)
                return self._value
        except Exception as error:
            self._error = error
            raise
        if self._body == b'':
            # What an asynchronous handler makes of no body is known only if it is awaited, which need not happen before
            # a responder: the client must not be able to make of this a fault of the application.
            raise MediaNotFoundError(req.content_type or req.options.default_media_type)
        return UnreadMedia(req)

    async def get(self, req: 'Request', default_when_empty: Any = UNSET) -> Any:
        """Return the media, after reading the body if that has not been done.

        Args:
            req: The request.
            default_when_empty: What to return for an empty body, instead of raising MediaNotFoundError.

        Raises:
            ClientDisconnected: The client left before the whole body had arrived.
            Exception: As for `value`.
        """
        try:
            if self._value is UNSET and self._error is None:
                handler = self._handler or self._find_handler(req)
                if handler is not None:
                    await self._obtain(req, handler)
            return self.value(req)
        except MediaNotFoundError:
            if default_when_empty is UNSET:
                raise
            return default_when_empty

    async def get_as(self, req: 'Request', kind: Any, default_when_empty: Any = UNSET) -> Any:
        """Return the body decoded right into a type, the same object each time.

        Args:
            req: The request.
            kind: The type.
            default_when_empty: What to return for an empty body, instead of raising MediaNotFoundError.

        Raises:
            ClientDisconnected: The client left before the whole body had arrived.
            HTTPError: The body is empty, malformed, too large, not of the type, or of a media type that nothing handles
                or that is not decoded into types.
            MissingDistribution: There are no media handlers, because falcon-media is not installed.
            OperationNotAllowed: The stream was closed before the body had been read.
            UnsupportedError: The handler knows nothing of types.
        """
        for known, value in self._typed:
            if known == kind:
                return value
        handler = self._required_handler(req)
        if not handler.buffered:
            raise HTTPUnsupportedMediaType(
                description=f'A body of type {req.content_type} is not decoded into an object here.'
            )
        decode = typed_method(handler.handler, 'deserialize_as_async')
        if self._body is UNSET:
            await self._buffer(req)
        if self._body is UNSET:
            assert self._error is not None
            raise self._error
        try:
            value = await decode(self._buffered_body(req), req.content_type, kind)
        except MediaNotFoundError:
            if default_when_empty is UNSET:
                raise
            return default_when_empty
        self._typed += ((kind, value),)
        return value

    def _find_handler(self, req: 'Request') -> ResolvedHandler | None:
        if self._handler is None:
            options = req.options
            self._content_type = content_type = req.content_type
            if content_type is not None:
                check_header_params('Content-Type', content_type, options.max_header_params)
            self._handler = options.media_handlers.find(content_type, options.default_media_type)
        return self._handler

    def _required_handler(self, req: 'Request') -> ResolvedHandler:
        handler = self._find_handler(req)
        if handler is None:
            handlers = req.options.media_handlers
            handlers.require_any('req.media')
            handler = handlers.resolve(req.content_type, req.options.default_media_type)
        return handler

    async def _obtain(self, req: 'Request', handler: ResolvedHandler) -> None:
        """Do all that has to be awaited before `value` has the media."""
        if handler.buffered and self._body is UNSET:
            await self._buffer(req)
        if handler.deserialize is None and self._error is None:
            await self._decode_asynchronously(handler, req)

    async def _buffer(self, req: 'Request') -> None:
        self._body = req._body_at_hand() if may_have_body(req) else b''
        if self._body is not UNSET:
            return
        try:
            self._body = await req.stream.buffer(req.options.max_media_size)
        except OperationNotAllowed as error:  # whoever closed the stream need not want the media
            self._error = error

    async def _decode_asynchronously(self, handler: ResolvedHandler, req: 'Request') -> None:
        try:
            source = _stream_of(self._buffered_body(req)) if handler.buffered else req.stream
            length = len(self._body) if handler.buffered else req.content_length
            self._value = await handler.handler.deserialize_async(source, req.content_type, length)
        except ClientDisconnected:
            raise
        except Exception as error:  # noqa: BLE001 # raised by `value`
            self._error = error
        if not handler.buffered and getattr(handler.handler, 'exhaust_stream', False):
            await req.stream.exhaust()

    def _buffered_body(self, req: 'Request') -> bytes:
        body: bytes | None = self._body
        if body is None:
            limit = req.options.max_media_size
            raise HTTPContentTooLarge(description=f'The body is larger than {limit} bytes, the most that is decoded.')
        return body


class UnreadMedia:
    """What `req.media` is while it takes waiting: something to await.

    To use it as the object that it stands for raises OperationNotAllowed, which says what to do instead.

    Args:
        request: The request.
    """

    __slots__ = ('_request',)

    def __init__(self, request: 'Request') -> None:
        object.__setattr__(self, '_request', request)

    def __await__(self) -> Generator[Any, None, Any]:
        """Return the media, after reading the body."""
        return self._request.get_media().__await__()

    def __repr__(self) -> str:
        return '<UnreadMedia: to be awaited>'

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse any attribute."""
        self._refuse()

    def _refuse(self, *_: object) -> NoReturn:
        raise OperationNotAllowed('received a use of req.media that was not awaited, expected "await req.get_media()"')

    __setattr__ = __delattr__ = __call__ = _refuse
    __bool__ = __len__ = __contains__ = __getitem__ = __setitem__ = __delitem__ = _refuse
    __iter__ = __reversed__ = __next__ = __aiter__ = __anext__ = _refuse
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __str__ = __format__ = __bytes__ = __int__ = __float__ = __index__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __or__ = __ror__ = _refuse
    # asyncio.gather and the like keep what they are to await in a dict.
    __hash__ = object.__hash__


def _stream_of(body: bytes) -> BoundedStream:
    async def receive() -> Message:
        return {'type': 'http.disconnect'}

    return BoundedStream(receive, {'type': 'http.request', 'body': body})
