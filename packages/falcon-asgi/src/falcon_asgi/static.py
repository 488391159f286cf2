"""Static routes: files of a directory, served as they are.

What a path may name is decided before the disk is touched: components that lead upwards or nowhere, and characters
that some file system gives a meaning to, are refused. What it then turns out to name, links followed, has to be a
regular file below the directory; nothing else is opened. All work on the disk is done in threads.
"""

import asyncio
import os
import re
import stat
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from falcon_asgi.file_chunks import FileChunks
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.dates import http_date_to_dt
from falcon_core.etags import ETag
from falcon_core.http_errors import (
    HTTPInvalidHeader,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPPreconditionFailed,
    HTTPRangeNotSatisfiable,
)
from falcon_core.ranges import parse_range, parse_range_unit, resolve_range
from falcon_core.status_codes import HTTP_206, HTTP_304

__all__ = ['StaticRoute']

# Control characters; the backslash and the colon, which are separators on some systems (a colon also names a stream of
# a file); surrogates, which stand for bytes that are no text.
_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f\\:\ud800-\udfff]')
# What POSIX systems take; following the links of a longer one, component by component, would be work for nothing.
_MAX_NAME_CHARACTERS = 4096
_METHODS = ('GET', 'HEAD')


class StaticRoute:
    """Serves the files of a directory under a prefix of the path.

    Args:
        prefix: The beginning of the paths to take; starts with a slash.
        directory: The absolute path of the directory.
        downloadable: True has browsers save the files under their names.
        fallback_filename: A file to serve where there is none: an absolute path, or one relative to the directory.
            None answers with 404.

    Raises:
        ValueError: The prefix has no slash at its start, the directory is not absolute, or the fallback is no file.
    """

    def __init__(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        downloadable: bool = False,
        fallback_filename: str | None = None,
    ) -> None:
        if not prefix.startswith('/'):
            raise ValueError(f'received prefix {prefix!r}, expected it to start with "/"')
        self._directory = Path(directory)
        if not self._directory.is_absolute():
            raise ValueError(f'received directory {os.fspath(directory)!r}, expected an absolute path')
        self._prefix = prefix if prefix.endswith('/') else f'{prefix}/'
        self._downloadable = downloadable
        self._fallback: Path | None = None
        if fallback_filename is not None:
            self._fallback = self._directory / fallback_filename
            if not self._fallback.is_file():
                raise ValueError(f'received fallback_filename {fallback_filename!r}, expected the name of a file')

    @property
    def prefix(self) -> str:
        """The beginning of the paths, with a slash at its end."""
        return self._prefix

    @property
    def directory(self) -> str:
        """The path of the directory."""
        return str(self._directory)

    @property
    def fallback_filename(self) -> str | None:
        """The path of the file that is served where there is none, if any."""
        return None if self._fallback is None else str(self._fallback)

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the name of the file that a path asks for, as `file_name`; None if the path is not taken."""
        if path.startswith(self._prefix):
            return {'file_name': path[len(self._prefix) :]}
        return {'file_name': ''} if self._fallback is not None and path == self._prefix[:-1] else None

    @property
    def serve(self) -> Callable[..., Awaitable[None]]:
        """The responder: answers with a file, with a part of it, or with its being unchanged.

        Conditions (RFC 9110, section 13) and a single range of bytes (section 14) are honoured. A Range header that is
        malformed or asks for several ranges is disregarded, as section 14.2 allows, and so is a date that is none.

        Raises:
            HTTPMethodNotAllowed: The method is neither GET nor HEAD.
            HTTPNotFound: There is no such file, or it cannot be read.
            HTTPPreconditionFailed: The file is not the one that If-Match or If-Unmodified-Since tells of.
            HTTPRangeNotSatisfiable: The range begins past the end of the file.
        """
        return self._serve

    async def _serve(self, req: Request, resp: Response, file_name: str) -> None:
        if req.method == 'OPTIONS':
            resp.set_header('Allow', ', '.join(_METHODS))
            return
        if req.method not in _METHODS:
            raise HTTPMethodNotAllowed([*_METHODS, 'OPTIONS'])
        found = await asyncio.to_thread(self._open, file_name)
        if found is None:
            raise HTTPNotFound
        try:
            self._answer(req, resp, found)
        except BaseException:
            found.file.close()
            raise

    def _answer(self, req: Request, resp: Response, found: '_OpenFile') -> None:
        if _is_another(req, found):
            raise HTTPPreconditionFailed
        resp.etag = found.etag
        resp.last_modified = found.modified
        if _is_unchanged(req, found):
            found.file.close()
            resp.status = HTTP_304
            return
        first, last = 0, found.size - 1
        wanted = _wanted_range(req, found)
        if wanted is not None:
            satisfied = resolve_range(wanted, found.size)
            if satisfied is None:
                raise HTTPRangeNotSatisfiable(found.size)
            first, last = satisfied
            resp.status = HTTP_206
            resp.content_range = (first, last, found.size)
            found.file.seek(first)
        resp.content_type = resp.options.static_media_types.get(found.suffix, 'application/octet-stream')
        resp.accept_ranges = 'bytes'
        if self._downloadable:
            resp.downloadable_as = found.name
        resp.set_stream(FileChunks(found.file, last - first + 1), last - first + 1)

    def _open(self, file_name: str) -> '_OpenFile | None':
        path = self._resolved(file_name)
        found = None if path is None else _open_regular(path, file_name)
        if found is None and self._fallback is not None:
            found = _open_regular(self._fallback, self._fallback.name)
        return found

    def _resolved(self, file_name: str) -> Path | None:
        components = file_name.split('/')
        if len(file_name) > _MAX_NAME_CHARACTERS or _REFUSED.search(file_name):
            return None
        if any(part in ('', '.', '..') or part[-1] in ' .' for part in components):
            return None
        try:
            root = self._directory.resolve()
            path = root.joinpath(*components).resolve()
        except (OSError, RuntimeError):  # a loop of links, or a name too long
            return None
        return path if path.is_relative_to(root) else None


@dataclass(frozen=True, slots=True)
class _OpenFile:
    """A regular file that is open for reading, and what was known of it then."""

    file: BinaryIO
    name: str
    size: int
    modified: datetime
    etag: ETag

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.name)[1].lower()


def _open_regular(path: Path, name: str) -> _OpenFile | None:
    """Return a file, opened, under the last component of a name; None if it is not regular or cannot be read."""
    try:
        # Looked at first, because to open a pipe or a device may do something; and again, in case it was replaced.
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        file = open(path, 'rb', opener=_open_at_once)  # noqa: SIM115 # closed after the response
    except OSError:
        return None
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        file.close()
        return None
    # A time to come is none that a server may tell of (RFC 9110, section 8.8.2.1).
    modified = datetime.fromtimestamp(int(min(max(status.st_mtime, 0), time.time())), UTC)
    etag = ETag(f'{status.st_mtime_ns:x}-{status.st_size:x}')
    return _OpenFile(file, name.rpartition('/')[2], status.st_size, modified, etag)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, 'O_NONBLOCK', 0))


def _is_another(req: Request, found: _OpenFile) -> bool:
    """Return whether the client wants another file than this (RFC 9110, sections 13.1.1 and 13.1.4)."""
    tags = req.if_match
    if tags is not None:
        return not any(tag == '*' or found.etag.strong_compare(tag) for tag in tags)
    since = _date(req, 'If-Unmodified-Since')
    return since is not None and found.modified > since


def _is_unchanged(req: Request, found: _OpenFile) -> bool:
    """Return whether the client has the file already (RFC 9110, sections 13.1.2 and 13.1.3)."""
    tags = req.if_none_match
    if tags is not None:
        return any(tag in ('*', found.etag) for tag in tags)
    since = _date(req, 'If-Modified-Since')
    return since is not None and found.modified <= since


def _date(req: Request, header: str) -> datetime | None:
    try:
        return req.get_header_as_datetime(header, obs_date=True)
    except HTTPInvalidHeader:
        return None


def _wanted_range(req: Request, found: _OpenFile) -> tuple[int, int] | None:
    header = req.get_header('Range')
    if header is None or req.method != 'GET' or not _may_be_partial(req, found):
        return None
    try:
        return parse_range(header) if parse_range_unit(header) == 'bytes' else None
    except HTTPInvalidHeader:
        return None


def _may_be_partial(req: Request, found: _OpenFile) -> bool:
    """Return whether the part that the client has is of this same file (RFC 9110, section 13.1.5)."""
    condition = req.if_range
    if condition is None or condition == found.etag.dumps():
        return True
    try:
        return http_date_to_dt(condition, obs_date=True) == found.modified
    except ValueError:
        return False
