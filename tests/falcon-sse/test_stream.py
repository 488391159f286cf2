import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import Any

import pytest

from event_loop import cancelled, in_hasty_loop, in_quiet_loop
from falcon_core.asgi_types import Message, Scope
from falcon_core.errors import MissingDistribution, UnsupportedScopeError
from falcon_core.media import BaseHandler, Handlers
from falcon_core.options import ResponseOptions
from falcon_core.shutdown import Shutdown
from falcon_core.streams import close_stream
from falcon_sse import EventStream, SSEvent
from tiny_json import TinyJSON


class AwaitedJSON(BaseHandler):
    """A handler that has nothing but a coroutine to make JSON."""

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        await asyncio.sleep(0)
        return f'{{"awaited": {json.dumps(media)}}}'.encode()


class Server:
    """The server's side of one request: keeps what it is sent, and its client can stop reading and can leave."""

    def __init__(self, method: str = 'GET', *, reads: int = 100) -> None:
        self.scope: Scope = {'type': 'http', 'method': method, 'path': '/', 'headers': []}
        self.sent: list[Message] = []
        self.gone = asyncio.Event()
        self.held_up = asyncio.Event()
        self._reads = reads
        self._received_request = False

    async def receive(self) -> Message:
        if not self._received_request:
            self._received_request = True
            return {'type': 'http.request', 'body': b'', 'more_body': False}
        await self.gone.wait()
        return {'type': 'http.disconnect'}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) > self._reads:
            self.held_up.set()
            await asyncio.Event().wait()

    async def serve(self, app: EventStream) -> None:
        await app(self.scope, self.receive, self.send)

    @property
    def body(self) -> bytes:
        return b''.join(message['body'] for message in self.sent[1:])


async def give(*items: object) -> AsyncGenerator[object]:
    for item in items:
        yield item


async def counter(log: list[str], waiting: asyncio.Event) -> AsyncGenerator[object]:
    """Give one event, wait for ever, and log how that ended."""
    try:
        yield 'one'
        waiting.set()
        await asyncio.Event().wait()
    except BaseException as exc:
        log.append(type(exc).__name__)
        raise
    finally:
        await asyncio.sleep(0)
        log.append('closed')


@pytest.mark.parametrize(
    ('item', 'wire'),
    [
        (SSEvent('a', 't'), b'event: t\ndata: a\n\n'),
        (SSEvent(), b': ping\n\n'),
        (SSEvent(json={'a': 1}, event_id='7'), b'id: 7\ndata: {"a": 1}\n\n'),
        (SSEvent('a', json={'a': 1}), b'data: a\n\n'),
        (SSEvent(text='a', json={'a': 1}), b'data: a\n\n'),
        ('é\nb', 'data: é\ndata: b\n\n'.encode()),
        ('', b'data: \n\n'),
        (None, b': ping\n\n'),
        ({'a': 1}, b'data: {"a": 1}\n\n'),
        ({}, b'data: {}\n\n'),
        ([1], b'data: [1]\n\n'),
        (0, b'data: 0\n\n'),
    ],
)
@in_quiet_loop
async def test_what_the_iterator_gives_as_bytes(item: object, wire: bytes) -> None:
    """An event is sent as it is, text as the data of one, None as a ping, anything else as JSON."""
    handlers = Handlers({'application/json': TinyJSON()})
    assert [chunk async for chunk in EventStream(give(item), handlers=handlers)] == [wire]


@in_quiet_loop
async def test_takes_any_async_iterable() -> None:
    """An object that only has `__aiter__` will do."""

    class Events:
        def __aiter__(self) -> AsyncIterator[object]:
            return give('a', 'b')

    stream = EventStream(Events())
    assert [chunk async for chunk in stream] == [b'data: a\n\n', b'data: b\n\n']


async def events() -> AsyncGenerator[object]:
    yield 'a'


async def no_events() -> str:
    return 'a'


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        (events, 'received an async generator function, expected an async iterable of events: call it'),
        (partial(events), 'received an async generator function, expected an async iterable of events: call it'),
        (no_events, 'received a coroutine or its function, expected an async iterable of events'),
        ([SSEvent('a')], 'received a synchronous iterable of type list, expected an async iterable of events'),
        ('a', 'received a synchronous iterable of type str, expected an async iterable of events'),
        (SSEvent('a'), 'received an object of type SSEvent, expected an async iterable of events$'),
        (None, 'received an object of type NoneType, expected an async iterable of events$'),
    ],
)
def test_what_is_no_async_iterable_is_refused(value: Any, message: str) -> None:
    """The error says what was given in place of an async iterable, and what to do about the usual mistakes."""
    with pytest.raises(TypeError, match=message):
        EventStream(value)


def test_a_coroutine_is_refused() -> None:
    """A coroutine function that was called, as if it were a generator, gets its own text."""
    coroutine: Any = no_events()
    with pytest.raises(TypeError, match='received a coroutine or its function'):
        EventStream(coroutine)
    coroutine.close()


@pytest.mark.parametrize('item', [b'data: a\n\n', bytearray(b'a'), memoryview(b'a')])
@in_quiet_loop
async def test_bytes_are_refused(item: object) -> None:
    """Bytes may be data or an event already serialized, so they are neither, and certainly not JSON."""
    stream = EventStream(give(item))
    with pytest.raises(TypeError, match='expected SSEvent, str or an object to send as JSON'):
        await anext(stream)
    await stream.aclose()


@in_quiet_loop
async def test_json_by_a_handler_that_is_awaited() -> None:
    """A handler that can only be awaited makes the JSON, and the other fields stay."""
    handlers = Handlers({'application/json': AwaitedJSON()})
    stream = EventStream(give([1], SSEvent(json=2, event='t', event_id='i', retry=3, comment='c')), handlers=handlers)
    assert [chunk async for chunk in stream] == [
        b'data: {"awaited": [1]}\n\n',
        b': c\nevent: t\nid: i\nretry: 3\ndata: {"awaited": 2}\n\n',
    ]


@pytest.mark.parametrize('handlers', [None, Handlers({'text/plain': TinyJSON()})])
@in_quiet_loop
async def test_json_by_the_installed_handler(installed: dict[str, Any], handlers: Handlers | None) -> None:
    """Without handlers, or with such as have none for JSON, the installed distributions' one is used."""
    installed['application/json'] = TinyJSON()
    assert [chunk async for chunk in EventStream(give([1]), handlers=handlers)] == [b'data: [1]\n\n']


@in_quiet_loop
async def test_json_with_none_installed(installed: dict[str, Any]) -> None:
    """Events without JSON need no handler; the first that needs one says what to install."""
    stream = EventStream(give('a', None, {'a': 1}))
    assert [await anext(stream), await anext(stream)] == [b'data: a\n\n', b': ping\n\n']
    with pytest.raises(MissingDistribution, match='pip install falcon-media'):
        await anext(stream)
    await stream.aclose()


@in_quiet_loop
async def test_closing_closes_the_iterator() -> None:
    """`aclose` runs the iterator's `finally`, and the stream is then at its end."""
    log: list[str] = []
    stream = EventStream(counter(log, asyncio.Event()))
    assert await anext(stream) == b'data: one\n\n'
    await stream.aclose()
    assert log == ['GeneratorExit', 'closed']
    assert [chunk async for chunk in stream] == []


@in_quiet_loop
async def test_a_closed_stream_asks_for_nothing_more() -> None:
    """An iterator that goes on giving events after it was closed is not asked for more, nor closed again."""

    class Endless:
        asked = closed = 0

        def __aiter__(self) -> 'Endless':
            return self

        async def __anext__(self) -> str:
            self.asked += 1
            return 'a'

        async def aclose(self) -> None:
            self.closed += 1

    endless = Endless()
    stream = EventStream(endless)
    await anext(stream)
    await stream.aclose()
    await stream.aclose()
    assert [chunk async for chunk in stream] == []
    assert (endless.asked, endless.closed) == (1, 1)


@in_quiet_loop
async def test_takes_an_iterator_without_aclose() -> None:
    """Closing the stream of an iterator that cannot be closed ends the stream."""

    class Endless:
        def __aiter__(self) -> 'Endless':
            return self

        async def __anext__(self) -> str:
            return 'a'

    stream = EventStream(Endless())
    assert await anext(stream) == b'data: a\n\n'
    await stream.aclose()
    assert [chunk async for chunk in stream] == []


@in_quiet_loop
async def test_answers_a_request() -> None:
    """As an ASGI application it sends the headers of an event stream, each event by itself, and the end."""
    server = Server()
    await server.serve(EventStream(give('a', SSEvent('b', event_id='1'))))
    start, *body = server.sent
    assert start == {
        'type': 'http.response.start',
        'status': 200,
        'headers': [
            (b'content-type', b'text/event-stream'),
            (b'cache-control', b'no-cache'),
            (b'x-accel-buffering', b'no'),
        ],
    }
    assert body == [
        {'type': 'http.response.body', 'body': b'', 'more_body': True},
        {'type': 'http.response.body', 'body': b'data: a\n\n', 'more_body': True},
        {'type': 'http.response.body', 'body': b'id: 1\ndata: b\n\n', 'more_body': True},
        {'type': 'http.response.body', 'body': b'', 'more_body': False},
    ]


@in_quiet_loop
async def test_sends_the_headers_before_the_first_event() -> None:
    """A client need not wait for an event to learn that the stream is open, nor a server for a body."""
    server = Server()
    seen = []

    async def events() -> AsyncGenerator[object]:
        seen.append([message['type'] for message in server.sent])
        yield 'a'

    await server.serve(EventStream(events()))
    assert seen == [['http.response.start', 'http.response.body']]


OPTIONS: list[dict[str, Any]] = [
    {},
    {'error_event': SSEvent('x')},
    {'handlers': Handlers({'application/json': AwaitedJSON()})},
]


@pytest.mark.parametrize('options', OPTIONS)
@in_quiet_loop
async def test_head_gets_headers_only(options: dict[str, Any]) -> None:
    """HEAD is answered with the headers of GET and no body; the iterator is closed without being asked."""

    class Events:
        closed = False

        def __aiter__(self) -> 'Events':
            return self

        async def __anext__(self) -> object:
            raise AssertionError('asked for an event')

        async def aclose(self) -> None:
            self.closed = True

    server, events = Server('HEAD'), Events()
    await server.serve(EventStream(events, **options))
    assert [message['type'] for message in server.sent] == ['http.response.start', 'http.response.body']
    assert (b'content-type', b'text/event-stream') in server.sent[0]['headers']
    assert server.sent[1] == {'type': 'http.response.body', 'body': b'', 'more_body': False}
    assert events.closed
    events = Events()
    body = EventStream(events, **options).body()
    await close_stream(body.chunks)
    assert events.closed


@pytest.mark.parametrize('held', [False, True])
@pytest.mark.parametrize('options', OPTIONS)
@in_quiet_loop
async def test_ends_when_the_client_leaves(*, held: bool, options: dict[str, Any]) -> None:
    """A client that leaves, the iterator or the server's sending waiting: the iterator's `finally` has run."""
    server, log, waiting = Server(reads=2 if held else 100), list[str](), asyncio.Event()
    task = asyncio.create_task(server.serve(EventStream(counter(log, waiting), **options)))
    await (server.held_up if held else waiting).wait()
    server.gone.set()
    await task
    assert log == ['GeneratorExit' if held else 'CancelledError', 'closed']
    assert server.body == b'data: one\n\n'
    assert server.sent[-1]['more_body'] is True


@pytest.mark.parametrize('at', [0, 1, 2])
@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@in_quiet_loop
async def test_ends_when_sending_fails(at: int, method: str) -> None:
    """A server that says by an OSError that the client has left, at any message, ends the stream without an error."""
    server, log, refused = Server(method), list[str](), list[Message]()
    stream = EventStream(counter(log, asyncio.Event()))

    async def send(message: Message) -> None:
        if len(server.sent) == at:
            refused.append(message)
            raise ConnectionResetError
        await server.send(message)

    await stream(server.scope, server.receive, send)
    assert log == (['GeneratorExit', 'closed'] if (method, at) == ('GET', 2) else [])
    assert len(refused) == (0 if (method, at) == ('HEAD', 2) else 1)
    assert [chunk async for chunk in stream] == []


@in_quiet_loop
async def test_a_cancellation_goes_to_the_caller() -> None:
    """Cancelling the application cancels the iterator and is raised."""
    server, log, waiting = Server(), list[str](), asyncio.Event()
    task = asyncio.create_task(server.serve(EventStream(counter(log, waiting))))
    await waiting.wait()
    await cancelled(task)
    assert log == ['CancelledError', 'closed']


@in_quiet_loop
async def test_an_error_of_the_iterator_goes_to_the_caller() -> None:
    """What the iterator raises is raised, and the response is left without an end."""

    async def events() -> AsyncGenerator[object]:
        yield 'a'
        raise LookupError('in the iterator')

    server = Server()
    with pytest.raises(LookupError, match='in the iterator'):
        await server.serve(EventStream(events()))
    assert server.sent[-1] == {'type': 'http.response.body', 'body': b'data: a\n\n', 'more_body': True}


@pytest.mark.parametrize('scope_type', ['websocket', 'lifespan'])
@in_quiet_loop
async def test_other_scopes_are_refused(scope_type: str) -> None:
    """A scope that is not HTTP is an error, and the iterator is closed."""
    server, log = Server(), list[str]()
    server.scope['type'] = scope_type
    stream = EventStream(counter(log, asyncio.Event()))
    with pytest.raises(UnsupportedScopeError, match=f"received a scope of type '{scope_type}', expected http"):
        await server.serve(stream)
    assert server.sent == []
    assert [chunk async for chunk in stream] == []


def test_the_headers_cannot_be_changed() -> None:
    """The headers are the same for all streams."""
    headers: Any = EventStream.headers
    with pytest.raises(TypeError):
        headers['content-type'] = 'text/plain'


async def failing(item: object) -> AsyncGenerator[object]:
    yield item
    raise RuntimeError('secret')


@pytest.mark.parametrize(
    ('error_event', 'told'),
    [
        (SSEvent('sorry', 'failed'), b'event: failed\ndata: sorry\n\n'),
        (lambda error: SSEvent(type(error).__name__), b'data: RuntimeError\n\n'),
        (lambda error: None, b''),
    ],
)
@in_quiet_loop
async def test_client_can_be_told_of_an_error(error_event: Any, told: bytes) -> None:
    """The event for it is sent, the exception is raised nevertheless, and the response has no end."""
    server = Server()
    with pytest.raises(RuntimeError, match='secret'):
        await server.serve(EventStream(failing('a'), error_event=error_event))
    assert server.body == b'data: a\n\n' + told
    assert server.sent[-1]['more_body'] is True


@in_quiet_loop
async def test_events_that_tell_of_errors_are_closed_with_their_client() -> None:
    """With an event for errors, a client that leaves still has the generator cancelled, and is no error."""
    server, log, waiting = Server(), list[str](), asyncio.Event()
    stream = EventStream(counter(log, waiting), error_event=SSEvent('never sent'))
    task = asyncio.create_task(server.serve(stream))
    await waiting.wait()
    server.gone.set()
    await task
    assert log == ['CancelledError', 'closed']
    assert b'never sent' not in server.body


@in_quiet_loop
async def test_handler_that_is_awaited_makes_the_json_of_an_answer() -> None:
    """An application's handler that has nothing but a coroutine is awaited, and the iterator closed as ever."""
    server = Server()
    handlers = Handlers({'application/json': AwaitedJSON()})
    await server.serve(EventStream(give({'a': 1}, None, 'text'), handlers=handlers))
    assert server.body == b'data: {"awaited": {"a": 1}}\n\n: ping\n\ndata: text\n\n'
    server, log, waiting = Server(), list[str](), asyncio.Event()
    task = asyncio.create_task(server.serve(EventStream(counter(log, waiting), handlers=handlers)))
    await waiting.wait()
    server.gone.set()
    await task
    assert log == ['CancelledError', 'closed']


@pytest.mark.parametrize(
    ('arguments', 'text'),
    [
        ({'heartbeat_s': 0}, 'received heartbeat_s 0, expected more than 0'),
        ({'heartbeat_s': -1.5}, 'received heartbeat_s -1.5, expected more than 0'),
        ({'send_timeout_s': -1}, 'received send_timeout_s -1, expected at least 0'),
        ({'shutdown_grace_s': -1}, 'received shutdown_grace_s -1, expected at least 0'),
    ],
)
def test_seconds_that_cannot_be_are_refused(arguments: dict[str, Any], text: str) -> None:
    """A negative time, or heartbeats without a pause, are an error of the caller."""
    with pytest.raises(ValueError, match=text):
        EventStream(give(), **arguments)


@in_hasty_loop
async def test_answer_has_heartbeats_limits_and_an_end() -> None:
    """Without a framework there are heartbeats by default, and the shutdown that was given ends the stream in time."""
    server, shutdown = Server(), Shutdown()
    asyncio.get_running_loop().call_later(20, shutdown.begin)
    stream = EventStream(counter([], asyncio.Event()), shutdown=shutdown, last_event=SSEvent('bye'))
    await server.serve(stream)
    assert asyncio.get_running_loop().time() == 21
    assert server.body == b'data: one\n\n: ping\n\ndata: bye\n\n'
    assert server.sent[-1]['more_body'] is False
    slow, log = Server(reads=2), list[str]()
    await slow.serve(EventStream(counter(log, asyncio.Event()), send_timeout_s=5))
    assert log == ['GeneratorExit', 'closed']
    assert [chunk async for chunk in stream] == []


@pytest.mark.parametrize('options', [None, ResponseOptions()])
def test_what_the_stream_was_told_counts(options: ResponseOptions | None) -> None:
    """Numbers of the stream's own go before those of an application."""
    stream = EventStream(events(), heartbeat_s=3, send_timeout_s=4, shutdown_grace_s=5)
    upkeep = stream.body(options).upkeep
    assert upkeep is not None
    assert (upkeep.heartbeat_s, upkeep.send_timeout_s, upkeep.shutdown_grace_s) == (3, 4, 5)


def test_what_the_application_says_counts_where_the_stream_was_told_nothing() -> None:
    """Without an application, the defaults of the class do."""
    options = ResponseOptions()
    options.sse_heartbeat_s, options.stream_send_timeout_s, options.sse_shutdown_grace_s = 6, 7, 8
    told = EventStream(events()).body(options).upkeep
    alone = EventStream(events()).body().upkeep
    assert told is not None
    assert alone is not None
    assert (told.heartbeat_s, told.send_timeout_s, told.shutdown_grace_s) == (6, 7, 8)
    assert (alone.heartbeat_s, alone.send_timeout_s, alone.shutdown_grace_s) == (15, None, 1)


@in_quiet_loop
async def test_error_is_raised_to_the_caller_if_the_client_does_not_hear_of_it() -> None:
    """A client that leaves while it is told of an error, or that leaves and causes one, takes no error with it."""
    server = Server(reads=3)
    task = asyncio.create_task(server.serve(EventStream(failing('a'), error_event=SSEvent('sorry'))))
    await server.held_up.wait()
    server.gone.set()
    with pytest.raises(RuntimeError, match='secret'):
        await task

    async def careless() -> AsyncGenerator[str]:
        try:
            waiting.set()
            await asyncio.Event().wait()
            yield ''
        finally:
            raise RuntimeError('careless')

    server, waiting = Server(), asyncio.Event()
    task = asyncio.create_task(server.serve(EventStream(careless(), error_event=SSEvent('sorry'))))
    await waiting.wait()
    server.gone.set()
    with pytest.raises(RuntimeError, match='careless'):
        await task
    assert b'sorry' not in server.body
