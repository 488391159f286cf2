import asyncio
import io
from collections.abc import AsyncIterator

from falcon_core.asgi_types import ASGIApp, Message, Receive, Scope, Send
from falcon_core.interfaces import FallbackRoute, ReadableIO, Router, StreamBody
from falcon_core.router import CompiledRouter


async def chunks() -> AsyncIterator[bytes]:
    yield b'a'


def test_a_stream_body_has_headers_of_its_own() -> None:
    """Without headers, each body has an empty set of them, which it shares with no other."""
    first, second = StreamBody(chunks()), StreamBody(chunks(), {'content-type': 'text/plain'})
    assert first.headers == {}
    assert first.headers is not StreamBody(chunks()).headers
    assert second.headers == {'content-type': 'text/plain'}


def test_what_implements_an_interface() -> None:
    """Classes need not know of an interface to implement it; the type checker holds them to it here."""
    router: Router = CompiledRouter()
    readable: ReadableIO = io.BytesIO(b'a')
    assert router.find('/') is None
    assert readable.read() == b'a'


def test_a_fallback_route_of_ones_own() -> None:
    """A fallback route is an object with a responder and a test of the path."""

    class Teapot:
        async def serve(self, req: object, resp: object) -> None: ...

        def match(self, path: str) -> dict[str, object] | None:
            return {} if path == '/tea' else None

    teapot: FallbackRoute = Teapot()
    assert teapot.match('/tea') == {}


def test_an_asgi_application_fits_the_types() -> None:
    """The types of the specification's three callables fit together."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {'type': 'http.request'}

    async def send(message: Message) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**await receive(), **scope})

    called: ASGIApp = app
    asyncio.run(_run(called, receive, send))
    assert sent == [{'type': 'http'}]


async def _run(app: ASGIApp, receive: Receive, send: Send) -> None:
    await app({'type': 'http'}, receive, send)
