"""The files of a directory that a name which a client sent may stand for, and opening them.

What a name may be is decided before the disk is touched: components that lead upwards or nowhere, and characters and
names that some file system gives a meaning to, are refused. What it then turns out to name, links followed, has to be a
regular file below the directory; nothing else is opened.
"""

import os
import re
import stat
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from falcon_core.etags import ETag

__all__ = ['OpenFile', 'is_acceptable_name', 'open_below', 'open_regular']

# Control characters; the backslash and the colon, which are separators on some systems (a colon also names a stream of
# a file); surrogates, which stand for bytes that are no text.
_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f\\:\ud800-\udfff]')
# What POSIX systems take; following the links of a longer one, component by component, would be work for nothing.
_MAX_NAME_CHARACTERS = 4096
# On Windows these are devices, in every directory and with any extension; elsewhere they are names like all others.
_DEVICE = re.compile(r'(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\xb9\xb2\xb3]) *(\..*)?', re.IGNORECASE)
_HAS_DEVICES = os.name == 'nt'


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file that is open for reading, and what was known of it then.

    Attributes:
        file: The file.
        name: Its name, without the directories.
        size: Its size in bytes.
        modified: When it was changed last, to the second.
        etag: A strong validator: the time of the change, as exactly as the system has it, and the size.
    """

    file: BinaryIO
    name: str
    size: int
    modified: datetime
    etag: ETag

    @property
    def suffix(self) -> str:
        """The extension of the name with its dot, in lowercase; empty if there is none."""
        return os.path.splitext(self.name)[1].lower()


def is_acceptable_name(name: str) -> bool:
    """Return whether a name, with slashes between its components, may be looked for below a directory at all."""
    if len(name) > _MAX_NAME_CHARACTERS or _REFUSED.search(name):
        return False
    return not any(
        part in ('', '.', '..') or part[-1] in ' .' or (_HAS_DEVICES and _DEVICE.fullmatch(part))
        for part in name.split('/')
    )


def open_below(directory: str, name: str) -> OpenFile | None:
    """Return a regular file below a directory, opened.

    Args:
        directory: The absolute path of the directory; where it is a link, it is followed anew each time.
        name: The name of the file, with slashes between its components.

    Returns:
        The file; None if the name is not acceptable, if it leads out of the directory or to nothing, or if it cannot be
        read.
    """
    if not is_acceptable_name(name):
        return None
    root = os.path.realpath(directory)
    path = os.path.realpath(os.path.join(root, *name.split('/')))
    # Compared with the separator at its end, so that `/data-secret` is not below `/data`.
    return open_regular(path, name) if path.startswith(os.path.join(root, '')) else None


def open_regular(path: str, name: str) -> OpenFile | None:
    """Return a file, opened, under the last component of a name; None if it is not regular or cannot be read."""
    try:
        # Looked at first, because to open a pipe or a device may do something; and again, in case it was replaced.
        if not stat.S_ISREG(os.stat(path).st_mode):
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
    return OpenFile(file, name.rpartition('/')[2], status.st_size, modified, etag)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, 'O_NONBLOCK', 0))
