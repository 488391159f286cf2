import functools
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from falcon_core.coroutines import is_coroutine_callable, needs_instance, takes_keyword


async def asynchronous(req: Any, resp: Any = None) -> None: ...


def synchronous(req: Any, resp: Any = None) -> None: ...


async def generator() -> AsyncIterator[int]:
    yield 1


@functools.wraps(asynchronous)
async def wrapping(*args: Any, **kwargs: Any) -> None: ...


class Asynchronous:
    async def __call__(self) -> None: ...
    async def method(self) -> None: ...

    @staticmethod
    async def static() -> None: ...

    @classmethod
    async def of_class(cls) -> None: ...


class Synchronous:
    def __call__(self) -> None: ...


@pytest.mark.parametrize(
    'action',
    [
        asynchronous,
        wrapping,
        functools.partial(asynchronous, 1),
        functools.partial(functools.partial(asynchronous), resp=1),
        Asynchronous(),
        functools.partial(Asynchronous()),
        Asynchronous().method,
        Asynchronous.method,
        Asynchronous.static,
        Asynchronous().of_class,
        Asynchronous.of_class,
        AsyncMock(),
    ],
)
def test_what_gives_a_coroutine(action: Any) -> None:
    """Coroutine functions, methods, partial applications and objects that are called as such count."""
    assert is_coroutine_callable(action)


@pytest.mark.parametrize(
    'action',
    [
        synchronous,
        functools.partial(synchronous),
        generator,
        Asynchronous,
        Synchronous(),
        functools.partial(Synchronous()),
        lambda: asynchronous(1),
        print,
        MagicMock(),
        None,
        5,
        'asynchronous',
    ],
)
def test_what_does_not(action: Any) -> None:
    """Other functions, asynchronous generators, classes, and what cannot be called at all do not."""
    assert not is_coroutine_callable(action)


def test_methods_of_a_class_need_an_object() -> None:
    """A plain method is no use on its class; static and class methods, and anything of an object, are."""
    assert needs_instance(Asynchronous, 'method')
    assert not needs_instance(Asynchronous, 'static')
    assert not needs_instance(Asynchronous, 'of_class')
    assert not needs_instance(Asynchronous(), 'method')
    assert not needs_instance(Asynchronous, 'missing')


async def positional(ws: Any, /) -> None: ...
async def keyword(ws: Any = None) -> None: ...
async def keyword_only(*, ws: Any = None) -> None: ...
async def variable(**kwargs: Any) -> None: ...
async def values(*ws: Any) -> None: ...


class TakesKeyword:
    async def __call__(self, ws: Any) -> None: ...
    async def method(self, ws: Any) -> None: ...


@pytest.mark.parametrize(
    ('action', 'takes'),
    [
        (positional, False),
        (keyword, True),
        (keyword_only, True),
        (variable, True),
        (values, False),
        (asynchronous, False),
        (wrapping, False),
        (functools.partial(keyword), True),
        (functools.partial(keyword, ws=1), True),
        (functools.partial(keyword, 1), False),
        (functools.partial(asynchronous, 1), False),
        (TakesKeyword(), True),
        (TakesKeyword().method, True),
    ],
)
def test_keywords(action: Any, takes: bool) -> None:
    """A function takes a keyword if it has a parameter of that name that can be given by it, or takes any."""
    assert takes_keyword(action, 'ws') is takes
