import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core import router_code
from falcon_core.converters import BUILTIN_CONVERTERS
from falcon_core.errors import UnacceptableRouteError
from falcon_core.router_code import Finder, Node, Route, compile_finder, finder_source
from falcon_core.uri_templates import parse_uri_template


def tree(*templates: str) -> Node:
    """Return the root of a tree with a route for each template, whose resource is the template."""
    root = Node()
    for template in templates:
        node = root
        for segment in parse_uri_template(template, BUILTIN_CONVERTERS):
            assert node.conflict(segment) is None
            node = node.child(segment) or node.add(segment)
        node.route = Route(template, {}, template)
    return root


def found(find: Finder, path: str) -> tuple[object, dict[str, Any]] | None:
    route = find(path)
    return None if route is None else (route[0], route[2])


def test_source_is_what_the_module_says() -> None:
    """The docstring of the module shows the source of one route as it is."""
    shown = textwrap.dedent((router_code.__doc__ or '').split('reads\n\n')[1].split('\n\nWhere')[0])
    assert finder_source(tree('/users/{user_id:int}/posts')) == shown + '\n'


def test_a_route_is_found_with_all_it_has() -> None:
    """Finding gives the resource, the responders, the values of the fields and the template."""
    root = Node()
    (segment,) = parse_uri_template('/{x}', {})
    resource = object()
    responders: Any = {}
    root.add(segment).route = Route(resource, responders, '/{x}')
    route = compile_finder(root)('/a')
    assert route is not None
    assert route[0] is resource
    assert route[1] is responders
    assert route[2:] == ({'x': 'a'}, '/{x}')


def test_an_empty_tree_finds_nothing() -> None:
    """Without routes there is no path that fits."""
    find = compile_finder(Node())
    assert [find(path) for path in ('', '/', '/a', 'a')] == [None] * 4


def test_child_by_kind() -> None:
    """A node has one child for each literal, one for a field, one for a rest, and one for each composite shape."""
    node = Node()
    segments = [
        parse_uri_template(f'/{text}', BUILTIN_CONVERTERS)[0]
        for text in ('a', 'b', '{x}', '{x:path}', 'a{x}', '{x}-{y}', '{x}.{y}')
    ]
    children = [node.add(segment) for segment in segments]
    assert [node.child(segment) for segment in segments] == children
    assert [node.conflict(segment) for segment in segments] == [None] * len(segments)
    assert list(node.literals) == ['a', 'b']
    assert [segment.text for segment, _ in node.composites] == ['a{x}', '{x}-{y}', '{x}.{y}']
    assert [segment.text for segment, _ in node.singles] == ['{x}', '{x:path}']


@pytest.mark.parametrize(
    ('known', 'new', 'conflicts'),
    [
        ('{x}', '{x}', False),
        ('{x}', '{y}', True),
        ('{x}', '{x:int}', True),
        ('{x:int}', '{x:int(1)}', True),
        ('{x:int(1)}', '{x:int( 1)}', True),
        ('{x}', '{x:path}', False),
        ('{x:path}', '{x}', False),
        ('{x:path}', '{y:path}', True),
        ('{x}', 'x', False),
        ('{x}', '{x}-', False),
        ('{x}-{y}', '{x}-{z}', True),
        ('{x}-{y}', '{x}-{y:int}', True),
        ('{x}-{y}', '{x}.{z}', False),
        ('{x}-{y}', '{x}{y}', False),
        ('{x}-{y}', '{x}-{y}-{z}', False),
        ('a{x}', 'a{y}', True),
        ('a{x}', 'b{y}', False),
    ],
)
def test_conflicts(known: str, new: str, conflicts: bool) -> None:
    """A segment conflicts with one of the same kind and literals whose fields have other names or converters."""
    node = Node()
    first, second = (parse_uri_template(f'/{text}', BUILTIN_CONVERTERS)[0] for text in (known, new))
    node.add(first)
    assert node.conflict(second) == (first if conflicts else None)
    assert (node.child(second) is None) == (known != new)


def test_text_goes_before_fields() -> None:
    """Of several branches, text is tried first, then composites in the order of adding, then a field, then a rest."""
    find = compile_finder(tree('/{p:path}', '/{x}', '/{a}.{b}', '/a{c}', '/lit/{y}', '/lit'))
    assert found(find, '/lit') == ('/lit', {})
    assert found(find, '/a.b') == ('/{a}.{b}', {'a': 'a', 'b': 'b'})
    assert found(find, '/ab') == ('/a{c}', {'c': 'b'})
    assert found(find, '/x') == ('/{x}', {'x': 'x'})
    assert found(find, '/x/') == ('/{p:path}', {'p': 'x/'})


def test_a_branch_that_leads_nowhere_is_taken_back() -> None:
    """Where a branch fits the beginning of a path only, the next one is tried, with none of its values left."""
    find = compile_finder(tree('/a/{x}/c', '/{y}/b/d', '/a{z}/b/e', '/{y}/{w:int}/f', '/{p:path}'))
    assert found(find, '/a/b/c') == ('/a/{x}/c', {'x': 'b'})
    assert found(find, '/a/b/d') == ('/{y}/b/d', {'y': 'a'})
    assert found(find, '/ab/b/e') == ('/a{z}/b/e', {'z': 'b'})
    assert found(find, '/ab/b/d') == ('/{y}/b/d', {'y': 'ab'})
    assert found(find, '/a/1/f') == ('/{y}/{w:int}/f', {'y': 'a', 'w': 1})
    assert found(find, '/a/b/f') == ('/{p:path}', {'p': 'a/b/f'})


@pytest.mark.parametrize('count', [1, 4, 5, 6, 50])
@pytest.mark.parametrize(
    'shape', ['/{{x}}/r{}', '/r{}/{{x}}', '/r{}-{{x}}', '/{{x}}.{}', '/{{x}}/r{}.{{y}}/{{z}}', '/r{}/{{x:int}}/e']
)
def test_any_number_of_siblings(shape: str, count: int) -> None:
    """Each of few or many siblings is found, and nothing that is none of them."""
    templates = [shape.format(number) for number in range(count)]
    find = compile_finder(tree(*templates, '/other/{o}/x'))
    values = {'x': 7 if ':int' in shape else '7', 'y': '8', 'z': '9'}
    for template in templates:
        path = template.replace(':int', '').format(x=7, y=8, z=9)
        fields = {name: value for name, value in values.items() if f'{{{name}' in template}
        assert found(find, path) == (template, fields)
    assert found(find, '/other/5/x') == ('/other/{o}/x', {'o': '5'})
    assert find(shape.replace(':int', '').format(count + 1).format(x=7, y=8, z=9)) is None


def test_many_composites_are_taken_back_as_few_are() -> None:
    """Looked up or tried in turn, a composite that leads nowhere gives way to the next, and to what comes after."""
    texts = ['a{x}', '{x}b', 'a{x}b', '{x}{y}', '{x}-{y}', 'aa{x}']
    for few_or_many in (texts[:3], texts):
        templates = [f'/{text}/{number}' for number, text in enumerate(few_or_many)]
        find = compile_finder(tree(*templates, '/{f}/f', '/a/lit'))
        for number in range(3):
            assert found(find, f'/a1b/{number}') == (templates[number], {'x': ('1b', 'a1', '1')[number]})
        assert found(find, '/a1b/f') == ('/{f}/f', {'f': 'a1b'})
        assert find('/a1b/g') is None


@pytest.mark.parametrize('depth', [15, 16, 17, 33, 100, 300])
@pytest.mark.parametrize('part', ['/a', '/{{x{}}}', '/{{x{}:int}}', '/a{{x{}}}', '/{{x{}}}/a', '/a{{x{}}}-{{y{}:int}}'])
def test_any_depth(part: str, depth: int) -> None:
    """A template can be deeper than the blocks of a Python function; a path that is not as deep is not found."""
    template = ''.join(part.format(number, number) for number in range(depth))
    find = compile_finder(tree(template))
    path = template.replace(':int', '').replace('{x', '').replace('{y', '').replace('}', '')
    route = find(path)
    assert route is not None
    assert [str(value) for value in route[2].values()] == [name[1:] for name in route[2]]
    assert find(path + '/a') is None
    assert find(path.rpartition('/')[0]) is None


def test_any_depth_with_many_siblings_at_each_level() -> None:
    """Where each level is looked up in a dictionary, each takes one call, well within what Python allows."""
    beginnings = ['/{x}' + ''.join(f'/l{level}' for level in range(depth)) for depth in range(100)]
    templates = [f'{beginning}/{end}' for beginning in beginnings for end in range(5)]
    find = compile_finder(tree(*templates))
    for template in templates:
        assert found(find, template.format(x='v')) == (template, {'x': 'v'})


def test_a_deep_fork_is_walked_once() -> None:
    """However many branches a path fits the beginning of, each place of the tree is looked at once at most."""
    calls = []

    class Counting:
        def convert(self, value: str) -> str:
            calls.append(value)
            return value

    root = Node()
    counting: Any = {'c': Counting}
    for choice in range(2**8):
        parts = [f'/{{x{level}:c}}' if choice >> level & 1 else '/a' for level in range(8)]
        node = root
        for segment in parse_uri_template(''.join(parts) + '/end', counting):
            node = node.child(segment) or node.add(segment)
        node.route = Route(choice, {}, '')
    assert compile_finder(root)('/a' * 9) is None
    assert len(calls) == 2**8 - 1  # one for each node that has a field


@pytest.mark.parametrize(
    'shape', [lambda text: f'/{text}/{{x}}', lambda text: f'/{{x}}/{text}', lambda text: f'/{text}{{x}}']
)
@given(st.text(max_size=20) | st.text('\'"\\{}\n#:;() \u2028\ud800', max_size=20))
def test_texts_of_templates_are_never_code(shape: Callable[[str], str], text: str) -> None:
    """Whatever a literal holds, it is a text in the source, and found as it is."""
    try:
        find = compile_finder(tree(shape(text)))
    except UnacceptableRouteError:
        return
    path = shape(text).replace('{x}', 'v')
    if '{' not in path and '//' not in shape(text):
        assert found(find, path) == (shape(text), {'x': 'v'})


def test_code_in_a_template_does_not_run() -> None:
    """Text that would end a string or a statement is part of the path like any other."""
    evil = '\'+__import__("os")._exit(1)+\'\\'
    path = f'/{evil}/x/{evil}v'
    template = f'/{evil}/{{x}}/{evil}{{y}}'
    assert found(compile_finder(tree(template)), path) == (template, {'x': 'x', 'y': 'v'})


def test_names_of_fields_do_not_meet_names_in_the_source() -> None:
    """A field may be named as what the function uses itself."""
    names = ['path', 'segments', 'count', 'found', 'finder', 'values', 'v0', 'v1', 'match', 'text', 'find', 'len']
    template = ''.join(f'/{{{name}}}' for name in names)
    find = compile_finder(tree(template, *(f'{template}/s{number}' for number in range(9))))
    for path in ('', '/s8'):
        assert found(find, '/x' * len(names) + path) == (template + path, dict.fromkeys(names, 'x'))


def test_trees_share_nothing() -> None:
    """Each function has names of its own, so that two trees do not find each other's routes."""
    first, second = compile_finder(tree('/{x}/a')), compile_finder(tree('/{y}/a'))
    assert found(first, '/1/a') == ('/{x}/a', {'x': '1'})
    assert found(second, '/1/a') == ('/{y}/a', {'y': '1'})
