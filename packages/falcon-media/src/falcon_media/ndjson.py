"""Newline-delimited JSON, an object a line: read while it arrives, written while it is sent, in flat memory.

Requests are read from any asynchronous iterable of bytes, such as `req.stream`; responses are written to one, such as
`resp.stream`.
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any

from falcon_core.http_errors import HTTPContentTooLarge, HTTPError
from falcon_media._json_text import encode
from falcon_media._typed import json_decoder, refusal, refusal_text

__all__ = ['MEDIA_NDJSON', 'read_ndjson', 'write_ndjson']

MEDIA_NDJSON = 'application/x-ndjson'
"""The media type of newline-delimited JSON."""

_MALFORMED = (ValueError, RecursionError)

# Objects that need not be waited for are sent together, up to this many bytes.
_CHUNK_BYTES = 64 * 1024


async def read_ndjson(
    body: AsyncIterable[bytes], *, type: Any = Any, max_line_bytes: int = 1024 * 1024
) -> AsyncIterator[Any]:
    """Yield the object of each line, as soon as the line is there.

    Lines end with LF or CR LF, the last one may end without; empty lines are passed over. Nothing is read ahead, and
    no more is kept than one line and what arrived with its end.

    Args:
        body: The bytes, in pieces of any size.
        type: What each line is to be decoded into; plain dicts, lists and the like by default.
        max_line_bytes: The longest line to take, without its end.

    Raises:
        HTTPContentTooLarge: A line is longer.
        MediaMalformedError: A line is no JSON.
        MediaMismatchError: A line is not of the type. The errors say which line; those before it have been yielded.
        Exception: Whatever reading the body raised.
    """
    decode = json_decoder(type)
    splitter = _LineSplitter()
    number = 0

    def decoded(lines: list[bytes]) -> Iterator[Any]:
        nonlocal number
        for line in lines:
            number += 1
            if len(line) - line.endswith(b'\r') > max_line_bytes:
                raise _too_long(number, max_line_bytes)
            if line and not line.isspace():
                try:
                    yield decode(line)
                except _MALFORMED as exc:
                    raise _at_line(number, exc) from exc

    async for chunk in body:
        for item in decoded(splitter.feed(chunk)):
            yield item
        # The last byte of what has begun may be the carriage return of its end.
        if splitter.begun_bytes - 1 > max_line_bytes:
            raise _too_long(number + 1, max_line_bytes)
    for item in decoded([splitter.close()]):
        yield item


async def write_ndjson(objects: AsyncIterable[object] | Iterable[object]) -> AsyncIterator[bytes]:
    """Yield the lines of some objects, for `resp.stream`.

    Each object of an asynchronous iterable is sent as it comes; those of others, several at a time. An asynchronous
    generator is closed with this one.

    Args:
        objects: The objects, in order.

    Raises:
        TypeError: There is no JSON for an object; those before it have been yielded.
        Exception: Whatever the iteration raised.
    """
    if not isinstance(objects, AsyncIterable):
        for chunk in _chunks(objects):
            yield chunk
        return
    iterator = aiter(objects)
    try:
        async for item in iterator:
            yield encode(item) + b'\n'
    finally:
        if hasattr(iterator, 'aclose'):
            await iterator.aclose()


class _LineSplitter:
    """Cuts bytes that arrive in pieces into lines, in time linear in their size.

    Attributes:
        begun_bytes: The size of the line that has begun and not ended.
    """

    def __init__(self) -> None:
        self._begun: list[bytes] = []  # the pieces of that line
        self.begun_bytes = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that end in `data`, without their line feeds."""
        *ended, rest = data.split(b'\n')
        if ended:
            ended[0] = b''.join([*self._begun, ended[0]])
            self._begun.clear()
            self.begun_bytes = 0
        if rest:
            self._begun.append(rest)
            self.begun_bytes += len(rest)
        return ended

    def close(self) -> bytes:
        """Return the last line, which has no end; empty if there is none."""
        return b''.join(self._begun)


def _chunks(objects: Iterable[object]) -> Iterator[bytes]:
    lines: list[bytes] = []
    size = 0
    for item in objects:
        lines.append(encode(item) + b'\n')
        size += len(lines[-1])
        if size >= _CHUNK_BYTES:
            yield b''.join(lines)
            lines, size = [], 0
    if lines:
        yield b''.join(lines)


def _too_long(number: int, max_line_bytes: int) -> HTTPError:
    return HTTPContentTooLarge(description=f'Line {number} exceeds {max_line_bytes} bytes.')


def _at_line(number: int, error: Exception) -> HTTPError:
    answer = refusal(error, 'NDJSON')
    answer.description = f'Line {number}: {refusal_text(error)}'
    return answer
