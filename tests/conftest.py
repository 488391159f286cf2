"""What holds for all tests: how Hypothesis searches, and which test a covered line is told to belong to."""

import gc
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

# The same examples in each run, however slow the machine: few in the run that everyone waits for, more where coverage
# is measured. `hatch run explore` looks for new ones.
_STEADY = settings(deadline=None, derandomize=True, database=None)
settings.register_profile('quick', _STEADY, max_examples=50)
settings.register_profile('thorough', _STEADY, max_examples=100)
settings.register_profile('explore', deadline=None, max_examples=1000)
settings.load_profile('quick')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Tell coverage, where it measures, which test runs; what modules do when imported belongs to none."""
    module = sys.modules.get('coverage')
    measurement = module.Coverage.current() if module else None
    if measurement is not None:
        measurement.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        if measurement is not None:
            measurement.switch_context('')


def pytest_collection_finish() -> None:
    """Leave what collecting the tests has made out of garbage collections, which some tests ask for."""
    gc.collect()
    gc.freeze()
