"""What an application lets its users set about requests and responses."""

import mimetypes

from falcon_core.constants import DEFAULT_HEARTBEAT_S, DEFAULT_MEDIA_TYPE, DEFAULT_SHUTDOWN_GRACE_S
from falcon_core.media import Handlers

__all__ = ['RequestOptions', 'ResponseOptions']

# What web sites are made of and the tables of some of the supported versions of Python lack or have otherwise.
_WEB_MEDIA_TYPES = {
    '.apng': 'image/apng',
    '.atom': 'application/atom+xml',
    '.avif': 'image/avif',
    '.flac': 'audio/flac',
    '.geojson': 'application/geo+json',
    '.glb': 'model/gltf-binary',
    '.gltf': 'model/gltf+json',
    '.gz': 'application/gzip',
    '.ics': 'text/calendar',
    '.js': 'text/javascript',
    '.jsonld': 'application/ld+json',
    '.jxl': 'image/jxl',
    '.m4a': 'audio/mp4',
    '.m4v': 'video/mp4',
    '.md': 'text/markdown',
    '.mjs': 'text/javascript',
    '.mpd': 'application/dash+xml',
    '.oga': 'audio/ogg',
    '.ogg': 'audio/ogg',
    '.ogv': 'video/ogg',
    '.opus': 'audio/opus',
    '.otf': 'font/otf',
    '.parquet': 'application/vnd.apache.parquet',
    '.rtf': 'application/rtf',
    '.ttf': 'font/ttf',
    '.wasm': 'application/wasm',
    '.weba': 'audio/webm',
    '.webmanifest': 'application/manifest+json',
    '.webp': 'image/webp',
    '.woff': 'font/woff',
    '.woff2': 'font/woff2',
    '.xml': 'application/xml',
    '.yaml': 'application/yaml',
    '.yml': 'application/yaml',
    '.zst': 'application/zstd',
}


class RequestOptions:
    """How requests are read.

    Attributes:
        auto_parse_form_urlencoded (bool): Has no effect, and is here for applications that set it; form fields are
            read as media.
        auto_parse_qs_csv (bool): True splits query parameters at commas. False by default.
        default_media_type (str): The media type of a body without a Content-Type header.
        keep_blank_qs_values (bool): False drops query parameters without a value. True by default.
        max_cookies (int | None): How many cookies a request may have before reading them raises
            HTTPRequestHeaderFieldsTooLarge (431). None takes any number. 512 by default.
        max_header_params (int | None): How many elements and parameters one header may have, before taking it apart
            raises HTTPRequestHeaderFieldsTooLarge (431): Accept, Content-Type, Forwarded, X-Forwarded-For, If-Match and
            If-None-Match. None takes any number. 512 by default.
        max_media_size (int): The largest body that is decoded as media, in bytes. 4 MiB by default.
        media_handlers (Handlers): The media handlers of request bodies.
        max_query_params (int | None): How many parameters a query string may have before reading them raises
            HTTPBadRequest (400); with `auto_parse_qs_csv`, items of lists count as well. None takes any number. 4096 by
            default.
        prefetch_media (bool): False leaves the body unread until it is asked for; `req.media` is then awaitable.
        strip_url_path_trailing_slash (bool): True makes `/path/` and `/path` the same. False by default.
    """

    __slots__ = (
        'auto_parse_form_urlencoded',
        'auto_parse_qs_csv',
        'default_media_type',
        'keep_blank_qs_values',
        'max_cookies',
        'max_header_params',
        'max_media_size',
        'max_query_params',
        'media_handlers',
        'prefetch_media',
        'strip_url_path_trailing_slash',
    )

    def __init__(self) -> None:
        self.auto_parse_form_urlencoded = False
        self.auto_parse_qs_csv = False
        self.default_media_type = DEFAULT_MEDIA_TYPE
        self.keep_blank_qs_values = True
        # Of cookies, browsers keep fewer than 200 for a site; with the shortest names, 4096 parameters fill the 16 KiB
        # that the commonest proxies take of a request line.
        self.max_cookies: int | None = 512
        self.max_header_params: int | None = 512
        self.max_media_size = 4 * 1024 * 1024
        self.max_query_params: int | None = 4096
        self.media_handlers = Handlers()
        self.prefetch_media = True
        self.strip_url_path_trailing_slash = False


class ResponseOptions:
    """How responses are made.

    Attributes:
        default_media_type (str | None): The Content-Type of a response that sets none. None sends none then.
        media_handlers (Handlers): The media handlers of response bodies.
        negotiated_media_types (tuple[str, ...]): The media types in which `resp.media` is written where the responder
            sets none, by what the client accepts; the dearest first, which is also what a client gets that accepts none
            of them. Empty by default: then it is `default_media_type`.
        secure_cookies_by_default (bool): False lets `set_cookie` omit the Secure attribute unless told. True by
            default.
        sse_heartbeat_s (float | None): After how many seconds without an event an event stream sends a comment, which
            keeps proxies from closing it; None for never. 15 by default.
        sse_shutdown_grace_s (float | None): For how many seconds an event stream may go on after the application was
            told to stop; None for as long as the server lets it. 1 by default. It counts for any stream whose type is
            `text/event-stream`.
        static_media_types (dict[str, str]): The media type of static files by lowercase extension, dot included.
        stream_send_timeout_s (float | None): How many seconds the server may take to accept a piece of a stream or an
            event, before its client counts as one that stopped reading and is given up; None for any number, which is
            the default.
        xml_error_serialization (bool): False never writes errors in XML, whatever clients prefer. True by default.
    """

    __slots__ = (
        'default_media_type',
        'media_handlers',
        'negotiated_media_types',
        'secure_cookies_by_default',
        'sse_heartbeat_s',
        'sse_shutdown_grace_s',
        'static_media_types',
        'stream_send_timeout_s',
        'xml_error_serialization',
    )

    def __init__(self) -> None:
        self.default_media_type: str | None = DEFAULT_MEDIA_TYPE
        self.media_handlers = Handlers()
        self.negotiated_media_types: tuple[str, ...] = ()
        self.secure_cookies_by_default = True
        self.sse_heartbeat_s: float | None = DEFAULT_HEARTBEAT_S
        self.sse_shutdown_grace_s: float | None = DEFAULT_SHUTDOWN_GRACE_S
        self.static_media_types = _static_media_types()
        self.stream_send_timeout_s: float | None = None
        self.xml_error_serialization = True


def _static_media_types() -> dict[str, str]:
    # The tables of the standard library, not the ones of the machine, so that every deployment answers alike.
    return {**mimetypes.MimeTypes().types_map[1], **_WEB_MEDIA_TYPES}
