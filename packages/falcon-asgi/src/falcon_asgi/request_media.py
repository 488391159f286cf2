"""The body of a request as an object: reading it ahead, decoding it once, and what `req.media` gives.

A body is buffered (read, up to `max_media_size`, and left to be read again), then decoded by the media handler of its
type, and the result kept. The application buffers it just before the responder runs, so that `req.media` needs no
`await`; whoever wants it earlier awaits `req.get_media()`, which takes the same steps. A handler that reads the
stream by itself (multipart forms) gets it when the media is first asked for, and nothing is buffered.
"""

import io
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NoReturn

from falcon_core.errors import OperationNotAllowed
from falcon_core.http_errors import HTTPContentTooLarge, HTTPError, MediaNotFoundError
from falcon_core.media import ResolvedHandler

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = ['UNSET', 'RequestMedia', 'UnreadMedia']

UNSET: Any = object()


class RequestMedia:
    """The media of one request.

    Args:
        request: The request.
    """

    __slots__ = ('_body', '_error', '_request', '_value')

    def __init__(self, request: 'Request') -> None:
        self._request = request
        self._body: Any = UNSET  # once buffered, the body, or None if it is too large
        self._value: Any = UNSET
        self._error: HTTPError | None = None

    def value(self) -> Any:
        """Return the media without waiting for anything.

        Returns:
            The decoded body, or an `UnreadMedia` as long as the body has not been read.

        Raises:
            HTTPError: The body is empty, malformed, too large, or of a type that nothing handles; the same error
                each time.
        """
        if self._value is not UNSET:
            return self._value
        if self._error is not None:
            raise self._error
        req = self._request
        handler = req.options.media_handlers.resolve(req.content_type, req.options.default_media_type)
        if handler.buffered and self._body is UNSET:
            if req.may_have_body:
                return UnreadMedia(req)
            self._body = b''
        if handler.deserialize is None:
            return UnreadMedia(req)
        try:
            source = self._buffered_body() if handler.buffered else req.stream
            self._value = handler.deserialize(source, req.content_type, req.content_length)
        except HTTPError as error:
            self._error = error
            raise
        return self._value

    async def get(self, default_when_empty: Any = UNSET) -> Any:
        """Return the media, after reading the body if that has not been done.

        Args:
            default_when_empty: What to return for an empty body, instead of raising MediaNotFoundError.

        Raises:
            ClientDisconnected: The client left before the whole body had arrived.
            HTTPError: As for `value`.
        """
        try:
            await self.prepare()
            return self.value()
        except MediaNotFoundError:
            if default_when_empty is UNSET:
                raise
            return default_when_empty

    async def prepare(self) -> None:
        """Do what `value` would have to wait for.

        Raises:
            ClientDisconnected: The client left before the whole body had arrived.
        """
        if self._value is not UNSET or self._error is not None:
            return
        req = self._request
        handler = req.options.media_handlers.find(req.content_type, req.options.default_media_type)
        if handler is None:
            return
        if handler.buffered and self._body is UNSET:
            self._body = await req.stream.buffer(req.options.max_media_size) if req.may_have_body else b''
        if handler.deserialize is None:
            await self._decode_asynchronously(handler)

    async def _decode_asynchronously(self, handler: ResolvedHandler) -> None:
        req = self._request
        try:
            source = _AsyncBytes(self._buffered_body()) if handler.buffered else req.stream
            self._value = await handler.handler.deserialize_async(source, req.content_type, req.content_length)
        except HTTPError as error:
            self._error = error
            return
        if not handler.buffered and getattr(handler.handler, 'exhaust_stream', False):
            await req.stream.exhaust()

    def _buffered_body(self) -> io.BytesIO:
        if self._body is None:
            limit = self._request.options.max_media_size
            raise HTTPContentTooLarge(description=f'The body is larger than {limit} bytes, the most that is decoded.')
        return io.BytesIO(self._body)


class UnreadMedia:
    """What `req.media` is while the body has not been read: something to await.

    Any other use raises OperationNotAllowed, which says what to do instead.
    """

    __slots__ = ('_request',)

    def __init__(self, request: 'Request') -> None:
        self._request = request

    def __await__(self) -> Generator[Any, None, Any]:
        """Return the media, after reading the body."""
        return self._request.get_media().__await__()

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse any attribute."""
        self._refuse()

    def _refuse(self, *_: object) -> NoReturn:
        raise OperationNotAllowed('the request body has not been read yet, expected "await req.get_media()" here')

    __bool__ = __contains__ = __getitem__ = __iter__ = __len__ = _refuse


class _AsyncBytes:
    """Bytes as an asynchronous file-like object, for handlers that read a stream."""

    def __init__(self, content: io.BytesIO) -> None:
        self._content = content

    async def read(self, n: int = -1, /) -> bytes:
        return self._content.read(n)
