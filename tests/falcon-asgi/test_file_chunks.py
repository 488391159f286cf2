"""Files as bodies: read off the event loop, in pieces, to their promised end, and closed."""

import asyncio
import io
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi.file_chunks import CHUNK_BYTES, FileChunks

TIMEOUT_S = 10


async def _all(chunks: FileChunks) -> list[bytes]:
    try:
        return [chunk async for chunk in chunks]
    finally:
        await chunks.aclose()


def _read(file: Any, content_length: int | None = None) -> list[bytes]:
    return asyncio.run(_all(FileChunks(file, content_length)))


class AsyncFile:
    """An asynchronous file over bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)
        self.closed = False

    async def read(self, n: int = -1, /) -> bytes:
        return self._content.read(n)

    async def close(self) -> None:
        self.closed = True


class AsyncClosingFile(AsyncFile):
    """One that is closed by `aclose`, and whose `close` is for other callers."""

    async def aclose(self) -> None:
        self.closed = True

    async def close(self) -> None:
        raise NotImplementedError


@given(content=st.binary(max_size=300), length=st.none() | st.integers(0, 300), piece=st.integers(1, 50))
def test_file_is_read_in_order_up_to_its_length(content: bytes, length: int | None, piece: int) -> None:
    """However short the pieces of a file are, as many bytes as asked for come out; that some are missing is told."""

    class Short(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(piece)

    if length is not None and length > len(content):
        with pytest.raises(EOFError):
            _read(Short(content), length)
    else:
        assert b''.join(_read(Short(content), length)) == content[:length]


def test_pieces_have_a_largest_size() -> None:
    """No more than CHUNK_BYTES is held of a file at a time."""
    assert [len(chunk) for chunk in _read(io.BytesIO(bytes(CHUNK_BYTES + 1)))] == [CHUNK_BYTES, 1]


def test_no_byte_is_read_past_the_length() -> None:
    """What follows the promised end is left in the file, and no read is made for nothing."""
    sizes = []

    class Recording(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(size)
            return super().read(size)

    assert _read(Recording(b'abcdef'), 4) == [b'abcd']
    assert sizes == [4]


def test_file_that_gives_too_much_is_cut() -> None:
    """A read that disregards its size does not make the body longer than promised."""

    class Generous:
        def read(self, size: int = -1, /) -> bytes:
            return b'abcdef'

    assert _read(Generous(), 4) == [b'abcd']


def test_missing_bytes_are_counted(tmp_path: Path) -> None:
    """The error of a file cut short names the file and says how much is missing."""
    path = tmp_path / 'short.txt'
    path.write_bytes(b'abc')
    with path.open('rb') as file, pytest.raises(EOFError) as raised:
        _read(file, 10)
    assert 'short.txt' in str(raised.value)
    assert str(raised.value).endswith('expected 7 more bytes')


@pytest.mark.parametrize('kind', [AsyncFile, AsyncClosingFile])
def test_asynchronous_file_is_read_and_closed(kind: type[AsyncFile]) -> None:
    """The coroutine functions of an asynchronous file are awaited; `aclose` goes before `close`."""
    file = kind(b'abc')
    assert _read(file) == [b'abc']
    assert file.closed


def test_synchronous_file_is_used_in_threads() -> None:
    """Neither reading nor closing a synchronous file holds up the event loop."""
    threads = []

    class Recording(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            threads.append(threading.current_thread())
            return super().read(size)

        def close(self) -> None:
            threads.append(threading.current_thread())
            super().close()

    file = Recording(b'abc')
    assert _read(file) == [b'abc']
    assert file.closed
    assert threading.main_thread() not in threads


def test_awaitables_of_a_plain_method_are_awaited() -> None:
    """A method that is no coroutine function may return something to await, as wrapped ones do."""
    pieces = [b'abc', b'']

    async def read() -> bytes:
        return pieces.pop(0)

    class Wrapped:
        def read(self, size: int = -1, /) -> Any:
            return read()

    assert _read(Wrapped()) == [b'abc']


def test_file_without_close_is_left_alone() -> None:
    """A file needs no method but `read`."""

    class Bare:
        async def read(self, n: int = -1, /) -> bytes:
            return b''

    assert _read(Bare()) == []


def test_text_is_refused(tmp_path: Path) -> None:
    """A file that was opened for text is an error that says so."""
    path = tmp_path / 'text.txt'
    path.write_text('abc')
    with path.open() as file, pytest.raises(TypeError, match=r'received a str from .*text.txt.*, expected bytes'):
        _read(file)


def test_other_bytes_become_bytes() -> None:
    """Where a file gives views of a buffer that it will use again, the pieces do not change with it."""
    buffer = bytearray(b'abc')

    class Reusing:
        def __init__(self) -> None:
            self.reads = 0

        def read(self, size: int = -1, /) -> Any:
            self.reads += 1
            if self.reads == 2:
                buffer[:] = b'xyz'
                return b''
            return memoryview(buffer)

    assert _read(Reusing()) == [b'abc']


def test_exception_of_read_comes_through_and_the_file_is_closed() -> None:
    """A failing disk is the reader's to hear of."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, 'input/output error')

    file = Failing()
    with pytest.raises(OSError, match='input/output error'):
        _read(file)
    assert file.closed


def test_closing_waits_for_a_read_that_was_cancelled() -> None:
    """A file is not closed under the thread that reads it; nothing is logged of what that read gives."""
    reading = threading.Event()
    may_go_on = threading.Event()
    done = []

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            reading.set()
            may_go_on.wait(TIMEOUT_S)
            done.append('read')
            raise OSError(5, 'too late')

        def close(self) -> None:
            done.append('close')
            super().close()

    async def main() -> None:
        chunks = FileChunks(Slow())
        task = asyncio.create_task(_all(chunks))
        await asyncio.to_thread(reading.wait, TIMEOUT_S)
        task.cancel()
        await asyncio.sleep(0)
        assert done == []
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def in_time() -> None:
        async with asyncio.timeout(TIMEOUT_S):
            await main()

    asyncio.run(in_time())
    assert done == ['read', 'close']
