"""What the tests of a distribution alone share: they run where only its wheel and what that requires is installed."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PARTS = ('falcon', 'falcon_asgi', 'falcon_core', 'falcon_media', 'falcon_sse', 'falcon_ws', 'msgpack', 'msgspec')
TIMEOUT_S = 10

Application = Callable[[dict[str, Any], Callable[..., Any], Callable[..., Any]], Awaitable[None]]
Connect = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def installed() -> set[str]:
    """The parts of the monorepo, and the libraries that some of them need, that can be imported."""
    return {part for part in PARTS if find_spec(part)}


@pytest.fixture
def root() -> Path:
    """The repository's root folder."""
    return Path(__file__).parents[2]


@pytest.fixture
def connect() -> Connect:
    """A function that gives an ASGI application one connection and returns what it sent.

    Called as `connect(app, scope, *messages)`; after the messages, the application receives nothing more.
    """

    def run(app: Application, scope: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
        return asyncio.run(_serve(app, scope, messages))

    return run


async def _serve(app: Application, scope: dict[str, Any], messages: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    waiting = list(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with asyncio.timeout(TIMEOUT_S):
        await app({'asgi': {'version': '3.0'}, 'headers': [], 'query_string': b''} | scope, receive, send)
    return sent
