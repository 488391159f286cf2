"""Static routes: what may be served, and how: conditions, ranges, types, names."""

import asyncio
import os
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_loop import cancelled
from falcon_asgi import App, Request, Response, StaticRoute, directory_files, static
from falcon_asgi.directory_files import open_below
from falcon_asgi.file_chunks import CHUNK_BYTES
from falcon_core.http_errors import HTTPNotFound

CONTENT = b'hello world'
MODIFIED = datetime(2024, 2, 29, 12, 30, 45, tzinfo=UTC)
BEFORE = format_datetime(MODIFIED - timedelta(seconds=1), usegmt=True)
EXACTLY = format_datetime(MODIFIED, usegmt=True)
AFTER = format_datetime(MODIFIED + timedelta(seconds=1), usegmt=True)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with a few files, and a secret next to it."""
    directory = tmp_path / 'public'
    (directory / 'sub').mkdir(parents=True)
    (directory / 'a.txt').write_bytes(CONTENT)
    os.utime(directory / 'a.txt', (MODIFIED.timestamp(), MODIFIED.timestamp()))
    (directory / 'index.html').write_bytes(b'<p>index</p>')
    (directory / 'sub/page.html').write_bytes(b'<p>page</p>')
    (directory / 'empty').touch()
    (tmp_path / 'secret').write_bytes(b'secret')
    (tmp_path / 'public-secret').write_bytes(b'secret')
    return directory


@pytest.fixture
def app(directory: Path) -> App:
    """An application that serves the directory."""
    app = App()
    app.add_static_route('/files', directory)
    return app


# Which paths are taken, and what they may name.


@pytest.mark.parametrize(
    ('prefix', 'path', 'name'),
    [
        ('/static', '/static/a.txt', 'a.txt'),
        ('/static/', '/static/a.txt', 'a.txt'),
        ('/static', '/static/sub/a.txt', 'sub/a.txt'),
        ('/static', '/static/', ''),
        ('/static', '/static', None),
        ('/static', '/staticfoo', None),
        ('/static', '/staticfoo/a.txt', None),
        ('/static', '/stati', None),
        ('/static', '/STATIC/a.txt', None),
        ('/static', '//static/a.txt', None),
        ('/', '/a.txt', 'a.txt'),
    ],
)
def test_paths_are_taken_by_whole_segments(directory: Path, prefix: str, path: str, name: str | None) -> None:
    """A prefix ends where a segment of the path ends, whether or not it was written with a slash."""
    assert StaticRoute(prefix, directory).match(path) == (None if name is None else {'file_name': name})


@pytest.mark.parametrize(('path', 'name'), [('/static', ''), ('/static/', ''), ('/static/x', 'x'), ('/staticx', None)])
def test_prefix_alone_is_taken_with_a_fallback(directory: Path, path: str, name: str | None) -> None:
    """A route with a fallback answers at its prefix as well."""
    route = StaticRoute('/static', directory, fallback_filename='index.html')
    assert route.match(path) == (None if name is None else {'file_name': name})


@pytest.mark.parametrize('name', ['a.txt', 'sub/page.html', 'empty'])
def test_files_are_served(call: Any, app: App, directory: Path, name: str) -> None:
    """A file below the directory is served whole."""
    answer = call(app, path=f'/files/{name}')
    assert (answer.status, answer.body) == (200, (directory / name).read_bytes())
    assert answer.headers['content-length'] == str(len(answer.body))
    assert answer.is_whole


REFUSED = [
    '',
    '.',
    '..',
    '../secret',
    'sub/../a.txt',
    './a.txt',
    'sub/./page.html',
    '../public/a.txt',
    'sub/../../secret',
    '/a.txt',
    '/etc/passwd',
    'sub//page.html',
    'a.txt/',
    'a.txt\x00',
    'a.txt\x00.html',
    'a\x1f.txt',
    'a\x7f.txt',
    'a\x9f.txt',
    '..\\secret',
    'sub\\page.html',
    'sub/..\\..\\secret',
    'C:',
    'C:/a.txt',
    'C:a.txt',
    'a.txt:stream',
    'a.txt::$DATA',
    'a.txt.',
    'a.txt ',
    'a.txt. .',
    '...',
    'sub /page.html',
    '.. /secret',
    'a\udcff.txt',
    'a' * 4097,
    'a/' * 3000 + 'a',
]


@pytest.mark.parametrize('name', REFUSED)
def test_refused_names_do_not_touch_the_disk(call: Any, app: App, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Names that lead elsewhere, or mean something else to some file system, are refused by their text alone."""

    def touched(*arguments: object) -> None:
        raise AssertionError('the disk was touched')

    monkeypatch.setattr(os.path, 'realpath', touched)
    monkeypatch.setattr(directory_files, 'open_regular', touched)
    assert call(app, path=f'/files/{name}').status == 404


@pytest.mark.parametrize(
    'name', ['missing', 'sub', 'a.txt/more', '%2e%2e/secret', '..%2fsecret', '%00', '~', 'a' * 300, 'sub/' * 100 + 'x']
)
def test_other_names_are_not_found(call: Any, app: App, name: str) -> None:
    """What is encoded twice, a directory, or a name too long for the disk is no file."""
    answer = call(app, path=f'/files/{name}')
    assert answer.status == 404
    assert b'public' not in answer.body


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text() | st.lists(st.sampled_from(['..', '.', 'sub', 'a.txt', '', 'secret', '\\', '\x00'])).map('/'.join)
)
def test_no_name_leads_out_of_the_directory(call: Any, app: App, directory: Path, name: str) -> None:
    """Whatever the path, it is a file of the directory or not found."""
    answer = call(app, path=f'/files/{name}')
    if answer.status == 200:
        assert answer.body == (directory / name).read_bytes()
        assert answer.body != b'secret'
    else:
        assert answer.status == 404


def test_links_are_followed_within_the_directory_only(call: Any, app: App, directory: Path) -> None:
    """A link to a file of the directory is that file; one that leads out of it, or in a circle, is none."""
    (directory / 'inside.css').symlink_to(directory / 'a.txt')
    (directory / 'outside').symlink_to(directory.parent / 'secret')
    (directory / 'sibling').symlink_to(directory.parent / 'public-secret')
    (directory / 'up').symlink_to('..')
    (directory / 'circle').symlink_to('circle')
    inside = call(app, path='/files/inside.css')
    assert (inside.body, inside.headers['content-type']) == (CONTENT, 'text/css')
    for name in ('outside', 'sibling', 'up', 'up/secret', 'circle', 'circle/a'):
        assert call(app, path=f'/files/{name}').status == 404


def test_directory_may_be_a_link(call: Any, directory: Path) -> None:
    """The directory itself is where its path leads at the time of the request."""
    current = directory.parent / 'current'
    current.symlink_to(directory)
    app = App()
    app.add_static_route('/files', current)
    assert call(app, path='/files/a.txt').body == CONTENT
    other = directory.parent / 'other'
    other.mkdir()
    (other / 'a.txt').write_bytes(b'other')
    current.unlink()
    current.symlink_to(other)
    assert call(app, path='/files/a.txt').body == b'other'


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_pipes_are_not_opened(call: Any, app: App, directory: Path) -> None:
    """A pipe, which nobody may ever write to, holds up nothing."""
    os.mkfifo(directory / 'pipe')
    assert call(app, path='/files/pipe').status == 404


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_file_that_is_replaced_while_it_is_opened(
    call: Any, app: App, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was a file when it was looked at and is a pipe when it is opened is not served, and not waited for."""
    os.mkfifo(directory / 'pipe')
    file_status, stat = os.stat(directory / 'a.txt'), os.stat
    monkeypatch.setattr(os, 'stat', lambda path, **more: file_status if path.endswith('pipe') else stat(path, **more))
    assert call(app, path='/files/a.txt').status == 200
    assert call(app, path='/files/pipe').status == 404


def test_file_that_cannot_be_read_is_not_found(call: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the server may not read a file is nothing to tell clients."""

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, 'permission denied', path)

    monkeypatch.setattr(directory_files, '_open_at_once', refuse)
    assert call(app, path='/files/a.txt').status == 404


def test_disk_is_touched_in_threads(call: Any, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for and opening files does not hold up the event loop."""
    threads = []
    realpath = os.path.realpath

    def recording(path: str) -> str:
        threads.append(threading.current_thread())
        return realpath(path)

    monkeypatch.setattr(os.path, 'realpath', recording)
    assert call(app, path='/files/a.txt').status == 200
    assert threads
    assert threading.main_thread() not in threads


# Settings.


def test_settings_can_be_read(directory: Path) -> None:
    """What a route was made with is told, the prefix with a slash at its end and the fallback with its folder."""
    plain = StaticRoute('/files', directory)
    assert (plain.prefix, plain.directory, plain.fallback_filename) == ('/files/', str(directory), None)
    name = next(path.name for path in directory.iterdir() if path.is_file())
    assert StaticRoute('/', directory, fallback_filename=name).fallback_filename == str(directory / name)


def test_prefix_begins_with_a_slash(directory: Path) -> None:
    """A prefix that no path can have is refused."""
    with pytest.raises(ValueError, match="received prefix 'files', expected it to start with"):
        StaticRoute('files', directory)


def test_directory_is_absolute() -> None:
    """A directory that depends on where the server was started is refused; one that is missing is not."""
    with pytest.raises(ValueError, match="received directory 'files', expected an absolute path"):
        StaticRoute('/files', 'files')
    StaticRoute('/files', '/nowhere/at/all')


def test_fallback_is_a_file(directory: Path) -> None:
    """A fallback that is not there is refused at once."""
    for missing in ('missing', 'sub', '/nowhere'):
        with pytest.raises(ValueError, match='expected the name of a file'):
            StaticRoute('/files', directory, fallback_filename=missing)


@pytest.mark.parametrize('path', ['/spa', '/spa/', '/spa/users/7', '/spa/users/7/', '/spa/sub', '/spa/~a'])
@pytest.mark.parametrize('absolute', [False, True])
def test_fallback_is_served_where_there_is_no_file(call: Any, directory: Path, path: str, absolute: bool) -> None:
    """An application in the browser gets its page wherever it is entered."""
    fallback = str(directory / 'index.html') if absolute else 'index.html'
    app = App()
    app.add_static_route('/spa', directory, fallback_filename=fallback)
    answer = call(app, path=path)
    assert (answer.status, answer.body, answer.headers['content-type']) == (200, b'<p>index</p>', 'text/html')
    assert call(app, path='/spa/a.txt').body == CONTENT


@pytest.mark.parametrize(
    'name', ['..', '../secret', 'sub/../a.txt', '.', '/a', 'a//b', 'a//', 'a\x00', 'a\\b', 'c:a', 'a.', 'a/' * 3000]
)
def test_fallback_is_not_for_names_that_are_refused(call: Any, directory: Path, name: str) -> None:
    """What tries to leave the directory, or could on another system, is not told that all is well."""
    app = App()
    app.add_static_route('/spa', directory, fallback_filename='index.html')
    assert call(app, path=f'/spa/{name}').status == 404


def test_fallback_that_is_gone_is_not_found(call: Any, directory: Path) -> None:
    """A fallback that was deleted later is like any other missing file."""
    app = App()
    app.add_static_route('/spa', directory, fallback_filename='index.html')
    (directory / 'index.html').unlink()
    assert call(app, path='/spa/x').status == 404


@pytest.fixture
def with_index(directory: Path) -> App:
    """An application whose static route has an index."""
    (directory / 'sub/index.html').write_bytes(b'<p>sub</p>')
    (directory / 'é b').mkdir()
    (directory / 'é b/index.html').write_bytes(b'<p>other</p>')
    (directory / 'bare').mkdir()
    (directory.parent / 'index.html').write_bytes(b'secret')
    app = App()
    app.add_static_route('/files', directory, index='index.html')
    return app


@pytest.mark.parametrize(
    ('path', 'content'), [('', b'<p>index</p>'), ('sub/', b'<p>sub</p>'), ('é b/', b'<p>other</p>')]
)
def test_index_stands_for_its_directory(call: Any, with_index: App, path: str, content: bytes) -> None:
    """A path that names a directory, with a slash at its end, is answered with the index of the directory."""
    answer = call(with_index, path=f'/files/{path}')
    assert (answer.status, answer.body, answer.headers['content-type']) == (200, content, 'text/html')


@pytest.mark.parametrize(
    'path', ['bare', 'bare/', 'none/', '../', '..', 'sub//', '/', './', 'sub/../', 'a.txt/', 'sub\\', 'sub\\/']
)
def test_directory_without_an_index_is_not_found(call: Any, with_index: App, path: str) -> None:
    """Where there is no index, or the path is none that a file may have, nothing is found."""
    assert call(with_index, path=f'/files/{path}').status == 404


@pytest.mark.parametrize(
    ('path', 'query', 'location'),
    [
        ('/files', '', './files/'),
        ('/files/sub', '', './sub/'),
        ('/files/sub', 'a=%C3%A9&b=c+d', './sub/?a=%C3%A9&b=c+d'),
        ('/files/sub', 'a\r\nX-A: b', './sub/?a%0D%0AX-A:%20b'),
        ('/files/é b', '', './%C3%A9%20b/'),
    ],
)
@pytest.mark.parametrize('strips', [False, True])
def test_slash_is_added_to_the_path_of_an_index(
    call: Any, with_index: App, path: str, query: str, location: str, strips: bool
) -> None:
    """Without the slash, relative links of the index would lead elsewhere; with it, there is no second redirection."""
    with_index.req_options.strip_url_path_trailing_slash = strips
    answer = call(with_index, path=path, query=query)
    assert (answer.status, answer.headers['location'], answer.body) == (307, location, b'')
    assert call(with_index, path=f'{path}/').status == 200


def test_index_goes_before_the_fallback(call: Any, directory: Path) -> None:
    """With both, the fallback is for what is neither a file nor a directory with an index."""
    app = App()
    app.add_static_route('/files', directory, fallback_filename='a.txt', index='index.html')
    assert call(app, path='/files/').body == b'<p>index</p>'
    assert call(app, path='/files/sub/').body == call(app, path='/files/none').body == CONTENT


def test_without_an_index_directories_are_not_found(call: Any, app: App) -> None:
    """Unless it is asked for, no file stands for its directory."""
    assert [call(app, path=path).status for path in ('/files', '/files/', '/files/sub', '/files/sub/')] == [404] * 4


@pytest.mark.parametrize('index', ['', '.', '..', 'a/b', '/index.html', 'a\\b', 'a\x00'])
def test_index_is_the_name_of_a_file(directory: Path, index: str) -> None:
    """The index is looked for in each directory, so it cannot name another."""
    with pytest.raises(ValueError, match='received index'):
        StaticRoute('/files', directory, index=index)


def test_last_route_that_fits_is_taken(call: Any, directory: Path) -> None:
    """Of several static routes the one added last counts, and routes with responders go before all."""

    class Resource:
        async def on_get(self, req: Any, resp: Any) -> None:
            resp.text = 'route'

    app = App()
    app.add_static_route('/files', directory)
    app.add_static_route('/files/inner', directory / 'sub')
    app.add_static_route('/files/inner/deep', directory)
    app.add_route('/files/inner/deep/a.txt', Resource())
    assert call(app, path='/files/inner/page.html').body == b'<p>page</p>'
    assert call(app, path='/files/inner/deep/a.txt').body == b'route'
    assert call(app, path='/files/inner/a.txt').status == 404


@pytest.mark.parametrize(
    ('name', 'disposition'),
    [
        ('a.txt', 'attachment; filename="a.txt"'),
        ('grün.txt', "attachment; filename=gru_n.txt; filename*=UTF-8''gr%C3%BCn.txt"),
        ('a"b.txt', "attachment; filename=a_b.txt; filename*=UTF-8''a%22b.txt"),
        ('sub/日本.txt', "attachment; filename=__.txt; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt"),
    ],
)
def test_downloadable_files_have_names(call: Any, directory: Path, name: str, disposition: str) -> None:
    """Browsers save a file under its own name, in any script (RFC 6266)."""
    (directory / name).write_bytes(CONTENT)
    app = App()
    app.add_static_route('/files', directory, downloadable=True)
    assert call(app, path=f'/files/{name}').headers['content-disposition'] == disposition


@pytest.mark.parametrize(
    ('name', 'media_type'),
    [
        ('a.txt', 'text/plain'),
        ('a.HTML', 'text/html'),
        ('a.js', 'text/javascript'),
        ('a.unknown', 'application/octet-stream'),
        ('a', 'application/octet-stream'),
        ('a.own', 'application/x-own'),
    ],
)
def test_types_go_by_the_extension(call: Any, app: App, directory: Path, name: str, media_type: str) -> None:
    """The type is that of the options, whatever the machine thinks; an unknown one is that of any bytes."""
    (directory / name).write_bytes(CONTENT)
    app.resp_options.static_media_types['.own'] = 'application/x-own'
    assert call(app, path=f'/files/{name}').headers['content-type'] == media_type


# Methods.


def test_head_is_answered_without_the_content(call: Any, app: App) -> None:
    """HEAD gets the headers of GET."""
    get, head = call(app, path='/files/a.txt'), call(app, 'HEAD', '/files/a.txt')
    assert (head.status, head.headers, head.body) == (200, get.headers, b'')


def test_options_tell_what_is_allowed(call: Any, app: App) -> None:
    """OPTIONS is answered without looking for the file."""
    answer = call(app, 'OPTIONS', '/files/missing')
    assert (answer.status, answer.headers['allow'], answer.body) == (200, 'GET, HEAD', b'')


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'BREW'])
def test_files_are_only_read(call: Any, app: App, method: str) -> None:
    """Other methods are refused (RFC 9110, section 15.5.6)."""
    answer = call(app, method, '/files/a.txt')
    assert (answer.status, answer.headers['allow']) == (405, 'GET, HEAD, OPTIONS')


# Conditions.


def _tag(call: Any, app: App) -> str:
    tag: str = call(app, path='/files/a.txt').headers['etag']
    return tag


def test_validators_are_sent(call: Any, app: App, directory: Path) -> None:
    """A file has a date and a tag, and another tag once it is changed within the same second."""
    answer = call(app, path='/files/a.txt')
    assert answer.headers['last-modified'] == EXACTLY
    assert answer.headers['accept-ranges'] == 'bytes'
    assert answer.headers['etag'].startswith('"')
    changed = MODIFIED.timestamp() + 0.5
    os.utime(directory / 'a.txt', (changed, changed))
    again = call(app, path='/files/a.txt')
    assert again.headers['last-modified'] == EXACTLY
    assert again.headers['etag'] != answer.headers['etag']


@pytest.mark.parametrize('seconds', [-(10**12), 10**12])
def test_impossible_dates_are_not_sent(call: Any, app: App, directory: Path, seconds: int) -> None:
    """The date of a file from the future, or from before dates, is one that can be sent (RFC 9110, section 8.8.2.1)."""
    try:
        os.utime(directory / 'a.txt', (seconds, seconds))
    except (OSError, OverflowError):
        pytest.skip('the file system has no such dates')
    answer = call(app, path='/files/a.txt')
    assert answer.status == 200
    modified = datetime.strptime(answer.headers['last-modified'], '%a, %d %b %Y %H:%M:%S GMT').replace(tzinfo=UTC)
    assert datetime(1970, 1, 1, tzinfo=UTC) <= modified <= datetime.now(UTC)


@pytest.mark.parametrize(
    ('headers', 'status'),
    [
        ({'If-None-Match': '{tag}'}, 304),
        ({'If-None-Match': 'W/{tag}'}, 304),
        ({'If-None-Match': '"x", {tag}'}, 304),
        ({'If-None-Match': '*'}, 304),
        ({'If-None-Match': '"x"'}, 200),
        ({'If-None-Match': 'malformed'}, 200),
        ({'If-None-Match': '"x"', 'If-Modified-Since': AFTER}, 200),
        ({'If-Modified-Since': EXACTLY}, 304),
        ({'If-Modified-Since': AFTER}, 304),
        ({'If-Modified-Since': BEFORE}, 200),
        ({'If-Modified-Since': 'malformed'}, 200),
        ({'If-Modified-Since': 'Thursday, 29-Feb-24 12:30:45 GMT'}, 304),
        ({'If-Match': '{tag}'}, 200),
        ({'If-Match': '*'}, 200),
        ({'If-Match': '"x"'}, 412),
        ({'If-Match': 'W/{tag}'}, 412),
        ({'If-Match': '"x"', 'If-None-Match': '{tag}'}, 412),
        ({'If-Match': '{tag}', 'If-Unmodified-Since': BEFORE}, 200),
        ({'If-Unmodified-Since': EXACTLY}, 200),
        ({'If-Unmodified-Since': BEFORE}, 412),
        ({'If-Unmodified-Since': 'malformed'}, 200),
    ],
)
@pytest.mark.parametrize('method', ['GET', 'HEAD'])
def test_conditions_are_met_in_their_order(
    call: Any, app: App, method: str, headers: dict[str, str], status: int
) -> None:
    """Tags go before dates, and what is no date is disregarded (RFC 9110, sections 13.1 and 13.2.2)."""
    tag = _tag(call, app)
    answer = call(app, method, '/files/a.txt', headers={name: text.format(tag=tag) for name, text in headers.items()})
    assert answer.status == status
    if status == 304:
        assert answer.headers == {'etag': tag, 'last-modified': EXACTLY}
        assert answer.body == b''


# Ranges.


@pytest.mark.parametrize(
    ('range_', 'content', 'content_range'),
    [
        ('bytes=0-4', b'hello', 'bytes 0-4/11'),
        ('bytes=6-', b'world', 'bytes 6-10/11'),
        ('bytes=-5', b'world', 'bytes 6-10/11'),
        ('bytes=-99', CONTENT, 'bytes 0-10/11'),
        ('bytes=6-99', b'world', 'bytes 6-10/11'),
        ('bytes=10-10', b'd', 'bytes 10-10/11'),
        ('BYTES=0-0', None, None),
        ('bytes=0-1,3-4', None, None),
        ('bytes=4-0', None, None),
        ('bytes=a-b', None, None),
        ('bytes', None, None),
        ('lines=0-4', None, None),
    ],
)
def test_one_range_is_served(
    call: Any, app: App, range_: str, content: bytes | None, content_range: str | None
) -> None:
    """One range of bytes gives a part; anything else is disregarded (RFC 9110, section 14.2)."""
    answer = call(app, path='/files/a.txt', headers={'Range': range_})
    assert answer.status == (200 if content is None else 206)
    assert answer.body == (content or CONTENT)
    assert answer.headers.get('content-range') == content_range
    assert answer.headers['content-length'] == str(len(answer.body))


@pytest.mark.parametrize(('name', 'range_'), [('a.txt', 'bytes=11-'), ('a.txt', 'bytes=99-100')])
def test_range_past_the_end_is_refused(call: Any, directory: Path, name: str, range_: str) -> None:
    """The refusal tells how long the file is (RFC 9110, section 15.5.17), and is an error like any other."""
    app = App()
    app.add_static_route('/files', directory, downloadable=True)
    answer = call(app, path=f'/files/{name}', headers={'Range': range_})
    assert answer.status == 416
    assert answer.headers['content-range'] == f'bytes */{(directory / name).stat().st_size}'
    assert answer.headers['content-type'] == 'application/json'
    assert 'content-disposition' not in answer.headers


@pytest.mark.parametrize('range_', ['bytes=0-', 'bytes=0-9', 'bytes=-1', 'bytes=5-'])
def test_empty_file_has_no_ranges(call: Any, app: App, range_: str) -> None:
    """An empty file is served whole, as there is no part of it to give."""
    answer = call(app, path='/files/empty', headers={'Range': range_})
    assert (answer.status, answer.body, answer.headers['content-length']) == (200, b'', '0')


def test_head_has_no_ranges(call: Any, app: App) -> None:
    """Ranges are for GET alone (RFC 9110, section 14.2)."""
    answer = call(app, 'HEAD', '/files/a.txt', headers={'Range': 'bytes=0-4'})
    assert (answer.status, answer.headers['content-length']) == (200, '11')


@pytest.mark.parametrize(
    ('condition', 'status'),
    [('{tag}', 206), (EXACTLY, 206), ('"x"', 200), ('W/{tag}', 200), (BEFORE, 200), (AFTER, 200), ('malformed', 200)],
)
def test_part_of_another_file_is_not_served(call: Any, app: App, condition: str, status: int) -> None:
    """A range with If-Range counts only if the file is still the same (RFC 9110, section 13.1.5)."""
    headers = {'Range': 'bytes=0-4', 'If-Range': condition.format(tag=_tag(call, app))}
    assert call(app, path='/files/a.txt', headers=headers).status == status


# Files that change, clients that leave.


def test_file_that_shrinks_breaks_the_response_off(
    call: Any, app: App, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a file ends before its promised length, the response is left without an end and that is logged once."""
    path = directory / 'large'
    path.write_bytes(bytes(3 * CHUNK_BYTES))

    async def send(event: Any) -> None:
        if event['type'] == 'http.response.body':
            os.truncate(path, CHUNK_BYTES)

    answer = call(app, path='/files/large', send=send)
    assert answer.headers['content-length'] == str(3 * CHUNK_BYTES)
    assert len(answer.body) < 3 * CHUNK_BYTES
    assert not answer.is_whole
    (record,) = caplog.records
    assert record.levelname == 'ERROR'
    assert 'EOFError' in caplog.text


def test_file_that_grows_is_sent_as_long_as_it_was(call: Any, app: App, directory: Path) -> None:
    """What is written to a file while it is sent does not go past its promised length."""
    path = directory / 'large'
    path.write_bytes(bytes(2 * CHUNK_BYTES))

    async def send(event: Any) -> None:
        with path.open('ab') as file:
            file.write(b'more')

    answer = call(app, path='/files/large', send=send)
    assert len(answer.body) == 2 * CHUNK_BYTES
    assert answer.is_whole


@pytest.mark.parametrize(
    ('method', 'headers', 'leaves'),
    [
        ('GET', {}, False),
        ('GET', {}, True),
        ('HEAD', {}, False),
        ('GET', {'If-None-Match': '*'}, False),
        ('GET', {'If-Match': '"x"'}, False),
        ('GET', {'Range': 'bytes=999999-'}, False),
    ],
)
def test_file_is_closed_in_any_case(
    call: Any,
    app: App,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    headers: dict[str, str],
    leaves: bool,
) -> None:
    """Sent, left out, unchanged, refused or left by its client, no file stays open."""
    (directory / 'large').write_bytes(bytes(4 * CHUNK_BYTES))
    opened = []

    def recording(directory: str, name: str) -> Any:
        opened.append(open_below(directory, name))
        return opened[-1]

    monkeypatch.setattr(static, 'open_below', recording)
    answer = call(app, method, '/files/large', headers=headers, leaves=lambda sent: leaves and len(sent) > 1)
    assert answer.is_whole is not leaves
    (found,) = opened
    assert found is not None
    assert found.file.closed


SCOPE: dict[str, Any] = {'type': 'http', 'method': 'GET', 'path': '/files/a.txt', 'headers': [], 'query_string': b''}


@pytest.mark.parametrize('size', [10, 4 * CHUNK_BYTES])
def test_file_is_closed_where_its_opening_is_cancelled(
    directory: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """A request that ends while a thread opens the file leaves no file open."""
    (directory / 'large').write_bytes(bytes(size))
    opened: list[Any] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow(folder: str, name: str) -> Any:
        begun.set()
        assert go_on.wait(30)
        opened.append(open_below(folder, name))
        return opened[-1]

    monkeypatch.setattr(static, 'open_below', slow)

    async def main() -> None:
        route = StaticRoute('/files', directory)
        serving = asyncio.ensure_future(route.serve(Request(SCOPE, None), Response(), file_name='large'))
        await asyncio.to_thread(begun.wait, 30)
        await cancelled(serving)
        go_on.set()
        while not (opened and opened[0].file.closed):  # noqa: ASYNC110 # what closes it tells nobody
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(main(), 30))


@pytest.mark.parametrize('name', ['missing', 'a.txt'])
def test_small_files_take_one_call_in_a_thread(directory: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What fits into one piece is found, opened, read and closed by one call; each costs two switches of threads."""
    calls = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        run = loop.run_in_executor

        def recording(*some: Any) -> Any:
            calls.append(some)
            return run(*some)

        monkeypatch.setattr(loop, 'run_in_executor', recording)
        resp = Response()
        serving = StaticRoute('/files', directory).serve(Request(SCOPE, None), resp, file_name=name)
        if name == 'missing':
            with pytest.raises(HTTPNotFound):
                await serving
        else:
            await serving
            assert (resp.data, resp.stream) == (CONTENT, None)

    asyncio.run(main())
    assert len(calls) == 1


def test_small_file_that_shrinks_is_an_error(
    call: Any, app: App, directory: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A file that is cut off between being measured and being read is no whole response."""

    def cutting(folder: str, name: str) -> Any:
        found = open_below(folder, name)
        os.truncate(directory / name, 3)
        return found

    monkeypatch.setattr(static, 'open_below', cutting)
    assert call(app, path='/files/a.txt').status == 500
    assert 'expected 8 more bytes' in caplog.text
