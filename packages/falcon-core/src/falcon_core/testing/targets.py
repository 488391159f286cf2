"""What a simulated request asks for: its path, and its query string in one of three forms."""

from collections.abc import Mapping
from typing import Any

from falcon_core.query import to_query_str

__all__ = ['split_target']


def split_target(
    path: str,
    query_string: str | None = None,
    params: Mapping[str, Any] | None = None,
    params_csv: bool = False,
) -> tuple[str, str]:
    """Return the path and the query string of a request, both percent-encoded as they are sent.

    Args:
        path: The path, which may be followed by a query string.
        query_string: The query string, without a question mark; goes before `params`.
        params: The parameters of the query string, not encoded: name to value, which may be a list.
        params_csv: Whether lists are written with commas (`a=1,2`) instead of one by one (`a=1&a=2`).

    Raises:
        ValueError: The query string begins with a question mark, or is also in the path.
    """
    if query_string and query_string.startswith('?'):
        raise ValueError(f'received query_string {query_string!r}, expected it without the question mark')
    path, mark, query_of_path = path.partition('?')
    if mark and (query_string or params):
        raise ValueError(f'received the query string {query_of_path!r} in the path and another one, expected one')
    if query_string or not params:
        return path, query_string or query_of_path
    return path, to_query_str(params, comma_delimited_lists=params_csv, prefix=False)
