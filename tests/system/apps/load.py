"""An application that echoes messages, and tells how many tasks it has."""

import asyncio

import falcon
import falcon.asgi
from falcon.asgi import Request, Response, WebSocket


class Echo:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text(await ws.receive_text())
        except falcon.WebSocketDisconnected:
            pass


class Tasks:
    """How many tasks there are besides the one that answers."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = len(asyncio.all_tasks()) - 1


app = falcon.asgi.App()
app.add_route('/echo', Echo())
app.add_route('/tasks', Tasks())
