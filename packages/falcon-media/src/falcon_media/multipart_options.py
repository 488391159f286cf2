"""The settings of multipart forms."""

from dataclasses import dataclass, field

from falcon_core.media import Handlers
from falcon_media.json import JSONHandler
from falcon_media.msgpack import MessagePackHandler
from falcon_media.urlencoded import URLEncodedFormHandler

__all__ = ['MultipartParseOptions']


def _default_handlers() -> Handlers:
    kinds = (JSONHandler, MessagePackHandler, URLEncodedFormHandler)
    return Handlers({media_type: kind() for kind in kinds for media_type in kind.media_types})


@dataclass(slots=True, kw_only=True)
class MultipartParseOptions:
    """Limits and defaults for reading multipart forms.

    Attributes:
        default_charset: The charset of text parts that name none, unless the form itself does by a part that is
            called `_charset_` (RFC 7578, section 4.6).
        max_body_part_buffer_size: The most bytes of a part to read for `data`, `text` or `media`. The stream of
            the part has no limit.
        max_body_part_count: The most parts of a form, or 0 for any number.
        max_body_part_headers_size: The most bytes that the headers of a part may take.
        max_form_buffer_size: The most bytes of all parts together to read for `data`, `text` or `media`. By default as
            many as the other defaults allow; it matters where those are raised.
        max_secure_filename_length: The length to which `secure_filename` cuts names, or None to leave them.
        media_handlers: The handlers for the `media` of a part: JSON, MessagePack and URL-encoded forms at first.
            To read forms within forms, add a `MultipartFormHandler`.
    """

    default_charset: str = 'utf-8'
    max_body_part_buffer_size: int = 1024 * 1024
    max_body_part_count: int = 64
    max_body_part_headers_size: int = 8192
    max_form_buffer_size: int = 64 * 1024 * 1024
    max_secure_filename_length: int | None = None
    media_handlers: Handlers = field(default_factory=_default_handlers)
