"""What an exception becomes: the handlers an application has before any are added, and the body of an error."""

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_asgi.response_body import clear_body
from falcon_asgi.response_headers import add_vary
from falcon_core.constants import MEDIA_JSON, MEDIA_MULTIPART, MEDIA_URLENCODED, MEDIA_XML
from falcon_core.error_groups import consists_of
from falcon_core.errors import ClientDisconnected
from falcon_core.http_errors import HTTPError, HTTPInternalServerError, HTTPRequestHeaderFieldsTooLarge
from falcon_core.http_status import HTTPStatus
from falcon_core.limits import check_header_params
from falcon_core.media_types import best_match
from falcon_core.registry import ErrorHandler
from falcon_core.status_codes import HTTP_400

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

# What most clients accept: anything, of which JSON is offered first, or JSON.
_FOR_JSON = frozenset({'*/*', MEDIA_JSON})

_MAX_CACHED_CHARACTERS = 256


def serialize_error(req: Request, resp: Response, error: HTTPError) -> None:
    """Write an error into the response, in the media type that the client prefers; JSON if it accepts none.

    Offered are JSON, XML unless `resp_options.xml_error_serialization` is False, and the types of the response's media
    handlers that can write any object. A client that accepts none of these, but some type ending in `+json` or `+xml`,
    is taken to read JSON or XML. RFC 9110, section 12.4.1, allows to disregard what the client accepts.
    """
    handlers = resp.options.media_handlers
    accept = req.accept
    if accept in _FOR_JSON:
        preferred = MEDIA_JSON
    else:
        xml = _XML_TYPES if resp.options.xml_error_serialization else ()
        preferred = _preferred((MEDIA_JSON, *xml, *handlers), _limited(req, accept))
    add_vary(resp, 'Accept')
    resp.content_type = preferred
    found = handlers.find(preferred, MEDIA_JSON)
    if found is not None and found.serialize is None:
        resp.media = error.to_dict()
    elif preferred == MEDIA_JSON:
        resp.data = error.to_json(None if found is None else found.handler)
    elif found is not None and found.serialize is not None:
        resp.data = found.serialize(error.to_dict(), preferred)
    else:
        resp.data = error.to_xml()


def _limited(req: Request, accept: str) -> str:
    try:
        check_header_params('Accept', accept, req.options.max_header_params)
    except HTTPRequestHeaderFieldsTooLarge:  # which may be the error that is to be written
        return MEDIA_JSON
    return accept


def _preferred(offered: tuple[str, ...], accept: str) -> str:
    # A longer header is matched each time, so that no client can fill the cache with more than a few kilobytes.
    return (_cached_preference if len(accept) <= _MAX_CACHED_CHARACTERS else _preference)(offered, accept)


def _preference(offered: tuple[str, ...], accept: str) -> str:
    try:
        preferred = best_match((name for name in offered if name not in _FORM_TYPES), accept)
    except ValueError:  # the header is malformed
        return MEDIA_JSON
    if preferred or '+json' in accept:
        return preferred or MEDIA_JSON
    return MEDIA_XML if '+xml' in accept and MEDIA_XML in offered else MEDIA_JSON


_cached_preference = lru_cache(maxsize=256)(_preference)


def compose_error(req: Request, resp: Response, error: HTTPError, serializer: ErrorSerializer) -> None:
    """Make the response what an HTTP error says, whatever its status and body were before.

    Raises:
        HeaderNotSupported: Set-Cookie is among the headers of the error.
        ValueError: A header of the error has characters that it cannot have.
        Exception: Whatever the serializer raised.
    """
    clear_body(resp)
    resp.status = error.status
    if error.headers is not None:
        resp.set_headers(error.headers)
    serializer(req, resp, error)


def compose_status(resp: Response, status: HTTPStatus) -> None:
    """Make the response what an HTTP status says, whatever its status and body were before.

    Raises:
        HeaderNotSupported: Set-Cookie is among the headers of the status.
        ValueError: A header of the status has characters that it cannot have.
    """
    clear_body(resp)
    resp.status = status.status
    if status.headers is not None:
        resp.set_headers(status.headers)
    resp.text = status.text


def compose_bare(resp: Response) -> None:
    """Make the response a 500 that needs no handler and no serializer: what is left where one of those has failed."""
    error = HTTPInternalServerError()
    clear_body(resp)
    resp.status = error.status
    resp.content_type = MEDIA_JSON
    resp.data = error.to_json()


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
        _logger.debug('client left during %s %r', req.method, req.path)

    async def handle_exception(req: Request, resp: Response, ex: Exception, params: dict[str, Any]) -> None:
        if consists_of(ex, ClientDisconnected):
            await handle_disconnect(req, resp, ex, params)
            return
        _logger.error('unhandled exception during %s %r', req.method, req.path, exc_info=ex)
        compose_error(req, resp, HTTPInternalServerError(), serializer())

    return {
        HTTPError: ErrorHandler(handle_error),
        HTTPStatus: ErrorHandler(handle_status),
        ClientDisconnected: ErrorHandler(handle_disconnect),
        Exception: ErrorHandler(handle_exception),
    }
