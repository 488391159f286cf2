"""File names that come from clients, and those that are sent to them (RFC 6266, RFC 8187)."""

import os.path
import re
import unicodedata

from falcon_core.uri import encode_value

__all__ = ['format_content_disposition', 'secure_filename']

_UNSAFE = re.compile(r'[^A-Za-z0-9.\-]')

# RFC 6266, section 4.3 and appendix D: quotes, backslashes and percent signs in a quoted name are read in different
# ways, and what a client makes of a path is its own choice.
_PLAIN = re.compile(r'[\x20-\x7e]*')
_AMBIGUOUS = re.compile(r'["\\%/]')
_CONTROL = re.compile(r'[\x00-\x1f\x7f]')


def secure_filename(filename: str, max_length: int | None = None) -> str:
    """Return a name that is safe to store a file under: ASCII, without separators, not hidden.

    Characters lose their accents and other compatible forms (NFKD); what is then no letter, digit, dot or
    hyphen becomes an underscore, and so does a dot at the start. Two names may become one.

    Args:
        filename: The name, as a client sent it.
        max_length: The length to cut the name to, before its extension where that leaves room; None for any.

    Raises:
        ValueError: The name is empty, or `max_length` is less than 1.
    """
    if not filename:
        raise ValueError('received an empty file name, expected at least one character')
    if max_length is not None and max_length < 1:
        raise ValueError(f'received max_length {max_length}, expected at least 1')
    if not filename.isascii():
        # One character at a time: putting a long run of accents in order takes time quadratic in its length.
        filename = ''.join(unicodedata.normalize('NFKD', character) for character in filename)
    name = _UNSAFE.sub('_', filename)
    if name.startswith('.'):
        name = f'_{name[1:]}'
    return name if max_length is None else _shortened(name, max_length)


def _shortened(name: str, max_length: int) -> str:
    stem, extension = os.path.splitext(name)
    room = max_length - len(extension)
    return stem[:room] + extension if room > 0 else name[:max_length]


def format_content_disposition(filename: str, disposition: str = 'attachment') -> str:
    """Return the value of a Content-Disposition header that names a file.

    A name that all clients read alike is given as it is; any other is given in UTF-8 (`filename*`), with what
    `secure_filename` makes of it for clients that do not know that form.

    Args:
        filename: The name to suggest to the client.
        disposition: `attachment` to have it saved, `inline` to have it shown.

    Raises:
        ValueError: The name has a control character, such as CR or LF.
    """
    control = _CONTROL.search(filename)
    if control is not None:
        raise ValueError(f'received {control[0]!r} in a file name, expected no control character')
    if _PLAIN.fullmatch(filename) and not _AMBIGUOUS.search(filename):
        return f'{disposition}; filename="{filename}"'
    return f"{disposition}; filename={secure_filename(filename)}; filename*=UTF-8''{encode_value(filename)}"
