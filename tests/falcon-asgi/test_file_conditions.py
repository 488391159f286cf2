"""What a request wants of a file, by its headers alone."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from falcon_asgi import Request
from falcon_asgi.directory_files import OpenFile
from falcon_asgi.file_conditions import is_another, is_unchanged, wanted_range
from falcon_core.etags import ETag

MODIFIED = datetime(2024, 2, 29, 12, 30, 45, tzinfo=UTC)
BEFORE, EXACTLY, AFTER = (f'Thu, 29 Feb 2024 12:30:{second} GMT' for second in (44, 45, 46))


def found(size: int = 10) -> OpenFile:
    return OpenFile(io.BytesIO(), 'a', size, MODIFIED, ETag('x'))


def request(method: str = 'GET', **headers: str) -> Request:
    lines = [(name.replace('_', '-').encode(), value.encode()) for name, value in headers.items()]
    scope: dict[str, Any] = {'type': 'http', 'method': method, 'path': '/', 'headers': lines, 'query_string': b''}
    return Request(scope, None)


@pytest.mark.parametrize(
    ('headers', 'another'),
    [
        ({}, False),
        ({'if_match': '"x"'}, False),
        ({'if_match': '"y", "x"'}, False),
        ({'if_match': '*'}, False),
        ({'if_match': 'W/"x"'}, True),
        ({'if_match': '"y"'}, True),
        ({'if_unmodified_since': BEFORE}, True),
        ({'if_unmodified_since': EXACTLY}, False),
        ({'if_unmodified_since': AFTER}, False),
        ({'if_unmodified_since': 'x'}, False),
        ({'if_match': '"x"', 'if_unmodified_since': BEFORE}, False),
    ],
)
def test_another_file(headers: dict[str, str], another: bool) -> None:
    """If-Match compares strongly and goes before If-Unmodified-Since; a date that is none is no condition."""
    assert is_another(request(**headers), found()) is another


@pytest.mark.parametrize(
    ('headers', 'unchanged'),
    [
        ({}, False),
        ({'if_none_match': '"x"'}, True),
        ({'if_none_match': 'W/"x"'}, True),
        ({'if_none_match': '"y", "x"'}, True),
        ({'if_none_match': '*'}, True),
        ({'if_none_match': '"y"'}, False),
        ({'if_modified_since': BEFORE}, False),
        ({'if_modified_since': EXACTLY}, True),
        ({'if_modified_since': AFTER}, True),
        ({'if_modified_since': 'x'}, False),
        ({'if_none_match': '"y"', 'if_modified_since': EXACTLY}, False),
    ],
)
def test_unchanged_file(headers: dict[str, str], unchanged: bool) -> None:
    """If-None-Match compares weakly and goes before If-Modified-Since; a date that is none is no condition."""
    assert is_unchanged(request(**headers), found()) is unchanged


@pytest.mark.parametrize(
    ('headers', 'range_'),
    [
        ({}, None),
        ({'range': 'bytes=0-3'}, (0, 3)),
        ({'range': 'bytes=-3'}, (-3, -1)),
        ({'range': 'bytes=0-1,3-4'}, None),
        ({'range': 'lines=0-3'}, None),
        ({'range': 'bytes'}, None),
        ({'range': 'bytes=0-3', 'if_range': '"x"'}, (0, 3)),
        ({'range': 'bytes=0-3', 'if_range': 'W/"x"'}, None),
        ({'range': 'bytes=0-3', 'if_range': '"y"'}, None),
        ({'range': 'bytes=0-3', 'if_range': EXACTLY}, (0, 3)),
        ({'range': 'bytes=0-3', 'if_range': AFTER}, None),
        ({'range': 'bytes=0-3', 'if_range': 'x'}, None),
    ],
)
def test_range(headers: dict[str, str], range_: tuple[int, int] | None) -> None:
    """One range of bytes counts, if If-Range says that the file is still the same; nothing else does."""
    assert wanted_range(request(**headers), found()) == range_


def test_no_range_of_an_empty_file_or_without_get() -> None:
    """There is no part of an empty file, and ranges are for GET alone."""
    assert wanted_range(request(range='bytes=0-3'), found(0)) is None
    assert wanted_range(request('HEAD', range='bytes=0-3'), found()) is None
