import asyncio
import tracemalloc
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import HTTPContentTooLarge, MediaMalformedError, MediaMismatchError
from falcon_media.ndjson import read_ndjson, write_ndjson

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


class Sale(msgspec.Struct):
    price: float


async def arriving(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


def read(pieces: Iterable[bytes], **options: Any) -> list[Any]:
    """The objects that were read, then the error if there was one."""

    async def main() -> list[Any]:
        seen: list[Any] = []
        try:
            async for item in read_ndjson(arriving(pieces), **options):
                seen.append(item)
        except (HTTPContentTooLarge, MediaMalformedError, MediaMismatchError) as error:
            seen.append(error)
        return seen

    return asyncio.run(main())


def written(objects: AsyncIterable[object] | Iterable[object]) -> list[bytes]:
    async def main() -> list[bytes]:
        return [chunk async for chunk in write_ndjson(objects)]

    return asyncio.run(main())


async def produced(objects: Iterable[object]) -> AsyncIterator[object]:
    for item in objects:
        await asyncio.sleep(0)
        yield item


@given(st.lists(values, max_size=5), st.integers(1, 20))
def test_what_is_written_is_read_back(objects: list[object], step: int) -> None:
    """The objects come back in order, however the lines are cut and whichever way they were written."""
    body = b''.join(written(objects))
    assert b''.join(written(produced(objects))) == body
    assert body.count(b'\n') == len(objects)
    assert read(body[start : start + step] for start in range(0, len(body), step)) == objects


@given(st.lists(st.binary(max_size=10), max_size=10))
def test_any_bytes_give_objects_or_a_client_error(pieces: list[bytes]) -> None:
    """Nothing raises anything but an error of the client's, and the split does not matter."""

    def shown(seen: list[Any]) -> list[str]:
        return [repr(item) for item in seen]

    assert shown(read(pieces)) == shown(read([b''.join(pieces)]))
    assert shown(read(pieces, max_line_bytes=3)) == shown(read([b''.join(pieces)], max_line_bytes=3))


def test_ends_of_lines() -> None:
    """Lines end with LF or CR LF, the last one need not; empty ones are passed over."""
    assert read([b'1\r\n', b'\n \n2', b'\n', b'3']) == [1, 2, 3]
    assert read([]) == read([b'']) == read([b'\n']) == []


def test_lines_are_decoded_into_a_type() -> None:
    """Each line becomes an object of the type; one of another says which line and where in it."""
    *sales, error = read([b'{"price":1}\n\n{"price":"x"}\n{"price":2}\n'], type=Sale)
    assert sales == [Sale(1.0)]
    assert isinstance(error, MediaMismatchError)
    assert error.path == '$.price'
    assert error.description == 'Line 3: Expected `float`, got `str` - at `$.price`'


def test_a_malformed_line_is_named() -> None:
    """A line that is no JSON is answered with 400, after those before it."""
    *before, error = read([b'1\n[2\n3\n'])
    assert before == [1]
    assert isinstance(error, MediaMalformedError)
    assert str(error.description).startswith('Line 2: ')
    [error] = read([b'[' * 100_000])
    assert isinstance(error, MediaMalformedError)


@pytest.mark.parametrize('pieces', [[b'"123456789"'], [b'"1234', b'56789"', b'\n'], [b'1\n"123456789"\n2']])
def test_endless_line_attack_is_a_client_error(pieces: list[bytes]) -> None:
    """A line longer than the limit is refused, also one that never ends."""
    assert isinstance(read(pieces, max_line_bytes=9)[-1], HTTPContentTooLarge)
    assert not isinstance(read(pieces, max_line_bytes=11)[-1], HTTPContentTooLarge)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b'x' * 1000

    async def main() -> None:
        async for _ in read_ndjson(endless()):
            pass

    with pytest.raises(HTTPContentTooLarge):
        asyncio.run(main())


@pytest.mark.parametrize('end', [b'', b'\r', b'\n', b'\r\n'])
def test_length_of_a_line_is_that_without_its_end(end: bytes) -> None:
    """A line may be as long as the limit and no longer, whatever ends it."""
    assert read([b'"1234567"' + end], max_line_bytes=9) == ['1234567']
    assert isinstance(read([b'"12345678"' + end], max_line_bytes=9)[-1], HTTPContentTooLarge)


def test_lines_before_a_long_one_are_yielded() -> None:
    """What is yielded before a line that is too long does not depend on what arrives with it; the error names it."""
    for pieces in ([b'1\n\n"12345"\n2\n'], [b'1\n', b'\n"123', b'45"\n2\n'], [b'1\n\n"12345"']):
        first, error = read(pieces, max_line_bytes=3)
        assert first == 1
        assert isinstance(error, HTTPContentTooLarge)
        assert error.description == 'Line 3 exceeds 3 bytes.'


def test_memory_stays_flat() -> None:
    """Fifty thousand objects are read and written in the memory of some chunks."""

    async def peak_bytes() -> int:
        tracemalloc.start()
        try:
            total = 0
            async for item in read_ndjson(write_ndjson({'number': number} for number in range(50_000))):
                total += item['number']
            assert total == 1_249_975_000
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert asyncio.run(peak_bytes()) < 3_000_000


def test_objects_are_sent_as_they_come() -> None:
    """Each object of an asynchronous iterable is a chunk of its own; others are sent together."""
    assert written(produced([1, 2])) == [b'1\n', b'2\n']
    assert written([1, 2]) == [b'1\n2\n']
    assert written([]) == written(produced([])) == []


def test_the_source_is_closed() -> None:
    """Who leaves the lines before their end closes what the objects come from."""
    closed = []

    async def source() -> AsyncIterator[object]:
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    class Plain:
        def __aiter__(self) -> 'Plain':
            return self

        async def __anext__(self) -> int:
            return 1

    async def main() -> None:
        for objects in (source(), Plain()):
            lines = write_ndjson(objects)
            assert await anext(lines) == b'1\n'
            await lines.aclose()  # type: ignore[attr-defined] # it is a generator

    asyncio.run(main())
    assert closed == [True]
