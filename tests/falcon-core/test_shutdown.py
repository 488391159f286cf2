"""Who is told that an application stops, how often, and what one that fails does to the others."""

import pytest

from event_loop import in_loop, turns
from falcon_core.registry import Registry
from falcon_core.shutdown import Shutdown


def test_all_are_told_once_and_in_order() -> None:
    """Callbacks are called in the order in which they were added, and once, however often it begins."""
    shutdown, log = Shutdown(), list[str]()
    first, second = (lambda: log.append('first')), (lambda: log.append('second'))
    for callback in (first, second, first):
        shutdown.add(callback)
    assert not shutdown.begun
    shutdown.begin()
    shutdown.begin()
    assert shutdown.begun
    assert log == ['first', 'second']


def test_who_was_discarded_is_not_told() -> None:
    """A callback that is discarded, be it by another one on the way, is not called; discarding twice is allowed."""
    shutdown, log = Shutdown(), list[str]()
    last = lambda: log.append('last')  # noqa: E731 # compared by identity
    never = lambda: log.append('never')  # noqa: E731
    shutdown.add(never)
    shutdown.add(lambda: shutdown.discard(last))
    shutdown.add(last)
    shutdown.discard(never)
    shutdown.discard(never)
    shutdown.begin()
    assert log == []


def test_bound_methods_can_be_discarded() -> None:
    """A method is the same callback each time it is looked up."""
    shutdown, log = Shutdown(), ['a']
    shutdown.add(log.clear)
    shutdown.discard(log.clear)
    shutdown.begin()
    assert log == ['a']


def test_one_that_fails_is_logged_and_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """An exception of a callback goes to the log, and the next one is called."""
    shutdown, log = Shutdown(), list[str]()

    def fail() -> None:
        raise RuntimeError('no')

    shutdown.add(fail)
    shutdown.add(lambda: log.append('told'))
    shutdown.begin()
    assert log == ['told']
    assert 'RuntimeError: no' in caplog.text


@in_loop
async def test_who_comes_late_is_told_soon() -> None:
    """What is added after the shutdown has begun is called in the next turn of the event loop, not at once."""
    shutdown, log = Shutdown(), list[str]()
    shutdown.begin()
    shutdown.add(lambda: log.append('told'))
    assert log == []
    await turns(1)
    assert log == ['told']


@in_loop
async def test_who_comes_late_can_still_be_discarded() -> None:
    """What is discarded before its turn comes is not called."""
    shutdown, log = Shutdown(), list[str]()
    shutdown.begin()
    callback = lambda: log.append('told')  # noqa: E731 # compared by identity
    shutdown.add(callback)
    shutdown.discard(callback)
    await turns()
    assert log == []


def test_one_late_without_an_event_loop_is_refused() -> None:
    """A callback that comes late is refused where no event loop could call it, and not kept."""
    shutdown = Shutdown()
    shutdown.begin()
    with pytest.raises(RuntimeError, match='no running event loop'):
        shutdown.add(print)


def test_begins_anew_after_a_reset() -> None:
    """An application that is started again can be told to stop again, and those told before are not told twice."""
    shutdown, log = Shutdown(), list[str]()
    shutdown.add(lambda: log.append('first'))
    shutdown.begin()
    shutdown.reset()
    assert not shutdown.begun
    shutdown.add(lambda: log.append('second'))
    shutdown.begin()
    assert log == ['first', 'second']


def test_each_application_has_its_own() -> None:
    """A registry holds the shutdown of its application."""
    first, second = Registry(), Registry()
    first.shutdown.begin()
    assert not second.shutdown.begun
