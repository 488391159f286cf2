import asyncio

import pytest

from event_loop import in_loop
from falcon_asgi.testing import (
    ASGIRequestEventEmitter,
    Result,
    StreamedResult,
    get_encoding_from_headers,
)


def test_result() -> None:
    """Status, headers, cookies and body can be read in the forms that tests want."""
    headers = [('Content-Type', 'application/json'), ('set-cookie', 'a=1'), ('set-cookie', 'b=2')]
    result = Result([b'{"a"', b': 1}'], '201 Created', headers)
    assert (result.status, result.status_code) == ('201 Created', 201)
    assert result.headers['content-TYPE'] == result.content_type == 'application/json'
    assert result.header_lines == headers
    assert {name: cookie.value for name, cookie in result.cookies.items()} == {'a': '1', 'b': '2'}
    assert result.cookies is result.cookies
    assert (result.content, result.text, result.json, result.encoding) == (b'{"a": 1}', '{"a": 1}', {'a': 1}, 'UTF-8')


def test_empty_result() -> None:
    """A response without a body has empty content and text, and None for JSON."""
    result = Result([], '204 No Content', [])
    assert (result.content, result.text, result.json, result.content_type) == (b'', '', None, None)
    assert (result.encoding, result.cookies, dict(result.headers)) == (None, {}, {})


def test_text_is_decoded() -> None:
    """The charset counts, then what the type stands for, then UTF-8."""
    assert Result(['é'.encode('utf-16')], '200 OK', [('content-type', 'text/plain; charset=utf-16')]).text == 'é'
    assert Result([b'\xe9'], '200 OK', [('content-type', 'text/plain')]).text == 'é'
    assert Result(['é'.encode()], '200 OK', []).text == 'é'


@pytest.mark.parametrize(
    ('headers', 'encoding'),
    [
        ({}, None),
        ({'content-type': 'image/png'}, None),
        ({'content-type': 'nonsense'}, None),
        ({'content-type': 'application/json'}, 'UTF-8'),
        ({'content-type': 'text/html'}, 'ISO-8859-1'),
        ({'content-type': 'text/html; charset="utf-8"'}, 'utf-8'),
        ({'content-type': "text/html; charset='utf-8'"}, 'utf-8'),
    ],
)
def test_encoding(headers: dict[str, str], encoding: str | None) -> None:
    """The encoding is what the Content-Type says or stands for."""
    assert get_encoding_from_headers(headers) == encoding


def test_repr_shows_what_a_failing_assertion_needs() -> None:
    """Status, type and body, of which a long one is cut in the middle."""
    assert repr(Result([b'a'], '200 OK', [('content-type', 'text/plain')])) == "Result<200 OK text/plain b'a'>"
    long = Result([b'a' * 50, b'b' * 50], '301 Moved Permanently', [])
    assert repr(long) == f"Result<301 Moved Permanently b'{'a' * 20}...{'b' * 20}'>"
    assert long.__rich__().startswith('[bold]Result[/]<[bold yellow]301 Moved Permanently[/]')
    assert '[bold red]' in Result([], '404 Not Found', []).__rich__()
    assert '[bold green]' in Result([], '200 OK', []).__rich__()


@in_loop
async def test_streamed_result() -> None:
    """The body is read from what has come so far; finalizing has the client leave, and waits for the application."""
    emitter = ASGIRequestEventEmitter()

    async def app() -> None:
        while (await emitter())['type'] != 'http.disconnect':
            pass

    task = asyncio.create_task(app())
    result = StreamedResult([b'a', b'b'], '200 OK', [('content-type', 'text/plain')], task, emitter)
    assert repr(result) == 'StreamedResult<200 OK text/plain>'
    assert await result.stream.read() == b'ab'
    await result.finalize()
    assert task.done()
    assert [piece async for piece in result] == []
