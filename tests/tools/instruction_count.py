"""Showing that work is linear: by counting the instructions that Python executes, and by the processor's time.

Instructions are the same in each run and on each machine, however busy it is, but what a function written in C does,
such as `str.find` or joining two texts, is one instruction however long it takes. `cpu_growth` sees that as well. It
compares inputs eight times as long, so that linear work (1) and quadratic work (8) are far apart, and takes the best of
several runs.

    def prepare(size: int) -> Callable[[], object]:
        text = 'a=b&' * size
        return lambda: parse_query_string(text)

    assert_linear(prepare, 1000)
"""

import gc
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

__all__ = ['assert_linear', 'count_instructions', 'cpu_growth', 'instruction_growth']

Call = Callable[[], object]

# Fixed costs make the quotient smaller than 2; some more than 2 is for what happens once in a few thousand elements,
# such as a list that grows.
MAX_INSTRUCTION_GROWTH = 2.2
# Larger inputs no longer fit into the processor's caches.
MAX_CPU_GROWTH = 3.0

_CPU_FACTOR = 8
_MIN_CPU_S = 0.002
_RUNS = 5


def count_instructions(call: Call) -> int:
    """Return how many bytecode instructions are executed in this thread while `call` runs, those of `call` included.

    What it raises is raised. A debugger or a measurement of coverage that traces as well does not see the call. Python
    3.12 and 3.13 may leave out instructions, even all, of a function that is traced for the first time.
    """
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        if event == 'opcode':
            count += 1
        else:
            frame.f_trace_lines = False
            frame.f_trace_opcodes = True
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def instruction_growth(prepare: Callable[[int], Call], size: int) -> float:
    """Return by what the number of instructions is multiplied when the input is twice as long: 2 for linear work.

    Args:
        prepare: Makes the input of a size and returns what is to be counted.
        size: The smaller size; large enough that what does not depend on it does not count.
    """
    fewer, more = (max(count_instructions(prepare(each)) for _ in range(2)) for each in (size, 2 * size))
    return more / max(fewer, 1)  # a function written in C, called directly, takes none


def cpu_growth(prepare: Callable[[int], Call], size: int) -> float:
    """Return by what the processor's time per element is multiplied when the input is eight times as long.

    Returns:
        About 1 for linear work and 8 for quadratic work; 0 if the longer input takes too little time to tell.

    Args:
        prepare: Makes the input of a size and returns what is to be measured; it has to be callable repeatedly.
        size: The smaller size.
    """
    longer = _cpu_s(prepare(size * _CPU_FACTOR))
    return 0.0 if longer < _MIN_CPU_S else longer / _CPU_FACTOR / _cpu_s(prepare(size))


def assert_linear(prepare: Callable[[int], Call], size: int, *, cpu_size: int | None = None) -> None:
    """Fail unless the work is linear in the size of its input, by instructions and by the processor's time.

    Args:
        prepare: Makes the input of a size and returns what is to be measured; it has to be callable repeatedly.
        size: The size to count instructions at, and at its double.
        cpu_size: The size to measure time at, and at its eightfold; None for 16 times `size`.
    """
    instructions = instruction_growth(prepare, size)
    assert instructions <= MAX_INSTRUCTION_GROWTH, f'twice the input takes {instructions:.2f} times the instructions'
    times = cpu_growth(prepare, cpu_size or 16 * size)
    # Other processes share the caches; what is quadratic is so the second time as well.
    if times > MAX_CPU_GROWTH:
        times = cpu_growth(prepare, cpu_size or 16 * size)
    assert times <= MAX_CPU_GROWTH, f'eight times the input takes {times:.1f} times the time for each element'


def _cpu_s(call: Call) -> float:
    """Return the shortest time that one call takes, in seconds."""
    collects = gc.isenabled()
    gc.disable()
    try:
        calls = 1
        while (best := _cpu_s_of(call, calls)) < _MIN_CPU_S and calls < 1000:
            calls *= 4
        return min(best, *(_cpu_s_of(call, calls) for _ in range(_RUNS - 1))) / calls
    finally:
        if collects:
            gc.enable()


def _cpu_s_of(call: Call, calls: int) -> float:
    started = time.thread_time()
    for _ in range(calls):
        call()
    return time.thread_time() - started
