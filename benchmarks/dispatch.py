"""What a request takes in one framework: python benchmarks/dispatch.py this|falcon|starlette|blacksheep|litestar

The same requests for each, without a server: `PUT /` is answered with text, `GET /` with JSON, `POST /` with the JSON
that it was sent, `GET /users/<number>` with JSON that has the number. Each application is written as the framework's
own documentation would have it. `compare.py` says what is asked of this file.
"""

import asyncio
import sys
from functools import partial

from asked import answer, mean

REQUESTS = 500
BODY = b'{"name":"Ada","born":1815}'
HEADERS = [
    (b'host', b'127.0.0.1:8000'),
    (b'user-agent', b'benchmark/1.0'),
    (b'accept', b'*/*'),
    (b'accept-encoding', b'gzip, deflate'),
    (b'connection', b'keep-alive'),
    (b'x-request-id', b'0123456789abcdef'),
]
BODY_HEADERS = [*HEADERS, (b'content-type', b'application/json'), (b'content-length', str(len(BODY)).encode())]


class Resource:
    async def on_get(self, req, resp):
        resp.media = {'hello': 'world'}

    async def on_put(self, req, resp):
        resp.text = 'hello, world'

    async def on_post(self, req, resp):
        resp.media = await req.get_media()


class User:
    async def on_get(self, req, resp, user_id):
        resp.media = {'id': user_id}


class Stream:
    async def on_get(self, req, resp):
        async def chunks():
            for _ in range(100):
                yield b'x' * 100

        resp.stream = chunks()


class Middleware:
    async def process_request(self, req, resp):
        req.context.seen = True

    async def process_response(self, req, resp, resource, req_succeeded):
        resp.set_header('X-Seen', 'yes')


def scope(method, path, headers):
    return {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'method': method,
        'path': path,
        'raw_path': path.encode(),
        'query_string': b'',
        'root_path': '',
        'scheme': 'http',
        'headers': headers,
        'client': ('127.0.0.1', 50000),
        'server': ('127.0.0.1', 8000),
    }


async def receive():
    return {'type': 'http.request', 'body': BODY, 'more_body': False}


async def send(event):
    pass


def falcon_app(**arguments):
    import falcon.asgi

    app = falcon.asgi.App(**arguments)
    app.add_route('/', Resource())
    app.add_route('/users/{user_id:int}', User())
    app.add_route('/stream', Stream())
    return app


def starlette_app():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse
    from starlette.routing import Route

    async def get(request):
        return JSONResponse({'hello': 'world'})

    async def put(request):
        return PlainTextResponse('hello, world')

    async def post(request):
        return JSONResponse(await request.json())

    async def user(request):
        return JSONResponse({'id': request.path_params['user_id']})

    return Starlette(
        routes=[
            Route('/', get, methods=['GET']),
            Route('/', put, methods=['PUT']),
            Route('/', post, methods=['POST']),
            Route('/users/{user_id:int}', user),
        ]
    )


def litestar_app():
    from typing import Any

    from litestar import Litestar, MediaType, Request
    from litestar import get as on_get
    from litestar import post as on_post
    from litestar import put as on_put

    @on_get('/')
    async def get() -> dict[str, str]:
        return {'hello': 'world'}

    @on_put('/', media_type=MediaType.TEXT)
    async def put() -> str:
        return 'hello, world'

    @on_post('/')
    async def post(request: Request) -> Any:
        return await request.json()

    @on_get('/users/{user_id:int}')
    async def user(user_id: int) -> dict[str, int]:
        return {'id': user_id}

    return Litestar([get, put, post, user], openapi_config=None)


def blacksheep_app():
    from blacksheep import Application, Request, get, json, post, put, text

    @get('/')
    async def on_get():
        return json({'hello': 'world'})

    @put('/')
    async def on_put():
        return text('hello, world')

    @post('/')
    async def on_post(request: Request):
        return json(await request.json())

    @get('/users/{int:user_id}')
    async def user(user_id: int):
        return json({'id': user_id})

    return Application()


PEERS = {'starlette': starlette_app, 'litestar': litestar_app, 'blacksheep': blacksheep_app}


async def measured(app, prototype):
    async def run():
        for _ in range(REQUESTS):
            await app(dict(prototype), receive, send)

    return await mean(run, REQUESTS)


def cases_for_all(app):
    return {
        'text': (app, scope('PUT', '/', HEADERS)),
        'JSON': (app, scope('GET', '/', HEADERS)),
        'JSON, a field in the path': (app, scope('GET', '/users/7', HEADERS)),
        'JSON, with a body': (app, scope('POST', '/', BODY_HEADERS)),
        'unknown path': (app, scope('GET', '/nothing/here', HEADERS)),
    }


def cases_for_falcon():
    app, with_middleware = falcon_app(), falcon_app(middleware=[Middleware(), Middleware()])
    return {
        **cases_for_all(app),
        'JSON, two middleware components': (with_middleware, scope('GET', '/', HEADERS)),
        'stream of 100 chunks': (app, scope('GET', '/stream', HEADERS)),
    }


async def main(framework):
    if framework in PEERS:
        app = PEERS[framework]()
        if hasattr(app, 'start'):  # what BlackSheep does at the lifespan's startup
            await app.start()
        cases = cases_for_all(app)
    else:
        cases = cases_for_falcon()
    await answer({name: partial(measured, *case) for name, case in cases.items()})


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1]))
