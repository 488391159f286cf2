"""Static routes: files of a directory, served as they are.

Which file a path stands for is the matter of `falcon_asgi.directory_files`, what of it is sent that of
`falcon_asgi.file_conditions`. All work on the disk is done in threads: one call finds the file, opens it and, unless it
is large, reads it.
"""

import asyncio
import os
from contextvars import copy_context
from pathlib import Path
from typing import Any

from falcon_asgi.directory_files import OpenFile, is_acceptable_name, open_below, open_regular
from falcon_asgi.file_chunks import CHUNK_BYTES, FileChunks
from falcon_asgi.file_conditions import is_another, is_unchanged, wanted_range
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.http_errors import (
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPPreconditionFailed,
    HTTPRangeNotSatisfiable,
)
from falcon_core.ranges import resolve_range
from falcon_core.redirects import HTTPTemporaryRedirect
from falcon_core.status_codes import HTTP_206, HTTP_304
from falcon_core.uri import encode_check_escaped, encode_value

__all__ = ['StaticRoute']

_METHODS = ('GET', 'HEAD')


class StaticRoute:
    """Serves the files of a directory under a prefix of the path.

    Args:
        prefix: The beginning of the paths to take; starts with a slash.
        directory: The absolute path of the directory.
        downloadable: True has browsers save the files under their names.
        fallback_filename: A file to serve where there is none: an absolute path, or one relative to the directory.
            None answers with 404, and so is a name in any case that no file can have, such as one with `..`.
        index: The name of the file that a path stands for which names a directory, such as `index.html`; a path
            without the slash at its end is redirected to the one with it, so that relative links work. None has
            directories not found.

    Raises:
        ValueError: The prefix has no slash at its start, the directory is not absolute, the fallback is no file, or the
            index is not the name of one.
    """

    def __init__(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        downloadable: bool = False,
        fallback_filename: str | None = None,
        *,
        index: str | None = None,
    ) -> None:
        if not prefix.startswith('/'):
            raise ValueError(f'received prefix {prefix!r}, expected it to start with "/"')
        if not Path(directory).is_absolute():
            raise ValueError(f'received directory {os.fspath(directory)!r}, expected an absolute path')
        if index is not None and ('/' in index or not is_acceptable_name(index)):
            raise ValueError(f'received index {index!r}, expected the name of a file without directories')
        self._directory = str(Path(directory))
        self._prefix = prefix if prefix.endswith('/') else f'{prefix}/'
        self._downloadable = downloadable
        self._index = index
        self._fallback: str | None = None
        if fallback_filename is not None:
            self._fallback = os.path.join(self._directory, fallback_filename)
            if not os.path.isfile(self._fallback):
                raise ValueError(f'received fallback_filename {fallback_filename!r}, expected the name of a file')

    @property
    def prefix(self) -> str:
        """The beginning of the paths, with a slash at its end."""
        return self._prefix

    @property
    def directory(self) -> str:
        """The path of the directory."""
        return self._directory

    @property
    def fallback_filename(self) -> str | None:
        """The path of the file that is served where there is none, if any."""
        return self._fallback

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the name of the file that a path asks for, as `file_name`; None if the path is not taken."""
        if path.startswith(self._prefix):
            return {'file_name': path[len(self._prefix) :]}
        answers_at_prefix = self._fallback is not None or self._index is not None
        return {'file_name': ''} if answers_at_prefix and path == self._prefix[:-1] else None

    async def serve(self, req: Request, resp: Response, file_name: str) -> None:
        """Answer with a file, with a part of it, or with its being unchanged.

        Conditions (RFC 9110, section 13) and a single range of bytes (section 14) are honoured. A Range header that is
        malformed or asks for several ranges is disregarded, as section 14.2 allows, and so is a date that is none.

        Args:
            req: The request.
            resp: The response.
            file_name: The name of the file, as `match` has found it in the path.

        Raises:
            HTTPMethodNotAllowed: The method is neither GET nor HEAD.
            HTTPNotFound: There is no such file, or it cannot be read.
            HTTPPreconditionFailed: The file is not the one that If-Match or If-Unmodified-Since tells of.
            HTTPRangeNotSatisfiable: The range begins past the end of the file.
            HTTPTemporaryRedirect: The path is that of a directory with an index and lacks the slash at its end.
        """
        if req.method == 'OPTIONS':
            resp.set_header('Allow', ', '.join(_METHODS))
            return
        if req.method not in _METHODS:
            raise HTTPMethodNotAllowed([*_METHODS, 'OPTIONS'])
        # Without the shield, a cancellation would leave a file open that the thread is about to open.
        loop = asyncio.get_running_loop()
        answered = loop.run_in_executor(None, copy_context().run, self._answer, req, resp, file_name)
        try:
            large = await asyncio.shield(answered)
        except asyncio.CancelledError:
            answered.add_done_callback(_close_result)
            raise
        if large is not None:
            found, length = large
            resp.set_stream(FileChunks(found.file, length), length)

    def _answer(self, req: Request, resp: Response, file_name: str) -> tuple[OpenFile, int] | None:
        """Set the response up; return the file that is still to be sent, if it is large, and how much of it."""
        found = self._open(req, file_name)
        if found is None:
            raise HTTPNotFound
        try:
            length = self._sent_length(req, resp, found)
            if length is not None and length > CHUNK_BYTES and req.method == 'GET':
                return found, length
            if length is not None:
                _set_content(req, resp, found, length)
        except BaseException:
            found.file.close()
            raise
        found.file.close()
        return None

    def _sent_length(self, req: Request, resp: Response, found: OpenFile) -> int | None:
        """Set the headers and go to where the content begins; return its length, None if there is none."""
        if is_another(req, found):
            raise HTTPPreconditionFailed
        resp.etag = found.etag
        resp.last_modified = found.modified
        if is_unchanged(req, found):
            resp.status = HTTP_304
            return None
        first, last = 0, found.size - 1
        wanted = wanted_range(req, found)
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
        return last - first + 1

    def _open(self, req: Request, file_name: str) -> OpenFile | None:
        found = open_below(self._directory, file_name)
        if found is None and self._index is not None:
            found = self._open_index(req, file_name, self._index)
        if found is None and self._fallback is not None and _may_be_missing(file_name):
            found = open_regular(self._fallback, os.path.basename(self._fallback))
        return found

    def _open_index(self, req: Request, file_name: str, index: str) -> OpenFile | None:
        found = open_below(self._directory, f'{file_name.removesuffix("/")}/{index}' if file_name else index)
        # Asked of the scope, because an option of requests takes the slash off their path.
        path: str = req.scope['path']
        if found is not None and not path.endswith('/'):
            found.file.close()
            # Relative, so that it holds under whatever path the application is mounted, and on this host alone.
            location = f'./{encode_value(path.rpartition("/")[2])}/'
            query = encode_check_escaped(req.query_string)
            raise HTTPTemporaryRedirect(f'{location}?{query}' if query else location)
        return found


def _may_be_missing(file_name: str) -> bool:
    """Return whether a name could be that of a file or directory; nothing else is met by the fallback."""
    return not file_name or is_acceptable_name(file_name.removesuffix('/'))


def _set_content(req: Request, resp: Response, found: OpenFile, length: int) -> None:
    if req.method == 'HEAD':
        resp.content_length = length
        return
    resp.data = found.file.read(length)
    if len(resp.data) < length:
        raise EOFError(f'received the end of {found.name!r}, expected {length - len(resp.data)} more bytes')


def _close_result(answered: 'asyncio.Future[tuple[OpenFile, int] | None]') -> None:
    if not answered.cancelled() and answered.exception() is None:
        large = answered.result()
        if large is not None:
            large[0].file.close()
