"""The same applications, word for word, on Falcon 4.4 and on this framework: what answers differ, and why."""

import ast
import importlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from exchanges import Answer
from same_as_falcon.case import Case, unexplained
from same_as_falcon.static import make_files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

GROUPS = ['cors', 'functions', 'generated', 'media', 'middleware', 'requests', 'responses', 'routing', 'static']
REQUIREMENTS = ['falcon==4.4.*', 'msgpack']
TOTAL = 10_000
SHOWN = 40
REQUIRED = 'FALCON_UPSTREAM_REQUIRED'

Answers = Callable[[str, str], list[Answer]]


@pytest.fixture(scope='session')
def upstream(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment that holds Falcon 4.4 and nothing of this framework."""
    folder = tmp_path_factory.mktemp('upstream')
    try:
        venv.create(folder, with_pip=True)
        python = str(folder / 'bin' / 'python')
        install = [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', *REQUIREMENTS]
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=200)
    except (OSError, subprocess.SubprocessError) as error:
        reason = (
            f'Falcon 4.4 could not be installed in an environment of its own: {getattr(error, "stderr", "") or error}'
        )
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return python


@pytest.fixture(scope='session')
def answers(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """A function that has the requests of a group answered under the framework of a Python, once."""
    files = tmp_path_factory.mktemp('static') / 'files'
    make_files(files)

    @cache
    def ask(python: str, group: str) -> list[Answer]:
        command = [python, str(root / 'tests/tools/exchanges.py'), str(root / 'tests/system/apps/same')]
        exchanges = json.dumps([case.exchange() for case in _cases(group)])
        # PYTHONPATH would bring this framework into the environment that must not have it.
        environment = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
        run = subprocess.run(
            command, input=exchanges, capture_output=True, text=True, env={**environment, 'SAME_FILES': str(files)}
        )
        assert run.returncode == 0, run.stderr
        given: list[Answer] = json.loads(run.stdout)
        return given

    return ask


def _group(name: str) -> Any:
    return importlib.import_module(f'same_as_falcon.{name}')


def _cases(group: str) -> list[Case]:
    return list({case.name: case for case in _group(group).cases()}.values())


@pytest.mark.parametrize('group', GROUPS)
def test_answers_are_those_of_falcon(group: str, upstream: str, answers: Answers) -> None:
    """Status, headers and body are those of Falcon but for the differences listed, and each of those is seen."""
    cases, differences = _cases(group), _group(group).DIFFERENCES
    theirs, ours = answers(upstream, group), answers(sys.executable, group)
    seen: set[int] = set()
    found = [
        text
        for case, their_answer, our_answer in zip(cases, theirs, ours, strict=True)
        for text in unexplained(case, their_answer, our_answer, differences, seen)
    ]
    assert not found, '\n'.join([f'{len(found)} of {len(cases)} answers differ:', *found[:SHOWN]])
    assert [each.reason for each in differences if id(each) not in seen] == []


@pytest.mark.parametrize('group', GROUPS)
def test_few_requests_only_show_that_something_fails(group: str, upstream: str, answers: Answers) -> None:
    """Falcon answers most requests of a group with something other than a 500, which would hide what is compared."""
    given = answers(upstream, group)
    assert sum(each['status'] in (None, 500) for each in given) < len(given) / 5


def test_there_are_thousands_of_requests() -> None:
    """The comparison is broad."""
    assert sum(len(_cases(group)) for group in GROUPS) >= TOTAL


def test_applications_use_public_names_alone(root: Path) -> None:
    """The applications import Falcon's public modules and the standard library, nothing that one of the two lacks."""
    for path in sorted((root / 'tests/system/apps/same').glob('*.py')):
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or '']
            for name in names:
                package = name.partition('.')[0]
                assert package == 'falcon' or package in sys.stdlib_module_names, f'{path.name} imports {name}'
