"""Middleware: the optional base class, and the stacks of hooks that an application runs.

A component has any of these coroutine methods. Where a component serves WSGI as well, it gives the hooks marked *
a twin whose name ends in `_async`; the twin is then the one that runs.

| hook | called |
| --- | --- |
| `process_request(req, resp)` * | before routing |
| `process_resource(req, resp, resource, params)` * | after a route was found, before its responder |
| `process_response(req, resp, resource, req_succeeded)` * | after the responder, or after whatever ended the request |
| `process_request_ws(req, ws)` | before routing, for a WebSocket |
| `process_resource_ws(req, ws, resource, params)` | after a route was found, for a WebSocket |
| `process_startup(scope, event)` | when the server starts, before it accepts connections |
| `process_shutdown(scope, event)` | when the server stops, after its connections are closed |

Startup and the hooks before the responder run in the order in which the components were added; the response and
shutdown hooks run in reverse.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from falcon_core.coroutines import is_coroutine_callable, needs_instance
from falcon_core.errors import CompatibilityError

__all__ = ['ASGIMiddleware', 'Hook', 'MiddlewareStacks', 'as_components', 'hooks_of', 'prepare_middleware']

Hook = Callable[..., Awaitable[None]]

_HOOKS_WITH_TWIN = ('process_request', 'process_resource', 'process_response')
_HOOKS = (
    *_HOOKS_WITH_TWIN,
    'process_request_ws',
    'process_resource_ws',
    'process_startup',
    'process_shutdown',
)


class ASGIMiddleware:
    """An optional base for middleware components: override the hooks that are needed.

    Any object with at least one of the hooks is a component too. The hooks that a subclass does not override cost
    nothing: they are never called.

    Args:
        other_args: The configuration of a component that needs no constructor of its own.

    Attributes:
        other_args (object): See above.
    """

    def __init__(self, other_args: object = None) -> None:
        self.other_args = other_args

    async def process_request(self, req: Any, resp: Any) -> None:
        """Process a request before it is routed.

        To answer it here, set the response up and `resp.complete = True`, or raise an HTTP error or status.

        Args:
            req: The request.
            resp: The response, still empty.
        """

    async def process_resource(self, req: Any, resp: Any, resource: object, params: dict[str, Any]) -> None:
        """Process a request that was routed, before its responder is called.

        Args:
            req: The request.
            resp: The response.
            resource: The resource that the route names.
            params: The fields of the route's template, which become the responder's keyword arguments; may be changed.
        """

    async def process_response(self, req: Any, resp: Any, resource: object | None, req_succeeded: bool) -> None:
        """Process a response before it is sent.

        Args:
            req: The request.
            resp: The response.
            resource: The resource that handled the request; None if no route was found or the request ended before.
            req_succeeded: False if an exception was raised on the way, HTTP errors and statuses included. The body is
                made of `resp.media` and sent after these hooks, which may still change it; what fails then is not known
                here, but to the error reporter.
        """

    async def process_request_ws(self, req: Any, ws: Any) -> None:
        """Process a WebSocket handshake before it is routed.

        Args:
            req: The handshake request.
            ws: The connection, not yet accepted.
        """

    async def process_resource_ws(self, req: Any, ws: Any, resource: object, params: dict[str, Any]) -> None:
        """Process a WebSocket handshake that was routed, before its responder is called.

        Args:
            req: The handshake request.
            ws: The connection, not yet accepted.
            resource: The resource that the route names.
            params: The fields of the route's template; may be changed.
        """

    async def process_startup(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        """Prepare the component when the server starts.

        An exception makes the server's start fail.

        Args:
            scope: The lifespan scope (ASGI specification, "Lifespan Protocol").
            event: The `lifespan.startup` event.
        """

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        """Release what the component holds when the server stops.

        Args:
            scope: The lifespan scope.
            event: The `lifespan.shutdown` event.
        """


@dataclass(frozen=True, slots=True)
class MiddlewareStacks:
    """The hooks of all components, in the order in which they run.

    Attributes:
        pairs: For each component its request and its response hook, None where it has none, for the application that
            runs the response hooks of those components only whose request hooks succeeded.
        process_resource: The resource hooks.
        process_response: The response hooks, last component first.
        process_request_ws: The request hooks for WebSockets.
        process_resource_ws: The resource hooks for WebSockets.
        lifespan: For each component its startup and its shutdown hook, None where it has none.
    """

    pairs: tuple[tuple[Hook | None, Hook | None], ...] = ()
    process_resource: tuple[Hook, ...] = ()
    process_response: tuple[Hook, ...] = ()
    process_request_ws: tuple[Hook, ...] = ()
    process_resource_ws: tuple[Hook, ...] = ()
    lifespan: tuple[tuple[Hook | None, Hook | None], ...] = ()


def prepare_middleware(components: Sequence[object]) -> MiddlewareStacks:
    """Return the stacks of the components' hooks.

    Raises:
        CompatibilityError: A hook is no coroutine function.
        TypeError: A component has no hook at all, or is a class and not an object of it.
    """
    found = [hooks_of(component) for component in components]

    def stack(name: str) -> list[Hook]:
        return [hooks[name] for hooks in found if name in hooks]

    return MiddlewareStacks(
        pairs=tuple((hooks.get('process_request'), hooks.get('process_response')) for hooks in found),
        process_resource=tuple(stack('process_resource')),
        process_response=tuple(reversed(stack('process_response'))),
        process_request_ws=tuple(stack('process_request_ws')),
        process_resource_ws=tuple(stack('process_resource_ws')),
        lifespan=tuple((hooks.get('process_startup'), hooks.get('process_shutdown')) for hooks in found),
    )


def as_components(middleware: object) -> Iterable[object]:
    """Return the components of an argument that takes one component, an iterable of them, or None.

    An iterable with a hook is one component.
    """
    if middleware is None:
        return ()
    if isinstance(middleware, Iterable) and not any(_attribute(middleware, name) for name in _HOOKS):
        return middleware
    return (middleware,)


def hooks_of(component: object) -> dict[str, Hook]:
    """Return the hooks of a component by name; one that has a twin for ASGI by its own name, though the twin runs.

    Raises:
        CompatibilityError: A hook is no coroutine function.
        TypeError: The component has no hook at all, or is a class and not an object of it.
    """
    hooks: dict[str, Hook] = {}
    for name in _HOOKS:
        hook = _hook(component, name)
        if hook is not None:
            hooks[name] = hook
    if not hooks and not isinstance(component, ASGIMiddleware):
        raise TypeError(
            f'received middleware {component!r} without any hook, expected one or more of {", ".join(_HOOKS)}'
        )
    return hooks


def _hook(component: object, name: str) -> Hook | None:
    attribute = _attribute(component, name)
    if attribute is None:
        return None
    hook: Hook = getattr(component, attribute)
    if getattr(hook, '__func__', None) is getattr(ASGIMiddleware, name):
        return None
    if needs_instance(component, attribute):
        raise TypeError(f'received the class {component!r} as middleware, expected an object of it')
    if not is_coroutine_callable(hook):
        raise CompatibilityError(
            f'received {hook!r} as {attribute} of middleware {component!r}, expected a coroutine function'
        )
    return hook


def _attribute(component: object, hook: str) -> str | None:
    """Return the name of the attribute that has a hook, if any: the hook's own, or that of its twin."""
    names = (f'{hook}_async', hook) if hook in _HOOKS_WITH_TWIN else (hook,)
    return next((name for name in names if getattr(component, name, None) is not None), None)
