"""The table of import edges holds for the sources, and its check sees every kind of breach."""

from pathlib import Path

import pytest

from import_edges import SIBLINGS, violations

PACKAGES = Path(__file__).parents[2] / 'packages'

SOUND = {
    'falcon_core/__init__.py': "from falcon_core.errors import FalconError\n\n__all__ = ['FalconError']\n",
    'falcon_core/errors.py': "__all__ = ['FalconError']\n\n\nclass FalconError(Exception):\n    pass\n",
    'falcon_core/_tables.py': "__all__ = ['TABLE']\nTABLE = {}\n",
    'falcon_core/interfaces.py': 'async def read():\n    ...\n',
    'falcon_media/__init__.py': 'import json\n\nimport msgspec\nfrom falcon_core.errors import FalconError\n',
    'falcon_ws/__init__.py': 'import falcon_core.errors\n\nfrom . import socket\n',
    'falcon_ws/socket.py': 'from falcon_core import FalconError, errors\n\n\nasync def serve():\n    errors.read()\n',
    'falcon_sse/__init__.py': '',
    'falcon_asgi/__init__.py': "__all__ = ['App']\n\n\nclass App:\n    pass\n",
    'falcon_asgi/types.py': 'if TYPE_CHECKING:\n    from typing_extensions import TypeVar\n',
    'falcon/__init__.py': '''
"""Names."""
from falcon_asgi import App as App

__all__ = ['App']


def __getattr__(name):
    if name == 'API':
        raise AttributeError('use App')
    raise AttributeError(name)
''',
}

BREACHES = {
    'an edge between siblings': (
        'falcon_ws/socket.py',
        'import falcon_asgi',
        'falcon_ws.socket imports falcon_asgi: no edge leads from falcon_ws to falcon_asgi',
    ),
    'an edge out of the core': (
        'falcon_core/errors.py',
        'from falcon_media import JSONHandler',
        'falcon_core.errors imports falcon_media.JSONHandler: no edge leads from falcon_core to falcon_media',
    ),
    'an edge to the meta-package': (
        'falcon_asgi/__init__.py',
        'import falcon',
        'falcon_asgi imports falcon: no edge leads from falcon_asgi to falcon',
    ),
    'an edge for types only': (
        'falcon_sse/__init__.py',
        'if TYPE_CHECKING:\n    from falcon_ws import socket',
        'falcon_sse imports falcon_ws.socket: no edge leads from falcon_sse to falcon_ws',
    ),
    'what only type checkers have, for the program': (
        'falcon_asgi/__init__.py',
        'from typing_extensions import TypeVar',
        'falcon_asgi imports typing_extensions.TypeVar: falcon_asgi may not need typing_extensions',
    ),
    'what only type checkers have, where another package has no need of it': (
        'falcon_sse/__init__.py',
        'if TYPE_CHECKING:\n    from typing_extensions import TypeVar',
        'falcon_sse imports typing_extensions.TypeVar: falcon_sse may not need typing_extensions',
    ),
    'an edge inside a function': (
        'falcon_sse/__init__.py',
        'def encode():\n    import falcon_media',
        'falcon_sse imports falcon_media: no edge leads from falcon_sse to falcon_media',
    ),
    'an edge by import_module': (
        'falcon_asgi/__init__.py',
        "importlib.import_module('falcon_ws')",
        'falcon_asgi imports falcon_ws: no edge leads from falcon_asgi to falcon_ws',
    ),
    'an edge by __import__': (
        'falcon_asgi/__init__.py',
        "__import__(name='falcon_sse')",
        'falcon_asgi imports falcon_sse: no edge leads from falcon_asgi to falcon_sse',
    ),
    'an import that cannot be checked': (
        'falcon_asgi/__init__.py',
        'import_module(PREFIX + name)',
        'falcon_asgi imports PREFIX + name: only a literal can be checked',
    ),
    'a third party in the core': (
        'falcon_core/errors.py',
        'import msgspec',
        'falcon_core.errors imports msgspec: falcon_core may not need msgspec',
    ),
    'another third party than the listed': (
        'falcon_media/__init__.py',
        'from orjson import dumps',
        'falcon_media imports orjson.dumps: falcon_media may not need orjson',
    ),
    'a private module': (
        'falcon_ws/socket.py',
        'from falcon_core._tables import TABLE',
        'falcon_ws.socket imports falcon_core._tables.TABLE: the module is private',
    ),
    'a private module by name': (
        'falcon_ws/socket.py',
        'from falcon_core import _tables',
        'falcon_ws.socket imports falcon_core._tables: the module is private',
    ),
    'a private name': (
        'falcon_ws/socket.py',
        'from falcon_core.errors import _hidden',
        'falcon_ws.socket imports falcon_core.errors._hidden: the name is not in the __all__ of falcon_core.errors',
    ),
    'all names at once': (
        'falcon/__init__.py',
        'from falcon_asgi import *',
        'falcon imports falcon_asgi.*: the name is not in the __all__ of falcon_asgi',
    ),
    'a private attribute': (
        'falcon_ws/socket.py',
        'print(errors._hidden)',
        'falcon_ws.socket uses errors._hidden: the name is private',
    ),
    'a module that does not exist': (
        'falcon_ws/socket.py',
        'import falcon_core.nowhere',
        'falcon_ws.socket imports falcon_core.nowhere: there is no module falcon_core.nowhere',
    ),
    'a coroutine in the core': (
        'falcon_core/errors.py',
        'async def report():\n    pass',
        'falcon_core.errors defines the coroutine report: the module is not listed for that',
    ),
    'a function in the meta-package': (
        'falcon/__init__.py',
        'def make_app():\n    return App()',
        'falcon has logic: def make_app():',
    ),
    'a computed name in the meta-package': (
        'falcon/__init__.py',
        "__version__ = version('falcon')",
        "falcon has logic: __version__ = version('falcon')",
    ),
    'a lazy import in the meta-package': (
        'falcon/__init__.py',
        'def __getattr__(name):\n    return load(name)',
        'falcon has logic: def __getattr__(name):',
    ),
}


def _write(tree: Path, modules: dict[str, str]) -> Path:
    for name, text in modules.items():
        package = name.partition('/')[0]
        path = tree / package.replace('_', '-') / 'src' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tree


def test_sources_keep_to_the_table() -> None:
    """No source of any distribution breaks the table of edges."""
    assert violations(PACKAGES) == []


def test_every_distribution_is_in_the_table() -> None:
    """The table has a row for each distribution, and no other."""
    assert {path.name for path in PACKAGES.glob('*/src/*')} == set(SIBLINGS)


def test_sound_tree_has_no_violations(tmp_path: Path) -> None:
    """Allowed edges, own modules and the standard library are passed over."""
    assert violations(_write(tmp_path, SOUND)) == []


@pytest.mark.parametrize('breach', BREACHES)
def test_breach_is_named(tmp_path: Path, breach: str) -> None:
    """One breach added to a sound tree gives one line, which names the module and the edge."""
    path, statement, expected = BREACHES[breach]
    faults = violations(_write(tmp_path, SOUND | {path: f'{SOUND[path]}\n{statement}\n'}))
    assert [fault.partition(' ')[2] for fault in faults] == [expected]


def test_foreign_package_is_named(tmp_path: Path) -> None:
    """A distribution holds its own package only, so that no other but the meta-package's is called falcon."""
    _write(tmp_path, SOUND)
    for foreign in ('falcon', 'falcon_extras'):
        folder = tmp_path / 'falcon-ws/src' / foreign
        folder.mkdir()
        (folder / '__init__.py').write_text('import json\n')
    faults = [fault.partition(' ')[2] for fault in violations(tmp_path)]
    assert faults == ['falcon-ws may hold no package but falcon_ws'] * 2


def test_fault_tells_file_and_line(tmp_path: Path) -> None:
    """A line of the report begins with the place, as editors read it."""
    _write(tmp_path, SOUND | {'falcon_sse/__init__.py': '\n\nimport falcon_ws\n'})
    path = tmp_path / 'falcon-sse/src/falcon_sse/__init__.py'
    assert violations(tmp_path)[0].startswith(f'{path}:3: ')
