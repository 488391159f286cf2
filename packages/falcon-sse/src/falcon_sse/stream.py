"""A stream of events as bytes: an async iterator, and by itself an ASGI application."""

import inspect
from collections.abc import AsyncIterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from falcon_core.asgi_types import Receive, Scope, Send
from falcon_core.constants import MEDIA_JSON
from falcon_core.errors import UnsupportedScopeError
from falcon_core.streams import close_stream, send_stream, send_unless_left, wait_disconnect
from falcon_sse.event import SSEvent

if TYPE_CHECKING:
    from falcon_core.media import Handlers

__all__ = ['EventStream']

_PING = SSEvent().serialize().encode()


class EventStream:
    """The bytes of a stream of events, made as they are asked for.

    It can be iterated by whatever sends it, once and by one task at a time; whoever stops before its end awaits
    `aclose`. Or it is awaited as an ASGI application, which answers one request and needs no closing.

    Args:
        events: An async iterable, such as an async generator, of any of these:
            `SSEvent`; `str`, the data of an event without a type; None, a comment that keeps the connection from
            looking idle; any other object, such as a dict, an event whose data is the object's JSON text. Bytes are
            refused, as they may be meant as data or as an event already serialized; `SSEvent(data)` takes them.
        handlers: The media handlers whose handler for `application/json` makes the JSON text. If it has none, or is
            None, the handler of the installed distributions does.

    Attributes:
        handlers (falcon_core.media.Handlers | None): See above.
        headers: The headers of a response with this body: lowercase name to value. No cache may answer with it
            by itself, and no proxy that knows `X-Accel-Buffering` (nginx) holds events back. The type has no charset,
            because the format is always UTF-8 (WHATWG HTML, section 9.2.5).

    Raises:
        TypeError: `events` is not an async iterable.
    """

    headers: ClassVar[Mapping[str, str]] = MappingProxyType(
        {'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no'}
    )

    def __init__(self, events: AsyncIterable[object], *, handlers: 'Handlers | None' = None) -> None:
        if not isinstance(events, AsyncIterable):
            raise TypeError(_misuse(events))
        self._source = aiter(events)
        self.handlers = handlers
        self._closed = False

    def __aiter__(self) -> 'EventStream':
        return self

    async def __anext__(self) -> bytes:
        """Return the next event as bytes.

        Raises:
            StopAsyncIteration: There are no more, or the stream is closed.
            MissingDistribution: An event needs JSON, and no installed distribution makes it.
            TypeError: The iterator gave bytes.
            Exception: Whatever the iterator or the JSON handler raised. The stream is not closed by it.
        """
        if self._closed:
            raise StopAsyncIteration
        item = await anext(self._source)
        if item is None:
            return _PING
        event = item if isinstance(item, SSEvent) else _event_of(item)
        if event.json is None or event.text is not None or event.data is not None:
            return event.serialize().encode()
        return await self._json_event(event)

    async def aclose(self) -> None:
        """Close the iterator of events, so that what it holds is let go; again or at the end, it does nothing.

        Raises:
            Exception: Whatever the iterator raised while it was closed.
        """
        if self._closed:
            return
        self._closed = True
        await close_stream(self._source)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request with the events, until they end or the client leaves; to HEAD, headers only.

        In any case, also when it is cancelled, the iterator has been closed when it returns.

        Raises:
            UnsupportedScopeError: The scope is not of type `http`.
            Exception: Whatever the iterator raised; the response is then left without an end.
        """
        try:
            if scope['type'] != 'http':
                raise UnsupportedScopeError(f'received a scope of type {scope["type"]!r}, expected http')
            await self._answer(scope, receive, send)
        finally:
            await self.aclose()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        client_left = partial(wait_disconnect, receive)
        start = {'type': 'http.response.start', 'status': 200, 'headers': headers}
        if not await send_unless_left(send, start, client_left):
            return
        if scope['method'] == 'HEAD':
            await send_unless_left(send, {'type': 'http.response.body', 'body': b'', 'more_body': False}, client_left)
        else:
            await send_stream(send, self, client_left)

    async def _json_event(self, event: SSEvent) -> bytes:
        resolved = None if self.handlers is None else self.handlers.find(MEDIA_JSON, MEDIA_JSON)
        if resolved is None:
            return event.serialize().encode()
        if resolved.serialize is not None:
            return event.serialize(resolved.handler).encode()
        data = await resolved.handler.serialize_async(event.json, MEDIA_JSON)
        ready = SSEvent(data, event.event_type, event.event_id, event.retry, comment=event.comment)
        return ready.serialize().encode()


def _event_of(item: object) -> SSEvent:
    if isinstance(item, str):
        return SSEvent(item)
    if isinstance(item, bytes | bytearray | memoryview):
        raise TypeError(f'received {type(item).__name__}, expected SSEvent, str, None or an object to send as JSON')
    return SSEvent(json=item)


def _misuse(value: object) -> str:
    expected = 'expected an async iterable of events'
    if inspect.isasyncgenfunction(value):
        return f'received an async generator function, {expected}: call it, and give what it returns'
    if inspect.iscoroutine(value) or inspect.iscoroutinefunction(value):
        return f'received a coroutine or its function, {expected}: a function that yields, called but not awaited'
    if hasattr(value, '__iter__'):
        return f'received a synchronous iterable of type {type(value).__name__}, {expected}: yield from an async def'
    return f'received an object of type {type(value).__name__}, {expected}'
