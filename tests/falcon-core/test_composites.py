from hypothesis import given
from hypothesis import strategies as st

from falcon_core._composites import CompositeIndex
from falcon_core.uri_templates import Segment, parse_uri_template


def segments(*texts: str) -> list[Segment]:
    return [parse_uri_template(f'/{text}', {})[0] for text in texts]


def candidates(text: str, *templates: str) -> list[str]:
    return [candidate for _, candidate in CompositeIndex(segments(*templates)).candidates(text)]


def test_only_what_begins_and_ends_alike_is_a_candidate() -> None:
    """A segment comes into question where a text begins and ends as it does."""
    templates = ('a{x}', 'b{x}', '{x}.html', '{x}.json', 'a{x}.json', '{x}-{y}')
    assert candidates('a1.json', *templates) == ['a{x}', '{x}.json', 'a{x}.json', '{x}-{y}']
    assert candidates('b1', *templates) == ['b{x}', '{x}-{y}']
    assert candidates('', *templates) == ['{x}-{y}']


def test_candidates_come_in_the_order_of_the_segments() -> None:
    """The order is that in which the segments were given, whatever the lengths of their texts."""
    templates = ('{x}c', 'ab{x}', '{x}bc', 'a{x}', '{x}{y}')
    assert candidates('abc', *templates) == list(templates)
    assert candidates('abc', *reversed(templates)) == list(reversed(templates))
    assert candidates('abc', 'a{x}', '{x}c', 'a{x}-{y}') == ['a{x}', '{x}c', 'a{x}-{y}']


def test_segments_with_equal_ends_are_all_candidates() -> None:
    """What is between the fields does not count yet; the match decides."""
    index = CompositeIndex(segments('a{x}-{y}', 'a{x}.{y}'))
    assert [match('a1.2') for match, _ in index.candidates('a1.2')] == [None, ['1', '2']]


def test_nothing_is_a_candidate_of_no_segments() -> None:
    """An index of nothing finds nothing."""
    assert CompositeIndex([]).candidates('a') == []


@given(
    st.lists(st.tuples(st.text('ab', max_size=2), st.text('ab', max_size=2), st.text('ab', max_size=2)), max_size=8),
    st.text('ab', max_size=6),
)
def test_whatever_matches_is_a_candidate(literals: list[tuple[str, str, str]], text: str) -> None:
    """Trying the candidates finds what trying every segment finds, in the same order."""
    given_segments = segments(*(f'{begin}{{x}}{middle}{{y}}{end}' for begin, middle, end in literals))
    index = CompositeIndex(given_segments)
    matches = [(name, values) for match, name in index.candidates(text) if (values := match(text)) is not None]
    expected = [(segment.text, values) for segment in given_segments if (values := segment.match(text)) is not None]
    assert matches == expected
