"""What a scope says of a request, whatever a server hands on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.scopes import headers_by_name, query_string


class CountedBytes(bytes):
    """Bytes that count how many of them were joined to others."""

    added = 0

    def __add__(self, other: Any) -> Any:
        CountedBytes.added += len(self) + len(other)
        return CountedBytes(super().__add__(other))


def test_headers_may_be_any_iterable_of_pairs() -> None:
    """The scope's headers are an iterable of iterables (ASGI specification, "HTTP Connection Scope")."""
    assert headers_by_name(iter([(b'a', b'1'), (b'b', b'2'), (b'a', b'3')])) == {b'a': b'1,3', b'b': b'2'}
    pairs: Any = [[b'a', b'1'], [b'b', b'2']]
    assert headers_by_name(pairs) == {b'a': b'1', b'b': b'2'}
    assert headers_by_name(()) == {}


def test_many_values_are_joined_once() -> None:
    """However often a header is repeated, its values are copied a bounded number of times."""
    CountedBytes.added = 0
    joined = headers_by_name([(b'x-token', CountedBytes(b'abc'))] * 5000)
    assert len(joined[b'x-token']) == 5000 * 4 - 1
    assert CountedBytes.added == 0


names = st.sampled_from([b'accept', b'x-token', b'host', b'referer', b'cookie', b'content-length'])


@given(pairs=st.lists(st.tuples(names, st.binary(max_size=3)), max_size=8))
def test_no_value_is_lost_but_where_one_counts(pairs: list[tuple[bytes, bytes]]) -> None:
    """Each name that was sent is there once, with all its values in order, or with the last one."""
    found = headers_by_name(pairs)
    assert list(found) == list(dict(pairs))
    for name, value in found.items():
        values = [other for other_name, other in pairs if other_name == name]
        if name == b'referer' or (name == b'content-length' and len(set(values)) == 1):
            assert value == values[-1]
        else:
            assert value == (b'; ' if name == b'cookie' else b',').join(values)


@pytest.mark.parametrize(
    ('raw', 'text'),
    [
        (b'a=1', 'a=1'),
        (b'', ''),
        (None, ''),
        ('q=ü'.encode(), 'q=ü'),
        (b'q=\xff', 'q=\ufffd'),
        (b'q=%C3%BC', 'q=%C3%BC'),
    ],
)
def test_query_string_is_text_whatever_was_sent(raw: bytes | None, text: str) -> None:
    """The query string stays percent-encoded; what is not is read as UTF-8."""
    assert query_string({'query_string': raw}) == text


def test_scope_may_leave_out_the_query_string() -> None:
    """The key is optional (ASGI specification, "HTTP Connection Scope")."""
    assert query_string({}) == ''
