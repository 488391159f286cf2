"""What a request wants of a file: the file at all, a part of it, or to hear that it has not changed.

The order in which conditions count is that of RFC 9110, section 13.2.2.
"""

from datetime import datetime

from falcon_asgi.directory_files import OpenFile
from falcon_asgi.request import Request
from falcon_core.dates import http_date_to_dt
from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.ranges import parse_range, parse_range_unit

__all__ = ['is_another', 'is_unchanged', 'wanted_range']


def is_another(req: Request, found: OpenFile) -> bool:
    """Return whether the client wants another file than this (RFC 9110, sections 13.1.1 and 13.1.4)."""
    tags = req.if_match
    if tags is not None:
        return not any(tag == '*' or found.etag.strong_compare(tag) for tag in tags)
    since = _date(req, 'If-Unmodified-Since')
    return since is not None and found.modified > since


def is_unchanged(req: Request, found: OpenFile) -> bool:
    """Return whether the client has the file already (RFC 9110, sections 13.1.2 and 13.1.3)."""
    tags = req.if_none_match
    if tags is not None:
        return any(tag in ('*', found.etag) for tag in tags)
    since = _date(req, 'If-Modified-Since')
    return since is not None and found.modified <= since


def wanted_range(req: Request, found: OpenFile) -> tuple[int, int] | None:
    """Return the range of bytes to serve, as `parse_range` does; None for the whole file.

    A Range header that is malformed, has several ranges or comes with another method than GET is disregarded, as RFC
    9110, section 14.2, allows. So is one for an empty file, of which there is no part to give: clients that ask for a
    range of everything, to limit its size, are better served with nothing than with a refusal.
    """
    header = req.get_header('Range')
    if header is None or req.method != 'GET' or not found.size or not _may_be_partial(req, found):
        return None
    try:
        return parse_range(header) if parse_range_unit(header) == 'bytes' else None
    except HTTPInvalidHeader:
        return None


def _may_be_partial(req: Request, found: OpenFile) -> bool:
    """Return whether the part that the client has is of this same file (RFC 9110, section 13.1.5)."""
    condition = req.if_range
    if condition is None or condition == found.etag.dumps():
        return True
    try:
        return http_date_to_dt(condition, obs_date=True) == found.modified
    except ValueError:
        return False


def _date(req: Request, header: str) -> datetime | None:
    try:
        return req.get_header_as_datetime(header, obs_date=True)
    except HTTPInvalidHeader:
        return None
