"""Finding those among many composite segments that a text may match."""

from collections.abc import Callable, Iterable
from typing import Any

from falcon_core.uri_templates import Segment

__all__ = ['Candidate', 'CompositeIndex']

# What a segment gives for a text that it matches, and the segment's own text.
Candidate = tuple[Callable[[str], list[Any] | None], str]


class CompositeIndex:
    """Composite segments by how they begin and end.

    It takes one lookup for each different pair of lengths that beginning and end have, however many segments there are.

    Args:
        segments: The segments, in the order in which they are to be tried.
    """

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._by_lengths: dict[tuple[int, int], dict[tuple[str, str], list[tuple[int, Candidate]]]] = {}
        for order, segment in enumerate(segments):
            begin, end = segment.literals[0], segment.literals[-1]
            by_texts = self._by_lengths.setdefault((len(begin), len(end)), {})
            by_texts.setdefault((begin, end), []).append((order, (segment.match, segment.text)))

    def candidates(self, text: str) -> list[Candidate]:
        """Return those segments that begin and end as a path's segment does, in order."""
        found: list[tuple[int, Candidate]] = []
        for (begin, end), by_texts in self._by_lengths.items():
            found += by_texts.get((text[:begin], text[len(text) - end :]), ())
        found.sort()
        return [candidate for _, candidate in found]
