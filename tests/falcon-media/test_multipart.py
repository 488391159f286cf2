import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import ClientDisconnected, OperationNotAllowed
from falcon_core.http_errors import HTTPBadRequest, HTTPInvalidHeader, MultipartParseError
from falcon_core.media import Handlers
from falcon_media.multipart import MultipartForm, MultipartFormHandler
from falcon_media.multipart_options import MultipartParseOptions

FORM = 'multipart/form-data; boundary=ab'
T = TypeVar('T')
Field = tuple[str, str | None, bytes]


class Body:
    """An asynchronous body that arrives in given pieces, none of them larger than was asked for."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    async def read(self, n: int = -1, /) -> bytes:
        await asyncio.sleep(0)
        while self.pieces and not self.pieces[0]:
            del self.pieces[0]
        if not self.pieces:
            return b''
        data, self.pieces[0] = self.pieces[0][:n], self.pieces[0][n:]
        return data


class AbortedBody(Body):
    """A body whose client leaves before the end."""

    async def read(self, n: int = -1, /) -> bytes:
        data = await super().read(n)
        if not data:
            raise ClientDisconnected
        return data


class ArrivingBody(Body):
    """A body that also gives each piece as it arrived."""

    async def read1(self, n: int = -1, /) -> bytes:
        return self.pieces.pop(0) if self.pieces else b''


class InvertedBody(ArrivingBody):
    """A body whose `read` decodes what arrives."""

    async def read(self, n: int = -1, /) -> bytes:
        return bytes(byte ^ 0xFF for byte in await super().read(n))


class WrappedBody:
    """A body that decodes what another gives, and has all other names of that one."""

    def __init__(self, wrapped: ArrivingBody) -> None:
        self._wrapped = wrapped

    async def read(self, n: int = -1, /) -> bytes:
        return bytes(byte ^ 0xFF for byte in await self._wrapped.read(n))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)


class InterruptedBody(Body):
    """A body whose every other read is cancelled."""

    interrupted = False

    async def read(self, n: int = -1, /) -> bytes:
        self.interrupted = not self.interrupted
        if self.interrupted:
            raise asyncio.CancelledError
        return await super().read(n)


async def insist(call: Callable[[], Awaitable[T]]) -> T:
    """Return what a call gives once it is not cancelled any more."""
    while True:
        try:
            return await call()
        except asyncio.CancelledError:
            continue


def written(fields: Iterable[Field]) -> bytes:
    """Return a form as a client sends it; a field is its name, its Content-Type or None, and its data."""
    lines: list[bytes] = []
    for name, content_type, data in fields:
        lines += [b'--ab', f'Content-Disposition: form-data; name="{name}"'.encode()]
        lines += [f'Content-Type: {content_type}'.encode()] if content_type else []
        lines += [b'', data]
    return b'\r\n'.join([*lines, b'--ab--', b''])


def form_of(*pieces: bytes, body: Body | None = None, **options: Any) -> MultipartForm:
    handler = MultipartFormHandler(MultipartParseOptions(**options))
    return handler.deserialize(body or Body(*pieces), FORM, None)


async def read(form: MultipartForm) -> list[tuple[str | None, bytes]]:
    return [(part.name, await part.get_data()) async for part in form]


names = st.text(st.characters(codec='utf-8', exclude_categories=['Cc'], exclude_characters='"\\%'))
contents = st.binary() | st.lists(st.sampled_from([b'\r\n', b'--', b'-', b'a', b'b', b'\r\n--a'])).map(b''.join)
fields = st.tuples(names, st.none(), contents.filter(lambda data: b'\r\n--ab' not in b'\r\n' + data))


@given(st.lists(fields, max_size=5), st.data())
def test_forms_arrive_whole_however_they_are_read(form_fields: list[Field], draw: st.DataObject) -> None:
    """Each part has its name and its data, whether the one before was read whole, in pieces, in part or not at all."""
    body = written(form_fields)
    step = draw.draw(st.integers(1, 50))
    ways = draw.draw(st.lists(st.sampled_from(['data', 'pieces', 'some', 'nothing']), min_size=5, max_size=5))

    async def main() -> None:
        form = form_of(*(body[start : start + step] for start in range(0, len(body), step)))
        for (name, _, data), way in zip(form_fields, ways, strict=False):
            part = await anext(form)
            assert part.name == name
            if way == 'data':
                assert await part.get_data() == data
            elif way == 'pieces':
                assert b''.join([chunk async for chunk in part.stream]) == data
            elif way == 'some':
                assert await part.stream.read(2) == data[:2]
        assert await anext(form, None) is None

    asyncio.run(main())


@given(st.binary() | st.lists(fields, max_size=3).map(lambda form_fields: written(form_fields)[:-7]))
def test_any_bytes_give_a_form_or_a_client_error(body: bytes) -> None:
    """Arbitrary and truncated bytes never raise anything but an HTTP error of status 400."""
    with suppress(HTTPBadRequest):
        asyncio.run(read(form_of(body)))


def test_awaited_form_is_the_form() -> None:
    """A form can be awaited, and is then itself."""

    async def main() -> bool:
        form = form_of(written([]))
        return await form is form and await form is form

    assert asyncio.run(main())


def test_form_is_gone_through_once() -> None:
    """After its last part, a form has no more, however often it is asked."""

    async def main() -> list[list[tuple[str | None, bytes]]]:
        form = form_of(written([('a', None, b'x')]))
        return [await read(form), await read(form)]

    assert asyncio.run(main()) == [[('a', b'x')], []]


@pytest.mark.parametrize('body', [b'--ab--', b'--ab--\r\n'])
def test_empty_form_has_no_parts(body: bytes) -> None:
    """A form without fields, as browsers send one, has no parts."""
    assert asyncio.run(read(form_of(body))) == []


@pytest.mark.parametrize('body', [b'', b'\r\n', b'--ab\r\n', b'--ab\r\n\r\nx', b'--ab\r\n\r\nx\r\n--ab\r\n'])
def test_truncated_form_is_a_client_error(body: bytes) -> None:
    """A form that lacks its final boundary, an empty body included, raises MultipartParseError."""
    with pytest.raises(MultipartParseError):
        asyncio.run(read(form_of(body)))


def test_body_is_read_to_its_end() -> None:
    """What follows the final boundary is read and dropped, so that the connection can be used again."""
    body = Body(written([('a', None, b'x')]), b'epilogue', b'more')
    asyncio.run(read(form_of(body=body)))
    assert body.pieces == []


def test_data_is_handed_on_as_it_arrived() -> None:
    """A stream with `read1` is read by it, and what it gives is not put together with anything or cut."""
    data = [b'x' * 100_000, b'y', b'z' * 70_000]
    start, end = written([('a', None, b'|')]).split(b'|')

    async def main() -> list[bytes]:
        form = form_of(body=ArrivingBody(start, *data, end))
        return [chunk async for part in form async for chunk in part.stream]

    assert asyncio.run(main()) == data


def test_streams_that_replace_read_are_read_by_it() -> None:
    """The `read1` of what a stream derives from, or wraps, is not taken for the stream's own."""
    pieces = [bytes(byte ^ 0xFF for byte in piece) for piece in (written([('a', None, b'x' * 100)]), b'epilogue')]
    wrapped: Any = WrappedBody(ArrivingBody(*pieces))
    for body in (InvertedBody(*pieces), wrapped):
        assert asyncio.run(read(form_of(body=body))) == [('a', b'x' * 100)]


def test_client_that_leaves_is_told_apart_from_a_malformed_form() -> None:
    """What the stream of the body raises goes through, from a part and from the form."""

    async def main() -> None:
        form = form_of(body=AbortedBody(b'--ab\r\n\r\nx'))
        part = await anext(form)
        with pytest.raises(ClientDisconnected):
            await part.get_data()
        with pytest.raises(ClientDisconnected):
            await anext(form)

    asyncio.run(main())


def test_part_that_was_left_behind_cannot_be_read() -> None:
    """Once the form went on, data that was not read is gone, and asking for it raises OperationNotAllowed."""

    async def main() -> None:
        form = form_of(written([('a', None, b'one'), ('b', None, b'two'), ('c', None, b'three')]))
        first = await anext(form)
        assert await first.get_data() == b'one'
        second = await anext(form)
        assert await second.stream.read(1) == b't'
        third = await anext(form)
        assert await first.get_data() == b'one'
        with pytest.raises(OperationNotAllowed):
            await second.get_data()
        assert await third.get_data() == b'three'

    asyncio.run(main())


def test_too_many_parts_attack_is_a_client_error() -> None:
    """One part more than the option allows raises MultipartParseError."""
    body = written([('a', None, b'')] * 3)
    assert len(asyncio.run(read(form_of(body, max_body_part_count=3)))) == 3
    with pytest.raises(MultipartParseError):
        asyncio.run(read(form_of(body, max_body_part_count=2)))


def test_huge_part_headers_attack_is_a_client_error() -> None:
    """Headers of more bytes than the option allows raise MultipartParseError."""
    body = written([('a', 'text/plain', b'')])
    asyncio.run(read(form_of(body, max_body_part_headers_size=100)))
    with pytest.raises(MultipartParseError):
        asyncio.run(read(form_of(body, max_body_part_headers_size=50)))


def test_too_large_part_attack_is_a_client_error() -> None:
    """Data of more bytes than the option allows raises MultipartParseError."""
    body = written([('a', None, b'1234')])
    assert asyncio.run(read(form_of(body, max_body_part_buffer_size=4))) == [('a', b'1234')]
    with pytest.raises(MultipartParseError):
        asyncio.run(read(form_of(body, max_body_part_buffer_size=3)))


def test_counters_reset_per_field_attack_is_a_client_error() -> None:
    """What is buffered is counted over all parts, whatever each of them is allowed; what streams is not."""
    body = written([('a', None, b'1234'), ('b', None, b'5678'), ('c', None, b'9')])

    async def main(limit: int) -> list[bytes]:
        form = form_of(body, max_form_buffer_size=limit, max_body_part_buffer_size=5)
        first = await anext(form)
        seen = [await first.get_data(), await first.get_data()]
        second = await anext(form)
        assert len([chunk async for chunk in second.stream]) == 1
        return [*seen, await (await anext(form)).get_data()]

    assert asyncio.run(main(5)) == [b'1234', b'1234', b'9']
    with pytest.raises(MultipartParseError) as caught:
        asyncio.run(main(4))
    assert caught.value.description == 'The body parts exceed 4 bytes together.'


def test_headers_that_are_no_utf8_are_a_client_error() -> None:
    """A name in another encoding raises MultipartParseError."""
    with pytest.raises(MultipartParseError):
        asyncio.run(read(form_of(written([('a', None, b'')]).replace(b'"a"', b'"\xe9"'))))


async def texts(form: MultipartForm) -> list[str | None]:
    return [await part.get_text() async for part in form]


@pytest.mark.parametrize(
    ('charset', 'text'), [(b'iso-8859-1', 'Ã©'), (b' UTF-8\r\n', 'é'), (b'zlib', 'é'), (b'\xff', 'é'), (b'', 'é')]
)
def test_form_may_name_its_charset(charset: bytes, text: str) -> None:
    """The part `_charset_` names the charset of those after it (RFC 7578, section 4.6), if it names one at all."""
    fields = [('a', None, 'é'.encode()), ('_charset_', 'x/y', charset), ('b', None, 'é'.encode())]
    assert asyncio.run(texts(form_of(written(fields)))) == ['é', None, text]


def test_default_charset_is_an_option() -> None:
    """Text that names no charset is in the one of the options."""
    fields = [('a', None, b'\xe9'), ('b', 'text/plain; charset=utf-8', 'é'.encode())]
    assert asyncio.run(texts(form_of(written(fields), default_charset='latin-1'))) == ['é', 'é']


def test_charset_field_can_be_read() -> None:
    """The form looks at the part `_charset_` and leaves its data to be read."""
    assert asyncio.run(read(form_of(written([('_charset_', None, b'x' * 100)])))) == [('_charset_', b'x' * 100)]


def test_form_within_a_form() -> None:
    """With a handler of forms among those of its options, a form gives the forms within it, while they arrive."""
    inner = written([('x', None, b'1'), ('y', None, b'2')]).replace(b'--ab', b'--inner')
    body = written([('a', 'multipart/mixed; boundary=inner', inner), ('b', None, b'3')])
    options = MultipartParseOptions(max_body_part_buffer_size=1)
    options.media_handlers['multipart/mixed'] = MultipartFormHandler()

    async def main() -> list[object]:
        form = MultipartFormHandler(options).deserialize(Body(body), FORM, None)
        nested = await (await anext(form)).get_media()
        assert isinstance(nested, MultipartForm)
        return [await read(nested), await read(form)]

    assert asyncio.run(main()) == [[('x', b'1'), ('y', b'2')], [('b', b'3')]]


@pytest.mark.parametrize('name', ['a', '_charset_'])
def test_cancelled_calls_lose_nothing(name: str) -> None:
    """Whatever call is cancelled while it waits, the next one goes on where it stopped."""
    fields: list[Field] = [(name, None, b'one'), ('b', None, b'two'), ('c', None, b'three')]
    body = written(fields)

    async def main() -> list[tuple[str | None, bytes]]:
        form = form_of(body=InterruptedBody(*(body[start : start + 3] for start in range(0, len(body), 3))))
        seen: list[tuple[str | None, bytes]] = []
        while part := await insist(lambda: anext(form, None)):
            # The second part is left to be passed over.
            seen.append((part.name, b'' if part.name == 'b' else await insist(part.get_data)))
        return seen

    assert asyncio.run(main()) == [(name, b'one'), ('b', b''), ('c', b'three')]


@pytest.mark.parametrize('read_it', [True, False])
def test_large_part_leaves_memory_flat(read_it: bool) -> None:
    """A part of any size is read, or passed over, in the memory of a few chunks."""
    chunk = b'x' * 65536
    head, _, tail = written([('a', None, b'DATA'), ('b', None, b'')]).partition(b'DATA')

    async def main() -> int:
        form = form_of(head, *[chunk] * 500, tail)
        size_bytes = 0
        async for part in form:
            if read_it:
                size_bytes += sum([len(piece) async for piece in part.stream])
        return size_bytes

    tracemalloc.start()
    try:
        assert asyncio.run(main()) == 500 * len(chunk) * read_it
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 16 * len(chunk)


def test_handler_leaves_reading_to_the_form() -> None:
    """The handler wants the stream itself, and has options of its own unless it is given some."""
    resolved = Handlers({'multipart/form-data': MultipartFormHandler()}).resolve(FORM, FORM)
    assert not resolved.buffered
    assert resolved.deserialize is not None
    options = MultipartParseOptions()
    assert MultipartFormHandler(options).parse_options is options
    assert MultipartFormHandler().parse_options is not MultipartFormHandler().parse_options


@pytest.mark.parametrize(
    'content_type',
    [
        None,
        'multipart/form-data',
        'multipart/form-data; boundary=',
        'multipart/form-data; boundary=" "',
        f'multipart/form-data; boundary={"x" * 71}',
        'multipart/form-data; boundary="a\0"',
        'multipart/form-data; boundary=é',
    ],
)
def test_missing_or_malformed_boundary_is_a_client_error(content_type: str | None) -> None:
    """A Content-Type without a boundary of 1 to 70 visible characters raises HTTPInvalidHeader."""
    with pytest.raises(HTTPInvalidHeader):
        MultipartFormHandler().deserialize(Body(), content_type, None)


@pytest.mark.parametrize(
    ('parameter', 'boundary'), [('x' * 70, b'x' * 70), ('"a b,?"', b'a b,?'), ('"ab "', b'ab'), ('***', b'***')]
)
def test_unusual_boundaries(parameter: str, boundary: bytes) -> None:
    """A boundary may be quoted, hold any visible character, and lose a space at its end."""
    body = written([('a', None, b'x')]).replace(b'--ab', b'--' + boundary)
    form = MultipartFormHandler().deserialize(Body(body), f'multipart/form-data; boundary={parameter}', None)
    assert asyncio.run(read(form)) == [('a', b'x')]


def test_forms_are_not_written() -> None:
    """A form that is to be sent back fails with a text that says so."""
    with pytest.raises(NotImplementedError, match='received a str as media of type multipart/form-data, which is read'):
        MultipartFormHandler().serialize('', FORM)
