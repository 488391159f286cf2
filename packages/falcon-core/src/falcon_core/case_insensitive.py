"""A mapping for headers, whose names compare without regard to case."""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import TypeVar

__all__ = ['CaseInsensitiveDict']

_V = TypeVar('_V')


class CaseInsensitiveDict(MutableMapping[str, _V]):
    """A mapping whose keys compare without regard to case, and keep the case they were last set with.

    Args:
        data: The items to begin with: a mapping, pairs, or None.
        **items: Further items.
    """

    def __init__(self, data: Mapping[str, _V] | Iterable[tuple[str, _V]] | None = None, **items: _V) -> None:
        self._items: dict[str, tuple[str, _V]] = {}
        self.update(data or {}, **items)

    def __getitem__(self, key: str) -> _V:
        return self._items[key.lower()][1]

    def __setitem__(self, key: str, value: _V) -> None:
        self._items[key.lower()] = (key, value)

    def __delitem__(self, key: str) -> None:
        del self._items[key.lower()]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._items

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        lowered = {key.lower() if isinstance(key, str) else key: value for key, value in other.items()}
        return dict(self.lower_items()) == lowered

    def __repr__(self) -> str:
        return f'{type(self).__name__}({dict(self.items())!r})'

    def lower_items(self) -> Iterator[tuple[str, _V]]:
        """Return the pairs of key, in lowercase, and value."""
        return ((lower, value) for lower, (_, value) in self._items.items())

    def copy(self) -> 'CaseInsensitiveDict[_V]':
        """Return a new mapping with the same items."""
        return type(self)(self.items())
