"""Splitting a header's value at a delimiter that may also occur within a quoted string (RFC 9110, section 5.6.4)."""

import re
from functools import cache

from falcon_core.header_values import WHITESPACE

__all__ = ['split_unquoted']


@cache
def _pieces(delimiter: str) -> re.Pattern[str]:
    # Each alternative begins with a character that the others do not, and gives nothing back: linear in the text.
    # A string whose quote is never closed runs to the end.
    return re.compile(rf'(?:[^"{delimiter}]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))++', re.DOTALL)


def split_unquoted(text: str, delimiter: str) -> list[str]:
    """Return the parts of `text` between the delimiters that are outside of any quoted string.

    Args:
        text: The text to split, such as `a="x, y", b`.
        delimiter: One character, `,` or `;`.

    Returns:
        The parts that are not empty, their surrounding white space removed.
    """
    parts = _pieces(delimiter).findall(text) if '"' in text else text.split(delimiter)
    return [stripped for part in parts if (stripped := part.strip(WHITESPACE))]
