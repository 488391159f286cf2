"""What the events of an application have to hold for a server to take them (ASGI specification)."""

from collections.abc import Iterable

__all__ = ['checked_headers']


def checked_headers(headers: Iterable[Iterable[bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an event, as a list of pairs of lowercase name and value.

    Args:
        headers: What the application sent: pairs of bytes.

    Raises:
        TypeError: A name or value is not bytes.
        ValueError: A name is not in lowercase.
    """
    pairs = []
    for name, value in headers:
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            raise TypeError(f'received header {name!r}: {value!r}, expected bytes')
        if name != name.lower():
            raise ValueError(f'received header name {name!r}, expected it in lowercase')
        pairs.append((name, value))
    return pairs
