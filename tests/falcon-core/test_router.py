import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from falcon_core.converters import BaseConverter, IntConverter
from falcon_core.errors import UnacceptableRouteError
from falcon_core.hooks import before
from falcon_core.interfaces import Router
from falcon_core.responders import SuffixedMethodNotFoundError
from falcon_core.router import CompiledRouter, CompiledRouterOptions
from instruction_count import count_instructions


class Resource:
    async def on_get(self, req: Any, resp: Any, **fields: Any) -> None: ...


RESOURCE = Resource()


def router(*templates: str) -> CompiledRouter:
    made = CompiledRouter()
    for template in templates:
        made.add_route(template, RESOURCE)
    return made


def found(made: CompiledRouter, path: str) -> tuple[str | None, dict[str, Any]] | None:
    route = made.find(path)
    return None if route is None else (route[3], route[2])


def test_is_a_router() -> None:
    """The class offers what applications ask of a router."""
    made: Router = CompiledRouter()
    assert made.find('/') is None


@pytest.mark.parametrize(
    ('template', 'hits', 'misses'),
    [
        ('/', ['/'], ['', '//', '/a', '*', 'a']),
        ('/a', ['/a'], ['/', '/a/', '//a', '/A', 'a', '/a/b', '/a\n']),
        ('/a/', ['/a/'], ['/a', '/a//']),
        ('/{x}', ['/a', '/', '/é', '/a b', '/%2F', '/{x}', '/\x00', '/\ud800'], ['', '*', 'a', '//', '/a/', '/a/b']),
        ('/{x}/', ['/a/', '//'], ['/a', '/', '/a//']),
        ('/x/{y}', ['/x/', '/x/a'], ['/x', '/', '/x/a/', '/x//', '/y/a', 'x/a', '//x/a']),
        ('/{x:path}', ['/', '/a', '/a/b', '/a//b/', '//', '///'], ['', '*', 'a/b']),
        ('/x/{y:path}', ['/x/', '/x/a', '/x/a/b/', '/x//'], ['/x', '/', '/xa', '//x/a']),
        ('/{x}.{y}', ['/a.b', '/a.b.c', '/...'], ['/', '/.', '/a.', '/.b', '/a', '/a.b/']),
        ('/{x:int}', ['/1', '/-1', '/007'], ['/', '/a', '/1.0', '/1/', '/1a']),
    ],
)
def test_which_paths_a_template_takes(template: str, hits: list[str], misses: list[str]) -> None:
    """A path is split at every slash, an empty part at its end included; a field takes an empty part as well."""
    made = router(template)
    assert [path for path in hits if found(made, path) is None] == []
    assert [path for path in misses if found(made, path) is not None] == []


def test_values_of_fields() -> None:
    """Values are as their converters make them; without one, the text of the path."""
    made = router('/{a}/{b:int}/{c:float}-{d}/{e:path}')
    assert found(made, '/x/5/1.5-y/z//') == (
        '/{a}/{b:int}/{c:float}-{d}/{e:path}',
        {'a': 'x', 'b': 5, 'c': 1.5, 'd': 'y', 'e': 'z//'},
    )


def test_each_find_gives_a_dictionary_of_its_own() -> None:
    """What middleware puts into the fields of one request is not found by the next."""
    made = router('/', '/{x}')
    for path in ('/', '/a'):
        first, second = made.find(path), made.find(path)
        assert first is not None
        assert second is not None
        first[2]['more'] = 1
        assert 'more' not in second[2]


def test_responders_by_method() -> None:
    """A route is found with its resource and the bound methods of it that respond."""
    made = router('/a', '/{x}')
    for path in ('/a', '/b'):
        route = made.find(path)
        assert route is not None
        assert route[0] is RESOURCE
        assert route[1] == {'GET': RESOURCE.on_get}


def test_same_template_replaces() -> None:
    """The route added last for a template is the one, with or without fields, found before or not."""
    for template in ('/a', '/{x}', '/{x}.{y}/b', '/c/{x:path}'):
        made = router(template, template + 'c' if template == '/a' else '/other/{y}')
        path = re.sub(r'{.*?}', 'v', template)
        for again in (True, False):
            new = Resource()
            made.add_route(template, new)
            if again:
                route = made.find(path)
                assert route is not None
                assert route[0] is new


def test_routes_can_be_added_after_finding() -> None:
    """A route counts from the moment it is added."""
    made = CompiledRouter()
    assert made.find('/a/1') is None
    made.add_route('/a/{x}', RESOURCE)
    assert found(made, '/a/1') == ('/a/{x}', {'x': '1'})
    assert made.find('/b/1') is None
    made.add_route('/b/{x}', RESOURCE, compile=True)
    made.add_route('/b/1', RESOURCE)
    assert found(made, '/b/1') == ('/b/1', {})
    assert found(made, '/b/2') == ('/b/{x}', {'x': '2'})
    assert found(made, '/a/1') == ('/a/{x}', {'x': '1'})


def test_compiling_when_added() -> None:
    """With `compile`, finding the first path writes nothing."""
    made = router('/{x}')
    as_found_first = count_instructions(partial(made.find, '/a'))
    made.add_route('/{x}/{y}', RESOURCE, compile=True)
    assert count_instructions(partial(made.find, '/a')) < as_found_first / 10


def test_preparing() -> None:
    """The function that finds is the same until a route with fields is added."""
    made = router('/{x}')
    finder = made.prepare()
    assert found(made, '/a') == ('/{x}', {'x': 'a'})
    made.add_route('/a', RESOURCE)
    assert made.prepare() is finder
    made.add_route('/{x}/{y}', RESOURCE)
    assert made.prepare() is not finder


def test_source_of_the_finder() -> None:
    """The source that is compiled can be read, before the first path is looked for."""
    assert "'/users/{user_id}'" in router('/users/{user_id}').finder_src


@pytest.mark.parametrize(
    'refused',
    [
        '/a/{y}',
        '/a/{x:int}/new',
        '/a/{x}/b/{other}',
        '/new/{x}/{x}',
        '/{x',
        'new',
        '/new//x',
        '/a/{x}/c/d/{bad:nope}',
        '/c/{p:path}/d',
        '/c/{q:path}',
        '/a-{y}',
    ],
)
def test_a_refused_template_changes_nothing(refused: str) -> None:
    """The tree of routes is the same after a refusal, and so is what is found."""
    made = router('/a/{x}/b/{y}', '/a/{x}', '/c/{p:path}', '/a-{x}')
    before = made.finder_src
    with pytest.raises(UnacceptableRouteError):
        made.add_route(refused, RESOURCE)
    assert made.finder_src == before
    assert made.find('/new') is None
    assert found(made, '/a/1/b/2') == ('/a/{x}/b/{y}', {'x': '1', 'y': '2'})


def test_a_refused_resource_changes_nothing() -> None:
    """A route whose responders are not acceptable is not there, and does not take the place of another."""

    class Synchronous:
        def on_get(self, req: Any, resp: Any) -> None: ...

    made = router('/a', '/{x}')
    for template in ('/a', '/{x}', '/b', '/{x}/new'):
        with pytest.raises(TypeError, match='received the synchronous responder'):
            made.add_route(template, Synchronous())
        with pytest.raises(SuffixedMethodNotFoundError):
            made.add_route(template, RESOURCE, suffix='none')
    assert found(made, '/b') == ('/{x}', {'x': 'b'})
    assert made.find('/b/new') is None
    route = made.find('/a')
    assert route is not None
    assert route[0] is RESOURCE


def test_conflict_names_both_segments() -> None:
    """The error says which segments conflict, and what would not."""
    made = router('/users/{user_id}/posts')
    with pytest.raises(UnacceptableRouteError) as refused:
        made.add_route('/users/{name}', RESOURCE)
    assert str(refused.value) == (
        "received '{name}' in uri_template '/users/{name}', expected '{user_id}' as in a route added before: "
        'fields at the same place need the same name and converter'
    )


def test_field_and_rest_stand_side_by_side() -> None:
    """A field is tried before a field that takes the rest, whichever was added first."""
    for templates in (['/f/{x}', '/f/{p:path}'], ['/f/{p:path}', '/f/{x}']):
        made = router(*templates)
        assert found(made, '/f/a') == ('/f/{x}', {'x': 'a'})
        assert found(made, '/f/') == ('/f/{x}', {'x': ''})
        assert found(made, '/f/a/b') == ('/f/{p:path}', {'p': 'a/b'})


def test_suffix() -> None:
    """With a suffix, the responders of that suffix are taken."""

    class Both:
        async def on_get(self, req: Any, resp: Any) -> None: ...
        async def on_get_one(self, req: Any, resp: Any, x: str) -> None: ...

    both = Both()
    made = CompiledRouter()
    made.add_route('/b', both)
    made.add_route('/b/{x}', both, suffix='one')
    for path, responder in (('/b', both.on_get), ('/b/1', both.on_get_one)):
        route = made.find(path)
        assert route is not None
        assert route[1] == {'GET': responder}


def test_on_request_where_the_options_say_so() -> None:
    """Methods without a responder go to `on_request` of the routes that are added after the option was set."""

    class Any_:
        async def on_get(self, req: Any, resp: Any) -> None: ...
        async def on_request(self, req: Any, resp: Any) -> None: ...

    resource = Any_()
    made = CompiledRouter()
    made.add_route('/before', resource)
    made.options.default_to_on_request = True
    made.add_route('/after', resource)
    before, after = made.find('/before'), made.find('/after')
    assert before is not None
    assert after is not None
    assert before[1] == {'GET': resource.on_get}
    assert after[1]['GET'] == resource.on_get
    assert after[1]['PATCH'] == resource.on_request
    assert made.map_http_methods(resource) == after[1]


class Plain(StrEnum):
    USER = '/users/{user_id}'


class Mixed(str, Enum):  # noqa: UP042 # the older way, whose str() is not the value
    USER = '/users/{user_id}'


class Loud(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return '1/0 # " not code'


@pytest.mark.parametrize('template', [Plain.USER, Mixed.USER, Loud('/users/{user_id}'), Loud('/users/1')])
def test_templates_of_subclasses_of_str(template: str) -> None:
    """A member of an enumeration of strings is a template like its value, and what is found is a plain string."""
    route = router(template).find('/users/1')
    assert route is not None
    assert type(route[3]) is str
    assert route[3] == template


@pytest.mark.parametrize('template', [None, 5, b'/a', object()])
def test_template_is_a_string(template: Any) -> None:
    """Anything but a string is refused as such."""
    with pytest.raises(TypeError, match='as the uri_template'):
        CompiledRouter().add_route(template, RESOURCE)


class Upper(BaseConverter):
    def convert(self, value: str) -> str:
        return value.upper()


class Parts(BaseConverter):
    CONSUME_MULTIPLE_SEGMENTS = True

    def convert(self, value: list[str]) -> list[str] | None:
        return None if 'no' in value else value


def test_converters_of_ones_own() -> None:
    """A converter that is added, or that replaces another, is used by the templates added afterwards."""
    made = router('/int/{x:int}')
    made.options.converters['upper'] = Upper
    made.options.converters.update(parts=Parts, int=Upper)
    made.add_route('/upper/{x:upper}', RESOURCE)
    made.add_route('/new/{x:int}', RESOURCE)
    made.add_route('/parts/{x:parts}', RESOURCE)
    assert found(made, '/upper/a') == ('/upper/{x:upper}', {'x': 'A'})
    assert found(made, '/new/a') == ('/new/{x:int}', {'x': 'A'})
    assert found(made, '/int/a') is None
    assert found(made, '/parts/a/b/') == ('/parts/{x:parts}', {'x': ['a', 'b', '']})
    assert found(made, '/parts/a/no') is None


def test_falsy_values_are_values() -> None:
    """Only None says that a text is not acceptable; 0 and the empty text are values."""
    made = router('/{x:int}', '/p/{y:path}')
    assert found(made, '/0') == ('/{x:int}', {'x': 0})
    assert found(made, '/p/') == ('/p/{y:path}', {'y': ''})


def test_an_exception_of_a_converter_is_raised() -> None:
    """A converter that raises fails the request it was called for, and no other."""

    class Failing(BaseConverter):
        def convert(self, value: str) -> None:
            raise LookupError(value)

    made = CompiledRouter()
    made.options.converters['failing'] = Failing
    made.add_route('/f/{x:failing}', RESOURCE)
    made.add_route('/{y}/a', RESOURCE)
    with pytest.raises(LookupError):
        made.find('/f/a')
    assert found(made, '/g/a') == ('/{y}/a', {'y': 'g'})


@pytest.mark.parametrize('name', ['', 'a-b', '1a', 'a b', 'é', 'a(', 'a}'])
def test_name_of_a_converter(name: str) -> None:
    """A name that a template could not have is refused."""
    with pytest.raises(ValueError, match=f'received converter name {re.escape(repr(name))}, expected an ASCII'):
        CompiledRouter().options.converters[name] = Upper


@pytest.mark.parametrize('converter', [None, 5, 'int', IntConverter(), object])
def test_converter_is_a_class(converter: Any) -> None:
    """An object, or a class without the method, is refused where it is set, not when a template asks for it."""
    options = CompiledRouterOptions()
    with pytest.raises(TypeError, match='expected a class with a convert method'):
        options.converters['new'] = converter
    assert 'new' not in options.converters


def test_anything_that_makes_a_converter_will_do() -> None:
    """A partial application of a class can stand for the class."""
    made = CompiledRouter()
    converters: Any = made.options.converters
    converters['year'] = partial(IntConverter, num_digits=4)
    made.add_route('/{x:year(min=1900)}', RESOURCE)
    assert found(made, '/2024') == ('/{x:year(min=1900)}', {'x': 2024})
    assert found(made, '/124') is None
    assert found(made, '/1024') is None


def test_options() -> None:
    """Each router has options of its own; converters are changed in place, and misspelt options refused."""
    first, second = CompiledRouter(), CompiledRouter()
    first.options.converters['upper'] = Upper
    del first.options.converters['int']
    assert sorted(second.options.converters) == ['dt', 'float', 'int', 'path', 're', 'uuid']
    assert second.options.default_to_on_request is False
    options: Any = second.options
    with pytest.raises(AttributeError):
        options.converters = {}
    with pytest.raises(AttributeError):
        options.default_to_on_requests = True


@pytest.mark.parametrize(
    'path', ['/' * 200_000, '/a' * 100_000, '/' + 'a' * 500_000, '/a-' * 100_000, '/' + '-' * 200_000]
)
def test_long_paths(path: str) -> None:
    """A path of any length is looked for at once."""
    made = router('/{x}-{y}-{z}/{w}', '/a/{x:int}/{y:float}', '/{a:uuid}/b', '/{a:uuid}/{c:dt}')
    begin = time.thread_time()
    assert made.find(path) is None
    assert time.thread_time() - begin < 1


# The properties below hold against a matcher that tries the routes one by one, as the class describes it.


@dataclass(frozen=True)
class Piece:
    """A segment of a template: how it is written, its rank among others, and the expression it is the same as."""

    text: str
    rank: int
    expression: str
    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def match(self, text: str) -> dict[str, Any] | None:
        values = re.fullmatch(self.expression, text, re.DOTALL)
        if values is None:
            return None
        fields: dict[str, Any] = dict(zip(self.names, values.groups(), strict=True))
        for name in self.numbers:
            if not re.fullmatch('[+-]?[0-9]+', fields[name]):
                return None
            fields[name] = int(fields[name])
        return fields

    @property
    def place(self) -> object:
        """What only one piece at a place can have: for a literal its text, for others the kind and the literals."""
        return self.rank, self.expression


PIECES = [
    Piece('a', 0, 'a'),
    Piece('b', 0, 'b'),
    Piece('1', 0, '1'),
    Piece('a-1', 0, 'a-1'),
    Piece('a{{x{0}}}', 1, 'a(.+)', ('x{0}',)),
    Piece('a{{x{0}:int}}', 1, 'a(.+)', ('x{0}',), ('x{0}',)),
    Piece('{{x{0}}}1', 1, '(.+)1', ('x{0}',)),
    Piece('{{x{0}}}-{{y{0}}}', 1, '(.+)-(.+)', ('x{0}', 'y{0}')),
    Piece('{{x{0}}}-{{y{0}:int}}', 1, '(.+)-(.+)', ('x{0}', 'y{0}'), ('y{0}',)),
    Piece('{{x{0}}}{{y{0}}}', 1, '(.+)(.+)', ('x{0}', 'y{0}')),
    Piece('a{{x{0}}}-{{y{0}}}', 1, 'a(.+)-(.+)', ('x{0}', 'y{0}')),
    Piece('{{x{0}}}', 2, '(.*)', ('x{0}',)),
    Piece('{{z{0}}}', 2, '(.*)', ('z{0}',)),
    Piece('{{x{0}:int}}', 2, '(.*)', ('x{0}',), ('x{0}',)),
]
REST = Piece('{{p{0}:path}}', 3, '(.*)', ('p{0}',))


def placed(piece: Piece, place: int) -> Piece:
    """Return a piece with the names it has at a place of a template, as each name can be there once."""
    names, numbers = (tuple(name.format(place) for name in some) for some in (piece.names, piece.numbers))
    text = piece.text.format(place) if piece.rank else piece.text
    return Piece(text, piece.rank, piece.expression, names, numbers)


Pieces = tuple[Piece, ...]


def reference_find(routes: list[tuple[Pieces, str]], parts: list[str]) -> tuple[str, dict[str, Any]] | None:
    """Try the routes, in the order that the class says, with nothing compiled and nothing kept."""
    if not parts:
        return next(((template, {}) for pieces, template in routes if not pieces), None)
    firsts = dict.fromkeys(pieces[0] for pieces, _ in routes if pieces)
    for first in sorted(firsts, key=lambda piece: piece.rank):
        taken = len(parts) if first.rank == 3 else 1
        values = first.match('/'.join(parts[:taken]))
        if values is not None:
            below = [(pieces[1:], template) for pieces, template in routes if pieces and pieces[0] == first]
            route = reference_find(below, parts[taken:])
            if route is not None:
                return route[0], {**values, **route[1]}
    return None


def conflicts(routes: list[tuple[Pieces, str]], pieces: Pieces) -> bool:
    """Return whether a template has another segment where a known one has a segment of its kind and literals."""
    for known, _ in routes:
        different = ((mine, other) for mine, other in zip(pieces, known, strict=False) if mine != other)
        mine, other = next(different, (None, None))
        if mine is not None and other is not None and mine.place == other.place:
            return True
    return False


TEMPLATES = st.builds(
    lambda pieces, rest: tuple(placed(piece, place) for place, piece in enumerate([*pieces, *rest])),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4),
    st.lists(st.just(REST), max_size=1),
)
PATHS = st.lists(st.sampled_from(['a', 'b', '1', '', 'a1', 'a-1', 'aa-1-1', '-', 'ab-a', '11', 'é']), max_size=5)


@given(st.lists(TEMPLATES, max_size=12), st.lists(PATHS, min_size=1, max_size=12), st.booleans())
def test_finds_what_trying_every_route_finds(templates: list[Pieces], paths: list[list[str]], early: bool) -> None:
    """For any routes and paths, compiled code and plain trial agree; so do they on which routes conflict."""
    made = CompiledRouter()
    routes: list[tuple[Pieces, str]] = []
    for pieces in templates:
        template = '/' + '/'.join(piece.text for piece in pieces)
        if conflicts(routes, pieces):
            with pytest.raises(UnacceptableRouteError, match='added before'):
                made.add_route(template, RESOURCE)
        else:
            made.add_route(template, RESOURCE, compile=early)
            routes.append((pieces, template))
    for parts in paths:
        assert found(made, '/' + '/'.join(parts)) == reference_find(routes, parts or [''])


@given(st.lists(TEMPLATES, min_size=1, max_size=8), st.data())
def test_a_path_built_from_a_template_is_found_again(templates: list[Pieces], data: st.DataObject) -> None:
    """Texts put into a template's fields are found again, unless a path is one of another template that goes before."""
    routes: list[tuple[Pieces, str]] = []
    for pieces in templates:
        if not conflicts(routes, pieces):
            routes.append((pieces, '/' + '/'.join(piece.text for piece in pieces)))
    made = router(*(template for _, template in routes))
    for pieces, template in routes:
        fields = data.draw(fields_of(pieces))
        parts = [re.sub(r'{(\w+).*?}', lambda match: str(fields[match[1]]), piece.text) for piece in pieces]  # noqa: B023
        path = '/' + '/'.join(parts)
        assert found(router(template), path) == (template, fields)
        expected = reference_find(routes, path[1:].split('/'))
        assert found(made, path) == expected
        assert expected is not None


def fields_of(pieces: Pieces) -> st.SearchStrategy[dict[str, Any]]:
    """Values for the fields of a template that are told apart: without the texts between them."""
    texts = st.text(st.characters(exclude_characters='/-1'), min_size=1, max_size=8)
    numbers = {name for piece in pieces for name in piece.numbers}
    seconds = {piece.names[1] for piece in pieces if '}{' in piece.text}  # the second of two fields gets one character

    def values(name: str) -> st.SearchStrategy[Any]:
        if name in numbers:
            return st.integers(0, 9 if name in seconds else 10**9)
        if name.startswith('p'):
            return st.lists(texts | st.just('')).map('/'.join)
        return texts.map(lambda text: text[0]) if name in seconds else texts

    return st.fixed_dictionaries({name: values(name) for piece in pieces for name in piece.names})


@given(
    st.fixed_dictionaries(
        {
            'key': st.uuids(),
            'weight': st.floats(allow_nan=False, allow_infinity=False),
            'count': st.integers(),
            'day': st.datetimes(datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
            'word': st.from_regex('[a-z]{1,9}', fullmatch=True),
            'rest': st.text(),
        }
    )
)
def test_values_written_into_a_template_are_found_again(fields: dict[str, Any]) -> None:
    """The text of a value, put where the field of its converter is, gives an equal value of the same type."""
    template = '/{key:uuid}/w{weight:float}/{count:int}.x/{day:dt("%Y-%m-%d %H:%M:%S")}/{word:re("[a-z]+")}/{rest:path}'
    texts = {name: str(value) for name, value in fields.items()}
    path = '/{key}/w{weight}/{count}.x/{day}/{word}/{rest}'.format_map(texts)
    route = router(template).find(path)
    assert route is not None
    assert route[2] == fields
    assert [type(route[2][name]) for name in fields] == [type(value) for value in fields.values()]


@given(st.text(max_size=40) | st.text('/a1-{}.*', max_size=12))
@example('')
@example('//')
def test_any_path_is_found_or_not(path: str) -> None:
    """No path makes finding raise anything."""
    made = router(
        '/', '/{a}', '/{a}/{b:int}', '/{a}/{c}.{d}/{e:float}', '/x/{f:path}', '/{a}/{g:path}', '/{a}-{h:uuid}'
    )
    route = made.find(path)
    assert route is None or path.startswith('/')


# How much work there is, in instructions of the interpreter: the same on every machine.

SHAPES: dict[str, Callable[[int], str]] = {
    'text': '/r{}'.format,
    'field after text': '/r{}/{{x}}'.format,
    'field before text': '/{{x}}/r{}'.format,
    'text before a field in a segment': '/r{}-{{x}}'.format,
    'text after a field in a segment': '/{{x}}.r{}'.format,
    'tree': lambda number: f'/a{number % 10}/{{x}}/b{number // 10 % 10}/{{y:int}}/c{number // 100}',
}


def instructions(action: Callable[[], object]) -> int:
    """Return how many instructions the interpreter runs for an action that was done before."""
    action()
    return count_instructions(action)


def path_of(template: str) -> str:
    return template.replace('{x}', 'v').replace('{y:int}', '5')


@pytest.mark.parametrize('shape', SHAPES)
def test_adding_takes_time_linear_in_the_number_of_routes(shape: str) -> None:
    """Twice the routes take about twice the instructions to add and compile."""

    def add(count: int) -> None:
        router(*map(SHAPES[shape], range(count))).finder_src  # noqa: B018 # writes the source

    few, many = (instructions(partial(add, count)) for count in (100, 200))
    assert many < 2.2 * few


@pytest.mark.parametrize('shape', SHAPES)
def test_finding_takes_as_long_among_many_routes(shape: str) -> None:
    """Among five times the routes, a path is found, or not, with as many instructions."""
    counts = []
    for count in (500, 2500):
        made = router(*map(SHAPES[shape], range(count)))
        paths = [path_of(SHAPES[shape](number)) for number in (0, 250, 499)]
        actions = [partial(made.find, path) for path in [*paths, '/none/of/them', '/a1/v/b1/x/c1']]
        counts.append([instructions(action) for action in actions])
    few, many = counts
    assert all(more <= 1.5 * less for less, more in zip(few, many, strict=True))


def test_no_path_waits_for_the_compiling_of_all_routes() -> None:
    """The first path that is looked for has only what lies on its way compiled."""
    made = router(*(f'/{"/".join(texts)}/{{x}}' for texts in itertools.product('abcd', repeat=5)))
    on_its_way = count_instructions(partial(made.find, '/a/b/c/d/a/v'))
    assert count_instructions(lambda: made.finder_src) > 10 * on_its_way


@pytest.mark.slow
@pytest.mark.parametrize('shape', SHAPES)
def test_ten_thousand_routes(shape: str) -> None:
    """Ten thousand routes are added within seconds, and each is found within microseconds."""
    templates = [SHAPES[shape](number) for number in range(10_000)]
    begin = time.thread_time()
    made = router(*templates)
    made.find('/none')
    added = time.thread_time() - begin
    for template in templates:
        made.find(path_of(template))  # compiles
    begin = time.thread_time()
    for template in templates:
        route = made.find(path_of(template))
        assert route is not None
        assert route[3] == template
    found_all = time.thread_time() - begin
    assert added < 10  # measured: 0.3 s (text) to 1 s (tree)
    assert found_all < 2  # measured: 2 ms (text) to 60 ms


def test_a_field_that_a_responder_cannot_take_is_refused() -> None:
    """A field named as a responder's own parameter is refused with the route, also under a hook; no other is."""

    class Hooked:
        @before(lambda req, resp, resource, params: None)
        async def on_get(self, request: Any, response: Any, /, **fields: Any) -> None: ...

    made = CompiledRouter()
    for resource in (Resource(), Hooked()):
        with pytest.raises(UnacceptableRouteError, match=r"received field name 'req' in '/\{req\}'"):
            made.add_route('/{req}', resource)
    assert made.find('/a') is None

    class Named:
        async def on_get(this, request: Any, response: Any, req: Any, resp: Any, self: Any) -> None: ...

    made.add_route('/{req}/{resp}/{self}/{ws}', Named())
    assert found(made, '/1/2/3/4') == ('/{req}/{resp}/{self}/{ws}', {'req': '1', 'resp': '2', 'self': '3', 'ws': '4'})


def test_routes_are_listed_as_a_tree() -> None:
    """Each route comes before those that go on from its template, otherwise they come as they were added."""
    made = router('/z', '/a', '/z/b', '/a/{x}', '/', '/a/b', '/z/{q}/c')
    assert [route.uri_template for route in made.routes] == ['/z', '/z/b', '/z/{q}/c', '/a', '/a/{x}', '/a/b', '/']


def test_replaced_routes_are_listed_once() -> None:
    """Of routes with one template the last added is listed."""
    made = router('/a', '/a/{x}')
    other = Resource()
    made.add_route('/a', other)
    made.add_route('/a/{x}', other)
    assert [(route.uri_template, route.resource) for route in made.routes] == [('/a', other), ('/a/{x}', other)]


def test_refused_routes_are_not_listed() -> None:
    """A route that conflicts with another is not there afterwards."""
    made = router('/a/{x}')
    with pytest.raises(UnacceptableRouteError):
        made.add_route('/a/{y}', RESOURCE)
    assert [route.uri_template for route in made.routes] == ['/a/{x}']
