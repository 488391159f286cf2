"""Each distribution declares what the design gives it: requirements, extras, entry points, licence, version."""

import runpy
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from import_edges import SIBLINGS, THIRD_PARTY

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.name for path in (ROOT / 'packages').glob('falcon*'))

EXTRAS = {
    'falcon-core': {},
    'falcon-media': {'validation': {'jsonschema'}},
    'falcon-ws': {'media': {'falcon-media'}},
    'falcon-sse': {'media': {'falcon-media'}},
    'falcon-asgi': {
        'media': {'falcon-media'},
        'ws': {'falcon-ws'},
        'sse': {'falcon-sse'},
        'all': {'falcon-media', 'falcon-sse', 'falcon-ws'},
    },
    'falcon': {'server': {'httptools', 'uvicorn', 'uvloop', 'websockets'}, 'validation': {'falcon-media'}},
}


def _project(name: str) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / 'packages' / name / 'pyproject.toml').read_text())['project']
    return project


def _requirements(name: str) -> list[Requirement]:
    project = _project(name)
    groups = [project['dependencies'], *project.get('optional-dependencies', {}).values()]
    return [Requirement(line) for group in groups for line in group]


def _version(name: str) -> str:
    """Return the version in the source: that of what is installed in place is the one from when it was installed."""
    about = ROOT / 'packages' / name / 'src' / name.replace('-', '_') / '__about__.py'
    version: str = runpy.run_path(str(about))['__version__']
    return version


@pytest.mark.parametrize('name', NAMES)
def test_requirements_are_those_of_the_import_table(name: str) -> None:
    """What a distribution may import, it requires; it requires nothing else."""
    package = name.replace('-', '_')
    expected = {sibling.replace('_', '-') for sibling in SIBLINGS[package]} | THIRD_PARTY.get(package, frozenset())
    assert {Requirement(line).name for line in _project(name)['dependencies']} == expected


@pytest.mark.parametrize('name', NAMES)
def test_extras_are_those_of_the_design(name: str) -> None:
    """A distribution offers the extras of the design, each with its requirements."""
    extras = _project(name).get('optional-dependencies', {})
    assert {extra: {Requirement(line).name for line in lines} for extra, lines in extras.items()} == EXTRAS[name]


@pytest.mark.parametrize('name', NAMES)
def test_siblings_have_a_floor_and_a_ceiling(name: str) -> None:
    """A sibling is required in the series of its present version, and in no later one."""
    for requirement in _requirements(name):
        if requirement.name in NAMES:
            present = _version(requirement.name)
            assert {specifier.operator for specifier in requirement.specifier} == {'>=', '<'}, requirement
            assert requirement.specifier.contains(present, prereleases=True), (
                f'{requirement} does not take the present {present}'
            )


def test_entry_points_lead_to_what_they_name() -> None:
    """Each announced part can be loaded, under the name that it serves."""
    found = {
        group: {entry.name: entry.load() for entry in entry_points(group=group)}
        for group in ('falcon.bodies', 'falcon.media', 'falcon.scopes', 'falcon.testing')
    }
    assert {group: sorted(parts) for group, parts in found.items()} == {
        'falcon.bodies': ['sse'],
        'falcon.media': ['json', 'msgpack', 'multipart', 'urlencoded'],
        'falcon.scopes': ['websocket'],
        'falcon.testing': ['websocket'],
    }
    assert all(callable(part) for parts in found.values() for part in parts.values())


@pytest.mark.parametrize('name', NAMES)
def test_version_has_its_changelog_entry(name: str) -> None:
    """The changelog of a distribution tells of its present version."""
    assert f'\n## {_version(name)}\n' in (ROOT / 'packages' / name / 'CHANGELOG.md').read_text()


@pytest.mark.parametrize('name', NAMES)
def test_licence_is_the_one_of_the_monorepo(name: str) -> None:
    """Each distribution carries the same licence."""
    assert (ROOT / 'packages' / name / 'LICENSE').read_text() == (ROOT / 'LICENSE').read_text()


def test_every_distribution_is_tested_alone() -> None:
    """The environments of `hatch run each:test` leave out no distribution, and each has tests of its own."""
    matrix = tomllib.loads((ROOT / 'hatch.toml').read_text())['envs']['each']['matrix']
    rows = [(package, extra) for row in matrix for package in row['package'] for extra in row.get('extra', ['alone'])]
    assert sorted(package for package, extra in rows if extra == 'alone') == NAMES
    for package, extra in rows:
        assert (ROOT / 'tests/alone' / package / f'test_{extra}.py').is_file()
