"""What the events of an application have to hold for a server to take them (ASGI specification)."""

from collections.abc import Iterable

from falcon_core.header_values import check_header_name, check_header_value

__all__ = ['checked_headers']


def checked_headers(headers: Iterable[Iterable[bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers of an event, as a list of pairs of lowercase name and value.

    Args:
        headers: What the application sent: pairs of bytes.

    Raises:
        TypeError: A name or value is not bytes.
        ValueError: A name is not in lowercase or is no token, or a value has a control character (RFC 9110, section 5).
    """
    pairs = []
    for name, value in headers:
        if not isinstance(name, bytes) or not isinstance(value, bytes):
            raise TypeError(f'received header {name!r}: {value!r}, expected bytes')
        if name != name.lower():
            raise ValueError(f'received header name {name!r}, expected it in lowercase')
        check_header_name(name.decode('latin-1'))
        check_header_value(value.decode('latin-1'))
        pairs.append((name, value))
    return pairs
