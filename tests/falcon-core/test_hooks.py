import asyncio
import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from falcon_core.constants import COMBINED_METHODS
from falcon_core.coroutines import is_coroutine_callable
from falcon_core.hooks import after, before
from falcon_core.responders import map_http_methods

Calls = list[Any]


def ran(responder: Callable[..., Awaitable[Any]], /, *args: Any, **fields: Any) -> Calls:
    """Run a responder with a list for a request, and return what was appended to it."""
    calls: Calls = []

    async def run() -> None:
        await responder(calls, 'resp', *args, **fields)

    asyncio.run(run())
    return calls


def note(req: Calls, resp: Any, resource: object, params: dict[str, Any], *args: Any, **kwargs: Any) -> None:
    req.append(('before', *args, *kwargs.items()))


async def note_async(req: Calls, resp: Any, resource: object, params: dict[str, Any], *args: Any) -> None:
    await asyncio.sleep(0)
    req.append(('before', *args))


def note_after(req: Calls, resp: Any, resource: object, *args: Any, **kwargs: Any) -> None:
    req.append(('after', *args, *kwargs.items()))


async def note_after_async(req: Calls, resp: Any, resource: object, *args: Any) -> None:
    await asyncio.sleep(0)
    req.append(('after', *args))


def set_field(req: Calls, resp: Any, resource: object, params: dict[str, Any], name: str, value: Any) -> None:
    params[name] = value


class Resource:
    @before(note, 1, more=2)
    async def on_get(self, req: Calls, resp: Any, **fields: Any) -> None:
        """Say get."""
        req.append(fields or 'get')

    @after(note_after, 1, more=2)
    async def on_post(self, req: Calls, resp: Any) -> None:
        req.append('post')

    @before(note_async, 'first')
    @before(note, 'second')
    @after(note_after_async, 'last')
    @after(note_after, 'last but one')
    async def on_put(self, req: Calls, resp: Any) -> None:
        req.append('put')


def test_before() -> None:
    """The function runs before the responder, with the arguments that the decorator was given."""
    assert ran(Resource().on_get) == [('before', 1, ('more', 2)), 'get']


def test_after() -> None:
    """The function runs after the responder, with the arguments that the decorator was given."""
    assert ran(Resource().on_post) == ['post', ('after', 1, ('more', 2))]


def test_stacked() -> None:
    """The hook written first runs first before the responder, and last after it, asynchronous or not."""
    assert ran(Resource().on_put) == [
        ('before', 'first'),
        ('before', 'second'),
        'put',
        ('after', 'last but one'),
        ('after', 'last'),
    ]


def test_what_hooks_are_given() -> None:
    """A hook gets the request, the response, the resource and, before the responder, the fields."""
    given: Calls = []

    class Given:
        @before(lambda *args: given.append(args))
        @after(lambda *args: given.append(args))
        async def on_get(self, req: Calls, resp: Any, **fields: Any) -> None: ...

    resource = Given()
    req = ran(resource.on_get, x=1)
    assert given == [(req, 'resp', resource, {'x': 1}), (req, 'resp', resource)]
    assert given[0][2] is resource


def test_fields_can_be_changed() -> None:
    """What a hook changes in the fields is what the next hook and the responder get, and nobody else."""

    class Changed:
        @before(set_field, 'x', 2)
        @before(lambda req, resp, resource, params: req.append(dict(params)))
        @before(lambda req, resp, resource, params: params.pop('y'))
        async def on_get(self, req: Calls, resp: Any, **fields: Any) -> None:
            req.append(fields)

    fields = {'x': 1, 'y': 1}
    assert ran(Changed().on_get, **fields) == [{'x': 2, 'y': 1}, {'x': 2}]
    assert fields == {'x': 1, 'y': 1}


@pytest.mark.parametrize(
    'name', ['resource', 'self', 'responder', 'action', 'params', 'values', 'args', 'kwargs', 'ws']
)
def test_fields_of_any_name(name: str) -> None:
    """A field may be named as the hooks' own parameters are."""

    class Named:
        @before(note)
        @after(note_after)
        async def on_get(this, req: Calls, resp: Any, /, **fields: Any) -> None:
            req.append(fields)

    assert ran(Named().on_get, **{name: 1}) == [('before',), {name: 1}, ('after',)]


def test_arguments_of_any_name() -> None:
    """A hook's own arguments may be named as anything but the hook itself."""

    class Named:
        @before(note, params_=1, resource_=2, self=3)
        @after(note_after, self=3, responder=4)
        async def on_get(self, req: Calls, resp: Any) -> None: ...

    assert ran(Named().on_get) == [
        ('before', ('params_', 1), ('resource_', 2), ('self', 3)),
        ('after', ('self', 3), ('responder', 4)),
    ]


def test_exceptions_go_through() -> None:
    """A hook that raises keeps the responder from running; a responder that raises, the hooks after it."""

    def refuse(req: Calls, *args: Any) -> None:
        raise LookupError

    class Failing:
        @before(refuse)
        async def on_get(self, req: Calls, resp: Any) -> None:
            raise AssertionError

        @after(note_after)
        async def on_post(self, req: Calls, resp: Any) -> None:
            raise LookupError

        @after(note_after)
        @after(refuse)
        async def on_put(self, req: Calls, resp: Any) -> None: ...

    for responder in (Failing().on_get, Failing().on_post, Failing().on_put):
        with pytest.raises(LookupError):
            ran(responder)


def test_any_callable_is_a_hook() -> None:
    """Partial applications and objects do, and so does a function that returns something to be awaited."""

    class Noting:
        async def __call__(self, req: Calls, *args: Any) -> None:
            req.append('object')

    class Hooked:
        @before(functools.partial(set_field, name='x', value=1))
        @before(Noting())
        @before(lambda *args: note_async(*args))
        async def on_get(self, req: Calls, resp: Any, x: int) -> None:
            req.append(x)

    assert ran(Hooked().on_get) == ['object', ('before',), 1]


def test_a_hooked_responder_is_still_one() -> None:
    """A route takes it, and it keeps its name, its docstring and its signature."""
    assert sorted(map_http_methods(Resource())) == ['GET', 'POST', 'PUT']
    assert inspect.iscoroutinefunction(Resource.on_put)
    assert Resource.on_get.__name__ == 'on_get'
    assert Resource.on_get.__doc__ == 'Say get.'
    assert list(inspect.signature(Resource.on_get).parameters) == ['self', 'req', 'resp', 'fields']


def test_a_responder_can_be_called_directly() -> None:
    """Values given by place reach the hooks by name; request and response can be given by name."""

    class Called:
        @before(lambda req, resp, resource, params: req.append(dict(params)))
        @after(note_after)
        async def on_get(self, req: Calls, resp: Any, x: str, y: int = 5) -> None:
            req.append((x, y))

    assert ran(Called().on_get, 'a') == [{'x': 'a'}, ('a', 5), ('after',)]
    assert ran(Called().on_get, 'a', 6) == [{'x': 'a', 'y': 6}, ('a', 6), ('after',)]
    assert ran(Called().on_get, 'a', y=7) == [{'x': 'a', 'y': 7}, ('a', 7), ('after',)]
    calls: Calls = []
    asyncio.run(Called().on_get(req=calls, resp='resp', x='a'))
    assert calls == [{'x': 'a'}, ('a', 5), ('after',)]
    with pytest.raises(TypeError, match='too many positional arguments'):
        ran(Called().on_get, 'a', 6, 7)


def test_websocket_responders() -> None:
    """The connection takes the place of the response."""

    class Connected:
        @before(lambda req, ws, resource, params: req.append(ws))
        async def on_websocket(self, req: Calls, ws: Any) -> None:
            req.append('connected')

    assert ran(Connected().on_websocket) == ['resp', 'connected']


# Classes.


class Parent:
    async def on_get(self, req: Calls, resp: Any) -> None:
        req.append('parent')

    async def on_delete(self, req: Calls, resp: Any) -> None:
        req.append('parent')


@before(note, 'hook')
class Child(Parent):
    async def on_post(self, req: Calls, resp: Any) -> None:
        req.append('child')

    async def on_delete(self, req: Calls, resp: Any) -> None:
        await super().on_delete(req, resp)


class Grandchild(Child):
    async def on_get(self, req: Calls, resp: Any) -> None:
        req.append('grandchild')

    async def on_put(self, req: Calls, resp: Any) -> None:
        await super().on_post(req, resp)


def test_all_responders_of_a_class() -> None:
    """A decorated class has the hook around its own responders and those that it inherits."""
    assert ran(Child().on_post) == [('before', 'hook'), 'child']
    assert ran(Child().on_get) == [('before', 'hook'), 'parent']
    assert ran(Child().on_delete) == [('before', 'hook'), 'parent']


def test_the_parent_stays_as_it_is() -> None:
    """Where a responder was inherited, the class that defines it has no hook."""
    assert ran(Parent().on_get) == ['parent']
    assert ran(Parent().on_delete) == ['parent']


def test_a_subclass_has_the_hooks_of_what_it_inherits() -> None:
    """What a subclass defines itself has no hook; what it inherits or calls has."""
    assert ran(Grandchild().on_delete) == [('before', 'hook'), 'parent']
    assert ran(Grandchild().on_get) == ['grandchild']
    assert ran(Grandchild().on_put) == [('before', 'hook'), 'child']


def test_a_decorated_subclass_has_both_hooks() -> None:
    """Around what it inherits, the hook of the subclass comes first, then that of its parent."""
    decorated = before(note, 'own')(type('Decorated', (Child,), {}))
    assert ran(decorated().on_get) == [('before', 'own'), ('before', 'hook'), 'parent']
    assert ran(Child().on_get) == [('before', 'hook'), 'parent']


def test_stacked_on_a_class_and_its_methods() -> None:
    """The hooks of a class are outside those of its methods."""

    @before(note, 'outer')
    @after(note_after, 'outer')
    @before(note, 'inner')
    class Stacked:
        @before(note, 'method')
        @after(note_after, 'method')
        async def on_get(self, req: Calls, resp: Any) -> None:
            req.append('get')

    befores = [('before', which) for which in ('outer', 'inner', 'method')]
    assert ran(Stacked().on_get) == [*befores, 'get', ('after', 'method'), ('after', 'outer')]


def test_which_methods_of_a_class_are_responders() -> None:
    """Those named for a method of HTTP or WebDAV, a request or a WebSocket, suffix or not, and no others."""
    responders = [f'on_{method.lower()}' for method in COMBINED_METHODS] + ['on_request']
    responders += [f'{name}_suf_fix2' for name in responders]
    others = [
        'on_gets',
        'on_get_',
        'on_',
        'on_startup',
        'only_get',
        'get',
        'on_getx_y',
        '_on_get',
        'on_GET',
        'process_request',
    ]

    async def respond(self: object, req: Calls, resp: Any) -> None: ...

    hooked = before(note)(type('Many', (), dict.fromkeys([*responders, *others], respond)))
    assert {name for name in dir(hooked) if getattr(hooked, name) is respond} == set(others)
    for name in responders:
        assert ran(getattr(hooked(), name)) == [('before',)]


def test_a_class_is_decorated_in_place() -> None:
    """The decorator of a class returns the class itself."""

    class Itself:
        pass

    assert before(note)(Itself) is Itself


class Descriptor:
    """Gives a coroutine function that takes request and response only, as some decorators do."""

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self

        async def respond(req: Calls, resp: Any) -> None:
            req.append(type(instance).__name__)

        return respond


class Respond:
    async def __call__(self, req: Calls, resp: Any) -> None:
        req.append('object')


def kinds() -> type:
    async def function(self: object, req: Calls, resp: Any) -> None:
        req.append('function')

    async def named(self: object, text: str, req: Calls, resp: Any) -> None:
        req.append(text)

    class Kinds:
        @staticmethod
        async def on_get(req: Calls, resp: Any) -> None:
            req.append('static')

        @classmethod
        async def on_post(cls, req: Calls, resp: Any) -> None:
            req.append(cls.__name__)

        on_put = function
        on_patch = staticmethod(functools.partial(function, None))
        on_delete = functools.partialmethod(named, 'partial method')
        on_head = Respond()
        on_trace = Descriptor()

        @property
        def on_copy(self) -> Any:
            return self.on_get

    return Kinds


EXPECTED = {
    'on_get': 'static',
    'on_post': 'Kinds',
    'on_put': 'function',
    'on_patch': 'function',
    'on_delete': 'partial method',
    'on_head': 'object',
    'on_trace': 'Kinds',
}


def test_whatever_a_class_has_for_responders() -> None:
    """Static and class methods, objects and descriptors are called as they are without a hook."""
    plain, hooked = kinds(), before(note)(after(note_after)(kinds()))
    for name, text in EXPECTED.items():
        assert ran(getattr(plain(), name)) == [text]
        assert ran(getattr(hooked(), name)) == [('before',), text, ('after',)]
    assert ran(hooked().on_copy) == [('before',), *ran(hooked().on_get), ('after',)]


@pytest.mark.parametrize('name', ['on_get', 'on_post', 'on_patch', 'on_head', 'on_trace'])
def test_whatever_a_responder_is(name: str) -> None:
    """Static and class methods, objects and descriptors can be decorated one by one, above what makes them that."""
    kind = kinds()
    setattr(kind, name, before(note)(inspect.getattr_static(kind, name)))
    assert ran(getattr(kind(), name)) == [('before',), EXPECTED[name]]
    assert is_coroutine_callable(getattr(kind(), name))


def test_synchronous_methods_are_left_to_the_route() -> None:
    """A class may have what looks like a responder and is none; a route refuses it, hook or not."""

    @before(note)
    class Mixed:
        on_get = None
        on_put = 5

        def on_post(self, req: Calls, resp: Any) -> None: ...

        @staticmethod
        def on_patch(req: Calls, resp: Any) -> None: ...

        async def on_delete(self, req: Calls, resp: Any) -> None: ...

    assert Mixed.on_get is None
    assert Mixed.on_put == 5
    assert ran(Mixed().on_delete) == [('before',)]
    with pytest.raises(TypeError, match='received the synchronous responder'):
        map_http_methods(Mixed())


class Noted:
    def note(self, req: Calls, resp: Any) -> None: ...


@pytest.mark.parametrize('hook', [before(note), after(note_after)])
@pytest.mark.parametrize('bad', [lambda *args: None, staticmethod(note), ''.join, Noted().note, print, None, 5])
def test_a_synchronous_responder_is_refused(hook: Any, bad: Any) -> None:
    """What a route would refuse is refused by the decorator, as it would not be seen any more afterwards."""
    with pytest.raises(TypeError, match=r'received the synchronous responder .*, expected a coroutine function'):
        hook(bad)


def test_hooks_around_methods_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that an application adds to the list is known to the hooks, whatever is in its name."""
    monkeypatch.setattr('falcon_core.hooks.COMBINED_METHODS', [*COMBINED_METHODS, 'BREW.NOW'])

    async def respond(self: object, req: Calls, resp: Any) -> None: ...

    hooked = before(note)(type('Brewing', (), dict.fromkeys(['on_brew.now', 'on_brew.now_x', 'on_brew-now'], respond)))
    assert ran(getattr(hooked(), 'on_brew.now')) == [('before',)]
    assert ran(getattr(hooked(), 'on_brew.now_x')) == [('before',)]
    assert ran(getattr(hooked(), 'on_brew-now')) == []
