"""Files, and requests for them: paths, conditions, ranges, fallbacks."""

import os
from collections.abc import Iterator
from pathlib import Path

from same_as_falcon.case import Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases', 'make_files']

_MODIFIED = 784_111_777  # Sun, 06 Nov 1994 08:49:37 GMT
_FILES = {
    'page.html': b'<p>page', 'text.txt': b'0123456789', 'empty.txt': b'', 'upper.HTML': b'upper',
    'none': b'no extension', 'a b.txt': b'space',
    'tar.tar.gz': b'\x1f\x8b', 'data.json': b'{}', 'odd.own': b'own', '.hidden': b'hidden', 'é.txt': b'accent',
    'script.js': b'1', 'style.css': b'*{}',
    'image.png': b'\x89PNG', 'feed.xml': b'<a/>', 'folder/inner.txt': b'inner', 'folder/index.html': b'index',
    'percent%41.txt': b'percent', 'large.bin': b'x' * 100_000,
    'semi;colon.txt': b'semi', "quote'.txt": b'quote', 'page.unknown': b'unknown', 'module.wasm': b'\0asm',
    'doc.pdf': b'%PDF', 'font.woff2': b'wOF2', 'pic.svg': b'<svg/>',
}  # fmt: skip

_NAMES = [
    "text.txt", "page.html", "empty.txt", "upper.HTML", "none", "a%20b.txt", "tar.tar.gz", "data.json", "odd.own",
    ".hidden", "%C3%A9.txt", "script.js", "style.css", "image.png", "feed.xml", "folder", "folder/",
    "folder/inner.txt", "folder/index.html", "folder//inner.txt", "percent%2541.txt", "percent%41.txt", "large.bin",
    "semi;colon.txt", "quote'.txt", "missing.txt", "page.unknown", "module.wasm", "doc.pdf", "font.woff2", "pic.svg",
    "text.txt/", "text.txt/more", "../secret.txt", "folder/../text.txt", "./text.txt", "..", ".", "%2e%2e/secret.txt",
    "folder%2Finner.txt", "..%2Fsecret.txt", "..%5Csecret.txt", "%00", "text.txt%00", "text.txt%00.html",
    "text%0A.txt", "~", "~root", "C:/text.txt", "C:%5Ctext.txt", "%5C%5Chost%5Cshare", "a:b", "a*b", "a%3Fb", "%20",
    "text.txt%20", "text.txt.", "%FF", "//text.txt", "//etc/passwd", "/etc/passwd", "%2Fetc%2Fpasswd",
    "folder/%2e%2e/text.txt", "TEXT.TXT", "CON", "nul.txt", "text.txt::$DATA", '"quoted"', "a%09b", "%E2%80%AE.txt",
]  # fmt: skip

_RANGES = [
    'bytes=0-', 'bytes=0-0', 'bytes=2-4', 'bytes=-3', 'bytes=-100', 'bytes=9-', 'bytes=10-', 'bytes=5-100',
    'bytes=100-200', 'bytes=4-2', 'bytes=-0', 'bytes=', 'bytes',
    'bytes=x', 'bytes=0-1,3-4', 'bytes=0-1, 100-', 'items=0-1', 'bytes=0-9', 'bytes= 1-2', '', 'bytes=1-2-3',
    'BYTES=0-1', 'bytes=99999999999999999999-',
]  # fmt: skip

_DATES = [
    'Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:36 GMT', 'Sun, 06 Nov 1994 08:49:38 GMT', 'x', '',
    'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994',
]  # fmt: skip


def make_files(folder: Path) -> None:
    """Write the files, all last modified at the same time."""
    (folder.parent / 'secret.txt').write_bytes(b'secret')
    for name, content in _FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (_MODIFIED, _MODIFIED))


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/static.py`."""
    for name in _NAMES:
        yield Case('static:app', target=f'/files/{name}')
        yield Case('static:app', 'HEAD', f'/files/{name}')
        yield Case('static:app', target=f'/fallback/{name}')
        yield Case('static:app', target=f'/down/{name}')
        yield Case('static:all_files', target=f'/{name}')
    for prefix in 'fallback-absolute', 'fallback-down', 'nested', 'nested/deeper', 'over', 'sink', 'filesx', 'nothing':
        for name in '', '/', '/text.txt', '/inner.txt', '/missing', '/index.html', '/../text.txt':
            yield Case('static:app', target=f'/{prefix}{name}')
    for target in '/files', '/files/', '/down', '/files/route', '/', '/fallback', '/fallback/':
        for method in 'GET', 'HEAD', 'OPTIONS':
            yield Case('static:app', method, target)
    for method in 'POST', 'PUT', 'DELETE', 'OPTIONS':
        yield Case('static:app', method, '/files/text.txt')
        yield Case('static:app', method, '/files/missing')
    for app in 'sink_first', 'sink_last':
        yield Case(f'static:{app}', target='/sink/text.txt')
        yield Case(f'static:{app}', target='/sink/missing')
    for name in 'odd.own', 'page.html':
        yield Case('static:own_types', target=f'/files/{name}')
    yield from _conditions()


def _conditions() -> Iterator[Case]:
    for range_ in _RANGES:
        for name in 'text.txt', 'empty.txt':
            yield Case('static:app', target=f'/files/{name}', headers=[('Range', range_)])
        yield Case('static:app', 'HEAD', '/files/text.txt', headers=[('Range', range_)])
        yield Case('static:app', target='/fallback/missing', headers=[('Range', range_)])
    yield Case('static:app', target='/files/large.bin', headers=[('Range', 'bytes=70000-99998')])
    for date in _DATES:
        for method in 'GET', 'HEAD':
            yield Case('static:app', method, '/files/text.txt', headers=[('If-Modified-Since', date)])
        yield Case('static:app', target='/fallback/missing', headers=[('If-Modified-Since', date)])
        yield Case(
            'static:app', target='/files/text.txt', headers=[('If-Modified-Since', date), ('Range', 'bytes=0-1')]
        )
        yield Case(
            'static:app', target='/files/text.txt', headers=[('If-Modified-Since', date), ('If-None-Match', '"x"')]
        )
        yield Case('static:app', target='/files/text.txt', headers=[('If-Unmodified-Since', date)])
        yield Case('static:app', target='/files/text.txt', headers=[('If-Range', date), ('Range', 'bytes=0-1')])
    for tag in '*', '"x"', 'W/"x"', 'x', '':
        for name in 'If-None-Match', 'If-Match':
            yield Case('static:app', target='/files/text.txt', headers=[(name, tag)])
            yield Case('static:app', target='/files/missing.txt', headers=[(name, tag)])
        yield Case('static:app', target='/files/text.txt', headers=[('If-Range', tag), ('Range', 'bytes=0-1')])


DIFFERENCES = [
    Difference(
        'a precondition that fails is an answer (RFC 9110, section 13.2.2)',
        'If-Unmodified-Since: .* 08:49:36 GMT$',
        instead('200', '412'),
    ),
    Difference('a range of another file than the client has is none', 'If-Range: .* Range: ', instead('206', '200')),
    Difference(
        'dates in obsolete forms are understood (RFC 9110, section 5.6.7)',
        'If-Modified-Since: Sun(day,| Nov)',
        instead('400', '304'),
    ),
    Difference(
        'a date that is malformed is passed over', 'If-Modified-Since: x?( Range: .*)?$', instead('400', '20[06]')
    ),
    Difference('entity tags are compared', 'If-(None-)?Match: ', instead('200', '304|412')),
    Difference(
        'an entity tag tells times below a second apart',
        '.',
        {'header etag': (r"""\['"2ebc98a1-[0-9a-f]+"'\]""", r"""\['"ae1b981bc490a00-[0-9a-f]+"'\]""")},
    ),
    Difference(
        'extensions are compared without regard to case',
        'upper.HTML$',
        {'header content-type': (r"\['application/octet-stream'\]", r"\['text/html'\]")},
    ),
    Difference(
        'a name that does no harm is found',
        r"/quote'\.txt$",
        instead('404', '200'),
    ),
    Difference(
        'a path that is not in its shortest form is none of a file',
        r'/(text\.txt/|folder/(\.\.|%2e%2e)/text\.txt|\./text\.txt)$',
        instead('200', '404'),
    ),
    Difference(
        'the fallback is for all names that do no harm and have no file',
        r' /fallback/(~|~root|a\*b|a%3Fb|%FF|"quoted")$',
        instead('404', '200'),
    ),
    Difference(
        'with a slash at its end, a name is none of a file, but the fallback is for it',
        r' /fallback/text\.txt/$',
        {
            'body': ('0123456789', '<p>page'),
            'header content-length': (r"\['10'\]", r"\['7'\]"),
            'header content-type': (r"\['text/plain'\]", r"\['text/html'\]"),
        },
    ),
    Difference(
        'files are for GET and HEAD alone',
        '^static:app (POST|PUT|DELETE) /',
        instead('200|404', '405'),
    ),
    Difference(
        'HEAD is allowed as well', '^static:app OPTIONS ', {'header allow': (r"\['GET'\]", r"\['GET', 'HEAD'\]")}
    ),
    Difference(
        'a Range header that is malformed is passed over (RFC 9110, section 14.2)',
        ' Range: ',
        instead('400', '200|416'),
    ),
    Difference(
        'the types of what web sites are made of do not depend on the version of Python',
        r'\.(gz|woff2)$',
        {'header content-type': (r"\['application/octet-stream'\]", r"\['(application/gzip|font/woff2)'\]")},
    ),
    Difference(
        'a file name is written so that no character of it ends it (RFC 6266, appendix D)',
        r'/down/percent%2541\.txt$',
        {'header content-disposition': (r'.*filename="percent%41.*', r".*; filename\*=UTF-8''percent%2541.txt.*")},
    ),
    Difference(
        'ranges are for GET alone (RFC 9110, section 14.2)',
        '^static:app HEAD .* Range: ',
        instead('206|400|416', '200'),
    ),
]
