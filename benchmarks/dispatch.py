"""Microseconds an application takes for a request, without a server: python benchmarks/dispatch.py [PEER]

Runs with whatever `falcon` is installed, so the same file measures this framework and Falcon 4; with the name of
another framework, it measures the application of `peers.py`. Prints a JSON object: the name of each case, and the best
time of many rounds. `benchmarks/compare.py` runs it in all environments by turns.
"""

import asyncio
import json
import sys
import time

from peers import PEERS

ROUNDS = 15
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


def application(**arguments):
    import falcon.asgi

    app = falcon.asgi.App(**arguments)
    app.add_route('/', Resource())
    app.add_route('/users/{user_id:int}', User())
    app.add_route('/stream', Stream())
    return app


async def measure(app, prototype):
    best = float('inf')
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(REQUESTS):
            await app(dict(prototype), receive, send)
        best = min(best, time.perf_counter() - begin)
    return round(best / REQUESTS * 1e6, 2)


def cases_for_all(app):
    return {
        'text': (app, scope('PUT', '/', HEADERS)),
        'json': (app, scope('GET', '/', HEADERS)),
        'json, a field in the path': (app, scope('GET', '/users/7', HEADERS)),
        'json, with a body': (app, scope('POST', '/', BODY_HEADERS)),
        'unknown path': (app, scope('GET', '/nothing/here', HEADERS)),
    }


def cases_for_falcon():
    app, with_middleware = application(), application(middleware=[Middleware(), Middleware()])
    return {
        **cases_for_all(app),
        'json, two middleware components': (with_middleware, scope('GET', '/', HEADERS)),
        'stream of 100 chunks': (app, scope('GET', '/stream', HEADERS)),
    }


async def main(peer):
    if peer is None:
        cases = cases_for_falcon()
    else:
        app = PEERS[peer]()
        if hasattr(app, 'start'):  # what BlackSheep does at the lifespan's startup
            await app.start()
        cases = cases_for_all(app)
    json.dump({name: await measure(*case) for name, case in cases.items()}, sys.stdout)


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
