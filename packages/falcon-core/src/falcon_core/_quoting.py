"""Quoted strings in the values of headers (RFC 9110, section 5.6.4)."""

import re
from collections.abc import Callable
from functools import cache

from falcon_core.header_values import WHITESPACE

__all__ = ['split_unquoted', 'unquoted']


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


def unquoted(text: str, escape: re.Pattern[str], meant: str | Callable[[re.Match[str]], str] = r'\1') -> str:
    """Return what a quoted string holds; other text comes back as it is.

    Args:
        text: Such as `"dark"`.
        escape: What stands for something else within the quotes; begins with a backslash.
        meant: What it stands for, as `re.sub` takes it.
    """
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    inner = text[1:-1]
    return escape.sub(meant, inner) if '\\' in inner else inner
