"""The tool that shows work to be linear tells linear from quadratic work."""

import sys
from collections.abc import Callable

import pytest

from instruction_count import assert_linear, count_instructions, cpu_growth, instruction_growth


def in_python(size: int) -> Callable[[], object]:
    """Linear."""
    return lambda: [number for number in range(size)]  # noqa: C416 # one instruction otherwise


def each_by_each(size: int) -> Callable[[], object]:
    """Quadratic."""
    return lambda: [1 for _ in range(size) for _ in range(size)]


def in_c(size: int) -> Callable[[], object]:
    """Linear, in one instruction."""
    return ('a' * size).upper


def rest_by_rest(size: int) -> Callable[[], object]:
    """Quadratic, with a linear number of instructions."""
    text = 'a' * size
    return lambda: [text.count('ab', start) for start in range(size)]


def test_counts_are_the_same_each_time() -> None:
    """The same call takes the same number of instructions, more for more to do, and tracing is left as it was."""
    before = sys.gettrace()
    # Twice, because of what Python 3.13 leaves out the first time.
    first = max(count_instructions(in_python(100)) for _ in range(2))
    assert first == count_instructions(in_python(100)) > 300
    assert count_instructions(in_python(200)) > 1.9 * first
    assert sys.gettrace() is before


def test_tracing_ends_with_an_exception() -> None:
    """What the call raises is raised, and tracing is left as it was."""
    before = sys.gettrace()
    with pytest.raises(ZeroDivisionError):
        count_instructions(lambda: 1 / 0)
    assert sys.gettrace() is before


def test_growth_of_instructions() -> None:
    """Twice the input takes twice the instructions for linear work and four times for quadratic work."""
    assert 1.9 < instruction_growth(in_python, 1000) < 2.1
    assert instruction_growth(each_by_each, 100) > 3.8


def test_growth_of_time_sees_work_in_c() -> None:
    """Work inside of single instructions counts by its time; what takes too little counts as nothing."""
    assert instruction_growth(rest_by_rest, 1000) < 2.1
    # Eight in theory; what else the machine does can only hide it, and not each time.
    assert any(cpu_growth(rest_by_rest, 2000) > 4 for _ in range(3))
    assert cpu_growth(in_c, 100) == 0


def test_assertion() -> None:
    """Linear work passes, quadratic work does not, wherever it is done."""
    assert_linear(in_python, 1000)
    assert_linear(in_c, 10_000, cpu_size=100_000)
    with pytest.raises(AssertionError, match='times the instructions'):
        assert_linear(each_by_each, 100)

    def refusal() -> str:
        try:
            assert_linear(rest_by_rest, 300, cpu_size=2000)
        except AssertionError as error:
            return str(error)
        return ''

    # What else the machine does can hide it, but not each time.
    assert any('times the time' in refusal() for _ in range(3))
