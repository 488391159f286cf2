"""What exceptions become: the type that an error is written in, its headers, and the last resort."""

import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_asgi import App, Request, Response, error_responses
from falcon_asgi.error_responses import compose_bare, compose_error, compose_status, serialize_error
from falcon_asgi.response_body import rendered
from falcon_core.errors import ClientDisconnected, HeaderNotSupported
from falcon_core.http_errors import HTTPBadRequest, HTTPError, HTTPNotFound, HTTPRouteNotFound
from falcon_core.http_status import HTTPStatus
from falcon_core.media import BaseHandler
from falcon_core.options import ResponseOptions
from falcon_core.redirects import HTTPFound

JSON = 'application/json'
BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'


class Marked(BaseHandler):
    """Writes a mark and the object's title."""

    def serialize(self, media: Any, content_type: str) -> bytes:
        return f'<{content_type} {media["title"]}>'.encode()


class AsyncMarked(BaseHandler):
    """Does so by a coroutine only."""

    async def serialize_async(self, media: Any, content_type: str) -> bytes:
        return f'<{content_type} {media["title"]}>'.encode()


def _request(accept: str | None = None) -> Request:
    headers = [] if accept is None else [(b'accept', accept.encode('latin-1', 'replace'))]
    return Request({'type': 'http', 'method': 'GET', 'path': '/', 'headers': headers}, None)


def _response(**handlers: BaseHandler) -> Response:
    """Return a response with handlers for `application/<name>` and no others."""
    options = ResponseOptions()
    options.media_handlers.clear()
    for name, handler in handlers.items():
        options.media_handlers[f'application/{name}'] = handler
    return Response(options)


def _raising(error: Exception) -> App:
    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.content_type = 'text/html'
            resp.set_header('X-Kept', 'yes')
            resp.set_header('Content-Encoding', 'gzip')
            resp.data = b'compressed'
            raise error

    app = App()
    app.add_route('/', Resource())
    return app


# The type of an error's body.


@pytest.mark.parametrize(
    ('accept', 'content_type'),
    [
        (None, JSON),
        ('*/*', JSON),
        ('application/*', JSON),
        ('text/xml', 'text/xml'),
        ('text/*', 'text/xml'),
        ('application/xml', 'application/xml'),
        ('application/json;q=0.1, text/xml;q=0.9', 'text/xml'),
        (BROWSER, 'application/xml'),
        ('application/vnd.example+json', JSON),
        ('application/vnd.example+xml', 'application/xml'),
        ('application/vnd.example+xml, application/vnd.example+json', JSON),
        ('text/html', JSON),
        ('application/json;q=0', JSON),
        ('malformed', JSON),
        ('', JSON),
        ('multipart/form-data', JSON),
        ('application/x-www-form-urlencoded', JSON),
    ],
)
def test_error_is_written_as_the_client_prefers(accept: str | None, content_type: str) -> None:
    """JSON and XML are offered; a client that accepts neither gets JSON (RFC 9110, section 12.4.1)."""
    resp = _response()
    serialize_error(_request(accept), resp, HTTPNotFound(title='Nothing here'))
    assert resp.content_type == content_type
    assert resp.vary == 'Accept'
    assert resp.data is not None
    if content_type == JSON:
        assert json.loads(resp.data) == {'title': 'Nothing here'}
    else:
        assert resp.data.endswith(b'<error><title>Nothing here</title></error>')


@pytest.mark.parametrize('accept', ['text/xml', 'application/xml', 'application/vnd.example+xml', BROWSER])
def test_xml_can_be_turned_off(accept: str) -> None:
    """Without `xml_error_serialization`, no error is written in XML."""
    resp = _response()
    resp.options.xml_error_serialization = False
    serialize_error(_request(accept), resp, HTTPNotFound())
    assert resp.content_type == JSON


@pytest.mark.parametrize('xml', [True, False])
def test_own_handlers_are_offered(xml: bool) -> None:
    """The types of the application's handlers are offered; one for XML goes before the built-in XML."""
    for accept, body in [
        ('application/marked', b'<application/marked Oops>'),
        ('application/xml', b'<application/xml Oops>'),
        ('application/vnd.example+xml', b'<application/xml Oops>'),
    ]:
        resp = _response(marked=Marked(), xml=Marked())
        resp.options.xml_error_serialization = xml
        serialize_error(_request(accept), resp, HTTPBadRequest(title='Oops'))
        assert resp.data == body


def test_json_is_written_by_its_handler() -> None:
    """An application's own handler for JSON writes errors as well, through the error's `to_json`."""

    class Own(HTTPBadRequest):
        def to_json(self, handler: Any = None) -> bytes:
            return b'own ' + super().to_json(handler)

    resp = _response(json=Marked())
    serialize_error(_request(), resp, Own(title='Oops'))
    assert resp.data == b'own <application/json Oops>'


def test_asynchronous_handlers_write_errors(call: Any) -> None:
    """A handler that has only a coroutine is awaited."""
    app = _raising(HTTPBadRequest(title='Oops'))
    app.resp_options.media_handlers[JSON] = AsyncMarked()
    answer = call(app)
    assert (answer.status, answer.body) == (400, b'<application/json Oops>')


@pytest.mark.parametrize('form', ['multipart/form-data', 'application/x-www-form-urlencoded'])
def test_errors_are_no_forms(form: str) -> None:
    """What writes forms cannot write any object: a client that accepts forms alone gets JSON."""
    resp = _response()
    resp.options.media_handlers[form] = Marked()
    serialize_error(_request(form), resp, HTTPNotFound())
    assert (resp.content_type, json.loads(resp.data or b'')) == (JSON, {'title': '404 Not Found'})


def test_malformed_type_of_a_handler_does_no_harm() -> None:
    """Where the offered types cannot be compared, the error is JSON."""
    resp = _response()
    resp.options.media_handlers['malformed'] = Marked()
    serialize_error(_request('application/xml, malformed/*'), resp, HTTPBadRequest())
    assert resp.content_type in (JSON, 'application/xml')
    serialize_error(_request('text/plain'), resp, HTTPBadRequest())
    assert resp.content_type == JSON


@given(accept=st.text(st.characters(max_codepoint=255)) | st.text('*/;=,q01.+xmljson ', max_size=400))
def test_no_accept_header_makes_an_error_fail(accept: str) -> None:
    """Whatever the client says it accepts, it gets the error in a type that is offered."""
    resp = _response()
    serialize_error(_request(accept), resp, HTTPNotFound())
    assert resp.content_type in (JSON, 'application/xml', 'text/xml')
    assert resp.data


def test_long_accept_headers_are_not_kept() -> None:
    """What is kept of what clients accept is bounded in size: each of a number of headers that are short."""
    cached = error_responses._cached_preference
    for length, kept in ((256, 1), (257, 0)):
        cached.cache_clear()
        for _ in range(2):
            serialize_error(_request('text/plain, application/xml'.ljust(length)), _response(), HTTPNotFound())
        assert (cached.cache_info().currsize, cached.cache_info().hits) == (kept, kept)


# What an error takes with it.


def test_error_replaces_the_body_and_keeps_other_headers(call: Any) -> None:
    """What was said of the body before is gone; headers of middleware and of the error stay."""
    answer = call(_raising(HTTPBadRequest(headers={'X-Error': 'yes', 'x-kept': 'changed'})))
    assert answer.status == 400
    assert answer.headers == {
        'content-type': JSON,
        'x-kept': 'changed',
        'x-error': 'yes',
        'vary': 'Accept',
        'content-length': str(len(answer.body)),
    }


def test_error_inside_is_not_shown(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """An unhandled exception is logged once, with its traceback; the client sees a 500 and nothing of it."""
    answer = call(_raising(KeyError('secret')))
    assert (answer.status, json.loads(answer.body)) == (500, {'title': '500 Internal Server Error'})
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ('ERROR', "unhandled exception during GET '/'")
    assert 'secret' in caplog.text


@pytest.mark.parametrize('text', ['moved', None])
def test_status_sets_text_and_keeps_the_type(call: Any, text: str | None) -> None:
    """A status replaces the body; the type that the responder set is that of the text."""
    answer = call(_raising(HTTPStatus(202, {'X-Status': 'yes'}, text)))
    assert (answer.status, answer.body) == (202, b'' if text is None else b'moved')
    assert answer.headers == {
        'content-type': 'text/html',
        'x-kept': 'yes',
        'x-status': 'yes',
        'content-length': str(len(answer.body)),
    }


def test_redirect_has_its_location(call: Any) -> None:
    """A redirect is a status with a location, which holds no line break."""
    answer = call(_raising(HTTPFound('/ä b')))
    assert (answer.status, answer.headers['location']) == (302, '/%C3%A4%20b')
    with pytest.raises(ValueError):
        HTTPFound('/a\r\nX-B: b')


@pytest.mark.parametrize(
    'headers', [{'X-A': 'a\r\nX-B: b'}, {'X-A\r\nX-B': 'b'}, [('X-A', 'Ā')], {'Set-Cookie': 'a=1'}]
)
@pytest.mark.parametrize('kind', [HTTPBadRequest, HTTPStatus])
def test_headers_of_errors_are_checked(call: Any, caplog: pytest.LogCaptureFixture, kind: Any, headers: Any) -> None:
    """An error that came to have what no header can cannot split the response: it is logged and answered with 500."""
    error = kind() if kind is HTTPBadRequest else kind(200)
    error.headers = headers
    answer = call(_raising(error))
    assert answer.status == 500
    assert not {'x-a', 'x-b', 'set-cookie'} & set(answer.headers)
    assert [record.levelname for record in caplog.records] == ['ERROR']


def test_cookie_header_of_an_error_says_what_to_use() -> None:
    """Set-Cookie has methods of its own."""
    with pytest.raises(HeaderNotSupported):
        compose_error(_request(), _response(), HTTPBadRequest(headers={'Set-Cookie': 'a=1'}), serialize_error)


def test_leaving_client_is_no_error(call: Any, caplog: pytest.LogCaptureFixture) -> None:
    """That the client left while its body was read is logged for debugging only; hooks see a 400."""
    caplog.set_level(logging.DEBUG)
    answer = call(_raising(ClientDisconnected('left')))
    assert answer.status == 400
    assert {record.levelname for record in caplog.records} == {'DEBUG'}


# The pieces by themselves.


def test_serializer_is_given_what_it_writes() -> None:
    """The function that writes the body gets request, response and error, after status and headers were set."""
    seen: list[Any] = []

    def serializer(req: Any, resp: Any, error: HTTPError) -> None:
        seen.extend((req, resp.status, resp.headers, error))

    req, resp, error = _request(), _response(), HTTPRouteNotFound(headers={'X-A': 'a'})
    compose_error(req, resp, error, serializer)
    assert seen == [req, '404 Not Found', {'x-a': 'a'}, error]


def test_status_is_composed_over_what_was_there() -> None:
    """A status without a text has no body, whatever was set before."""
    resp = _response(json=Marked())
    resp.media = {'title': 'a'}
    compose_status(resp, HTTPStatus(204))
    assert (resp.status, rendered(resp)) == (204, None)


def test_last_resort_needs_nothing_else() -> None:
    """Where a handler or serializer failed, the response is a 500 as JSON, without the use of either."""
    resp = _response(json=AsyncMarked())
    resp.text = 'half'
    compose_bare(resp)
    assert (resp.status, resp.content_type) == ('500 Internal Server Error', JSON)
    assert rendered(resp) == b'{"title":"500 Internal Server Error"}'
