import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.forwarded import Forwarded, parse_forwarded

VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255), min_size=1, max_size=12)


def quoted(value: str) -> str:
    escaped = value.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{escaped}"'


@pytest.mark.parametrize(
    ('header', 'hops'),
    [
        (
            'for=192.0.2.60;proto=http;by=203.0.113.43',
            [Forwarded(src='192.0.2.60', dest='203.0.113.43', scheme='http')],
        ),
        (
            'for=192.0.2.43, for=198.51.100.17;host=example.com',
            [Forwarded(src='192.0.2.43'), Forwarded(src='198.51.100.17', host='example.com')],
        ),
        ('For="[2001:db8:cafe::17]:4711"', [Forwarded(src='[2001:db8:cafe::17]:4711')]),
        ('for=unknown ; PROTO=HTTPS;host="a.b:80"', [Forwarded(src='unknown', host='a.b:80', scheme='https')]),
        ('for="a,b;c";host=d', [Forwarded(src='a,b;c', host='d')]),
        ('for="a\\"b"', [Forwarded(src='a"b')]),
        ('for=[::1]:80', [Forwarded(src='[::1]:80')]),
        ('for=a;for=b', [Forwarded(src='b')]),
        ('for=a,,for=b', [Forwarded(src='a'), Forwarded(src='b')]),
        ('secret=x', [Forwarded()]),
    ],
)
def test_what_proxies_tell(header: str, hops: list[Forwarded]) -> None:
    """Each element is a proxy's, nearest to the client first; names and schemes come in lowercase."""
    assert parse_forwarded(header) == hops


@pytest.mark.parametrize(
    'header', ['', ',', ';', 'for', 'for=', 'for = a', 'for="a', 'for=a b', 'for="a"b', '=a', 'é=a']
)
def test_malformed_pairs_are_passed_over(header: str) -> None:
    """A pair without a value, with space in it or without its closing quote is as good as none."""
    assert parse_forwarded(header) == []
    assert parse_forwarded(f'{header};for=x')[-1:] in ([Forwarded(src='x')], [])


def test_a_hop_starts_out_empty() -> None:
    """A Forwarded object has no attribute set, and takes no other."""
    hop = Forwarded()
    assert (hop.src, hop.dest, hop.host, hop.scheme) == (None, None, None, None)
    with pytest.raises(AttributeError):
        hop.colour = 'red'  # type: ignore[attr-defined]  # what must not work


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=4))
def test_quoted_values_come_back(values: list[tuple[str, str]]) -> None:
    """Whatever values are made of, quoted they come back."""
    header = ', '.join(f'for={quoted(src)};by={quoted(dest)}' for src, dest in values)
    assert parse_forwarded(header) == [Forwarded(src=src, dest=dest) for src, dest in values]


@given(st.text('for=by;,"\\ \t[]:\xe9', max_size=60))
def test_any_text_gives_a_list(header: str) -> None:
    """Nothing a client sends raises, and no value keeps its quotes."""
    for hop in parse_forwarded(header):
        assert hop.src is None or not (len(hop.src) > 1 and hop.src[0] == hop.src[-1] == '"' and '\\' not in header)
