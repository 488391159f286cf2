"""What happens around every request: the database's life, request ids, users, figures."""

import base64
import binascii
import time
import uuid
from collections import Counter
from typing import Any

import falcon
from archive.model import Archive
from falcon.asgi import Request, Response

USERS = {'ada': 'engine', 'grace': 'compiler'}


class Database:
    """Opens the archive when the server starts and closes it when the server stops."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def process_startup(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        await self._archive.open()
        await self._archive.add_album('first', 'The first album')

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        await self._archive.close()


class RequestId:
    """Gives every request an id, that of the client if it sent one, and every response the same."""

    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.request_id = req.get_header('X-Request-ID') or uuid.uuid4().hex

    async def process_response(self, req: Request, resp: Response, resource: Any, req_succeeded: bool) -> None:
        resp.set_header('X-Request-ID', req.context.request_id)


class Sessions:
    """Knows users by their password (Basic) or by the cookie of a session."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}

    def begin(self, user: str) -> str:
        token = uuid.uuid4().hex
        self.users[token] = user
        return token

    def end(self, token: str) -> None:
        self.users.pop(token, None)

    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.user = None
        tokens = req.get_cookie_values('session')
        if tokens:
            req.context.user = self.users.get(tokens[0])
        elif req.auth:
            req.context.user = self._by_password(req.auth)

    def _by_password(self, header: str) -> str:
        kind, _, encoded = header.partition(' ')
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(':')
        except (binascii.Error, UnicodeDecodeError):
            raise falcon.HTTPBadRequest(title='Malformed credentials') from None
        if kind.lower() != 'basic' or USERS.get(name) != password:
            raise falcon.HTTPUnauthorized(
                title='Unknown user', description='Name or password is wrong.', challenges=['Basic realm="archive"']
            )
        return name


class Figures:
    """Counts requests by template, method and status, and adds up how long they took."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.seconds = 0.0
        self.failures = 0

    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.began = time.perf_counter()

    async def process_resource(self, req: Request, resp: Response, resource: Any, params: dict[str, Any]) -> None:
        resp.context.resource_name = type(resource).__name__

    async def process_response(self, req: Request, resp: Response, resource: Any, req_succeeded: bool) -> None:
        self.seconds += time.perf_counter() - req.context.began
        self.requests[req.uri_template or '(none)', req.method, resp.status_code] += 1
        self.failures += not req_succeeded
        if resource is not None:
            resp.set_header('X-Resource', resp.context.resource_name)


class Maintenance:
    """Answers everything with 503 while it is on, without asking anybody else."""

    def __init__(self) -> None:
        self.on = False

    async def process_request(self, req: Request, resp: Response) -> None:
        if self.on and req.path != '/figures':
            resp.status = falcon.HTTP_SERVICE_UNAVAILABLE
            resp.retry_after = 30
            resp.media = {'title': 'Back soon'}
            resp.complete = True
