from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

import msgspec
import pytest

from falcon_core.http_errors import MediaMalformedError, MediaMismatchError
from falcon_media._typed import convert, json_decoder, list_fields, msgpack_decoder, refusal, refusal_text


class Tags(msgspec.Struct, rename='camel'):
    tag_list: list[str]
    few: tuple[int, int] | None = None
    both: str | list[str] = ''
    short: Annotated[set[int], msgspec.Meta(max_length=3, title='few')] = set()
    name: str = ''


@dataclass
class Page:
    numbers: list[int]


class Row(TypedDict):
    cells: frozenset[str]
    head: str


class Circle(msgspec.Struct, tag='circle'):
    points: list[int]
    label: str = ''


class Square(msgspec.Struct, tag='square'):
    sides: list[int]
    label: list[str]


def violation(text: str, kind: Any) -> msgspec.ValidationError:
    with pytest.raises(msgspec.ValidationError) as caught:
        json_decoder(kind)(text)
    return caught.value


def test_a_decoder_is_made_once_for_a_type() -> None:
    """What decodes into a type is kept, and a type without a hash is decoded into as well."""
    assert json_decoder(Page) == json_decoder(Page)
    assert msgpack_decoder(Page) == msgpack_decoder(Page)
    unhashable: Any = Annotated[int, []]
    assert json_decoder(unhashable)('1') == 1
    decode = msgpack_decoder(unhashable)
    assert decode is not None
    assert decode(b'\x01') == 1
    assert list_fields(unhashable) == frozenset()


@pytest.mark.parametrize(
    ('kind', 'names'),
    [
        (Tags, {'tagList', 'few', 'short'}),
        (Page, {'numbers'}),
        (Row, {'cells'}),
        (dict[str, str], set()),
        (dict[str, list[str]], None),
        (list[int], set()),
        (Page | None, {'numbers'}),
        (Annotated[Page, msgspec.Meta(description='a page')], {'numbers'}),
        (dict[str, Annotated[list[str] | None, msgspec.Meta(description='some')]] | None, None),
        (Circle | Square, {'points', 'sides'}),
    ],
)
def test_fields_that_take_lists_only(kind: Any, names: set[str] | None) -> None:
    """The fields are told by the names they have in a body; None is all members of a mapping."""
    assert list_fields(kind) == names


def test_values_are_converted_as_strictly_as_told() -> None:
    """Texts are numbers only where asked for; the keys of a mapping always may be."""
    assert convert({'1': 2}, dict[int, int]) == {1: 2}
    assert convert({'a': '2'}, dict[str, int], strict=False) == {'a': 2}
    with pytest.raises(msgspec.ValidationError):
        convert({'a': '2'}, dict[str, int])


@pytest.mark.parametrize(
    ('text', 'kind', 'path'),
    [
        ('"x"', int, '$'),
        ('{"tagList":["a",1]}', Tags, '$.tagList[1]'),
        ('{"a":{"b":"x"}}', dict[str, dict[str, int]], '$[...][...]'),
        ('{"a":{"x":1}}', dict[str, dict[int, int]], '$[...]'),
    ],
)
def test_a_violation_says_where(text: str, kind: Any, path: str) -> None:
    """The path to the place is in the text and by itself, for a key that of its mapping."""
    error = refusal(violation(text, kind), 'JSON')
    assert isinstance(error, MediaMismatchError)
    assert error.path == path
    assert error.description == refusal_text(violation(text, kind))
    assert path == '$' or error.description.endswith(f'`{path}`')


def test_a_text_of_the_clients_is_cut() -> None:
    """The name of a field that a client made a million characters long does not come back, but the path does."""

    class Strict(msgspec.Struct, forbid_unknown_fields=True):
        a: int = 0

    error = refusal(violation(f'[{{"{"x" * 1_000_000}":1}}]', list[Strict]), 'JSON')
    assert isinstance(error, MediaMismatchError)
    assert error.path == '$[0]'
    assert error.description is not None
    assert len(error.description) < 600
    assert error.description.endswith('... - at `$[0]`')
    assert refusal_text(ValueError('x' * 1000)) == 'x' * 500 + '...'


def test_what_is_malformed_is_no_violation() -> None:
    """Any other error is one of the format."""
    error = refusal(ValueError('oops'), 'JSON')
    assert isinstance(error, MediaMalformedError)
    assert error.title == 'Invalid JSON'


class Tree(msgspec.Struct):
    branches: list['Tree']
    leaves: dict[str, int] | None = None


class Loose(msgspec.Struct):
    pages: list[Page]
    more: dict[str, Any]


@pytest.mark.parametrize('kind', [int, Tree, Page, Row, dict[int, str], list[Tree] | None])
def test_types_that_say_what_everything_is(kind: Any) -> None:
    """MessagePack is decoded in one pass into a type that leaves nothing open, be it of itself."""
    assert msgpack_decoder(kind) is not None


@pytest.mark.parametrize('kind', [Any, object, dict, list, Loose, list[Loose], dict[str, Any] | int, tuple[int, Any]])
def test_types_that_leave_something_open(kind: Any) -> None:
    """Where anything may be, the strict decoder of MessagePack has to look first."""
    assert msgpack_decoder(kind) is None
