"""An attribute that is worked out when it is first read.

Requests have some dozens of attributes of which a responder reads a few. Once worked out, the value is in the
instance's dictionary and found there without a call (functools.cached_property does the same, behind a lock before
Python 3.12).
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ['cached_attribute']

_T = TypeVar('_T')


class cached_attribute(Generic[_T]):  # noqa: N801 # a decorator
    """Makes a method without arguments an attribute, which is worked out once and may be assigned.

    An exception is not kept: the method is called again at the next reading.
    """

    def __init__(self, function: Callable[[Any], _T]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> 'cached_attribute[_T]': ...

    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...

    def __get__(self, instance: object | None, owner: type) -> '_T | cached_attribute[_T]':
        if instance is None:
            return self
        value = self._function(instance)
        # To ask for the dictionary would have Python make one first, which takes as long as to make an instance.
        setattr(instance, self._name, value)
        return value
