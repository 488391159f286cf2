import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core._quoting import split_unquoted, unquoted


@pytest.mark.parametrize(
    ('text', 'parts'),
    [
        ('', []),
        (' , ,', []),
        ('a, b ,\tc', ['a', 'b', 'c']),
        ('"a,b", c', ['"a,b"', 'c']),
        ('a="x, \\", y" z, c', ['a="x, \\", y" z', 'c']),
        ('"\\\\", b', ['"\\\\"', 'b']),
        ('a, "b, c', ['a', '"b, c']),
        ('a, "b, c\\', ['a', '"b, c\\']),
        ('a, "', ['a', '"']),
        ('"a""b,",c', ['"a""b,"', 'c']),
    ],
)
def test_only_unquoted_delimiters_split(text: str, parts: list[str]) -> None:
    """A delimiter within a quoted string is text, a backslash keeps a quote from ending it."""
    assert split_unquoted(text, ',') == parts


@given(st.text('ab ,;"\\\t\n', max_size=40), st.sampled_from(',;'))
def test_nothing_but_delimiters_and_space_is_lost(text: str, delimiter: str) -> None:
    """The parts hold every other character, in the order of the text."""
    dropped = str.maketrans('', '', f'{delimiter} \t')
    assert ''.join(split_unquoted(text, delimiter)).translate(dropped) == text.translate(dropped)


@given(st.lists(st.text('ab\\"=', max_size=8)))
def test_quoted_parts_come_back(values: list[str]) -> None:
    """Parts that are quoted strings are found again, whatever they hold."""
    parts = ['"' + value.replace('\\', '\\\\').replace('"', '\\"') + ',;"' for value in values]
    assert split_unquoted(' , '.join(parts), ',') == parts


@pytest.mark.parametrize(
    ('text', 'meaning'),
    [
        ('"a b"', 'a b'),
        ('"a\\nb"', 'aNb'),
        ('""', ''),
        ('a\\nb', 'a\\nb'),
        ('"', '"'),
        ('"a', '"a'),
        ('a"', 'a"'),
        ('', ''),
    ],
)
def test_quotes_come_off_where_both_are_there(text: str, meaning: str) -> None:
    """Within quotes, escapes mean what they are said to; other text is not looked into."""
    assert unquoted(text, re.compile(r'\\(.)'), lambda match: match[1].upper()) == meaning


def test_an_escape_means_its_first_group() -> None:
    """Unless something else is said, an escape stands for what its expression has as its first group."""
    assert unquoted(r'"a\"b"', re.compile(r'\\(.)')) == 'a"b'
