"""falcon-sse with nothing but the core serves events by itself, and names what to install for JSON."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from documents import run_document
from falcon_core.errors import MissingDistribution
from falcon_sse import EventStream, SSEvent

HTTP = {'type': 'http', 'method': 'GET', 'path': '/'}


def test_nothing_else_is_installed(installed: set[str]) -> None:
    """Only the core is there besides."""
    assert installed == {'falcon_core', 'falcon_sse'}


def test_readme_runs(root: Path) -> None:
    """The README's first example needs no other distribution."""
    run_document(root / 'packages/falcon-sse/README.md', count=1)


def test_event_stream_is_an_application(connect: Any) -> None:
    """A stream of events answers a request in a bare ASGI callable."""

    async def events() -> AsyncIterator[SSEvent]:
        yield SSEvent('one', event_type='number', event_id='1')

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await EventStream(events())(scope, receive, send)

    start, *body = connect(app, HTTP)
    assert start['status'] == 200
    assert b''.join(part['body'] for part in body) == SSEvent('one', 'number', '1').serialize().encode()


def test_json_names_the_missing_part() -> None:
    """An event with JSON says which distribution makes it."""
    with pytest.raises(MissingDistribution, match='pip install falcon-media'):
        SSEvent(json={'n': 1}).serialize()
