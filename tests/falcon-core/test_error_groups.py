"""What a group of errors amounts to."""

import pytest

from falcon_core.error_groups import consists_of
from falcon_core.errors import ClientDisconnected


@pytest.mark.parametrize(
    ('error', 'consists'),
    [
        (ClientDisconnected(), True),
        (ValueError(), False),
        (ExceptionGroup('', [ClientDisconnected(), ExceptionGroup('', [ClientDisconnected()])]), True),
        (ExceptionGroup('', [ClientDisconnected(), ValueError()]), False),
        (BaseExceptionGroup('', [ClientDisconnected(), KeyboardInterrupt()]), False),
    ],
)
def test_group_of_one_kind_of_error_counts_as_that_kind(error: BaseException, consists: bool) -> None:
    """What a task group makes of its tasks' errors is of a kind if all of them are."""
    assert consists_of(error, ClientDisconnected) is consists
