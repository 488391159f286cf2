"""What an exception becomes: the handlers an application has before any are added, and the body of an error."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.constants import MEDIA_JSON, MEDIA_MULTIPART, MEDIA_URLENCODED, MEDIA_XML
from falcon_core.errors import ClientDisconnected
from falcon_core.http_errors import HTTPError, HTTPInternalServerError
from falcon_core.http_status import HTTPStatus
from falcon_core.registry import ErrorHandler
from falcon_core.status_codes import HTTP_400, HTTP_500

__all__ = [
    'ErrorSerializer',
    'compose_bare',
    'compose_error',
    'compose_status',
    'default_error_handlers',
    'serialize_error',
]

ErrorSerializer = Callable[[Any, Any, HTTPError], None]

_logger = logging.getLogger('falcon')

_XML_TYPES = (MEDIA_XML, 'text/xml')
_FORM_TYPES = frozenset({MEDIA_MULTIPART, MEDIA_URLENCODED})


def serialize_error(req: Request, resp: Response, error: HTTPError) -> None:
    """Write an error into the response, in the media type that the client prefers; JSON if it accepts none.

    Offered are JSON, XML unless `resp_options.xml_error_serialization` is False, and the types of the response's media
    handlers that can write any object (RFC 9110, section 12.4.1, allows to disregard what the client accepts).
    """
    handlers = resp.options.media_handlers
    offered = [MEDIA_JSON]
    if resp.options.xml_error_serialization:
        offered += _XML_TYPES
    offered += [name for name in handlers if name not in _FORM_TYPES and name not in offered]
    preferred = req.client_prefers(offered) or MEDIA_JSON
    resp.append_header('Vary', 'Accept')
    resp.content_type = preferred
    if preferred in _XML_TYPES:
        resp.data = error.to_xml()
        return
    found = handlers.find(preferred, MEDIA_JSON)
    if found is not None and found.serialize is not None:
        resp.data = found.serialize(error.to_dict(), preferred)
    elif found is not None:
        resp.media = error.to_dict()
    else:
        resp.data = error.to_json()


def compose_error(req: Request, resp: Response, error: HTTPError, serializer: ErrorSerializer) -> None:
    """Make the response what an HTTP error says, whatever it was before."""
    resp.clear_body()
    resp.status = error.status
    if error.headers is not None:
        resp.set_headers(error.headers)
    serializer(req, resp, error)


def compose_status(resp: Response, status: HTTPStatus) -> None:
    """Make the response what an HTTP status says, whatever it was before."""
    resp.clear_body()
    resp.status = status.status
    if status.headers is not None:
        resp.set_headers(status.headers)
    resp.text = status.text


def compose_bare(resp: Response) -> None:
    """Make the response a 500 without content: what is left where saying more has failed."""
    resp.clear_body()
    resp.status = HTTP_500
    resp.data = b''


def default_error_handlers(
    serializer: Callable[[], ErrorSerializer],
) -> Mapping[type[BaseException], ErrorHandler]:
    """Return what is done about exceptions that no handler was added for.

    Args:
        serializer: Returns what writes the body of an error at present.
    """

    async def handle_error(req: Request, resp: Response, ex: HTTPError, params: dict[str, Any]) -> None:
        compose_error(req, resp, ex, serializer())

    async def handle_status(req: Request, resp: Response, ex: HTTPStatus, params: dict[str, Any]) -> None:
        compose_status(resp, ex)

    async def handle_disconnect(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        # Nobody gets the response; its status is for the response hooks that log it.
        resp.status = HTTP_400
        _logger.debug('client left during %s %s', req.method, req.path)

    async def handle_exception(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        _logger.error('unhandled exception during %s %s', req.method, req.path, exc_info=ex)
        compose_error(req, resp, HTTPInternalServerError(), serializer())

    return {
        HTTPError: ErrorHandler(handle_error),
        HTTPStatus: ErrorHandler(handle_status),
        ClientDisconnected: ErrorHandler(handle_disconnect),
        Exception: ErrorHandler(handle_exception),
    }
