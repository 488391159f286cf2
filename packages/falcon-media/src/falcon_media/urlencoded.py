"""URL-encoded forms, `application/x-www-form-urlencoded` (WHATWG URL Standard, section 5)."""

from typing import Any
from urllib.parse import urlencode

from msgspec import ValidationError

from falcon_core.http_errors import MediaMalformedError
from falcon_core.interfaces import ReadableIO
from falcon_core.media import BaseHandler
from falcon_core.query import parse_query_string
from falcon_media._typed import convert, list_fields, refusal

__all__ = ['URLEncodedFormHandler']


class URLEncodedFormHandler(BaseHandler):
    """Turns a URL-encoded form into a dict and back.

    Args:
        keep_blank: True to keep fields whose value is empty.
        csv: True to take commas, unless they are percent-encoded, as delimiters of a list.
        max_params: How many fields, and items of such lists, a form may have; None for any number.
    """

    media_types = ('application/x-www-form-urlencoded',)

    def __init__(self, keep_blank: bool = True, csv: bool = False, *, max_params: int | None = 10_000) -> None:
        self._keep_blank = keep_blank
        self._csv = csv
        self._max_params = max_params

    def serialize(self, media: Any, content_type: str | None = None) -> bytes:
        """Return a form as bytes.

        Args:
            media: A mapping from name to value, or a sequence of such pairs. Of a value that is a list or a tuple,
                each item becomes a field of its own; anything else is written as `str` has it.
            content_type: Not used: the encoding is always UTF-8.

        Raises:
            TypeError: `media` is neither.
        """
        return urlencode(media, doseq=True).encode()

    def deserialize(self, stream: ReadableIO, content_type: str | None, content_length: int | None) -> object:
        """Return the fields of a form: name to value, or to the list of values where there are several.

        An empty body is an empty form. Escapes that are no UTF-8 become U+FFFD.

        Raises:
            HTTPBadRequest: There are more than `max_params`.
            MediaMalformedError: The body has bytes outside ASCII, which a form has to escape.
        """
        return self._fields(stream.read())

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that the fields of a form make.

        A form has nothing but texts. They are taken for the numbers, booleans (`true`, `false`, `1`, `0`) and points in
        time that they spell, `null` for None where the type has it; and a field that the type has as a list may occur
        once.

        Raises:
            HTTPBadRequest: There are more than `max_params`.
            MediaMalformedError: The body has bytes outside ASCII, which a form has to escape.
            MediaMismatchError: The form is not of the type.
        """
        lists = list_fields(kind)
        fields = {
            name: [value] if isinstance(value, str) and (lists is None or name in lists) else value
            for name, value in self._fields(body).items()
        }
        try:
            return convert(fields, kind, strict=False)
        except ValidationError as exc:
            raise refusal(exc, 'URL-encoded') from exc

    def _fields(self, body: bytes) -> dict[str, str | list[str]]:
        try:
            text = body.decode('ascii')
        except UnicodeDecodeError as exc:
            raise MediaMalformedError('URL-encoded') from exc
        return parse_query_string(text, self._keep_blank, self._csv, max_params=self._max_params)
