"""What happens around every request: a line in the log, and a token where a resource asks for one."""

import hmac
import logging
import time
from collections.abc import Mapping

import falcon
from falcon.asgi import Request, Response, WebSocket

logger = logging.getLogger('realtime.http')


class LoggingMiddleware:
    """Logs each request with its status and the time until its response began."""

    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.start_time = time.perf_counter()

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        duration_ms = (time.perf_counter() - req.context.start_time) * 1000
        # The path is the client's: %r keeps it from writing lines of its own.
        logger.info('%s %r -> %s (%.1f ms)', req.method, req.path, resp.status, duration_ms)

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        logger.info('WebSocket %r', req.path)


class AuthMiddleware:
    """Asks for a bearer token (RFC 6750) where the resource has `requires_auth = True`.

    Args:
        users: The name of the user that each token belongs to.
    """

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = [(token.encode(), user) for token, user in users.items()]

    async def process_resource(self, req: Request, resp: Response, resource: object, params: dict[str, object]) -> None:
        if getattr(resource, 'requires_auth', False):
            req.context.user = self._authenticate(req.get_header('Authorization'))

    def _authenticate(self, header: str | None) -> str:
        if not header:
            raise falcon.HTTPUnauthorized(
                title='Authentication required', description='Send a bearer token.', challenges=['Bearer']
            )
        scheme, _, token = header.partition(' ')
        given = token.strip().encode()
        if scheme.lower() == 'bearer':
            for known, user in self._users:
                if hmac.compare_digest(given, known):
                    return user
        raise falcon.HTTPUnauthorized(
            title='Invalid token', description='Nobody has this token.', challenges=['Bearer error="invalid_token"']
        )
