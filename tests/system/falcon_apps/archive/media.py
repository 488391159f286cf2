"""A media handler for tables as CSV, and one for lines of JSON."""

import csv
import io
import json
from typing import Any

import falcon
from falcon.media import BaseHandler
from falcon.typing import AsyncReadableIO


class CSVHandler(BaseHandler):
    """A list of dictionaries with the same keys."""

    def serialize(self, media: Any, content_type: str) -> bytes:
        text = io.StringIO()
        if media:
            writer = csv.DictWriter(text, fieldnames=list(media[0]))
            writer.writeheader()
            writer.writerows(media)
        return text.getvalue().encode()

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        data = await stream.read()
        if not data:
            raise falcon.MediaNotFoundError('CSV')
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise falcon.MediaMalformedError('CSV') from error
        return list(csv.DictReader(io.StringIO(text)))


class LinesHandler(BaseHandler):
    """A list of objects, one on each line."""

    def serialize(self, media: Any, content_type: str) -> bytes:
        return b''.join(json.dumps(item).encode() + b'\n' for item in media)

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return [json.loads(line) for line in stream.read().splitlines()]
