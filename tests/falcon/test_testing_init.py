"""The meta-package joins the testing kits of the parts, at the module paths of Falcon."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from falcon import testing

MODULES = sorted(f'falcon.testing.{found.name}' for found in pkgutil.iter_modules(testing.__path__))


@pytest.mark.parametrize('name', MODULES)
def test_modules_and_package_agree(name: str) -> None:
    """What a module of the package promises, the package has as well."""
    module = importlib.import_module(name)
    assert module.__all__
    for promised in module.__all__:
        assert getattr(module, promised) is getattr(testing, promised)


def test_every_promised_name_is_there() -> None:
    """All that `__all__` lists is there."""
    for promised in testing.__all__:
        assert hasattr(testing, promised)


@pytest.mark.parametrize('name', ['SimpleTestResource', 'capture_responder_args', 'set_resp_defaults'])
def test_wsgi_names_point_to_their_namesakes(name: str) -> None:
    """What is for WSGI is missing with a word on what is for ASGI."""
    with pytest.raises(AttributeError, match=rf"no attribute '{name}', expected its namesake that ends in Async"):
        getattr(testing, name)


def test_unknown_name_is_missing() -> None:
    """Any other name is missing as from any module."""
    with pytest.raises(AttributeError, match=r"^module 'falcon\.testing' has no attribute 'nothing'$"):
        testing.nothing  # noqa: B018


def test_no_dependency_is_imported() -> None:
    """The kit needs no test framework, and the framework does not need the kit."""
    program = (
        'import sys, falcon, falcon.asgi; before = set(sys.modules); import falcon.testing; '
        "print('unittest' in before, 'falcon_asgi.testing' in before, sorted({'pytest', 'httpx'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True, timeout=30)
    assert printed.stdout == 'False False []\n'
