"""The resources of the archive."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import falcon
from archive.hooks import limit_size, lower_names, need_one_of, need_user, say_it_is_private
from archive.middleware import USERS, Figures, Sessions
from archive.model import Archive, Photo
from falcon.asgi import Request, Response

PAGE = 3
CHUNK = 1000


class Albums:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = await self._archive.albums()

    @falcon.before(need_user)
    async def on_post(self, req: Request, resp: Response) -> None:
        media = await req.get_media()
        if not isinstance(media, dict) or not isinstance(media.get('name'), str):
            raise falcon.HTTPUnprocessableEntity(title='No name', description='An album needs a name.')
        if not media['name'].isidentifier():
            raise falcon.HTTPInvalidParam('It has to be a word.', 'name')
        await self._archive.add_album(media['name'], media.get('title', ''))
        resp.status = falcon.HTTP_201
        resp.location = f'{req.prefix}/albums/{media["name"]}'


@falcon.before(lower_names)
class Album:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @falcon.after(say_it_is_private)
    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        album = await self._archive.album(name)
        resp.last_modified = datetime.fromisoformat(album['changed'])
        resp.media = album

    @falcon.before(need_user)
    @falcon.before(need_one_of, 'grace', word='Nobody but')
    async def on_delete(self, req: Request, resp: Response, name: str) -> None:
        await self._archive.remove_album(name)
        resp.status = falcon.HTTP_NO_CONTENT


class Photos:
    """The photos of an album; as JSON, CSV or lines of JSON, as the client prefers."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        await self._archive.album(name)
        found = await self._archive.photos(
            name,
            titles=req.get_param_as_list('title') or [],
            least_rating=req.get_param_as_int('least', min_value=0, max_value=5, default=0),
            since=req.get_param_as_datetime('since', '%Y-%m-%d')
            and req.get_param_as_datetime('since', '%Y-%m-%d', required=True).replace(tzinfo=UTC),
            hidden=bool(req.get_param_as_bool('hidden')),
        )
        page = req.get_param_as_int('page', min_value=1, default=1)
        shown = [photo.to_dict() for photo in found[(page - 1) * PAGE : page * PAGE]]
        if page * PAGE < len(found):
            resp.append_link(f'{req.path}?page={page + 1}', 'next', title='Next page')
        if page > 1:
            resp.append_link(f'{req.path}?page={page - 1}', 'prev')
        resp.set_header('X-Total', str(len(found)))
        preferred = req.client_prefers([falcon.MEDIA_JSON, 'text/csv', 'application/x-ndjson'])
        if preferred is None:
            raise falcon.HTTPNotAcceptable(description='JSON, CSV or lines of JSON.')
        resp.content_type = preferred
        resp.media = shown

    @falcon.before(need_user)
    @falcon.before(limit_size)
    async def on_post(self, req: Request, resp: Response, name: str) -> None:
        added: list[Photo] = []
        fields: dict[str, Any] = {}
        async for part in await req.get_media():
            if part.name == 'about':
                fields.update(await part.get_media())
            elif part.name == 'photo':
                content = await part.stream.read()
                if not content:
                    raise falcon.HTTPUnprocessableEntity(title='Empty photo', description=part.secure_filename)
                title = fields.get('title') or part.secure_filename
                taken = datetime.fromisoformat(fields.get('taken', '2020-01-01')).replace(tzinfo=UTC)
                rating, public = fields.get('rating', 0), fields.get('public', True)
                photo = await self._archive.add_photo(
                    name, title, part.content_type, content, taken, rating=rating, public=public
                )
                added.append(photo)
            else:
                fields[part.name] = await part.text
        if not added:
            raise falcon.HTTPMissingParam('photo')
        resp.status = falcon.HTTP_CREATED
        resp.media = [photo.to_dict() for photo in added]

    async def on_post_table(self, req: Request, resp: Response, name: str) -> None:
        """Change titles and ratings by a table."""
        rows = await req.get_media()
        changed = 0
        for row in rows:
            await self._archive.change_photo(row['photo_id'], title=row['title'], rating=int(row['rating']))
            changed += 1
        resp.media = {'changed': changed}


class PhotoItem:
    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def on_get(self, req: Request, resp: Response, photo_id: str) -> None:
        photo = await self._archive.photo(photo_id)
        resp.etag = photo.digest[:16]
        if req.if_none_match and any(tag == '*' or tag == photo.digest[:16] for tag in req.if_none_match):
            raise falcon.HTTPStatus(falcon.HTTP_304)
        resp.media = photo.to_dict()

    @falcon.before(need_user)
    async def on_patch(self, req: Request, resp: Response, photo_id: str) -> None:
        photo = await self._archive.photo(photo_id)
        tags = req.if_match or []
        if not tags:
            raise falcon.HTTPPreconditionRequired(title='Say which one')
        if not any(tag == '*' or tag == photo.digest[:16] for tag in tags):
            raise falcon.HTTPPreconditionFailed(title='It is another one by now')
        media = await req.get_media()
        unknown = set(media) - {'title', 'rating', 'public'}
        if unknown:
            raise falcon.HTTPBadRequest(title='Unknown fields', description=', '.join(sorted(unknown)), code=17)
        changed = await self._archive.change_photo(photo_id, **media)
        resp.media = changed.to_dict()

    @falcon.before(need_user)
    async def on_delete(self, req: Request, resp: Response, photo_id: str) -> None:
        await self._archive.remove_photo(photo_id)
        resp.status = 204

    async def on_get_content(self, req: Request, resp: Response, photo_id: str) -> None:
        photo = await self._archive.photo(photo_id)
        content = await self._archive.content(photo_id)
        resp.content_type = photo.media_type
        if req.get_param_as_bool('save'):
            resp.downloadable_as = f'{photo.title}.{photo.media_type.partition("/")[2]}'
        else:
            resp.viewable_as = photo.title
        wanted = req.range
        if wanted is None or req.range_unit != 'bytes':
            resp.accept_ranges = 'bytes'
            resp.set_stream(self._pieces(content), len(content))
            return
        first, last = wanted
        if first >= len(content):
            raise falcon.HTTPRangeNotSatisfiable(len(content))
        first = max(first + len(content), 0) if first < 0 else first
        last = len(content) - 1 if last < 0 else min(last, len(content) - 1)
        resp.status = falcon.HTTP_206
        resp.content_range = (first, last, len(content))
        resp.data = content[first : last + 1]

    async def on_head_content(self, req: Request, resp: Response, photo_id: str) -> None:
        photo = await self._archive.photo(photo_id)
        resp.content_type = photo.media_type
        resp.content_length = photo.size

    async def _pieces(self, content: bytes) -> AsyncIterator[bytes]:
        for begin in range(0, len(content), CHUNK):
            yield content[begin : begin + CHUNK]


class SessionItem:
    """The session of a browser, kept by a cookie."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'user': req.context.user, 'theme': req.cookies.get('theme', 'light')}

    async def on_post(self, req: Request, resp: Response) -> None:
        form = await req.get_media()
        name = form.get('name')
        if name not in USERS or form.get('password') != USERS[name]:
            raise falcon.HTTPUnauthorized(title='Unknown user', challenges=['Basic realm="archive"'])
        resp.set_cookie(
            'session', self._sessions.begin(name), max_age=3600, path='/', http_only=True, secure=True, same_site='Lax'
        )
        resp.set_cookie('theme', 'dark', http_only=False, secure=False)
        raise falcon.HTTPSeeOther('/session')

    async def on_delete(self, req: Request, resp: Response) -> None:
        self._sessions.end(req.cookies.get('session', ''))
        resp.unset_cookie('session', path='/')
        resp.status = falcon.HTTP_204


class FigureTable:
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = ''.join(
            f'requests{{path="{path}",method="{method}",status="{status}"}} {count}\n'
            for (path, method, status), count in sorted(self._figures.requests.items())
        )

    async def on_delete(self, req: Request, resp: Response) -> None:
        async def forget() -> None:
            self._figures.requests.clear()

        resp.schedule(forget)
        resp.schedule_sync(self._forget_failures)
        resp.status = falcon.HTTP_202

    def _forget_failures(self) -> None:
        self._figures.failures = 0


class Echo:
    """Says how a request was understood."""

    async def on_get(self, req: Request, resp: Response, day: datetime, width: int, height: int) -> None:
        resp.media = {
            'day': day.strftime('%Y-%m-%d'),
            'size': [width, height],
            'template': req.uri_template,
            'relative': req.relative_uri,
            'uri': req.uri,
            'host': req.host,
            'port': req.port,
            'scheme': req.scheme,
            'subdomain': req.subdomain,
            'forwarded_host': req.forwarded_host,
            'forwarded_scheme': req.forwarded_scheme,
            'remote': req.remote_addr,
            'route': list(req.access_route),
            'agent': req.user_agent,
            'referer': req.referer,
            'query': req.query_string,
            'params': req.params,
            'accepts_xml': req.client_accepts_xml,
            'accepts_msgpack': req.client_accepts_msgpack,
            'expect': req.expect,
            'method': req.method,
            'root': req.root_path,
            'uuid': str(req.get_param_as_uuid('id')) if req.has_param('id') else None,
            'data': req.get_param_as_json('data'),
            'ratio': req.get_param_as_float('ratio', default=1.5),
        }

    async def on_put(self, req: Request, resp: Response, day: datetime, width: int, height: int) -> None:
        body = await req.bounded_stream.read()
        resp.data = json.dumps({'length': len(body), 'declared': req.content_length}).encode()
        resp.content_type = falcon.MEDIA_JSON


async def moved(req: Request, resp: Response, rest: str) -> None:
    """Sink for the paths of the former service."""
    raise falcon.HTTPMovedPermanently(f'/albums/{falcon.uri.encode_value(rest)}/photos')


async def gone(req: Request, resp: Response, **fields: Any) -> None:
    raise falcon.HTTPGone(title='No longer here')
