import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import OperationNotAllowed
from falcon_media.body_part_stream import BodyPartStream


def stream_of(*chunks: bytes) -> BodyPartStream:
    waiting = list(chunks)

    async def next_chunk() -> bytes:
        return waiting.pop(0) if waiting else b''

    return BodyPartStream(next_chunk)


class File:
    """An asynchronous file that keeps what is written to it."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    async def write(self, data: bytes, /) -> int:
        self.chunks.append(data)
        return len(data)


chunk_lists = st.lists(st.binary(min_size=1))
actions = st.lists(st.tuples(st.sampled_from(['read', 'peek']), st.integers(0, 12)))


@given(chunk_lists, actions)
def test_any_reads_give_the_data_in_order(chunks: list[bytes], steps: list[tuple[str, int]]) -> None:
    """Each read gives exactly what was asked for, fewer bytes only at the end; to peek takes nothing away."""

    async def main() -> None:
        stream, data = stream_of(*chunks), b''.join(chunks)
        for action, size in steps:
            expected = data[:size]
            if action == 'peek':
                assert await stream.peek(size) == expected
            else:
                assert await stream.read(size) == expected
                data = data[size:]
        assert await stream.read() == data
        assert await stream.read(1) == b''
        assert stream.eof

    asyncio.run(main())


@given(chunk_lists, st.integers(0, 12))
def test_iteration_gives_what_is_left(chunks: list[bytes], size: int) -> None:
    """Iteration goes on where reading stopped, and its chunks are never empty."""

    async def main() -> list[bytes]:
        stream = stream_of(*chunks)
        await stream.read(size)
        return [chunk async for chunk in stream]

    left = asyncio.run(main())
    assert b''.join(left) == b''.join(chunks)[size:]
    assert all(left)


@pytest.mark.parametrize('read', [BodyPartStream.read, BodyPartStream.readall, lambda stream: stream.read(None)])
def test_reads_all(read: Callable[[BodyPartStream], Awaitable[bytes]]) -> None:
    """Without a size, all that is left is read."""

    async def main() -> tuple[bytes, bool, bytes]:
        stream = stream_of(b'ab', b'cd', b'ef')
        await stream.read(1)
        return await read(stream), stream.eof, await stream.read()

    assert asyncio.run(main()) == (b'bcdef', True, b'')


def test_pipes_to_a_file() -> None:
    """What is left is written to a file as it arrives."""

    async def main() -> list[bytes]:
        stream, file = stream_of(b'ab', b'cd', b'ef'), File()
        await stream.read(1)
        await stream.pipe(file)
        return file.chunks

    assert asyncio.run(main()) == [b'b', b'cd', b'ef']


def test_exhaust_reads_to_the_end() -> None:
    """What is left can be dropped."""

    async def main() -> tuple[bool, bool, bytes]:
        stream = stream_of(b'ab', b'cd')
        before = stream.eof
        await stream.exhaust()
        return before, stream.eof, await stream.read()

    assert asyncio.run(main()) == (False, True, b'')


def test_one_large_chunk_is_handed_on_as_it_is() -> None:
    """A chunk that is read whole is not copied."""
    chunk = b'x' * 100_000

    async def main() -> bytes:
        return await stream_of(chunk).read(len(chunk))

    assert asyncio.run(main()) is chunk


def test_cancelled_read_loses_nothing() -> None:
    """What a cancelled read had got is there for the next one."""

    async def main() -> bytes:
        waiting = [b'ab', b'cd']
        stalled, flowing = asyncio.Event(), asyncio.Event()

        async def next_chunk() -> bytes:
            if len(waiting) == 1:
                stalled.set()
                await flowing.wait()
            return waiting.pop(0) if waiting else b''

        stream = BodyPartStream(next_chunk)
        reading = asyncio.create_task(stream.read(4))
        await stalled.wait()
        reading.cancel()
        await asyncio.wait([reading])
        assert reading.cancelled()
        flowing.set()
        return await stream.read()

    assert asyncio.run(main()) == b'abcd'


@pytest.mark.parametrize('ended', [False, True])
def test_data_that_was_there_but_not_read_is_gone(ended: bool) -> None:
    """Once left, a stream with something unread refuses to be read, its end seen or not; one that was read is empty."""

    async def main() -> None:
        async def nothing() -> bytes:
            return b''

        unread, done = (BodyPartStream(nothing, b'ab', ended=ended) for _ in range(2))
        assert await unread.peek(3) == b'ab'
        assert await done.read() == b'ab'
        for stream in (unread, done):
            stream.leave()
            stream.leave()
        refused: list[Awaitable[object]] = [unread.read(), unread.readall(), unread.peek(1), unread.read_whole(9)]
        for each in refused:
            with pytest.raises(OperationNotAllowed):
                await each
        assert await done.read() == b''
        assert await done.read_whole(9) == b''

    asyncio.run(main())


def test_the_last_chunk_may_be_known_as_such() -> None:
    """Where nothing comes after the first chunk, nothing is asked for."""

    async def main() -> None:
        async def never() -> bytes:
            raise AssertionError

        for size in (0, 1, 2, 9):
            stream = BodyPartStream(never, b'ab', ended=True)
            assert await stream.read(size) == b'ab'[:size]
            assert await stream.read_whole(0) == (b'' if size >= 2 else None)
            assert [chunk async for chunk in stream] == ([] if size >= 2 else [b'ab'[size:]])
            assert stream.eof

    asyncio.run(main())


def test_no_more_is_held_than_was_asked_for() -> None:
    """A part that is too large to be read whole is not read to its end to find that out."""

    async def main() -> None:
        calls = 0

        async def endless() -> bytes:
            nonlocal calls
            calls += 1
            return b'abc'

        stream = BodyPartStream(endless)
        assert await stream.read_whole(5) is None
        assert calls == 2

    asyncio.run(asyncio.wait_for(main(), 10))


def test_what_was_peeked_at_is_not_the_end() -> None:
    """The end is where all was read, not where all has been seen."""

    async def main() -> None:
        stream = stream_of(b'ab')
        assert await stream.peek(9) == b'ab'
        assert not stream.eof
        assert await stream.read() == b'ab'
        assert stream.eof

    asyncio.run(main())


def test_iteration_over_a_part_that_was_left_is_refused() -> None:
    """An iteration under way does not go on with what belongs to the next part."""

    async def main() -> None:
        stream = stream_of(b'a', b'b')
        chunks = aiter(stream)
        assert await anext(chunks) == b'a'
        stream.leave()
        with pytest.raises(OperationNotAllowed):
            await anext(chunks)

    asyncio.run(main())


@pytest.mark.parametrize('size', [2, 100, 4096])
def test_tiny_chunks_take_little_memory(size: int) -> None:
    """A part that comes in tiny pieces takes about as much memory as it has bytes, and its pieces stay in order."""
    total = 4096 * 25
    content = bytes(range(256)) * (total // 256)

    async def main() -> None:
        starts = iter(range(0, total, size))

        async def next_chunk() -> bytes:
            start = next(starts, total)
            return content[start : start + size]

        stream = BodyPartStream(next_chunk)
        tracemalloc.start()
        try:
            assert await stream.read_whole(total - 1) is None
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert kept < 2 * total
        assert await stream.read(3) == content[:3]
        assert await stream.read() == content[3:]

    asyncio.run(main())
