"""The object that applications keep their own data on."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Self

__all__ = ['Context']


class Context(MutableMapping[str, Any]):
    """A namespace whose attributes are also the items of a mapping.

    `context.user = 'ada'` and `context['user'] = 'ada'` do the same.
    """

    if TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        # Reached only for a name that was never set; like the above, it has type checkers allow any attribute.
        raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __delitem__(self, name: str) -> None:
        del self.__dict__[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dict__)

    def __len__(self) -> int:
        return len(self.__dict__)

    def __eq__(self, other: object) -> bool:
        # Not by `items()` and the like, which an attribute of the same name may hide.
        if isinstance(other, Context):
            return self.__dict__ == other.__dict__
        return self.__dict__ == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self.__dict__!r})'

    def copy(self) -> Self:
        """Return a new context with the same attributes."""
        duplicate = type(self)()
        duplicate.__dict__.update(self.__dict__)
        return duplicate

    def pop(self, key: str, default: Any = None) -> Any:
        """Remove an attribute and return its value; return `default` if it is not set."""
        return self.__dict__.pop(key, default)

    def setdefault(self, key: str, default_value: Any = None) -> Any:
        """Return the value of an attribute, after setting it to `default_value` if it is not set."""
        return self.__dict__.setdefault(key, default_value)
