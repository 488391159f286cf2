import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import App, BoundedStream, Request
from falcon_core.asgi_types import Message
from falcon_core.context import Context
from falcon_core.errors import UnsupportedError
from falcon_core.http_errors import HTTPBadRequest, HTTPInvalidHeader
from falcon_core.media import BaseHandler, Handlers
from falcon_core.options import RequestOptions
from instruction_count import MAX_INSTRUCTION_GROWTH, instruction_growth

TIMEOUT_S = 10
DISCONNECT: Message = {'type': 'http.disconnect'}
DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'


def request(headers: dict[str, str] | None = None, *events: Message, **scope: Any) -> Request:
    waiting = list(events)

    async def receive() -> Message:
        return waiting.pop(0)

    pairs = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in (headers or {}).items()]
    return Request({'type': 'http', 'method': 'GET', 'path': '/', 'headers': pairs} | scope, receive)


def run(waited: Awaitable[Any]) -> Any:
    async def main() -> Any:
        async with asyncio.timeout(TIMEOUT_S):
            return await waited

    return asyncio.run(main())


class Anything(BaseHandler):
    """Takes any body for itself."""

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return stream.read()


class Visit:
    """What the application of a test keeps with each request."""


class OwnRequest(Request):
    context_type = Visit

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.greeting = f'hello {self.get_header("X-Name")}'

    @property
    def shout(self) -> str:
        return self.greeting.upper()


class Greeter:
    async def on_get(self, req: OwnRequest, resp: Any) -> None:
        assert isinstance(req.context, Visit)
        resp.text = f'{req.shout} {req.uri_template}'


@pytest.mark.parametrize(
    ('scope', 'path'),
    [({'path': ''}, '/'), ({'path': '/a/b', 'root_path': '/a'}, '/b'), ({'path': '/b', 'root_path': '/a'}, '/b')],
)
def test_path_is_the_part_below_the_root_path(scope: dict[str, str], path: str) -> None:
    """Routes are found for the path without the root path, and never for an empty one."""
    assert request(None, **scope).path == path


@pytest.mark.parametrize('pieces', [[b'xy'], [b'x', b'y']])
def test_media_is_the_same_each_time(pieces: list[bytes]) -> None:
    """However a body arrives, it is decoded once."""
    events = [{'type': 'http.request', 'body': piece, 'more_body': piece is not pieces[-1]} for piece in pieces]
    req = request({'content-type': 'a/b', 'content-length': '2'}, *events)
    req.options.media_handlers = Handlers({'a/b': Anything()})
    media = run(req.get_media())
    assert media == b'xy'
    assert run(req.get_media()) is media
    assert run(req.get_media('nothing')) is media
    assert req.media is media


def test_stream_may_be_assigned() -> None:
    """Another stream takes the place of the body's own."""
    req = request()
    another = request().stream
    req.stream = another
    assert req.stream is another


def test_handler_that_knows_no_types_is_named() -> None:
    """A type is asked for in vain where the media handler decodes into none."""
    req = request({'content-type': 'a/b'}, {'type': 'http.request', 'body': b'x'})
    req.options.media_handlers = Handlers({'a/b': Anything()})
    with pytest.raises(UnsupportedError, match='Anything'):
        run(req.get_media(type=dict))


def test_a_request_knows_what_it_was_made_of() -> None:
    """Scope and options are at hand; without options there are the defaults."""
    scope = {'type': 'http', 'method': 'BREW', 'path': '/a', 'headers': []}
    options = RequestOptions()
    req = Request(scope, None, None, options)
    assert req.scope is scope
    assert req.options is options
    assert (req.method, req.path, req.is_websocket, req.uri_template) == ('BREW', '/a', False, None)
    assert Request(scope, None).options.max_media_size == options.max_media_size


def test_its_representation_tells_where_it_went() -> None:
    """The class, the method and the URI identify a request in a log."""
    assert repr(request({'host': 'falcon.test'}, path='/a')) == "<Request: GET 'http://falcon.test/a'>"
    assert repr(OwnRequest(request().scope, None)) == "<OwnRequest: GET 'http://localhost/'>"
    assert repr(request({'host': 'a,b'}, path='/a')) == "<Request: GET '/a'>"


def test_a_subclass_may_have_a_constructor_and_attributes(call: Any) -> None:
    """An application makes its requests of the class it was given, which may add what it likes."""
    app = App(request_type=OwnRequest)
    app.add_route('/greet', Greeter())
    assert call(app, path='/greet', headers={'x-name': 'Ada'}).body == b'HELLO ADA /greet'


def test_a_subclass_may_have_attributes_of_any_name(call: Any) -> None:
    """Nothing but what Falcon's class has is taken: neither by attributes and slots, nor by methods of its own."""

    class Own(Request):
        __slots__ = ('raw_headers',)

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.raw_headers = self.may_have_body = self.state = 1

        def read_ahead(self) -> None:
            raise AssertionError

    class Resource:
        async def on_post(self, req: Own, resp: Any) -> None:
            resp.text = f'{req.state} {req.get_header("X-A")} {await req.stream.read()!r}'

    app = App(request_type=Own)
    app.add_route('/', Resource())
    assert call(app, 'POST', headers={'X-A': 'a'}, body=b'body').body == b"1 a b'body'"


def test_the_context_is_the_applications_own() -> None:
    """The context is made once for each request, of `context_type`; another object may be put in its place."""
    req = request()
    assert isinstance(req.context, Context)
    req.context.user = 'ada'
    assert req.context.user == 'ada'
    assert req.context is not request().context
    req.context = 5
    assert req.context == 5


def test_state_is_that_of_the_lifespan() -> None:
    """What startup put into the state is there; what a request puts there is its own without a lifespan."""
    state = {'pool': 1}
    assert request(state=state).state is state
    req = request()
    req.state['a'] = 1
    assert req.state == {'a': 1}
    assert request().state == {}


def test_there_is_no_wsgi_environment() -> None:
    """Reading `env` raises what `hasattr` and the like expect."""
    assert not hasattr(request(), 'env')
    with pytest.raises(AttributeError, match=r'expected req\.scope'):
        _ = request().env


def test_middleware_may_assign_the_path_and_the_method() -> None:
    """What is assigned is what the URI is made of."""
    req = request({'host': 'h'}, path='/v1/a')
    req.path, req.method = '/a', 'PUT'
    assert (req.path, req.relative_uri, req.uri, req.method) == ('/a', '/a', 'http://h/a', 'PUT')


def test_headers_by_lowercase_name() -> None:
    """All headers are there under their names in lowercase, as text, and as bytes."""
    req = request({'host': 'h', 'x-token': 'é'})
    assert req.headers == {'host': 'h', 'x-token': 'é'}
    assert req.headers is req.headers_lower


@pytest.mark.parametrize(
    ('value', 'length'), [('0', 0), ('12', 12), ('007', 7), ('9' * 19, int('9' * 19)), (None, None)]
)
def test_content_length_is_a_number_of_bytes(value: str | None, length: int | None) -> None:
    """The length is what the header says, None without one."""
    assert request({} if value is None else {'content-length': value}).content_length == length


@pytest.mark.parametrize('value', ['', '-1', '+5', ' 5', '5 ', '1_0', '1, 1', '5.0', '0x5', '²', 'abc', '9' * 20])
def test_a_malformed_content_length_is_refused(value: str) -> None:
    """Anything but digits, or more of them than any length has, is the client's fault (RFC 9110, section 8.6)."""
    req = request({'content-length': value})
    for attribute in ('content_length', 'stream'):
        with pytest.raises(HTTPInvalidHeader) as raised:
            getattr(req, attribute)
        kind = 'a positive number' if value == '-1' else 'a number'
        assert str(raised.value.description).endswith(f'The value of the header must be {kind}.')


@pytest.mark.parametrize('value', ['text/plain', '', None])
def test_content_type_is_the_header(value: str | None) -> None:
    """An empty Content-Type is not the same as none, although it is read like none."""
    assert request({} if value is None else {'content-type': value}).content_type == value


def test_cookies_by_name() -> None:
    """The cookies are there by name, and of several with the same name all values on demand."""
    req = request({'cookie': 'a=1; b="2"; a=3; =4; c'})
    assert req.cookies == {'a': '1', 'b': '2', 'c': ''}
    assert req.get_cookie_values('a') == ['1', '3']
    assert req.get_cookie_values('d') is None
    assert (request().cookies, request().get_cookie_values('a')) == ({}, None)


@pytest.mark.parametrize('header', ['date', 'if-modified-since', 'if-unmodified-since'])
def test_dates_are_times_in_utc(header: str) -> None:
    """A header that holds a date is one, None if it is missing, refused if it is malformed."""
    attribute = header.replace('-', '_')
    assert getattr(request({header: DATE}), attribute) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
    assert getattr(request(), attribute) is None
    with pytest.raises(HTTPInvalidHeader, match='400'):
        getattr(request({header: 'junk'}), attribute)


@pytest.mark.parametrize(
    ('value', 'parsed'), [('bytes=1-2', (1, 2)), ('bytes=5-', (5, -1)), ('bytes=-5', (-5, -1)), ('items=0-0', (0, 0))]
)
def test_range_is_a_pair_of_offsets(value: str, parsed: tuple[int, int]) -> None:
    """A range says where it begins and ends, and in which unit."""
    req = request({'range': value})
    assert (req.range, req.range_unit) == (parsed, value.partition('=')[0])


@pytest.mark.parametrize('value', ['bytes=0-0,2-3', 'bytes=a', 'bytes=5-2', 'bytes=', 'bytes'])
def test_ranges_that_are_several_or_malformed_are_refused(value: str) -> None:
    """Only one range can be had as a pair."""
    with pytest.raises(HTTPInvalidHeader):
        _ = request({'range': value}).range


def test_entity_tags_know_whether_they_are_weak() -> None:
    """The tags of a condition are text without quotes, weak or strong."""
    tags: Any = request({'if-match': '"a", W/"b"'}).if_match
    assert [(tag, tag.is_weak) for tag in tags] == [('a', False), ('b', True)]


@pytest.mark.parametrize(
    ('accept', 'json', 'msgpack', 'xml'),
    [
        (None, True, True, True),
        ('', True, True, True),
        ('application/json', True, False, False),
        ('application/*;q=0.1', True, True, True),
        ('application/json;q=0, */*', False, True, True),
        ('application/x-msgpack', False, True, False),
        ('application/msgpack', False, True, False),
        ('application/xml', False, False, True),
        ('text/html', False, False, False),
        ('junk', False, False, False),
    ],
)
def test_what_the_client_accepts(accept: str | None, json: bool, msgpack: bool, xml: bool) -> None:
    """Without an Accept header everything is accepted, with a malformed one nothing."""
    req = request({} if accept is None else {'accept': accept})
    assert req.accept == (accept or '*/*')
    assert (req.client_accepts_json, req.client_accepts_msgpack, req.client_accepts_xml) == (json, msgpack, xml)
    assert req.client_accepts('application/json') is json


@pytest.mark.parametrize(
    ('accept', 'preferred'),
    [
        ('text/html, application/json;q=0.5', 'text/html'),
        ('text/html;q=0.4, application/json;q=0.5', 'application/json'),
        ('*/*', 'application/json'),
        ('image/png', None),
        ('junk', None),
    ],
)
def test_what_the_client_prefers(accept: str, preferred: str | None) -> None:
    """Of several types the one that the client wants most is preferred, or the first of these."""
    req = request({'accept': accept})
    assert req.client_prefers(['application/json', 'text/html']) == preferred
    assert req.client_prefers(iter(('application/json', 'text/html'))) == preferred
    assert req.client_prefers([]) is None


LIMITED: dict[str, tuple[dict[str, str], Callable[[Request], Any]]] = {
    'accepts': ({'accept': 'a/b,c/d;q=1,e/f'}, lambda req: req.client_accepts_json),
    'access_route': ({'x-forwarded-for': '1,2,3,4'}, lambda req: req.access_route),
    'cookies': ({'cookie': 'a=1;b=2;c=3;d=4'}, lambda req: req.cookies),
    'cookie_values': ({'cookie': 'a=1;b=2;c=3;d=4'}, lambda req: req.get_cookie_values('a')),
    'forwarded': ({'forwarded': 'for=a;by=b,for=c;by=d'}, lambda req: req.forwarded_host),
    'if_match': ({'if-match': '"a","b","c","d"'}, lambda req: req.if_match),
    'if_none_match': ({'if-none-match': 'a,b,c,d'}, lambda req: req.if_none_match),
    'media': ({'content-type': 'a/b;c=d;e=f;g=h', 'content-length': '1'}, lambda req: req.media),
    'params': ({}, lambda req: req.get_param('a')),
    'prefers': ({'accept': 'a/b,c/d;q=1,e/f'}, lambda req: req.client_prefers(['a/b'])),
}


@pytest.mark.parametrize('name', LIMITED)
def test_the_number_of_parts_is_limited(call: Any, name: str) -> None:
    """What has more parts than the options allow is the client's fault when it is read, and is not taken apart."""
    headers, read = LIMITED[name]
    scope = {'query_string': b'a=1&b=2&c=3&d=4'}

    class Resource:
        async def on_post(self, req: Request, resp: Any) -> None:
            read(req)
            resp.text = 'read'

    for limit, status in ((3, 400 if name == 'params' else 431), (4, 200), (None, 200)):
        app = App()
        app.req_options.max_cookies = limit
        app.req_options.max_header_params = limit
        app.req_options.max_query_params = limit
        app.req_options.media_handlers = Handlers({'a/b': Anything()})
        app.add_route('/', Resource())
        answer = call(app, 'POST', headers=headers, **scope)
        assert answer.status == status
        if status != 200:
            assert answer.headers['content-type'] == 'application/json'
            assert b'may' in answer.body


def test_an_error_is_written_whatever_accept_is_like(call: Any) -> None:
    """Accept with more parts than are taken apart stands for JSON, and is no error where nobody reads it."""
    answer = call(App(), headers={'accept': 'application/xml,' * 513})
    assert (answer.status, answer.headers['content-type']) == (404, 'application/json')


def test_the_stream_is_made_once() -> None:
    """`stream` and `bounded_stream` are the same, and have no more than Content-Length says."""
    req = request({'content-length': '5'}, {'type': 'http.request', 'body': b'abcdef', 'more_body': True})
    assert isinstance(req.stream, BoundedStream)
    assert req.bounded_stream is req.stream
    assert run(req.stream.read()) == b'abcde'


def test_a_body_over_http_2_ends_where_the_server_says() -> None:
    """What ends the stream of the request is received, too, or it would come after the response."""
    end = [{'type': 'http.request', 'body': b'', 'more_body': more} for more in (True, False)]
    for length, first in ((b'5', b'abcde'), (b'5', b'abcdef'), (b'0', b'')):
        events: list[Message] = [{'type': 'http.request', 'body': first, 'more_body': True}, *end]

        async def receive(events: list[Message] = events) -> Message:
            return events.pop(0)

        req = Request(request({'content-length': length.decode()}).scope, receive)
        req.scope['http_version'] = '2'
        assert run(req.stream.read()) == first[: int(length)]
        assert events == []


def test_an_event_received_before_begins_the_body() -> None:
    """What somebody else received of the request can be handed to it."""

    async def receive() -> Message:
        return {'type': 'http.request', 'body': b'def'}

    first = {'type': 'http.request', 'body': b'abc', 'more_body': True}
    assert run(Request(request().scope, receive, first).stream.read()) == b'abcdef'


def test_waiting_for_the_client_to_leave_takes_nothing_from_the_body() -> None:
    """`wait_disconnect` returns when the client has left; the body is still there."""
    req = request({}, {'type': 'http.request', 'body': b'abc'}, DISCONNECT)
    run(req.wait_disconnect())
    assert run(req.stream.read()) == b'abc'


def test_a_handshake_is_a_request_without_a_body() -> None:
    """A WebSocket's events are its own, also if the request is made with what receives them."""
    events = [{'type': 'websocket.connect'}]
    req = request({'host': 'h', 'sec-websocket-version': '13'}, *events, type='websocket', scheme='wss', path='/chat')
    assert (req.method, req.is_websocket, req.uri) == ('GET', True, 'wss://h/chat')
    assert req.get_header('Sec-WebSocket-Version') == '13'
    assert req.get_param('a') is None
    for read in (lambda: req.stream, lambda: req.bounded_stream, lambda: req.media):
        with pytest.raises(UnsupportedError, match=r"^a scope of type 'websocket' has no request body$"):
            read()
    for wait in (req.wait_disconnect, req.get_media):
        with pytest.raises(UnsupportedError):
            run(wait())


HEADERS = [
    *('accept', 'authorization', 'content-length', 'content-type', 'cookie', 'date', 'expect', 'forwarded', 'host'),
    *('if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'last-event-id', 'range'),
    *('referer', 'user-agent', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'),
]
texts = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=30),
    st.lists(st.sampled_from([*'",;=-/*:[]%\\', 'a', '1', 'bytes', 'W/', 'for', 'GMT', ' ', 'q=']), max_size=12).map(
        ''.join
    ),
)


values = st.binary(max_size=30) | texts.map(lambda text: text.encode('latin-1'))
queries = st.binary(max_size=20) | st.lists(
    st.sampled_from(
        [b'a', b'a[b]', b'=', b'&', b',', b'|', b'%', b'%ff', b'+', b'1', b'-', b'{', b'true', b'2020-01-02']
    ),
    max_size=8,
).map(b''.join)

ARGUMENTS: list[dict[str, Any]] = [{}, {'required': True}, {'allow_multiple': False}]

# What the attributes do not cover: the methods, each with arguments that have it do most.
CALLS: list[Callable[[Request], Any]] = [
    lambda req: req.client_accepts('text/html; level=1'),
    lambda req: req.client_prefers(['a/b', 'text/*']),
    lambda req: req.get_cookie_values('a'),
    *(partial(Request.get_header_as_int, header=name) for name in HEADERS),
    *(partial(Request.get_header_as_datetime, header=name, obs_date=True) for name in HEADERS),
    *(
        partial(method, name='a', **arguments)
        for method in (
            *(Request.get_param, Request.get_param_as_bool, Request.get_param_as_date, Request.get_param_as_datetime),
            *(
                Request.get_param_as_float,
                Request.get_param_as_int,
                Request.get_param_as_json,
                Request.get_param_as_media,
            ),
            *(Request.get_param_as_uuid, Request.get_param_as_dict),
        )
        for arguments in ARGUMENTS
    ),
    lambda req: req.get_param_as_dict('a', deep_object=True, allow_multiple=False),
    lambda req: req.get_param_as_dict('a', delimiter='|'),
    lambda req: req.get_param_as_list('a', int, delimiter=','),
    lambda req: req.get_query_string_as_media(),
    repr,
]


def read_all(req: Request) -> None:
    """Read every attribute and call every method, whether it gives a value or raises what is answered with 400."""
    names = [name for name in dir(req) if not name.startswith('_') and name not in {'env', 'media'}]
    assert {'host', 'cookies', 'range', 'if_match', 'access_route', 'params', 'stream'} <= set(names)
    for name in names:
        with suppress(HTTPBadRequest):
            getattr(req, name)
    for each in CALLS:
        with suppress(HTTPBadRequest):
            each(req)


@given(
    headers=st.lists(st.tuples(st.sampled_from(HEADERS), values), max_size=6),
    query=queries,
    csv=st.booleans(),
    keep_blank=st.booleans(),
)
def test_any_bytes_give_values_or_are_refused(
    headers: list[tuple[str, bytes]], query: bytes, csv: bool, keep_blank: bool
) -> None:
    """Whatever a client sends, an attribute or method has a value, or raises what is answered with 400."""
    options = RequestOptions()
    options.auto_parse_qs_csv, options.keep_blank_qs_values = csv, keep_blank
    options.media_handlers = Handlers({'application/json': Anything()})
    pairs = [(name.encode(), value) for name, value in headers]
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': pairs, 'query_string': query}
    req = Request(scope, request()._receive, None, options)
    read_all(req)


REPEATED = ['a', '"', 'a=1;', 'for=a,', 'text/html;q=0.1,', '"a", ', 'W/"', '1-,', ':', '\\"', 'a=b&', '%41', '1,']


@pytest.mark.parametrize('pattern', REPEATED)
def test_twice_the_headers_take_twice_the_instructions(pattern: str) -> None:
    """Whatever fills the query string and all the headers, reading every attribute takes time linear in its length."""
    options = RequestOptions()
    options.auto_parse_qs_csv = options.keep_blank_qs_values = True
    options.max_query_params = options.max_cookies = options.max_header_params = 1_000_000
    options.media_handlers = Handlers({'application/json': Anything()})

    def prepare(size: int) -> Callable[[], object]:
        text = (pattern * (size // len(pattern))).encode()
        pairs = [(name.encode(), text) for name in HEADERS]
        scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': pairs, 'query_string': text}
        return lambda: read_all(Request(scope, request()._receive, None, options))

    assert instruction_growth(prepare, 2000) <= MAX_INSTRUCTION_GROWTH
