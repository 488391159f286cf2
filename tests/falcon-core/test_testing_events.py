from typing import Any

import pytest

from falcon_core.testing import checked_headers


def test_headers_become_pairs() -> None:
    """Any iterable of pairs is taken."""
    assert checked_headers(iter([[b'a', b'1'], (b'b', b'2')])) == [(b'a', b'1'), (b'b', b'2')]


@pytest.mark.parametrize(
    ('pair', 'error'),
    [
        (('a', b'1'), TypeError),
        ((b'a', '1'), TypeError),
        ((b'A', b'1'), ValueError),
        ((b'', b'1'), ValueError),
        ((b'a ', b'1'), ValueError),
        ((b'a', b'1\r\nb: 2'), ValueError),
        ((b'a', b'1\0'), ValueError),
    ],
)
def test_headers_are_what_a_server_would_send(pair: Any, error: type[Exception]) -> None:
    """What servers refuse is refused, with what it was."""
    with pytest.raises(error, match=r'received .*header'):
        checked_headers([pair])
