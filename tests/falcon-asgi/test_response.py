"""The response: its body's sources and their order, its headers, its cookies, and what is done after it."""

import asyncio
import contextlib
import http
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import Response
from falcon_asgi.response import awaited_body
from falcon_core.errors import HeaderNotSupported, MissingDistribution, UnsupportedError
from falcon_core.media import BaseHandler
from falcon_core.options import ResponseOptions


class Upper(BaseHandler):
    """Writes text in capitals."""

    def serialize(self, media: object, content_type: str) -> bytes:
        return f'{content_type}: {media}'.upper().encode()


class AsyncUpper(BaseHandler):
    """Does so by a coroutine only."""

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        await asyncio.sleep(0)
        return f'{content_type}: {media}'.upper().encode()


def _response(handler: BaseHandler | None = None, media_type: str = 'text/upper') -> Response:
    """Return a response for which there is one media handler, or none."""
    options = ResponseOptions()
    options.media_handlers.clear()
    if handler is not None:
        options.media_handlers[media_type] = handler
        options.default_media_type = media_type
    return Response(options)


def _rendered(resp: Response) -> bytes | None:
    return asyncio.run(resp.render_body())


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has distributions installed that make bodies of `resp.sse` and `resp.ticks`."""

    def lookup(name: str) -> Any:
        if name not in ('sse', 'ticks'):
            raise UnsupportedError(name)

    monkeypatch.setattr('falcon_asgi.response.body_factory', lookup)


# Status.


@pytest.mark.parametrize('status', ['404 Not Found', '404', 404, http.HTTPStatus.NOT_FOUND])
def test_status_is_text_number_or_enumeration(status: Any) -> None:
    """Every form of a status has the same number."""
    resp = Response()
    assert (resp.status, resp.status_code) == ('200 OK', 200)
    resp.status = status
    assert resp.status_code == 404
    assert repr(resp) == f'<Response: {status}>'


def test_status_code_sets_the_status() -> None:
    """The number of the status can be assigned."""
    resp = Response()
    resp.status_code = 503
    assert resp.status == 503


# The body.


def test_body_has_no_source_at_first() -> None:
    """A new response has nothing to send."""
    resp = Response()
    assert (resp.text, resp.data, resp.media, resp.stream, resp.sse) == (None,) * 5
    assert _rendered(resp) is None
    assert list(resp.sources()) == []


@pytest.mark.parametrize(
    ('values', 'body'),
    [
        ({'text': 'täxt'}, 'täxt'.encode()),
        ({'text': ''}, b''),
        ({'text': b'bytes'}, b'bytes'),
        ({'data': b'data'}, b'data'),
        ({'data': b''}, b''),
        ({'data': bytearray(b'data')}, b'data'),
        ({'data': memoryview(b'data')}, b'data'),
        ({'media': 'media'}, b'TEXT/UPPER: MEDIA'),
        ({'media': 0}, b'TEXT/UPPER: 0'),
        ({'text': 'text', 'data': b'data', 'media': 'media', 'stream': b'stream'}, b'text'),
        ({'data': b'data', 'media': 'media', 'stream': b'stream'}, b'data'),
        ({'media': 'media', 'stream': b'stream'}, b'TEXT/UPPER: MEDIA'),
        ({'stream': b'stream'}, None),
        ({'text': 'text', 'sse': b'sse'}, None),
    ],
)
@pytest.mark.usefixtures('installed')
def test_body_is_the_first_source_that_is_set(values: dict[str, Any], body: bytes | None) -> None:
    """Of several sources, the order is events, text, data, media, stream; empty ones count."""
    resp = _response(Upper())
    for name, value in values.items():
        setattr(resp, name, value)
    assert _rendered(resp) == body


@pytest.mark.parametrize(
    ('name', 'value', 'kind'),
    [('text', 7, 'int'), ('text', ['a'], 'list'), ('data', 'text', 'str'), ('data', 7, 'int')],
)
def test_other_types_of_text_and_data_are_refused(name: str, value: Any, kind: str) -> None:
    """What is neither text nor bytes is an error that says what it is."""
    resp = Response()
    setattr(resp, name, value)
    with pytest.raises(TypeError, match=f'received a {kind} as resp.{name}, expected bytes'):
        resp.rendered()


def test_media_goes_by_the_content_type() -> None:
    """The handler of the Content-Type writes the media and is told that type; without one, the default one is set."""
    resp = _response(Upper())
    resp.media = 'a'
    assert _rendered(resp) == b'TEXT/UPPER: A'
    assert resp.content_type == 'text/upper'
    resp.content_type = 'text/upper; charset=x'
    assert _rendered(resp) == b'TEXT/UPPER; CHARSET=X: A'


def test_asynchronous_handler_is_awaited() -> None:
    """A handler that has only a coroutine gives something to await."""
    resp = _response(AsyncUpper())
    resp.media = 'a'
    rendering = resp.rendered()
    assert not isinstance(rendering, bytes)
    assert asyncio.run(awaited_body(rendering)) == b'TEXT/UPPER: A'


def test_handler_that_gives_no_bytes_is_told_of() -> None:
    """A media handler at fault is an error that says so."""

    class Broken(BaseHandler):
        def serialize(self, media: object, content_type: str) -> Any:
            return 'text'

    resp = _response(Broken())
    resp.media = 'a'
    with pytest.raises(TypeError, match=r'received a str as resp\.rendered, expected bytes'):
        _rendered(resp)


def test_media_without_a_handler_names_those_there_are() -> None:
    """A Content-Type that no handler writes is the application's fault."""
    resp = _response(Upper())
    resp.content_type = 'text/lower'
    resp.media = 'a'
    with pytest.raises(UnsupportedError, match="no media handler for 'text/lower', expected one of text/upper"):
        resp.rendered()


def test_media_without_any_handler_names_the_distribution() -> None:
    """Where no handler is installed, the error says what to install."""
    resp = _response()
    resp.media = 'a'
    with pytest.raises(MissingDistribution) as raised:
        resp.rendered()
    assert str(raised.value) == 'resp.media needs falcon-media: pip install falcon-media'


def test_events_name_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """Assigning `sse` without falcon-sse says what to install; None can be assigned in any case."""

    def lookup(name: str) -> Any:
        raise MissingDistribution(f'resp.{name}', 'falcon-sse')

    monkeypatch.setattr('falcon_asgi.response.body_factory', lookup)
    resp = Response()
    resp.sse = None
    with pytest.raises(MissingDistribution) as raised:
        resp.sse = iter(())
    assert str(raised.value) == 'resp.sse needs falcon-sse: pip install falcon-sse'
    assert resp.sse is None


@pytest.mark.usefixtures('installed')
def test_sources_are_what_a_body_is_produced_from() -> None:
    """Events come before the stream, and that before attributes that entry points are named for."""
    resp: Any = Response()
    resp.ticks = 'ticks'
    resp.unknown = 'unknown'
    resp.stream = 'stream'
    resp.sse = 'sse'
    assert list(resp.sources()) == ['sse', 'stream', 'ticks']


@pytest.mark.usefixtures('installed')
def test_cleared_body_leaves_nothing_of_itself() -> None:
    """A cleared body takes its length, encoding and range along, not its type; what produced it is abandoned."""
    resp: Any = Response()
    resp.text, resp.data, resp.media = 'text', b'data', 'media'
    resp.stream, resp.sse, resp.ticks = 'stream', 'sse', 'ticks'
    resp.set_headers({'Content-Encoding': 'gzip', 'Content-Type': 'text/plain', 'X-A': 'a'})
    resp.content_length = 7
    resp.content_range = (0, 1, 2)
    resp.clear_body()
    assert (resp.text, resp.data, resp.media, resp.stream, resp.sse, resp.ticks) == (None,) * 6
    assert resp.headers == {'content-type': 'text/plain', 'x-a': 'a'}
    assert resp.abandoned == ['sse', 'stream', 'ticks']


def test_stream_can_be_set_with_its_length() -> None:
    """The length of a stream is the Content-Length."""
    resp = Response()
    stream: Any = object()
    resp.set_stream(stream, 12)
    assert (resp.stream, resp.content_length) == (stream, '12')


def test_context_is_of_the_type_of_the_class() -> None:
    """Each response has an object for the application's own data, of `context_type`."""

    class Own(Response):
        context_type = dict

    resp = Own()
    resp.context['a'] = 1
    assert resp.context == {'a': 1}
    plain = Response()
    plain.context.a = 1
    assert plain.context['a'] == 1


# Headers.


def test_header_names_have_no_case() -> None:
    """A header is the same in any case of its name; setting it again replaces it."""
    resp = Response()
    resp.set_header('X-Name', 'a')
    resp.set_header('x-NAME', 'b')
    assert resp.get_header('X-name') == 'b'
    assert resp.headers == {'x-name': 'b'}
    resp.delete_header('X-NAME')
    resp.delete_header('X-NAME')
    assert resp.get_header('X-Name') is None
    assert resp.get_header('X-Name', 'default') == 'default'


def test_headers_are_a_copy() -> None:
    """Changing the returned headers does not change the response."""
    resp = Response()
    resp.headers['x-name'] = 'a'
    assert resp.headers == {}


def test_values_become_text() -> None:
    """What is no text is converted."""
    resp = Response()
    resp.set_header('X-Number', 7)  # type: ignore[arg-type] # Falcon takes it
    resp.append_header('X-Number', 8)  # type: ignore[arg-type] # Falcon takes it
    assert resp.get_header('X-Number') == '7, 8'


@pytest.mark.parametrize(
    'headers', [{'X-A': '1', 'X-B': '2'}, [('X-A', '1'), ('X-B', '2')], iter([('X-B', '2'), ('X-A', '1')])]
)
def test_several_headers_are_set_at_once(headers: Any) -> None:
    """Headers come as a mapping or as pairs."""
    resp = Response()
    resp.set_headers(headers)
    assert resp.headers == {'x-a': '1', 'x-b': '2'}


def test_appended_values_are_joined() -> None:
    """A second value comes after a comma (RFC 9110, section 5.3)."""
    resp = Response()
    resp.append_header('Vary', 'Accept')
    resp.append_header('vary', 'Cookie')
    assert resp.get_header('Vary') == 'Accept, Cookie'


@pytest.mark.parametrize('name', ['Set-Cookie', 'set-cookie'])
def test_cookies_have_methods_of_their_own(name: str) -> None:
    """Set-Cookie, of which there may be several, can be appended and nothing else."""
    resp = Response()
    with pytest.raises(HeaderNotSupported):
        resp.set_header(name, 'a=1')
    with pytest.raises(HeaderNotSupported):
        resp.set_headers({name: 'a=1'})
    with pytest.raises(HeaderNotSupported):
        resp.get_header(name)
    with pytest.raises(HeaderNotSupported):
        resp.delete_header(name)
    resp.append_header(name, 'a=1')
    resp.append_header(name, 'b=2')
    assert resp.cookie_lines == ['a=1', 'b=2']
    assert resp.headers == {}


@given(name=st.text(), value=st.text())
def test_no_text_splits_a_response(name: str, value: str) -> None:
    """Whatever a name or a value has in it, no control character gets into a header (RFC 9110, section 5)."""
    resp = Response()
    for method in (resp.set_header, resp.append_header):
        with contextlib.suppress(ValueError):
            method(name, value)
    held = ''.join([*resp.headers, *resp.headers.values(), *(resp.cookie_lines or ())])
    assert not any(character < ' ' or character == '\x7f' for character in held.replace('\t', ''))
    held.encode('latin-1')


@pytest.mark.parametrize('bad', ['a\r\nX-B: b', 'a\nb', 'a\rb', 'a\x00b', 'a\x7fb', 'Ā', '\ud800'])
@pytest.mark.parametrize('method', ['set_header', 'append_header'])
def test_values_that_no_header_has_are_refused(method: str, bad: str) -> None:
    """Control characters and those outside ISO 8859-1 are refused where they are set, in cookies as well."""
    resp = Response()
    with pytest.raises(ValueError, match='expected no control character'):
        getattr(resp, method)('X-A', bad)
    with pytest.raises(ValueError):
        getattr(resp, method)('Set-Cookie', bad)
    assert resp.headers == {}
    assert resp.cookie_lines is None


@pytest.mark.parametrize('bad', ['', 'X A', 'X:A', 'X-A\r\n', 'X-Ä', 'X-\u212a'])
@pytest.mark.parametrize('method', ['set_header', 'append_header', 'get_header', 'delete_header'])
def test_names_that_no_header_has_are_refused(method: str, bad: str) -> None:
    """A name is a token; a letter outside ASCII is none, also if its lowercase form is in ASCII."""
    arguments = (bad, 'a') if method in ('set_header', 'append_header') else (bad,)
    with pytest.raises(ValueError, match='expected a token'):
        getattr(Response(), method)(*arguments)


# Links.


def test_links_are_appended() -> None:
    """Links to other resources share one header (RFC 8288)."""
    resp = Response()
    resp.append_link('/next', 'next')
    resp.append_link('/täg', 'tag', title='Tag', hreflang=['de', 'en'], type_hint='text/html', anchor='/a')
    assert resp.get_header('Link') == (
        '</next>; rel=next, </t%C3%A4g>; rel=tag; title="Tag"; type="text/html"; hreflang=de; hreflang=en; anchor="/a"'
    )


@pytest.mark.parametrize('field', ['title', 'type_hint', 'hreflang'])
def test_links_cannot_split_a_response(field: str) -> None:
    """What the header cannot hold is refused."""
    resp = Response()
    arguments: dict[str, Any] = {field: 'a\r\nX-B: b'}
    with pytest.raises(ValueError):
        resp.append_link('/next', 'next', **arguments)
    assert resp.headers == {}


# Cookies.


def test_cookie_has_all_attributes() -> None:
    """A cookie is written with what is asked for, in one line."""
    resp = Response()
    resp.set_cookie(
        'a',
        'b c',
        expires=datetime(2030, 1, 2, tzinfo=UTC),
        max_age=60,
        domain='example.com',
        path='/p',
        secure=True,
        http_only=False,
        same_site='Strict',
        partitioned=True,
    )
    assert resp.cookie_lines is not None
    name, *attributes = resp.cookie_lines[0].split('; ')
    assert name == 'a="b c"'
    assert set(attributes) == {
        'expires=Wed, 02 Jan 2030 00:00:00 GMT',
        'Max-Age=60',
        'Domain=example.com',
        'Path=/p',
        'Secure',
        'SameSite=Strict',
        'Partitioned',
    }


@pytest.mark.parametrize(
    ('default', 'secure', 'line'),
    [
        (True, None, 'a=b; HttpOnly; Secure'),
        (False, None, 'a=b; HttpOnly'),
        (True, False, 'a=b; HttpOnly'),
        (False, True, 'a=b; HttpOnly; Secure'),
    ],
)
def test_cookies_are_secure_as_the_options_say(default: bool, secure: bool | None, line: str) -> None:
    """A cookie that does not say whether it is secure follows `secure_cookies_by_default`."""
    resp = Response()
    resp.options.secure_cookies_by_default = default
    resp.set_cookie('a', 'b', secure=secure)
    assert resp.cookie_lines == [line]


def test_cookie_is_unset() -> None:
    """A cookie is forgotten by setting it in the past, where it was set."""
    resp = Response()
    resp.unset_cookie('a', domain='example.com', path='/p')
    assert resp.cookie_lines == [
        'a=""; Domain=example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/p; SameSite=Lax'
    ]


@pytest.mark.parametrize(
    'arguments',
    [
        {'name': 'a', 'value': 'b\r\nX-C: d'},
        {'name': 'a', 'value': 'b', 'path': '/\r\nX-C: d'},
        {'name': 'a', 'value': 'b', 'path': '/; Domain=example.org'},
        {'name': 'a', 'value': 'b', 'domain': 'example.com\n'},
        {'name': 'a', 'value': 'b', 'same_site': 'Lax\r\nX-C: d'},
        {'name': 'a', 'value': 'bä'},
    ],
)
def test_cookies_cannot_split_a_response(arguments: dict[str, str]) -> None:
    """What no part of a cookie can hold is refused."""
    resp = Response()
    with pytest.raises(ValueError):
        resp.set_cookie(**arguments)  # type: ignore[arg-type] # these are all texts
    assert resp.cookie_lines is None


def test_cookie_names_are_tokens() -> None:
    """A name that is no token raises KeyError, as in Falcon."""
    resp = Response()
    with pytest.raises(KeyError):
        resp.set_cookie('a b', 'c')
    with pytest.raises(KeyError):
        resp.unset_cookie('a\r\n')


# What is done afterwards.


def test_callbacks_are_kept_in_order() -> None:
    """Callbacks are remembered with the way to call them."""

    async def first() -> None: ...

    def second() -> None: ...

    resp = Response()
    resp.schedule(first)
    resp.schedule_sync(second)
    assert [(each.call, each.is_async) for each in resp.callbacks or ()] == [(first, True), (second, False)]


def test_callbacks_of_the_other_kind_are_refused() -> None:
    """A function is not awaited, and a coroutine function is not called in a thread to no effect."""

    async def asynchronous() -> None: ...

    def synchronous() -> None: ...

    resp = Response()
    with pytest.raises(TypeError, match='expected a coroutine function; see schedule_sync'):
        resp.schedule(synchronous)  # type: ignore[arg-type] # that is the fault
    with pytest.raises(TypeError, match='see schedule for those'):
        resp.schedule_sync(asynchronous)  # type: ignore[arg-type] # that is the fault
    assert resp.callbacks is None


def test_body_of_old_is_refused() -> None:
    """An attribute that Falcon once had cannot be set to no effect."""
    response = Response()
    with pytest.raises(AttributeError, match='expected text'):
        response.body = 'lost'
    with pytest.raises(AttributeError, match='expected text'):
        assert response.body
