"""The names in the Content-Disposition header of a body part (RFC 7578, section 4.2)."""

from functools import lru_cache
from urllib.parse import unquote_to_bytes

from falcon_core.http_errors import MultipartParseError
from falcon_core.media_types import parse_header
from falcon_media._charsets import decode_text

__all__ = ['parse_disposition']

# The fields of one form after another have the same names.
_MAX_KEPT = 256
_MAX_KEPT_CHARACTERS = 256


def parse_disposition(header: str) -> tuple[str | None, str | None]:
    """Return the name of the field and the name of the file, each None if there is none.

    Raises:
        MultipartParseError: The name of the file is not in the charset that it claims.
    """
    return (_kept if len(header) <= _MAX_KEPT_CHARACTERS else _parse)(header)


def _parse(header: str) -> tuple[str | None, str | None]:
    _, parameters = parse_header(header)
    filename = _extended(parameters.get('filename*', ''))
    if filename is None:
        filename = _unescaped(parameters.get('filename'))
    return _unescaped(parameters.get('name')), filename


_kept = lru_cache(_MAX_KEPT)(_parse)


def _unescaped(name: str | None) -> str | None:
    # Browsers write a quote so, and no other character but CR and LF (HTML Standard, "Multipart form data"). These
    # two stay escaped: nobody expects a line break in a name, and one could end up in a header.
    return None if name is None else name.replace('%22', '"')


def _extended(value: str) -> str | None:
    """Return the text of a value with charset, language and percent-encoding (RFC 8187, section 3.2), or None."""
    charset, _, rest = value.partition("'")
    _, quote, text = rest.partition("'")
    if not quote:
        return None
    try:
        return decode_text(unquote_to_bytes(text), charset)
    except ValueError as exc:
        raise MultipartParseError(description=f'The filename* of a body part cannot be decoded: {exc}.') from exc
