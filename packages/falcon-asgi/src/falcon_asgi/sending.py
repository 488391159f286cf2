"""What a response is on the wire: its start event, and its body in whichever form it has."""

import inspect
import logging
from collections.abc import AsyncIterable, AsyncIterator
from functools import partial
from typing import Any

from falcon_asgi.body_stream import BoundedStream
from falcon_asgi.file_chunks import FileChunks
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_asgi.response_body import abandon, sources
from falcon_core.asgi_types import Message, Send
from falcon_core.constants import MEDIA_EVENT_STREAM
from falcon_core.error_groups import consists_of
from falcon_core.errors import ClientDisconnected
from falcon_core.http_status import http_status_to_code
from falcon_core.interfaces import StreamBody, Upkeep
from falcon_core.parts import body_factory
from falcon_core.registry import Registry
from falcon_core.streams import IteratorAndSource, close_stream, send_stream, send_unless_left

__all__ = ['UNREAD_PATIENCE_S', 'Prepared', 'bare_answer', 'close_unsent', 'prepare', 'send_produced']

# For how many seconds a request body that is too large to be kept may go unread beside a stream, before the rest of it
# is dropped: until then, nobody can tell whether the client is still there.
UNREAD_PATIENCE_S = 60.0

# The start event, the body, and whether the body is to be left out.
Prepared = tuple[Message, bytes | StreamBody, bool]

_logger = logging.getLogger('falcon')

_OK = 200
# RFC 9110, sections 15.2, 15.3.5 and 15.4.5: responses with these have no content, whatever the request was.
_NO_CONTENT = frozenset((*range(100, 200), 204, 304))
_RESET_CONTENT = 205  # section 15.3.6: has no content and says so


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
        ValueError: The status is none, or the Content-Length of what is produced is none.
    """
    code = http_status_to_code(resp.status)
    headers = resp._headers
    if body is None:
        content = _produced(resp)
    else:
        content = body
        # The one source that is likely beside another; to look for those of third parties costs as much as all of this.
        if resp.stream is not None:
            abandon(resp, 'stream')
    left_out = req.method == 'HEAD'
    # What most responses come down to, an eighth of a request's time faster than by the rules for all of them.
    if code == _OK and type(content) is bytes and not left_out and resp._cookies is None and len(headers) < 2:
        content_type = headers.get('content-type') if headers else resp.options.default_media_type
        if content_type is not None:
            lines = [(b'content-length', b'%d' % len(content)), (b'content-type', content_type.encode('latin-1'))]
            return {'type': 'http.response.start', 'status': code, 'headers': lines}, content, False
    if code in _NO_CONTENT:
        left_out = True
        headers.pop('content-length', None)
    elif code == _RESET_CONTENT:
        left_out = True
        headers['content-length'] = '0'
    else:
        if not isinstance(content, bytes):
            resp.content_length = resp.content_length  # checked again, because `set_header` sets it as well
        # What answers HEAD may know the size of a body that it does not make (RFC 9110, section 8.6).
        elif content or not left_out or 'content-length' not in headers:
            headers['content-length'] = str(len(content))
        if 'content-type' not in headers and resp.options.default_media_type is not None:
            headers['content-type'] = resp.options.default_media_type
    lines = [(name.encode(), value.encode('latin-1')) for name, value in headers.items()]
    if resp._cookies is not None:
        lines += [(b'set-cookie', line.encode('latin-1')) for line in resp._cookies.values()]
    return {'type': 'http.response.start', 'status': code, 'headers': lines}, content, left_out


def bare_answer() -> Prepared:
    """Return what is sent where not even an error can be made a response of: a 500 without content."""
    headers = [(b'content-length', b'0')]
    return {'type': 'http.response.start', 'status': 500, 'headers': headers}, b'', True


def _produced(resp: Response) -> bytes | StreamBody:
    names = sources(resp)
    if not names:
        return b''
    name, *others = names
    for other in others:
        abandon(resp, other)
    value = getattr(resp, name)
    if name == 'stream':
        return StreamBody(_chunks_of(value), upkeep=_upkeep(resp))
    body = body_factory(name)(value, resp.options)
    for header, text in body.headers.items():
        if header not in resp._headers:
            resp.set_header(header, text)
    return body


def _upkeep(resp: Response) -> Upkeep | None:
    """Return what a stream needs; one of events that are bytes already has no place known for a heartbeat."""
    options = resp.options
    if resp._headers.get('content-type', '').startswith(MEDIA_EVENT_STREAM):
        return Upkeep(
            send_timeout_s=options.stream_send_timeout_s,
            shutdown_grace_s=options.sse_shutdown_grace_s,
            starts_at_once=True,
        )
    if options.stream_send_timeout_s is not None:
        return Upkeep(send_timeout_s=options.stream_send_timeout_s)
    return None


def _chunks_of(stream: Any) -> AsyncIterator[bytes]:
    # A file that can also be iterated over gives lines then. A request's body gives what arrives, without waiting for
    # a whole piece.
    if hasattr(stream, 'read') and not isinstance(stream, BoundedStream):
        return FileChunks(stream)
    if not isinstance(stream, AsyncIterable):
        hint = ': call it, and give what it returns' if inspect.isasyncgenfunction(stream) else ''
        raise TypeError(
            f'received a {type(stream).__name__} as resp.stream, '
            f'expected an asynchronous iterable or a file-like object{hint}'
        )
    chunks: AsyncIterator[bytes] = aiter(stream)
    return chunks if chunks is stream or not hasattr(stream, 'aclose') else IteratorAndSource(chunks, stream)


async def close_unsent(value: Any) -> None:
    """Close what was to be the body of a response and will not be, in the way in which it would be closed after it.

    Raises:
        Exception: Whatever closing it raised.
    """
    if hasattr(value, 'read'):
        if not isinstance(value, BoundedStream):
            await FileChunks(value).aclose()
    else:
        await close_stream(value)


async def send_produced(
    req: Request,
    send: Send,
    start: Message,
    body: StreamBody,
    left_out: bool,
    registry: Registry,
    params: dict[str, Any],
) -> None:
    """Send a response whose body is produced while it is sent, for as long as the client is there.

    What the production of the body or `send` raises is logged and reported. The end of the body is then not sent, so
    that the client can tell that something is missing; so it is with a piece that is not bytes, and with a body that is
    not as long as its Content-Length says.

    Args:
        req: The request.
        send: The ASGI send callable.
        start: The `http.response.start` event.
        body: The body, whose iterator is closed in any case.
        left_out: Whether to send the start alone.
        registry: What tells that the application stops, and what an exception is reported to.
        params: The fields of the route, for the report.
    """
    client_left = partial(req.wait_disconnect, patience_s=UNREAD_PATIENCE_S)
    follows = False
    try:
        try:
            if await send_unless_left(send, start, client_left):
                follows = not left_out
                if left_out:
                    await send_unless_left(send, {'type': 'http.response.body', 'body': b''}, client_left)
        finally:
            if not follows:
                await close_stream(body.chunks)
        if follows:
            length = next((int(value) for name, value in start['headers'] if name == b'content-length'), None)
            await send_stream(
                send,
                body.chunks,
                client_left,
                encode=body.encode,
                length=length,
                upkeep=body.upkeep,
                shutdown=registry.shutdown,
            )
    except Exception as error:
        if consists_of(error, ClientDisconnected):
            _logger.debug('client left during %s %r', req.method, req.path)
            return
        _logger.exception('exception in the body of the response to %s %r', req.method, req.path)
        registry.report(req, error, params, handled=False)
