"""Hooks: functions that run before or after the responders of a resource.

A hook is a decorator of one responder, or of a resource class, whose responders, inherited ones included, all get it.
Hooks can be stacked; the one that is written first runs first before the responder, and last after it.
"""

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from falcon_core.constants import COMBINED_METHODS

__all__ = ['after', 'before']

T = TypeVar('T')
Responder = Callable[..., Awaitable[None]]

_RESPONDER_NAME = re.compile(f'on_({"|".join(COMBINED_METHODS)}|request|websocket)(_\\w+)?', re.IGNORECASE)


def before(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[T], T]:
    """Return a decorator that has a function called before a responder, or before all responders of a class.

    An exception from the function keeps the responder from being called.

    Args:
        action: A function, asynchronous or not, called as `action(req, resp, resource, params, *args, **kwargs)`; of a
            WebSocket responder, with the connection in place of `resp`. `params` are the keyword arguments that the
            responder will get; changing it changes them.
        *args: Further arguments for the function.
        **kwargs: Further arguments for the function, by keyword.
    """

    def decorate_responder(responder: Responder) -> Responder:
        @functools.wraps(responder)
        async def with_hook(resource: Any, req: Any, resp: Any, **params: Any) -> None:
            await _called(action, req, resp, resource, params, *args, **kwargs)
            await responder(resource, req, resp, **params)

        return with_hook

    return _decorator(decorate_responder)


def after(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[[T], T]:
    """Return a decorator that has a function called after a responder, or after all responders of a class.

    It is not called where the responder raises an exception.

    Args:
        action: A function, asynchronous or not, called as `action(req, resp, resource, *args, **kwargs)`; of a
            WebSocket responder, with the connection in place of `resp`.
        *args: Further arguments for the function.
        **kwargs: Further arguments for the function, by keyword.
    """

    def decorate_responder(responder: Responder) -> Responder:
        @functools.wraps(responder)
        async def with_hook(resource: Any, req: Any, resp: Any, **params: Any) -> None:
            await responder(resource, req, resp, **params)
            await _called(action, req, resp, resource, *args, **kwargs)

        return with_hook

    return _decorator(decorate_responder)


def _decorator(decorate_responder: Callable[[Responder], Responder]) -> Callable[[T], T]:
    def decorate(target: Any) -> Any:
        if not isinstance(target, type):
            return decorate_responder(target)
        for name in dir(target):
            responder = getattr(target, name)
            if _RESPONDER_NAME.fullmatch(name) and callable(responder):
                setattr(target, name, decorate_responder(responder))
        return target

    return decorate


async def _called(action: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    result = action(*args, **kwargs)
    if inspect.isawaitable(result):
        await result
