"""Which handlers of media the tests of falcon-sse find."""

from collections.abc import Iterator
from typing import Any

import pytest

from falcon_core.errors import MissingDistribution
from falcon_sse import event as event_module


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The media handlers that the installed distributions seem to announce, for a test to fill."""
    handlers: dict[str, Any] = {}

    def media_handler_for(media_type: str, feature: str) -> Any:
        if media_type not in handlers:
            raise MissingDistribution(feature, 'falcon-media')
        return handlers[media_type]

    monkeypatch.setattr(event_module, 'media_handler_for', media_handler_for)
    event_module._installed_json_handler.cache_clear()
    yield handlers
    event_module._installed_json_handler.cache_clear()
