"""How many parts what a client sends may have.

What separates the parts is counted, which takes little time and no memory, before anything is taken apart. Separators
within quotes and between empty parts are counted as well: a limit may be met early, never late.
"""

from falcon_core.http_errors import HTTPBadRequest, HTTPRequestHeaderFieldsTooLarge

__all__ = ['check_header_params', 'check_query_params']


def check_query_params(query_string: str, max_params: int | None, *, csv: bool = False) -> None:
    """Raise if a query string or a URL-encoded form may have too many parameters.

    Args:
        query_string: Such as `a=1&b=2`.
        max_params: The largest number to take, or None for any.
        csv: Whether the items of a list that commas separate count as well.

    Raises:
        HTTPBadRequest: There are more.
    """
    # A text has no more separators than characters, and most are shorter than any limit.
    if max_params is None or len(query_string) < max_params or not query_string:
        return
    separators = query_string.count('&') + (query_string.count(',') if csv else 0)
    if separators >= max_params:
        raise HTTPBadRequest(
            title='Too many parameters', description=f'There may be at most {max_params} query or form parameters.'
        )


def check_header_params(name: str, value: str, max_params: int | None, separators: str = ',;') -> None:
    """Raise if a header may have too many elements and parameters.

    Args:
        name: The header's name, for the error.
        value: Its value.
        max_params: The largest number to take, or None for any.
        separators: The characters that separate what is counted.

    Raises:
        HTTPRequestHeaderFieldsTooLarge: There are more.
    """
    if max_params is None or len(value) < max_params or not value:
        return
    if sum(map(value.count, separators)) >= max_params:
        raise HTTPRequestHeaderFieldsTooLarge(
            title='Header too long',
            description=f'The "{name}" header may have at most {max_params} elements and parameters.',
        )
