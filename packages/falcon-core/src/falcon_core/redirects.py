"""Exceptions that answer a request with a redirection (RFC 9110, section 15.4)."""

import re
from urllib.parse import quote

from falcon_core import status_codes
from falcon_core.header_values import ResponseHeaders, check_header_value, with_header
from falcon_core.http_status import HTTPStatus

__all__ = ['HTTPFound', 'HTTPMovedPermanently', 'HTTPPermanentRedirect', 'HTTPSeeOther', 'HTTPTemporaryRedirect']

_NOT_IN_A_URI = re.compile(r'[^\x21-\x7e]+')


class _Redirect(HTTPStatus):
    """Sends the client to another URI.

    Args:
        location: Where to send the client: a URI or a reference relative to the one requested. Spaces and
            characters outside ASCII are percent-encoded (RFC 3987, section 3.1); the rest stays as it is.
        headers: Further headers of the response: a mapping from name to value, a list of pairs, or None.

    Raises:
        ValueError: `location` has a control character, such as CR or LF.
    """

    def __init__(self, location: str, headers: ResponseHeaders | None = None) -> None:
        escaped = _NOT_IN_A_URI.sub(_escape, location)
        super().__init__(type(self).status, with_header(headers, 'location', escaped))
        # What copying and unpickling pass to the constructor.
        self.args = (location, headers)


def _escape(match: re.Match[str]) -> str:
    # Only the ASCII characters of the match can be controls; the others are about to be encoded.
    check_header_value(match[0].encode('ascii', 'ignore').decode())
    return quote(match[0], safe='')


class HTTPMovedPermanently(_Redirect):
    """301: the resource has a new URI for good; clients may turn POST into GET (RFC 9110, section 15.4.2)."""

    status = status_codes.HTTP_301


class HTTPFound(_Redirect):
    """302: the resource is elsewhere for now; clients may turn POST into GET (RFC 9110, section 15.4.3)."""

    status = status_codes.HTTP_302


class HTTPSeeOther(_Redirect):
    """303: the answer is at another URI, to be fetched with GET (RFC 9110, section 15.4.4)."""

    status = status_codes.HTTP_303


class HTTPTemporaryRedirect(_Redirect):
    """307: the resource is elsewhere for now; the method stays the same (RFC 9110, section 15.4.8)."""

    status = status_codes.HTTP_307


class HTTPPermanentRedirect(_Redirect):
    """308: the resource has a new URI for good; the method stays the same (RFC 9110, section 15.4.9)."""

    status = status_codes.HTTP_308
