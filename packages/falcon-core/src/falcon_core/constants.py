"""Media types, request methods, header rules and defaults that the other modules share."""

import os
from typing import Final

__all__ = [
    'COMBINED_METHODS',
    'DEFAULT_HEARTBEAT_S',
    'DEFAULT_MEDIA_TYPE',
    'DEFAULT_SHUTDOWN_GRACE_S',
    'FALCON_CUSTOM_HTTP_METHODS',
    'HTTP_METHODS',
    'HTTP_WG_DRAFT_METHODS',
    'MEDIA_BMP',
    'MEDIA_CSV',
    'MEDIA_EVENT_STREAM',
    'MEDIA_GIF',
    'MEDIA_HTML',
    'MEDIA_JPEG',
    'MEDIA_JS',
    'MEDIA_JSON',
    'MEDIA_MSGPACK',
    'MEDIA_MULTIPART',
    'MEDIA_PARQUET',
    'MEDIA_PNG',
    'MEDIA_TEXT',
    'MEDIA_URLENCODED',
    'MEDIA_XML',
    'MEDIA_YAML',
    'SINGLETON_HEADERS',
    'WEBDAV_METHODS',
]

MEDIA_BMP: Final = 'image/bmp'
MEDIA_CSV: Final = 'text/csv; charset=utf-8'
MEDIA_EVENT_STREAM: Final = 'text/event-stream'  # WHATWG HTML, section 9.2.5
MEDIA_GIF: Final = 'image/gif'
MEDIA_HTML: Final = 'text/html; charset=utf-8'
MEDIA_JPEG: Final = 'image/jpeg'
MEDIA_JS: Final = 'text/javascript'
MEDIA_JSON: Final = 'application/json'
MEDIA_MSGPACK: Final = 'application/msgpack'
MEDIA_MULTIPART: Final = 'multipart/form-data'
MEDIA_PARQUET: Final = 'application/vnd.apache.parquet'
MEDIA_PNG: Final = 'image/png'
MEDIA_TEXT: Final = 'text/plain; charset=utf-8'
MEDIA_URLENCODED: Final = 'application/x-www-form-urlencoded'
MEDIA_XML: Final = 'application/xml'
MEDIA_YAML: Final = 'application/yaml'

DEFAULT_MEDIA_TYPE: Final = MEDIA_JSON

# Of event streams, in seconds: when a comment is sent for want of an event, and how long one may outlive the word that
# the application stops.
DEFAULT_HEARTBEAT_S: Final = 15.0
DEFAULT_SHUTDOWN_GRACE_S: Final = 1.0

# The methods are lists, as applications add their own to them to set up a router.

# RFC 9110, section 9, and RFC 5789 for PATCH.
HTTP_METHODS: Final = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']

# RFC 2518 (WebDAV) and RFC 3253 (its versioning extension).
WEBDAV_METHODS: Final = [
    'CHECKIN',
    'CHECKOUT',
    'COPY',
    'LOCK',
    'MKCOL',
    'MOVE',
    'PROPFIND',
    'PROPPATCH',
    'REPORT',
    'UNCHECKIN',
    'UNLOCK',
    'UPDATE',
    'VERSION-CONTROL',
]

# Methods still in a draft of the HTTP working group.
HTTP_WG_DRAFT_METHODS: Final = ['QUERY']

# Methods of an application's own: the environment variable of that name, separated by commas, when this is imported.
FALCON_CUSTOM_HTTP_METHODS: Final = [
    method.strip().upper() for method in os.environ.get('FALCON_CUSTOM_HTTP_METHODS', '').split(',') if method.strip()
]

# WEBSOCKET is no method on the wire; it is the name under which a route keeps its on_websocket responder.
COMBINED_METHODS: Final = [
    *HTTP_METHODS,
    *WEBDAV_METHODS,
    *HTTP_WG_DRAFT_METHODS,
    *FALCON_CUSTOM_HTTP_METHODS,
    'WEBSOCKET',
]

# Request headers whose value must not be joined with that of a second header of the same name (RFC 9110, section 5.3).
SINGLETON_HEADERS: Final = frozenset(
    {
        'content-length',
        'content-type',
        'cookie',
        'expect',
        'from',
        'host',
        'max-forwards',
        'referer',
        'user-agent',
    }
)
