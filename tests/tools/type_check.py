"""Run `mypy` over the sources, and over the tests folder by folder.

Test modules of different distributions may share a name, which one run of mypy does not allow.
"""

import sys
from itertools import groupby
from pathlib import Path

from mypy import api

__all__ = ['main', 'runs']

ROOT = Path(__file__).parents[2]


def runs(root: Path) -> list[list[str]]:
    """Return the paths to check in each run of mypy, relative to `root`."""
    tests = sorted((root / 'tests').rglob('*.py'), key=lambda path: (path.parent, path.name))
    folders = [list(paths) for _, paths in groupby(tests, key=lambda path: path.parent)]
    return [['packages'], ['examples'], *([str(path.relative_to(root)) for path in paths] for paths in folders)]


def main() -> int:
    """Print what mypy finds in each part; return 1 if that is anything, else 0."""
    status = 0
    for paths in runs(ROOT):
        out, err, code = api.run(paths)
        if code:
            sys.stdout.write(out + err)
            status = 1
    return status


if __name__ == '__main__':
    sys.exit(main())
