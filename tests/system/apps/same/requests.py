"""Applications that tell all that they know of a request, or call one of its methods."""

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

import falcon
import falcon.asgi
from falcon.asgi import Request, Response

ATTRIBUTES = [
    "accept", "access_route", "auth", "client_accepts_json", "client_accepts_msgpack", "client_accepts_xml",
    "content_length", "content_type", "cookies", "date", "expect", "forwarded", "forwarded_host", "forwarded_prefix",
    "forwarded_scheme", "forwarded_uri", "headers", "headers_lower", "host", "if_match", "if_modified_since",
    "if_none_match", "if_range", "if_unmodified_since", "is_websocket", "last_event_id", "method", "netloc", "params",
    "path", "port", "prefix", "query_string", "range", "range_unit", "referer", "relative_uri", "remote_addr",
    "root_path", "scheme", "subdomain", "uri", "uri_template", "url", "user_agent",
]  # fmt: skip


def plain(value: Any) -> Any:
    """Return a value as JSON can say it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return {'tuple': [plain(item) for item in value]}
    if isinstance(value, (datetime, date, UUID)):
        return repr(value)
    if isinstance(value, falcon.Forwarded):
        return [value.src, value.dest, value.host, value.scheme]
    if isinstance(value, falcon.ETag):
        return {'etag': value.dumps(), 'weak': value.is_weak}
    return value


def tell(read: Any) -> Any:
    """Return what `read` does, or what it raises."""
    try:
        return plain(read())
    except falcon.HTTPError as error:
        return {'status': str(error.status), **error.to_dict()}
    except Exception as error:  # noqa: BLE001 # told of
        return f'raised {type(error).__name__}'


class Attributes:
    """Tells of every attribute."""

    async def on_get(self, req: Request, resp: Response, **fields: object) -> None:
        names = req.get_header('X-Names')
        resp.media = {
            name: tell(lambda name=name: getattr(req, name)) for name in (names.split() if names else ATTRIBUTES)
        }

    on_post = on_get


TRANSFORMS = {'int': int, 'upper': str.upper, 'json': json.loads}


class Calls:
    """Calls the method that a header names, with the arguments that it gives, and tells what it returned."""

    async def on_get(self, req: Request, resp: Response) -> None:
        name, args, options = json.loads(req.get_header('X-Call') or '')
        store: dict[str, Any] = {}
        if options.pop('stored', False):
            options['store'] = store
        if 'transform' in options:
            options['transform'] = TRANSFORMS[options['transform']]
        returned = getattr(req, name)(*args, **options)
        resp.media = {'returned': plain(returned), 'type': type(returned).__name__, 'stored': plain(store)}


def _made(**options: Any) -> falcon.asgi.App:
    app = falcon.asgi.App()
    for name, value in options.items():
        setattr(app.req_options, name, value)
    app.add_route('/', Attributes())
    app.add_route('/a/{b}', Attributes())
    app.add_route('/call', Calls())
    return app


app = _made()
csv = _made(auto_parse_qs_csv=True)
no_blanks = _made(keep_blank_qs_values=False)
csv_no_blanks = _made(auto_parse_qs_csv=True, keep_blank_qs_values=False)
