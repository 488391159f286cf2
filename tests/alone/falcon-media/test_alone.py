"""falcon-media with nothing but the core and its two libraries turns bytes into objects and back."""

import io
from pathlib import Path

import pytest

from documents import run_document
from falcon_core.errors import MissingDistribution
from falcon_core.media import Handlers
from falcon_core.parts import body_factory


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """Only the core, and the libraries that do the work, are there besides."""
    assert installed == {'falcon_core', 'falcon_media', 'msgpack', 'msgspec'}


def test_readme_runs(root: Path) -> None:
    """The README's first example needs no other distribution."""
    run_document(root / 'packages/falcon-media/README.md', count=1)


@pytest.mark.parametrize('media_type', ['application/json', 'application/msgpack', 'application/x-www-form-urlencoded'])
def test_handlers_are_found_by_media_type(media_type: str) -> None:
    """The core finds the handlers by their entry points; what they write, they read."""
    found = Handlers().resolve(media_type, 'application/json')
    assert found.serialize is not None
    assert found.deserialize is not None
    body = found.serialize({'name': 'Ada'}, media_type)
    assert found.deserialize(io.BytesIO(body), media_type, len(body)) == {'name': 'Ada'}


def test_missing_part_is_named() -> None:
    """The parts that are not installed are told apart from the one that is."""
    with pytest.raises(MissingDistribution, match='pip install falcon-sse'):
        body_factory('sse')
