"""An application that stores what forms bring, part by part, and gives it back."""

import asyncio
import itertools
import tempfile
from pathlib import Path

import falcon.asgi
from falcon.asgi import Request, Response
from processes import peak_bytes

PAGE = (
    '<!doctype html><meta charset="utf-8"><title>uploads</title><form id="form"><input type="file" id="file" multiple>'
)

stored: dict[int, Path] = {}
folder = tempfile.TemporaryDirectory(prefix='uploads-')
numbers = itertools.count(1)


class Forms:
    """Takes forms: what a part is called and how long it is goes into the answer, its data into a file."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.text = PAGE

    async def on_post(self, req: Request, resp: Response) -> None:
        parts = []
        async for part in await req.get_media():
            number = next(numbers)
            stored[number] = Path(folder.name, str(number))
            with await asyncio.to_thread(stored[number].open, 'wb') as file:
                async for chunk in part.stream:
                    await asyncio.to_thread(file.write, chunk)
                size = file.tell()
            parts.append(
                {
                    'number': number,
                    'size': size,
                    'name': part.name,
                    'filename': part.filename,
                    'secure': part.secure_filename if part.filename else None,
                    'type': part.content_type,
                }
            )
        resp.media = parts


class Stored:
    """Gives back what was stored, or removes it."""

    async def on_get(self, req: Request, resp: Response, number: int) -> None:
        resp.stream = stored[number].open('rb')

    async def on_delete(self, req: Request, resp: Response, number: int) -> None:
        stored.pop(number).unlink()


class Memory:
    """Tells the most memory that the process has ever held."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = peak_bytes()


app = falcon.asgi.App()
app.add_route('/', Forms())
app.add_route('/stored/{number:int}', Stored())
app.add_route('/memory', Memory())
