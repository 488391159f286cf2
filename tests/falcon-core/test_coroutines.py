import functools
import sys
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from falcon_core.coroutines import (
    first_parameters,
    is_coroutine_callable,
    names_parameter,
    needs_instance,
    signature_of,
    takes_keyword,
)


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


async def with_ws(req: Any, resp: Any, ws: Any = None) -> None: ...


async def with_ws_by_keyword(req: Any, resp: Any, *, ws: Any) -> None: ...


async def with_ws_by_position(req: Any, resp: Any, ws: Any, /) -> None: ...


async def with_anything(req: Any, resp: Any, **params: Any) -> None: ...


@pytest.mark.parametrize(
    ('action', 'names'),
    [
        (with_ws, True),
        (with_ws_by_keyword, True),
        (functools.partial(with_ws, ws=None), True),
        (with_ws_by_position, False),
        (with_anything, False),
        (asynchronous, False),
    ],
)
def test_parameters(action: Any, names: bool) -> None:
    """A function names a parameter that can be given by keyword; to take any keyword is not to name it."""
    assert names_parameter(action, 'ws') is names


class Methods:
    async def method(self, req: Any, resp: Any, x: Any) -> None: ...

    @staticmethod
    async def static(req: Any, resp: Any, x: Any) -> None: ...

    @classmethod
    async def of_class(cls, req: Any, resp: Any) -> None: ...

    async def __call__(self, req: Any, resp: Any) -> None: ...


async def positional_only(req: Any, resp: Any, /, **fields: Any) -> None: ...


async def variadic(*arguments: Any, req: Any) -> None: ...


@functools.wraps(positional_only)
async def wrapper(request: Any, response: Any, **fields: Any) -> None: ...


@pytest.mark.parametrize(
    ('action', 'names'),
    [
        (Methods().method, ['self', 'req', 'resp']),
        (Methods.static, ['req', 'resp']),
        (Methods().of_class, ['cls', 'req', 'resp']),
        (Methods(), ['req', 'resp']),
        (functools.partial(Methods.static, 1), ['resp', 'x']),
        (positional_only, []),
        (variadic, []),
        (wrapper, ['request', 'response']),
        (type, []),
        (1, []),
    ],
)
def test_first_parameters(action: Any, names: list[str]) -> None:
    """Parameters that positional arguments fill are named, with that of the method's object, as far as one can tell."""
    assert first_parameters(action, 2) == names


@pytest.mark.skipif(sys.version_info < (3, 14), reason='annotations are evaluated with the definition')
def test_annotations_may_name_what_only_type_checkers_know() -> None:
    """What is told of a callable does not depend on its annotations."""
    names: dict[str, Any] = {}
    exec('async def action(req: Unknown, *, ws: Unknown = None) -> Unknown: ...', names)
    action = names['action']
    assert list(signature_of(action).parameters) == ['req', 'ws']
    assert first_parameters(functools.partial(action, ws=1), 1) == ['req']
    assert names_parameter(action, 'ws')
    assert not takes_keyword(action, 'resp')
