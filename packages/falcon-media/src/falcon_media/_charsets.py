"""Decoding text by a charset that a client named."""

from encodings import normalize_encoding
from encodings.aliases import aliases
from functools import lru_cache

__all__ = ['decode_text', 'is_charset']

# Asking Python for a codec by a name it does not know keeps that name for good, and some of the codecs it knows are
# no charsets of texts (punycode takes quadratic time, utf-7 makes lone surrogates), so that names are looked up here.
_CODECS = ({*aliases.values()} | {'cp874', 'koi8_u', 'utf_8_sig'}) - {'mbcs', 'utf_7'}
_CODECS -= {codec for codec in _CODECS if codec.endswith('_codec') or codec == 'rot_13'}


# Of more characters than any charset's name, none is looked up, so that the cache stays small.
_MAX_NAME = 64


@lru_cache(256)
def _known_codec(charset: str) -> str | None:
    name = normalize_encoding(charset).lower()
    codec = aliases.get(name, name)
    return codec if codec in _CODECS else None


def _codec(charset: str) -> str | None:
    return _known_codec(charset) if len(charset) <= _MAX_NAME else None


def is_charset(charset: str) -> bool:
    """Return whether `decode_text` knows a charset."""
    return _codec(charset) is not None


def decode_text(data: bytes, charset: str) -> str:
    """Return the text that `data` is in a charset.

    Raises:
        ValueError: The charset is unknown, or the data is not of it.
    """
    codec = _codec(charset)
    if codec is None:
        raise ValueError(f'received charset {charset[:64]!r}, expected a known one')
    return data.decode(codec)
