"""Requests with a query string, and handlers of JSON for their parameters."""

from typing import Any

from falcon_asgi import Request
from falcon_core.interfaces import AsyncReadableIO
from falcon_core.media import BaseHandler, Handlers
from falcon_core.options import RequestOptions
from tiny_json import TinyJSON

__all__ = ['JSON', 'AwaitedJSON', 'StreamJSON', 'request']

JSON = 'application/json'


class AwaitedJSON(TinyJSON):
    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        raise NotImplementedError


class StreamJSON(TinyJSON):
    buffered = False


def request(query: str | bytes, handlers: dict[str, BaseHandler] | None = None, **options: Any) -> Request:
    req_options = RequestOptions()
    req_options.media_handlers = Handlers(handlers or {JSON: TinyJSON()})
    for name, value in options.items():
        setattr(req_options, name, value)
    raw = query.encode() if isinstance(query, str) else query
    scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': [], 'query_string': raw}
    return Request(scope, None, options=req_options)
