"""The body of a response: where it comes from, and what becomes of what was to be the body and is not.

The functions are no methods of `Response`, so that its subclasses may have methods of any name but Falcon's.
"""

import inspect
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from falcon_core.errors import UnsupportedError
from falcon_core.parts import announced_bodies

if TYPE_CHECKING:
    from falcon_asgi.response import Response

__all__ = ['abandon', 'awaited_body', 'clear_body', 'rendered', 'sources']

# What is said in the headers of one body and cannot be said of another that takes its place.
_HEADERS_OF_ONE_BODY = ('content-encoding', 'content-length', 'content-range')


def rendered(resp: 'Response') -> bytes | Awaitable[bytes] | None:
    """Return the body if it comes from `text`, `data` or `media`.

    Returns:
        The body; something to await for it where the media handler is asynchronous (see `awaited_body`); None if there
        is no such body, or if `sse` goes before it.

    Raises:
        MissingDistribution: `media` is set and there are no media handlers, because falcon-media is not installed.
        TypeError: `text` or `data` has another type.
        UnsupportedError: There is no media handler for the Content-Type.
    """
    if resp._sse is not None:
        return None
    if resp.text is not None:
        return resp.text.encode() if isinstance(resp.text, str) else _bytes(resp.text, 'text', 'str')
    if resp.data is not None:
        return _bytes(resp.data, 'data')
    return None if resp.media is None else _rendered_media(resp)


def _rendered_media(resp: 'Response') -> bytes | Awaitable[bytes]:
    handlers, default = resp.options.media_handlers, resp.options.default_media_type or ''
    content_type = resp._headers.get('content-type')
    found = handlers.find(content_type, default)
    if found is None:
        handlers.require_any('resp.media')
        raise UnsupportedError(
            f'no media handler for {content_type or default!r}, expected one of {", ".join(sorted(handlers))}'
        )
    if not content_type:
        content_type = resp._headers['content-type'] = default
    if found.serialize is not None:
        return found.serialize(resp.media, content_type)
    return found.handler.serialize_async(resp.media, content_type)


async def awaited_body(body: Any) -> bytes | None:
    """Return the body that `rendered` returned, after waiting for it where that has to be.

    Raises:
        TypeError: It is not bytes: a fault of the media handler, or of a subclass that makes bodies itself.
    """
    if inspect.isawaitable(body):
        body = await body
    return None if body is None else _bytes(body, 'rendered')


def _bytes(body: Any, attribute: str, expected: str = 'bytes') -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise TypeError(f'received a {type(body).__name__} as resp.{attribute}, expected {expected}')


def sources(resp: 'Response') -> list[str]:
    """Return the attributes that are set and that a body is produced from while it is sent; the first one is."""
    names = []
    if resp._sse is not None:
        names.append('sse')
    if resp.stream is not None:
        names.append('stream')
    for name in announced_bodies():
        if name != 'sse' and getattr(resp, name, None) is not None:
            names.append(name)
    return names


def abandon(resp: 'Response', name: str) -> None:
    """Forget what an attribute holds and have it closed after the response, without being sent."""
    resp._abandoned = [*(resp._abandoned or ()), getattr(resp, name)]
    setattr(resp, name, None)


def clear_body(resp: 'Response') -> None:
    """Forget the body, whatever its source, with its length, encoding and range; its type stays."""
    for name in sources(resp):
        abandon(resp, name)
    resp.text = resp.data = resp.media = None
    if resp._headers:
        for header in _HEADERS_OF_ONE_BODY:
            resp._headers.pop(header, None)
