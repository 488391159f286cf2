import random

import pytest

from falcon_asgi.testing import rand_string


def test_length_and_characters() -> None:
    """The length is between the two, both included; all characters are printable ASCII."""
    texts = [rand_string(2, 4) for _ in range(200)]
    assert {len(text) for text in texts} == {2, 3, 4}
    assert all(text.isascii() and text.isprintable() for text in texts)
    assert rand_string(0, 0) == ''


def test_seed_counts() -> None:
    """The same seed gives the same text."""
    random.seed(5)
    first = rand_string(10, 20)
    random.seed(5)
    assert rand_string(10, 20) == first


def test_bounds_in_the_wrong_order() -> None:
    """A greatest length that is less than the least is refused."""
    with pytest.raises(ValueError, match='empty range'):
        rand_string(5, 3)
