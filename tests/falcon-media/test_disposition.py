from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import MultipartParseError
from falcon_media._disposition import parse_disposition

plain = st.text(st.characters(codec='utf-8', exclude_categories=['Cc']))


@given(plain, plain)
def test_escaped_names_come_back(name: str, filename: str) -> None:
    """Quotes and backslashes that are escaped as in a quoted string come back, whatever else there is."""
    escaped = [text.replace('%22', '').replace('\\', '\\\\').replace('"', '\\"') for text in (name, filename)]
    parsed = parse_disposition('form-data; name="{}"; filename="{}"'.format(*escaped))
    assert parsed == (name.replace('%22', ''), filename.replace('%22', ''))


@given(st.text())
def test_any_header_gives_names_or_a_client_error(header: str) -> None:
    """Nothing in the header raises anything but MultipartParseError."""
    with suppress(MultipartParseError):
        parse_disposition(header)


@pytest.mark.parametrize(
    ('header', 'names'),
    [
        ('', (None, None)),
        ('form-data', (None, None)),
        ('form-data; name=a', ('a', None)),
        ('FORM-DATA; NAME="a"', ('a', None)),
        ('form-data; name=""; filename=""', ('', '')),
        ('form-data; name="a;b"; filename="x; name=y"', ('a;b', 'x; name=y')),
        (r'form-data; name="a\"b"; filename="C:\dir\new.txt"', ('a"b', r'C:\dir\new.txt')),
        ('form-data; name="a%22b"; filename="%22x%22%0D%0A%41.txt"', ('a"b', '"x"%0D%0A%41.txt')),
        ("form-data; filename*=UTF-8''%E2%82%AC%22.txt", (None, '€".txt')),
        ("form-data; filename*=iso-8859-1'en'%A3.txt", (None, '£.txt')),
        ('form-data; filename="e.txt"; filename*=utf-8\'\'%E2%82%AC.txt', (None, '€.txt')),
        ("form-data; filename*=utf-8''%E2%82%AC.txt; filename=e.txt", (None, '€.txt')),
        ('form-data; filename*=broken; filename=e.txt', (None, 'e.txt')),
    ],
)
def test_names(header: str, names: tuple[str | None, str | None]) -> None:
    """Names are read as RFC 7578 and RFC 8187 have them, and as browsers write them."""
    assert parse_disposition(header) == names


@pytest.mark.parametrize('value', ["nope''x", "utf-8''%ff", "''x"])
def test_undecodable_file_name_is_a_client_error(value: str) -> None:
    """A file name that is not in the charset it claims raises MultipartParseError."""
    with pytest.raises(MultipartParseError):
        parse_disposition(f'form-data; filename=e.txt; filename*={value}')
