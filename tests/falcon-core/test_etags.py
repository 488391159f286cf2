import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.etags import ETag, parse_etags

OPAQUE = st.text(st.characters(min_codepoint=0x23, max_codepoint=0xFF), max_size=20)


def weak(text: str) -> ETag:
    tag = ETag(text)
    tag.is_weak = True
    return tag


def test_a_tag_is_a_string() -> None:
    """A tag is its text, strong unless it says otherwise."""
    assert ETag('abc') == 'abc'
    assert not ETag('abc').is_weak
    assert (ETag('abc').dumps(), weak('abc').dumps()) == ('"abc"', 'W/"abc"')


@pytest.mark.parametrize(
    ('text', 'value', 'is_weak'),
    [
        ('"abc"', 'abc', False),
        ('W/"abc"', 'abc', True),
        ('w/"abc"', 'abc', True),
        ('abc', 'abc', False),
        ('W/abc', 'abc', True),
        ('""', '', False),
        ('"', '', False),
        ('"abc', '"abc', False),
        ('abc"', 'abc"', False),
        ('', '', False),
    ],
)
def test_loads(text: str, value: str, is_weak: bool) -> None:
    """A tag loses its quotes and its mark of weakness; quotes that are missing are not missed."""
    tag = ETag.loads(text)
    assert (tag, tag.is_weak) == (value, is_weak)


def test_strong_comparison() -> None:
    """Only two strong tags of the same text are the same; == compares texts (RFC 9110, section 8.8.3.2)."""
    assert ETag('a').strong_compare(ETag('a'))
    assert not ETag('a').strong_compare(ETag('b'))
    assert not ETag('a').strong_compare(weak('a'))
    assert not weak('a').strong_compare(ETag('a'))
    assert not weak('a').strong_compare(weak('a'))
    assert weak('a') == ETag('a')


@pytest.mark.parametrize(
    ('header', 'tags'),
    [
        ('"a"', ['"a"']),
        ('"a", W/"b",w/"c"', ['"a"', 'W/"b"', 'W/"c"']),
        ('"a,b", "c d"', ['"a,b"', '"c d"']),
        ('"a",,"b"', ['"a"', '"b"']),
        ('"a", *', ['"a"']),
        ('""', ['""']),
        ('a', ['"a"']),
        ('W/a, b', ['W/"a"', '"b"']),
        ('"a\\", "b"', ['"a\\"', '"b"']),
        ('"*"', ['"*"']),
    ],
)
def test_parse_etags(header: str, tags: list[str]) -> None:
    """What stands between commas is a tag, in quotes or not; a backslash is none but itself."""
    assert [tag.dumps() for tag in parse_etags(header) or () if isinstance(tag, ETag)] == tags


@pytest.mark.parametrize('header', ['', ' ', ',', ', ,', '*, *'])
def test_no_tag(header: str) -> None:
    """A header that names nothing gives None."""
    assert parse_etags(header) is None


@pytest.mark.parametrize('header', ['*', ' * ', '*,'])
def test_any_tag(header: str) -> None:
    """An asterisk stands for every tag."""
    assert parse_etags(header) == ['*']


@given(st.lists(st.tuples(OPAQUE, st.booleans()), min_size=1, max_size=5))
def test_tags_come_back(pairs: list[tuple[str, bool]]) -> None:
    """Tags that were written into a header are read as themselves."""
    tags = [weak(text) if is_weak else ETag(text) for text, is_weak in pairs]
    read = parse_etags(', '.join(tag.dumps() for tag in tags))
    assert [(tag, getattr(tag, 'is_weak', None)) for tag in read or ()] == pairs


@given(st.text('Ww/"*, a\\', max_size=30))
def test_any_text_gives_tags_or_none(header: str) -> None:
    """Whatever a client sends, there are tags, the asterisk alone, or nothing; no tag is passed over."""
    tags = parse_etags(header)
    assert tags is None or tags == ['*'] or all(isinstance(tag, ETag) for tag in tags)
    if header.strip(', *'):
        assert tags
