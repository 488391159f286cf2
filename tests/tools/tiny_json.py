"""JSON by the standard library, for tests of what has no falcon-media beside it."""

import json
from typing import Any

from falcon_core.http_errors import MediaMalformedError, MediaNotFoundError
from falcon_core.media import BaseHandler

__all__ = ['TinyJSON']


class TinyJSON(BaseHandler):
    """JSON, and the types and sizes of the bodies that it was asked to decode."""

    def __init__(self) -> None:
        self.content_types: list[str | None] = []
        self.lengths: list[int | None] = []

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        body = stream.read()
        assert content_length == len(body)
        self.content_types.append(content_type)
        self.lengths.append(content_length)
        return self.decoded(body)

    def serialize(self, media: object, content_type: str) -> bytes:
        return json.dumps(media).encode()

    def decoded(self, body: bytes) -> object:
        if not body:
            raise MediaNotFoundError('JSON')
        try:
            return json.loads(body)
        except ValueError as error:
            raise MediaMalformedError('JSON') from error
