"""falcon-core with nothing else routes, and names what to install for the rest."""

from pathlib import Path
from typing import Any

import pytest

from documents import run_document
from falcon_core.errors import MissingDistribution
from falcon_core.http_errors import HTTPUnsupportedMediaType
from falcon_core.media import Handlers
from falcon_core.parts import body_factory, payload_handler_for, scope_server_factory
from falcon_core.registry import Registry


class Item:
    async def on_get(self, req: Any, resp: Any, number: int) -> None:
        raise NotImplementedError


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """The other distributions, and the libraries they need, are absent."""
    assert installed == {'falcon_core'}


def test_readme_runs(root: Path) -> None:
    """The README's first example needs the core only."""
    run_document(root / 'packages/falcon-core/README.md', count=1)


def test_paths_find_their_resource() -> None:
    """A route that was added is found again, with its fields converted."""
    registry, item = Registry(), Item()
    registry.add_route('/items/{number:int}', item)
    found = registry.find('/items/7')
    assert found is not None
    assert (found[0], found[2]) == (item, {'number': 7})


@pytest.mark.parametrize(
    ('use', 'text'),
    [
        (lambda: body_factory('sse'), 'resp.sse needs falcon-sse: pip install falcon-sse'),
        (
            lambda: scope_server_factory('websocket', 'on_websocket'),
            'on_websocket needs falcon-ws: pip install falcon-ws',
        ),
        (
            lambda: payload_handler_for('application/json', 'receive_json'),
            'receive_json needs falcon-media: pip install falcon-media',
        ),
    ],
)
def test_missing_part_is_named(use: Any, text: str) -> None:
    """Whoever asks for a part that is not installed is told what to install."""
    with pytest.raises(MissingDistribution) as raised:
        use()
    assert str(raised.value) == text


def test_no_media_type_is_supported() -> None:
    """Without falcon-media there is no handler, and the error says so."""
    with pytest.raises(HTTPUnsupportedMediaType) as raised:
        Handlers().resolve('application/json', 'application/json')
    assert 'supported: none' in str(raised.value.description)
