from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, cast

from falcon_core.asgi_types import ASGIApp
from falcon_core.testing import WebSocketConnector, WebSocketSimulator


def test_what_implements_an_interface() -> None:
    """Functions need not know of an interface to implement it; the type checker holds them to it here."""
    simulator = cast('WebSocketSimulator', object())

    def connect(
        app: ASGIApp, path: str, *, timeout: float | None, **kwargs: Any
    ) -> AbstractAsyncContextManager[WebSocketSimulator]:
        return nullcontext(simulator)

    connector: WebSocketConnector = connect
    assert connector(cast('ASGIApp', None), '/', timeout=None) is not None
