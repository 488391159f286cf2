"""Multipart forms, `multipart/form-data` (RFC 7578), read part by part while they arrive."""

import re
from collections.abc import Awaitable, Callable, Generator, Iterator
from functools import partial
from typing import Any

from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.interfaces import AsyncReadableIO
from falcon_core.media import BaseHandler
from falcon_core.media_types import parse_header
from falcon_media._charsets import is_charset
from falcon_media.body_part import BodyPart, BufferBudget
from falcon_media.body_part_stream import BodyPartStream
from falcon_media.multipart_options import MultipartParseOptions
from falcon_media.multipart_parser import Event, MultipartParser, PartBegin, PartData

__all__ = ['MultipartForm', 'MultipartFormHandler']

_READ_BYTES = 64 * 1024

# RFC 2046, section 5.1.1, has fewer characters; clients use others, but never one that is invisible.
_BOUNDARY = re.compile(r'[\x20-\x7e]{0,69}[\x21-\x7e]')

# RFC 7578, section 4.6: the part that names the charset of those after it, and the most of it to look at.
_CHARSET_FIELD = '_charset_'
_MAX_CHARSET_BYTES = 64


class MultipartForm:
    """The parts of a form, an asynchronous iterator to be gone through once.

    A part can be read until the next one is asked for; what was not read of it is passed over. Awaiting the form
    gives the form itself. Calls may not overlap; one that is cancelled loses nothing.

    Args:
        stream: The body.
        boundary: The parameter `boundary` of its Content-Type.
        options: Limits and defaults.
    """

    def __init__(self, stream: AsyncReadableIO, boundary: bytes, options: MultipartParseOptions) -> None:
        self._read = _reading(stream)
        self._options = options
        self._parser = MultipartParser(
            boundary,
            max_parts=options.max_body_part_count,
            max_header_bytes=options.max_body_part_headers_size,
        )
        self._events: Iterator[Event] = iter(())
        self._default_charset = options.default_charset
        self._budget = BufferBudget(options.max_form_buffer_size)
        self._in_part = False
        self._current: BodyPartStream | None = None
        # A part whose beginning has been read but which has not been handed out yet.
        self._upcoming: BodyPart | None = None
        self._ended = False

    def __await__(self) -> Generator[Any, Any, 'MultipartForm']:
        return self._itself().__await__()

    async def _itself(self) -> 'MultipartForm':
        return self

    def __aiter__(self) -> 'MultipartForm':
        return self

    async def __anext__(self) -> BodyPart:
        """Return the next part.

        Raises:
            MultipartParseError: The form is malformed or exceeds a limit.
            StopAsyncIteration: There are no more.
        """
        if self._upcoming is None:
            if self._current is not None:
                self._current.leave()
                while self._in_part:
                    await self._next_data()
                self._current = None
            self._upcoming = self._begin_part(await self._next_begin())
        if self._upcoming.name == _CHARSET_FIELD:
            await self._adopt_charset(self._upcoming)
        part, self._upcoming = self._upcoming, None
        return part

    async def _next_begin(self) -> PartBegin:
        if not self._ended:
            while (event := next(self._events, None)) is None:
                self._feed(await self._read())
            if isinstance(event, PartBegin):
                self._in_part = True
                return event
            self._ended = True
        # Until a body has been read to its end, its connection can serve no other request.
        while await self._read():
            pass
        raise StopAsyncIteration

    def _begin_part(self, event: PartBegin) -> BodyPart:
        # What is here already of the data, often all of it, need not be waited for.
        after = next(self._events, None)
        first_chunk = b''
        if isinstance(after, PartData):
            first_chunk = after.data
            after = next(self._events, None)
        # Within what was fed at once, nothing but the end of the part follows its data.
        self._in_part = after is None
        self._current = BodyPartStream(self._next_data, first_chunk, ended=not self._in_part and first_chunk != b'')
        return BodyPart(dict(event.headers), self._current, self._options, self._default_charset, self._budget)

    async def _adopt_charset(self, part: BodyPart) -> None:
        charset = (await part.stream.peek(_MAX_CHARSET_BYTES)).decode('ascii', 'replace').strip()
        if is_charset(charset):
            self._default_charset = charset

    async def _next_data(self) -> bytes:
        """Return the next data of the part, none at its end."""
        if not self._in_part:
            return b''
        while (event := next(self._events, None)) is None:
            chunk = await self._read()
            if chunk and self._parser.is_data(chunk):
                return chunk
            self._feed(chunk)
        if type(event) is PartData:
            return event.data
        self._in_part = False
        return b''

    def _feed(self, chunk: bytes) -> None:
        if not chunk:
            self._parser.close()
        self._events = self._parser.feed(chunk)


class MultipartFormHandler(BaseHandler):
    """Gives a `MultipartForm` for a body, at once; what is malformed in it shows when it is read.

    Args:
        parse_options: Limits and defaults; None for those of `MultipartParseOptions`.

    Attributes:
        parse_options (MultipartParseOptions): See above.
    """

    media_types = ('multipart/form-data',)
    buffered = False

    def __init__(self, parse_options: MultipartParseOptions | None = None) -> None:
        self.parse_options = parse_options or MultipartParseOptions()

    def deserialize(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> MultipartForm:
        """Return the form that a body holds.

        Args:
            stream: The body, of which nothing has been read.
            content_type: The value of the Content-Type header.
            content_length: Not used.

        Raises:
            HTTPInvalidHeader: The Content-Type has no boundary, or one that is malformed (RFC 2046, section 5.1.1).
        """
        return MultipartForm(stream, _boundary(content_type or ''), self.parse_options)

    def serialize(self, media: object, content_type: str) -> bytes:
        """Raise NotImplementedError: forms are what clients send."""
        raise NotImplementedError(
            f'received a {type(media).__name__} as media of type multipart/form-data, which is read and never written, '
            'expected another content type'
        )


def _reading(stream: Any) -> Callable[[], Awaitable[bytes]]:
    """Return what reads the next bytes of a stream: `read1` if its class has one that goes with its `read`."""
    # What has arrived together is handed on so; to read it in pieces of one size would copy all of it. A class that
    # overrides `read`, or passes other names on to what it wraps, gives other bytes than the `read1` that it has so.
    for kind in type(stream).__mro__:
        if 'read1' in vars(kind):
            return stream.read1  # type: ignore[no-any-return] # the stream is one of many kinds
        if 'read' in vars(kind):
            break
    return partial(stream.read, _READ_BYTES)


def _boundary(content_type: str) -> bytes:
    _, parameters = parse_header(content_type)
    boundary = parameters.get('boundary')
    if boundary is None:
        raise HTTPInvalidHeader('It has no boundary parameter.', 'Content-Type')
    # Some clients end it with a space, which cannot be part of it.
    boundary = boundary.rstrip(' ')
    if not _BOUNDARY.fullmatch(boundary):
        raise HTTPInvalidHeader('The boundary parameter must be 1 to 70 visible ASCII characters.', 'Content-Type')
    return boundary.encode()
