"""One part of a multipart form."""

import io
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, overload

from falcon_core.file_names import secure_filename
from falcon_core.http_errors import MultipartParseError
from falcon_core.media import ResolvedHandler, typed_method
from falcon_core.media_types import parse_header
from falcon_core.type_forms import FormOf, TypeForm
from falcon_media._charsets import decode_text
from falcon_media._disposition import parse_disposition
from falcon_media.body_part_stream import BodyPartStream
from falcon_media.multipart_options import MultipartParseOptions

__all__ = ['BodyPart', 'BufferBudget']

_Kind = TypeVar('_Kind')

_TEXT: Final = 'text/plain'
_UNSET: Final = object()


@dataclass(slots=True)
class BufferBudget:
    """How much the parts of one form may still buffer.

    Attributes:
        left_bytes: What is left of `max_form_buffer_size`.
    """

    left_bytes: int


class BodyPart:
    """A part of a multipart form: a field or a file.

    Args:
        headers: Its headers, lowercase name to value.
        stream: Its data.
        options: The limits and defaults of the form.
        default_charset: The charset of its text, unless it names one.
        budget: What it shares with the other parts of the form; None for one of its own.

    Attributes:
        headers (dict[str, str]): See above.
        stream (BodyPartStream): See above. What is read from it is not in `data`, `text` or `media`.
        content_type (str): The value of its Content-Type header, `text/plain` if it has none.
        name (str | None): The name of the field, or None if it has none, which only a part of a nested form may lack.
        filename (str | None): The name of the file as the client gave it, or None. Never use it as a path.

    Raises:
        MultipartParseError: Its headers are unacceptable.
    """

    __slots__ = (
        '_budget',
        '_data',
        '_default_charset',
        '_media',
        '_options',
        'content_type',
        'filename',
        'headers',
        'name',
        'stream',
    )

    def __init__(
        self,
        headers: dict[str, str],
        stream: BodyPartStream,
        options: MultipartParseOptions,
        default_charset: str,
        budget: BufferBudget | None = None,
    ) -> None:
        encoding = headers.get('content-transfer-encoding')
        if encoding is not None and encoding.lower() not in ('7bit', '8bit', 'binary'):
            # RFC 7578, section 4.7, deprecates the header; these values say that the data is as it is.
            raise MultipartParseError(description='The Content-Transfer-Encoding of a body part is not supported.')
        self.headers = headers
        self.stream = stream
        self.content_type = headers.get('content-type', _TEXT)
        self.name, self.filename = parse_disposition(headers.get('content-disposition', ''))
        self._options = options
        self._default_charset = default_charset
        self._budget = budget or BufferBudget(options.max_form_buffer_size)
        self._data: bytes | None = None
        self._media: object = _UNSET

    @property
    def secure_filename(self) -> str:
        """The name of the file, made safe to store a file under.

        Raises:
            MultipartParseError: The part has no file name, or an empty one.
        """
        try:
            return secure_filename(self.filename or '', self._options.max_secure_filename_length)
        except ValueError as exc:
            raise MultipartParseError(description='A body part has no file name where one is needed.') from exc

    @property
    def data(self) -> Awaitable[bytes]:
        """What `get_data` returns, to be awaited."""
        return self.get_data()

    @property
    def text(self) -> Awaitable[str | None]:
        """What `get_text` returns, to be awaited."""
        return self.get_text()

    @property
    def media(self) -> Awaitable[object]:
        """What `get_media` returns, to be awaited."""
        return self.get_media()

    async def get_data(self) -> bytes:
        """Return all data of the part, the same each time.

        Raises:
            MultipartParseError: There is more than `max_body_part_buffer_size`, or more than is left of
                `max_form_buffer_size`, and all of it still in `stream`; or the form is malformed from here on.
            OperationNotAllowed: The form has gone on to its next part.
        """
        if self._data is None:
            limit, budget = self._options.max_body_part_buffer_size, self._budget
            data = await self.stream.read_whole(min(limit, budget.left_bytes))
            if data is None:
                if limit <= budget.left_bytes:
                    raise MultipartParseError(description=f'A body part exceeds {limit} bytes.')
                allowed = self._options.max_form_buffer_size
                raise MultipartParseError(description=f'The body parts exceed {allowed} bytes together.')
            budget.left_bytes -= len(data)
            self._data = data
        return self._data

    async def get_text(self) -> str | None:
        """Return the data of the part as text, or None if its Content-Type is not `text/plain`.

        Raises:
            MultipartParseError: The charset is unknown or the data is not of it; also see `get_data`.
            OperationNotAllowed: See `get_data`.
        """
        charset = self._default_charset
        if self.content_type != _TEXT:
            media_type, parameters = parse_header(self.content_type)
            if media_type.lower() != _TEXT:
                return None
            charset = parameters.get('charset', charset)
        try:
            return decode_text(await self.get_data(), charset)
        except ValueError as exc:
            raise MultipartParseError(description=f'The text of a body part cannot be decoded: {exc}.') from exc

    @overload
    async def get_media(self, *, type: None = None) -> Any: ...
    @overload
    async def get_media(self, *, type: type[_Kind]) -> _Kind: ...
    @overload
    async def get_media(self, *, type: TypeForm) -> Any: ...
    @overload
    async def get_media(self, *, type: FormOf[_Kind]) -> _Kind: ...

    async def get_media(self, *, type: Any = None) -> Any:
        """Return the object that the data of the part represents, the same each time.

        Args:
            type: What the data is to be decoded into, each time anew; None for plain dicts, lists and the like.

        Raises:
            HTTPUnsupportedMediaType: There is no handler for its Content-Type.
            HTTPError: Whatever the handler raises, such as MediaMismatchError (422); also see `get_data`.
            OperationNotAllowed: See `get_data`.
            UnsupportedError: The handler has no `deserialize_as`, and `type` is given.
        """
        if type is not None:
            decode = typed_method(self._handler().handler, 'deserialize_as_async')
            return await decode(await self.get_data(), self.content_type, type)
        if self._media is _UNSET:
            handler = self._handler()
            self._media = await (self._buffered_media if handler.buffered else self._streamed_media)(handler)
        return self._media

    def _handler(self) -> ResolvedHandler:
        return self._options.media_handlers.resolve(self.content_type, _TEXT)

    async def _buffered_media(self, resolved: ResolvedHandler) -> object:
        data = await self.get_data()
        if resolved.deserialize is not None:
            return resolved.deserialize(io.BytesIO(data), self.content_type, len(data))
        stream = BodyPartStream(_nothing_more, data)
        return await resolved.handler.deserialize_async(stream, self.content_type, len(data))

    async def _streamed_media(self, resolved: ResolvedHandler) -> object:
        if resolved.deserialize is not None:
            return resolved.deserialize(self.stream, self.content_type, None)
        return await resolved.handler.deserialize_async(self.stream, self.content_type, None)


async def _nothing_more() -> bytes:
    return b''
