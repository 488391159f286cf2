"""Check that each module is covered by its own test module, after a run of the tests under coverage.

`tests/falcon-core/test_dates.py` is the test module of `falcon_core/dates.py`, `tests/falcon-core/test_routing_tree.py`
the one of `falcon_core/routing/_tree.py`. Modules that only import and name things need none.

The data of the run says which test ran which branch, so one run is enough. What a module does when it is imported
counts as covered for all; as definitions are most of that, branches are looked at by themselves, too.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage

__all__ = ['Share', 'main', 'module_pairs', 'only_names', 'shares']

ROOT = Path(__file__).parents[2]
MINIMUM_PERCENT = 90.0


@dataclass(frozen=True, slots=True)
class Share:
    """What the test module of a source module covers of it.

    Attributes:
        source: The module's path, relative to the root.
        test: The path of its test module, relative to the root.
        percent: The part of its statements or of its branches, whichever is less; None if there is no test module.
    """

    source: Path
    test: Path
    percent: float | None

    @property
    def fault(self) -> str | None:
        """A line that says what is missing; None if nothing is."""
        if self.percent is None:
            return f'{self.source}: has no test module, expected {self.test}'
        if self.percent < MINIMUM_PERCENT:
            return f'{self.source}: {self.test} covers {self.percent:.1f} %, expected at least {MINIMUM_PERCENT:.0f} %'
        return None


def module_pairs(root: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each module that needs a test module, and the path of that, relative to `root`."""
    for path in sorted((root / 'packages').glob('*/src/*/**/*.py')):
        source = path.relative_to(root)
        if not only_names(ast.parse(path.read_text())):
            parts = [part.strip('_') for part in source.with_suffix('').parts[4:]]
            yield source, Path('tests', source.parts[1], f'test_{"_".join(parts)}.py')


def only_names(tree: ast.Module) -> bool:
    """Return whether a module does nothing but import, document, and name types and things such as `__all__`."""
    return all(_is_naming(node) for node in tree.body)


def _is_naming(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name.startswith('__') or isinstance(value, ast.Subscript)  # as in `Message = dict[str, Any]`
    return False


def shares(root: Path, measurement: coverage.Coverage) -> Iterator[Share]:
    """Yield what each test module covers of its source module.

    Args:
        root: The root of the monorepo.
        measurement: Loaded data of a run whose contexts were the tests' node ids.
    """
    for source, test in module_pairs(root):
        if not (root / test).is_file():
            yield Share(source, test, None)
            continue
        # The empty context is that of the imports.
        measurement.get_data().set_query_contexts(['^$', f'^{re.escape(test.as_posix())}::'])
        yield Share(source, test, _least_percent(measurement, str(root / source)))


def _least_percent(measurement: coverage.Coverage, source: str) -> float:
    _, statements, _, missing, _ = measurement.analysis2(source)
    branches = measurement.branch_stats(source).values()
    return min(
        _percent(len(statements) - len(missing), len(statements)),
        _percent(sum(taken for _, taken in branches), sum(total for total, _ in branches)),
    )


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def main() -> int:
    """Print a line for each module that its own test module does not cover well enough; return 1 if there is one."""
    measurement = coverage.Coverage()
    measurement.load()
    faults = [share.fault for share in shares(ROOT, measurement) if share.fault]
    sys.stdout.writelines(f'{fault}\n' for fault in faults)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
