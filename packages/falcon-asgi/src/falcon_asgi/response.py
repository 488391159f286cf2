"""The response of an HTTP exchange."""

import http
import inspect
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from falcon_asgi import response_headers
from falcon_asgi._cached import cached_attribute
from falcon_asgi.background import Callback
from falcon_core.context import Context
from falcon_core.cookies import format_cookie, format_expired_cookie
from falcon_core.coroutines import is_coroutine_callable
from falcon_core.errors import HeaderNotSupported, UnsupportedError
from falcon_core.header_values import check_header_name, check_header_value
from falcon_core.http_status import http_status_to_code
from falcon_core.interfaces import AsyncReadableIO, ReadableIO
from falcon_core.links import format_link
from falcon_core.options import ResponseOptions
from falcon_core.parts import body_factory
from falcon_core.status_codes import HTTP_200

__all__ = ['Response', 'awaited_body']

# What separates the values of a header that has several in one line is a comma; Set-Cookie is the one header that
# needs a line for each (RFC 9110, section 5.3).
_SEPARATE_LINES = 'set-cookie'

# What is said in the headers of one body and cannot be said of another that takes its place.
_HEADERS_OF_ONE_BODY = ('content-encoding', 'content-length', 'content-range')


class Response:
    """What is sent to the client: status, headers, and a body from one of several sources.

    The body is taken from the first of `sse`, `text`, `data`, `media` and `stream` that is not None. After these comes
    any other attribute that an entry point of the group `falcon.bodies` is named for.

    Args:
        options: How to make the response; the defaults if None.

    Attributes:
        options (ResponseOptions): See above.
        headers_lower (dict[str, str]): The headers set so far, by lowercase name, without cookies.
        status (str | int | http.HTTPStatus): The status, such as `'201 Created'`, `201` or `http.HTTPStatus.CREATED`.
        text (str | None): The body as text, sent in UTF-8.
        data (bytes | None): The body as bytes.
        media (Any): An object that the media handler of the Content-Type turns into the body.
        stream (AsyncIterable[bytes] | AsyncReadableIO | ReadableIO | None): The body in pieces, produced while it is
            sent. A file-like object is read and closed; a synchronous one in a thread. When the client leaves, what is
            produced is stopped and its `finally` runs.
        complete (bool): True, set in middleware, ends the processing: no more request hooks, no responder.
        cookie_lines (list[str] | None): The values of the Set-Cookie headers.
        callbacks (list[Callback] | None): What to call after the response.
        abandoned (list[Any] | None): What was to be the body and was replaced, to be closed after the response.
    """

    context_type: ClassVar[type] = Context

    options: ResponseOptions

    status: str | int | http.HTTPStatus = HTTP_200
    text: str | None = None
    data: bytes | None = None
    media: Any = None
    stream: AsyncIterable[bytes] | AsyncReadableIO | ReadableIO | None = None
    complete: bool = False
    cookie_lines: list[str] | None = None
    callbacks: list[Callback] | None = None
    abandoned: list[Any] | None = None
    _sse: Any = None

    def __init__(self, options: ResponseOptions | None = None) -> None:
        self.options = ResponseOptions() if options is None else options
        self.headers_lower: dict[str, str] = {}

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: {self.status}>'

    @cached_attribute
    def context(self) -> Any:
        """An object for data of the application's own; made of `context_type`."""
        return self.context_type()

    @property
    def status_code(self) -> int:
        """The number of the status."""
        return http_status_to_code(self.status)

    @status_code.setter
    def status_code(self, code: int) -> None:
        self.status = code

    # The body.

    @property
    def sse(self) -> Any:
        """An asynchronous iterable of events, sent as Server-Sent Events (WHATWG HTML, section 9.2).

        Assigning raises MissingDistribution if falcon-sse is not installed.
        """
        return self._sse

    @sse.setter
    def sse(self, events: Any) -> None:
        if events is not None:
            body_factory('sse')
        self._sse = events

    @property
    def body(self) -> Any:
        """Not available: assigning or reading it raises AttributeError. What Falcon 2 had here is `text` now."""
        raise AttributeError('a response has no attribute body, expected text, data, media or stream')

    @body.setter
    def body(self, value: Any) -> None:
        raise AttributeError('a response has no attribute body, expected text, data, media or stream')

    def set_stream(self, stream: AsyncIterable[bytes] | AsyncReadableIO | ReadableIO, content_length: int) -> None:
        """Set `stream` and the size of the body, in bytes, that it produces."""
        self.stream = stream
        self.content_length = content_length

    def clear_body(self) -> None:
        """Forget the body, whatever its source, with its length, encoding and range; its type stays."""
        for name in list(self.sources()):
            self.abandon(name)
        self.text = self.data = self.media = None
        for header in _HEADERS_OF_ONE_BODY:
            self.headers_lower.pop(header, None)

    def abandon(self, name: str) -> None:
        """Forget what an attribute holds and have it closed after the response, without being sent."""
        self.abandoned = [*(self.abandoned or ()), getattr(self, name)]
        setattr(self, name, None)

    def sources(self) -> Iterator[str]:
        """Yield the attributes that are set and that a body is produced from while it is sent; the first one is."""
        if self._sse is not None:
            yield 'sse'
        if self.stream is not None:
            yield 'stream'
        # What is none of the attributes that every response has was put there by the application.
        for name, value in vars(self).items():
            if name not in _OWN_ATTRIBUTES and value is not None and _makes_body(name):
                yield name

    def rendered(self) -> bytes | Awaitable[bytes] | None:
        """Return the body if it comes from `text`, `data` or `media`.

        Returns:
            The body; something to await for it where the media handler is asynchronous (see `awaited_body`); None if
            there is no such body, or if `sse` goes before it.

        Raises:
            MissingDistribution: `media` is set and there are no media handlers, because falcon-media is not installed.
            TypeError: `text` or `data` has another type.
            UnsupportedError: There is no media handler for the Content-Type.
        """
        if self._sse is not None:
            return None
        if self.text is not None:
            return self.text.encode() if isinstance(self.text, str) else _bytes(self.text, 'text')
        if self.data is not None:
            return _bytes(self.data, 'data')
        return None if self.media is None else self._rendered_media()

    async def render_body(self) -> bytes | None:
        """Return the body if it comes from `text`, `data` or `media`, otherwise None; raises what `rendered` does.

        A subclass may override it to make the body in a way of its own.
        """
        return await awaited_body(self.rendered())

    def _rendered_media(self) -> bytes | Awaitable[bytes]:
        handlers, default = self.options.media_handlers, self.options.default_media_type
        content_type = self.headers_lower.get('content-type')
        found = handlers.find(content_type, default)
        if found is None:
            handlers.require_any('resp.media')
            raise UnsupportedError(
                f'no media handler for {content_type or default!r}, expected one of {", ".join(sorted(handlers))}'
            )
        if content_type is None:
            content_type = self.headers_lower['content-type'] = default
        if found.serialize is not None:
            return found.serialize(self.media, content_type)
        return found.handler.serialize_async(self.media, content_type)

    # Headers.

    @property
    def headers(self) -> dict[str, str]:
        """The headers set so far, by lowercase name, without cookies; a copy."""
        return self.headers_lower.copy()

    def get_header(self, name: str, default: str | None = None) -> str | None:
        """Return the value of a header that was set, or `default`.

        Raises:
            HeaderNotSupported: The header is Set-Cookie, of which there may be several.
        """
        return self.headers_lower.get(_checked_name(name), default)

    def set_header(self, name: str, value: str) -> None:
        """Set a header, in place of what it was before.

        Args:
            name: The header's name, in any case.
            value: The value; anything else than a string is converted to one.

        Raises:
            HeaderNotSupported: The header is Set-Cookie; see `set_cookie` and `append_header`.
            ValueError: The name or value has characters that a header cannot have (RFC 9110, section 5).
        """
        self.headers_lower[_checked_name(name)] = check_header_value(str(value))

    def set_headers(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        """Set several headers; see `set_header`."""
        for name, value in headers.items() if isinstance(headers, Mapping) else headers:
            self.set_header(name, value)

    def append_header(self, name: str, value: str) -> None:
        """Add a value to a header: after a comma if it has one, in a line of its own if it is Set-Cookie.

        Raises:
            ValueError: The name or value has characters that a header cannot have.
        """
        value = check_header_value(str(value))
        name = check_header_name(name).lower()
        if name == _SEPARATE_LINES:
            self._add_cookie_line(value)
            return
        present = self.headers_lower.get(name)
        self.headers_lower[name] = value if present is None else f'{present}, {value}'

    def delete_header(self, name: str) -> None:
        """Remove a header, if it is set.

        Raises:
            HeaderNotSupported: The header is Set-Cookie; see `unset_cookie`.
        """
        self.headers_lower.pop(_checked_name(name), None)

    accept_ranges = response_headers.accept_ranges
    cache_control = response_headers.cache_control
    content_length = response_headers.content_length
    content_location = response_headers.content_location
    content_range = response_headers.content_range
    content_type = response_headers.content_type
    downloadable_as = response_headers.downloadable_as
    etag = response_headers.etag
    expires = response_headers.expires
    last_modified = response_headers.last_modified
    location = response_headers.location
    retry_after = response_headers.retry_after
    vary = response_headers.vary
    viewable_as = response_headers.viewable_as

    def append_link(
        self,
        target: str,
        rel: str,
        title: str | None = None,
        title_star: tuple[str, str] | None = None,
        anchor: str | None = None,
        hreflang: str | Iterable[str] | None = None,
        type_hint: str | None = None,
        crossorigin: str | None = None,
        link_extension: Iterable[tuple[str, str]] | None = None,
    ) -> None:
        """Add a link to the Link header (RFC 8288).

        Args:
            target: The URI it leads to.
            rel: The relation, or several separated by spaces.
            title: What it leads to, for people to read, in ISO 8859-1.
            title_star: The same in any script: a pair of language tag and text.
            anchor: The URI it leads from, if not this one.
            hreflang: The language of the target, or several.
            type_hint: The media type of the target.
            crossorigin: `anonymous` or `use-credentials`, for preloading.
            link_extension: Further parameters, as pairs.

        Raises:
            ValueError: A value cannot be in a header.
        """
        link = format_link(
            target,
            rel,
            title=title,
            title_star=title_star,
            anchor=anchor,
            hreflang=hreflang,
            type_hint=type_hint,
            crossorigin=crossorigin,
            link_extension=link_extension,
        )
        self.append_header('Link', link)

    # Cookies.

    def set_cookie(
        self,
        name: str,
        value: str,
        expires: datetime | None = None,
        max_age: int | None = None,
        domain: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        http_only: bool = True,
        same_site: str | None = None,
        partitioned: bool = False,
    ) -> None:
        """Set a cookie (RFC 6265, section 4.1).

        Args:
            name: The cookie's name.
            value: Its value; quoted as needed.
            expires: When it ends; taken as UTC if it has no time zone. None for the end of the browser's session.
            max_age: After how many seconds it ends, whatever `expires` says.
            domain: The host that gets it back, with all its subdomains; None for just the one that set it.
            path: The path that gets it back, with all below it.
            secure: Whether it is sent over encrypted connections only; None for
                `resp_options.secure_cookies_by_default`.
            http_only: Whether scripts cannot read it.
            same_site: Whether it is sent with requests from other sites: `Lax`, `Strict` or `None`.
            partitioned: Whether it is kept apart for each site that embeds this one.

        Raises:
            KeyError: The name is no token.
            ValueError: An argument cannot be in a cookie.
        """
        secure = self.options.secure_cookies_by_default if secure is None else secure
        self._add_cookie_line(
            format_cookie(
                name,
                value,
                expires=expires,
                max_age=max_age,
                domain=domain,
                path=path,
                secure=secure,
                http_only=http_only,
                same_site=same_site,
                partitioned=partitioned,
            )
        )

    def unset_cookie(
        self, name: str, domain: str | None = None, path: str | None = None, same_site: str | None = 'Lax'
    ) -> None:
        """Have the client forget a cookie; domain and path have to be those that it was set with."""
        self._add_cookie_line(format_expired_cookie(name, domain=domain, path=path, same_site=same_site))

    def _add_cookie_line(self, line: str) -> None:
        if self.cookie_lines is None:
            self.cookie_lines = []
        self.cookie_lines.append(line)

    # What is to be done after the response.

    def schedule(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Have a coroutine function called after the response has been sent.

        It runs beside other requests; an exception from it is logged. The application waits for it before it shuts
        down.

        Raises:
            TypeError: `callback` is no coroutine function.
        """
        if not is_coroutine_callable(callback):
            raise TypeError(f'received {callback!r}, expected a coroutine function; see schedule_sync for others')
        self._add_callback(Callback(callback, is_async=True))

    def schedule_sync(self, callback: Callable[[], None]) -> None:
        """Have a function called, in a thread, after the response has been sent; see `schedule`.

        Raises:
            TypeError: `callback` is a coroutine function, which a thread would call to no effect.
        """
        if is_coroutine_callable(callback):
            raise TypeError(f'received the coroutine function {callback!r}, expected another; see schedule for those')
        self._add_callback(Callback(callback, is_async=False))

    def _add_callback(self, callback: Callback) -> None:
        if self.callbacks is None:
            self.callbacks = []
        self.callbacks.append(callback)


# `options` and `headers_lower` are set by the constructor, everything else has a default in the class.
_OWN_ATTRIBUTES = frozenset(dir(Response)) | {'options', 'headers_lower'}


async def awaited_body(body: Any) -> bytes | None:
    """Return the body that `Response.rendered` returned, after waiting for it where that has to be.

    Raises:
        TypeError: It is not bytes: a fault of the media handler, or of a subclass that makes bodies itself.
    """
    if inspect.isawaitable(body):
        body = await body
    return None if body is None else _bytes(body, 'rendered')


def _bytes(body: Any, attribute: str) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    raise TypeError(f'received a {type(body).__name__} as resp.{attribute}, expected bytes')


def _makes_body(attribute: str) -> bool:
    try:
        body_factory(attribute)
    except UnsupportedError:
        return False
    return True


def _checked_name(name: str) -> str:
    check_header_name(name)
    name = name.lower()
    if name == _SEPARATE_LINES:
        raise HeaderNotSupported('received Set-Cookie, expected the use of set_cookie, unset_cookie or append_header')
    return name
