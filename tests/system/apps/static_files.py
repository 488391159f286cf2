"""A directory of files, one of them large, made anew for each server; and requests that fail in all ways."""

import asyncio
import atexit
import os
import random
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import falcon
import falcon.asgi

SIZE = 3_000_017
CONTENT = random.Random(1).randbytes(SIZE)

_made = tempfile.TemporaryDirectory()
atexit.register(_made.cleanup)
_directory = Path(_made.name)
(_directory / 'large.bin').write_bytes(CONTENT)
(_directory / 'small.txt').write_bytes(b'0123456789')
(_directory / 'sub').mkdir()
(_directory / 'sub' / 'index.html').write_bytes(b'<p>sub</p>')


def _open_files() -> list[str]:
    paths = [os.path.join('/proc/self/fd', name) for name in os.listdir('/proc/self/fd')]
    return [os.readlink(path) for path in paths if os.path.islink(path)]


class Files:
    """Tells of the files that are open, and changes one."""

    async def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = _open_files()

    async def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        (_directory / 'small.txt').write_bytes(b'changed: 0123456789')


app = falcon.asgi.App()
app.add_static_route('/files', _directory, index='index.html')
app.add_route('/open', Files())


class Expected(Exception):
    """Has a handler."""


class Failing:
    """Fails where the path says."""

    async def on_get(self, req: Any, resp: Any, where: str) -> None:
        if where == 'responder':
            raise RuntimeError('secret of the responder')
        if where == 'handler':
            raise Expected
        if where == 'media':
            resp.media = object()
        if where == 'header':
            resp.set_header('X-A', 'a\r\nX-B: b')
        if where == 'redirect':
            raise falcon.HTTPFound('/a\r\nX-B: b')
        if where == 'stream':
            resp.stream = self._broken()
        resp.text = None if where in ('media', 'stream') else 'well'

    async def _broken(self) -> AsyncIterator[bytes]:
        yield b'begun'
        await asyncio.sleep(0)
        raise RuntimeError('secret of the stream')


class FailsAfterwards:
    async def process_response(self, req: Any, resp: Any, resource: object, req_succeeded: bool) -> None:
        if req.path == '/fail/hook':
            raise RuntimeError('secret of the hook')


async def fail_again(req: Any, resp: Any, ex: Exception, params: Any) -> None:
    raise RuntimeError('secret of the handler')


app.add_middleware(FailsAfterwards())
app.add_error_handler(Expected, fail_again)
app.add_route('/fail/{where}', Failing())
