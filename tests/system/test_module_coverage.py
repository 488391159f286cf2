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

DATES = """
LIMIT = 10


def bounded(day):
    if day > LIMIT:
        day = LIMIT
    return day
"""

SOURCES = {
    'packages/falcon-core/src/falcon_core/__init__.py': "from falcon_core.dates import bounded\n\n__all__ = ['bounded']\n",
    'packages/falcon-core/src/falcon_core/dates.py': DATES,
    'packages/falcon-core/src/falcon_core/routing/_tree.py': 'def root():\n    return None\n',
}


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _measured(root: Path, tests: dict[str, str]) -> dict[str, Share]:
    """Run the tests of a small monorepo under coverage; return the shares by the name of the source module."""
    rcfile = '[run]\nbranch = true\nsource = packages\ncore = ctrace\n'
    _write(root, SOURCES | tests | {'tests/conftest.py': CONFTEST.read_text(), '.coveragerc': rcfile, 'pytest.ini': ''})
    environment = os.environ | {'PYTHONPATH': str(root / 'packages/falcon-core/src')}
    command = [sys.executable, '-m', 'coverage', 'run', '-m', 'pytest', '-q', '--import-mode=importlib', 'tests']
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, timeout=60)
    measurement = coverage.Coverage(data_file=root / '.coverage', config_file=root / '.coveragerc')
    measurement.load()
    return {share.source.name: share for share in shares(root, measurement)}


def test_own_test_module_counts(tmp_path: Path) -> None:
    """A module whose own test module takes all of its branches has no fault."""
    test = 'from falcon_core.dates import bounded\n\n\ndef test_bounded():\n    assert bounded(5) + bounded(11) == 15\n'
    share = _measured(tmp_path, {'tests/falcon-core/test_dates.py': test})['dates.py']
    assert (share.percent, share.fault) == (100.0, None)


def test_other_test_modules_do_not_count(tmp_path: Path) -> None:
    """What other test modules cover is not held in favour of a module."""
    one_branch = 'from falcon_core.dates import bounded\n\n\ndef test_bounded():\n    assert bounded(5) == 5\n'
    other_branch = 'from falcon_core.dates import bounded\n\n\ndef test_bounded():\n    assert bounded(11) == 10\n'
    tests = {'tests/falcon-core/test_dates.py': one_branch, 'tests/falcon-core/test_other.py': other_branch}
    share = _measured(tmp_path, tests)['dates.py']
    assert share.fault == (
        'packages/falcon-core/src/falcon_core/dates.py: '
        'tests/falcon-core/test_dates.py covers 50.0 %, expected at least 90 %'
    )


def test_missing_test_module_is_named(tmp_path: Path) -> None:
    """A module that has no test module is told the path of the one it lacks."""
    share = _measured(tmp_path, {'tests/falcon-core/test_other.py': 'def test_nothing():\n    pass\n'})['_tree.py']
    assert share.fault == (
        'packages/falcon-core/src/falcon_core/routing/_tree.py: '
        'has no test module, expected tests/falcon-core/test_routing_tree.py'
    )


def test_every_module_with_behaviour_is_paired(tmp_path: Path) -> None:
    """Private and nested modules have a test module of a flat name; re-exports need none."""
    _write(tmp_path, SOURCES)
    assert [test.as_posix() for _, test in module_pairs(tmp_path)] == [
        'tests/falcon-core/test_dates.py',
        'tests/falcon-core/test_routing_tree.py',
    ]


@pytest.mark.parametrize('text', ["'''Doc.'''\nimport json as json\n__version__ = '1.0'\n", ''])
def test_names_alone_need_no_test(text: str) -> None:
    """Imports, a docstring and dunder names are no behaviour."""
    assert only_names(ast.parse(text))


@pytest.mark.parametrize('text', ['LIMIT = 3\n', 'def root():\n    return None\n', 'class Tree:\n    pass\n', 'f()\n'])
def test_everything_else_needs_a_test(text: str) -> None:
    """Definitions, constants and calls are for a test to cover."""
    assert not only_names(ast.parse(text))
