"""An application whose responders wait for news, or for their clients to leave."""

import asyncio
import hashlib
from typing import Any

import falcon.asgi
from falcon.asgi import Request, Response


class News:
    """Long polling: a request is answered when there is news, and given up when its client has left."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[str]] = set()
        self._left = 0

    async def on_get(self, req: Request, resp: Response) -> None:
        news: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        leaving = asyncio.ensure_future(req.wait_disconnect())
        self._waiting.add(news)
        try:
            both: set[asyncio.Future[Any]] = {news, leaving}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(news)
        if news.done():
            leaving.cancel()
            resp.text = news.result()
        else:
            self._left += 1

    async def on_get_state(self, req: Request, resp: Response) -> None:
        resp.media = {'waiting': len(self._waiting), 'left': self._left, 'tasks': len(asyncio.all_tasks())}

    async def on_put(self, req: Request, resp: Response) -> None:
        text = (await req.stream.read()).decode()
        for news in self._waiting:
            news.set_result(text)


class Watched:
    """Reads a body in pieces of many sizes while tasks wait for the client to leave, come and go."""

    async def on_post(self, req: Request, resp: Response) -> None:
        digest, size, piece = hashlib.sha256(), 0, b'-'
        lasting = asyncio.ensure_future(req.wait_disconnect())
        for turn in range(1_000_000):
            passing = asyncio.ensure_future(req.wait_disconnect())
            await asyncio.sleep(0.001 if turn % 16 == 0 else 0)
            passing.cancel()
            piece = await req.stream.read(1 + turn * 997 % 50_000)
            if not piece:
                break
            digest.update(piece)
            size += len(piece)
        resp.media = {'sha256': digest.hexdigest(), 'size': size, 'left': lasting.done()}
        lasting.cancel()


app = falcon.asgi.App()
news = News()
app.add_route('/news', news)
app.add_route('/news/state', news, suffix='state')
app.add_route('/watched', Watched())
