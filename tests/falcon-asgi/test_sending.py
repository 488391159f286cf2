"""Responses on the wire: the start event, which bodies are left out, and bodies made while they are sent."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import cancelled, in_hasty_loop
from falcon_asgi import App, Request, Response, sending
from falcon_asgi.body_stream import MAX_AHEAD
from falcon_asgi.sending import bare_answer, close_unsent, prepare
from falcon_core.errors import UnsupportedError
from falcon_core.interfaces import StreamBody

Set = Callable[[Response], None]

# Of a type that no media handler has, so that the body is not read ahead.
TEXT = {'Content-Type': 'text/plain'}


def _request(method: str = 'GET') -> Request:
    return Request({'type': 'http', 'method': method, 'path': '/', 'headers': []}, None)


def _prepared(response: Response, body: bytes | None, method: str = 'GET') -> Any:
    start, _, left_out = prepare(_request(method), response, body)
    lines = start['headers']
    return SimpleNamespace(status=start['status'], lines=lines, headers=dict(lines), left_out=left_out)


def _app(set_up: Set) -> App:
    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            set_up(resp)

        on_head = on_post = on_get

    app = App()
    app.add_route('/', Resource())
    return app


def _streaming(stream: Any) -> App:
    def set_up(resp: Response) -> None:
        resp.stream = stream

    return _app(set_up)


class Chunks:
    """An iterator that counts how often it is closed, and never ends if it is to wait."""

    def __init__(self, *chunks: Any, waits: bool = False) -> None:
        self._chunks = list(chunks)
        self._waits = waits
        self.closings = 0

    def __aiter__(self) -> 'Chunks':
        return self

    async def __anext__(self) -> Any:
        if self._chunks:
            return self._chunks.pop(0)
        if self._waits:
            await asyncio.Event().wait()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closings += 1


class Source(Chunks):
    """An iterable whose iterator is another object."""

    def __init__(self, *chunks: Any, waits: bool = False) -> None:
        super().__init__()
        self.iterator = Chunks(*chunks, waits=waits)

    def __aiter__(self) -> Chunks:
        return self.iterator


class Unclosable:
    """An iterable without a method to close it."""

    def __init__(self, iterator: Chunks) -> None:
        self.iterator = iterator

    def __aiter__(self) -> Chunks:
        return self.iterator


# The start event.


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize('status', [200, 201, 204, 205])
@pytest.mark.parametrize('content_type', [None, 'text/html', ''])
@pytest.mark.parametrize('body', [b'', b'hello'])
def test_header_of_ones_own_changes_nothing_else(
    method: str, status: int, content_type: str | None, body: bytes
) -> None:
    """What most responses come down to is prepared in a shorter way, with the same outcome."""
    plain, decorated = Response(), Response()
    for response in (plain, decorated):
        response.status = status
        if content_type is not None:
            response.set_header('Content-Type', content_type)
    decorated.set_header('X-Own', '1')
    short, long = _prepared(plain, body, method), _prepared(decorated, body, method)
    assert long.headers.pop(b'x-own') == b'1'
    assert (short.status, short.headers, short.left_out) == (long.status, long.headers, long.left_out)


def test_start_event_has_status_headers_and_cookies() -> None:
    """Each header is a line of bytes with a lowercase name, each cookie a line of its own."""
    resp = Response()
    resp.status = '201 Created'
    resp.set_header('X-Name', 'Zoë')
    resp.set_cookie('a', '1', secure=False, http_only=False)
    resp.set_cookie('b', '2', secure=False, http_only=False)
    prepared = _prepared(resp, b'hello')
    assert prepared.status == 201
    assert prepared.lines == [
        (b'x-name', b'Zo\xeb'),
        (b'content-length', b'5'),
        (b'content-type', b'application/json'),
        (b'set-cookie', b'a=1'),
        (b'set-cookie', b'b=2'),
    ]


@pytest.mark.parametrize(('method', 'left_out'), [('GET', False), ('POST', False), ('HEAD', True)])
def test_head_is_answered_with_the_headers_alone(method: str, left_out: bool) -> None:
    """The answer to HEAD tells the length of the body that it leaves out (RFC 9110, section 9.3.2)."""
    prepared = _prepared(Response(), b'hello', method)
    assert prepared.left_out is left_out
    assert prepared.headers[b'content-length'] == b'5'


@pytest.mark.parametrize('status', [100, 101, 199, 204, 304])
def test_statuses_without_content(status: int) -> None:
    """A response that cannot have content has no length, and no type unless it was set (RFC 9110, section 15)."""
    resp = Response()
    resp.status = status
    resp.content_length = 5
    prepared = _prepared(resp, b'hello')
    assert prepared.left_out
    assert prepared.headers == {}
    resp.content_type = 'text/plain'
    assert _prepared(resp, b'hello').headers == {b'content-type': b'text/plain'}


def test_reset_content_says_that_it_has_none() -> None:
    """205 has a length of zero, whatever was to be sent (RFC 9110, section 15.3.6)."""
    resp = Response()
    resp.status = 205
    prepared = _prepared(resp, b'hello')
    assert prepared.left_out
    assert prepared.headers == {b'content-length': b'0'}


@pytest.mark.parametrize(
    ('method', 'body', 'claimed', 'length'),
    [
        ('GET', b'hello', 99, b'5'),
        ('GET', b'', 99, b'0'),
        ('GET', None, 99, b'0'),
        ('GET', None, None, b'0'),
        ('HEAD', b'hello', 99, b'5'),
        ('HEAD', None, 99, b'99'),
        ('HEAD', b'', 99, b'99'),
        ('HEAD', None, None, b'0'),
    ],
)
def test_content_length_is_the_size_of_the_body(
    method: str, body: bytes | None, claimed: int | None, length: bytes
) -> None:
    """A claimed length counts only where HEAD is answered without making the body (RFC 9110, section 8.6)."""
    resp = Response()
    resp.content_length = claimed
    assert _prepared(resp, body, method).headers[b'content-length'] == length


def test_default_type_is_that_of_the_options() -> None:
    """A response that sets no Content-Type gets the default one."""
    resp = Response()
    resp.options.default_media_type = 'text/html'
    assert _prepared(resp, b'').headers[b'content-type'] == b'text/html'


def test_default_type_may_be_none() -> None:
    """With None for the default, a response that sets no Content-Type has none."""
    resp = Response()
    resp.options.default_media_type = None
    assert b'content-type' not in _prepared(resp, b'x').headers


@given(status=st.integers() | st.text() | st.floats())
def test_statuses_are_numbers_of_three_digits_or_errors(status: Any) -> None:
    """Whatever was assigned, either a status from 100 to 999 is sent or the response cannot be made."""
    resp = Response()
    resp.status = status
    try:
        prepared = _prepared(resp, b'')
    except ValueError:
        return
    assert 100 <= prepared.status <= 999


def test_bare_answer_is_new_each_time() -> None:
    """What is sent in the last resort can be changed by servers without harm."""
    assert bare_answer() == bare_answer()
    assert bare_answer()[0] is not bare_answer()[0]
    assert bare_answer()[0]['status'] == 500


# Streams.


async def _generated(*chunks: Any) -> AsyncIterator[Any]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize(
    'stream',
    [
        _generated(b'one', b'', b'two'),
        Chunks(b'one', b'two'),
        Source(b'one', b'two'),
        io.BytesIO(b'onetwo'),
        _generated(b'one', bytearray(b'two')),
        _generated(memoryview(b'one'), b'two'),
    ],
    ids=['generator', 'iterator', 'iterable', 'file', 'bytearray', 'memoryview'],
)
def test_stream_is_sent_whole(call: Any, stream: Any) -> None:
    """Whatever yields bytes is a stream; without a known length, none is claimed."""
    answer = call(_streaming(stream))
    assert (answer.status, answer.body, answer.is_whole) == (200, b'onetwo', True)
    assert 'content-length' not in answer.headers
    assert all(type(chunk) is bytes for chunk in answer.chunks)
    assert answer.tasks_left == 0


def test_file_that_can_be_iterated_is_read(call: Any) -> None:
    """A file is sent in large pieces, not in its lines."""

    class Lines(io.BytesIO):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for line in self.getvalue().splitlines(keepends=True):
                yield line

    file = Lines(b'one\ntwo\n')
    assert call(_streaming(file)).chunks == [b'one\ntwo\n']
    assert file.closed


def test_request_body_is_sent_back_as_it_arrives(call: Any) -> None:
    """The stream of the request is passed on piece by piece, and is still the request's in the end."""
    bodies = []

    class Echo:
        async def on_post(self, req: Request, resp: Response) -> None:
            resp.stream = req.stream
            bodies.append(req.stream)

    app = App()
    app.add_route('/', Echo())
    answer = call(app, 'POST', headers=TEXT, body=[b'one', b'two'])
    assert answer.chunks == [b'one', b'two']
    assert not bodies[0].closed


def test_length_of_a_stream_is_told(call: Any) -> None:
    """`set_stream` says how long the stream is."""
    answer = call(_app(lambda resp: resp.set_stream(_generated(b'one'), 3)))
    assert (answer.body, answer.headers['content-length']) == (b'one', '3')


@pytest.mark.parametrize(('length', 'chunks'), [(2, []), (4, [b'one']), (5, [b'one']), (7, [b'one', b'two'])])
def test_stream_that_is_not_as_long_as_told_has_no_end(
    call: Any, caplog: pytest.LogCaptureFixture, length: int, chunks: list[bytes]
) -> None:
    """Nothing is sent past the promised length, and no end before it, so that no client waits for the rest."""
    answer = call(_app(lambda resp: resp.set_stream(_generated(b'one', b'two'), length)))
    assert (answer.chunks, answer.is_whole) == (chunks, False)
    received = 3 if length < 3 else 6
    assert f'received {received} bytes from the stream of a response, expected {length}' in caplog.text


def test_length_that_is_none_is_an_error(call: Any) -> None:
    """A Content-Length of a stream that no client could read is not sent."""

    def set_up(resp: Response) -> None:
        resp.stream = _generated(b'one')
        resp.set_header('Content-Length', 'about three')

    assert call(_app(set_up)).status == 500


@pytest.mark.parametrize(
    ('stream', 'text'),
    [
        ([b'one'], 'received a list as resp.stream, expected an asynchronous iterable or a file-like object'),
        ((b'one' for _ in 'a'), 'received a generator as resp.stream'),
        (b'one', 'received a bytes as resp.stream'),
        (_generated, 'a function as resp.stream, expected an asynchronous iterable or a file-like object: call it'),
        (SimpleNamespace(__aiter__=lambda: _generated()), 'received a SimpleNamespace as resp.stream'),
    ],
)
def test_other_streams_are_refused(call: Any, caplog: pytest.LogCaptureFixture, stream: Any, text: str) -> None:
    """What is no stream is an error that says what it is, in the log; the client gets a 500."""
    answer = call(_streaming(stream))
    assert answer.status == 500
    assert text in caplog.text
    assert b'stream' not in answer.body


@pytest.mark.parametrize('chunk', ['text', 7, {'a': 1}])
def test_pieces_that_are_no_bytes_break_the_stream_off(
    call: Any, caplog: pytest.LogCaptureFixture, chunk: object
) -> None:
    """A stream of text is an error that says so; the client can tell that something is missing."""
    stream = Chunks(b'one', chunk)
    answer = call(_streaming(stream))
    assert answer.chunks == [b'one']
    assert not answer.is_whole
    assert f'received a {type(chunk).__name__} from the stream of a response, expected bytes' in caplog.text
    assert stream.closings == 1


def test_failing_stream_is_logged_once_and_has_no_end(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An exception after the response has started cannot be told of; the end of the body is then not sent."""
    ended = []

    async def failing() -> AsyncIterator[bytes]:
        try:
            yield b'one'
            raise RuntimeError('no more')
        finally:
            ended.append(True)

    answer = call(_streaming(failing()))
    assert (answer.status, answer.chunks, answer.is_whole) == (200, [b'one'], False)
    assert [record.levelname for record in caplog.records] == ['ERROR']
    assert 'no more' in caplog.text
    assert ended
    assert answer.tasks_left == 0


@pytest.mark.parametrize(('method', 'status'), [('HEAD', 200), ('GET', 204), ('GET', 205), ('GET', 304)])
@pytest.mark.parametrize('kind', [Chunks, Source])
def test_stream_that_is_left_out_is_closed(call: Any, method: str, status: int, kind: type[Chunks]) -> None:
    """Where a response has no content, its stream is closed without being iterated over."""
    stream = kind(b'one')

    def set_up(resp: Response) -> None:
        resp.stream = stream
        resp.status = status

    answer = call(_app(set_up), method)
    assert (answer.status, answer.body, answer.is_whole) == (status, b'', True)
    assert stream.closings == 1
    assert getattr(stream, 'iterator', stream).closings == 1


def test_length_is_told_where_the_stream_is_left_out(call: Any) -> None:
    """The answer to HEAD tells the length that the stream would have."""
    file = io.BytesIO(b'one')
    answer = call(_app(lambda resp: resp.set_stream(file, 3)), 'HEAD')
    assert (answer.headers['content-length'], answer.body, file.closed) == ('3', b'', True)


def test_iterator_and_iterable_are_both_closed(call: Any) -> None:
    """Where a stream's iterator is another object, both are closed, at the end as when the client leaves."""
    for waits in (False, True):
        source = Source(b'one', waits=waits)
        call(_streaming(source), leaves=lambda sent: len(sent) > 1)
        assert (source.iterator.closings, source.closings) == (1, 1)


def test_iterable_needs_no_close(call: Any) -> None:
    """Of an iterable that cannot be closed, the iterator is."""
    iterator = Chunks(b'one')
    assert call(_streaming(Unclosable(iterator))).body == b'one'
    assert iterator.closings == 1


def test_iterable_is_closed_where_closing_its_iterator_fails(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """One failure does not keep the other from being closed."""
    source = Source(b'one')

    async def fail() -> None:
        raise RuntimeError('cannot close')

    source.iterator.aclose = fail  # type: ignore[method-assign] # this one iterator is a broken one
    call(_streaming(source))
    assert source.closings == 1
    assert 'cannot close' in caplog.text


# Clients that leave.


@pytest.mark.parametrize('kind', [Chunks, Source])
def test_stream_ends_when_the_client_leaves(call: Any, caplog: pytest.LogCaptureFixture, kind: type[Chunks]) -> None:
    """A stream that waits is ended at once, and nothing of it is an error."""
    stream = kind(b'one', waits=True)
    answer = call(_streaming(stream), leaves=lambda sent: len(sent) > 1)
    assert (answer.chunks, answer.is_whole, answer.tasks_left) == ([b'one'], False, 0)
    assert stream.closings == 1
    assert caplog.records == []


def test_client_that_left_before_the_start_is_noticed(call: Any) -> None:
    """A stream that would wait is ended also where its client was gone before the response began."""
    stream = Chunks(waits=True)
    answer = call(_streaming(stream), leaves=lambda sent: True)
    assert (answer.chunks, answer.is_whole, answer.tasks_left) == ([], False, 0)
    assert stream.closings == 1


def test_generator_runs_its_finally_when_the_client_leaves(call: Any) -> None:
    """Cleaning up, also by awaiting, has been done when the application returns."""
    done = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b'one'
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            done.append('cleaned up')

    call(_streaming(endless()), leaves=lambda sent: len(sent) > 1)
    assert done == ['cleaned up']


def test_generator_that_ignores_its_cancellation_is_closed(call: Any) -> None:
    """A generator that goes on after it was cancelled is sent no more, and closed."""
    done = []

    async def stubborn() -> AsyncIterator[bytes]:
        try:
            yield b'one'
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                yield b'two'
            yield b'three'
        finally:
            done.append('cleaned up')

    answer = call(_streaming(stubborn()), leaves=lambda sent: len(sent) > 1)
    assert answer.chunks == [b'one']
    assert done == ['cleaned up']


@pytest.mark.parametrize('after', [0, 1, 2])
def test_send_that_fails_means_that_the_client_left(call: Any, caplog: pytest.LogCaptureFixture, after: int) -> None:
    """An OSError from the server ends the stream as a disconnect does (ASGI HTTP 2.4)."""
    stream = Chunks(b'one', b'two', b'three')
    events: list[Any] = []

    async def send(event: Any) -> None:
        if len(events) == after:
            raise BrokenPipeError
        events.append(event)

    assert len(call(_streaming(stream), send=send).events) == after
    assert stream.closings == 1
    assert caplog.records == []


def test_send_that_fails_for_head(call: Any) -> None:
    """Nothing comes of a client that leaves before the end of a response without content."""
    stream = Chunks(b'one')

    async def send(event: Any) -> None:
        if event['type'] == 'http.response.body':
            raise BrokenPipeError

    assert len(call(_streaming(stream), 'HEAD', send=send).events) == 1
    assert stream.closings == 1


def test_server_that_fails_is_told_of(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An exception of the server's other than OSError is logged, and the stream is closed."""
    stream = Chunks(b'one')

    async def send(event: Any) -> None:
        raise RuntimeError('unexpected event')

    call(_streaming(stream), send=send)
    assert stream.closings == 1
    assert 'unexpected event' in caplog.text


@pytest.mark.parametrize('breaks_off', [False, True])
def test_generator_that_reads_the_request_hears_that_the_client_left(
    call: Any, caplog: pytest.LogCaptureFixture, breaks_off: bool
) -> None:
    """What a generator reads of the request is whole, or ends it without being an error of the application."""
    caplog.set_level(logging.INFO)

    class Echo:
        async def on_post(self, req: Request, resp: Response) -> None:
            async def echo() -> AsyncIterator[bytes]:
                async for chunk in req.stream:
                    yield chunk

            resp.stream = echo()

    app = App()
    app.add_route('/', Echo())
    answer = call(
        app, 'POST', headers=TEXT, body=[b'one', b'two'], breaks_off=breaks_off, leaves=lambda sent: breaks_off
    )
    assert answer.is_whole is not breaks_off
    if not breaks_off:
        assert answer.body == b'onetwo'
    assert caplog.records == []


def test_unread_body_is_there_while_a_stream_is_sent(call: Any) -> None:
    """Watching for the client to leave takes nothing of the request's body away."""
    bodies = []

    class Late:
        async def on_post(self, req: Request, resp: Response) -> None:
            async def slow() -> AsyncIterator[bytes]:
                yield b'start'
                for _ in range(5):
                    await asyncio.sleep(0)
                bodies.append(await req.stream.read())
                yield b'end'

            resp.stream = slow()

    app = App()
    app.add_route('/', Late())
    answer = call(app, 'POST', headers=TEXT, body=[b'one', b'two', b'three'])
    assert bodies == [b'onetwothree']
    assert answer.is_whole


def test_client_that_leaves_behind_a_body_that_nobody_reads_is_missed(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body too large to be kept does not hide for ever that the client left: what nobody reads is dropped."""
    monkeypatch.setattr(sending, 'UNREAD_PATIENCE_S', 0.01)
    stream = Chunks(b'one', waits=True)
    unread = [b'x' * MAX_AHEAD] * 3
    answer = call(_streaming(stream), 'POST', headers=TEXT, body=unread, leaves=lambda sent: True)
    assert not answer.is_whole
    assert stream.closings == 1


def test_cancelling_the_application_closes_the_stream(perform: Any) -> None:
    """A server that stops cancels the exchange; the stream is closed and the cancellation goes on."""
    stream = Chunks(b'one', waits=True)
    started = asyncio.Event()

    async def send(event: Any) -> None:
        started.set()

    async def main() -> None:
        task = asyncio.create_task(perform(_streaming(stream), send=send))
        await started.wait()
        await cancelled(task)

    asyncio.run(main())
    assert stream.closings == 1


# What is not sent.


@pytest.mark.parametrize('value', [Chunks(b'one'), Source(b'one'), io.BytesIO(b'one')])
def test_stream_beside_a_text_is_closed(call: Any, value: Any) -> None:
    """Of a text and a stream, the text is sent and the stream closed."""

    def set_up(resp: Response) -> None:
        resp.stream = value
        resp.text = 'text'

    assert call(_app(set_up)).body == b'text'
    assert value.closed if isinstance(value, io.BytesIO) else value.closings == 1


def test_request_body_is_not_closed_unsent() -> None:
    """The stream of the request is not the response's to close."""
    req = Request({'type': 'http', 'method': 'POST', 'path': '/', 'headers': []}, asyncio.Event().wait)  # type: ignore[arg-type] # never called
    asyncio.run(close_unsent(req.stream))
    assert not req.stream.closed


def test_what_cannot_be_closed_is_left_alone() -> None:
    """What was no stream to begin with is dropped."""
    asyncio.run(close_unsent([b'one']))


# Bodies of other distributions.


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Has an installed distribution make bodies of `resp.ticks` and of `resp.sse`; returns what they were made of."""
    seen: list[Any] = []

    def body(value: Any, options: Any) -> StreamBody:
        seen.append((value, options))
        return StreamBody(_generated(*value), {'content-type': 'text/ticks', 'cache-control': 'no-cache'})

    def lookup(name: str) -> Any:
        if name not in ('sse', 'ticks'):
            raise UnsupportedError(name)
        return body

    monkeypatch.setattr('falcon_asgi.response.body_factory', lookup)
    monkeypatch.setattr('falcon_asgi.response_body.announced_bodies', lambda: ('sse', 'ticks'))
    monkeypatch.setattr('falcon_asgi.sending.body_factory', lookup)
    return seen


@pytest.mark.parametrize('name', ['sse', 'ticks'])
def test_body_of_another_distribution_is_sent(call: Any, ticks: list[Any], name: str) -> None:
    """An attribute that an entry point is named for becomes the body, with headers that the responder did not set."""

    def set_up(resp: Response) -> None:
        setattr(resp, name, [b'tick', b'tock'])
        resp.set_header('Cache-Control', 'private')

    app = _app(set_up)
    answer = call(app)
    assert answer.body == b'ticktock'
    assert answer.headers == {'cache-control': 'private', 'content-type': 'text/ticks'}
    assert ticks == [([b'tick', b'tock'], app.resp_options)]


def test_headers_of_such_a_body_are_checked(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of another distribution cannot add a line to the headers."""

    def lookup(name: str) -> Any:
        return lambda value, options: StreamBody(_generated(b'one'), {'x-a': 'b\r\nx-c: d'})

    monkeypatch.setattr('falcon_asgi.response.body_factory', lookup)
    monkeypatch.setattr('falcon_asgi.response_body.announced_bodies', lambda: ('sse', 'ticks'))
    monkeypatch.setattr('falcon_asgi.sending.body_factory', lookup)
    assert call(_app(lambda resp: setattr(resp, 'ticks', []))).status == 500


def test_attributes_of_the_application_are_no_bodies(call: Any) -> None:
    """What no entry point is named for has no effect."""
    assert call(_app(lambda resp: setattr(resp, 'nothing_known', 7))).body == b''


def test_source_that_loses_to_another_is_closed(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a stream and events the events are sent, and the stream is closed without being sent."""
    stream = Chunks(b'not sent')

    def body(value: Any, options: Any) -> StreamBody:
        return StreamBody(Chunks(value))

    def set_up(resp: Response) -> None:
        resp._sse = b'sent'
        resp.stream = stream

    monkeypatch.setattr(sending, 'body_factory', lambda name: body)
    assert call(_app(set_up)).body == b'sent'
    assert stream.closings == 1


@pytest.mark.parametrize(('reads', 'whole'), [(True, True), (False, False)])
def test_stream_whose_client_does_not_read_is_given_up(call: Any, reads: bool, whole: bool) -> None:
    """With a limit for sending, a client that takes nothing for so long is let go of; the stream is closed."""
    stream = Chunks(b'one', b'two')
    app = _streaming(stream)
    app.resp_options.stream_send_timeout_s = 0.02

    async def send(event: Any) -> None:
        if event.get('body') == b'two' and not reads:
            await asyncio.Event().wait()

    answer = call(app, send=send)
    assert answer.is_whole is whole
    assert stream.closings == 1
    assert answer.tasks_left == 0


@pytest.mark.parametrize(
    ('content_type', 'ended'),
    [('text/event-stream', True), ('text/event-stream; charset=utf-8', True), ('text/plain', False)],
)
@in_hasty_loop
async def test_shutdown_ends_streams_of_events_alone(perform: Any, content_type: str, ended: bool) -> None:
    """A stream that says it is one of events starts at once and ends after the grace; a download is left to its end."""
    stream = Chunks(b'data: a\n\n', waits=True)

    def set_up(resp: Response) -> None:
        resp.content_type = content_type
        resp.stream = stream

    app = _app(set_up)
    app.resp_options.sse_shutdown_grace_s = 1
    asyncio.get_running_loop().call_soon(app.registry.shutdown.begin)
    if not ended:
        # It goes on until it is cancelled.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await perform(app)
        assert stream.closings == 1
        return
    answer = await perform(app)
    assert [event['body'] for event in answer.events[1:]] == [b'', b'data: a\n\n', b'']
    assert answer.is_whole
    assert stream.closings == 1
