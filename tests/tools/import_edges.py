"""Which distribution may import what, stated once, and the check of a source tree against it.

The check reads the sources and imports none of them. It sees every import statement, wherever it stands
(`TYPE_CHECKING` blocks included), and calls of `import_module` and `__import__`.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ['ASYNC_IN_CORE', 'CORE', 'META', 'OPTIONAL', 'SIBLINGS', 'THIRD_PARTY', 'TYPING_ONLY', 'violations']

CORE = 'falcon_core'
META = 'falcon'

SIBLINGS = {
    'falcon_core': frozenset[str](),
    'falcon_media': frozenset({'falcon_core'}),
    'falcon_ws': frozenset({'falcon_core'}),
    'falcon_sse': frozenset({'falcon_core'}),
    'falcon_asgi': frozenset({'falcon_core'}),
    'falcon': frozenset({'falcon_asgi', 'falcon_core', 'falcon_media', 'falcon_sse', 'falcon_ws'}),
}
"""Import name to the import names of the distributions it may import from."""

THIRD_PARTY = {'falcon_media': frozenset({'msgpack', 'msgspec'})}
"""Import name to what it requires, and may import, besides siblings and the standard library."""

OPTIONAL = {'falcon_media': frozenset({'jsonschema'})}
"""Import name to what it may import where it is used, and requires by an extra."""

TYPING_ONLY = {'falcon_asgi': frozenset({'typing_extensions'}), 'falcon_core': frozenset({'typing_extensions'})}
"""Import name to what it may import in `TYPE_CHECKING` blocks besides, because type checkers bring it along."""

# That of Python 3.14 has one more.
_STANDARD_LIBRARY = sys.stdlib_module_names | {'annotationlib'}

ASYNC_IN_CORE = frozenset(
    {
        'hooks',
        'interfaces',
        'media',
        'middleware',
        'responders',
        'streams',
        'testing.interfaces',
        'testing.running',
        'testing.waiting',
    }
)
"""The core's modules that may define coroutines: signatures, bases, wrappers, the one loop that sends streams, and what
runs applications in tests."""


@dataclass(frozen=True, slots=True)
class _Module:
    path: Path
    package: str
    name: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == '__init__.py'

    def fault(self, node: ast.AST, text: str) -> str:
        return f'{self.path}:{getattr(node, "lineno", 1)}: {self.name} {text}'


@dataclass(frozen=True, slots=True)
class _Import:
    node: ast.AST
    module: str
    name: str | None

    @property
    def target(self) -> str:
        return self.module if self.name is None else f'{self.module}.{self.name}'


def violations(packages: Path) -> list[str]:
    """Return what in a folder of distributions breaks the table, a line for each fault, in order.

    Args:
        packages: The folder; each distribution in it is `<name>/src/<import name>/`.
    """
    sources = sorted(packages.glob('*/src/*'))
    faults = [
        f'{source}: {source.parts[-3]} may hold no package but {source.parts[-3].replace("-", "_")}'
        for source in sources
        if source.name not in SIBLINGS or source.name != source.parts[-3].replace('-', '_')
    ]
    modules = {module.name: module for source in sources for module in _modules(source)}
    for module in modules.values():
        faults += _import_faults(module, modules)
        if module.package == CORE:
            faults += _async_faults(module)
        if module.package == META:
            faults += _logic_faults(module)
    return faults


def _modules(source: Path) -> Iterator[_Module]:
    for path in sorted(source.rglob('*.py')):
        parts = list(path.relative_to(source.parent).with_suffix('').parts)
        if parts[-1] == '__init__':
            del parts[-1]
        yield _Module(path, source.name, '.'.join(parts), ast.parse(path.read_text(), path))


def _import_faults(module: _Module, modules: dict[str, _Module]) -> Iterator[str]:
    for found in _imports(module):
        reason = _refusal(module.package, found, modules)
        if found.module in TYPING_ONLY.get(module.package, ()) and found.node in _type_checkers_part(module.tree):
            reason = None
        if reason is not None:
            yield module.fault(found.node, f'imports {found.target}: {reason}')
    yield from _dynamic_faults(module)
    yield from _attribute_faults(module)


def _imports(module: _Module) -> Iterator[_Import]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _Import(node, alias.name, None)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield _Import(node, _absolute(module, node), alias.name)
        elif isinstance(node, ast.Call) and isinstance(argument := _dynamic_import(node), ast.Constant):
            yield _Import(node, str(argument.value), None)


def _type_checkers_part(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that never run."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == 'TYPE_CHECKING':
            for statement in node.body:
                yield from ast.walk(statement)


def _absolute(module: _Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ''
    parents = module.name.split('.')
    base = parents[: len(parents) - node.level + module.is_package]
    return '.'.join([*base, *([node.module] if node.module else [])])


def _refusal(package: str, found: _Import, modules: dict[str, _Module]) -> str | None:
    """Return why `package` may not have this import, or None if it may."""
    top = found.module.partition('.')[0]
    third_party = THIRD_PARTY.get(package, frozenset()) | OPTIONAL.get(package, frozenset())
    if top == package or top in _STANDARD_LIBRARY or top in third_party:
        return None
    if top not in SIBLINGS:
        return f'{package} may not need {top}'
    if top not in SIBLINGS.get(package, ()):
        return f'no edge leads from {package} to {top}'
    if found.module not in modules:
        return f'there is no module {found.module}'
    if any(part.startswith('_') for part in found.module.split('.')):
        return 'the module is private'
    return None if found.name is None else _name_refusal(found, modules)


def _name_refusal(found: _Import, modules: dict[str, _Module]) -> str | None:
    if found.target in modules:
        return 'the module is private' if str(found.name).startswith('_') else None
    if found.name not in _exports(modules[found.module]):
        return f'the name is not in the __all__ of {found.module}'
    return None


def _exports(module: _Module) -> list[str]:
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == '__all__' for t in node.targets):
            return list(ast.literal_eval(node.value))
    return []


def _dynamic_import(call: ast.Call) -> ast.expr | None:
    """Return the argument that names the module, None if `call` imports nothing."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, 'id', '')
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return arguments[0] if called in {'__import__', 'import_module'} and arguments else None


def _dynamic_faults(module: _Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        argument = _dynamic_import(node) if isinstance(node, ast.Call) else None
        if argument is not None and not isinstance(argument, ast.Constant):
            yield module.fault(node, f'imports {ast.unparse(argument)}: only a literal can be checked')


def _attribute_faults(module: _Module) -> Iterator[str]:
    """Yield each use of a private attribute of something that was imported from a sibling."""
    siblings = set(_sibling_names(module))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith('_') and not node.attr.startswith('__'):
            owner = ast.unparse(node.value)
            if owner.partition('.')[0] in siblings:
                yield module.fault(node, f'uses {owner}.{node.attr}: the name is private')


def _sibling_names(module: _Module) -> Iterator[str]:
    """Yield the names that imports from siblings bind in a module."""
    for node in ast.walk(module.tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        origin = _absolute(module, node) if isinstance(node, ast.ImportFrom) else ''
        for alias in node.names:
            top = (origin or alias.name).partition('.')[0]
            if top in SIBLINGS and top != module.package:
                yield alias.asname or (alias.name if origin else top)


def _async_faults(module: _Module) -> Iterator[str]:
    if module.name.partition('.')[2] in ASYNC_IN_CORE:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield module.fault(node, f'defines the coroutine {node.name}: the module is not listed for that')


def _logic_faults(module: _Module) -> Iterator[str]:
    for node in module.tree.body:
        if not _is_declaration(node):
            yield module.fault(node, f'has logic: {ast.unparse(node).splitlines()[0]}')


def _is_declaration(node: ast.stmt) -> bool:
    """Say whether a statement re-exports, documents, or refuses, and does nothing else."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name.startswith('__') and not any(isinstance(part, ast.Call) for part in ast.walk(value))
        case ast.FunctionDef(name='__getattr__'):
            return all(_is_refusal(part) for part in node.body)
    return False


def _is_refusal(node: ast.stmt) -> bool:
    match node:
        case ast.Raise() | ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.If():
            return all(_is_refusal(part) for part in (*node.body, *node.orelse))
    return False
