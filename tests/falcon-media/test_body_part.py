import asyncio
from collections.abc import Awaitable, Callable

import pytest

from falcon_core.errors import UnsupportedError
from falcon_core.http_errors import (
    HTTPUnsupportedMediaType,
    MediaMalformedError,
    MediaMismatchError,
    MultipartParseError,
)
from falcon_core.interfaces import AsyncReadableIO
from falcon_core.media import BaseHandler
from falcon_media.body_part import BodyPart
from falcon_media.body_part_stream import BodyPartStream
from falcon_media.multipart_options import MultipartParseOptions

JSON = 'application/json'
LATIN = 'text/plain; charset=iso-8859-1'


def part_of(
    *chunks: bytes,
    content_type: str | None = None,
    disposition: str = 'form-data; name="a"',
    options: MultipartParseOptions | None = None,
    default_charset: str = 'utf-8',
    **other_headers: str,
) -> BodyPart:
    waiting = list(chunks)

    async def next_chunk() -> bytes:
        return waiting.pop(0) if waiting else b''

    headers = {name.replace('_', '-'): text for name, text in other_headers.items()}
    headers['content-disposition'] = disposition
    if content_type is not None:
        headers['content-type'] = content_type
    return BodyPart(headers, BodyPartStream(next_chunk), options or MultipartParseOptions(), default_charset)


class StreamingHandler(BaseHandler):
    """A handler that reads the stream by itself, at once or when awaited."""

    buffered = False

    def deserialize(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> AsyncReadableIO:
        assert content_length is None
        return stream


class AwaitedStreamingHandler(StreamingHandler):
    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        return await stream.read(2)


class AwaitedHandler(BaseHandler):
    """A handler that can only be awaited."""

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        return await stream.read(), content_type, content_length


def test_headers_become_attributes() -> None:
    """The names, the type and all headers of a part are its attributes."""
    part = part_of(content_type=JSON, disposition='form-data; name="a"; filename="Ünï"', etag='"1"')
    assert (part.name, part.filename, part.secure_filename) == ('a', 'Ünï', 'U_ni_')
    assert part.content_type == JSON
    assert part.headers['etag'] == '"1"'


def test_part_without_headers_is_nameless_text() -> None:
    """Without headers, a part is text without a name (RFC 2046, section 5.1)."""
    part = part_of(disposition='')
    assert (part.name, part.filename, part.content_type) == (None, None, 'text/plain')


@pytest.mark.parametrize('disposition', ['form-data; name=a', 'form-data; name=a; filename=""'])
def test_secure_name_of_no_file_is_a_client_error(disposition: str) -> None:
    """Whoever needs the name of a file and gets none raises MultipartParseError by asking for it."""
    with pytest.raises(MultipartParseError):
        _ = part_of(disposition=disposition).secure_filename


def test_secure_name_is_cut_by_option() -> None:
    """The safe name is cut to the length that the options say."""
    options = MultipartParseOptions(max_secure_filename_length=6)
    assert part_of(disposition='form-data; filename="../../x.txt"', options=options).secure_filename == '_..txt'


@pytest.mark.parametrize('encoding', ['binary', '7bit', '8BIT'])
def test_identity_encodings_are_accepted(encoding: str) -> None:
    """A Content-Transfer-Encoding that says that the data is as it is changes nothing."""
    assert part_of(content_transfer_encoding=encoding).name == 'a'


@pytest.mark.parametrize('encoding', ['base64', 'quoted-printable', ''])
def test_other_transfer_encodings_are_a_client_error(encoding: str) -> None:
    """Any other Content-Transfer-Encoding, which RFC 7578 deprecates, raises MultipartParseError."""
    with pytest.raises(MultipartParseError):
        part_of(content_transfer_encoding=encoding)


def test_data_is_kept() -> None:
    """The data can be had more than once, as a method and as an awaitable attribute."""
    part = part_of(b'ab', b'c')

    async def main() -> list[object]:
        return [await part.get_data(), await part.data, await part.text, await part.stream.read()]

    assert asyncio.run(main()) == [b'abc', b'abc', 'abc', b'']


def test_data_is_what_the_stream_has_left() -> None:
    """What was read from the stream is not in the data."""
    part = part_of(b'abc')

    async def main() -> tuple[bytes, bytes]:
        return await part.stream.read(1), await part.data

    assert asyncio.run(main()) == (b'a', b'bc')


@pytest.mark.parametrize('get', [BodyPart.get_data, BodyPart.get_text])
def test_too_large_part_attack_is_a_client_error(get: Callable[[BodyPart], Awaitable[object]]) -> None:
    """More than the limit raises MultipartParseError, and the stream still has all of it."""
    options = MultipartParseOptions(max_body_part_buffer_size=3)

    async def main() -> bytes:
        assert await get(part_of(b'ab', b'c', options=options)) in (b'abc', 'abc')
        part = part_of(b'ab', b'cd', b'e', options=options)
        with pytest.raises(MultipartParseError):
            await get(part)
        return await part.stream.read()

    assert asyncio.run(main()) == b'abcde'


@pytest.mark.parametrize(
    ('content_type', 'default', 'text'),
    [(None, 'utf-8', 'é'), ('TEXT/plain', 'latin-1', 'Ã©'), (LATIN, 'utf-8', 'Ã©'), (JSON, 'utf-8', None)],
)
def test_text_is_decoded_by_its_charset(content_type: str | None, default: str, text: str | None) -> None:
    """Text is in the charset it names, else in the default one; other types have no text."""
    part = part_of('é'.encode(), content_type=content_type, default_charset=default)
    assert asyncio.run(part.get_text()) == text


@pytest.mark.parametrize('charset', ['utf-8', 'nope', 'zlib', '"'])
def test_undecodable_text_is_a_client_error(charset: str) -> None:
    """Text that is not of its charset, and a charset that nobody knows, raise MultipartParseError."""
    part = part_of(b'\xe9', content_type=f'text/plain; charset={charset}')
    with pytest.raises(MultipartParseError):
        asyncio.run(part.get_text())


def test_media_is_decoded_once() -> None:
    """The media is the same object each time, as a method and as an awaitable attribute."""
    part = part_of(b'{"a":', b'1}', content_type=f'{JSON}; charset=utf-8')

    async def main() -> tuple[object, object]:
        return await part.get_media(), await part.media

    first, second = asyncio.run(main())
    assert first == {'a': 1}
    assert first is second


@pytest.mark.parametrize('content_type', [None, 'image/png', 'nonsense', ''])
def test_media_of_another_type_is_a_client_error(content_type: str | None) -> None:
    """A type without a handler, text included, raises HTTPUnsupportedMediaType."""
    with pytest.raises(HTTPUnsupportedMediaType):
        asyncio.run(part_of(b'x', content_type=content_type).get_media())


def test_malformed_media_is_a_client_error() -> None:
    """What the handler raises goes through."""
    with pytest.raises(MediaMalformedError):
        asyncio.run(part_of(b'{', content_type=JSON).get_media())


def test_media_of_a_handler_that_is_awaited() -> None:
    """A handler that can only be awaited gets the whole data, within its limit."""
    options = MultipartParseOptions(max_body_part_buffer_size=3)
    options.media_handlers[JSON] = AwaitedHandler()
    part = part_of(b'ab', b'c', content_type=JSON, options=options)
    assert asyncio.run(part.get_media()) == (b'abc', JSON, 3)
    with pytest.raises(MultipartParseError):
        asyncio.run(part_of(b'abcd', content_type=JSON, options=options).get_media())


def test_media_of_a_handler_that_streams() -> None:
    """A handler that reads by itself gets the stream of the part, which has no limit."""
    options = MultipartParseOptions(max_body_part_buffer_size=3)
    options.media_handlers |= {'a/b': StreamingHandler(), 'a/c': AwaitedStreamingHandler()}
    streamed = part_of(b'abcdef', content_type='a/b', options=options)
    assert asyncio.run(streamed.get_media()) is streamed.stream
    assert asyncio.run(part_of(b'abcdef', content_type='a/c', options=options).get_media()) == b'ab'


def test_media_is_decoded_into_types() -> None:
    """A part becomes an object of a type, before or after it was read as plain media."""

    async def read() -> None:
        part = part_of(b'{"a":', b'1}', content_type=JSON)
        assert await part.get_media(type=dict[str, float]) == {'a': 1.0}
        assert await part.media == {'a': 1}
        with pytest.raises(MediaMismatchError):
            await part.get_media(type=list[int])
        with pytest.raises(HTTPUnsupportedMediaType):
            await part_of(b'1').get_media(type=int)

    asyncio.run(read())


def test_a_part_whose_handler_knows_no_types() -> None:
    """What is missing is named."""
    options = MultipartParseOptions()
    options.media_handlers['text/plain'] = AwaitedHandler()
    with pytest.raises(UnsupportedError, match='AwaitedHandler has no deserialize_as'):
        asyncio.run(part_of(b'1', options=options).get_media(type=int))
