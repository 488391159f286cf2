"""Handling exceptions: the nearest handler is run, what it raises itself is survived, and the reporter is told."""

import logging
from typing import Any

from falcon_asgi.error_responses import (
    ErrorSerializer,
    compose_bare,
    compose_error,
    compose_status,
    default_error_handlers,
    serialize_error,
)
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.http_errors import HTTPError
from falcon_core.http_status import HTTPStatus
from falcon_core.registry import ErrorHandler, Registry

__all__ = ['ErrorHandling']

_logger = logging.getLogger('falcon')


class ErrorHandling:
    """Handles the exceptions of the exchanges of one application.

    Args:
        registry: What the application registered: its error handlers.

    Attributes:
        defaults (dict[type[BaseException], ErrorHandler]): What handles exceptions that nothing was added for.
        serializer (ErrorSerializer): What writes the body of an HTTP error.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self.defaults = default_error_handlers(lambda: self.serializer)
        self.serializer: ErrorSerializer = serialize_error

    async def handle(self, req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
        """Make the response what an exception calls for; what its handler raises is handled here as well.

        Args:
            req: The request.
            resp: The response so far.
            error: The exception.
            params: The fields of the route, if one was found.
        """
        handler = self._registry.find_error_handler(type(error), self.defaults)
        assert handler is not None  # there is a default for Exception
        raised = [error]
        handled = True
        try:
            await handler.handle(req, resp, error, params)
        except Exception as another:  # noqa: BLE001 # it becomes the response
            raised.append(another)
            handled = self._compose(handler, req, resp, raised)
        if self._registry.error_reporter is not None:
            # A handler may raise again what it was given. By identity: some exceptions equal others and have no hash.
            for each in {id(each): each for each in raised}.values():
                self._registry.report(req, each, params, handled=handled)

    def compose(self, req: Request, resp: Response, error: Exception) -> None:
        """Make the response what an HTTP error or status says, without asking what handles it.

        Raises:
            Exception: Whatever the serializer raised, or `error` if it is neither.
        """
        if isinstance(error, HTTPStatus):
            compose_status(resp, error)
        elif isinstance(error, HTTPError):
            compose_error(req, resp, error, self.serializer)
        else:
            raise error

    def _compose(self, handler: ErrorHandler, req: Request, resp: Response, raised: list[Exception]) -> bool:
        """Make the response what the last of the exceptions says, which a handler raised; return whether it could be.

        Add to them what is raised in doing so.
        """
        try:
            self.compose(req, resp, raised[-1])
        except Exception as last:
            _logger.exception('exception in the error handler %r during %s %r', handler.handle, req.method, req.path)
            raised.append(last)
            compose_bare(resp)
            return False
        return True
