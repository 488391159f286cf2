"""Applications that take and give media, and read bodies."""

import json
from typing import Any

import falcon
import falcon.asgi
import falcon.media
from falcon.asgi import Request, Response


def plain(value: Any) -> Any:
    """Return a value as JSON can say it."""
    if isinstance(value, bytes):
        return {'bytes': value.decode('latin-1')}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


class Echo:
    """Tells what media a request has."""

    async def on_post(self, req: Request, resp: Response) -> None:
        media = await req.get_media()
        resp.media = {'media': plain(media), 'again': plain(await req.get_media()) == plain(media)}

    on_get = on_delete = on_post


class Default:
    """Has a value where there is no media."""

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = plain(await req.get_media(default_when_empty='the default'))


class Twice:
    """Asks again after an error."""

    async def on_post(self, req: Request, resp: Response) -> None:
        errors = []
        for _ in range(2):
            try:
                await req.get_media()
            except falcon.HTTPError as error:
                errors.append([error.status, error.title])
        resp.media = errors


class Body:
    """Reads the body as a header says."""

    async def on_post(self, req: Request, resp: Response) -> None:
        told: list[Any] = []
        for step, *arguments in json.loads(req.get_header('X-Read') or ''):
            if step == 'iterate':
                told.append(b''.join([chunk async for chunk in req.stream]).decode('latin-1'))
            elif step in ('eof', 'closed'):
                told.append(getattr(req.stream, step))
            elif step == 'tell':
                told.append(req.stream.tell())
            elif step == 'close':
                req.stream.close()
            else:
                read = await getattr(req.stream, step)(*arguments)
                told.append(read if read is None else read.decode('latin-1'))
        resp.media = told


class Form:
    """Tells of each part of a multipart form."""

    async def on_post(self, req: Request, resp: Response) -> None:
        parts = []
        form = await req.get_media()
        async for part in form:
            told: dict[str, Any] = {
                'name': part.name,
                'filename': part.filename,
                'content_type': part.content_type,
            }
            how = req.get_header('X-Part', default='data')
            if how == 'data':
                told['data'] = (await part.get_data()).decode('latin-1')
            elif how == 'text':
                told['text'] = await part.get_text()
            elif how == 'media':
                told['media'] = plain(await part.get_media())
            elif how == 'secure':
                told['secure'] = part.secure_filename
            elif how == 'stream':
                told['stream'] = (await part.stream.read(3)).decode('latin-1')
            parts.append(told)
        resp.media = parts


class Give:
    """Gives the JSON value of a header in the media type of another."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = req.get_header('X-Type')
        resp.media = json.loads(req.get_header('X-Value') or '')


class Reverse(falcon.media.BaseHandler):
    """A media handler of an application's own."""

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return stream.read().decode()[::-1]

    def serialize(self, media: object, content_type: str) -> bytes:
        return str(media)[::-1].encode()

    async def deserialize_async(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return (await stream.read()).decode()[::-1]


def _made(**handlers: Any) -> Any:
    app = falcon.asgi.App()
    handlers = {'application/msgpack': falcon.media.MessagePackHandler(), **handlers}
    app.req_options.media_handlers.update(handlers)
    app.resp_options.media_handlers.update(handlers)
    app.add_route('/', Echo())
    app.add_route('/default', Default())
    app.add_route('/twice', Twice())
    app.add_route('/body', Body())
    app.add_route('/form', Form())
    app.add_route('/give', Give())
    return app


app = _made()
own = _made(**{'text/reversed': Reverse(), 'application/json': Reverse()})
few = _made()
few.req_options.media_handlers[falcon.MEDIA_MULTIPART].parse_options.max_body_part_count = 2
few.req_options.media_handlers[falcon.MEDIA_MULTIPART].parse_options.max_body_part_buffer_size = 10
few.req_options.media_handlers[falcon.MEDIA_MULTIPART].parse_options.max_body_part_headers_size = 100
untyped = _made()
untyped.req_options.default_media_type = 'application/x-www-form-urlencoded'
