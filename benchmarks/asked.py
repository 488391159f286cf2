"""What the file of each benchmark has in common: it measures its cases when `compare.py` asks for them."""

import json
import sys
import time

__all__ = ['answer', 'mean']

ROUND_S = 0.02


async def answer(cases):
    """Print the names of the cases as JSON; then, for each name that is read, the seconds of processor time it takes.

    `cases` has by name a coroutine function that returns these.
    """
    print(json.dumps(list(cases)), flush=True)
    for line in sys.stdin:
        print(await cases[line.strip()](), flush=True)


async def mean(run, divisor=1):
    """Return the mean processor time of the runs of some milliseconds, divided; the first one only warms up."""
    await run()
    count = 0
    end = time.perf_counter() + ROUND_S
    begin = time.process_time()
    while time.perf_counter() < end:
        await run()
        count += 1
    return (time.process_time() - begin) / count / divisor
