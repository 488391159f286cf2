"""Media handlers: JSON, MessagePack, URL-encoded and multipart forms, for bodies and for WebSocket messages."""

from falcon_core.media import BaseHandler, BinaryBaseHandlerWS, Handlers, TextBaseHandlerWS
from falcon_media.__about__ import __version__
from falcon_media.body_part import BodyPart
from falcon_media.json import JSONHandler, JSONHandlerWS
from falcon_media.msgpack import MessagePackHandler, MessagePackHandlerWS
from falcon_media.multipart import MultipartForm, MultipartFormHandler
from falcon_media.multipart_options import MultipartParseOptions
from falcon_media.ndjson import MEDIA_NDJSON, read_ndjson, write_ndjson
from falcon_media.urlencoded import URLEncodedFormHandler

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
    '__version__',
    'read_ndjson',
    'write_ndjson',
]
