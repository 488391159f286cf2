"""Which handlers of media the tests of falcon-ws find: none, or those that stand in for falcon-media's."""

from typing import Any

import pytest

from fake_websocket import fake_handler
from falcon_core.errors import MissingDistribution
from falcon_ws.options import WebSocketOptions


@pytest.fixture
def media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the default handlers come from a fake distribution."""
    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', fake_handler)
    monkeypatch.setattr('falcon_ws.websocket._default_options', WebSocketOptions)


@pytest.fixture
def no_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have falcon-media not installed."""

    def find(media_type: str, feature: str) -> Any:
        raise MissingDistribution(feature, 'falcon-media')

    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', find)
    monkeypatch.setattr('falcon_ws.websocket._default_options', WebSocketOptions)
