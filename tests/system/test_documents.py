"""What the documents and docstrings show is what happens."""

import doctest
import importlib
import traceback
from pathlib import Path

import pytest

from documents import Block, python_blocks, run_document

ROOT = Path(__file__).parents[2]
# The specification's examples leave names to the reader; a test of their own gives them those.
DOCUMENTS = sorted(
    {*ROOT.glob('*.md'), *ROOT.glob('packages/*/README.md'), *ROOT.glob('docs/**/*.md')}
    - {ROOT / 'docs/specification.md'}
)
MODULES = sorted(
    '.'.join(path.relative_to(source.parent).with_suffix('').parts).removesuffix('.__init__')
    for source in ROOT.glob('packages/*/src/*')
    for path in source.rglob('*.py')
)


@pytest.mark.parametrize('path', DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_blocks_run(path: Path) -> None:
    """The Python blocks of a document run one after the other."""
    run_document(path)


@pytest.mark.parametrize('name', MODULES)
def test_docstring_examples_hold(name: str) -> None:
    """The interactive examples in docstrings print what they say."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_distribution_shows_an_example() -> None:
    """The README of each distribution has a Python block that runs."""
    for path in (ROOT / 'packages').glob('*/README.md'):
        assert list(python_blocks(path.read_text())), path


def test_blocks_are_found() -> None:
    """Fences with the info string python are blocks, also indented ones; others are not."""
    text = '```python\na = 1\n```\n\n```python-repl\n>>>\n```\n\n- b\n\n  ```python x\n  if a:\n      b = 2\n  ```\n'
    assert list(python_blocks(text)) == [Block('a = 1\n', 2), Block('if a:\n    b = 2\n', 12)]


def test_marked_block_is_left_out() -> None:
    """A block with a reason not to run it on the line above is no block; a mark without a reason does not count."""
    marked = '<!-- not run: needs a database -->\n```python\nquery()\n```\n'
    unreasoned = '<!-- not run:  -->\n```python\nquery()\n```\n'
    assert list(python_blocks(marked)) == []
    assert list(python_blocks(unreasoned)) == [Block('query()\n', 3)]


def test_block_runs_where_its_package_is_installed() -> None:
    """A block that names a package on the line above is one where that is installed, and none elsewhere."""
    text = '<!-- run with: {} -->\n```python\nrun()\n```\n'
    assert list(python_blocks(text.format('json'))) == [Block('run()\n', 3)]
    assert list(python_blocks(text.format('no_such_package'))) == []


def test_later_blocks_see_earlier_ones(tmp_path: Path) -> None:
    """The blocks of a document share one module."""
    document = tmp_path / 'guide.md'
    document.write_text('```python\na = 1\n```\n\n```python\nassert a == 1\nassert __name__ != "__main__"\n```\n')
    run_document(document)


def test_failure_names_the_line(tmp_path: Path) -> None:
    """A failing block's traceback points into the document."""
    document = tmp_path / 'guide.md'
    document.write_text('# Guide\n\n```python\nimport json\njson.nothing\n```\n')
    with pytest.raises(AttributeError) as raised:
        run_document(document)
    frame = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno) == (str(document), 5)
