"""Text that nobody has written."""

import random
import string

__all__ = ['rand_string']

_CHARACTERS = string.ascii_letters + string.digits + string.punctuation + ' '


def rand_string(min: int, max: int) -> str:
    """Return text of random length and characters, all of them printable ASCII.

    It depends on the seed of `random`, so that a test can be repeated.

    Args:
        min: The least number of characters.
        max: The greatest number of characters.

    Raises:
        ValueError: `max` is less than `min`.
    """
    length = random.randint(min, max)  # noqa: S311 # no secret
    return ''.join(random.choices(_CHARACTERS, k=length))  # noqa: S311 # no secret
