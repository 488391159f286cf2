"""Media handlers for bodies and WebSocket messages."""

from falcon.media import validators
from falcon_media import (
    MEDIA_NDJSON,
    BaseHandler,
    BinaryBaseHandlerWS,
    BodyPart,
    Handlers,
    JSONHandler,
    JSONHandlerWS,
    MessagePackHandler,
    MessagePackHandlerWS,
    MultipartForm,
    MultipartFormHandler,
    MultipartParseOptions,
    TextBaseHandlerWS,
    URLEncodedFormHandler,
    read_ndjson,
    write_ndjson,
)

__all__ = [
    'MEDIA_NDJSON',
    'BaseHandler',
    'BinaryBaseHandlerWS',
    'BodyPart',
    'Handlers',
    'JSONHandler',
    'JSONHandlerWS',
    'MessagePackHandler',
    'MessagePackHandlerWS',
    'MultipartForm',
    'MultipartFormHandler',
    'MultipartParseOptions',
    'TextBaseHandlerWS',
    'URLEncodedFormHandler',
    'read_ndjson',
    'validators',
    'write_ndjson',
]
