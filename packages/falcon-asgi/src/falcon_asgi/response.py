"""The response of an HTTP exchange."""

import http
import warnings
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from falcon_asgi import response_headers
from falcon_asgi._cached import cached_attribute
from falcon_asgi.background import Callback
from falcon_asgi.response_body import awaited_body, rendered
from falcon_core.context import Context
from falcon_core.cookies import format_cookie, format_expired_cookie
from falcon_core.coroutines import is_coroutine_callable
from falcon_core.errors import HeaderNotSupported
from falcon_core.header_values import check_header_name, check_header_value
from falcon_core.http_status import http_status_to_code
from falcon_core.interfaces import AsyncReadableIO, ReadableIO
from falcon_core.links import format_link
from falcon_core.options import ResponseOptions
from falcon_core.parts import body_factory
from falcon_core.status_codes import HTTP_200

__all__ = ['Response']

# What separates the values of a header that has several in one line is a comma; Set-Cookie is the one header that
# needs a line for each (RFC 9110, section 5.3).
_SEPARATE_LINES = 'set-cookie'


class Response:
    """What is sent to the client: status, headers, and a body from one of several sources.

    The body is taken from the first of `sse`, `text`, `data`, `media` and `stream` that is not None. After these comes
    any other attribute that an entry point of the group `falcon.bodies` is named for.

    Args:
        options: How to make the response; the defaults if None.

    Attributes:
        options (ResponseOptions): See above.
        status (str | int | http.HTTPStatus): The status, such as `'201 Created'`, `201` or `http.HTTPStatus.CREATED`.
        text (str | None): The body as text, sent in UTF-8.
        data (bytes | None): The body as bytes.
        media (Any): An object that the media handler of the Content-Type turns into the body.
        stream (AsyncIterable[bytes] | AsyncReadableIO | ReadableIO | None): The body in pieces, produced while it is
            sent. A file-like object is read and closed; a synchronous one in a thread. When the client leaves, what is
            produced is stopped and its `finally` runs.
        complete (bool): True, set in middleware, ends the processing: no more request hooks, no responder.
    """

    context_type: ClassVar[type] = Context

    options: ResponseOptions

    status: str | int | http.HTTPStatus = HTTP_200
    text: str | None = None
    data: bytes | None = None
    media: Any = None
    stream: AsyncIterable[bytes] | AsyncReadableIO | ReadableIO | None = None
    complete: bool = False

    # Names with an underscore are read by the other modules of this distribution: subclasses may have any other name.
    _headers: dict[str, str]  # by lowercase name, without cookies
    _cookies: dict[object, str] | None = None  # the values of the Set-Cookie headers by what tells them apart
    _sse: Any = None
    _abandoned: list[Any] | None = None  # what was to be the body and was replaced, to be closed after the response
    _callbacks: list[Callback] | None = None  # what to call after the response

    def __init__(self, options: ResponseOptions | None = None) -> None:
        self.options = ResponseOptions() if options is None else options
        self._headers = {}

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

    async def render_body(self) -> bytes | None:
        """Return the body if it comes from `text`, `data` or `media`, otherwise None.

        A subclass may override it to make the body in a way of its own.

        Raises:
            MissingDistribution: `media` is set and there are no media handlers, because falcon-media is not installed.
            TypeError: `text` or `data` has another type.
            UnsupportedError: There is no media handler for the Content-Type.
        """
        return await awaited_body(rendered(self))

    # Headers.

    @property
    def headers(self) -> dict[str, str]:
        """The headers set so far, by lowercase name, without cookies; a copy."""
        return self._headers.copy()

    def get_header(self, name: str, default: str | None = None) -> str | None:
        """Return the value of a header that was set, or `default`.

        Raises:
            HeaderNotSupported: The header is Set-Cookie, of which there may be several.
        """
        return self._headers.get(_lowercase(name), default)

    def set_header(self, name: str, value: str) -> None:
        """Set a header, in place of what it was before.

        Args:
            name: The header's name, in any case.
            value: The value; anything else than a string is converted to one.

        Raises:
            HeaderNotSupported: The header is Set-Cookie; see `set_cookie` and `append_header`.
            ValueError: The name or value has characters that a header cannot have (RFC 9110, section 5).
        """
        self._headers[_settable_name(name)] = check_header_value(str(value))

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
            self._add_cookie(object(), value)
            return
        present = self._headers.get(name)
        self._headers[name] = value if present is None else f'{present}, {value}'

    def delete_header(self, name: str) -> None:
        """Remove a header, if it is set.

        Raises:
            HeaderNotSupported: The header is Set-Cookie; see `unset_cookie`.
        """
        self._headers.pop(_lowercase(name), None)

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
        """Set a cookie (RFC 6265, section 4.1), in place of one set before with the same name, domain and path.

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
        self._add_cookie(
            (name, domain or None, path or None),
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
            ),
        )

    def unset_cookie(
        self,
        name: str,
        domain: str | None = None,
        path: str | None = None,
        same_site: str | None = 'Lax',
        samesite: str | None = None,
    ) -> None:
        """Have the client forget a cookie; domain and path have to be those that it was set with.

        Args:
            name: The cookie's name.
            domain: The domain that it was set with, or None.
            path: The path that it was set with, or None.
            same_site: What it was set with; see `set_cookie`.
            samesite: The deprecated name of `same_site`, before which it goes.

        Raises:
            KeyError: The name is no token.
            ValueError: An argument cannot be in a cookie.
        """
        if samesite is not None:
            warnings.warn('received the deprecated argument samesite, expected same_site', DeprecationWarning, 2)
            same_site = samesite
        line = format_expired_cookie(name, domain=domain, path=path, same_site=same_site)
        self._add_cookie((name, domain or None, path or None), line)

    def _add_cookie(self, identity: object, line: str) -> None:
        """Add a Set-Cookie line, in place of one for the same cookie (RFC 6265, section 5.3)."""
        if self._cookies is None:
            self._cookies = {}
        # Taken out first, so that lines come in the order in which they were set last.
        self._cookies.pop(identity, None)
        self._cookies[identity] = line

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
        if self._callbacks is None:
            self._callbacks = []
        self._callbacks.append(callback)


def _lowercase(name: str) -> str:
    name = name.lower()
    if name == _SEPARATE_LINES:
        raise HeaderNotSupported('received Set-Cookie, expected the use of set_cookie, unset_cookie or append_header')
    return name


# Of the names that applications write, which are few; to check one and to lowercase it takes half of `set_header`.
@lru_cache(256)
def _settable_name(name: str) -> str:
    return _lowercase(check_header_name(name))
