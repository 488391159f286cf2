"""Applications that do with a response, or raise, what the steps in a header say."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Any

import falcon
import falcon.asgi
from falcon.asgi import Request, Response


async def _chunks(chunks: list[str]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk.encode('latin-1')


class Reader:
    """What `set_stream` is given: an object to be read from."""

    def __init__(self, content: str) -> None:
        self._file = io.BytesIO(content.encode('latin-1'))

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    async def close(self) -> None:
        self._file.close()


class Failing:
    """What cannot be written as JSON."""


# What JSON cannot say, by the name of the member that says it instead.
SPECIAL: dict[str, Any] = {
    'bytes': lambda value: value.encode('latin-1'),
    'datetime': lambda value: datetime.fromisoformat(value),
    'offset': lambda value: datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=value))),
    'tuple': tuple,
    'stream': _chunks,
    'reader': Reader,
    'failing': lambda value: Failing(),
    'status': lambda value: getattr(falcon, value),
    'header pairs': lambda value: [tuple(pair) for pair in value],
}


def special(value: Any) -> Any:
    """Return what a value stands for."""
    if isinstance(value, dict):
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name.startswith('$'):
                return SPECIAL[name[1:]](inner)
        return {key: special(item) for key, item in value.items()}
    if isinstance(value, list):
        return [special(item) for item in value]
    return value


class Unexpected(Exception):
    """No exception that a framework knows of."""


class Steps:
    """Does the steps, each one of: set an attribute, delete it, call a method, tell of an attribute, raise."""

    async def on_get(self, req: Request, resp: Response) -> None:
        told = []
        for kind, name, *rest in json.loads(req.get_header('X-Steps') or ''):
            arguments = special(rest)
            if kind == 'set':
                setattr(resp, name, arguments[0])
            elif kind == 'delete':
                delattr(resp, name)
            elif kind == 'call':
                returned = getattr(resp, name)(*arguments[0], **(arguments[1] if len(arguments) > 1 else {}))
                if returned is not None:
                    told.append(returned)
            elif kind == 'tell':
                told.append(repr(getattr(resp, name)))
            elif kind == 'attempt':
                told.append(_outcome(resp, name, arguments))
            elif kind == 'render':
                told.append(repr(await resp.render_body()))
            elif name == 'unexpected':
                raise Unexpected('as told')
            else:
                raise getattr(falcon, name)(*arguments[0], **(arguments[1] if len(arguments) > 1 else {}))
        if told:
            resp.text = json.dumps(told)

    on_post = on_put = on_delete = on_head = on_get


def _outcome(resp: Response, name: str, arguments: list[Any]) -> str:
    """Return the class of what a call raises, or what an assignment raises if there is one argument."""
    try:
        if len(arguments) == 1:
            setattr(resp, name, arguments[0])
        else:
            getattr(resp, name)(*arguments[0], **arguments[1])
    except Exception as error:  # noqa: BLE001 # told of
        return type(error).__name__
    return 'done'


def _made(**options: Any) -> falcon.asgi.App:
    media_type = options.pop('media_type', falcon.DEFAULT_MEDIA_TYPE)
    app = falcon.asgi.App(media_type=media_type)
    for name, value in options.items():
        setattr(app.resp_options, name, value)
    app.add_route('/', Steps())
    return app


async def handle_unexpected(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    resp.status = falcon.HTTP_418
    resp.text = f'handled {type(error).__name__} {error} {params}'


async def handle_as_http_error(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    raise falcon.HTTPConflict(title='raised by a handler')


async def handle_http_error(req: Request, resp: Response, error: falcon.HTTPError, params: dict[str, Any]) -> None:
    resp.status = error.status
    resp.media = {'handled': error.title}


async def handle_by_failing(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    raise Unexpected('of the handler')


def serialize_as_text(req: Request, resp: Response, error: falcon.HTTPError) -> None:
    resp.content_type = 'text/plain'
    resp.text = f'{error.title}: {error.description}'


app = _made()
plain = _made(media_type='text/plain')
untyped = _made(default_media_type=None)
insecure = _made(secure_cookies_by_default=False)
no_xml = _made(xml_error_serialization=False)
handling = _made()
handling.add_error_handler(Exception, handle_unexpected)
handling_by_error = _made()
handling_by_error.add_error_handler(Unexpected, handle_as_http_error)
handling_http = _made()
handling_http.add_error_handler(falcon.HTTPError, handle_http_error)
handling_some = _made()
handling_some.add_error_handler((falcon.HTTPNotFound, falcon.HTTPGone), handle_http_error)
handling_some.add_error_handler(falcon.HTTPStatus, handle_unexpected)
handling_by_failing = _made()
handling_by_failing.add_error_handler(Unexpected, handle_by_failing)
serializing = _made()
serializing.set_error_serializer(serialize_as_text)
