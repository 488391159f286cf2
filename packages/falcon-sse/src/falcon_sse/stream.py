"""A stream of events: an ASGI application by itself, the body of a response, or an async iterator of bytes."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Mapping
from functools import partial
from types import EllipsisType, MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from falcon_core.asgi_types import Receive, Scope, Send
from falcon_core.constants import DEFAULT_HEARTBEAT_S, DEFAULT_SHUTDOWN_GRACE_S, MEDIA_EVENT_STREAM, MEDIA_JSON
from falcon_core.errors import UnsupportedScopeError
from falcon_core.interfaces import StreamBody, Upkeep
from falcon_core.streams import IteratorAndSource, close_stream, send_stream, send_unless_left, wait_disconnect
from falcon_sse.event import PING, SSEvent, as_event, encoder

if TYPE_CHECKING:
    from falcon_core.interfaces import MediaHandler
    from falcon_core.media import Handlers
    from falcon_core.options import ResponseOptions
    from falcon_core.shutdown import Shutdown

__all__ = ['EventStream', 'SSEEmitter']

# What Falcon takes for `resp.sse`; an `EventStream` takes more.
SSEEmitter = AsyncIterator[SSEvent | None]

# Of `...` another's number counts.
_Seconds = float | EllipsisType | None

# Makes the event that tells a client of an exception, or None to tell it of none.
_OnError = Callable[[Exception], SSEvent | None]


class EventStream:
    """Events, and how they are sent.

    Awaited as an ASGI application it answers one request and needs no closing; assigned to `resp.sse` it is the body of
    a response. It can also be iterated by whatever sends it, once and by one task at a time: it then gives bytes,
    whoever stops before the end awaits `aclose`, and there are no heartbeats, no timeout and no shutdown.

    As an application it is the one that receives, to learn of the client's leaving: what is left of the request's body
    is dropped. As the body of a response of falcon-asgi it leaves the body to whoever reads it.

    Args:
        events: An async iterable, such as an async generator, of any of these:
            `SSEvent`; `str`, the data of an event without a type; None, a comment that keeps the connection from
            looking idle; any other object, such as a dict, an event whose data is the object's JSON text. Bytes are
            refused, as they may be meant as data or as an event already serialized; `SSEvent(data)` takes them.
        handlers: The media handlers whose handler for `application/json` makes the JSON text. If it has none, or is
            None, the handler of the installed distributions does.
        heartbeat_s: After how many seconds without an event a comment is sent; None for never.
        send_timeout_s: How many seconds the server may take to accept an event or a heartbeat, before the client counts
            as one that stopped reading and is given up; None for any number.
        shutdown: What tells that the application stops. Within an application of falcon-asgi its own does.
        shutdown_grace_s: For how many seconds the stream may go on from then; None for as long as the server lets it.
        last_event: Sent to a client whose stream is ended by the shutdown, after the iterator was closed.
        error_event: Sent when the iterator raises an exception, which is raised nevertheless: an event, or a function
            that gets the exception and returns an event or None. None sends nothing.

        Where one of the numbers of seconds is `...`, that of the application counts (`sse_heartbeat_s`,
        `stream_send_timeout_s` and `sse_shutdown_grace_s` of its `resp_options`), elsewhere 15, None and 1.

    Attributes:
        handlers (falcon_core.media.Handlers | None): See above.
        headers: The headers of a response with this body: lowercase name to value. No cache may answer with it
            by itself, and no proxy that knows `X-Accel-Buffering` (nginx) holds events back. The type has no charset,
            because the format is always UTF-8 (WHATWG HTML, section 9.2.5).

    Raises:
        TypeError: `events` is not an async iterable.
        ValueError: A number of seconds is negative, or is 0 for heartbeats.
    """

    headers: ClassVar[Mapping[str, str]] = MappingProxyType(
        {'content-type': MEDIA_EVENT_STREAM, 'cache-control': 'no-cache', 'x-accel-buffering': 'no'}
    )

    def __init__(
        self,
        events: AsyncIterable[object],
        *,
        handlers: 'Handlers | None' = None,
        heartbeat_s: _Seconds = ...,
        send_timeout_s: _Seconds = ...,
        shutdown: 'Shutdown | None' = None,
        shutdown_grace_s: _Seconds = ...,
        last_event: SSEvent | None = None,
        error_event: SSEvent | _OnError | None = None,
    ) -> None:
        if not isinstance(events, AsyncIterable):
            raise TypeError(_misuse(events))
        self._source: AsyncIterator[object] = aiter(events)
        if error_event is not None:
            self._source = IteratorAndSource(_telling(self._source, error_event), self._source)
        self.handlers = handlers
        self._heartbeat_s = _seconds('heartbeat_s', heartbeat_s, above_0=True)
        self._send_timeout_s = _seconds('send_timeout_s', send_timeout_s)
        self._shutdown = shutdown
        self._shutdown_grace_s = _seconds('shutdown_grace_s', shutdown_grace_s)
        self._last_chunk = b'' if last_event is None else last_event.encode()
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
        handler, is_awaited = self._json_handler()
        return await _encoded_by_awaiting(item, handler) if is_awaited else encoder(handler)(item)

    async def aclose(self) -> None:
        """Close the iterator of events, so that what it holds is let go; again or at the end, it does nothing.

        Raises:
            Exception: Whatever the iterator raised while it was closed.
        """
        if self._closed:
            return
        self._closed = True
        await close_stream(self._source)

    def body(self, options: 'ResponseOptions | None' = None) -> StreamBody:
        """Return the stream as the body of a response; whoever gets it closes its iterator, and this stream is closed.

        Args:
            options: How an application makes responses: counts where the stream was told nothing itself.
        """
        if self.handlers is None and options is not None:
            self.handlers = options.media_handlers
        handler, is_awaited = self._json_handler()
        heartbeat_s, timeout_s, grace_s = self._heartbeat_s, self._send_timeout_s, self._shutdown_grace_s
        if heartbeat_s is ...:
            heartbeat_s = DEFAULT_HEARTBEAT_S if options is None else options.sse_heartbeat_s
        if timeout_s is ...:
            timeout_s = None if options is None else options.stream_send_timeout_s
        if grace_s is ...:
            grace_s = DEFAULT_SHUTDOWN_GRACE_S if options is None else options.sse_shutdown_grace_s
        upkeep = Upkeep(
            heartbeat_s=heartbeat_s,
            heartbeat=PING,
            send_timeout_s=timeout_s,
            shutdown_grace_s=grace_s,
            last_chunk=self._last_chunk,
            starts_at_once=True,
        )
        source, self._source, self._closed = self._source, _nothing(), True
        if is_awaited:
            chunks = IteratorAndSource(_chunks_by_awaiting(source, handler), source)
            return StreamBody(chunks, self.headers, upkeep)
        # Encoded where they are sent: iterating by way of `__anext__` would cost each event a coroutine.
        return StreamBody(source, self.headers, upkeep, encoder(handler))

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
            return
        body = self.body()
        await send_stream(
            send, body.chunks, client_left, encode=body.encode, upkeep=body.upkeep, shutdown=self._shutdown
        )

    def _json_handler(self) -> 'tuple[MediaHandler | None, bool]':
        """Return what makes JSON, None for that of the installed distributions, and whether it has to be awaited."""
        resolved = None if self.handlers is None else self.handlers.find(MEDIA_JSON, MEDIA_JSON)
        return (None, False) if resolved is None else (resolved.handler, resolved.serialize is None)


async def _encoded_by_awaiting(item: object, handler: 'MediaHandler | None') -> bytes:
    event = None if item is None else as_event(item)
    if handler is not None and event is not None and event.needs_json:
        data = await handler.serialize_async(event.json, MEDIA_JSON)
        event = SSEvent(data, event.event_type, event.event_id, event.retry, comment=event.comment)
    return encoder(handler)(event)


async def _chunks_by_awaiting(source: AsyncIterator[object], handler: 'MediaHandler | None') -> AsyncGenerator[bytes]:
    async for item in source:
        yield await _encoded_by_awaiting(item, handler)


async def _nothing() -> AsyncGenerator[object]:
    return
    yield


async def _telling(source: AsyncIterator[object], error_event: 'SSEvent | _OnError') -> AsyncGenerator[object]:
    """Yield the events; where their iterator raises an exception, the event that tells of it, and then raise it."""
    try:
        async for item in source:
            yield item
    except Exception as error:  # noqa: BLE001 # raised again in any case
        event = error_event if isinstance(error_event, SSEvent) else error_event(error)
        try:
            if event is not None:
                yield event
        finally:
            # Also where this is closed because the client does not hear of it.
            raise error


def _seconds(
    name: str, value: 'float | EllipsisType | None', *, above_0: bool = False
) -> 'float | EllipsisType | None':
    if isinstance(value, (int, float)) and (value < 0 or (above_0 and value == 0)):
        raise ValueError(f'received {name} {value!r}, expected {"more than 0" if above_0 else "at least 0"}')
    return value


def _misuse(value: object) -> str:
    expected = 'expected an async iterable of events'
    if inspect.isasyncgenfunction(value):
        return f'received an async generator function, {expected}: call it, and give what it returns'
    if inspect.iscoroutine(value) or inspect.iscoroutinefunction(value):
        return f'received a coroutine or its function, {expected}: a function that yields, called but not awaited'
    if hasattr(value, '__iter__'):
        return f'received a synchronous iterable of type {type(value).__name__}, {expected}: yield from an async def'
    return f'received an object of type {type(value).__name__}, {expected}'
