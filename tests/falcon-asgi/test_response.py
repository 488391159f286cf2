"""The response: its body's sources and their order, its headers, its cookies, and what is done after it."""

import contextlib
import http
import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import App, Request, Response
from falcon_asgi.sending import prepare
from falcon_core.errors import HeaderNotSupported, MissingDistribution
from falcon_core.http_errors import HTTPForbidden


def _cookie_lines(resp: Response) -> list[str]:
    """Return the values of the Set-Cookie headers that are sent."""
    start, _, _ = prepare(Request({'type': 'http', 'path': '/', 'headers': []}, None), resp, b'')
    return [value.decode('latin-1') for name, value in start['headers'] if name == b'set-cookie']


def _assign(resp: Response, text: str, name: str) -> None:
    setattr(resp, name, text)


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
    assert resp.headers == {}
    assert _cookie_lines(resp) == ['a=1', 'b=2']


@given(name=st.text(), value=st.text())
def test_no_text_splits_a_response(name: str, value: str) -> None:
    """Whatever a name or a value has in it, no control character gets into a header (RFC 9110, section 5)."""
    resp = Response()
    for method in (resp.set_header, resp.append_header):
        with contextlib.suppress(ValueError):
            method(name, value)
    held = ''.join([*resp.headers, *resp.headers.values(), *_cookie_lines(resp)])
    assert not any(character < ' ' or character == '\x7f' for character in held.replace('\t', ''))
    held.encode('latin-1')


SETTERS: dict[str, Callable[[Response, str], None]] = {
    **{
        name: partial(_assign, name=name)
        for name in (
            *('accept_ranges', 'cache_control', 'content_length', 'content_location', 'content_range', 'content_type'),
            *('downloadable_as', 'etag', 'expires', 'last_modified', 'location', 'retry_after', 'vary', 'viewable_as'),
        )
    },
    'link': lambda resp, text: resp.append_link(text, 'next'),
    'link_anchor': lambda resp, text: resp.append_link('/', 'next', anchor=text),
    'link_extension': lambda resp, text: resp.append_link('/', 'next', link_extension=[(text, text)]),
    'link_language': lambda resp, text: resp.append_link('/', 'next', hreflang=[text]),
    'link_relation': lambda resp, text: resp.append_link('/', text),
    'link_title': lambda resp, text: resp.append_link('/', 'next', title=text, type_hint=text),
    'link_title_star': lambda resp, text: resp.append_link('/', 'next', title_star=(text, text)),
    'set_cookie': lambda resp, text: resp.set_cookie('a', text),
    'set_cookie_domain': lambda resp, text: resp.set_cookie('a', 'b', domain=text),
    'set_cookie_name': lambda resp, text: resp.set_cookie(text, 'b'),
    'set_cookie_path': lambda resp, text: resp.set_cookie('a', 'b', path=text),
    'set_cookie_same_site': lambda resp, text: resp.set_cookie('a', 'b', same_site=text),
    'unset_cookie': lambda resp, text: resp.unset_cookie(text, domain=text, path=text, same_site=text),
}


@pytest.mark.parametrize('name', SETTERS)
@given(text=st.text(st.characters() | st.sampled_from('\r\n\0\x7f";,=\\')))
def test_nothing_that_sets_a_header_lets_it_be_split(name: str, text: str) -> None:
    """Any text is either refused where it is set, or in one line of what can be sent, without control characters."""
    resp = Response()
    try:
        SETTERS[name](resp, text)
    except (KeyError, ValueError):
        assert (resp.headers, resp._cookies) == ({}, None)
        return
    lines = [*resp.headers.values(), *_cookie_lines(resp)]
    assert not any(character < ' ' or character == '\x7f' for line in lines for character in line.replace('\t', ''))
    ''.join(lines).encode('latin-1')


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
    assert _cookie_lines(resp) == []


@pytest.mark.parametrize('bad', ['', 'X A', 'X:A', 'X-A\r\n', 'X-Ä', 'X-\u212a'])
@pytest.mark.parametrize('method', ['set_header', 'append_header'])
def test_names_that_no_header_has_are_refused(method: str, bad: str) -> None:
    """A name is a token, a letter outside ASCII none, even if its lowercase form is in ASCII; no header has another."""
    resp = Response()
    with pytest.raises(ValueError, match='expected a token'):
        getattr(resp, method)(bad, 'a')
    resp.delete_header(bad)
    assert resp.get_header(bad, 'default') == 'default'


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
    name, *attributes = _cookie_lines(resp)[0].split('; ')
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
    assert _cookie_lines(resp) == [line]


def test_cookie_is_unset() -> None:
    """A cookie is forgotten by setting it in the past, where it was set."""
    resp = Response()
    resp.unset_cookie('a', domain='example.com', path='/p')
    assert _cookie_lines(resp) == [
        'a=""; Domain=example.com; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/p; SameSite=Lax'
    ]


def test_cookie_is_unset_as_it_was_set() -> None:
    """What other sites may get back is said as it was then; the argument's former name is deprecated."""
    resp = Response()
    resp.unset_cookie('a', same_site='Strict')
    with pytest.warns(DeprecationWarning, match='expected same_site') as warned:
        resp.unset_cookie('b', samesite='None')
    assert warned[0].filename == __file__
    assert [line.split('GMT; ')[1] for line in _cookie_lines(resp)] == ['SameSite=Strict', 'SameSite=None; Secure']


def test_cookie_is_set_once() -> None:
    """One with the same name, domain and path takes the place of another (RFC 6265, section 5.3), set or unset."""
    resp = Response()
    for path, value in ((None, '1'), ('/p', '2'), ('', '3'), ('/p', '4')):
        resp.set_cookie('a', value, path=path, secure=False, http_only=False)
    assert _cookie_lines(resp) == ['a=3', 'a=4; Path=/p']
    resp.unset_cookie('a')
    resp.set_cookie('a', '5', path='/p', domain='', secure=False)
    assert [line.partition(';')[0] for line in _cookie_lines(resp)] == ['a=""', 'a=5']
    resp.append_header('Set-Cookie', 'a=6')
    resp.append_header('Set-Cookie', 'a=6')
    assert _cookie_lines(resp)[2:] == ['a=6', 'a=6']


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
    assert _cookie_lines(resp) == []


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
    assert [(each.call, each.is_async) for each in resp._callbacks or ()] == [(first, True), (second, False)]


def test_callbacks_of_the_other_kind_are_refused() -> None:
    """A function is not awaited, and a coroutine function is not called in a thread to no effect."""

    async def asynchronous() -> None: ...

    def synchronous() -> None: ...

    resp = Response()
    with pytest.raises(TypeError, match='expected a coroutine function; see schedule_sync'):
        resp.schedule(synchronous)  # type: ignore[arg-type] # that is the fault
    with pytest.raises(TypeError, match='see schedule for those'):
        resp.schedule_sync(asynchronous)  # type: ignore[arg-type] # that is the fault
    assert resp._callbacks is None


def test_a_subclass_may_have_attributes_of_any_name(call: Any) -> None:
    """Nothing but what Falcon's class has is taken: neither by attributes and slots, nor by methods of its own."""

    class Own(Response):
        __slots__ = ('callbacks', 'rendered')

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.callbacks, self.rendered = 1, 2
            self.cookie_lines = self.headers_lower = self.abandoned = 3

        def clear_body(self) -> None:
            raise AssertionError

        def sources(self) -> None:
            raise AssertionError

        abandon = sources

        @property
        def shout(self) -> str:
            return 'hello'.upper()

    class Resource:
        async def on_get(self, req: Request, resp: Own) -> None:
            resp.set_cookie('a', 'b')
            resp.schedule_sync(lambda: None)
            resp.text = resp.shout

        async def on_put(self, req: Request, resp: Own) -> None:
            resp.stream = io.BytesIO(b'unsent')
            raise HTTPForbidden

    app = App(response_type=Own)
    app.add_route('/', Resource())
    assert call(app).body == b'HELLO'
    assert call(app, 'PUT').status == 403


def test_body_of_old_is_refused() -> None:
    """An attribute that Falcon once had cannot be set to no effect."""
    response = Response()
    with pytest.raises(AttributeError, match='expected text'):
        response.body = 'lost'
    with pytest.raises(AttributeError, match='expected text'):
        assert response.body
