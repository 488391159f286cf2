"""The wheels carry what belongs to them; run in each environment that a distribution is tested alone in."""

from importlib import import_module
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

PARTS = [found for found in distributions() if found.name.startswith('falcon')]

of_each_part = pytest.mark.parametrize('part', PARTS, ids=lambda part: part.name)


@of_each_part
def test_wheel_is_complete(part: Distribution) -> None:
    """A wheel has the licence, the mark of typed packages, and no file beside its one package but its commands."""
    package = part.name.replace('-', '_')
    commands = {entry.name for entry in part.entry_points if entry.group == 'console_scripts'}
    files = {str(path) for path in part.files or () if path.stem not in commands}
    assert f'{package}/py.typed' in files
    assert f'{package}-{part.version}.dist-info/licenses/LICENSE' in files
    assert {Path(path).parts[0] for path in files} == {package, f'{package}-{part.version}.dist-info'}


@of_each_part
def test_metadata_is_complete(part: Distribution) -> None:
    """A wheel says its licence, its readme and the versions of Python it takes."""
    assert part.metadata['License-Expression'] == 'Apache-2.0'
    assert part.metadata['Requires-Python'] == '>=3.11'
    assert part.metadata['Description'].startswith(f'# {part.name}\n')


@of_each_part
def test_package_is_the_wheels(part: Distribution) -> None:
    """What is tested is what was installed, not the source tree; the version it gives is its own."""
    about = import_module(f'{part.name.replace("-", "_")}.__about__')
    assert 'site-packages' in str(about.__file__)
    assert about.__version__ == part.version
