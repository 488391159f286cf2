"""Which type `resp.media` is written in, with handlers of the test's own: falcon-media is another distribution."""

from collections.abc import Callable
from typing import Any

import pytest

from falcon_asgi import App, Request, Response
from falcon_core.media import BaseHandler, Handlers

JSON = 'application/json'
MSGPACK = 'application/msgpack'


class Named(BaseHandler):
    """Writes the type that it is asked for."""

    def serialize(self, media: object, content_type: str) -> bytes:
        return content_type.encode()


class Resource:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {}

    async def on_put(self, req: Request, resp: Response) -> None:
        resp.media = {}
        resp.content_type = 'text/csv'

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.text = 'x'

    async def on_delete(self, req: Request, resp: Response) -> None:
        resp.media = {}
        resp.set_header('Vary', 'Origin')


@pytest.fixture
def app() -> App:
    app = App()
    app.resp_options.media_handlers = Handlers({JSON: Named(), MSGPACK: Named(), 'text/csv': Named()})
    app.resp_options.negotiated_media_types = (JSON, MSGPACK)
    app.add_route('/', Resource())
    return app


@pytest.mark.parametrize(
    ('accept', 'chosen'),
    [
        (None, JSON),
        ('*/*', JSON),
        (JSON, JSON),
        (MSGPACK, MSGPACK),
        (f'{JSON};q=0.5, {MSGPACK}', MSGPACK),
        (f'{MSGPACK};q=0.5, application/*', JSON),
        ('text/html', JSON),
        ('text/csv', JSON),
        ('no range', JSON),
    ],
)
def test_the_client_chooses_among_what_is_offered(
    app: App, call: Callable[..., Any], accept: str | None, chosen: str
) -> None:
    """One responder serves several types; a client that accepts none of them gets the first."""
    answer = call(app, headers={} if accept is None else {'Accept': accept})
    assert answer.body == chosen.encode()
    assert answer.headers['content-type'] == chosen
    assert answer.headers['vary'] == 'Accept'


def test_a_type_that_was_set_stays(app: App, call: Callable[..., Any]) -> None:
    """The responder has the last word, and what is no media is left alone."""
    answer = call(app, 'PUT', headers={'Accept': MSGPACK})
    assert (answer.body, answer.headers.get('vary')) == (b'text/csv', None)
    answer = call(app, 'POST', headers={'Accept': MSGPACK})
    assert (answer.body, answer.headers.get('vary')) == (b'x', None)


def test_vary_is_added_to(app: App, call: Callable[..., Any]) -> None:
    """What the response depends on besides is kept."""
    assert call(app, 'DELETE').headers['vary'] == 'Origin, Accept'


def test_without_the_option_nothing_is_negotiated(app: App, call: Callable[..., Any]) -> None:
    """By default, media are written in the default type, as in Falcon."""
    app.resp_options.negotiated_media_types = ()
    answer = call(app, headers={'Accept': MSGPACK})
    assert (answer.body, answer.headers.get('vary')) == (JSON.encode(), None)
