import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_media import _json_text
from falcon_media._json_text import decode, encode

DEPTH = 5000

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


class Name(str):
    def __str__(self) -> str:
        return 'another text'


class Count(int):
    pass


class Share(float):
    pass


def nested(depth: int, innermost: object) -> Any:
    for _ in range(depth):
        innermost = [{'a': innermost}]
    return innermost


@given(values)
def test_the_thorough_way_writes_the_same(media: object) -> None:
    """What is written without recursion is, byte for byte, what the encoder writes."""
    assert _json_text._encode_thoroughly(media) == encode(media)


def test_media_of_any_depth_are_written() -> None:
    """What is nested deeper than the encoder goes is written all the same, with what else only this way takes."""
    text = encode(nested(DEPTH, [1, {None: Name('x')}, []]))
    assert text == b'[{"a":' * DEPTH + b'[1,{"null":"x"},[]]' + b'}]' * DEPTH


@pytest.mark.parametrize(
    ('media', 'text'),
    [
        ({True: 2, False: 3}, b'{"1":2,"0":3}'),
        ({None: 1, True: 2, False: 3}, b'{"null":1,"1":2,"0":3}'),
        ({Name('a'): 1, Count(2): 3, Share(1.5): 4, None: 0}, b'{"a":1,"2":3,"1.5":4,"null":0}'),
        ([Name('a'), Count(2), Share(1.5)], b'["a",2,1.5]'),
        ({b'a': 1}, b'{"YQ==":1}'),
        ({None: {b'\xff': {}, 1: ':'}}, b'{"null":{"/w==":{},"1":":"}}'),
    ],
)
def test_keys_and_derived_classes(media: object, text: bytes) -> None:
    """Keys that other formats have, and objects of derived classes, are written as what they stand for."""
    assert encode(media) == text
    assert json.loads(text) == decode(text)


@pytest.mark.parametrize('media', [object(), {(1, 2): 3}, {None: object()}, [1j]])
def test_what_there_is_no_json_for(media: object) -> None:
    """Everything else raises TypeError."""
    with pytest.raises(TypeError):
        encode(media)


def test_a_cycle_is_told_from_depth() -> None:
    """What contains itself raises RecursionError."""
    cycle: dict[str, object] = {}
    cycle['a'] = cycle
    with pytest.raises(RecursionError, match='nested deeper than 100000 levels'):
        encode(cycle)
