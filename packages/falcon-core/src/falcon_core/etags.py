"""Entity tags (RFC 9110, section 8.8.3)."""

import re
from typing import Final, Literal, Self

from falcon_core.header_values import WHITESPACE

__all__ = ['ETag', 'parse_etags']

# What stands between two commas, unless these are within quotes; a quote that is never closed runs to the end. Each
# alternative begins with a character that the other does not, and gives nothing back: linear in the text.
_ELEMENT = re.compile(r'(?:[^",]++|"[^"]*+(?:"|\Z))++')

_ANY: Final = '*'


class ETag(str):
    """An entity tag without its quotes; a string that knows whether it is weak.

    Attributes:
        is_weak (bool): True if the tag says that two representations mean the same, not that they are the same.
    """

    is_weak: bool = False

    def strong_compare(self, other: 'ETag') -> bool:
        """Return whether both tags are the same and neither is weak (RFC 9110, section 8.8.3.2)."""
        return self == other and not (self.is_weak or other.is_weak)

    def dumps(self) -> str:
        """Return the tag as a header holds it, such as `W/"abc"`."""
        return f'W/"{self}"' if self.is_weak else f'"{self}"'

    @classmethod
    def loads(cls, etag_str: str) -> Self:
        """Return the tag that a header holds.

        Args:
            etag_str: Such as `"abc"` or `W/"abc"`; quotes that are missing are not missed.
        """
        is_weak = etag_str.startswith(('W/', 'w/'))
        text = etag_str[2:] if is_weak else etag_str
        tag = cls(text[1:-1] if text.startswith('"') and text.endswith('"') else text)
        tag.is_weak = is_weak
        return tag


def parse_etags(header: str) -> list[ETag | Literal['*']] | None:
    """Return the tags of an If-Match or If-None-Match header (RFC 9110, sections 13.1.1 and 13.1.2).

    A condition is not passed over because its tags lack their quotes: whatever stands between commas is a tag.

    Args:
        header: Such as `"abc", W/"def"`.

    Returns:
        The tags in their order, `['*']` for the header `*`, or None if there is none.
    """
    texts = [stripped for text in _ELEMENT.findall(header) if (stripped := text.strip(WHITESPACE))]
    if texts == [_ANY]:
        return [_ANY]
    return [ETag.loads(text) for text in texts if text != _ANY] or None
