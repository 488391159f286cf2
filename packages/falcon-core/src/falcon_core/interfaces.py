"""What the distributions ask of one another, as Protocols; no distribution but the core is named by another.

Four groups of entry points connect them. An entry point of

- `falcon.media` names the class of a `MediaHandler` that lists its `media_types`
  (`falcon_core.media.BaseHandler` is the ready base),
- `falcon.scopes` is named for the ASGI scope type it serves and gives a `ScopeServerFactory`,
- `falcon.bodies` is named for the attribute of the response it reads and gives a `BodyFactory`,
- `falcon.testing` is named for the ASGI scope type that it connects a test's client to, and gives what does
  (`falcon_core.testing.interfaces`).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from falcon_core.asgi_types import Receive, Scope, Send

if TYPE_CHECKING:
    from falcon_core.options import ResponseOptions
    from falcon_core.registry import Registry

__all__ = [
    'AsyncReadableIO',
    'BodyFactory',
    'FallbackRoute',
    'FilesRoute',
    'FoundRoute',
    'Headers',
    'MediaHandler',
    'PayloadHandler',
    'ReadableIO',
    'RenderedResponse',
    'Router',
    'ScopeHost',
    'ScopeRequest',
    'ScopeServer',
    'ScopeServerFactory',
    'StreamBody',
    'TypedMediaHandler',
    'TypedPayloadHandler',
    'Upkeep',
]

# Headers by name.
Headers = dict[str, str]


class ReadableIO(Protocol):
    """A file-like object open for reading bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, all that are left if `size` is negative."""
        ...


class AsyncReadableIO(Protocol):
    """An asynchronous file-like object open for reading bytes."""

    async def read(self, n: int = -1, /) -> bytes:
        """Return up to `n` bytes, all that are left if `n` is negative."""
        ...


class MediaHandler(Protocol):
    """Turns objects into the bytes of a body and back; `falcon_core.media.BaseHandler` explains each method."""

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return the body that represents `media`."""
        ...

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        """Return the body that represents `media`."""
        ...

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        """Return the object that the body in `stream` represents."""
        ...

    async def deserialize_async(
        self, stream: AsyncReadableIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object that the body in `stream` represents."""
        ...


class PayloadHandler(Protocol):
    """Turns objects into the payload of a WebSocket message and back: text or bytes, by handler."""

    def serialize(self, media: object) -> Any:
        """Return the payload that represents `media`."""
        ...

    def deserialize(self, payload: Any) -> object:
        """Return the object that `payload` represents; raise ValueError if it is malformed."""
        ...


class TypedMediaHandler(MediaHandler, Protocol):
    """A media handler that also decodes a body right into a type, for `await req.get_media(type=...)`.

    Which types there are is up to the handler; those of falcon-media take whatever msgspec knows: Structs, dataclasses,
    TypedDicts, attrs classes, `list[int]`, unions. A handler need not be one: `falcon_core.media.typed_method` says so
    when it is asked for.
    """

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return the object of the type `kind` that a body represents.

        Args:
            body: The whole body.
            content_type: The value of the request's Content-Type header, or None.
            kind: The type.

        Raises:
            MediaNotFoundError: The body is empty.
            MediaMalformedError: The body is not what its media type promises.
            MediaMismatchError: It is, but represents no object of the type `kind`.
        """
        ...

    async def deserialize_as_async(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        """Return what `deserialize_as` returns, of a handler that may have to wait for it."""
        ...


class TypedPayloadHandler(PayloadHandler, Protocol):
    """A handler of WebSocket messages that also decodes a payload right into a type; see `TypedMediaHandler`."""

    def deserialize_as(self, payload: Any, kind: Any) -> Any:
        """Return the object of the type `kind` that `payload` represents.

        `ws.receive_json(type=User)` is `typed_method(handler, 'deserialize_as')(payload, User)`.

        Args:
            payload: The text or bytes of the message.
            kind: The type.

        Raises:
            ValueError: The payload is malformed, or represents no object of the type `kind`; the text then ends with
                the path to the place, such as `$.items[3].price`.
        """
        ...


# Neither this nor `StreamBody` is frozen, which would triple the time that it takes to make them.
@dataclass(slots=True)
class Upkeep:
    """What a body needs that may take as long as its client likes, while it is sent.

    Attributes:
        heartbeat_s: After how many seconds without anything else sent `heartbeat` is sent; None for never.
        heartbeat: Bytes that may stand between any two chunks, and that the client passes over.
        send_timeout_s: How many seconds the server may take to accept one piece, before the client counts as one that
            stopped reading and is given up; None for any number.
        shutdown_grace_s: For how many seconds the body may go on after the application was told to stop; None for as
            long as the server lets it.
        last_chunk: Sent where the shutdown ended the body, after its iterator was closed.
        starts_at_once: Whether the client is to get the headers before the first chunk is there. A server may keep them
            until then (ASGI specification, "Response Start").
    """

    heartbeat_s: float | None = None
    heartbeat: bytes = b''
    send_timeout_s: float | None = None
    shutdown_grace_s: float | None = None
    last_chunk: bytes = b''
    starts_at_once: bool = False


@dataclass(slots=True)
class StreamBody:
    """A response body that is produced while it is sent.

    Attributes:
        chunks: The body's bytes, in order, in pieces of any size; or what `encode` makes them of. Closed with `aclose`
            when it is not read to its end, if it has that method.
        headers: Headers the response gets unless the responder set them: lowercase name to value.
        upkeep: What the body needs while it is sent; None for nothing.
        encode: Makes the bytes of what `chunks` gives; None if it gives bytes.
    """

    chunks: AsyncIterator[Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    upkeep: Upkeep | None = None
    encode: Callable[[Any], bytes] | None = None


class BodyFactory(Protocol):
    """Makes a body out of what a responder put on the response (group `falcon.bodies`)."""

    def __call__(self, value: Any, options: 'ResponseOptions', /) -> StreamBody:
        """Return the body.

        Args:
            value: What the responder assigned to the attribute that the entry point is named for.
            options: How the application makes responses; among them its media handlers.

        Raises:
            TypeError: The value is not what the attribute takes.
        """
        ...


# A resource, its responders by HTTP method (`WEBSOCKET` for `on_websocket`), the values of the template's fields, and
# the template.
FoundRoute = tuple[object, Mapping[str, Callable[..., Awaitable[None]]], dict[str, Any], str | None]


class Router(Protocol):
    """Finds the resource of a path."""

    def add_route(self, uri_template: str, resource: object, *args: Any, **kwargs: Any) -> None:
        """Add a route; what more there is to say of one, such as a suffix, is the router's own matter.

        Raises:
            ValueError: The template is malformed or conflicts with one that was added before.
        """
        ...

    def find(self, uri: str, req: Any = None) -> FoundRoute | None:
        """Return the route that a path belongs to, or None."""
        ...


class FallbackRoute(Protocol):
    """Takes requests that no route takes: a sink or a static route."""

    @property
    def serve(self) -> Callable[..., Awaitable[None]]:
        """The responder, called as `serve(req, resp, **params)`."""
        ...

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the responder's keyword arguments for a path, or None if the path is not taken."""
        ...


class FilesRoute(FallbackRoute, Protocol):
    """A static route."""

    @property
    def prefix(self) -> str:
        """The beginning of the paths that it takes."""
        ...

    @property
    def directory(self) -> str:
        """Where its files are."""
        ...

    @property
    def fallback_filename(self) -> str | None:
        """The path of the file that is served where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class RenderedResponse:
    """An HTTP response that is known whole.

    Attributes:
        status: The number of the status.
        headers: (lowercase name, value) pairs.
        body: The body.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class ScopeRequest(Protocol):
    """What a scope server needs to know of a request object."""

    scope: Scope
    uri_template: str | None

    @property
    def path(self) -> str:
        """The path to find a route for."""
        ...


class ScopeHost(Protocol):
    """What an application offers to the servers of its scopes."""

    registry: 'Registry'

    def make_request(self, scope: Scope, receive: Receive) -> ScopeRequest:
        """Return the request object that middleware and responders are given for a scope."""
        ...

    async def render_error(self, req: Any, error: Exception) -> RenderedResponse:
        """Return the HTTP response that an HTTP error or status stands for, written as for any HTTP request.

        Args:
            req: What `make_request` has returned.
            error: An `HTTPError` or `HTTPStatus`.
        """
        ...


class ScopeServer(Protocol):
    """Serves the connections of one ASGI scope type for one application."""

    @property
    def options(self) -> Any:
        """The settings of this scope type, for the application to expose."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection to its end."""
        ...


ScopeServerFactory = Callable[[ScopeHost], ScopeServer]
