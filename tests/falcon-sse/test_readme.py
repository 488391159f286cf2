"""The application that the README of the distribution shows serves what the README says of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from documents import python_blocks
from falcon_core.asgi_types import Message

README = Path(__file__).parents[2] / 'packages/falcon-sse/README.md'


def test_the_application_of_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    """The first block alone is an application; the client gets the first event, leaves, and the `finally` has run."""
    shown: dict[str, Any] = {}
    exec(next(python_blocks(README.read_text())).code, shown)
    sent: list[Message] = []

    async def main() -> None:
        received = asyncio.Event()

        async def receive() -> Message:
            await received.wait()
            return {'type': 'http.disconnect'}

        async def send(message: Message) -> None:
            sent.append(message)
            if message.get('body'):
                received.set()

        async with asyncio.timeout(10):
            await shown['app']({'type': 'http', 'method': 'GET'}, receive, send)
            await shown['app']({'type': 'lifespan'}, receive, send)

    asyncio.run(main())
    start, begin, event = sent
    assert (b'content-type', b'text/event-stream') in start['headers']
    assert begin == {'type': 'http.response.body', 'body': b'', 'more_body': True}
    assert event['body'] == b'event: tick\nid: 0\ndata: tick 0\n\n'
    assert capsys.readouterr().out == 'the client has left after 1 ticks\n'
