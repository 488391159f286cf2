"""The body of a response: its sources and their order, and what becomes of those that are not sent."""

import asyncio
from typing import Any

import pytest

from falcon_asgi import Response
from falcon_asgi.response_body import awaited_body, clear_body, rendered, sources
from falcon_core.errors import MissingDistribution, UnsupportedError
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
    monkeypatch.setattr('falcon_asgi.response_body.announced_bodies', lambda: ('sse', 'ticks'))
    monkeypatch.setattr('falcon_asgi.response.body_factory', lambda name: None)


def test_body_has_no_source_at_first() -> None:
    """A new response has nothing to send."""
    resp = Response()
    assert (resp.text, resp.data, resp.media, resp.stream, resp.sse) == (None,) * 5
    assert _rendered(resp) is None
    assert list(sources(resp)) == []


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
    ('name', 'value', 'kind', 'expected'),
    [
        ('text', 7, 'int', 'str'),
        ('text', ['a'], 'list', 'str'),
        ('data', 'text', 'str', 'bytes'),
        ('data', 7, 'int', 'bytes'),
    ],
)
def test_other_types_of_text_and_data_are_refused(name: str, value: Any, kind: str, expected: str) -> None:
    """What is neither text nor bytes is an error that says what it is, and what the attribute is for."""
    resp = Response()
    setattr(resp, name, value)
    with pytest.raises(TypeError, match=f'received a {kind} as resp.{name}, expected {expected}'):
        rendered(resp)


def test_media_goes_by_the_content_type() -> None:
    """The handler of the Content-Type writes the media and is told that type; without one, the default one is set."""
    resp = _response(Upper())
    resp.media = 'a'
    assert _rendered(resp) == b'TEXT/UPPER: A'
    assert resp.content_type == 'text/upper'
    resp.content_type = 'text/upper; charset=x'
    assert _rendered(resp) == b'TEXT/UPPER; CHARSET=X: A'
    resp.content_type = ''
    assert _rendered(resp) == b'TEXT/UPPER: A'
    assert resp.content_type == 'text/upper'


def test_asynchronous_handler_is_awaited() -> None:
    """A handler that has only a coroutine gives something to await."""
    resp = _response(AsyncUpper())
    resp.media = 'a'
    rendering = rendered(resp)
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
        rendered(resp)


def test_media_without_any_handler_names_the_distribution() -> None:
    """Where no handler is installed, the error says what to install."""
    resp = _response()
    resp.media = 'a'
    with pytest.raises(MissingDistribution) as raised:
        rendered(resp)
    assert str(raised.value) == 'resp.media needs falcon-media: pip install falcon-media'


@pytest.mark.usefixtures('installed')
def test_sources_are_what_a_body_is_produced_from() -> None:
    """Events come before the stream, and that before attributes that entry points are named for."""
    resp: Any = Response()
    resp.ticks = 'ticks'
    resp.unknown = 'unknown'
    resp.stream = 'stream'
    resp.sse = 'sse'
    assert list(sources(resp)) == ['sse', 'stream', 'ticks']


@pytest.mark.usefixtures('installed')
def test_cleared_body_leaves_nothing_of_itself() -> None:
    """A cleared body takes its length, encoding and range along, not its type; what produced it is abandoned."""
    resp: Any = Response()
    resp.text, resp.data, resp.media = 'text', b'data', 'media'
    resp.stream, resp.sse, resp.ticks = 'stream', 'sse', 'ticks'
    resp.set_headers({'Content-Encoding': 'gzip', 'Content-Type': 'text/plain', 'X-A': 'a'})
    resp.content_length = 7
    resp.content_range = (0, 1, 2)
    clear_body(resp)
    assert (resp.text, resp.data, resp.media, resp.stream, resp.sse, resp.ticks) == (None,) * 6
    assert resp.headers == {'content-type': 'text/plain', 'x-a': 'a'}
    assert resp._abandoned == ['sse', 'stream', 'ticks']
