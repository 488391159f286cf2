import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.uri import (
    decode,
    encode,
    encode_check_escaped,
    encode_value,
    encode_value_check_escaped,
    parse_host,
    unquote_string,
)

# RFC 3986, sections 2.2 and 2.3.
UNRESERVED = string.ascii_letters + string.digits + '-._~'
RESERVED = ":/?#[]@!$&'()*+,;="
# Lone surrogates have no UTF-8 form.
TEXT = st.text(st.characters(exclude_categories=['Cs']))


def test_encode_leaves_delimiters() -> None:
    """A URI keeps its delimiters; all else that it may not hold is percent-encoded."""
    assert encode(UNRESERVED + RESERVED) == UNRESERVED + RESERVED
    assert encode('/a b?c=\xe9&d="%"\r\n') == '/a%20b?c=%C3%A9&d=%22%25%22%0D%0A'


def test_encode_value_leaves_no_delimiters() -> None:
    """A value keeps unreserved characters only."""
    assert encode_value(UNRESERVED) == UNRESERVED
    assert encode_value('a/b&c=\u65e5') == 'a%2Fb%26c%3D%E6%97%A5'
    assert all(len(encode_value(delimiter)) == 3 for delimiter in RESERVED)


@pytest.mark.parametrize('escaped', ['', '/a%20b', '%C3%A9', '%e9', 'a'])
def test_escaped_uris_stay(escaped: str) -> None:
    """What is encoded already is not encoded again."""
    assert encode_check_escaped(escaped) == escaped
    value = escaped.removeprefix('/')
    assert encode_value_check_escaped(value) == value


@pytest.mark.parametrize(
    ('text', 'uri', 'value'),
    [
        ('a%20 b', 'a%2520%20b', 'a%2520%20b'),
        ('100%', '100%25', '100%25'),
        ('a%zz', 'a%25zz', 'a%25zz'),
        ('a%2', 'a%252', 'a%252'),
        ('/a', '/a', '%2Fa'),
    ],
)
def test_what_is_not_wholly_escaped_is_encoded(text: str, uri: str, value: str) -> None:
    """One character that a URI may not hold shows that the text was never encoded."""
    assert (encode_check_escaped(text), encode_value_check_escaped(text)) == (uri, value)


@pytest.mark.parametrize(
    ('encoded', 'text'),
    [
        ('a%20b', 'a b'),
        ('%C3%a9', '\xe9'),
        ('\xe9%20', '\xe9 '),
        ('%ff', '\ufffd'),
        ('%C3%28', '\ufffd('),
        ('%ed%a0%80', '\ufffd\ufffd\ufffd'),
        ('%', '%'),
        ('%4', '%4'),
        ('%zz%41', '%zzA'),
        ('%%41', '%A'),
        ('%00', '\x00'),
        ('', ''),
    ],
)
def test_decode(encoded: str, text: str) -> None:
    """Escapes become the UTF-8 they stand for, U+FFFD where they stand for none; a lone percent sign stays."""
    assert decode(encoded) == decode(encoded, unquote_plus=False) == text


def test_decode_plus() -> None:
    """A plus is a space unless the caller says otherwise; an escaped one is a plus."""
    assert decode('a+b%2B') == 'a b+'
    assert decode('a+b%2B', unquote_plus=False) == 'a+b+'


@given(TEXT)
def test_encoding_round_trip(text: str) -> None:
    """What was encoded decodes to itself, and encoding something encoded changes nothing."""
    assert decode(encode(text), unquote_plus=False) == text
    assert decode(encode_value(text)) == text
    assert encode_check_escaped(encode(text)) == encode(text)
    assert encode_value_check_escaped(encode_value(text)) == encode_value(text)


@given(st.text() | st.text('%+aF09\xe9\ud800'))
def test_any_text_is_encoded_and_decoded(text: str) -> None:
    """No text raises, surrogates included, and what is encoded is ASCII without spaces."""
    decode(text)
    for encoded in (encode(text), encode_value(text), encode_check_escaped(text), encode_value_check_escaped(text)):
        assert encoded.isascii()
        assert not set(encoded) & set(' "<>\\^`{|}\r\n\x00')


@pytest.mark.parametrize(
    ('host', 'parsed'),
    [
        ('example.com', ('example.com', None)),
        ('example.com:80', ('example.com', 80)),
        ('example.com:', ('example.com', None)),
        ('[::1]', ('::1', None)),
        ('[::1]:65535', ('::1', 65535)),
        ('::1', ('::1', None)),
        ('', ('', None)),
        (':80', ('', 80)),
    ],
)
def test_parse_host(host: str, parsed: tuple[str, int | None]) -> None:
    """A host is a name or an address, without brackets, and a port."""
    assert parse_host(host) == parsed
    name, port = parsed
    assert parse_host(host, default_port=443) == (name, 443 if port is None else port)


@pytest.mark.parametrize(
    'host', ['a:b', 'a:-1', 'a: 80', 'a:65536', 'a:\u0663', f'a:{"9" * 9999}', '[::1', '[::1]x', '[::1]:x', '[']
)
def test_a_malformed_host_is_refused(host: str) -> None:
    """A port that is no number up to 65535, and a bracket that is not closed, raise ValueError."""
    with pytest.raises(ValueError, match='expected a'):
        parse_host(host)


@given(st.text() | st.text('[]:.a19'))
def test_any_host_is_parsed_or_refused(host: str) -> None:
    """Whatever a client sends gives a port in its bounds, or ValueError."""
    try:
        name, port = parse_host(host, 443)
    except ValueError:
        return
    assert name in host
    assert port is not None
    assert 0 <= port <= 65535


@pytest.mark.parametrize(
    ('quoted', 'text'),
    [
        ('"abc"', 'abc'),
        ('"a\\"b\\\\c\\d"', 'a"b\\cd'),
        ('""', ''),
        ('"\\"', '\\'),
        ('abc', 'abc'),
        ('"', '"'),
        ('"abc', '"abc'),
        ('abc"', 'abc"'),
    ],
)
def test_unquote_string(quoted: str, text: str) -> None:
    """A quoted string loses its quotes and the backslashes of its pairs; other text stays."""
    assert unquote_string(quoted) == text
