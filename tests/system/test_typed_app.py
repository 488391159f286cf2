"""A service in types: what Falcon's users annotate passes `mypy --strict` as it stands, and runs.

What must not pass stands where it never runs, with the error that mypy has to find.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Optional, assert_type
from uuid import UUID

import falcon
import falcon.asgi
from falcon.asgi import BoundedStream, SSEvent, WebSocket
from falcon.media import BaseHandler, BodyPart
from falcon.routing import BaseConverter
from falcon.typing import AsyncReadableIO, Headers, Middleware, SSEEmitter


@dataclass
class User:
    name: str
    age: int = 0


class Request(falcon.asgi.Request):
    @property
    def tenant(self) -> str:
        return self.get_header('X-Tenant', default='none')


class Response(falcon.asgi.Response):
    def refuse(self, reason: str) -> None:
        self.status = falcon.HTTP_403
        self.media = {'reason': reason}


App = falcon.asgi.App[Request, Response]


class Tenants:
    async def process_request(self, req: Request, resp: Response) -> None:
        if req.tenant == 'closed':
            resp.refuse('closed')
            resp.complete = True

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if req.tenant == 'closed':
            await ws.close(4000)


class Log:
    async def process_response(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, resource: object, req_succeeded: bool
    ) -> None:
        resp.set_header('X-Succeeded', str(req_succeeded))


class ShortConverter(BaseConverter):
    def convert(self, value: str) -> str | None:
        return value if len(value) < 9 else None


class TextHandler(BaseHandler):
    def serialize(self, media: object, content_type: str) -> bytes:
        return str(media).encode()

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        return (await stream.read()).decode()


async def need_age(req: Request, resp: Response, resource: object, params: dict[str, Any], least: int) -> None:
    if req.get_param_as_int('age', default=99) < least:
        raise falcon.HTTPForbidden(title='Too young')


class Users:
    def __init__(self) -> None:
        self.users: dict[str, User] = {}

    @falcon.before(need_age, 18)
    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        number = req.get_param_as_uuid('id')
        assert_type(number, UUID | None)
        user = self.users.get(name)
        if user is None:
            raise falcon.HTTPNotFound(description=name)
        resp.media = {'name': user.name, 'tenant': req.tenant}

    async def on_put(self, req: Request, resp: Response, name: str) -> None:
        user = await req.get_media(type=User)
        assert_type(user, User)
        assert_type(req.stream, BoundedStream)
        self.users[name] = user
        resp.status = 201

    async def on_get_feed(self, req: Request, resp: Response, name: str) -> None:
        async def events() -> AsyncIterator[SSEvent | None]:
            yield SSEvent(data=name.encode())
            yield None

        emitter: SSEEmitter = events()
        resp.sse = emitter

    async def on_websocket(self, req: Request, ws: WebSocket, name: str) -> None:
        await ws.accept()
        text = await ws.receive_text()
        assert_type(text, str)
        await ws.send_json(await ws.receive_json())
        await ws.send_data(await ws.receive_data())


async def handle_missing(
    req: Request, resp: Response | None, ex: KeyError, params: dict[str, Any], ws: WebSocket | None = None
) -> None:
    if resp is not None:
        resp.refuse(str(ex))


async def forward(req: Request, resp: Response, rest: str) -> None:
    headers: Headers = req.headers
    resp.text = f'{rest} {len(headers)}'


def make() -> App:
    middleware: list[Middleware[Request, Response]] = [Tenants(), Log()]
    app = falcon.asgi.App(request_type=Request, response_type=Response, middleware=middleware)
    assert_type(app, App)
    app.router_options.converters['short'] = ShortConverter
    app.req_options.media_handlers['text/plain'] = TextHandler()
    app.resp_options.media_handlers.update({'text/plain': TextHandler()})
    users = Users()
    app.add_route('/users/{name:short}', users)
    app.add_route('/users/{name:short}/feed', users, suffix='feed')
    app.add_sink(forward, r'/old/(?P<rest>\w+)')
    app.add_error_handler(KeyError, handle_missing)
    return app


async def _answer(method: str, path: str, body: bytes = b'') -> tuple[int, Any]:
    sent: list[Any] = []
    headers = [(b'content-type', b'application/json'), (b'content-length', str(len(body)).encode())]
    scope = {'type': 'http', 'method': method, 'path': path, 'query_string': b'', 'headers': headers}

    async def receive() -> dict[str, Any]:
        return {'type': 'http.request', 'body': body}

    async def send(message: Any) -> None:
        sent.append(message)

    await APP(scope, receive, send)
    return sent[0]['status'], sent[1].get('body', b'')


APP = make()


def test_typed_service_runs() -> None:
    """The service that mypy checks is one that works."""

    async def main() -> None:
        assert await _answer('PUT', '/users/ada', b'{"name": "Ada", "age": 36}') == (201, b'')
        status, body = await _answer('GET', '/users/ada')
        assert (status, json.loads(body)) == (200, {'name': 'Ada', 'tenant': 'none'})
        assert (await _answer('PUT', '/users/ada', b'{"name": 3}'))[0] in {400, 422}
        assert await _answer('GET', '/old/path') == (200, b'path 2')

    asyncio.run(main())


async def typed_media(req: Request, ws: WebSocket, part: BodyPart, kind: Any) -> None:
    """Classes are what they decode into; of other forms mypy does not know that, and leaves it to the annotation."""
    assert_type(await req.get_media(type=User), User)
    assert_type(await req.get_media(None, type=User), User | None)
    assert_type(await ws.receive_json(type=list[User]), list[User])
    assert_type(await ws.receive_msgpack(type=dict[str, int]), dict[str, int])
    assert_type(await part.get_media(type=User), User)
    either: User | None = await req.get_media(type=User | None)
    maybe: User | None = await ws.receive_json(type=Optional[User])  # noqa: UP045 # the form is what is tested
    count: int = await ws.receive_msgpack(type=Annotated[int, 'count'])
    kinds: Literal['a', 'b'] = await part.get_media(type=Literal['a', 'b'])
    anything: int = await req.get_media(type=kind)
    raise AssertionError((either, maybe, count, kinds, anything))


async def refused(ws: WebSocket, req: Request, part: BodyPart) -> None:
    """What mypy has to refuse."""
    plain = falcon.asgi.App()
    plain.add_middleware(Tenants())  # type: ignore[arg-type]
    plain.add_error_handler(KeyError, handle_missing)  # type: ignore[arg-type]
    plain.add_sink(forward)  # type: ignore[arg-type]
    APP.add_error_handler(Exception, handle_missing)  # type: ignore[arg-type]
    falcon.before(need_age, 'eighteen')  # type: ignore[arg-type]
    await ws.send_text(b'bytes')  # type: ignore[arg-type]
    await ws.accept(headers=3)  # type: ignore[arg-type]
    user = await req.get_media(type=User)
    name: str = user  # type: ignore[assignment]
    name = await req.get_media(type=User)  # type: ignore[arg-type]
    name = await req.get_media(type=User | None)  # type: ignore[arg-type]
    name = await ws.receive_json(type=User)  # type: ignore[arg-type]
    name = await ws.receive_msgpack(type=list[User])  # type: ignore[arg-type]
    name = await part.get_media(type=User)  # type: ignore[arg-type]
    await req.get_media(type='a user')  # type: ignore[call-overload]
    age: int = req.get_param_as_int(name)  # type: ignore[assignment]
    raise falcon.HTTPNotFound(titel=age)  # type: ignore[call-arg]
