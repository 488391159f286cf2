"""What the file of each benchmark has in common: it starts applications, and measures its cases when asked to."""

import asyncio
import json
import sys
import time

__all__ = ['answer', 'mean', 'start']

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


async def start(app):
    """Send the application the start of the lifespan, as some routes exist only then; return its task."""
    started = asyncio.get_running_loop().create_future()
    events = iter([{'type': 'lifespan.startup'}])

    async def receive():
        for event in events:
            return event
        return await asyncio.Event().wait()

    async def send(event):
        if not started.done():
            started.set_result(event)

    scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': {}}
    task = asyncio.create_task(app(scope, receive, send))
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    return task
