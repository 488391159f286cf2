"""The request of an HTTP exchange or of a WebSocket handshake."""

from collections.abc import Iterable
from datetime import datetime
from inspect import getattr_static
from typing import Any, ClassVar, TypeVar, overload

from falcon_asgi import request_headers, request_params, request_structured_params, request_uri
from falcon_asgi._cached import cached_attribute
from falcon_asgi.body_stream import BoundedStream
from falcon_asgi.request_headers import header_attribute, parsed_header_attribute
from falcon_asgi.request_media import UNSET, RequestMedia, UnreadMedia
from falcon_core import scopes
from falcon_core.arrivals import Arrival, begin_arrival
from falcon_core.asgi_types import Message, Receive, Scope
from falcon_core.constants import MEDIA_JSON, MEDIA_MSGPACK, MEDIA_XML
from falcon_core.context import Context
from falcon_core.cookies import parse_cookies
from falcon_core.errors import UnsupportedError
from falcon_core.etags import parse_etags
from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.limits import check_header_params
from falcon_core.media_types import best_match, quality
from falcon_core.options import RequestOptions
from falcon_core.query import parse_query_string
from falcon_core.ranges import parse_range, parse_range_unit
from falcon_core.type_forms import FormOf, TypeForm

__all__ = ['Request']

_Kind = TypeVar('_Kind')
_Default = TypeVar('_Default')


class Request:
    """What the client sent.

    Most attributes are worked out when they are first read. Each request object belongs to one exchange and is used by
    one task at a time, but for `wait_disconnect`.

    Args:
        scope: The connection scope: `http`, or `websocket` for a handshake.
        receive: The ASGI receive callable of an HTTP exchange; None for other scopes. That of a WebSocket, whose events
            are none of the request's, is not used.
        first_event: An `http.request` event that was received before, or None.
        options: How to read the request; the defaults if None.

    Attributes:
        scope (dict): See above.
        options (RequestOptions): See above.
        method (str): The HTTP method, such as `GET`; `GET` where the scope has none, as that of a handshake.
        is_websocket (bool): Whether this is a WebSocket handshake.
        path (str): The path that routes are found for: percent-decoded, without the root path; without a slash at its
            end if `req_options.strip_url_path_trailing_slash` is set. Middleware may assign another one.
        uri_template (str | None): The template of the route that was found, or None.
    """

    context_type: ClassVar[type] = Context

    scope: Scope
    options: RequestOptions
    method: str
    is_websocket: bool
    path: str
    uri_template: str | None = None

    _reads_receive: ClassVar[bool] = True  # `stream` has the body as the server gives it

    def __init__(
        self,
        scope: Scope,
        receive: Receive | None,
        first_event: Message | None = None,
        options: RequestOptions | None = None,
    ) -> None:
        self.scope = scope
        self.options = RequestOptions() if options is None else options
        self.is_websocket = scope['type'] == 'websocket'
        self.method = scope.get('method', 'GET')
        # Every request needs these two, and a plain attribute is the cheapest to read. Where there is nothing to leave
        # out, as on most, the call is saved: a hundredth of the time of a short request.
        if self.options.strip_url_path_trailing_slash or scope.get('root_path'):
            self.path = request_uri.routing_path(scope, self.options.strip_url_path_trailing_slash)
        else:
            self.path = scope['path'] or '/'
        if not self.is_websocket:
            self._raw_headers = scopes.headers_by_name(scope['headers'])
        self._receive = None if self.is_websocket else receive
        self._first_event: Message | Arrival | None = first_event
        self._stream: BoundedStream | None = None
        self._media: RequestMedia | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._reads_receive = getattr_static(cls, 'stream') is getattr_static(Request, 'stream')

    def __repr__(self) -> str:
        try:
            where = self.url
        except HTTPInvalidHeader:  # which is to be answered where the application reads it, not where it is logged
            where = self.relative_uri
        return f'<{type(self).__name__}: {self.method} {where!r}>'

    # What the application keeps with the request.

    @cached_attribute
    def context(self) -> Any:
        """An object for data of the application's own; made of `context_type`."""
        return self.context_type()

    @cached_attribute
    def state(self) -> Any:
        """What startup put into the lifespan state (ASGI specification, "Lifespan State"); an empty dict without it."""
        return self.scope.setdefault('state', {})

    @property
    def env(self) -> Any:
        """Not available: there is no WSGI environment. Reading it raises AttributeError."""
        raise AttributeError('an ASGI request has no WSGI environment, expected req.scope')

    # Headers.

    @cached_attribute
    def _raw_headers(self) -> dict[bytes, bytes]:
        """The headers by lowercase name, one value for each.

        HTTP requests have them from the beginning. Connections that wait would keep them for nothing.
        """
        return scopes.headers_by_name(self.scope['headers'])

    @cached_attribute
    def headers_lower(self) -> dict[str, str]:
        """The headers by lowercase name."""
        return {name.decode('latin-1'): value.decode('latin-1') for name, value in self._raw_headers.items()}

    @property
    def headers(self) -> dict[str, str]:
        """The same as `headers_lower`."""
        return self.headers_lower

    get_header = request_headers.get_header
    get_header_as_int = request_headers.get_header_as_int
    get_header_as_datetime = request_headers.get_header_as_datetime

    # None of these distinguishes a header that is missing from one that is empty.
    auth: str | None = header_attribute('Authorization', 'The Authorization header, or None.')
    expect: str | None = header_attribute('Expect', 'The Expect header, or None.')
    if_range: str | None = header_attribute('If-Range', 'The If-Range header, or None.')
    last_event_id: str | None = header_attribute(
        'Last-Event-ID', 'The id of the last event that an EventSource got before it reconnected, or None.'
    )
    referer: str | None = header_attribute('Referer', 'The Referer header, or None.')
    user_agent: str | None = header_attribute('User-Agent', 'The User-Agent header, or None.')

    if_match = parsed_header_attribute('If-Match', parse_etags, 'The entity tags of If-Match, `["*"]`, or None.')
    if_none_match = parsed_header_attribute(
        'If-None-Match', parse_etags, 'The entity tags of If-None-Match, `["*"]`, or None.'
    )
    range = parsed_header_attribute(
        'Range',
        parse_range,
        'The first and last offset of the one range in Range, or None; `(5, -1)` is all from 5, `(-5, -1)` the last 5.',
    )
    range_unit = parsed_header_attribute('Range', parse_range_unit, 'The unit of the Range header, or None.')

    @property
    def content_type(self) -> str | None:
        """The Content-Type header, or None."""
        value = self._raw_headers.get(b'content-type')
        return None if value is None else value.decode('latin-1')

    @property
    def date(self) -> datetime | None:
        """The Date header, or None."""
        return self.get_header_as_datetime('Date')

    @property
    def if_modified_since(self) -> datetime | None:
        """The If-Modified-Since header, or None."""
        return self.get_header_as_datetime('If-Modified-Since')

    @property
    def if_unmodified_since(self) -> datetime | None:
        """The If-Unmodified-Since header, or None."""
        return self.get_header_as_datetime('If-Unmodified-Since')

    @cached_attribute
    def content_length(self) -> int | None:
        """The Content-Length header in bytes, or None.

        Reading it raises HTTPInvalidHeader if it is not a row of up to 19 digits, or was sent with several values (RFC
        9110, section 8.6).
        """
        value = self._raw_headers.get(b'content-length')
        if value is None:
            return None
        if not value.isdigit() or len(value) > 19:
            kind = 'a positive number' if value[:1] == b'-' and value[1:].isdigit() else 'a number'
            raise HTTPInvalidHeader(f'The value of the header must be {kind}.', 'Content-Length')
        return int(value)

    @cached_attribute
    def _cookies(self) -> dict[str, list[str]]:
        header = self.get_header('Cookie') or ''
        check_header_params('Cookie', header, self.options.max_cookies, ';')
        return parse_cookies(header)

    @cached_attribute
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of several with the same name, the first."""
        return {name: values[0] for name, values in self._cookies.items()}

    def get_cookie_values(self, name: str) -> list[str] | None:
        """Return all values of a cookie in the order in which they were sent, or None if there is none."""
        return self._cookies.get(name)

    # What the client wants back.

    @property
    def accept(self) -> str:
        """The Accept header, `*/*` without one."""
        return self.get_header('Accept') or '*/*'

    @property
    def client_accepts_json(self) -> bool:
        """Whether the client accepts JSON."""
        return self.client_accepts(MEDIA_JSON)

    @property
    def client_accepts_msgpack(self) -> bool:
        """Whether the client accepts MessagePack, under its own name or the one with `x-`."""
        return self.client_accepts(MEDIA_MSGPACK) or self.client_accepts('application/x-msgpack')

    @property
    def client_accepts_xml(self) -> bool:
        """Whether the client accepts XML."""
        return self.client_accepts(MEDIA_XML)

    def client_accepts(self, media_type: str) -> bool:
        """Return whether the client accepts a media type (RFC 9110, section 12.5.1); False if Accept is malformed.

        Raises:
            HTTPRequestHeaderFieldsTooLarge: Accept has more than `req_options.max_header_params` parts.
        """
        try:
            return quality(media_type, self._counted_accept()) > 0.0
        except ValueError:
            return False

    def _counted_accept(self) -> str:
        accept = self.accept
        check_header_params('Accept', accept, self.options.max_header_params)
        return accept

    def client_prefers(self, media_types: Iterable[str]) -> str | None:
        """Return the one of several media types that the client wants most, or None if it accepts none of them.

        Of equally welcome ones, the first. A malformed Accept header accepts none.

        Raises:
            HTTPRequestHeaderFieldsTooLarge: Accept has more than `req_options.max_header_params` parts.
        """
        try:
            return best_match(media_types, self._counted_accept()) or None
        except ValueError:
            return None

    # Where the request was sent to.

    netloc = cached_attribute(request_uri.netloc)
    _host_and_port = cached_attribute(request_uri.host_and_port)
    subdomain = cached_attribute(request_uri.subdomain)
    relative_uri = cached_attribute(request_uri.relative_uri)
    remote_addr = cached_attribute(request_uri.remote_addr)
    access_route = cached_attribute(request_uri.access_route)
    forwarded = cached_attribute(request_uri.forwarded)
    forwarded_host = cached_attribute(request_uri.forwarded_host)
    forwarded_scheme = cached_attribute(request_uri.forwarded_scheme)

    @property
    def scheme(self) -> str:
        """The scheme of the connection: `http` or `https`, of a WebSocket `ws` or `wss`."""
        return self.scope.get('scheme') or ('ws' if self.is_websocket else 'http')

    @property
    def root_path(self) -> str:
        """The beginning of the path at which the application is mounted, without a slash at its end."""
        return request_uri.root_path(self.scope)

    @property
    def app(self) -> str:
        """The same as `root_path`."""
        return self.root_path

    @property
    def host(self) -> str:
        """The name or address of the host, without the port.

        Reading it raises HTTPInvalidHeader if the Host header is malformed.
        """
        return self._host_and_port[0]

    @property
    def port(self) -> int:
        """The port, the scheme's default if none is named.

        Reading it raises HTTPInvalidHeader if the Host header is malformed.
        """
        return self._host_and_port[1]

    @property
    def prefix(self) -> str:
        """The beginning of the URI up to the root path."""
        return f'{self.scheme}://{self.netloc}{self.root_path}'

    @property
    def uri(self) -> str:
        """The whole URI."""
        return f'{self.scheme}://{self.netloc}{self.relative_uri}'

    @property
    def url(self) -> str:
        """The same as `uri`."""
        return self.uri

    @property
    def forwarded_prefix(self) -> str:
        """The beginning of the URI up to the root path, as the client wrote it."""
        return f'{self.forwarded_scheme}://{self.forwarded_host}{self.root_path}'

    @property
    def forwarded_uri(self) -> str:
        """The whole URI, as the client wrote it."""
        return f'{self.forwarded_scheme}://{self.forwarded_host}{self.relative_uri}'

    # The query string.

    @cached_attribute
    def query_string(self) -> str:
        """The query string, without the question mark and still percent-encoded."""
        return scopes.query_string(self.scope)

    @cached_attribute
    def params(self) -> dict[str, str | list[str]]:
        """The query parameters by name: a list of those that occur several times, a string of the others."""
        if not self.scope.get('query_string'):
            return {}
        return parse_query_string(
            self.query_string,
            keep_blank=self.options.keep_blank_qs_values,
            csv=self.options.auto_parse_qs_csv,
            max_params=self.options.max_query_params,
        )

    # The body.

    @property
    def stream(self) -> BoundedStream:
        """The body, to be read as it arrives.

        Middleware may assign another one, a `BoundedStream` of another `receive`: what decodes bodies reads them in
        several ways, so that a subclass which overrides `read` alone changes what only some of them see.

        Reading `media` leaves all of it to be read here. Reading this raises HTTPInvalidHeader if Content-Length is
        malformed, and UnsupportedError if the scope has no body, as that of a WebSocket.
        """
        if self._stream is None:
            ends_at_length = self.scope.get('http_version', '1') < '2'
            self._stream = BoundedStream(
                self._body_events(), self._first_event, self.content_length, ends_at_length=ends_at_length
            )
        return self._stream

    @stream.setter
    def stream(self, stream: BoundedStream) -> None:
        self._stream = stream

    @property
    def bounded_stream(self) -> BoundedStream:
        """The same as `stream`."""
        return self.stream

    def _body_events(self) -> Receive:
        if self._receive is None:
            raise UnsupportedError(f'a scope of type {self.scope["type"]!r} has no request body')
        return self._receive

    def _body_at_hand(self) -> Any:
        """Return the body if all of it is there at once, as that of most requests, and UNSET otherwise.

        It can be read again: `stream`, which is not made for this, begins with the event that this receives.
        """
        length = self.content_length
        if (
            length is None
            or length > self.options.max_media_size
            or self._first_event is not None
            or self._stream is not None
            or not self._reads_receive
        ):
            return UNSET
        event = self._first_event = begin_arrival(self._receive or self._body_events())
        if type(event) is Arrival or event['type'] != 'http.request' or event.get('more_body', False):
            return UNSET
        body = event.get('body', b'')
        return body if len(body) <= length else UNSET

    def _request_media(self) -> RequestMedia:
        if self._media is None:
            self._body_events()
            self._media = RequestMedia()
        return self._media

    @property
    def media(self) -> Any:
        """The body as an object, decoded by the media handler of its Content-Type.

        In a responder this is the object itself: the body was read just before, up to `req_options.max_media_size`.
        Before that, in middleware, and always if `req_options.prefetch_media` is False, it is something to await, which
        raises OperationNotAllowed if it is used in another way. A multipart form is both: the form itself, and to be
        awaited.

        Reading it raises, each time the same error: MediaNotFoundError (400) if the body is empty, MediaMalformedError
        (400), HTTPUnsupportedMediaType (415), HTTPContentTooLarge (413) if the body is larger than that size, in which
        case `stream` still has all of it; or whatever else the media handler raises. Without any media handler it
        raises MissingDistribution, and UnsupportedError if the scope has no body, as that of a WebSocket.
        """
        return self._request_media().value(self) if self.options.prefetch_media else UnreadMedia(self)

    @overload
    async def get_media(self, default_when_empty: Any = UNSET, *, type: None = None) -> Any: ...
    @overload
    async def get_media(self, *, type: type[_Kind]) -> _Kind: ...
    @overload
    async def get_media(self, default_when_empty: _Default, *, type: type[_Kind]) -> _Kind | _Default: ...
    @overload
    async def get_media(self, default_when_empty: Any = UNSET, *, type: TypeForm) -> Any: ...
    @overload
    async def get_media(self, *, type: FormOf[_Kind]) -> _Kind: ...
    @overload
    async def get_media(self, default_when_empty: _Default, *, type: FormOf[_Kind]) -> _Kind | _Default: ...

    async def get_media(self, default_when_empty: Any = UNSET, *, type: Any = None) -> Any:
        """Return the body as an object, the same each time; see `media`.

        With a type, the body is decoded and checked in one pass, whether or not `media` was read before and whatever it
        is. The types are those of the media handler; falcon-media's know Structs, dataclasses, TypedDicts, attrs
        classes, and all that can be built of these and of Python's own, such as `list[int]`.

        Calls may not overlap. One that is cancelled may be repeated, unless it was a handler that reads the stream by
        itself that was interrupted.

        Args:
            default_when_empty: What to return for an empty body, instead of raising MediaNotFoundError.
            type: What the body is to be decoded into; None for plain dicts, lists and the like.

        Raises:
            ClientDisconnected: The client left before the whole body had arrived.
            HTTPError: As for `media`.
            HTTPUnsupportedMediaType: The body is a multipart form, and `type` is given.
            MediaMismatchError: The body is not of the type (422); the error has the path to the place.
            MissingDistribution: As for `media`.
            UnsupportedError: As for `media`; or the media handler has no `deserialize_as`, and `type` is given.
        """
        media = self._media or self._request_media()
        if type is not None:
            return await media.get_as(self, type, default_when_empty)
        if media.is_at_hand and default_when_empty is UNSET:
            return media.value(self)
        return await media.get(self, default_when_empty)

    async def wait_disconnect(self, *, patience_s: float | None = None) -> None:
        """Return when the client has left. The body that arrives in the meantime can still be read.

        May be called by several tasks at a time, and beside one that reads the body; a call may be cancelled. A client
        that sends more of a body than is read ahead (`falcon_asgi.body_stream.MAX_AHEAD`) is not seen to leave before
        some of it is read.

        Args:
            patience_s: For how many seconds that may last before what arrives further of the body is dropped, which it
                then raises OperationNotAllowed to read; None drops nothing.

        Raises:
            HTTPInvalidHeader: Content-Length is malformed.
            UnsupportedError: The scope has no body, as that of a WebSocket.
        """
        await self.stream.wait_disconnect(patience_s=patience_s)

    get_param = request_params.get_param
    get_param_as_bool = request_params.get_param_as_bool
    get_param_as_date = request_params.get_param_as_date
    get_param_as_datetime = request_params.get_param_as_datetime
    get_param_as_dict = request_structured_params.get_param_as_dict
    get_param_as_float = request_params.get_param_as_float
    get_param_as_int = request_params.get_param_as_int
    get_param_as_json = request_structured_params.get_param_as_json
    get_param_as_list = request_structured_params.get_param_as_list
    get_param_as_media = request_structured_params.get_param_as_media
    get_param_as_uuid = request_params.get_param_as_uuid
    get_query_string_as_media = request_structured_params.get_query_string_as_media
    has_param = request_params.has_param
