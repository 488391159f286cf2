"""The status of a response: the exception that sets one, and conversion between its number and its line."""

import http
import re
from functools import lru_cache

from falcon_core import status_codes
from falcon_core.header_values import ResponseHeaders, check_headers

__all__ = ['HTTPStatus', 'code_to_http_status', 'http_status_to_code']

# An application uses a handful of statuses; the bound only keeps made-up phrases from piling up.
_CACHE_SIZE = 256

# RFC 9110, section 15: three digits. A phrase may follow.
_STATUS_LINE = re.compile(r'([1-9][0-9]{2})(?: [^\r\n]*)?')

_LINES: dict[int, str] = {
    int(name[5:]): getattr(status_codes, name) for name in status_codes.__all__ if name[5:].isdecimal()
}


class HTTPStatus(Exception):
    """Ends a request with the given status, headers and text; not an error in itself.

    Args:
        status: The status, such as `'200 OK'`, `200` or `http.HTTPStatus.OK`.
        headers: Headers to set on the response: a mapping from name to value, a list of pairs, or None.
        text: The response's text, or None to send none.

    Attributes:
        status (str | int | http.HTTPStatus): See above.
        headers (Mapping[str, str] | list[tuple[str, str]] | None): See above.
        text (str | None): See above.

    Raises:
        ValueError: A header has characters that it cannot have (RFC 9110, section 5).
    """

    # What an instance has, the class has as well: for tools that look at classes, and for subclasses to fix.
    status: str | int | http.HTTPStatus = status_codes.HTTP_200
    headers: ResponseHeaders | None = None
    text: str | None = None

    def __init__(
        self,
        status: str | int | http.HTTPStatus,
        headers: ResponseHeaders | None = None,
        text: str | None = None,
    ) -> None:
        super().__init__(status, headers, text)
        self.status = status
        self.headers = None if headers is None else check_headers(headers)
        self.text = text

    def __str__(self) -> str:
        return str(self.status)

    @property
    def status_code(self) -> int:
        """The number of the status; reading it raises ValueError if `status` is none."""
        return http_status_to_code(self.status)


# Keyed by type as well, because 200 and 200.0 are equal and only one of them is a status.
@lru_cache(maxsize=_CACHE_SIZE, typed=True)
def code_to_http_status(status: str | bytes | int | http.HTTPStatus) -> str:
    """Return the status line of a status, such as `'200 OK'`.

    Args:
        status: A number from 100 to 999, an `http.HTTPStatus`, or a string that begins with such a number.
            A string that already has a phrase comes back as it is.

    Raises:
        ValueError: `status` is none of these.
    """
    if isinstance(status, bytes):
        status = status.decode('latin-1')
    code = http_status_to_code(status)
    if isinstance(status, str) and len(status) > len('200'):
        return status
    return _LINES.get(code) or f'{code} Unknown'


@lru_cache(maxsize=_CACHE_SIZE, typed=True)
def http_status_to_code(status: str | bytes | int | http.HTTPStatus) -> int:
    """Return the number of a status, such as 200.

    Args:
        status: A number from 100 to 999, an `http.HTTPStatus`, or a string that begins with such a number.

    Raises:
        ValueError: `status` is none of these.
    """
    if isinstance(status, bytes):
        status = status.decode('latin-1')
    if isinstance(status, str):
        match = _STATUS_LINE.fullmatch(status)
        if match is not None:
            return int(match[1])
    elif isinstance(status, int) and 100 <= status <= 999:
        return int(status)
    raise ValueError(
        f'received {status!r}, expected an integer from 100 to 999, an http.HTTPStatus, or a string such as "200 OK"'
    )
