import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from falcon_core.converters import BUILTIN_CONVERTERS, BaseConverter, IntConverter
from falcon_core.errors import UnacceptableRouteError
from falcon_core.uri_templates import Field, Segment, parse_uri_template


class Echo(BaseConverter):
    """Returns the arguments it was made with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.given = (args, kwargs)

    def convert(self, value: str) -> Any:
        return self.given


class Rest(BaseConverter):
    CONSUME_MULTIPLE_SEGMENTS = True

    def convert(self, value: list[str]) -> list[str]:
        return value


ODD = 'a.b-c~d%20(e)[f]:g?h#i"\'\\\x00é日\ud800'
CONVERTERS = {**BUILTIN_CONVERTERS, 'echo': Echo, 'rest': Rest}


def parsed(template: str) -> tuple[Segment, ...]:
    return parse_uri_template(template, CONVERTERS)


def refusal(template: str) -> str:
    with pytest.raises(UnacceptableRouteError) as refused:
        parsed(template)
    return str(refused.value)


def given_arguments(arguments: str) -> Any:
    convert = parsed(f'/{{x:echo{arguments}}}')[0].fields[0].convert
    assert convert is not None
    return convert('')


@pytest.mark.parametrize(
    ('template', 'segments'),
    [
        ('/', [('', ('',), [])]),
        ('/a', [('a', ('a',), [])]),
        ('/a/', [('a', ('a',), []), ('', ('',), [])]),
        (f'/{ODD}/{ODD}{{x}}', [(ODD, (ODD,), []), (f'{ODD}{{x}}', (ODD, ''), ['x'])]),
        ('/{x}', [('{x}', ('', ''), ['x'])]),
        ('/{_}/{x1}', [('{_}', ('', ''), ['_']), ('{x1}', ('', ''), ['x1'])]),
        ('/{x}.{y}', [('{x}.{y}', ('', '.', ''), ['x', 'y'])]),
        ('/{x}{y}', [('{x}{y}', ('', '', ''), ['x', 'y'])]),
        ('/a{x}b{y}c', [('a{x}b{y}c', ('a', 'b', 'c'), ['x', 'y'])]),
        ('/{x:path}', [('{x:path}', ('', ''), ['x'])]),
        ('/{x:int}-{y:int(2)}', [('{x:int}-{y:int(2)}', ('', '-', ''), ['x', 'y'])]),
    ],
)
def test_parts_of_a_template(template: str, segments: list[tuple[str, tuple[str, ...], list[str]]]) -> None:
    """A template is split at slashes; each part keeps its text, the literals and the fields in order."""
    assert [
        (segment.text, segment.literals, [field.name for field in segment.fields]) for segment in parsed(template)
    ] == segments


@pytest.mark.parametrize(
    ('template', 'literal', 'composite', 'rest'),
    [
        ('/a', True, False, False),
        ('/', True, False, False),
        ('/{x}', False, False, False),
        ('/{x:int}', False, False, False),
        ('/{x:path}', False, False, True),
        ('/{x:rest}', False, False, True),
        ('/a{x}', False, True, False),
        ('/{x}a', False, True, False),
        ('/{x}{y}', False, True, False),
    ],
)
def test_kinds_of_segments(template: str, literal: bool, composite: bool, rest: bool) -> None:
    """A segment is a literal, a single field, a field that takes the rest, or a composite."""
    segment = parsed(template)[0]
    assert (segment.is_literal, segment.is_composite, segment.takes_rest) == (literal, composite, rest)


@pytest.mark.parametrize(
    ('template', 'text'),
    [
        ('', 'received uri_template \'\', expected it to start with "/"'),
        ('a', 'received uri_template \'a\', expected it to start with "/"'),
        ('{x}', 'received uri_template \'{x}\', expected it to start with "/"'),
        ('//', 'received "//" at character 1 of uri_template \'//\', expected text or a field between two slashes'),
        (
            '/a//b',
            'received "//" at character 3 of uri_template \'/a//b\', expected text or a field between two slashes',
        ),
        ('/a//', 'received "//" at character 3 of uri_template \'/a//\', expected text or a field between two slashes'),
        ('/{', "received the end at character 3 of uri_template '/{', expected '}'"),
        ('/}', "received '}' at character 2 of uri_template '/}', expected a '{' before it"),
        ('/x}', "received '}' at character 3 of uri_template '/x}', expected a '{' before it"),
        ('/{x', "received the end at character 4 of uri_template '/{x', expected '}'"),
        ('/{x}}', "received '}' at character 5 of uri_template '/{x}}', expected a '{' before it"),
        ('/{{x}}', "received '{' at character 3 of uri_template '/{{x}}', expected '}'"),
        ('/{a/b}', "received '/' at character 4 of uri_template '/{a/b}', expected '}'"),
        ('/{x:int', "received the end at character 8 of uri_template '/{x:int', expected '}'"),
        ('/{x:int(1)', "received the end at character 11 of uri_template '/{x:int(1)', expected '}'"),
        ('/{x:int(1', "received the end at character 10 of uri_template '/{x:int(1', expected ')'"),
        ('/{x:int(1}', "received the end at character 11 of uri_template '/{x:int(1}', expected ')'"),
        ('/{x:int(1)a}', "received 'a' at character 11 of uri_template '/{x:int(1)a}', expected '}'"),
        ('/{x:int(1))}', "received ')' at character 11 of uri_template '/{x:int(1))}', expected '}'"),
        (
            '/{x:re("a)}',
            "received the end at character 12 of uri_template '/{x:re(\"a)}', expected the end of the quoted text",
        ),
        (
            '/{x:re("a\\',
            "received the end at character 11 of uri_template '/{x:re(\"a\\\\', expected the end of the quoted text",
        ),
    ],
)
def test_structure_is_refused_with_its_place(template: str, text: str) -> None:
    """A missing, doubled or lone brace, slash or quote is refused, and the text says which character it is about."""
    assert refusal(template) == text


@pytest.mark.parametrize('space', [' ', '\t', '\n', '\r', '\x0b', '\x1c', '\x85', '\xa0', '\u2028', '\u3000'])
@pytest.mark.parametrize('template', ['/a{}b', '/{}', '/a{}', '/x/{{y}}{}', '/{{y}}{}/z'])
def test_white_space_outside_arguments_is_refused(template: str, space: str) -> None:
    """No path can be meant by white space in a template, so it is refused, of whatever kind and wherever it is."""
    assert 'expected no white space' in refusal(template.format(space))


@pytest.mark.parametrize(
    'name',
    [
        '',
        ' ',
        '1x',
        'x-y',
        'x.y',
        ' x',
        'x ',
        'x y',
        'class',
        'None',
        'True',
        'await',
        'é',
        'ª',
        '\U0001d422\U0001d41f',
        'x\x00',
        '"',
    ],
)
def test_field_name_is_an_ascii_identifier(name: str) -> None:
    """A name that no responder can have as a parameter, or that RFC 6570 does not allow, is refused.

    Python reads identifiers in a normal form, a parameter written `ª` as `a`, so that only ASCII is what it seems.
    """
    assert f'received field name {name!r} at character 3' in refusal(f'/{{{name}}}')
    assert f'received field name {name!r} at character 3' in refusal(f'/{{{name}:int}}')


@pytest.mark.parametrize('name', ['self', 'req', 'resp', 'ws', 'match', 'case', 'type', '_', 'path', 'v0', '__class__'])
def test_other_names_are_allowed(name: str) -> None:
    """Soft keywords, builtins and names of common parameters are names like others."""
    assert parsed(f'/{{{name}}}')[0].fields == (Field(name),)


@pytest.mark.parametrize('template', ['/{x}/{x}', '/{x}{x}', '/{x}-{x}', '/{x}/a/{x:int}', '/{x:path}/{x}'])
def test_name_is_not_used_twice(template: str) -> None:
    """Two fields of one template cannot have one name, as the responder gets one value by it."""
    assert any(text in refusal(template) for text in ("field name 'x' a second time", 'expected it last'))


def test_second_use_of_a_name_says_where() -> None:
    """The error points to the field that comes second."""
    assert refusal('/{x}/{x}') == (
        "received field name 'x' a second time at character 6 of uri_template '/{x}/{x}', expected a name of its own"
    )


@pytest.mark.parametrize('name', ['nope', '', ' int', 'int ', 'int\n', 'int.y', 'int)', 'INT', 'é'])
def test_unknown_converter_is_refused(name: str) -> None:
    """The text of the error lists the converters there are."""
    assert refusal(f'/{{x:{name}}}') == (
        f'received converter {name!r} at character 5 of uri_template {f"/{{x:{name}}}"!r}, '
        'expected one of dt, echo, float, int, path, re, rest, uuid'
    )


def test_arguments_without_a_converter_are_refused() -> None:
    """Arguments need a converter to go to."""
    assert "received converter '' at character 5" in refusal('/{x:(1)}')


@pytest.mark.parametrize(
    ('arguments', 'args', 'kwargs'),
    [
        ('', (), {}),
        ('()', (), {}),
        ('(1)', (1,), {}),
        ('( 1 ,\n\t2 )', (1, 2), {}),
        ('(-1, +1.5, 1e3)', (-1, 1.5, 1000.0), {}),
        ('(None, True)', (None, True), {}),
        ('("a b")', ('a b',), {}),
        ('("a/b//c")', ('a/b//c',), {}),
        ('("{}")', ('{}',), {}),
        ('("}{")', ('}{',), {}),
        ('("[0-9]{2}")', ('[0-9]{2}',), {}),
        ('(")")', (')',), {}),
        ('("(")', ('(',), {}),
        ('("a(b(c))d")', ('a(b(c))d',), {}),
        ("('\"')", ('"',), {}),
        ('("\'")', ("'",), {}),
        (r'("\"")', ('"',), {}),
        (r'("\\")', ('\\',), {}),
        (r'("\\\")")', ('\\")',), {}),
        (r'(r"\d+")', (r'\d+',), {}),
        (r'(r"\")")', (r'\")',), {}),
        ('("a" "b")', ('ab',), {}),
        ('("""a""")', ('a',), {}),
        ('("#")', ('#',), {}),
        ('(b"x")', (b'x',), {}),
        ('((1, 2), [3], {"a": 4}, {5})', ((1, 2), [3], {'a': 4}, {5}), {}),
        ('(1, a=2)', (1,), {'a': 2}),
        ('(a="x", b=(1,))', (), {'a': 'x', 'b': (1,)}),
        ('("日本", é="é")', ('日本',), {'é': 'é'}),
    ],
)
def test_arguments_of_a_converter(arguments: str, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    """Arguments are literals of Python, in which quoted text may hold any character."""
    assert given_arguments(arguments) == (args, kwargs)
    assert parsed(f'/a/{{x:echo{arguments}}}/b')[1].fields[0].converter == f'echo{arguments}'


@pytest.mark.parametrize(
    'arguments',
    [
        '(foo)',
        '(1+1)',
        '(f())',
        '(__import__("os").getcwd())',
        '([x for x in (1,)])',
        '(x for x in (1,))',
        '(lambda: 1)',
        '(x := 1)',
        '(*[1])',
        '(**{"a": 1})',
        '(a=1, a=2)',
        '(a=1, 2)',
        '(,)',
        '(1 2)',
        '(1#)',
        '(f"{1}")',
        '({[]: 1})',
        '(01)',
        '("\x00", \x00)',
        '("\\ud800" "\\N{nope}")',
        '((((1)))',
        '(1 # \'\n) + ("\'" # "\n)',
        '(' + '(' * 500 + ')' * 500 + ')',
        '(' + '-' * 20_000 + '1)',
    ],
)
def test_arguments_that_are_no_literals_are_refused(arguments: str) -> None:
    """Nothing in a template is evaluated, so anything but literals is refused, however it is written."""
    assert 'at character' in refusal(f'/{{x:echo{arguments}}}')


def test_refused_arguments_are_in_the_error() -> None:
    """The error repeats the arguments and gives the converter's own reason."""
    assert refusal('/a/{x:int(foo)}') == (
        "received arguments (foo) at character 7 of uri_template '/a/{x:int(foo)}', expected literals"
    )
    assert refusal('/a/{x:int(0)}') == (
        "received converter int(0) at character 7 of uri_template '/a/{x:int(0)}', "
        'expected what it takes (received num_digits 0, expected an int of at least 1)'
    )


@pytest.mark.parametrize(
    'field',
    [
        'x:int("a")',
        'x:int(1, 2, 3, 4)',
        'x:int(bad=1)',
        'x:int(min="a")',
        'x:dt(5)',
        'x:dt("%d%d")',
        'x:re()',
        'x:re("(")',
        'x:re(b"a")',
        'x:re("a", group="b")',
        'x:re("a{99999999999999}")',
        'x:path(1)',
        'x:uuid("a")',
    ],
)
def test_converter_refuses_its_arguments(field: str) -> None:
    """What a converter cannot be made with makes a template unacceptable, not a request fail."""
    assert 'expected what it takes' in refusal(f'/{{{field}}}')


def test_whatever_a_converter_raises_is_a_refusal() -> None:
    """An exception of a converter's constructor is the cause of the refusal, of whatever class it is."""

    class Failing(BaseConverter):
        def __init__(self) -> None:
            raise LookupError('not today')

    with pytest.raises(UnacceptableRouteError, match='not today') as refused:
        parse_uri_template('/{x:failing}', {'failing': Failing})
    assert isinstance(refused.value.__cause__, LookupError)


def test_converter_of_any_class() -> None:
    """A converter needs the method `convert` and nothing else; without it, the template is refused."""

    class Duck:
        def convert(self, value: str) -> str:
            return value.upper()

    converters: Any = {'duck': Duck, 'object': object}
    segment = parse_uri_template('/{x:duck}-{y:duck}', converters)[0]
    assert segment.match('a-b') == ['A', 'B']
    with pytest.raises(UnacceptableRouteError, match='expected what it takes'):
        parse_uri_template('/{x:object}', converters)


@pytest.mark.parametrize('template', ['/{x:path}/a', '/{x:path}/', '/{x:rest}/{y}', '/{x:path}/{y:path}'])
def test_field_that_takes_the_rest_is_last(template: str) -> None:
    """Nothing can follow a field that takes all there is."""
    assert 'received a slash after a field that takes the rest of the path' in refusal(template)


@pytest.mark.parametrize('template', ['/a{x:path}', '/{x:path}.{y}', '/{y}{x:rest}', '/{x:path}a'])
def test_field_that_takes_the_rest_is_alone(template: str) -> None:
    """A field that takes all there is cannot share its segment."""
    assert 'received a field that takes the rest of the path' in refusal(template)
    assert 'expected nothing beside it' in refusal(template)


@pytest.mark.parametrize('template', [5, None, b'/a', ['/a']])
def test_template_is_a_string(template: Any) -> None:
    """Anything but a string is a mistake of another kind."""
    with pytest.raises(TypeError, match=f'received a {type(template).__name__} as the uri_template, expected a str'):
        parse_uri_template(template, CONVERTERS)


@given(st.text('/{}:()"\'\\ a1é\n', max_size=30) | st.text(max_size=30))
@example('/{x:echo("\\')
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No text raises anything but a refusal, and what is accepted is put together of its segments again."""
    try:
        segments = parsed('/' + text)
    except UnacceptableRouteError:
        return
    assert '/' + '/'.join(segment.text for segment in segments) == '/' + text
    for segment in segments:
        assert len(segment.literals) == len(segment.fields) + 1


@given(
    st.lists(st.text(max_size=6), max_size=3),
    st.dictionaries(st.from_regex(r'[a-z]{1,3}_', fullmatch=True), st.integers()),
)
def test_arguments_come_through_as_written(texts: list[str], named: dict[str, int]) -> None:
    """Whatever quoted text holds, `repr` of it is an argument that the converter gets."""
    arguments = ', '.join([*map(repr, texts), *(f'{name}={value!r}' for name, value in named.items())])
    assert given_arguments(f'({arguments})') == (tuple(texts), named)


LITERALS = st.lists(st.text('ab', max_size=2), min_size=2, max_size=4)


@given(LITERALS, st.text('ab', max_size=9))
@example(['', '', ''], 'ab')
@example(['', 'aa', ''], 'aaaaa')
@example(['a', 'a', 'a'], 'aaaaa')
@example(['a', 'a', 'a'], 'aaaa')
@example(['ab', 'ba'], 'aba')
def test_composite_matches_as_a_greedy_expression_does(literals: list[str], text: str) -> None:
    """Every field takes at least one character, and an earlier one as many as it can, as in a regular expression."""
    fields = tuple(Field(f'f{number}') for number in range(len(literals) - 1))
    found = re.fullmatch('(.+)'.join(literals), text)
    expected = None if found is None else list(found.groups())
    assert Segment('', tuple(literals), fields).match(text) == expected


def test_composite_matches_any_character() -> None:
    """What a field takes may hold line ends and characters of every script."""
    segment = parsed('/{x}.{y}')[0]
    assert segment.match('a\n\x00.日\ud800') == ['a\n\x00', '日\ud800']


def test_composite_converts() -> None:
    """A segment matches if all of its converters take what their fields hold."""
    segment = parsed('/{x:int}-{y:int(2)}-{z}')[0]
    assert segment.match('1-23-c') == [1, 23, 'c']
    assert segment.match('a-23-c') is None
    assert segment.match('1-2-c') is None


LONG = 200_000


@pytest.mark.parametrize(
    ('template', 'text'),
    [
        ('/{x}-{y}-{z}', '-' * LONG),
        ('/{x}-{y}-{z}', 'a' * LONG),
        ('/{x}aa{y}aa{z}b', 'a' * LONG + 'b'),
        ('/b{x}a{y}a{z}', 'a' * LONG),
        ('/' + ''.join(f'{{x{number}}}' for number in range(100)), 'a' * LONG),
        ('/' + ''.join(f'{{x{number}}}ab' for number in range(100)), 'ab' * LONG),
    ],
)
def test_composite_is_matched_in_linear_time(template: str, text: str) -> None:
    """Text that a backtracking expression would take minutes for is matched, or not, at once."""
    match: Callable[[str], object] = parsed(template)[0].match
    begin = time.thread_time()
    match(text)
    assert time.thread_time() - begin < 1


def test_long_template_is_parsed_in_linear_time() -> None:
    """Templates of thousands of segments, fields and characters are parsed at once."""
    begin = time.thread_time()
    assert len(parsed('/a' * 2_000 + ''.join(f'/{{x{number}:int}}' for number in range(2_000)))) == 4_000
    assert len(parsed('/' + 'a' * 100_000)) == 1
    assert len(parsed('/{x:echo("' + '(' * 100_000 + '")}')) == 1
    assert time.thread_time() - begin < 2


def test_field_keeps_what_converts_it() -> None:
    """A field says its converter as written and how its value is made; without one, the text is the value."""
    plain, converted, rest = parsed('/{x}/{y:int(min=1)}/{z:path}')
    assert plain.fields == (Field('x', '', None, False),)
    (field,) = converted.fields
    assert (field.name, field.converter, field.takes_rest) == ('y', 'int(min=1)', False)
    assert field.convert is not None
    assert isinstance(getattr(field.convert, '__self__', None), IntConverter)
    assert rest.fields[0].takes_rest
