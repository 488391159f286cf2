import pytest

from falcon_core.testing import split_target


def test_query_string_in_three_forms() -> None:
    """A query string is in the path, given as text, or made of parameters."""
    assert split_target('/a?b=1') == ('/a', 'b=1')
    assert split_target('/a', 'b=1') == ('/a', 'b=1')
    assert split_target('/a', params={'b': [1, 2], 'c': True}) == ('/a', 'b=1&b=2&c=true')
    assert split_target('/a', params={'b': [1, 2]}, params_csv=True) == ('/a', 'b=1,2')
    assert split_target('/a') == ('/a', '')


def test_text_goes_before_parameters() -> None:
    """Parameters do not count where a query string is given."""
    assert split_target('/a', 'b=1', {'c': 2}) == ('/a', 'b=1')


def test_two_query_strings_are_refused() -> None:
    """One in the path goes with no other."""
    match = "received the query string 'b=1' in the path and another one"
    with pytest.raises(ValueError, match=match):
        split_target('/a?b=1', 'c=2')
    with pytest.raises(ValueError, match=match):
        split_target('/a?b=1', params={'c': 2})


def test_question_mark_is_not_part_of_it() -> None:
    """A query string that begins with the question mark is refused."""
    with pytest.raises(ValueError, match='without the question mark'):
        split_target('/a', '?b=1')
