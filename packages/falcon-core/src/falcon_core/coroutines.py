"""What can be told of a callable without calling it: whether it is asynchronous, and what it takes."""

import functools
import inspect
import sys
from itertools import islice
from typing import Any

__all__ = [
    'first_parameters',
    'is_coroutine_callable',
    'names_parameter',
    'needs_instance',
    'signature_of',
    'takes_keyword',
]

# From Python 3.14 on, annotations are evaluated when they are asked for, and may name what only type checkers know.
_UNEVALUATED: dict[str, Any] = {}
if sys.version_info >= (3, 14):
    from annotationlib import Format

    _UNEVALUATED['annotation_format'] = Format.STRING


def is_coroutine_callable(action: Any) -> bool:
    """Return whether calling `action` gives a coroutine, as far as its definition tells.

    Partial applications and objects with an asynchronous `__call__` count.
    """
    while isinstance(action, functools.partial):
        action = action.func
    if inspect.iscoroutinefunction(action):
        return True
    return callable(action) and inspect.iscoroutinefunction(type(action).__call__)


def signature_of(action: Any, *, follow_wrapped: bool = True) -> inspect.Signature:
    """Return the signature of a callable, as `inspect.signature` does, without evaluating its annotations.

    Raises:
        TypeError: `action` cannot be called, or has no signature that Python supports.
        ValueError: Nobody can tell its parameters.
    """
    return inspect.signature(action, follow_wrapped=follow_wrapped, **_UNEVALUATED)


def needs_instance(owner: object, name: str) -> bool:
    """Return whether `owner` is a class and its attribute `name` a method that has to be called on an object of it."""
    return isinstance(owner, type) and inspect.isfunction(inspect.getattr_static(owner, name, None))


def first_parameters(action: Any, count: int) -> list[str]:
    """Return the names that can no longer be given by keyword once `count` positional arguments are given.

    Those are the names of the first parameters, and of the parameter that a bound method's object takes. Of a callable
    whose parameters nobody can tell, there are none.

    Args:
        action: Any callable.
        count: How many positional arguments there will be.
    """
    if inspect.ismethod(action):
        action, count = action.__func__, count + 1
    if inspect.isfunction(action):  # ten times as fast as its signature, which counts with ten thousand routes
        code = action.__code__
        return list(code.co_varnames[code.co_posonlyargcount : min(count, code.co_argcount)])
    try:
        parameters = signature_of(action, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return []
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [parameter.name for parameter in islice(parameters, count) if parameter.kind is kind]


def takes_keyword(action: Any, name: str) -> bool:
    """Return whether `action` can be called with an argument `name` given by keyword."""
    parameters = signature_of(action).parameters.values()
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters) or names_parameter(action, name)


def names_parameter(action: Any, name: str) -> bool:
    """Return whether `action` has a parameter of this name that can be given by keyword; one for any name is none."""
    found = signature_of(action).parameters.get(name)
    return found is not None and found.kind in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
