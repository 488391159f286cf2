"""Telling coroutine functions from others."""

import functools
import inspect
from typing import Any

__all__ = ['is_coroutine_callable', 'takes_keyword']


def is_coroutine_callable(action: Any) -> bool:
    """Return whether calling `action` gives a coroutine, as far as its definition tells.

    Partial applications and objects with an asynchronous `__call__` count.
    """
    while isinstance(action, functools.partial):
        action = action.func
    if inspect.iscoroutinefunction(action):
        return True
    return callable(action) and inspect.iscoroutinefunction(type(action).__call__)


def takes_keyword(action: Any, name: str) -> bool:
    """Return whether `action` can be called with an argument `name` given by keyword."""
    parameters = inspect.signature(action).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return True
    return name in parameters and parameters[name].kind is not inspect.Parameter.POSITIONAL_ONLY
