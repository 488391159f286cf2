"""The base of all HTTP errors, and how one is written into a response."""

import http
import json
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from falcon_core.constants import MEDIA_JSON
from falcon_core.errors import FalconError
from falcon_core.header_values import ResponseHeaders, check_headers
from falcon_core.http_status import code_to_http_status, http_status_to_code
from falcon_core.status_codes import HTTP_500
from falcon_core.uri import encode_check_escaped

if TYPE_CHECKING:
    from falcon_core.interfaces import MediaHandler

__all__ = ['ErrorOptions', 'FixedStatusError', 'HTTPError', 'TitledErrorOptions']

_DEFAULT_LINK_TEXT = 'Documentation related to this error'

# What XML 1.0, section 2.2, has no way to write, not even escaped.
_NOT_IN_XML = re.compile('[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


class ErrorOptions(TypedDict, total=False):
    """Keyword arguments that every HTTP error takes; `HTTPError` explains them."""

    headers: ResponseHeaders | None
    href: str | None
    href_text: str | None
    code: int | None


class TitledErrorOptions(ErrorOptions, total=False):
    """Keyword arguments of the errors that do not write their own title and description."""

    title: str | None
    description: str | None


class HTTPError(FalconError):
    """Ends a request with an error response; the base of all others.

    Args:
        status: The status, such as `'400 Bad Request'`, `400` or `http.HTTPStatus.BAD_REQUEST`.
        title: A short name of the error for people to read; None stands for the status line.
        description: What went wrong and what the client can do about it, or None.
        headers: Headers of the response: a mapping from name to value, a list of pairs, or None.
        href: The URI of a page about the error, or None; percent-encoded where it is not yet.
        href_text: What to call that page.
        code: A number that the application gives to this kind of error, or None.

    Attributes:
        status (str | int | http.HTTPStatus): See above.
        title (str): See above.
        description (str | None): See above.
        headers (Mapping[str, str] | list[tuple[str, str]] | None): See above.
        link (dict[str, str] | None): The page about the error: `text`, `href` and `rel` (RFC 8288).
        code (int | None): See above.

    Raises:
        ValueError: `status` is no status, or a header has characters that it cannot have (RFC 9110, section 5).
    """

    # What an instance has, the class has as well: for tools that look at classes, and for subclasses to fix.
    status: str | int | http.HTTPStatus = HTTP_500
    title: str = ''
    description: str | None = None
    headers: ResponseHeaders | None = None
    link: dict[str, str] | None = None
    code: int | None = None

    def __init__(
        self,
        status: str | int | http.HTTPStatus,
        *,
        title: str | None = None,
        description: str | None = None,
        headers: ResponseHeaders | None = None,
        href: str | None = None,
        href_text: str | None = None,
        code: int | None = None,
    ) -> None:
        status_line = code_to_http_status(status)
        self.status = status
        self.title = title or status_line
        self.description = description
        self.headers = None if headers is None else check_headers(headers)
        self.code = code
        if href:
            self.link = {'text': href_text or _DEFAULT_LINK_TEXT, 'href': encode_check_escaped(href), 'rel': 'help'}

    def __repr__(self) -> str:
        return f'<{type(self).__name__}: {self.status}>'

    __str__ = __repr__

    @property
    def status_code(self) -> int:
        """The number of the status."""
        return http_status_to_code(self.status)

    # The type is the caller's to choose, for a handler that keeps the order of keys, say.
    def to_dict(self, obj_type: type[Any] = dict) -> Any:
        """Return the error as a mapping: `title`, then `description`, `code` and `link` where there are any.

        Args:
            obj_type: The type of mapping, called without arguments.
        """
        members: Any = obj_type()
        members['title'] = self.title
        if self.description is not None:
            members['description'] = self.description
        if self.code is not None:
            members['code'] = self.code
        if self.link is not None:
            members['link'] = self.link
        return members

    def to_json(self, handler: 'MediaHandler | None' = None) -> bytes:
        """Return what `to_dict` returns as JSON in UTF-8.

        Args:
            handler: What writes the JSON; None for the standard library's encoder, without white space.
        """
        if handler is not None:
            return handler.serialize(self.to_dict(), MEDIA_JSON)
        # A description may quote a lone surrogate out of a client's JSON, which has no UTF-8 form.
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(',', ':')).encode('utf-8', 'replace')

    def to_xml(self) -> bytes:
        """Return what `to_dict` returns as XML in UTF-8, in an element `error`."""
        text = f'<?xml version="1.0" encoding="UTF-8"?><error>{_xml_elements(self.to_dict())}</error>'
        return text.encode()


class FixedStatusError(HTTPError):
    """The base of errors whose class names the status; takes the arguments of `HTTPError` but that one."""

    def __init__(self, **options: Unpack[TitledErrorOptions]) -> None:
        super().__init__(type(self).status, **options)


def _xml_elements(members: Mapping[str, Any]) -> str:
    return ''.join(f'<{name}>{_xml_content(value)}</{name}>' for name, value in members.items())


def _xml_content(value: Any) -> str:
    if isinstance(value, dict):
        return _xml_elements(value)
    return escape(_NOT_IN_XML.sub('\ufffd', str(value)), quote=False)
