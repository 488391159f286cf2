from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import InvalidMediaRange, InvalidMediaType
from falcon_core.media_types import best_match, parse_header, parse_media_type, quality

TOKENS = st.text('abcXYZ019!#$%&*+-.^_`|~', min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=12)
HEADERS = st.text('ab/*;=,.q01"\\ \t\xe9', max_size=60)


def quoted(value: str) -> str:
    escaped = value.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{escaped}"'


@pytest.mark.parametrize(
    ('line', 'parsed'),
    [
        ('text/plain', ('text/plain', {})),
        ('TEXT/Plain; CHARSET=UTF-8', ('TEXT/Plain', {'charset': 'UTF-8'})),
        ('  a  ; b=1 ', ('a', {'b': '1'})),
        ('a;b="x;y,z"; c=1', ('a', {'b': 'x;y,z', 'c': '1'})),
        ('a; b="x\\"y\\\\z"', ('a', {'b': 'x"y\\z'})),
        ('a; filename="C:\\dir\\x"', ('a', {'filename': 'C:\\dir\\x'})),
        ("a; filename*=UTF-8''x%20y", ('a', {'filename*': "UTF-8''x%20y"})),
        ('a; b = 1', ('a', {'b': '1'})),
        ('a; b=c=d', ('a', {'b': 'c=d'})),
        ('a; b=1; B=2', ('a', {'b': '2'})),
        ('a; b=""', ('a', {'b': ''})),
        ('a; b; c=2;;', ('a', {'c': '2'})),
        ('a; b="x;y', ('a', {'b': '"x;y'})),
        ('a; b="x" y', ('a', {'b': '"x" y'})),
        ('a; b="', ('a', {'b': '"'})),
        ('a; b=\xc3\xa0', ('a', {'b': '\xc3\xa0'})),
        ('', ('', {})),
        (';', ('', {})),
    ],
)
def test_parse_header(line: str, parsed: tuple[str, dict[str, str]]) -> None:
    """A value is followed by parameters, whose names are lowercase and whose values lose their quotes."""
    assert parse_header(line) == parsed


@given(TOKENS, st.dictionaries(TOKENS.map(str.lower), VALUES))
def test_parameters_round_trip(value: str, parameters: dict[str, str]) -> None:
    """Whatever the values of parameters are made of, quoted they come back."""
    line = '; '.join([value, *(f'{name}={quoted(text)}' for name, text in parameters.items())])
    assert parse_header(line) == (value, parameters)


@pytest.mark.parametrize(
    ('text', 'parsed'),
    [
        ('TEXT/Plain', ('text/plain', {})),
        (' application/vnd.x+json ;Version=2', ('application/vnd.x+json', {'version': '2'})),
        ('text/*', ('text/*', {})),
    ],
)
def test_parse_media_type(text: str, parsed: tuple[str, dict[str, str]]) -> None:
    """Type and subtype come in lowercase, parameters as `parse_header` gives them."""
    assert parse_media_type(text) == parsed


@pytest.mark.parametrize('text', ['', 'text', 'text/', '/plain', 'a/b/c', 'a b/c', 'a/b c', '"a"/b', 'é/b', ';a=b'])
def test_what_is_no_media_type_is_refused(text: str) -> None:
    """A media type is two tokens with a slash between."""
    with pytest.raises(InvalidMediaType, match='expected a media type'):
        parse_media_type(text)


# RFC 9110, section 12.5.1, has this header and the qualities that follow from it.
RFC_HEADER = 'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5'


@pytest.mark.parametrize(
    ('media_type', 'header', 'expected'),
    [
        ('text/plain;format=flowed', RFC_HEADER, 1),
        ('text/plain', RFC_HEADER, 1),
        ('text/html', RFC_HEADER, 0.3),
        ('image/jpeg', RFC_HEADER, 0.5),
        ('text/plain;format=fixed', RFC_HEADER, 0.4),
        ('text/plain;format=other', RFC_HEADER, 0.7),
        ('text/html', 'application/json', 0),
        ('text/html', '*', 1),
        ('text/html', 'image/gif, *;q=.2', 0.2),
        ('text/html', '*/json', 0),
        ('Text/HTML', 'tEXT/html;Q=0.5', 0.5),
        ('text/html', 'text/html;q=0, */*', 0),
        ('text/html', 'text/html;q=0.5, text/html;q=0.9', 0.9),
        ('text/html; charset=utf-8', 'text/html', 1),
        ('text/html', 'text/html; charset=utf-8', 1),
        ('text/html;a=B', 'text/html;a=b', 0),
        ('text/html;a="x,y"', 'text/html;a="x,y";q=0.1, text/html;q=0.3', 0.1),
        ('text/html;q=0.5', 'text/html', 1),
        ('text/html', ' , text/html;q=0.5,, ', 0.5),
        ('*/*', 'text/html', 1),
        ('text/*', 'text/html;q=0.4', 0.4),
        ('text/html', 'text/html;q=1.000', 1),
        ('text/html', f'a/b{",a/b" * 1000}, text/html;q=0.5', 0.5),
    ],
)
def test_quality(media_type: str, header: str, expected: float) -> None:
    """The most specific range that fits decides."""
    assert quality(media_type, header) == expected


@pytest.mark.parametrize('weight', ['2', '1.1', '-1', 'nan', 'inf', 'x', '', '1e-1', '0,5', '.', '0x1', '9' * 99])
def test_a_false_weight_is_refused(weight: str) -> None:
    """A weight is a decimal number from 0 to 1."""
    with pytest.raises(InvalidMediaRange, match=r'expected a number|expected a media type'):
        quality('text/html', f'text/html;q={weight}')


@pytest.mark.parametrize('header', ['', ' ', ',', 'text', 'text/html, nonsense'])
def test_a_false_range_is_refused(header: str) -> None:
    """A header without a range, or with a malformed one, is refused, whatever the type."""
    for check in (lambda: quality('text/html', header), lambda: best_match(['text/html'], header)):
        with pytest.raises(InvalidMediaRange):
            check()


def test_a_false_type_is_refused() -> None:
    """The types to choose among are checked as well."""
    with pytest.raises(InvalidMediaType):
        best_match(['text/html', 'nonsense'], '*/*')


@pytest.mark.parametrize(
    ('media_types', 'header', 'expected'),
    [
        (['application/json', 'text/xml'], '*/*', 'application/json'),
        (['application/json', 'text/xml'], 'text/xml;q=0.1, application/json;q=0.05', 'text/xml'),
        (['text/plain', 'text/html'], 'text/html, text/plain', 'text/plain'),
        (['Application/JSON'], 'application/json', 'Application/JSON'),
        (['application/json', 'multipart/form-data'], 'multipart/form-data; boundary=x', 'multipart/form-data'),
        (['a/b'], 'a/b;q=0', ''),
        (['a/b'], 'c/d', ''),
        ([], '*/*', ''),
    ],
)
def test_best_match(media_types: list[str], header: str, expected: str) -> None:
    """The most welcome type is taken, the first of equals, and an empty string if none is acceptable."""
    assert best_match(iter(media_types), header) == expected


@given(HEADERS, HEADERS)
def test_any_text_is_parsed_or_refused(media_type: str, header: str) -> None:
    """Whatever a client sends gives a quality from 0 to 1, or one of the two documented errors."""
    value, parameters = parse_header(header)
    assert isinstance(value, str)
    assert all(name == name.lower() for name in parameters)
    try:
        assert 0 <= quality(media_type, header) <= 1
        assert best_match([media_type], header) in ('', media_type)
    except InvalidMediaType:
        pass


@given(st.lists(st.tuples(TOKENS, TOKENS, st.integers(0, 1000)), min_size=1, max_size=5))
def test_best_match_has_the_best_quality(types: list[tuple[str, str, int]]) -> None:
    """No other type has a quality above that of the one that is taken."""
    offers: list[Any] = [f'{kind}/{subtype}' for kind, subtype, _ in types]
    header = ', '.join(f'{kind}/{subtype};q={weight / 1000}' for kind, subtype, weight in types)
    found = best_match(offers, header)
    qualities = [quality(offer, header) for offer in offers]
    assert (quality(found, header) if found else 0) == max(qualities)
