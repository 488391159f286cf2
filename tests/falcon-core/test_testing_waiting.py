import asyncio

import pytest

from event_loop import in_loop
from falcon_core.testing import Progress, within


@in_loop
async def test_wait_that_ends_in_time() -> None:
    """Nothing happens to a block that is done in time."""
    async with within(1, 'nothing'):
        await asyncio.sleep(0)


@in_loop
async def test_wait_that_takes_too_long() -> None:
    """The error says for how long and for what was waited; a function is asked for that in the end."""
    with pytest.raises(TimeoutError, match=r'^waited 0.01 s for the bus$'):
        async with within(0.01, 'the bus'):
            await asyncio.Event().wait()
    with pytest.raises(TimeoutError, match=r'^waited 0.01 s for the train$'):
        async with within(0.01, lambda: 'the train'):
            await asyncio.Event().wait()


@in_loop
async def test_timeout_of_the_block_itself_is_kept() -> None:
    """A TimeoutError from inside is not taken for the end of the wait."""
    with pytest.raises(TimeoutError, match=r'^own$'):
        async with within(1, 'nothing'):
            raise TimeoutError('own')


@in_loop
async def test_progress_wakes_all() -> None:
    """Each that waits looks at its condition whenever there is progress."""
    progress, steps = Progress(), list[int]()

    async def wait(count: int) -> None:
        await progress.wait_for(lambda: len(steps) >= count)

    waiting = [asyncio.create_task(wait(count)) for count in (0, 1, 2)]
    for expected in ([True, False, False], [True, True, False], [True, True, True]):
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [task.done() for task in waiting] == expected
        steps.append(0)
        progress.tell()
