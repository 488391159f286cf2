"""The README of the distribution says of its converters and modules what there is."""

import re
from pathlib import Path

import falcon_core
from documents import run_document
from falcon_core.converters import BUILTIN_CONVERTERS

README = Path(__file__).parents[2] / 'packages/falcon-core/README.md'


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    section = README.read_text().split(f'\n## {heading}\n')[1].split('\n## ')[0]
    return [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in section.splitlines()
        if line.startswith('|') and not line.startswith('| ---')
    ]


def test_examples_run() -> None:
    """All examples need the core only, and what they assert holds."""
    run_document(README)


def test_all_converters_are_listed() -> None:
    """The table has a row for each converter."""
    assert {name.strip('`') for name, *_ in rows('Templates')[2:]} == set(BUILTIN_CONVERTERS)


def test_all_public_modules_are_listed() -> None:
    """The table names each public module once, and nothing else."""
    listed = [name for _, cell in rows('Modules') for name in re.findall(r'`(\w+)`', cell)]
    folder = Path(falcon_core.__file__).parent
    modules = [path.name for path in folder.iterdir() if path.suffix == '.py' or (path / '__init__.py').is_file()]
    assert sorted(listed) == sorted(name.removesuffix('.py') for name in modules if not name.startswith('_'))
