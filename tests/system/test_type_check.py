"""The type check leaves out no test, and gives mypy no two modules of one name."""

from pathlib import Path

from type_check import ROOT, runs


def test_each_test_file_is_checked_once() -> None:
    """Every Python file under tests is in exactly one run."""
    checked = [ROOT / path for paths in runs(ROOT) for path in paths if path.startswith('tests')]
    assert sorted(checked) == sorted((ROOT / 'tests').rglob('*.py'))


def test_no_run_has_two_modules_of_one_name(tmp_path: Path) -> None:
    """Modules of the same name in two folders are checked in two runs."""
    for name in ('tests/a/test_x.py', 'tests/a/test_y.py', 'tests/b/test_x.py'):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert runs(tmp_path)[2:] == [['tests/a/test_x.py', 'tests/a/test_y.py'], ['tests/b/test_x.py']]
