"""Which other distributions are installed, told by entry points; looked up once per process.

A broken entry point is the installation's fault and is raised at once, never passed over: a part that is
installed but cannot be imported must not look like one that is absent.

Where two entry points announce the same scope type, response attribute or media type, the one whose name sorts
first counts, so that it does not depend on the order in which a folder lists the installed distributions.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from falcon_core.errors import MissingDistribution, UnsupportedError

if TYPE_CHECKING:
    from falcon_core.interfaces import BodyFactory, MediaHandler, PayloadHandler, ScopeServerFactory
    from falcon_core.testing.interfaces import WebSocketConnector

__all__ = [
    'announced_bodies',
    'body_factory',
    'installed_media_handlers',
    'media_handler_for',
    'missing_media',
    'payload_handler_for',
    'scope_server_factory',
    'websocket_connector',
]

_SCOPE_DISTRIBUTIONS = {'websocket': 'falcon-ws'}
_BODY_DISTRIBUTIONS = {'sse': 'falcon-sse'}


@cache
def _load(group: str) -> tuple[tuple[str, Any], ...]:
    found = sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value))
    return tuple((entry.name, entry.load()) for entry in found)


def _first(group: str, name: str) -> Any:
    return next((part for part_name, part in _load(group) if part_name == name), None)


def installed_media_handlers() -> 'dict[str, MediaHandler]':
    """Return a new handler for each media type that an installed distribution serves, by media type."""
    handlers: dict[str, MediaHandler] = {}
    for _, handler_class in _load('falcon.media'):
        handler = handler_class()
        for media_type in handler_class.media_types:
            handlers.setdefault(media_type, handler)
    return handlers


def payload_handler_for(media_type: str, feature: str) -> 'PayloadHandler':
    """Return a new handler for WebSocket messages of a media type.

    Args:
        media_type: The media type, such as `application/json`.
        feature: What needs it, for the error's text.

    Raises:
        MissingDistribution: No installed distribution offers one.
    """
    for _, handler_class in _load('falcon.media'):
        factory: Any = getattr(handler_class, 'payload_handler', None)
        if factory is not None and media_type in handler_class.media_types:
            handler: PayloadHandler = factory()
            return handler
    raise missing_media(feature)


def media_handler_for(media_type: str, feature: str) -> 'MediaHandler':
    """Return a new handler for bodies of a media type; see `payload_handler_for`.

    Raises:
        MissingDistribution: No installed distribution offers one.
    """
    for _, handler_class in _load('falcon.media'):
        if media_type in handler_class.media_types:
            handler: MediaHandler = handler_class()
            return handler
    raise missing_media(feature)


def missing_media(feature: str) -> MissingDistribution:
    """Return the error that says which distribution has media handlers.

    Args:
        feature: What needs one.
    """
    return MissingDistribution(feature, 'falcon-media')


def scope_server_factory(scope_type: str, feature: str) -> 'ScopeServerFactory':
    """Return what makes a server for an ASGI scope type.

    Args:
        scope_type: The type, such as `websocket`.
        feature: What needs it, for the error's text.

    Raises:
        MissingDistribution: The distribution that serves the type is not installed.
        UnsupportedError: No installed distribution serves the type, and none is known to.
    """
    factory: ScopeServerFactory | None = _first('falcon.scopes', scope_type)
    if factory is None:
        raise _missing(feature, 'falcon.scopes', scope_type, _SCOPE_DISTRIBUTIONS)
    return factory


def body_factory(name: str) -> 'BodyFactory':
    """Return what makes a body of the response attribute `name`.

    Raises:
        MissingDistribution: The distribution that makes one is not installed.
        UnsupportedError: No installed distribution makes one, and none is known to.
    """
    factory: BodyFactory | None = _first('falcon.bodies', name)
    if factory is None:
        raise _missing(f'resp.{name}', 'falcon.bodies', name, _BODY_DISTRIBUTIONS)
    return factory


@cache
def announced_bodies() -> tuple[str, ...]:
    """Return the response attributes that an installed distribution makes a body of."""
    return tuple(dict.fromkeys(name for name, _ in _load('falcon.bodies')))


def websocket_connector(feature: str) -> 'WebSocketConnector':
    """Return what connects the simulated clients of tests to WebSockets.

    Args:
        feature: What needs it, for the error's text.

    Raises:
        MissingDistribution: falcon-ws is not installed.
    """
    connector: WebSocketConnector | None = _first('falcon.testing', 'websocket')
    if connector is None:
        raise MissingDistribution(feature, _SCOPE_DISTRIBUTIONS['websocket'])
    return connector


def _missing(feature: str, group: str, name: str, distributions: dict[str, str]) -> UnsupportedError:
    if name in distributions:
        return MissingDistribution(feature, distributions[name])
    return UnsupportedError(f'{feature} needs an entry point {name!r} of the group {group}, and none is installed')
