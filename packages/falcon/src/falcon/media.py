"""Media handlers for bodies and WebSocket messages."""

from falcon_media import (
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
)

__all__ = [
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
]
