"""Forms that clients and browsers send to a real uvicorn, files compared byte by byte; a gibibyte in flat memory."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium.webdriver.common.by import By

from chromium import open_chromium, require

MEBIBYTE = 1024 * 1024
# Names and data with what is hard in forms.
FILES = {
    'plain.bin': os.urandom(3 * MEBIBYTE + 17),
    'naïve "quoted" 100%25 ;=.txt': b'\r\n--\r\n----WebKitFormBoundary\r\n\r\n' * 999,
    '日本 語.dat': b'',
    'lines.txt': b'\r\n' * 70_000 + b'\r',
}


@pytest.fixture(scope='module')
def uploads(serve: Callable[..., Any]) -> str:
    """The base URL of the application that stores forms."""
    url: str = serve('uploads:app', Path(__file__).with_name('apps')).url
    return url


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The files to send."""
    paths = []
    for name, data in FILES.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(data)
    return paths


def assert_arrived(url: str, parts: list[dict[str, Any]]) -> None:
    """Check that the files are there under their names, byte by byte."""
    found = {part['filename']: part for part in parts if part['filename'] is not None}
    assert set(found) == set(FILES)
    for name, data in FILES.items():
        assert httpx.get(f'{url}/stored/{found[name]["number"]}').content == data


def test_what_a_plain_client_sends_arrives_whole(uploads: str, files: list[Path]) -> None:
    """The forms of httpx arrive as those of others do."""
    content = [('files', (path.name, path.read_bytes())) for path in files]
    parts = httpx.post(f'{uploads}/', files=content, data={'title': 'x'}).json()
    assert_arrived(uploads, parts)


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_what_a_browser_sends_arrives_whole(uploads: str, files: list[Path], tmp_path: Path) -> None:
    """A FormData of fields, files and a blob arrives as it was put together."""
    with open_chromium(tmp_path) as browser:
        browser.get(f'{uploads}/')
        browser.find_element(By.ID, 'file').send_keys('\n'.join(map(str, files)))
        browser.set_script_timeout(60)
        parts = browser.execute_async_script(
            """
            const done = arguments[arguments.length - 1];
            const form = new FormData();
            form.append('title "é"\\n', 'Übersicht\\n€');
            for (const file of document.getElementById('file').files) form.append('files', file);
            form.append('blob', new Blob([new Uint8Array([0, 13, 10, 255])], {type: 'x/y'}), 'b.bin');
            fetch('/', {method: 'POST', body: form}).then((answer) => answer.json()).then(done, (e) => done(String(e)));
            """
        )
    assert [part['name'] for part in parts] == ['title "é"%0D%0A', *['files'] * len(FILES), 'blob']
    title, *arrived, blob = parts
    assert httpx.get(f'{uploads}/stored/{title["number"]}').text == 'Übersicht\r\n€'
    assert_arrived(uploads, arrived)
    assert (blob['filename'], blob['type'], blob['size']) == ('b.bin', 'x/y', 4)


@pytest.mark.browser
@pytest.mark.timeout(180)
def test_what_curl_sends_arrives_whole(uploads: str, files: list[Path]) -> None:
    """The forms of `curl -F` arrive, with names escaped in its way, with or without a length."""
    [curl] = require('curl')
    # curl's own syntax wants quotes and backslashes of paths escaped.
    quoted = [str(path).replace('\\', '\\\\').replace('"', '\\"') for path in files]
    fields = [argument for path in quoted for argument in ('-F', f'files=@"{path}"')]
    for more in ([], ['-H', 'Transfer-Encoding: chunked']):
        command = [curl, '-sS', '-F', 'title=Übersicht', *fields, *more, f'{uploads}/']
        parts = httpx.Response(200, content=subprocess.run(command, check=True, capture_output=True).stdout).json()
        assert parts[0]['name'] == 'title'
        assert httpx.get(f'{uploads}/stored/{parts[0]["number"]}').text == 'Übersicht'
        assert_arrived(uploads, parts)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_gibibyte_streams_to_disk_in_flat_memory(uploads: str) -> None:
    """A file of a gibibyte is stored in no more memory than a small one."""
    size = 1024 * MEBIBYTE
    chunk = bytes(range(256)) * 4096
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'

    def body() -> Iterator[bytes]:
        yield head
        for _ in range(size // len(chunk)):
            yield chunk
        yield b'\r\n--x--\r\n'

    def peak_bytes() -> int:
        return int(httpx.get(f'{uploads}/memory').json())

    headers = {'Content-Type': 'multipart/form-data; boundary=x'}
    httpx.post(f'{uploads}/', content=head + chunk + b'\r\n--x--\r\n', headers=headers).raise_for_status()
    before = peak_bytes()
    [part] = httpx.post(f'{uploads}/', content=body(), headers=headers, timeout=300).json()
    assert part['size'] == size
    assert peak_bytes() - before < 16 * MEBIBYTE
    with httpx.stream('GET', f'{uploads}/stored/{part["number"]}', timeout=300) as answer:
        assert sum(len(piece) for piece in answer.iter_bytes(len(chunk)) if piece == chunk) == size
    httpx.delete(f'{uploads}/stored/{part["number"]}').raise_for_status()
