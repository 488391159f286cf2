"""Responders: which methods of a resource answer which HTTP methods, and the answers that no resource gives."""

from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

from falcon_core.constants import COMBINED_METHODS
from falcon_core.coroutines import first_parameters, is_coroutine_callable, needs_instance
from falcon_core.errors import FalconError, UnacceptableRouteError
from falcon_core.http_errors import HTTPMethodNotAllowed, HTTPRouteNotFound
from falcon_core.status_codes import HTTP_200

__all__ = [
    'WEBSOCKET',
    'Responder',
    'SuffixedMethodNotFoundError',
    'allowed_methods',
    'check_field_names',
    'map_http_methods',
    'method_not_allowed',
    'missing_responder',
    'options_responder',
    'path_not_found',
    'set_default_responders',
]

Responder = Callable[..., Awaitable[None]]

# The key that `on_websocket` has among the responders by HTTP method.
WEBSOCKET = 'WEBSOCKET'

# What `on_request` does not answer: OPTIONS has an answer of its own, and the other is no method.
_NEVER_DEFAULTED = ('OPTIONS', WEBSOCKET)


class SuffixedMethodNotFoundError(FalconError, ValueError):
    """A route was added with a suffix that no responder of its resource has."""


def map_http_methods(
    resource: object, suffix: str | None = None, default_to_on_request: bool = False
) -> dict[str, Responder]:
    """Return the responders of a resource by HTTP method, `on_websocket` by `WEBSOCKET`.

    Args:
        resource: Any object; its methods `on_get`, `on_post`, ... respond to GET, POST, ..., one for each method in
            `falcon_core.constants.COMBINED_METHODS`. Attributes that cannot be called are passed over.
        suffix: Take `on_get_<suffix>`, ... instead.
        default_to_on_request: Give the methods that have no responder, except OPTIONS, to `on_request`, with a suffix
            `on_request_<suffix>`, if the resource has it.

    Raises:
        SuffixedMethodNotFoundError: There is no responder with the suffix.
        TypeError: A responder is no coroutine function, or the resource is a class and not an object of it.
    """
    ending = f'_{suffix}' if suffix else ''
    responders: dict[str, Responder] = {}
    for method in COMBINED_METHODS:
        responder = _responder(resource, f'on_{method.lower()}{ending}')
        if responder is not None:
            responders[method] = responder
    fallback = _responder(resource, f'on_request{ending}') if default_to_on_request else None
    if fallback is not None:
        for method in COMBINED_METHODS:
            if method not in _NEVER_DEFAULTED:
                responders.setdefault(method, fallback)
    if suffix and not responders:
        raise SuffixedMethodNotFoundError(f'{resource!r} has no responder with the suffix {suffix!r}')
    return responders


def check_field_names(responders: Mapping[str, Responder], names: Collection[str], source: str) -> None:
    """Refuse names of fields that a responder has for what it is called with in any case: `self`, `req`, `resp`, `ws`.

    Args:
        responders: The responders by HTTP method.
        names: The names of the fields, which become keyword arguments.
        source: The template that has the fields, for the error.

    Raises:
        UnacceptableRouteError: A responder's own parameter has the name.
    """
    if not names:
        return
    # One may answer many methods.
    for method, responder in {id(responder): (method, responder) for method, responder in responders.items()}.values():
        for taken in first_parameters(responder, 2):
            if taken in names:
                raise UnacceptableRouteError(
                    f'received field name {taken!r} in {source!r}, expected one that the responder of {method}, '
                    f'{responder!r}, does not need for its own first parameters'
                )


def allowed_methods(responders: Mapping[str, Responder]) -> list[str]:
    """Return the HTTP methods of a resource's responders, sorted."""
    return sorted(method for method in responders if method != WEBSOCKET)


def set_default_responders(
    method_map: MutableMapping[str, Responder], asgi: bool = True, default_responder: Responder | None = None
) -> None:
    """Add the responders that a resource does not have itself: OPTIONS, and a refusal of all other methods.

    Args:
        method_map: The resource's responders by HTTP method; added to.
        asgi: Always taken as True.
        default_responder: What answers the methods that have no responder, OPTIONS excepted, instead of the refusal.
    """
    options = missing_responder('OPTIONS', method_map)
    refusal = missing_responder('', method_map)
    method_map.setdefault('OPTIONS', options)
    method_map.setdefault(WEBSOCKET, refusal)
    for method in COMBINED_METHODS:
        method_map.setdefault(method, default_responder or refusal)


def missing_responder(method: str, responders: Mapping[str, Responder] | None) -> Responder:
    """Return what answers a method that a resource has no responder for.

    Args:
        method: The HTTP method.
        responders: The resource's responders by HTTP method; None if no resource was found.
    """
    if responders is None:
        return path_not_found
    allowed = allowed_methods(responders)
    if method == 'OPTIONS':
        return options_responder(allowed)
    return method_not_allowed(allowed if 'OPTIONS' in allowed else [*allowed, 'OPTIONS'])


def options_responder(allowed: list[str]) -> Responder:
    """Return a responder to OPTIONS that names the allowed methods (RFC 9110, section 9.3.7)."""
    allow = ', '.join(allowed)

    async def on_options(req: Any, resp: Any, /, **params: Any) -> None:
        resp.status = HTTP_200
        resp.set_header('Allow', allow)
        resp.set_header('Content-Length', '0')

    return on_options


def method_not_allowed(allowed: list[str]) -> Responder:
    """Return a responder that refuses its method and names the allowed ones (RFC 9110, section 15.5.6)."""

    async def on_other(req: Any, resp: Any, /, **params: Any) -> None:
        raise HTTPMethodNotAllowed(allowed)

    return on_other


async def path_not_found(req: Any, resp: Any, /, **params: Any) -> None:
    """Answer a path that no route, sink or static route takes, by raising HTTPRouteNotFound."""
    raise HTTPRouteNotFound


def _responder(resource: object, name: str) -> Responder | None:
    responder: Responder | None = getattr(resource, name, None)
    if not callable(responder):
        return None
    if needs_instance(resource, name):
        raise TypeError(f'received the class {resource!r} as a resource, expected an object of it')
    if not is_coroutine_callable(responder):
        raise TypeError(f'received the synchronous responder {responder!r}, expected a coroutine function (async def)')
    return responder
