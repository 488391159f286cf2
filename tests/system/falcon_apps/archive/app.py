"""The application: `create_app()`, and `app` for a server."""

import logging
import re
from pathlib import Path
from typing import Any

import falcon
import falcon.asgi
from archive.media import CSVHandler, LinesHandler
from archive.middleware import Database, Figures, Maintenance, RequestId, Sessions
from archive.model import Archive, NotThere, Taken
from archive.resources import (
    Album,
    Albums,
    Echo,
    FigureTable,
    PhotoItem,
    Photos,
    SessionItem,
    gone,
    moved,
)
from falcon.asgi import Request, Response

logger = logging.getLogger('archive')
ASSETS = Path(__file__).parent / 'assets'


class HexConverter(falcon.routing.BaseConverter):
    """A hexadecimal number of a given length, as text."""

    def __init__(self, length: int = 32) -> None:
        self._pattern = re.compile(f'[0-9a-f]{{{length}}}')

    def convert(self, value: str) -> str | None:
        return value if self._pattern.fullmatch(value) else None


async def handle_not_there(req: Request, resp: Response, ex: NotThere, params: dict[str, Any]) -> None:
    raise falcon.HTTPNotFound(title=f'No such {ex.kind}', description=str(ex.name))


async def handle_taken(req: Request, resp: Response, ex: Taken, params: dict[str, Any]) -> None:
    resp.status = falcon.HTTP_409
    resp.media = {'title': 'Taken', 'name': str(ex)}


async def handle_all_others(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
    logger.error('exception in %s %s', req.method, req.path, exc_info=ex)
    raise falcon.HTTPInternalServerError(title='Our fault', description=req.context.request_id)


def serialize_error(req: Request, resp: Response, exception: falcon.HTTPError) -> None:
    """Answer with `application/problem+json` where the client takes it, otherwise with plain JSON."""
    problem = {'status': resp.status_code, **exception.to_dict()}
    preferred = req.client_prefers(['application/problem+json', 'application/json'])
    resp.content_type = preferred or 'application/json'
    resp.media = problem
    resp.append_header('Vary', 'Accept')


def create_app() -> falcon.asgi.App:
    archive = Archive()
    figures, sessions, maintenance = Figures(), Sessions(), Maintenance()
    app = falcon.asgi.App(
        middleware=[RequestId(), figures, Database(archive), maintenance, sessions],
        cors_enable=True,
        sink_before_static_route=False,
    )
    handlers = {
        'application/problem+json': falcon.media.JSONHandler(),
        'text/csv': CSVHandler(),
        'application/x-ndjson': LinesHandler(),
    }
    app.req_options.media_handlers.update(handlers)
    app.resp_options.media_handlers.update(handlers)
    app.req_options.auto_parse_qs_csv = True
    app.req_options.keep_blank_qs_values = False
    app.resp_options.secure_cookies_by_default = False
    form = app.req_options.media_handlers[falcon.MEDIA_MULTIPART]
    assert isinstance(form, falcon.media.MultipartFormHandler)
    form.parse_options.max_body_part_count = 5
    form.parse_options.max_body_part_buffer_size = 20_000
    app.router_options.converters['hex'] = HexConverter

    app.add_error_handler(Exception, handle_all_others)
    app.add_error_handler(NotThere, handle_not_there)
    app.add_error_handler([Taken], handle_taken)
    app.set_error_serializer(serialize_error)

    photos, photo = Photos(archive), PhotoItem(archive)
    app.add_route('/albums', Albums(archive))
    app.add_route('/albums/{name}', Album(archive))
    app.add_route('/albums/{name}/photos', photos)
    app.add_route('/albums/{name}/table', photos, suffix='table')
    app.add_route('/photos/{photo_id:hex(32)}', photo)
    app.add_route('/photos/{photo_id:hex(32)}/content', photo, suffix='content')
    app.add_route('/session', SessionItem(sessions))
    app.add_route('/figures', FigureTable(figures))
    app.add_route('/echo/{day:dt("%Y-%m-%d")}/{width:int(min=1)}x{height:int}', Echo())
    app.add_static_route('/assets', ASSETS, fallback_filename='index.html')
    app.add_static_route('/downloads', ASSETS, downloadable=True)
    app.add_sink(moved, r'/old/(?P<rest>[^/]+)/?$')
    app.add_sink(gone, re.compile('/ancient'))
    return app


app = create_app()
