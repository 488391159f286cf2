"""What a response is on the wire: its start event, and its body in whichever form it has."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator
from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.asgi_types import Message, Send
from falcon_core.coroutines import is_coroutine_callable
from falcon_core.http_status import http_status_to_code
from falcon_core.parts import body_factory
from falcon_core.streams import close_stream, send_stream

__all__ = ['FileChunks', 'Prepared', 'prepare', 'send_produced']

_logger = logging.getLogger('falcon')

# The start event, the body, and whether the body is to be left out.
Prepared = tuple[Message, bytes | AsyncIterator[bytes], bool]

# RFC 9110, sections 15.2, 15.3.5 and 15.4.5: responses with these have no content, whatever the request was.
_NO_CONTENT = frozenset((*range(100, 200), 204, 304))
_RESET_CONTENT = 205  # section 15.3.6: has no content and says so

_CHUNK_BYTES = 64 * 1024


def prepare(req: Request, resp: Response, body: bytes | None) -> Prepared:
    """Return what there is to send.

    Args:
        req: The request.
        resp: The response.
        body: The body, if it is known; None if it is produced while it is sent, or if there is none.

    Returns:
        The `http.response.start` event; the body; and whether the body is to be left out, because of the method or of
        the status.

    Raises:
        TypeError: `sse` or `stream` is not what it has to be.
        ValueError: The status is none.
    """
    code = http_status_to_code(resp.status)
    headers = resp.headers_lower
    content: bytes | AsyncIterator[bytes] = _produced(resp) if body is None else body
    left_out = req.method == 'HEAD'
    if code in _NO_CONTENT:
        left_out = True
        headers.pop('content-length', None)
    else:
        if code == _RESET_CONTENT:
            left_out = True
            headers['content-length'] = '0'
        elif isinstance(content, bytes) and (content or not left_out or 'content-length' not in headers):
            # What answers HEAD may know the size of a body that it does not make (RFC 9110, section 8.6).
            headers['content-length'] = str(len(content))
        if 'content-type' not in headers:
            headers['content-type'] = resp.options.default_media_type
    lines = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in headers.items()]
    if resp.cookie_lines is not None:
        lines += [(b'set-cookie', line.encode('latin-1')) for line in resp.cookie_lines]
    return {'type': 'http.response.start', 'status': code, 'headers': lines}, content, left_out


def _produced(resp: Response) -> bytes | AsyncIterator[bytes]:
    if resp.sse is not None:
        body = body_factory('sse')(resp.sse, resp.options.media_handlers)
        for name, value in body.headers.items():
            resp.headers_lower.setdefault(name, value)
        return body.chunks
    stream: Any = resp.stream
    if stream is None:
        return b''
    if hasattr(stream, '__aiter__'):
        chunks: AsyncIterator[bytes] = stream.__aiter__()
        return chunks
    if hasattr(stream, 'read'):
        return FileChunks(stream)
    hint = ', expected it to be called' if inspect.isasyncgenfunction(stream) else ''
    raise TypeError(
        f'received a {type(stream).__name__} as resp.stream{hint}, '
        'expected an asynchronous iterable or a file-like object'
    )


async def send_produced(req: Request, send: Send, start: Message, chunks: AsyncIterator[bytes], left_out: bool) -> None:
    """Send a response whose body is produced while it is sent, for as long as the client is there.

    An exception from what produces it is logged; the end of the body is then not sent, so that the client can tell that
    something is missing.

    Args:
        req: The request.
        send: The ASGI send callable.
        start: The `http.response.start` event.
        chunks: The body; closed in any case.
        left_out: Whether to send the start alone.
    """
    try:
        started = await _sent(send, start)
        if started and not left_out:
            await send_stream(send, chunks, req.wait_disconnect)
            return
        await close_stream(chunks)
        if started:
            await _sent(send, {'type': 'http.response.body', 'body': b''})
    except Exception:
        _logger.exception('exception in the body of the response to %s %s', req.method, req.path)


async def _sent(send: Send, event: Message) -> bool:
    try:
        await send(event)
    except OSError:  # the client has left (ASGI HTTP 2.4, "Disconnected Client")
        return False
    return True


class FileChunks:
    """The content of a file-like object, in pieces; it is closed at the end.

    Args:
        file: An object with a method `read`, asynchronous or not; a method that is not is called in a thread.
        max_bytes: How much to read at the most, None for all.
    """

    def __init__(self, file: Any, max_bytes: int | None = None) -> None:
        self._file = file
        self._left = max_bytes

    def __aiter__(self) -> 'FileChunks':
        return self

    async def __anext__(self) -> bytes:
        size = _CHUNK_BYTES if self._left is None else min(_CHUNK_BYTES, self._left)
        chunk: bytes = await _called(self._file.read, size) if size else b''
        if not chunk:
            raise StopAsyncIteration
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    async def aclose(self) -> None:
        """Close the file."""
        if hasattr(self._file, 'close'):
            await _called(self._file.close)


async def _called(method: Any, *args: Any) -> Any:
    if is_coroutine_callable(method):
        return await method(*args)
    result = await asyncio.to_thread(method, *args)
    return await result if inspect.isawaitable(result) else result
