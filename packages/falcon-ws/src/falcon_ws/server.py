"""Serving the `websocket` scopes of an application."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from falcon_core.asgi_types import Receive, Scope, Send
from falcon_core.error_groups import consists_of
from falcon_core.http_error import HTTPError
from falcon_core.http_errors import HTTPForbidden, HTTPInternalServerError, HTTPMethodNotAllowed, HTTPRouteNotFound
from falcon_core.http_status import HTTPStatus
from falcon_core.interfaces import ScopeHost, ScopeRequest
from falcon_core.registry import ErrorHandler, Registry
from falcon_core.responders import WEBSOCKET, allowed_methods
from falcon_ws.close_codes import GOING_AWAY, HTTP_CLOSE_CODE_BASE, UNSUPPORTED_DATA
from falcon_ws.errors import PayloadTypeError, WebSocketDisconnected
from falcon_ws.options import WebSocketOptions
from falcon_ws.origins import is_allowed
from falcon_ws.states import ReadyState
from falcon_ws.websocket import WebSocket

__all__ = ['WebSocketServer']

_logger = logging.getLogger('falcon')


class WebSocketServer:
    """Serves the WebSocket connections of one application.

    A connection goes through the hooks `process_request_ws`, the search for a route, the hooks `process_resource_ws`
    and the responder `on_websocket(req, ws, **params)`; where one of them closes the connection, it goes no further.
    Where no route is found, a sink is looked for: `sink(req, None, ws=ws, **params)`. In the end the connection is
    closed: with 1000 if nothing else was said, which refuses it if it was not accepted.

    What is raised on the way goes to the error handler that the application has for it, called as
    `handler(req, None, ex, params, ws=ws)` (without `ws` if it has no such parameter), otherwise:

    | raised | before the connection was accepted | after |
    | --- | --- | --- |
    | `HTTPError`, `HTTPStatus` | the HTTP response that it stands for, or a refusal | closed with 3000 + the status |
    | `WebSocketDisconnected`, as the client left | nothing | nothing |
    | `PayloadTypeError`, as the client sent text for bytes or bytes for text | | closed with 1003 |
    | anything else, which is logged, once | 500, or a refusal | closed with `WebSocketOptions.error_close_code` |

    A refusal is a close with the code that would be used after, which servers without the extension
    `websocket.http.response` turn into 403. An unknown path is an `HTTPRouteNotFound`, so it gives 404 or 3404; a route
    without `on_websocket` gives 405 or 3405. An origin that the options do not allow is an `HTTPForbidden`, before
    anything of the above is run.

    What an error handler raises is dealt with as the table says. A cancellation goes on to whoever cancelled.

    When the application is told to stop, its connections are closed with 1001; their handlers go on to their end.

    Args:
        host: The application.

    Attributes:
        options (WebSocketOptions): The settings of all its connections.
    """

    def __init__(self, host: ScopeHost) -> None:
        self.options = WebSocketOptions()
        self._host = host
        self._open: set[WebSocket] = set()
        self._closing: asyncio.Task[None] | None = None
        self._defaults: dict[type[BaseException], ErrorHandler] = {
            Exception: ErrorHandler(self._end_with_error),
            HTTPError: ErrorHandler(self._end_with_status),
            HTTPStatus: ErrorHandler(self._end_with_status),
            PayloadTypeError: ErrorHandler(_close_as_unsupported),
            WebSocketDisconnected: ErrorHandler(_leave_closed),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection to its end."""
        # One coroutine, and little kept in it: a connection that waits keeps all of this, for hours perhaps.
        ws = WebSocket(scope, receive, send, options=self.options)
        req: ScopeRequest | None = None
        params: dict[str, Any] | None = None
        try:
            try:
                req = await self._connecting(scope, receive)
                if req is None:
                    return
                self._add(ws)
                responding, params = await self._responding(req, ws)
                if responding is not None:
                    await responding
            except Exception as ex:
                if req is None:
                    raise
                await self._handle(ex, req, ws, params or {})
            await ws.close()
        except Exception as ex:  # noqa: BLE001 # nothing goes to the server, which would log it in a way of its own
            await self._default_handler(ex).handle(None, None, ex, {}, ws=ws)
        finally:
            self._discard(ws)
            await ws._release()

    async def _connecting(self, scope: Scope, receive: Receive) -> ScopeRequest | None:
        """Return the request of a handshake, or None if the client left before it."""
        kind = (await receive())['type']
        if kind == 'websocket.disconnect':
            return None
        if kind != 'websocket.connect':
            raise RuntimeError(f'received the event {kind!r} first, expected websocket.connect')
        return self._host.make_request(scope, receive)

    def _add(self, ws: WebSocket) -> None:
        shutdown = self._host.registry.shutdown
        if shutdown.begun or not self._open:
            shutdown.add(self._begin_closing)
        self._open.add(ws)

    def _discard(self, ws: WebSocket) -> None:
        self._open.discard(ws)
        if not self._open:
            self._host.registry.shutdown.discard(self._begin_closing)

    def _begin_closing(self) -> None:
        self._closing = asyncio.get_running_loop().create_task(self._close_all())

    async def _close_all(self) -> None:
        # All at once: one that waits for a client that does not read must not hold up the others.
        await asyncio.gather(*(ws.close(GOING_AWAY) for ws in self._open), return_exceptions=True)

    async def _responding(
        self, req: ScopeRequest, ws: WebSocket
    ) -> tuple[Awaitable[None] | None, dict[str, Any] | None]:
        """Take a connection through the hooks, and handle what they raise.

        Args:
            req: The request of the handshake.
            ws: The connection.

        Returns:
            What is then to be awaited, or None; and the values of the route's fields, or None if there are none.
        """
        params: dict[str, Any] = {}
        try:
            return await self._find(req, ws, params), params or None
        except Exception as ex:  # noqa: BLE001 # each is given to its handler
            await self._handle(ex, req, ws, params)
            return None, None

    async def _find(self, req: ScopeRequest, ws: WebSocket, params: dict[str, Any]) -> Awaitable[None] | None:
        registry = self._host.registry
        if not is_allowed(req.scope, self.options.allowed_origins):
            raise HTTPForbidden(description='Connections from this origin are not allowed.')
        for process_request in registry.middleware.process_request_ws:
            await process_request(req, ws)
            if ws.ready_state >= ReadyState.CLOSING:
                return None
        route = registry.find(req.path, req)
        if route is None:
            return _respond_by_sink(registry, req, ws, params)
        resource, responders, fields, req.uri_template = route
        params.update(fields)
        for process_resource in registry.middleware.process_resource_ws:
            await process_resource(req, ws, resource, params)
            if ws.ready_state >= ReadyState.CLOSING:
                return None
        responder = responders.get(WEBSOCKET)
        if responder is None:
            raise HTTPMethodNotAllowed(allowed_methods(responders))
        return responder(req, ws, **params)

    async def _handle(self, ex: Exception, req: ScopeRequest, ws: WebSocket, params: dict[str, Any]) -> None:
        handler = self._host.registry.find_error_handler(type(ex), self._defaults)
        assert handler is not None  # there is a default for Exception
        arguments = {'ws': ws} if handler.takes_ws else {}
        handled = True
        try:
            await handler.handle(req, None, ex, params, **arguments)
        except Exception as raised:  # noqa: BLE001 # each is given to its handler
            # Never to the application's handlers again: two of them could raise each other's exceptions for ever.
            await self._default_handler(raised).handle(req, None, raised, params, ws=ws)
            handled = isinstance(raised, (HTTPError, HTTPStatus))
            if raised is not ex:
                self._host.registry.report(req, ex, params, handled=handled)
                ex = raised
        self._host.registry.report(req, ex, params, handled=handled)

    def _default_handler(self, ex: Exception) -> ErrorHandler:
        return next(self._defaults[base] for base in type(ex).__mro__ if base in self._defaults)

    async def _end_with_error(self, req: Any, resp: None, ex: Exception, params: Any, *, ws: WebSocket) -> None:
        if consists_of(ex, WebSocketDisconnected):
            await _leave_closed(req, resp, ex, params, ws=ws)
            return
        _logger.error('unhandled exception in the WebSocket handler of %r', ws.path, exc_info=ex)
        await self._end(ws, req, HTTPInternalServerError(), self.options.error_close_code)

    async def _end_with_status(
        self, req: Any, resp: None, ex: HTTPError | HTTPStatus, params: Any, *, ws: WebSocket
    ) -> None:
        _logger.debug('ending the WebSocket of %r: %r', ws.path, ex)
        await self._end(ws, req, ex, HTTP_CLOSE_CODE_BASE + ex.status_code)

    async def _end(self, ws: WebSocket, req: ScopeRequest | None, ex: HTTPError | HTTPStatus, close_code: int) -> None:
        """Close a connection; if it was not accepted, and the server can, by the HTTP response of an exception."""
        if req is None or not (ws.unaccepted and ws.supports_denial):
            await ws.close(close_code)
            return
        response = await self._host.render_error(req, ex)
        headers = [(name.decode(), value.decode('latin-1')) for name, value in response.headers]
        if ws.unaccepted:  # it took a moment to write the response
            await ws.deny(response.status, headers, response.body)


def _respond_by_sink(registry: Registry, req: ScopeRequest, ws: WebSocket, params: dict[str, Any]) -> Awaitable[None]:
    found = registry.find_sink(req.path)
    if found is None:
        raise HTTPRouteNotFound
    sink, groups = found
    params.update(groups)
    if sink.takes_ws:
        return sink.serve(req, None, ws=ws, **params)
    # What Falcon does, which wants to be rid of it.
    return sink.serve(req, ws, **params)


async def _close_as_unsupported(req: Any, resp: None, ex: Exception, params: Any, *, ws: WebSocket) -> None:
    # The client's doing, which any client can repeat: nothing for the log of errors.
    _logger.debug('closing the WebSocket of %r: %r', ws.path, ex)
    await ws.close(UNSUPPORTED_DATA)


async def _leave_closed(req: Any, resp: None, ex: Exception, params: Any, *, ws: WebSocket) -> None:
    _logger.debug('the client left the WebSocket of %r: %r', ws.path, ex)
