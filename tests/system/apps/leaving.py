"""An application that tells what became of its streams and connections when their clients left."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

import falcon.asgi
from falcon.asgi import Request, Response, SSEvent, WebSocket

T = TypeVar('T')


class Journal:
    """What has happened so far, and how many tasks there are besides the one that answers."""

    def __init__(self) -> None:
        self.entries: list[str] = []

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'entries': self.entries, 'other_tasks': len(asyncio.all_tasks()) - 1}


class Streams:
    """Bodies without an end, from a generator that notes how it ended."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def _endless(self, name: str, item: T, pause_s: float) -> AsyncIterator[T]:
        try:
            while True:
                yield item
                await asyncio.sleep(pause_s)
        finally:
            self._journal.entries.append(f'{name} closed')

    async def on_get_idle(self, req: Request, resp: Response) -> None:
        resp.stream = self._endless('idle stream', b'x', 3600)

    async def on_get_busy(self, req: Request, resp: Response) -> None:
        resp.stream = self._endless('busy stream', b'x' * 65536, 0)

    async def on_get_events(self, req: Request, resp: Response) -> None:
        resp.sse = self._endless('events', SSEvent('x'), 3600)

    async def on_post_events(self, req: Request, resp: Response) -> None:
        # The body is not read before the stream is sent; whoever watches for the client must leave it alone.
        async def events() -> AsyncIterator[SSEvent]:
            try:
                yield SSEvent('started')
                yield SSEvent((await req.stream.read()).decode())
                await asyncio.sleep(3600)
            finally:
                self._journal.entries.append('events with a body closed')

        resp.sse = events()

    async def on_post_upload(self, req: Request, resp: Response) -> None:
        try:
            await req.stream.read()
        finally:
            self._journal.entries.append('upload ended')


class Socket:
    """A connection that notes how it ended."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text('welcome')
        try:
            await ws.receive_text()
        except falcon.WebSocketDisconnected as error:
            self._journal.entries.append(f'websocket closed {error.code}')
            raise

    async def on_websocket_sending(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text('tick')
                await asyncio.sleep(0.01)
        finally:
            self._journal.entries.append('sending websocket ended')


journal = Journal()
streams = Streams(journal)
socket = Socket(journal)

app = falcon.asgi.App()
app.req_options.prefetch_media = False
app.add_route('/journal', journal)
app.add_route('/idle', streams, suffix='idle')
app.add_route('/busy', streams, suffix='busy')
app.add_route('/events', streams, suffix='events')
app.add_route('/upload', streams, suffix='upload')
app.add_route('/ws', socket)
app.add_route('/ws/sending', socket, suffix='sending')
