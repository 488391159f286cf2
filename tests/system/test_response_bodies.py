"""Bodies that the other distributions make for responses of falcon-asgi: media, events, and those of a third party."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest

from falcon_asgi import App, Request, Response
from falcon_core.http_errors import HTTPBadRequest
from falcon_sse import SSEvent

TIMEOUT_S = 10

Responder = Callable[[Response], None]


def ask(responder: Responder, method: str = 'GET', **headers: str) -> httpx.Response:
    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            responder(resp)

        on_head = on_get

    app = App()
    app.add_route('/', Resource())

    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://falcon.test') as client:
            return await asyncio.wait_for(client.request(method, '/', headers=headers), TIMEOUT_S)

    return asyncio.run(main())


def set_media(resp: Response) -> None:
    resp.media = {'name': 'Zoë'}


def refuse(resp: Response) -> None:
    raise HTTPBadRequest(title='No', description='Not so.')


async def events() -> AsyncIterator[object]:
    yield SSEvent('one', event_id='1')
    yield {'two': 2}


class Closable:
    """Events that nobody may ask for, and that know whether they were closed."""

    def __init__(self) -> None:
        self.closed = False

    def __aiter__(self) -> 'Closable':
        return self

    async def __anext__(self) -> object:
        raise AssertionError('events that are not sent were asked for')

    async def aclose(self) -> None:
        self.closed = True


def test_media_is_json_by_default() -> None:
    """Without a Content-Type, media is compact JSON."""
    response = ask(set_media)
    assert response.content == '{"name":"Zoë"}'.encode()
    assert response.headers['content-type'] == 'application/json'
    assert response.headers['content-length'] == str(len(response.content))


def test_head_knows_the_length_of_media() -> None:
    """The answer to HEAD tells what GET would send."""
    response = ask(set_media, 'HEAD')
    assert (response.content, response.headers['content-length']) == (b'', str(len('{"name":"Zoë"}'.encode())))


@pytest.mark.parametrize('media_type', ['application/msgpack', 'application/x-msgpack'])
def test_media_goes_by_the_content_type(media_type: str) -> None:
    """The Content-Type decides on the handler."""

    def responder(resp: Response) -> None:
        resp.content_type = media_type
        set_media(resp)

    assert msgpack.unpackb(ask(responder).content) == {'name': 'Zoë'}


@pytest.mark.parametrize(
    ('accept', 'content_type', 'content'),
    [
        ('application/json', 'application/json', b'{"title":"No","description":"Not so."}'),
        ('application/msgpack', 'application/msgpack', msgpack.packb({'title': 'No', 'description': 'Not so.'})),
        ('multipart/form-data', 'application/json', b'{"title":"No","description":"Not so."}'),
        ('application/x-www-form-urlencoded', 'application/json', b'{"title":"No","description":"Not so."}'),
    ],
)
def test_errors_are_written_by_the_installed_handlers(accept: str, content_type: str, content: bytes) -> None:
    """Errors come in what the client accepts of what is installed, never as a form."""
    response = ask(refuse, Accept=accept)
    assert response.status_code == 400
    assert (response.headers['content-type'], response.content) == (content_type, content)


def test_media_that_cannot_be_written_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """An object that JSON has no form for gives a 500, and the log says why."""
    response = ask(lambda resp: setattr(resp, 'media', object()))
    assert (response.status_code, response.json()) == (500, {'title': '500 Internal Server Error'})
    assert [record.levelname for record in caplog.records] == ['ERROR']


def test_events_are_sent_before_any_other_body() -> None:
    """`resp.sse` goes before a text; its headers give way to those of the responder."""

    def responder(resp: Response) -> None:
        resp.sse = events()
        resp.text = 'text'
        resp.cache_control = 'no-store'

    response = ask(responder)
    assert response.content == b'id: 1\ndata: one\n\ndata: {"two":2}\n\n'
    assert response.headers['content-type'] == 'text/event-stream'
    assert response.headers['cache-control'] == 'no-store'
    assert 'content-length' not in response.headers


@pytest.mark.parametrize('left_out', ['head', 'status', 'error'])
def test_events_that_are_not_sent_are_closed(left_out: str) -> None:
    """After HEAD, with 204, and where an error takes their place, events are closed."""
    closable = Closable()

    def responder(resp: Response) -> None:
        resp.sse = closable
        if left_out == 'status':
            resp.status = 204
        if left_out == 'error':
            raise HTTPBadRequest

    response = ask(responder, 'HEAD' if left_out == 'head' else 'GET')
    assert response.status_code == {'head': 200, 'status': 204, 'error': 400}[left_out]
    assert closable.closed


def test_what_is_no_events_is_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """A value that no events come of gives a 500 before anything is sent."""
    assert ask(lambda resp: setattr(resp, 'sse', [SSEvent('one')])).status_code == 500
    assert 'expected an async iterable of events' in caplog.text


PROBE = '''
from falcon_core.interfaces import StreamBody


def rows(value, options):
    """Rows of numbers as lines."""
    return StreamBody(lines(value), {'content-type': 'text/csv', 'x-rows': str(len(value))})


async def lines(rows):
    for row in rows:
        yield ','.join(map(str, row)).encode() + b'\\n'
'''

APPLICATION = """
import asyncio

from falcon_asgi import App


class Table:
    async def on_get(self, req, resp):
        resp.rows = [(1, 2), (3, 4)]


app = App()
app.add_route('/', Table())


async def main():
    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    sent = []
    await app({'type': 'http', 'method': 'GET', 'path': '/', 'query_string': b'', 'headers': []}, receive, send)
    print(dict(sent[0]['headers']).get(b'content-type'), b''.join(message['body'] for message in sent[1:]))


asyncio.run(main())
"""


@pytest.mark.parametrize(
    ('entry_points', 'printed'),
    [('[falcon.bodies]\nrows = probe:rows\n', "b'text/csv' b'1,2\\n3,4\\n'"), ('', "b'application/json' b''")],
)
def test_body_of_a_third_party(tmp_path: Path, entry_points: str, printed: str) -> None:
    """An attribute becomes the body once a distribution is installed whose entry point has its name, and not before."""
    dist_info = tmp_path / 'probe-1.0.dist-info'
    dist_info.mkdir()
    (tmp_path / 'probe.py').write_text(PROBE)
    (dist_info / 'METADATA').write_text('Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n')
    (dist_info / 'entry_points.txt').write_text(entry_points)
    program = f'import sys\nsys.path.append({str(tmp_path)!r})\n{APPLICATION}'
    command: list[Any] = [sys.executable, '-W', 'error', '-c', program]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert run.stdout.strip() == printed, run.stderr
