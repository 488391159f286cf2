"""Hooks: functions that run before or after the responders of a resource.

A hook is a decorator of one responder, or of a resource class. A class that is decorated gets the hook around all the
responders it has by then, inherited ones included, suffixed ones too; the class they are inherited from stays as it is.
What a subclass defines later has the hook only if the subclass is decorated as well.

Hooks can be stacked; the one that is written first runs first before the responder, and last after it.
"""

import functools
import inspect
import re
from collections.abc import Callable
from itertools import islice
from types import FunctionType, MethodType
from typing import Any, Concatenate, ParamSpec, TypeVar

from falcon_core.constants import COMBINED_METHODS
from falcon_core.coroutines import is_coroutine_callable, signature_of
from falcon_core.responders import Responder

__all__ = ['after', 'before']

_P = ParamSpec('_P')
_T = TypeVar('_T')


def before(
    action: Callable[Concatenate[Any, Any, Any, dict[str, Any], _P], Any], *args: _P.args, **kwargs: _P.kwargs
) -> Callable[[_T], _T]:
    """Return a decorator that has a function called before a responder, or before all responders of a class.

    An exception from the function keeps the responder from being called. The decorator raises TypeError if it is given
    a responder that is no coroutine function; those of a class it passes over, as a route refuses them.

    Args:
        action: A function, asynchronous or not, called as `action(req, resp, resource, params, *args, **kwargs)`; of a
            WebSocket responder, with the connection in place of `resp`. `params` are the keyword arguments that the
            responder will get; changing it changes them.
        *args: Further arguments for the function.
        **kwargs: Further arguments for the function, by keyword.
    """

    def hooked(responder: Any) -> Responder:
        # The slash, because a field may be named `resource`; `values`, because a responder may be called directly.
        @functools.wraps(responder)
        async def with_hook(resource: Any, /, req: Any, resp: Any, *values: Any, **params: Any) -> None:
            bound = _bound(responder, resource)
            params.update(_by_name(bound, values))
            await _called(action, req, resp, resource, params, *args, **kwargs)
            await bound(req, resp, **params)

        return with_hook

    return _decorator(hooked)


def after(
    action: Callable[Concatenate[Any, Any, Any, _P], Any], *args: _P.args, **kwargs: _P.kwargs
) -> Callable[[_T], _T]:
    """Return a decorator that has a function called after a responder, or after all responders of a class.

    It is not called where the responder raises an exception. The decorator raises TypeError as that of `before` does.

    Args:
        action: A function, asynchronous or not, called as `action(req, resp, resource, *args, **kwargs)`; of a
            WebSocket responder, with the connection in place of `resp`.
        *args: Further arguments for the function.
        **kwargs: Further arguments for the function, by keyword.
    """

    def hooked(responder: Any) -> Responder:
        @functools.wraps(responder)
        async def with_hook(resource: Any, /, req: Any, resp: Any, *values: Any, **params: Any) -> None:
            await _bound(responder, resource)(req, resp, *values, **params)
            await _called(action, req, resp, resource, *args, **kwargs)

        return with_hook

    return _decorator(hooked)


def _decorator(hooked: Callable[[Any], Responder]) -> Callable[[_T], _T]:
    def decorate(target: Any) -> Any:
        if isinstance(target, type):
            for name in filter(_responder_name().fullmatch, dir(target)):
                responder = inspect.getattr_static(target, name)
                if _may_be_asynchronous(responder):
                    setattr(target, name, hooked(responder))
            return target
        if not _may_be_asynchronous(target):
            raise TypeError(f'received the synchronous responder {target!r}, expected a coroutine function (async def)')
        return hooked(target)

    return decorate


def _responder_name() -> re.Pattern[str]:
    methods = '|'.join(re.escape(method.lower()) for method in COMBINED_METHODS)
    return re.compile(rf'on_({methods}|request)(_\w+)?')


def _may_be_asynchronous(responder: Any) -> bool:
    """Return whether what a class has under the name of a responder can be one; no route takes it otherwise."""
    function = responder.__func__ if isinstance(responder, (classmethod, staticmethod)) else responder
    if is_coroutine_callable(function):
        return True
    # What another descriptor gives is known only once there is an object, and no responder may escape its hook.
    return hasattr(function, '__get__') and not isinstance(function, (FunctionType, MethodType))


def _bound(responder: Any, resource: Any) -> Responder:
    """Return what `resource.name` would be if the class had `responder` under that name."""
    bound: Responder = responder.__get__(resource, type(resource)) if hasattr(responder, '__get__') else responder
    return bound


def _by_name(bound: Responder, values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the keyword arguments that positional ones after the first two stand for."""
    if not values:
        return {}
    arguments = signature_of(bound).bind_partial(None, None, *values).arguments
    return dict(islice(arguments.items(), 2, None))


async def _called(action: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
    result = action(*args, **kwargs)
    if inspect.isawaitable(result):
        await result
