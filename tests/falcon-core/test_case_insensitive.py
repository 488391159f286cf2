import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.case_insensitive import CaseInsensitiveDict

NAMES = st.text('aAbB', max_size=3)


def test_keys_compare_without_regard_to_case() -> None:
    """An item is found, replaced and deleted by its key in any case."""
    headers = CaseInsensitiveDict({'Content-Type': 'a'})
    assert headers['content-type'] == headers.get('CONTENT-TYPE') == 'a'
    assert 'content-TYPE' in headers
    headers['CONTENT-type'] = 'b'
    assert dict(headers) == {'CONTENT-type': 'b'}
    del headers['content-type']
    assert not headers
    with pytest.raises(KeyError):
        headers['content-type']


def test_it_is_made_like_a_dict() -> None:
    """The constructor takes a mapping, pairs, keywords or nothing."""
    assert CaseInsensitiveDict({'A': 1}, b=2) == CaseInsensitiveDict([('a', 1), ('B', 2)])
    assert len(CaseInsensitiveDict()) == 0
    assert repr(CaseInsensitiveDict(A=1)) == "CaseInsensitiveDict({'A': 1})"


def test_equality() -> None:
    """One equals any mapping with the same keys but for their case, and the same values."""
    headers = CaseInsensitiveDict({'A': 1})
    assert headers == {'a': 1}
    assert headers != {'a': 2}
    assert headers != {5: 1}
    assert headers != [('a', 1)]


def test_what_is_no_string_is_no_key() -> None:
    """Asking for a key that is no string finds nothing."""
    number: object = 5
    assert number not in CaseInsensitiveDict({'A': 1})


def test_lower_items_and_copy() -> None:
    """The items can be had in lowercase, and copied with the case they have."""
    headers = CaseInsensitiveDict({'A': 1, 'B': 2})
    assert list(headers.lower_items()) == [('a', 1), ('b', 2)]
    duplicate = headers.copy()
    duplicate['C'] = 3
    assert list(duplicate) == ['A', 'B', 'C']
    assert list(headers) == ['A', 'B']


@given(st.lists(st.tuples(NAMES, st.integers() | st.none())))
def test_it_agrees_with_a_dict_of_lowercase_keys(operations: list[tuple[str, int | None]]) -> None:
    """Setting and deleting has the effect it has on a dict of lowercase keys."""
    headers: CaseInsensitiveDict[int] = CaseInsensitiveDict()
    model: dict[str, int] = {}
    for name, value in operations:
        if value is None:
            assert headers.pop(name, None) == model.pop(name.lower(), None)
        else:
            headers[name] = value
            model[name.lower()] = value
    assert dict(headers.lower_items()) == model
    assert headers == model
    assert len(headers) == len(model)
