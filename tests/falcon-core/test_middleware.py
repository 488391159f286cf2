import asyncio
import functools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest

from falcon_core.errors import CompatibilityError
from falcon_core.middleware import ASGIMiddleware, MiddlewareStacks, as_components, prepare_middleware

ONE_BY_ONE = [
    'process_request',
    'process_resource',
    'process_response',
    'process_request_ws',
    'process_resource_ws',
]
ALL = [*ONE_BY_ONE, 'process_startup', 'process_shutdown']


async def hook(*args: Any) -> None: ...
def synchronous(*args: Any) -> None: ...


class Full:
    """A component with all hooks."""

    async def process_request(self, req: Any, resp: Any) -> None: ...
    async def process_resource(self, req: Any, resp: Any, resource: Any, params: Any) -> None: ...
    async def process_response(self, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None: ...
    async def process_request_ws(self, req: Any, ws: Any) -> None: ...
    async def process_resource_ws(self, req: Any, ws: Any, resource: Any, params: Any) -> None: ...
    async def process_startup(self, scope: Any, event: Any) -> None: ...
    async def process_shutdown(self, scope: Any, event: Any) -> None: ...


def component(**hooks: Any) -> SimpleNamespace:
    """Return a component with some hooks."""
    return SimpleNamespace(**hooks)


def stacks(*components: object) -> dict[str, list[object]]:
    """Return the stacks that are not empty."""
    prepared = prepare_middleware(components)
    return {name: found for name in ONE_BY_ONE if (found := hooks_in(prepared, name))}


def hooks_in(prepared: MiddlewareStacks, name: str) -> list[object]:
    """Return the hooks of one name, in the order in which they run; request hooks are kept beside response hooks."""
    if name == 'process_request':
        return [request_hook for request_hook, _ in prepared.pairs if request_hook is not None]
    return list(getattr(prepared, name))


def test_no_components() -> None:
    """Without components all stacks are empty."""
    assert prepare_middleware([]) == MiddlewareStacks()


def test_order_of_the_hooks() -> None:
    """Hooks run in the order of their components, response hooks in reverse."""
    first, second, third = Full(), Full(), Full()
    prepared = prepare_middleware([first, second, third])
    for name in ONE_BY_ONE:
        hooks = [getattr(each, name) for each in (first, second, third)]
        assert hooks_in(prepared, name) == (hooks[::-1] if name == 'process_response' else hooks)
    assert prepared.pairs == tuple((each.process_request, each.process_response) for each in (first, second, third))
    assert prepared.lifespan == tuple((each.process_startup, each.process_shutdown) for each in (first, second, third))


@pytest.mark.parametrize('name', ONE_BY_ONE)
def test_every_hook_is_optional(name: str) -> None:
    """A component with one hook is in the stack of that hook, and in no other."""
    assert stacks(component(**{name: hook})) == {name: [hook]}


def test_pairs_have_a_place_for_each_component() -> None:
    """Whether a component has the request hook, the response hook, or none of both can be told by its place."""
    prepared = prepare_middleware(
        [component(process_request=hook), component(process_response=hook), component(process_startup=hook)]
    )
    assert prepared.pairs == ((hook, None), (None, hook), (None, None))
    assert prepared.lifespan == ((None, None), (None, None), (hook, None))


class Overriding(ASGIMiddleware):
    async def process_resource(self, req: Any, resp: Any, resource: Any, params: Any) -> None:
        await super().process_resource(req, resp, resource, params)

    async def process_shutdown(self, scope: Any, event: Any) -> None: ...


class Inheriting(Overriding):
    async def process_request_ws(self, req: Any, ws: Any) -> None: ...


def test_hooks_that_are_not_overridden_are_not_called() -> None:
    """What a subclass of the base does not define costs nothing; what it inherits from another subclass counts."""
    overriding, inheriting = Overriding(), Inheriting()
    prepared = prepare_middleware([overriding, inheriting, ASGIMiddleware()])
    assert prepared.process_resource == (overriding.process_resource, inheriting.process_resource)
    assert prepared.process_request_ws == (inheriting.process_request_ws,)
    assert prepared.process_response == prepared.process_resource_ws == ()
    assert prepared.pairs == ((None, None),) * 3
    assert prepared.lifespan == ((None, overriding.process_shutdown), (None, inheriting.process_shutdown), (None, None))


def test_base_keeps_its_configuration() -> None:
    """The one argument of the base is kept for components that need no constructor of their own."""
    assert ASGIMiddleware().other_args is None
    assert Overriding({'limit': 5}).other_args == {'limit': 5}


@pytest.mark.parametrize('name', ALL)
def test_hooks_of_the_base_do_nothing(name: str) -> None:
    """Every hook can be called on, by a subclass that does so."""
    arguments = {'process_resource': 4, 'process_response': 4, 'process_resource_ws': 4}.get(name, 2)
    assert asyncio.run(getattr(ASGIMiddleware(), name)(*[None] * arguments)) is None


@pytest.mark.parametrize('name', ['process_request', 'process_resource', 'process_response'])
def test_asynchronous_twin(name: str) -> None:
    """Of a hook and its twin, the twin runs; the hook may then be synchronous, for WSGI."""
    twin = AsyncMock()
    assert stacks(component(**{name: synchronous, f'{name}_async': twin})) == {name: [twin]}
    assert stacks(component(**{f'{name}_async': twin})) == {name: [twin]}
    assert stacks(component(**{name: hook, f'{name}_async': None})) == {name: [hook]}


@pytest.mark.parametrize('name', ['process_request_ws', 'process_startup'])
def test_no_twin_of_what_wsgi_has_not(name: str) -> None:
    """The hooks that exist for ASGI only have no twin."""
    with pytest.raises(TypeError, match='without any hook'):
        prepare_middleware([component(**{f'{name}_async': hook})])


@pytest.mark.parametrize('name', [*ALL, 'process_request_async', 'process_response_async'])
@pytest.mark.parametrize('bad', [synchronous, 5, 'hook', functools.partial(synchronous)])
def test_synchronous_hooks_are_refused(name: str, bad: object) -> None:
    """A hook that cannot be awaited is refused, and the error says which one of which component it is."""
    with pytest.raises(
        CompatibilityError, match=f'received .* as {name} of middleware namespace.*, expected a coroutine'
    ):
        prepare_middleware([component(**{name: bad})])


@pytest.mark.parametrize(
    'bad', [object(), None, 'process_request', component(process_request=None), component(other=hook)]
)
def test_components_without_hooks_are_refused(bad: object) -> None:
    """What has no hook at all is a mistake, and the error lists the hooks there are."""
    with pytest.raises(TypeError, match='without any hook, expected one or more of process_request, process_resource'):
        prepare_middleware([Full(), bad])


class Static:
    @staticmethod
    async def process_request(req: Any, resp: Any) -> None: ...

    @classmethod
    async def process_response(cls, req: Any, resp: Any, resource: Any, req_succeeded: bool) -> None: ...


class Callable_:
    async def __call__(self, req: Any, resp: Any) -> None: ...


def test_any_coroutine_function_is_a_hook() -> None:
    """Static and class methods, partial applications and objects that can be awaited all do."""
    static = Static()
    assert stacks(static) == {
        'process_request': [Static.process_request],
        'process_response': [Static.process_response],
    }
    for each in (functools.partial(hook, 1), Callable_(), AsyncMock()):
        assert stacks(component(process_request=each)) == {'process_request': [each]}


@pytest.mark.parametrize('bad', [Full, Overriding, ASGIMiddleware])
def test_a_class_is_no_component(bad: type) -> None:
    """A class whose hooks lack an object is refused where it is added, not at the first request."""
    with pytest.raises(TypeError, match=r'received the class .* as middleware, expected an object of it'):
        prepare_middleware([bad])


def test_a_class_that_needs_no_object_is_a_component() -> None:
    """Static and class methods can be called on the class."""
    assert stacks(Static)['process_request'] == [Static.process_request]


class IterableComponent(Full):
    def __iter__(self) -> Iterator[object]:
        raise AssertionError('a component is not iterated')


def test_one_or_many() -> None:
    """One component, also one that could be iterated, is taken as itself; None is no component."""
    single, iterable, many = Full(), IterableComponent(), [Full(), Full()]
    assert list(as_components(single)) == [single]
    assert list(as_components(iterable)) == [iterable]
    assert list(as_components(many)) == many
    assert list(as_components(iter(many))) == many
    assert list(as_components(None)) == []
    assert list(as_components(())) == []
