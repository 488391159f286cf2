"""The table of features: every test that it links to exists, and every row has one."""

import ast
import re
from pathlib import Path

import pytest

LINK = re.compile(r'\[(test_\w+)\]\(\.\./(tests/[^)]+\.py)\)')
COLUMNS = 7


@pytest.fixture
def rows(root: Path) -> list[list[str]]:
    """The rows of the tables of features, cell by cell."""
    lines = (root / 'docs/features.md').read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip('| ').split(' | ')] for line in lines if line.startswith('| ')]
    return [row for row in cells if len(row) > 2 and row[0] != 'feature' and not row[0].startswith('---')]


def test_every_row_links_to_a_test(rows: list[list[str]]) -> None:
    """Each row has a cell for each framework, none of them empty, and ends with a link to a test of what there is."""
    for row in rows:
        assert len(row) == COLUMNS, row
        assert all(row), row
        assert LINK.fullmatch(row[-1]) or row[-2:] == ['no', '-'], row


def test_every_linked_test_exists(root: Path, rows: list[list[str]]) -> None:
    """The test that a row links to is in the file that it links to."""
    links = [found for row in rows if (found := LINK.search(row[-1]))]
    for found in links:
        tree = ast.parse((root / found[2]).read_text())
        functions = {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        assert found[1] in functions, f'{found[2]} has no {found[1]}'


def test_there_are_rows_for_each_part(rows: list[list[str]]) -> None:
    """The table is no sketch."""
    assert len(rows) > 50
