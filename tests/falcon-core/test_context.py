import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.context import Context


class Marked(Context):
    """A context of an application's own kind, importable for pickle."""


# Python itself has a meaning for names with two underscores on each side.
names = st.text().filter(lambda name: not name.startswith('__'))


@given(st.dictionaries(names, st.integers()))
def test_items_and_attributes_are_the_same(values: dict[str, int]) -> None:
    """What is set as an item, by any name, is read as an attribute, and the other way round."""
    by_item, by_attribute = Context(), Context()
    for name, value in values.items():
        by_item[name] = value
        setattr(by_attribute, name, value)
    for name, value in values.items():
        assert getattr(by_item, name) == by_attribute[name] == value
    assert by_item == by_attribute == values
    assert list(by_attribute) == list(values)
    assert len(by_attribute) == len(values)


def test_what_was_never_set() -> None:
    """A missing attribute is an AttributeError that names it, a missing item a KeyError."""
    context = Context()
    with pytest.raises(AttributeError, match="'Context' object has no attribute 'user'"):
        _ = context.user
    with pytest.raises(KeyError, match='user'):
        context['user']
    with pytest.raises(KeyError, match='user'):
        del context['user']
    assert getattr(context, 'user', 7) == 7
    assert 'user' not in context


def test_deleting() -> None:
    """An attribute deleted as one is gone as an item, and the other way round."""
    context = Context()
    context.a = context.b = 1
    del context.a
    del context['b']
    assert dict(context) == {}
    assert not context


def test_the_methods_of_a_mapping() -> None:
    """A context does what a dict does, but its `pop` takes a missing name for None."""
    context = Context()
    context.update({'a': 1}, b=2)
    assert (list(context.keys()), list(context.values())) == (['a', 'b'], [1, 2])
    assert list(context.items()) == [('a', 1), ('b', 2)]
    assert (context.get('a'), context.get('c'), context.get('c', 3)) == (1, None, 3)
    assert (context.setdefault('a', 9), context.setdefault('c', 3), context.setdefault('d')) == (1, 3, None)
    assert (context.pop('a'), context.pop('a'), context.pop('a', 4)) == (1, None, 4)
    assert context.popitem() in [('b', 2), ('c', 3), ('d', None)]
    context.clear()
    assert context == {}


@pytest.mark.parametrize(
    ('other', 'equal'), [({'a': 1}, True), ({'a': 2}, False), ({}, False), (5, False), ([('a', 1)], False)]
)
def test_equality(other: object, equal: bool) -> None:
    """A context equals a mapping with the same items, and nothing else."""
    context = Context()
    context.a = 1
    assert (context == other) is equal
    assert (context != other) is not equal


def test_is_not_hashable() -> None:
    """As it can change, a context cannot be a key."""
    with pytest.raises(TypeError, match='unhashable'):
        hash(Context())


def test_attributes_named_like_methods() -> None:
    """An attribute that hides a method, such as `items`, breaks no comparison, copy or representation."""
    context = Context()
    for name in ('items', 'keys', 'update'):
        setattr(context, name, 5)
    assert context == context.copy() == {'items': 5, 'keys': 5, 'update': 5}
    assert context['items'] == 5
    assert repr(context) == "Context({'items': 5, 'keys': 5, 'update': 5})"


@pytest.mark.parametrize(
    'duplicated', [Context.copy, copy.copy, copy.deepcopy, lambda context: pickle.loads(pickle.dumps(context))]
)
def test_copies(duplicated: Any) -> None:
    """A copy is of the same class, has the same attributes, and goes its own way."""
    context = Marked()
    context.a = 1
    duplicate = duplicated(context)
    assert type(duplicate) is Marked
    assert duplicate == {'a': 1}
    duplicate.a = 2
    assert context.a == 1


def test_the_representation_names_the_class() -> None:
    """The representation of a derived class bears its name."""
    assert repr(Marked()) == 'Marked({})'
