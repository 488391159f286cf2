"""The meta-package gives every name it promises, at every path, and says where to look for those it does not have."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import falcon

MODULES = sorted(['falcon', *(found.name for found in pkgutil.walk_packages(falcon.__path__, 'falcon.'))])
PUBLIC = [name for name in MODULES if not name.rpartition('.')[2].startswith('_')]


@pytest.mark.parametrize('name', PUBLIC)
def test_every_promised_name_is_there(name: str) -> None:
    """All that a module's `__all__` lists is there and listed once; no name is private."""
    module = importlib.import_module(name)
    assert len(module.__all__) == len(set(module.__all__))
    for promised in module.__all__:
        assert hasattr(module, promised)
        assert not promised.startswith('_') or promised == '__version__'


@pytest.mark.parametrize('name', [name for name in PUBLIC if name != 'falcon'])
def test_modules_and_package_agree(name: str) -> None:
    """A name that the package and one of its modules both promise stands for one object, or for one set of names."""
    module = importlib.import_module(name)
    for shared in set(module.__all__) & set(falcon.__all__):
        ours, theirs = getattr(module, shared), getattr(falcon, shared)
        assert ours is theirs or (isinstance(ours, ModuleType) and ours.__all__ == theirs.__all__)


@pytest.mark.parametrize(
    ('path', 'name'),
    [
        ('falcon.asgi.app', 'App'),
        ('falcon.asgi.multipart', 'BodyPart'),
        ('falcon.asgi.ws', 'WebSocket'),
        ('falcon.forwarded', 'Forwarded'),
        ('falcon.inspect', 'inspect_app'),
        ('falcon.media.base', 'BaseHandler'),
        ('falcon.media.multipart', 'MultipartParseError'),
        ('falcon.media.validators.jsonschema', 'validate'),
        ('falcon.request', 'RequestOptions'),
        ('falcon.response', 'Response'),
        ('falcon.routing.compiled', 'CompiledRouter'),
        ('falcon.routing.converters', 'BaseConverter'),
        ('falcon.testing.client', 'TestClient'),
        ('falcon.util.mediatypes', 'best_match'),
        ('falcon.util.sync', 'async_to_sync'),
        ('falcon.util.uri', 'parse_query_string'),
    ],
)
def test_names_are_at_the_paths_of_falcon(path: str, name: str) -> None:
    """What Falcon's users import from the modules within its packages is there."""
    assert name in importlib.import_module(path).__all__


@pytest.mark.parametrize('name', ['App', 'API'])
def test_wsgi_names_point_to_the_application(name: str) -> None:
    """What Falcon's WSGI users look for is missing with a word on what takes its place."""
    with pytest.raises(AttributeError, match=r"no attribute '\w+', expected falcon\.asgi\.App$"):
        getattr(falcon, name)


def test_wsgi_application_cannot_be_imported() -> None:
    """What is missing as an attribute cannot be imported either."""
    with pytest.raises(ImportError, match=r"^cannot import name 'App' from 'falcon'"):
        from falcon import App  # noqa: F401


def test_star_import_brings_what_is_promised() -> None:
    """Importing everything brings the names of `__all__`, which `dir` lists as well."""
    names: dict[str, object] = {}
    exec('from falcon import *', names)
    assert set(falcon.__all__) == names.keys() - {'__builtins__'}
    assert set(falcon.__all__) <= set(dir(falcon))


def test_unknown_name_is_missing() -> None:
    """Any other name is missing as from any module."""
    with pytest.raises(AttributeError, match=r"^module 'falcon' has no attribute 'nothing'$"):
        falcon.nothing  # noqa: B018
