"""What the media of one framework take: python benchmarks/media.py this|falcon|starlette|litestar

The same exchanges for each framework, without a server: an object becomes a response, a body becomes an object, a form
is taken apart. The same lines measure this framework and Falcon 4. `compare.py` says what is asked of this file.
"""

import asyncio
import json
import random
import sys
from functools import partial
from urllib.parse import urlencode

import msgpack
from asked import answer, mean

CHUNK_BYTES = 64 * 1024

SMALL = {'id': 17, 'name': 'Ada', 'tags': ['a', 'b'], 'score': 0.5}
LARGE = [{**SMALL, 'id': number, 'name': f'Ada {number}'} for number in range(1000)]
MEDIA = {'small': SMALL, 'large': LARGE}
FIELDS = {f'field{number}': f'a value of {number}' for number in range(20)}

JSON = 'application/json'
MSGPACK = 'application/msgpack'
URLENCODED = 'application/x-www-form-urlencoded'
BOUNDARY = '----WebKitFormBoundary7MA4YWxkTrZu0gW'
MULTIPART = f'multipart/form-data; boundary={BOUNDARY}'


def form(fields=(), file=b''):
    pieces = []
    for name, value in fields:
        pieces.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    if file:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
            'Content-Type: application/octet-stream\r\n\r\n'
        )
        pieces += [head.encode(), file, b'\r\n']
    return b''.join([*pieces, f'--{BOUNDARY}--\r\n'.encode()])


# Bytes without a pattern, as in compressed files, and a text of many lines.
NOISE = random.Random(1).randbytes(16 * 1024 * 1024)
LINES = b'a line of forty characters and its end\r\n' * (1024 * 400)
# The worst there is: nothing but beginnings of delimiters.
TRAPS = (b'\r\n--' + BOUNDARY[:-1].encode()) * (1024 * 16 * 3)

DECODED = {
    'decode small JSON': (JSON, json.dumps(SMALL).encode()),
    'decode large JSON': (JSON, json.dumps(LARGE).encode()),
    'decode small MessagePack': (MSGPACK, msgpack.packb(SMALL)),
    'decode large MessagePack': (MSGPACK, msgpack.packb(LARGE)),
    'decode URL-encoded form': (URLENCODED, urlencode(FIELDS).encode()),
}
FORMS = {
    'multipart, 20 fields': form(FIELDS.items()),
    'multipart, 16 MiB of noise': form(file=NOISE),
    'multipart, 16 MiB of lines': form(file=LINES),
    'multipart, 2 MiB of false delimiters': form(file=TRAPS),
}


def falcon_app():
    import falcon.asgi
    from falcon.media import MessagePackHandler

    class Written:
        async def on_get(self, req, resp, size, kind):
            resp.content_type = f'application/{kind}'
            resp.media = MEDIA[size]

    class Read:
        async def on_post(self, req, resp):
            assert await req.get_media()

    class Form:
        async def on_post(self, req, resp):
            size = 0
            async for part in await req.get_media():
                if part.filename:
                    async for chunk in part.stream:
                        size += len(chunk)
                else:
                    size += len(await part.text)
            resp.text = str(size)

    app = falcon.asgi.App()
    app.req_options.media_handlers[MSGPACK] = MessagePackHandler()
    app.resp_options.media_handlers[MSGPACK] = MessagePackHandler()
    app.add_route('/written/{size}/{kind}', Written())
    app.add_route('/read', Read())
    app.add_route('/form', Form())
    return app


def starlette_app():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse, Response
    from starlette.routing import Route

    async def written(request):
        return JSONResponse(MEDIA[request.path_params['size']])

    async def read(request):
        if request.headers['content-type'] == JSON:
            assert await request.json()
        else:
            assert await request.form()
        return Response()

    async def form(request):
        async with request.form() as fields:
            size = sum(len(value) if isinstance(value, str) else value.size for _, value in fields.multi_items())
        return PlainTextResponse(str(size))

    return Starlette(
        routes=[
            Route('/written/{size}/json', written),
            Route('/read', read, methods=['POST']),
            Route('/form', form, methods=['POST']),
        ]
    )


def litestar_app():
    from typing import Any

    import litestar
    from litestar.datastructures import UploadFile
    from litestar.serialization import decode_msgpack

    @litestar.get('/written/{size:str}/json', sync_to_thread=False)
    def written_json(size: str) -> Any:
        return MEDIA[size]

    @litestar.get('/written/{size:str}/msgpack', media_type='application/x-msgpack', sync_to_thread=False)
    def written_msgpack(size: str) -> Any:
        return MEDIA[size]

    @litestar.post('/read')
    async def read(request: litestar.Request) -> None:
        kind = request.headers['content-type']
        if kind == JSON:
            assert await request.json()
        elif kind == MSGPACK:
            assert decode_msgpack(await request.body())
        else:
            assert await request.form()

    @litestar.post('/form')
    async def form(request: litestar.Request) -> str:
        size = 0
        for value in (await request.form()).values():
            if isinstance(value, UploadFile):
                value.file.seek(0, 2)
                size += value.file.tell()
            else:
                size += len(value)
        return str(size)

    return litestar.Litestar(
        [written_json, written_msgpack, read, form], openapi_config=None, request_max_body_size=None
    )


APPS = {'this': falcon_app, 'falcon': falcon_app, 'starlette': starlette_app, 'litestar': litestar_app}


def scope(method, path, headers=()):
    return {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'method': method,
        'scheme': 'http',
        'path': path,
        'raw_path': path.encode(),
        'query_string': b'',
        'root_path': '',
        'headers': [(b'host', b'127.0.0.1'), *headers],
        'client': ('127.0.0.1', 1),
        'server': ('127.0.0.1', 2),
        'extensions': {},
        'state': {},
    }


async def exchange(app, method, path, headers=(), chunks=(b'',)):
    waiting = [{'type': 'http.request', 'body': chunk, 'more_body': True} for chunk in chunks]
    waiting[-1]['more_body'] = False
    waiting.reverse()
    sent = []

    async def receive():
        return waiting.pop() if waiting else {'type': 'http.disconnect'}

    async def send(event):
        sent.append(event)

    await app(scope(method, path, headers), receive, send)
    assert sent[0]['status'] in (200, 201), sent
    return b''.join(event.get('body', b'') for event in sent[1:])


def posted(app, path, content_type, body):
    headers = [(b'content-type', content_type.encode()), (b'content-length', str(len(body)).encode())]
    chunks = [body[start : start + CHUNK_BYTES] for start in range(0, len(body), CHUNK_BYTES)]
    return lambda: exchange(app, 'POST', path, headers, chunks)


def cases(app, *, has_msgpack):
    kinds = {'json': 'JSON', 'msgpack': 'MessagePack'} if has_msgpack else {'json': 'JSON'}
    for size in MEDIA:
        for kind, name in kinds.items():
            path = f'/written/{size}/{kind}'
            yield f'encode {size} {name}', lambda path=path: exchange(app, 'GET', path)
    for name, (content_type, body) in DECODED.items():
        if has_msgpack or content_type != MSGPACK:
            yield name, posted(app, '/read', content_type, body)
    for name, body in FORMS.items():
        yield name, posted(app, '/form', MULTIPART, body)


async def main(framework):
    named = dict(cases(APPS[framework](), has_msgpack=framework != 'starlette'))
    await answer({name: partial(mean, case) for name, case in named.items()})


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1]))
