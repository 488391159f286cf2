"""The check that each module is covered by its own test module sees who covers what."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from module_coverage import Share, module_pairs, only_names, shares

CONFTEST = Path(__file__).parents[1] / 'conftest.py'

BOUNDED = """
LIMIT = 10


def bounded(number):
    if number > LIMIT:
        number = LIMIT
    return number
"""

SOURCES = {
    'packages/falcon-core/src/falcon_core/__init__.py': 'from falcon_core.dates import bounded\n',
    'packages/falcon-core/src/falcon_core/dates.py': BOUNDED,
    'packages/falcon-core/src/falcon_core/ranges.py': BOUNDED,
    'packages/falcon-core/src/falcon_core/routing/_tree.py': 'def root():\n    return None\n',
}

TESTS = {
    'tests/falcon-core/test_dates.py': """
from falcon_core import dates, ranges


def test_bounded():
    assert dates.bounded(5) + dates.bounded(11) + ranges.bounded(11) == 25
""",
    'tests/falcon-core/test_ranges.py': """
from falcon_core import ranges


def test_bounded():
    assert ranges.bounded(5) == 5
""",
}


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture(scope='module')
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Share]:
    """The shares of a small monorepo, whose tests ran under coverage, by the name of the source module."""
    root = tmp_path_factory.mktemp('monorepo')
    rcfile = '[run]\nbranch = true\nsource = packages\ncore = ctrace\n'
    _write(root, SOURCES | TESTS | {'tests/conftest.py': CONFTEST.read_text(), '.coveragerc': rcfile, 'pytest.ini': ''})
    environment = os.environ | {'PYTHONPATH': str(root / 'packages/falcon-core/src')}
    command = [sys.executable, '-m', 'coverage', 'run', '-m', 'pytest', '--import-mode=importlib', 'tests']
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=60)
    measurement = coverage.Coverage(data_file=root / '.coverage', config_file=root / '.coveragerc')
    measurement.load()
    return {share.source.name: share for share in shares(root, measurement)}


def test_own_test_module_counts(measured: dict[str, Share]) -> None:
    """A module whose own test module takes all of its branches has no fault."""
    assert (measured['dates.py'].percent, measured['dates.py'].fault) == (100.0, None)


def test_other_test_modules_do_not_count(measured: dict[str, Share]) -> None:
    """What other test modules cover is not held in favour of a module."""
    assert measured['ranges.py'].fault == (
        'packages/falcon-core/src/falcon_core/ranges.py: '
        'tests/falcon-core/test_ranges.py covers 50.0 %, expected at least 90 %'
    )


def test_missing_test_module_is_named(measured: dict[str, Share]) -> None:
    """A module that has no test module is told the path of the one it lacks."""
    assert measured['_tree.py'].fault == (
        'packages/falcon-core/src/falcon_core/routing/_tree.py: '
        'has no test module, expected tests/falcon-core/test_routing_tree.py'
    )


def test_every_module_with_behaviour_is_paired(tmp_path: Path) -> None:
    """Private and nested modules have a test module of a flat name; re-exports need none."""
    _write(tmp_path, SOURCES)
    assert [test.as_posix() for _, test in module_pairs(tmp_path)] == [
        'tests/falcon-core/test_dates.py',
        'tests/falcon-core/test_ranges.py',
        'tests/falcon-core/test_routing_tree.py',
    ]


@pytest.mark.parametrize('text', ["'''Doc.'''\nimport json\n__version__ = '1.0'\n", 'Message = dict[str, int]\n', ''])
def test_names_alone_need_no_test(text: str) -> None:
    """Imports, a docstring, dunder names and names of types are no behaviour."""
    assert only_names(ast.parse(text))


@pytest.mark.parametrize('text', ['LIMIT = 3\n', 'def root():\n    return None\n', 'class Tree:\n    pass\n', 'f()\n'])
def test_everything_else_needs_a_test(text: str) -> None:
    """Definitions, constants and calls are for a test to cover."""
    assert not only_names(ast.parse(text))
