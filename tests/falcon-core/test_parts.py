import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from falcon_core import parts
from falcon_core.errors import MissingDistribution, UnsupportedError

Install = Callable[[str, str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Make a distribution out of its name, the text of its entry points and the source of its one module.

    None but those that the test makes can be seen. The module is named `part_` and the distribution's name.
    """
    before = set(sys.modules)
    monkeypatch.setattr(sys, 'path', [str(tmp_path)])

    def make(name: str, entry_points: str, source: str) -> None:
        folder = tmp_path / f'{name}-1.0.dist-info'
        folder.mkdir()
        (folder / 'METADATA').write_text(f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n')
        (folder / 'entry_points.txt').write_text(entry_points)
        (tmp_path / f'part_{name}.py').write_text(source)
        forget()

    forget()
    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Let the parts be looked up anew, which a process otherwise does once."""
    importlib.invalidate_caches()
    parts._load.cache_clear()
    parts.announced_bodies.cache_clear()


HANDLERS = """
class Both:
    media_types = ('application/a', 'application/b')
    payload_handler = staticmethod(lambda: 'payload of Both')

class Other:
    media_types = ('application/b', 'application/c')
"""


def test_media_handlers_by_media_type(install: Install) -> None:
    """Each announced class is made once, and stands for each of its media types."""
    install('one', '[falcon.media]\nboth = part_one:Both', HANDLERS)
    handlers = parts.installed_media_handlers()
    assert list(handlers) == ['application/a', 'application/b']
    assert type(handlers['application/a']).__name__ == 'Both'
    assert handlers['application/a'] is handlers['application/b']


def test_media_handlers_are_new_each_time(install: Install) -> None:
    """Two registries share no handler, so that setting one up leaves the other as it is."""
    install('one', '[falcon.media]\nboth = part_one:Both', HANDLERS)
    first, second = parts.installed_media_handlers(), parts.installed_media_handlers()
    assert first['application/a'] is not second['application/a']


def test_without_any_distribution(install: Install) -> None:
    """Nothing is installed: no media handlers, and each that is asked for is missed by name."""
    assert parts.installed_media_handlers() == {}
    with pytest.raises(MissingDistribution, match=r'resp\.x needs falcon-media: pip install falcon-media'):
        parts.media_handler_for('application/json', 'resp.x')


def test_media_handler_by_its_type(install: Install) -> None:
    """The handler for one type is made without those for others."""
    install('one', '[falcon.media]\nboth = part_one:Both', HANDLERS)
    handler = parts.media_handler_for('application/b', 'b')
    assert type(handler) is sys.modules['part_one'].Both


@pytest.mark.parametrize('names', [('one', 'two'), ('two', 'one')])
def test_the_entry_point_that_sorts_first_counts(install: Install, names: tuple[str, str]) -> None:
    """Of two handlers for one media type that with the lesser name is taken, in whatever order they are found."""
    entry_points = {'one': '[falcon.media]\nalpha = part_one:Both', 'two': '[falcon.media]\nbeta = part_two:Other'}
    for name in names:
        install(name, entry_points[name], HANDLERS)
    kinds = {media_type: type(handler).__name__ for media_type, handler in parts.installed_media_handlers().items()}
    assert kinds == {'application/a': 'Both', 'application/b': 'Both', 'application/c': 'Other'}


def test_entry_points_of_the_same_name_are_both_kept(install: Install) -> None:
    """Two distributions may give their handlers the same name; neither's media types are lost."""
    install('one', '[falcon.media]\njson = part_one:Both', HANDLERS)
    install('two', '[falcon.media]\njson = part_two:Other', HANDLERS)
    assert list(parts.installed_media_handlers()) == ['application/a', 'application/b', 'application/c']


def test_payload_handlers(install: Install) -> None:
    """The handler of messages is made by the class that serves the media type, if it has one."""
    install('one', '[falcon.media]\nboth = part_one:Both\nother = part_one:Other', HANDLERS)
    handler: object = parts.payload_handler_for('application/b', 'receive_b')
    assert handler == 'payload of Both'
    with pytest.raises(MissingDistribution, match='receive_c needs falcon-media: pip install falcon-media'):
        parts.payload_handler_for('application/c', 'receive_c')


def test_scope_servers(install: Install) -> None:
    """A scope type's server is found by the name of its entry point."""
    install('one', '[falcon.scopes]\nfax = part_one:serve', 'def serve(host): ...')
    assert parts.scope_server_factory('fax', 'on_fax') is sys.modules['part_one'].serve


def test_a_missing_scope_server(install: Install) -> None:
    """The error names the distribution to install, where there is one that serves the type."""
    with pytest.raises(MissingDistribution, match='on_websocket needs falcon-ws: pip install falcon-ws'):
        parts.scope_server_factory('websocket', 'on_websocket')
    with pytest.raises(
        UnsupportedError, match=r"on_fax needs an entry point 'fax' of the group falcon\.scopes"
    ) as raised:
        parts.scope_server_factory('fax', 'on_fax')
    assert not isinstance(raised.value, MissingDistribution)


def test_bodies(install: Install) -> None:
    """A response's attribute is turned into a body by the entry point of its name."""
    install('one', '[falcon.bodies]\nrows = part_one:rows', 'def rows(value, handlers): ...')
    assert parts.body_factory('rows') is sys.modules['part_one'].rows
    assert parts.announced_bodies() == ('rows',)


def test_a_missing_body(install: Install) -> None:
    """The error names the distribution to install, where there is one that makes such a body."""
    with pytest.raises(MissingDistribution, match=r'resp\.sse needs falcon-sse: pip install falcon-sse'):
        parts.body_factory('sse')
    with pytest.raises(UnsupportedError, match=r"resp\.rows needs an entry point 'rows' of the group falcon\.bodies"):
        parts.body_factory('rows')


def test_a_broken_entry_point_is_not_passed_over(install: Install) -> None:
    """A part that is installed but cannot be imported raises its own error, and again when it is asked for again."""
    install('one', '[falcon.bodies]\nsse = part_one:event_body', 'import a_module_that_is_missing')
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match='a_module_that_is_missing'):
            parts.body_factory('sse')


def test_looks_a_group_up_once(install: Install, tmp_path: Path) -> None:
    """What was found stays, so that no request pays for looking again."""
    install('one', '[falcon.bodies]\nrows = part_one:rows', 'def rows(value, handlers): ...')
    found = parts.body_factory('rows')
    (tmp_path / 'one-1.0.dist-info/entry_points.txt').unlink()
    importlib.invalidate_caches()
    assert parts.body_factory('rows') is found


def test_connector_of_websockets(install: Install) -> None:
    """What connects a test's client to a WebSocket is found by the name of the scope; without any, falcon-ws has it."""
    with pytest.raises(MissingDistribution, match='simulate_ws needs falcon-ws'):
        parts.websocket_connector('simulate_ws')
    install('one', '[falcon.testing]\nwebsocket = part_one:connect', 'connect = "the connector"')
    assert parts.websocket_connector('simulate_ws') == 'the connector'  # type: ignore[comparison-overlap]
