import sys
from encodings import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_media._charsets import decode_text, is_charset


@pytest.mark.parametrize(
    ('charset', 'data'),
    [
        ('utf-8', b'\xc3\xa9'),
        ('UTF8', b'\xc3\xa9'),
        ('ISO-8859-1', b'\xe9'),
        ('windows-1252', b'\xe9'),
        ('utf-16', b'\xff\xfe\xe9\x00'),
        ('cp437', b'\x82'),
    ],
)
def test_decodes_by_any_name_of_a_charset(charset: str, data: bytes) -> None:
    """A charset is found by its aliases, in any case."""
    assert is_charset(charset)
    assert decode_text(data, charset) == 'é'


@pytest.mark.parametrize('charset', ['', 'nope', 'é', '\ud800', '../x', 'a' * 10_000])
def test_unknown_charset_raises_value_error(charset: str) -> None:
    """A name that is no charset's raises ValueError, in a message of bounded length."""
    assert not is_charset(charset)
    with pytest.raises(ValueError, match='expected a known one') as caught:
        decode_text(b'', charset)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    'codec', ['zlib', 'base64', 'hex', 'rot13', 'punycode', 'idna', 'unicode_escape', 'undefined', 'utf-7', 'mbcs']
)
def test_codecs_that_are_no_charsets_are_unknown(codec: str) -> None:
    """Codecs that compress, escape or run in quadratic time cannot be asked for."""
    assert not is_charset(codec)


def test_malformed_data_raises_value_error() -> None:
    """Data that is not of its charset raises ValueError."""
    with pytest.raises(ValueError, match='utf-8'):
        decode_text(b'\xff', 'utf-8')


@given(st.binary(), st.sampled_from(sorted({*aliases.aliases, *aliases.aliases.values()})))
def test_text_can_be_written_again(data: bytes, charset: str) -> None:
    """Whatever charset a client names, the text is one that UTF-8 can hold, or there is a ValueError."""
    try:
        text = decode_text(data, charset)
    except ValueError:
        return
    text.encode()


def test_unknown_names_attack_leaves_no_trace() -> None:
    """Names of charsets that clients make up are not kept, as Python's own search for codecs would keep them."""
    kept = sys.modules['encodings']._cache  # where that search keeps them
    before = len(kept)
    for number in range(100):
        assert not is_charset(f'made-up-{number}')
    assert len(kept) == before
