"""Which file of a directory a name stands for, and that nothing else is opened."""

import os
import time
from pathlib import Path

import pytest

from falcon_asgi import directory_files
from falcon_asgi.directory_files import is_acceptable_name, open_below, open_regular


@pytest.mark.parametrize(
    'name', ['a', 'a/b', 'a b', '.a', '..a', 'a..b', '~', 'a%2fb', '%2e%2e/a', 'é', 'con', 'nul.txt']
)
def test_acceptable_names(name: str) -> None:
    """Names are taken as they are, decoded once: what is encoded twice is the text that it then is."""
    assert is_acceptable_name(name)


REFUSED = [
    '',
    '.',
    '..',
    '../a',
    'a/..',
    'a//b',
    '/a',
    'a/',
    'a\\b',
    'c:',
    'a:b',
    'a.',
    'a ',
    'a/b ./c',
    'a\x00',
    '\x7f',
]


@pytest.mark.parametrize('name', [*REFUSED, '\udcff', 'a' * 4097])
def test_refused_names(name: str) -> None:
    """Names that lead upwards or nowhere, or mean something else to some file system, are refused by their text."""
    assert not is_acceptable_name(name)


@pytest.mark.parametrize(
    'name',
    ['con', 'a/CON', 'con/a', 'nul.txt', 'Aux.t.gz', 'com1', 'lpt9.x', 'COM\xb9', 'prn .txt', 'conin$', 'conout$.a'],
)
def test_devices_of_windows(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where a system has devices in every directory, no name stands for one."""
    assert is_acceptable_name(name) is (os.name != 'nt')
    monkeypatch.setattr(directory_files, '_HAS_DEVICES', True)
    assert not is_acceptable_name(name)


@pytest.mark.parametrize('name', ['cons', 'scon', 'com', 'com10', 'auxiliary.txt', 'a.con', 'conin', 'conin$x'])
def test_names_like_those_of_devices(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What only begins or ends like a device is a name like all others."""
    monkeypatch.setattr(directory_files, '_HAS_DEVICES', True)
    assert is_acceptable_name(name)


def test_file_below_a_directory(tmp_path: Path) -> None:
    """A regular file is opened, with what there is to know of it."""
    (tmp_path / 'sub').mkdir()
    (tmp_path / 'sub/A.TXT').write_bytes(b'hello')
    found = open_below(str(tmp_path), 'sub/A.TXT')
    assert found is not None
    with found.file:
        assert found.file.read() == b'hello'
    assert (found.name, found.suffix, found.size) == ('A.TXT', '.txt', 5)
    assert abs(found.modified.timestamp() - time.time()) < 60
    assert found.etag.dumps().endswith('-5"')


@pytest.mark.parametrize(
    'name', ['none', 'sub', 'sub/none', 'file/more', 'out', 'out/secret', 'sibling', 'circle', 'x' * 300]
)
def test_nothing_else_is_opened(tmp_path: Path, name: str) -> None:
    """Directories, what is not there, and links that lead out of the directory are no files of it."""
    root = tmp_path / 'root'
    (root / 'sub').mkdir(parents=True)
    (root / 'file').touch()
    (tmp_path / 'secret').touch()
    (tmp_path / 'root-secret').touch()
    (root / 'out').symlink_to(tmp_path)
    (root / 'sibling').symlink_to(tmp_path / 'root-secret')
    (root / 'circle').symlink_to('circle')
    assert open_below(str(root), name) is None


def test_refused_name_is_not_looked_for(tmp_path: Path) -> None:
    """A name that is refused is not found, although there is a file of that name."""
    (tmp_path / 'a:b').touch()
    assert open_below(str(tmp_path), 'a:b') is None


def test_root_of_the_file_system(tmp_path: Path) -> None:
    """Every file is below the root, whose path ends with the separator as it is."""
    (tmp_path / 'a').touch()
    found = open_below('/', str(tmp_path / 'a')[1:])
    assert found is not None
    found.file.close()


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_pipes_are_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is not opened; if it took the place of a file just then, it is closed again, without waiting for it."""
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'file').touch()
    assert open_regular(str(tmp_path / 'pipe'), 'pipe') is None
    status = os.stat(tmp_path / 'file')
    monkeypatch.setattr(os, 'stat', lambda path: status)
    assert open_regular(str(tmp_path / 'pipe'), 'pipe') is None
