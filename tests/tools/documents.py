"""The Python blocks of Markdown documents, run as they stand.

The blocks of one document run in order in one module, so that a block may build on those before it. A block that cannot
run says why in a comment on the line above it, which readers do not see:

    <!-- not run: needs a database -->

One that needs a package which need not be installed names it there, and runs where it is:

    <!-- run with: fastapi -->
"""

import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType

__all__ = ['Block', 'python_blocks', 'run_document']

_FENCED = re.compile(
    r'^(?P<indent> *)(?P<fence>```+)python(?: [^\n]*)?\n(?P<code>.*?)^(?P=indent)(?P=fence) *$',
    re.MULTILINE | re.DOTALL,
)
_NOT_RUN = re.compile(r'<!-- not run: \S.*? -->\n *$')
_RUN_WITH = re.compile(r'<!-- run with: (?P<package>\w+) -->\n *$')


@dataclass(frozen=True, slots=True)
class Block:
    """A Python block of a document.

    Attributes:
        code: Its lines, not indented.
        line: The number of its first line in the document, from 1.
    """

    code: str
    line: int


def python_blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a document that are to be run."""
    for match in _FENCED.finditer(text):
        needs = _RUN_WITH.search(text, 0, match.start())
        if needs is not None and importlib.util.find_spec(needs['package']) is None:
            continue
        if not _NOT_RUN.search(text, 0, match.start()):
            indent = match['indent']
            code = ''.join(line.removeprefix(indent) for line in match['code'].splitlines(keepends=True))
            yield Block(code, text.count('\n', 0, match.start('code')) + 1)


def run_document(path: Path, count: int | None = None) -> None:
    """Run the blocks of a document; a traceback names the document and its lines.

    Args:
        path: The document.
        count: How many blocks to run, from the first; None for all.

    Raises:
        Exception: Whatever a block raised.
    """
    module = ModuleType('document')
    # Dataclasses and structs look up the module that defines them.
    sys.modules[module.__name__] = module
    try:
        for block in islice(python_blocks(path.read_text()), count):
            padding = '\n' * (block.line - 1)
            exec(compile(padding + block.code, path, 'exec'), vars(module))
    finally:
        del sys.modules[module.__name__]
