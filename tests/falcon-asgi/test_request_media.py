"""What `req.media` is and when, with a handler of the test's own: falcon-media is another distribution."""

import asyncio
import gc
import json
import weakref
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from operator import attrgetter
from typing import Any

import pytest

from event_loop import cancelled, in_loop, turns
from falcon_asgi import App, BoundedStream, Request, request_media
from falcon_asgi.request_media import UnreadMedia, may_have_body
from falcon_core.asgi_types import Message, Receive
from falcon_core.errors import ClientDisconnected, MissingDistribution, OperationNotAllowed, UnsupportedError
from falcon_core.http_errors import (
    HTTPContentTooLarge,
    HTTPInvalidHeader,
    HTTPUnsupportedMediaType,
    MediaMalformedError,
    MediaMismatchError,
    MediaNotFoundError,
)
from falcon_core.interfaces import AsyncReadableIO
from falcon_core.media import BaseHandler, Handlers
from falcon_core.options import RequestOptions
from tiny_json import TinyJSON

JSON = 'application/json'
DISCONNECT: Message = {'type': 'http.disconnect'}
TIMEOUT_S = 10


async def read_ahead(req: Request) -> None:
    reading = request_media.read_ahead(req)
    if reading is not None:
        await reading


class AwaitedJSON(TinyJSON):
    """JSON, decoded asynchronously; what is no JSON makes it fail in a way of its own."""

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        self.lengths.append(content_length)
        await asyncio.sleep(0)
        body = await stream.read()
        if body == b'bug':
            raise ZeroDivisionError
        return self.decoded(body)


class TypedJSON(TinyJSON):
    """JSON whose types are called with what was decoded."""

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        value = self.decoded(body)
        if not isinstance(value, kind):
            raise MediaMismatchError('expected another')
        return value


class PatientJSON(TinyJSON):
    """Asynchronous, and not before it is ready."""

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = asyncio.Event()

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        self.lengths.append(content_length)
        await self.is_ready.wait()
        return self.decoded(await stream.read())


class Form:
    """What a handler that reads the stream by itself gives at once."""

    def __init__(self, stream: BoundedStream) -> None:
        self.stream = stream


class FormHandler(BaseHandler):
    buffered = False

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> Form:
        assert content_length == 3
        return Form(stream)


class FirstBytes(BaseHandler):
    """Reads two bytes of the stream by itself, and fails if they are spaces."""

    buffered = False

    def __init__(self, exhausts: bool) -> None:
        self.exhaust_stream = exhausts

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        first = await stream.read(2)
        if first.isspace():
            raise ZeroDivisionError
        return first


class Source:
    """A receive callable that gives the events of a body, and counts its calls."""

    def __init__(self, events: Iterable[Message]) -> None:
        self.events = deque(events)
        self.calls = 0

    async def __call__(self) -> Message:
        self.calls += 1
        return self.events.popleft()


def parts(*chunks: bytes) -> list[Message]:
    return [
        {'type': 'http.request', 'body': chunk, 'more_body': index < len(chunks)}
        for index, chunk in enumerate(chunks, 1)
    ]


def options_for(handler: BaseHandler | None = None, **values: Any) -> RequestOptions:
    options = RequestOptions()
    options.media_handlers = Handlers({JSON: handler or TinyJSON()})
    for name, value in values.items():
        setattr(options, name, value)
    return options


def request_for(
    receive: Receive, options: RequestOptions, *, length: int | None = None, content_type: str = JSON, **scope: Any
) -> Request:
    headers = [(b'content-type', content_type.encode())]
    if length is not None:
        headers.append((b'content-length', str(length).encode()))
    return Request(
        {'type': 'http', 'http_version': '1.1', 'method': 'POST', 'path': '/', 'headers': headers} | scope,
        receive,
        options=options,
    )


def request(*chunks: bytes, handler: BaseHandler | None = None, prefetch_media: bool = True, **limits: Any) -> Request:
    return request_for(Source(parts(*chunks)), options_for(handler, prefetch_media=prefetch_media, **limits))


def bodiless(handler: BaseHandler | None = None, **values: Any) -> Request:
    """A request whose headers say that there is no body; to receive anything fails."""
    return request_for(Source([]), options_for(handler, **values), headers=[])


both_kinds = pytest.mark.parametrize('kind', [TinyJSON, AwaitedJSON])


@both_kinds
@in_loop
async def test_media_is_the_decoded_body_once_it_was_read_ahead(kind: type[TinyJSON]) -> None:
    """After the application has read ahead, `req.media` is the object itself, the same each time."""
    handler = kind()
    req = request(b'{"a"', b': 1}', handler=handler)
    await read_ahead(req)
    media = req.media
    assert media == {'a': 1}
    assert req.media is media
    assert await req.get_media() is media
    assert handler.lengths == [8]


@both_kinds
@in_loop
async def test_get_media_needs_no_reading_ahead(kind: type[TinyJSON]) -> None:
    """Awaited first, `get_media` gives the object that `req.media` then is; reading ahead adds nothing."""
    handler = kind()
    req = request(b'[1]', handler=handler)
    media = await req.get_media()
    assert media == [1]
    assert req.media is media
    await read_ahead(req)
    assert await req.get_media() is media
    assert handler.lengths == [3]


@both_kinds
@in_loop
async def test_the_stream_still_yields_the_whole_body(kind: type[TinyJSON]) -> None:
    """Decoding takes nothing away from `req.stream`."""
    req = request(b'[1,', b'2]', handler=kind())
    assert await req.get_media() == [1, 2]
    assert await req.stream.read() == b'[1,2]'
    assert req.media == [1, 2]


@both_kinds
@in_loop
async def test_what_was_read_ahead_outlasts_the_stream(kind: type[TinyJSON]) -> None:
    """The media is there also for who reads the stream first; a handler that need not be awaited is asked only then."""
    handler = kind()
    req = request(b'[1]', handler=handler)
    await read_ahead(req)
    assert handler.lengths == ([] if kind is TinyJSON else [3])
    assert await req.stream.read() == b'[1]'
    assert await req.get_media() == [1]
    assert req.media == [1]


@in_loop
async def test_an_asynchronous_handler_may_read_as_it_likes() -> None:
    """An asynchronous handler gets a stream of its own, of the whole body, that can do what `req.stream` can."""
    ways: list[Callable[[BoundedStream], Awaitable[object]]] = [
        lambda stream: stream.readall(),
        lambda stream: stream.read(3),
        lambda stream: anext(aiter(stream)),
        lambda stream: stream.exhaust(),
        lambda stream: stream.wait_disconnect(),
    ]

    class Reader(BaseHandler):
        def __init__(self, way: Callable[[BoundedStream], Awaitable[object]]) -> None:
            self.way = way

        async def deserialize_async(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
            return await self.way(stream)

    results = []
    for way in ways:
        req = request(b'a', b'bc', handler=Reader(way))
        results.append(await req.get_media())
        assert await req.stream.read() == b'abc'
    assert results == [b'abc', b'abc', b'abc', None, None]
    await turns()  # in which the event loop closes the iterator that was left


@in_loop
async def test_media_is_what_a_read_left_of_the_body() -> None:
    """A part that was read before is no part of the media."""
    req = request(b'#![1', b']')
    assert await req.stream.read(2) == b'#!'
    assert await req.get_media() == [1]


@both_kinds
@in_loop
async def test_before_it_is_read_ahead_media_is_to_be_awaited(kind: type[TinyJSON]) -> None:
    """In middleware `await req.media` gives the object; afterwards `req.media` is that object."""
    req = request(b'[1]', handler=kind())
    unread = req.media
    assert isinstance(unread, UnreadMedia)
    media = await unread
    assert media == [1]
    assert await unread is media
    assert req.media is media


@in_loop
async def test_without_prefetch_media_is_always_to_be_awaited() -> None:
    """With `prefetch_media` False, `req.media` never is the object; awaiting it gives the same one each time."""
    req = request(b'[1]', prefetch_media=False)
    media = await req.media
    assert media == [1]
    assert await req.media is media
    assert await req.get_media() is media
    assert isinstance(req.media, UnreadMedia)


@in_loop
async def test_media_can_be_awaited_together_with_other_things() -> None:
    """What asyncio does with awaitables, it can do with unread media."""
    assert await asyncio.wait_for(request(b'[1]').media, 5) == [1]
    assert list(await asyncio.gather(request(b'[1]').media, request(b'[2]').media)) == [[1], [2]]


@pytest.mark.parametrize(
    'use',
    [
        lambda media: media['a'],
        lambda media: media.get('a'),
        lambda media: media == {},
        lambda media: media != {},
        lambda media: media < 1,
        lambda media: media <= 1,
        lambda media: media > 1,
        lambda media: media >= 1,
        lambda media: 'a' in media,
        bool,
        bytes,
        dict,
        float,
        int,
        iter,
        len,
        list,
        next,
        aiter,
        anext,
        reversed,
        str,
        range,
        lambda media: f'{media}',
        lambda media: media(),
        lambda media: media + 1,
        lambda media: 1 + media,
        lambda media: media | {},
        lambda media: {} | media,
        lambda media: media - 1,
        lambda media: 1 - media,
        lambda media: media * 2,
        lambda media: 2 * media,
        lambda media: media % 2,
        lambda media: 2 % media,
        lambda media: {**media},
        lambda media: setattr(media, 'a', 1),
        lambda media: delattr(media, '_request'),
        lambda media: media.__setitem__('a', 1),
        lambda media: media.__delitem__('a'),
    ],
)
def test_unread_media_refuses_every_other_use(use: Callable[[Any], object]) -> None:
    """To use unread media as the object itself raises, and says what to do instead."""
    media = request(b'{}').media
    with pytest.raises(OperationNotAllowed) as raised:
        use(media)
    assert str(raised.value) == 'received a use of req.media that was not awaited, expected "await req.get_media()"'


def test_unread_media_can_be_looked_at() -> None:
    """A debugger can show it."""
    assert repr(request(b'{}').media) == '<UnreadMedia: to be awaited>'


@pytest.mark.parametrize('prefetch', [True, False])
@pytest.mark.parametrize('declared', [True, False])
@both_kinds
@in_loop
async def test_a_body_over_the_limit_is_not_decoded_and_not_lost(
    kind: type[TinyJSON], declared: bool, prefetch: bool
) -> None:
    """Over `max_media_size`, 413 is raised, time and again the same; no more is read, and the stream has all of it."""
    source = Source(parts(b'[1,', b'2,', b'3', b']'))
    handler = kind()
    options = options_for(handler, max_media_size=4, prefetch_media=prefetch)
    req = request_for(source, options, length=7 if declared else None)
    await read_ahead(req)
    assert source.calls == (0 if declared else 2)
    errors = []
    for _ in range(2):
        with pytest.raises(HTTPContentTooLarge) as raised:
            await req.get_media()
        errors.append(raised.value)
    if prefetch:
        with pytest.raises(HTTPContentTooLarge) as raised:
            _ = req.media
        errors.append(raised.value)
    assert len({id(error) for error in errors}) == 1
    assert errors[0].description == 'The body is larger than 4 bytes, the most that is decoded.'
    assert source.calls == (0 if declared else 2)
    assert await req.stream.read() == b'[1,2,3]'
    assert handler.lengths == []


@in_loop
async def test_a_body_of_the_size_of_the_limit_is_decoded() -> None:
    """`max_media_size` itself is allowed."""
    assert await request(b'[1', b',2]', max_media_size=5).get_media() == [1, 2]


@both_kinds
@in_loop
async def test_a_request_without_a_body_costs_nothing(kind: type[TinyJSON]) -> None:
    """Nothing is received for a request whose headers leave no room for a body; its media is missing."""
    handler = kind()
    for reads_ahead in (True, False):
        req = bodiless(handler)
        assert not may_have_body(req)
        if reads_ahead:
            await read_ahead(req)
        with pytest.raises(MediaNotFoundError):
            _ = req.media
        with pytest.raises(MediaNotFoundError):
            await req.get_media()
        assert await req.get_media(default_when_empty=5) == 5


@in_loop
async def test_an_asynchronous_handler_decides_what_no_body_means() -> None:
    """Although `req.media` raises for want of a body, the handler is asked when the media is awaited."""

    class Emptiness(AwaitedJSON):
        def decoded(self, body: bytes) -> object:
            return {}

    for content_type, described in ((b'', JSON), (b'application/json; v=1', 'application/json; v=1')):
        headers = [(b'content-type', content_type), (b'content-length', b'0')]
        req = request_for(Source([]), options_for(Emptiness()), headers=headers)
        with pytest.raises(MediaNotFoundError) as raised:
            _ = req.media
        assert raised.value.description == f'Could not parse an empty {described} body'
        assert await req.get_media() == {}
        assert req.media == {}


@both_kinds
@in_loop
async def test_an_empty_body_raises_unless_there_is_a_default(kind: type[TinyJSON]) -> None:
    """`default_when_empty` stands for an empty body, any value of it, for that call only."""
    req = request(b'', handler=kind())
    with pytest.raises(MediaNotFoundError) as first:
        await req.get_media()
    assert await req.get_media(default_when_empty=None) is None
    assert await req.get_media([]) == []
    with pytest.raises(MediaNotFoundError) as second:
        await req.get_media()
    assert first.value is second.value


@both_kinds
@in_loop
async def test_a_malformed_body_raises_the_same_error_each_time(kind: type[TinyJSON]) -> None:
    """A handler is asked once; a default for an empty body is none for a malformed one."""
    handler = kind()
    req = request(b'{', handler=handler)
    await read_ahead(req)
    errors = []
    for _ in range(2):
        with pytest.raises(MediaMalformedError) as raised:
            _ = req.media
        errors.append(raised.value)
        with pytest.raises(MediaMalformedError) as raised:
            await req.get_media(default_when_empty=None)
        errors.append(raised.value)
    assert len({id(error) for error in errors}) == 1
    assert handler.lengths == [1]


@in_loop
async def test_a_fault_of_a_handler_is_kept_for_who_wants_the_media() -> None:
    """What else a handler raises fails no request that does not want the media, and is raised each time to who does."""
    handler = AwaitedJSON()
    req = request(b'bug', handler=handler)
    await read_ahead(req)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _ = req.media
    with pytest.raises(ZeroDivisionError):
        await req.get_media()
    assert handler.lengths == [3]


@in_loop
async def test_a_type_that_nothing_handles_is_415() -> None:
    """Only who wants the media is told, each time with the same error; the body is left alone."""
    source = Source(parts(b'abc'))
    req = request_for(source, options_for(), content_type='text/plain')
    await read_ahead(req)
    with pytest.raises(HTTPUnsupportedMediaType) as first:
        await req.get_media()
    with pytest.raises(HTTPUnsupportedMediaType) as second:
        _ = req.media
    assert first.value is second.value
    assert first.value.description == 'text/plain is an unsupported media type; supported: application/json'
    assert source.calls == 0
    assert await req.stream.read() == b'abc'


@pytest.mark.parametrize('content_type', ['', '*/*', 'Application/JSON; charset=utf-8'])
@in_loop
async def test_the_handler_is_that_of_the_content_type(content_type: str) -> None:
    """A missing type is the default one; parameters and case make no difference."""
    req = request_for(Source(parts(b'[1]')), options_for(), content_type=content_type)
    assert await req.get_media() == [1]


@pytest.mark.parametrize('prefetch', [True, False])
@in_loop
async def test_without_any_handler_the_missing_distribution_is_named(prefetch: bool) -> None:
    """An application without media handlers is one without falcon-media, which the error says."""
    source = Source(parts(b'[1]'))
    options = options_for(prefetch_media=prefetch)
    options.media_handlers.clear()
    req = request_for(source, options)
    await read_ahead(req)
    with pytest.raises(MissingDistribution, match=r'^req\.media needs falcon-media: pip install falcon-media$'):
        await req.media
    with pytest.raises(MissingDistribution):
        await req.get_media(default_when_empty=1)
    assert source.calls == 0


@in_loop
async def test_a_handler_that_reads_by_itself_gets_the_stream() -> None:
    """Nothing is read ahead for it; it gives its object at once, which is kept."""
    source = Source(parts(b'abc'))
    req = request_for(source, options_for(FormHandler(), max_media_size=1), length=3)
    form = req.media
    assert isinstance(form, Form)
    await read_ahead(req)
    assert source.calls == 0
    assert await req.get_media() is form
    assert form.stream is req.stream
    assert await form.stream.read() == b'abc'


@in_loop
async def test_an_asynchronous_handler_that_reads_by_itself_is_awaited_for() -> None:
    """A coroutine that reads the stream by itself is not called before the media is awaited, also not to read ahead."""
    source = Source(parts(b'abc', b'def'))
    req = request_for(source, options_for(FirstBytes(exhausts=False)))
    await read_ahead(req)
    assert isinstance(req.media, UnreadMedia)
    assert source.calls == 0
    assert await req.media == b'ab'
    assert source.calls == 1
    assert req.media == b'ab'
    assert await req.stream.read() == b'cdef'


@pytest.mark.parametrize('body', [b'abc', b'   '])
@in_loop
async def test_what_a_handler_left_is_dropped_if_it_says_so(body: bytes) -> None:
    """With `exhaust_stream`, the rest of the stream is dropped, whether the handler succeeded or failed."""
    req = request(body, b'def', handler=FirstBytes(exhausts=True))
    with suppress(ZeroDivisionError):
        assert await req.get_media() == b'ab'
    assert req.stream.eof
    assert req.stream.tell() == 6


@both_kinds
@in_loop
async def test_a_client_that_leaves_within_the_body_is_told_of(kind: type[TinyJSON]) -> None:
    """Reading ahead and waiting for the media raise; that is nothing to keep, and the stream has what had arrived."""
    handler = kind()
    req = request_for(Source([parts(b'[1', b'')[0], DISCONNECT]), options_for(handler))
    for read in (lambda: read_ahead(req), req.get_media, req.get_media):
        with pytest.raises(ClientDisconnected):
            await read()
    assert isinstance(req.media, UnreadMedia)
    assert await req.stream.read(2) == b'[1'
    assert handler.lengths == []


@pytest.mark.parametrize('exhausts', [True, False])
@in_loop
async def test_a_client_that_leaves_while_a_handler_reads_is_told_of(exhausts: bool) -> None:
    """A handler that reads the stream by itself meets the same error."""
    req = request_for(Source([DISCONNECT]), options_for(FirstBytes(exhausts)))
    with pytest.raises(ClientDisconnected):
        await req.get_media()


@in_loop
async def test_a_handler_of_a_buffered_body_exhausts_nothing() -> None:
    """What a handler leaves of the stream that it is given says nothing about the request's own."""
    handler = AwaitedJSON()
    handler.exhaust_stream = True
    req = request(b'[1]', handler=handler)
    assert await req.get_media() == [1]
    assert await req.stream.read() == b'[1]'


@in_loop
async def test_a_handler_needs_no_base_class() -> None:
    """Of a handler, only what it is asked to do has to be there."""

    class FirstByte:
        buffered = False

        async def deserialize_async(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
            return await stream.read(1)

    handler: Any = FirstByte()
    req = request(b'ab', b'c', handler=handler)
    assert await req.get_media() == b'a'
    assert await req.stream.read() == b'bc'


@in_loop
async def test_a_cancelled_call_can_be_repeated() -> None:
    """A call that was cancelled while the body arrived, or while it was decoded, has lost nothing."""
    events = asyncio.Queue[Message]()
    handler = PatientJSON()
    req = request_for(events.get, options_for(handler))
    first, second = parts(b'[1', b']')
    for event in (first, second):
        events.put_nowait(event)
        waiting = asyncio.create_task(req.get_media())
        for _ in range(9):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled()
        assert isinstance(req.media, UnreadMedia)
    assert handler.lengths == [3]
    handler.is_ready.set()
    assert await req.get_media() == [1]
    assert await req.stream.read() == b'[1]'


@in_loop
async def test_a_closed_stream_has_no_media() -> None:
    """Reading ahead passes over a stream that middleware closed; who wants the media is told of it."""
    req = request(b'[1]', handler=AwaitedJSON())
    req.stream.close()
    await read_ahead(req)
    with pytest.raises(OperationNotAllowed, match='closed') as first:
        _ = req.media
    with pytest.raises(OperationNotAllowed, match='closed') as second:
        await req.get_media()
    assert first.value is second.value


@in_loop
async def test_an_exhausted_stream_has_empty_media() -> None:
    """What was read is gone; the rest of the body is empty."""
    req = request(b'[1]')
    await req.stream.exhaust()
    with pytest.raises(MediaNotFoundError):
        await req.get_media()


@in_loop
async def test_a_malformed_length_is_answered_with_400() -> None:
    """A request whose end is not certain is refused when its body is looked at (RFC 9112, section 6.3)."""
    for read in (may_have_body, attrgetter('stream'), attrgetter('media')):
        req = request_for(Source([]), options_for(), headers=[(b'content-length', b'1x')])
        with pytest.raises(HTTPInvalidHeader):
            read(req)


@pytest.mark.parametrize('prefetch', [True, False])
@in_loop
async def test_a_websocket_has_no_media(prefetch: bool) -> None:
    """A handshake has no body, and says so."""
    req = Request({'type': 'websocket', 'path': '/', 'headers': []}, None, options=options_for(prefetch_media=prefetch))
    for get in (req.get_media, lambda: read_ahead(req), lambda: req.media):
        with pytest.raises(UnsupportedError, match="scope of type 'websocket' has no request body"):
            await get()


@in_loop
async def test_of_http_2_a_body_may_come_without_a_length() -> None:
    """Without Content-Length, only HTTP/1.1 tells by its headers that there is no body (RFC 9113, section 8.1.1)."""
    for body, expected in ((b'[1]', [1]), (b'', None)):
        req = request_for(Source(parts(body)), options_for(), headers=[], http_version='2')
        assert may_have_body(req)
        await read_ahead(req)
        assert await req.get_media(default_when_empty=None) == expected


class Echo:
    """Answers with the media, and keeps what middleware and the responder saw."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def process_request(self, req: Request, resp: Any) -> None:
        if req.method == 'POST':
            self.seen.append(req.media)

    async def process_resource(self, req: Request, resp: Any, resource: object, params: dict[str, Any]) -> None:
        if req.method == 'POST':
            self.seen.append(req.media)

    async def on_post(self, req: Request, resp: Any) -> None:
        self.seen.append(req.media)
        resp.text = json.dumps([req.media, (await req.stream.read()).decode(), await req.get_media() is req.media])

    async def on_put(self, req: Request, resp: Any) -> None:
        resp.text = (await req.stream.read()).decode()

    async def on_patch(self, req: Request, resp: Any) -> None:
        resp.text = json.dumps([await req.media, await req.media is await req.get_media()])


def app_of(echo: Echo, **values: Any) -> App:
    app = App(middleware=echo, req_options=options_for(**values))
    app.add_route('/', echo)
    return app


def test_a_responder_gets_the_media_and_the_stream(call: Any) -> None:
    """In a responder `req.media` is the value, in request and resource middleware it is still to be awaited."""
    echo = Echo()
    answer = call(app_of(echo), 'POST', headers={'content-type': JSON}, body=[b'{"a"', b':1}'])
    assert json.loads(answer.body) == [{'a': 1}, '{"a":1}', True]
    assert [type(media) for media in echo.seen] == [UnreadMedia, UnreadMedia, dict]


def test_a_responder_that_wants_the_stream_gets_it_whatever_the_body(call: Any) -> None:
    """Neither a body over the limit nor one that is malformed stops a responder that reads the stream."""
    headers = {'content-type': JSON}
    assert call(app_of(Echo(), max_media_size=2), 'PUT', headers=headers, body=b'12345').body == b'12345'
    assert call(app_of(Echo()), 'PUT', headers=headers, body=b'{').body == b'{'


def test_what_is_wrong_with_a_body_is_what_the_client_is_told(call: Any) -> None:
    """A malformed, missing or oversized body, or one of another type, is the client's fault."""
    app = app_of(Echo(), max_media_size=9)

    def status(body: bytes | None, content_type: str = JSON) -> int:
        return int(call(app, 'POST', headers={'content-type': content_type}, body=body).status)

    assert [status(b'{'), status(b''), status(None)] == [400, 400, 400]
    assert status(b'x' * 10) == 413
    assert status(b'x', 'text/plain') == 415


def test_without_prefetch_a_responder_awaits_the_media(call: Any) -> None:
    """With `prefetch_media` False, `await req.media` works as in Falcon."""
    answer = call(app_of(Echo(), prefetch_media=False), 'PATCH', headers={'content-type': JSON}, body=b'[1]')
    assert json.loads(answer.body) == [[1], True]


@pytest.mark.parametrize('prefetch_media', [True, False])
@in_loop
async def test_typed_media_before_and_after_plain_media(prefetch_media: bool) -> None:
    """Media and typed media leave each other alone, in either order, and each stays the same object."""
    req = request(b'{"a"', b':1}', handler=TypedJSON(), prefetch_media=prefetch_media)
    plain = await req.get_media()
    typed = await req.get_media(type=dict)
    assert typed == plain == {'a': 1}
    assert typed is not plain
    assert await req.get_media(type=dict) is typed
    req = request(b'{"a"', b':1}', handler=TypedJSON(), prefetch_media=prefetch_media)
    assert await req.get_media(type=dict) == await req.get_media()
    assert await req.stream.read() == b'{"a":1}'


@in_loop
async def test_typed_media_of_a_body_that_was_read_ahead() -> None:
    """What was read ahead is decoded; the wrong type raises, and another one can be tried."""
    req = request(b'[1]', handler=TypedJSON())
    await read_ahead(req)
    assert req.media == [1]
    with pytest.raises(MediaMismatchError):
        await req.get_media(type=dict)
    assert await req.get_media(type=list) == [1]


@in_loop
async def test_typed_media_of_a_malformed_body() -> None:
    """A malformed body raises the same error for typed media as for others."""
    req = request(b'{', handler=TypedJSON())
    await read_ahead(req)
    with pytest.raises(MediaMalformedError):
        _ = req.media
    with pytest.raises(MediaMalformedError):
        await req.get_media(type=dict)


@in_loop
async def test_typed_media_of_an_empty_body() -> None:
    """An empty body raises, or gives the default."""
    with pytest.raises(MediaNotFoundError):
        await bodiless(TypedJSON()).get_media(type=dict)
    assert await bodiless(TypedJSON()).get_media(None, type=dict) is None


@in_loop
async def test_typed_media_of_a_body_that_is_too_large() -> None:
    """The limit of media is that of typed media."""
    req = request(b'[1]', handler=TypedJSON(), max_media_size=2)
    with pytest.raises(HTTPContentTooLarge):
        await req.get_media(type=list)
    assert await req.stream.read() == b'[1]'


@in_loop
async def test_typed_media_of_a_closed_stream() -> None:
    """Nothing is decoded once the stream is closed, and the error is the same each time."""
    req = request(b'[1]', handler=TypedJSON())
    req.stream.close()
    for _ in range(2):
        with pytest.raises(OperationNotAllowed):
            await req.get_media(type=list)


@in_loop
async def test_typed_media_needs_a_handler_that_knows_types() -> None:
    """What the handler lacks is named; what the client chose and cannot be decoded at once is answered with 415."""
    with pytest.raises(UnsupportedError, match='TinyJSON has no deserialize_as'):
        await request(b'[1]').get_media(type=list)
    with pytest.raises(HTTPUnsupportedMediaType):
        await request(b'[1]', handler=FormHandler()).get_media(type=list)
    with pytest.raises(HTTPUnsupportedMediaType):
        await request_for(Source(parts(b'[1]')), options_for(), content_type='a/b').get_media(type=list)


@pytest.mark.parametrize(
    ('headers', 'version', 'may_have'),
    [
        ({}, '1.1', False),
        ({}, '1.0', False),
        ({'content-length': '0'}, '1.1', False),
        ({'content-length': '0'}, '2', False),
        ({'content-length': '00'}, '1.1', False),
        ({'content-length': '5'}, '1.1', True),
        ({'transfer-encoding': 'chunked'}, '1.1', True),
        ({'content-type': 'text/plain'}, '1.1', True),
        ({'content-length': '0', 'content-type': 'text/plain'}, '1.1', False),
        ({}, '2', True),
        ({}, '3', True),
    ],
)
def test_the_headers_tell_whether_there_may_be_a_body(headers: dict[str, str], version: str, may_have: bool) -> None:
    """Without a length other than 0, only the framing of HTTP/1.1 rules out a body, unless there is a type."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert may_have_body(request_for(Source([]), options_for(), headers=pairs, http_version=version)) is may_have


@in_loop
async def test_what_was_decoded_goes_with_the_request() -> None:
    """Nothing waits for the garbage collector: the media are gone as soon as the request is."""

    class Media:
        """An object that can be watched."""

    class MediaHandler(BaseHandler):
        def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
            return Media()

    req = request(b'[1]', handler=MediaHandler())
    await read_ahead(req)
    watched = weakref.ref(req.media)
    gc.disable()
    try:
        del req
        assert watched() is None
    finally:
        gc.enable()


@in_loop
async def test_a_body_that_is_there_takes_nothing_to_await() -> None:
    """A body of known length that one event holds is read ahead at once, and stays in the stream."""
    source = Source(parts(b'[1]'))
    req = request_for(source, options_for(), length=3)
    assert request_media.read_ahead(req) is None
    assert req.media == [1]
    assert await req.get_media() == [1]
    assert source.calls == 1
    assert await req.stream.read() == b'[1]'
    assert req.stream.eof
    assert source.calls == 1


@both_kinds
@pytest.mark.parametrize(
    ('events', 'length'),
    [
        (parts(b'[1', b']'), 3),
        ([{**parts(b'[1]')[0], 'more_body': True}], 3),
        (parts(b'[1]more than was announced'), 3),
        (parts(b'[1]'), 100),
        ([{'type': 'http.request', 'body': b'[1]'}], 3),
        (parts(b'[1]'), None),
    ],
)
@in_loop
async def test_a_body_is_the_same_however_it_arrives(
    kind: type[TinyJSON], events: list[Message], length: int | None
) -> None:
    """In one event or several, ended by the event or by its length, longer or shorter than that: the media is one."""
    handler = kind()
    req = request_for(Source(events), options_for(handler), length=length)
    await read_ahead(req)
    assert req.media == [1]
    assert handler.lengths == [3]
    assert await req.stream.read() == b'[1]'
    assert await req.stream.read() == b''


@in_loop
async def test_a_body_that_is_yet_to_come_is_received_by_one_at_a_time() -> None:
    """Who waits for the client to leave meanwhile has no `receive` of its own; a cancelled reader loses nothing."""
    came = asyncio.Event()
    under_way = 0

    async def receive() -> Message:
        nonlocal under_way
        under_way += 1
        assert under_way == 1
        try:
            await came.wait()
        finally:
            under_way -= 1
        came.clear()
        return parts(b'[1]')[0]

    req = request_for(receive, options_for(), length=3)
    reader = asyncio.create_task(read_ahead(req))
    watcher = asyncio.create_task(req.wait_disconnect())
    await asyncio.sleep(0)
    await cancelled(reader)
    again = asyncio.create_task(req.get_media())
    await asyncio.sleep(0)
    came.set()
    assert await again == [1]
    await cancelled(watcher)


@in_loop
async def test_an_event_that_comes_as_its_reader_is_cancelled_is_kept() -> None:
    """The call that began to wait for the first event does not lose it."""
    coming: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    received = 0

    async def receive() -> Message:
        nonlocal received
        received += 1
        return await coming

    req = request_for(receive, options_for(), length=3)
    reader = asyncio.create_task(read_ahead(req))
    await asyncio.sleep(0)
    coming.set_result(parts(b'[1]')[0])
    await cancelled(reader)
    assert await req.get_media() == [1]
    assert received == 1


@in_loop
async def test_a_receive_that_fails_fails_the_reading() -> None:
    """What the server raises is raised, and nothing is kept of it."""
    events = deque(parts(b'[1]'))

    async def receive() -> Message:
        if len(events) == 1:
            events.append({})
            raise OSError('broken')
        return events.popleft()

    req = request_for(receive, options_for(), length=3)
    with pytest.raises(OSError, match='broken'):
        await read_ahead(req)
    assert await req.get_media() == [1]


@in_loop
async def test_media_comes_of_the_stream_that_was_put_in_its_place() -> None:
    """A stream that middleware assigned, or that a subclass makes, is what is read, and not what the server gives."""

    class OwnStream(Request):
        @property  # type: ignore[misc] # the other one has a setter
        def stream(self) -> BoundedStream:
            return BoundedStream(Source([]), parts(b'[2]')[0])

    req = request_for(Source([]), options_for(), length=3)
    req.stream = BoundedStream(Source([]), parts(b'[2]')[0])
    await read_ahead(req)
    assert req.media == [2]
    own = OwnStream(req.scope, Source([]), options=options_for())
    assert await own.get_media() == [2]
    given = Request(req.scope, Source([]), parts(b'[2]')[0], options_for())
    assert await given.get_media() == [2]
