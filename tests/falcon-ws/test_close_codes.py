from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_ws.close_codes import check_close_code, default_close_reasons, fit_close_reason


@pytest.mark.parametrize('code', [1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3404, 3999, 4000, 4999])
def test_codes_that_may_be_sent(code: int) -> None:
    """The registered codes and those for frameworks and applications pass."""
    assert check_close_code(code) == code


@pytest.mark.parametrize('code', [-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, True, '1000', None, 1e3])
def test_codes_that_may_not(code: Any) -> None:
    """Reserved codes, those that stand for a missing one, and what is no int are refused with the value."""
    with pytest.raises(
        ValueError, match=r'^received close code .*, expected 1000 to 1003, 1007 to 1014 or 3000 to 4999$'
    ):
        check_close_code(code)


@given(st.text(alphabet=st.characters(exclude_categories=['Cs']), max_size=200))
def test_reason_fits_a_close_frame(reason: str) -> None:
    """A reason keeps as many of its first characters as fit into 123 bytes, none of them in part."""
    fitting = fit_close_reason(reason)
    assert reason.startswith(fitting)
    assert len(fitting.encode()) <= 123
    assert fitting == reason or len(reason[: len(fitting) + 1].encode()) > 123


@pytest.mark.parametrize('reason', ['\ud800', 'long' * 50 + '\ud800'])
def test_reason_with_a_lone_surrogate_is_refused(reason: str) -> None:
    """What has no UTF-8 form is an error, in short and in long reasons."""
    with pytest.raises(ValueError, match='surrogates not allowed'):
        fit_close_reason(reason)


def test_default_reasons() -> None:
    """Codes that stand for an HTTP status have its phrase; no unregistered status is among them."""
    reasons = default_close_reasons()
    assert reasons[1000] == 'Normal Closure'
    assert reasons[1011] == reasons[3011] == reasons[3500] == 'Internal Server Error'
    assert reasons[3404] == 'Not Found'
    assert reasons[3418] == "I'm a teapot"
    assert reasons[3511] == 'Network Authentication Required'
    assert len(reasons) == 65
    assert max(reasons) == 3511


def test_default_reasons_are_the_callers_own() -> None:
    """Changing the mapping changes no other."""
    default_close_reasons()[1000] = 'changed'
    assert default_close_reasons()[1000] == 'Normal Closure'
