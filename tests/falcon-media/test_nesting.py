from collections import namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_media._nesting import MAX_DEPTH, Step, walk

Pair = namedtuple('Pair', 'a b')

values = st.recursive(
    st.integers(), lambda children: st.lists(children) | st.dictionaries(st.text(), children), max_leaves=20
)


def rebuilt(media: object) -> object:
    """What the steps of a walk make, put together again."""
    stack: list[list[object]] = [[]]
    for step, value in walk(media):
        if step in (Step.LIST, Step.MAP):
            stack.append([])
        elif step is Step.LIST_END:
            items = stack.pop()
            stack[-1].append(items)
        elif step is Step.MAP_END:
            items = stack.pop()
            stack[-1].append(dict(zip(items[::2], items[1::2], strict=True)))
        else:
            stack[-1].append(value)
    return stack[0][0]


@given(values)
def test_a_walk_sees_everything_in_order(media: object) -> None:
    """All that media hold can be put together again from the steps."""
    assert rebuilt(media) == media


def test_leaves_are_taken_as_a_whole() -> None:
    """Tuples of a type that stands for something else are not gone into."""
    assert [step for step, _ in walk([Pair(1, 2)], leaves=Pair)] == [Step.LIST, Step.LEAF, Step.LIST_END]
    assert [step for step, _ in walk((1,))] == [Step.LIST, Step.LEAF, Step.LIST_END]


def test_a_cycle_ends() -> None:
    """What contains itself raises RecursionError, what is merely deep does not."""
    cycle: list[object] = []
    cycle.append(cycle)
    with pytest.raises(RecursionError):
        list(walk(cycle))
    deep: list[object] = []
    for _ in range(MAX_DEPTH - 1):
        deep = [deep]
    assert sum(1 for _ in walk(deep)) == 2 * MAX_DEPTH
