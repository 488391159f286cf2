"""Who connects, and how many there are."""

from typing import Any

import falcon
from falcon.asgi import Request, Response, WebSocket
from live.rooms import House

TOKENS = {'token-ada': 'ada', 'token-grace': 'grace', 'token-joan': 'joan'}


class Users:
    """Knows users by the parameter `token`, or by a header; WebSockets need one, requests may go without."""

    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.user = self._user(req)

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if req.path.startswith('/open'):
            req.context.user = 'somebody'
            return
        req.context.user = self._user(req)
        if req.context.user is None:
            raise falcon.HTTPUnauthorized(title='Who is it?')
        if req.context.user == 'joan':
            await ws.close(4403)

    def _user(self, req: Request) -> str | None:
        token = req.get_param('token') or req.get_header('X-Token', default='')
        return TOKENS.get(token)


class Rooms:
    """Puts the room that a path names among the responder's arguments."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def process_resource(self, req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
        self._replace(params)

    async def process_resource_ws(self, req: Request, ws: WebSocket, resource: object, params: dict[str, Any]) -> None:
        self._replace(params)

    def _replace(self, params: dict[str, Any]) -> None:
        name = params.get('room')
        if name is not None:
            if name not in self._house.rooms:
                raise falcon.HTTPNotFound(title='No such room')
            params['room'] = self._house.rooms[name]


class Census:
    """Counts."""

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0
        self.lost = 0

    async def process_request(self, req: Request, resp: Response) -> None:
        self.requests += 1

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        self.connections += 1
