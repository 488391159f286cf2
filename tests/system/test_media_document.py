"""The tables of `docs/media.md` are true: each row is tried."""

import io
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgpack import ExtType

from falcon_core.http_errors import HTTPBadRequest
from falcon_media import Handlers

TYPES = {
    'JSON': 'application/json',
    'MessagePack': 'application/msgpack',
    'URL-encoded': 'application/x-www-form-urlencoded',
}
NAMES = {each.__name__: each for each in (date, datetime, timedelta, Decimal, UUID, ExtType)} | {'UTC': UTC}
TEXT = (Path(__file__).parents[2] / 'docs/media.md').read_text()


def rows(title: str) -> list[list[str]]:
    """The cells of the table that has a header beginning so."""
    table = re.search(rf'^\| {title} \|.*\n\| ---.*\n((?:\|.*\n)+)', TEXT, re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip('|').split(' | ')] for line in table[1].splitlines()]


def value_of(cell: str) -> Any:
    return eval(cell.strip('`'), dict(NAMES))


def same(found: Any, expected: Any) -> bool:
    return type(found) is type(expected) and repr(found) == repr(expected)


def read(name: str, body: bytes) -> Any:
    return Handlers()[TYPES[name]].deserialize(io.BytesIO(body), TYPES[name], len(body))


@pytest.mark.parametrize('row', rows('object'), ids=lambda row: row[0])
def test_what_is_written(row: list[str]) -> None:
    """The JSON and the form are as the row has them, and a reader of the MessagePack gets what it says."""
    value = value_of(row[0])
    for name, cell in zip(TYPES, row[1:], strict=True):
        handler, media = Handlers()[TYPES[name]], {'a': value} if name == 'URL-encoded' else value
        if cell.endswith('Error'):
            with pytest.raises((TypeError, UnicodeEncodeError)) as caught:
                handler.serialize(media, TYPES[name])
            assert type(caught.value).__name__ == cell
        elif cell == '400':
            with pytest.raises(HTTPBadRequest):
                read(name, handler.serialize(media, TYPES[name]))
        elif name == 'MessagePack':
            assert same(read(name, handler.serialize(media, TYPES[name])), value_of(cell))
        elif cell == 'written by `str`':
            assert b'object' in handler.serialize(media, TYPES[name])
        else:
            assert handler.serialize(media, TYPES[name]).decode() == cell.strip('`')


@pytest.mark.parametrize('row', rows('body'), ids=lambda row: f'{row[1]} {row[0]}')
def test_what_is_read(row: list[str]) -> None:
    """A body becomes the object of its row, or is refused."""
    body, name, cell = row
    if cell == '400':
        with pytest.raises(HTTPBadRequest):
            read(name, value_of(body))
    else:
        assert same(read(name, value_of(body)), value_of(cell))
