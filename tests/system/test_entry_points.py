"""A distribution of a third party adds to applications by its entry points alone."""

import subprocess
import sys
from pathlib import Path

import pytest

PROBE = '''
import io


class TallyHandler:
    """Numbers as strokes: three is b'|||'."""

    media_types = ('application/x-tally',)

    def serialize(self, media, content_type):
        return b'|' * media

    async def serialize_async(self, media, content_type):
        return self.serialize(media, content_type)

    def deserialize(self, stream, content_type, content_length):
        return len(stream.read())

    async def deserialize_async(self, stream, content_type, content_length):
        return self.deserialize(io.BytesIO(await stream.read()), content_type, content_length)


class TelegramServer:
    """Gives each telegram to the responder on_telegram of the resource that its path leads to."""

    options = None

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        req = self._app.make_request(scope, receive)
        resource, _, params, _ = self._app.registry.find(req.path)
        text = (await receive())['text']
        await send({'type': 'telegram.reply', 'text': await resource.on_telegram(req, text, **params)})
'''

METADATA = 'Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n'
ENTRY_POINTS = '[falcon.media]\ntally = probe:TallyHandler\n\n[falcon.scopes]\ntelegram = probe:TelegramServer\n'

APPLICATION = """
import asyncio

from falcon_asgi import App
from falcon_core.errors import UnsupportedScopeError


class Counter:
    async def on_post(self, req, resp):
        resp.content_type = 'application/x-tally'
        resp.media = req.media + 1

    async def on_telegram(self, req, text):
        return f'{req.path}: {text}'


app = App()
app.add_route('/counter', Counter())


async def connect(scope, *messages):
    waiting, sent = list(messages), []

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    await app({'path': '/counter', 'query_string': b'', 'headers': []} | scope, receive, send)
    return sent


async def main():
    post = {'type': 'http', 'method': 'POST', 'headers': [(b'content-type', b'application/x-tally')]}
    start, body = await connect(post, {'type': 'http.request', 'body': b'||', 'more_body': False})
    print(start['status'], body['body'])
    try:
        print(await connect({'type': 'telegram'}, {'type': 'telegram.receive', 'text': 'stop'}))
    except UnsupportedScopeError as error:
        print(error)


asyncio.run(main())
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder in which a distribution with a media type and a scope type is installed."""
    dist_info = tmp_path / 'probe-1.0.dist-info'
    dist_info.mkdir()
    (tmp_path / 'probe.py').write_text(PROBE)
    (dist_info / 'METADATA').write_text(METADATA)
    (dist_info / 'entry_points.txt').write_text(ENTRY_POINTS)
    return tmp_path


def _lines(site: Path) -> list[str]:
    """Run the application in a process of its own, where `site` is installed; return what it prints."""
    program = f'import sys\nsys.path.append({str(site)!r})\n{APPLICATION}'
    command = [sys.executable, '-W', 'error', '-c', program]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=30).stdout.splitlines()


def test_application_serves_what_a_third_party_adds(site: Path) -> None:
    """A media type and a scope type work in an application that names neither, once their distribution is installed."""
    assert _lines(site) == ["200 b'|||'", "[{'type': 'telegram.reply', 'text': '/counter: stop'}]"]


def test_application_refuses_them_otherwise(site: Path) -> None:
    """Without entry points the same application answers with 415, and names the scope type that nothing serves."""
    (site / 'probe-1.0.dist-info/entry_points.txt').unlink()
    media, telegram = _lines(site)
    assert media.startswith('415 ')
    assert "'telegram'" in telegram
