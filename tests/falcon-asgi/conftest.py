"""A client of ASGI applications, without a server between: what the tests of falcon-asgi share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

TIMEOUT_S = 10

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class Answer:
    """What an application sent in one exchange."""

    events: list[Message] = field(default_factory=list)
    tasks_left: int = 0

    @property
    def status(self) -> int:
        return int(self.events[0]['status'])

    @property
    def header_lines(self) -> list[tuple[str, str]]:
        return [(name.decode('latin-1'), value.decode('latin-1')) for name, value in self.events[0]['headers']]

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.header_lines)

    @property
    def chunks(self) -> list[bytes]:
        return [event['body'] for event in self.events[1:] if event['body']]

    @property
    def body(self) -> bytes:
        return b''.join(self.chunks)

    @property
    def is_whole(self) -> bool:
        """Whether the end of the body was sent, once and last."""
        ends = [not event.get('more_body', False) for event in self.events[1:]]
        return bool(ends) and ends[-1] and not any(ends[:-1])


def stays(sent: list[Message]) -> bool:
    """Never leave."""
    return False


async def perform_exchange(
    app: Any,
    method: str = 'GET',
    path: str = '/',
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    query: str = '',
    body: bytes | list[bytes] | None = None,
    breaks_off: bool = False,
    leaves: Callable[[list[Message]], bool] = stays,
    send: Send | None = None,
    **scope: Any,
) -> Answer:
    """Give an application one HTTP exchange.

    Args:
        app: The application.
        method: The method.
        path: The path, percent-decoded.
        headers: The headers of the request. Those that frame a body are added.
        query: The query string.
        body: The body; a list is sent in as many events, and without a Content-Length.
        breaks_off: Whether the last event of the body says that there is more.
        leaves: Called with what was sent so far, after the body was received and at each event sent from then on; the
            client leaves when it returns True.
        send: Called with each event, before it counts as sent.
        **scope: Further members of the scope.
    """
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if isinstance(body, bytes):
        pairs.append(('Content-Length', str(len(body))))
    elif body is not None:
        pairs.append(('Transfer-Encoding', 'chunked'))
    chunks = body if isinstance(body, list) else [body or b'']
    waiting = [{'type': 'http.request', 'body': chunk, 'more_body': True} for chunk in chunks]
    waiting[-1]['more_body'] = breaks_off
    answer = Answer()
    progress = asyncio.Event()

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        while not leaves(answer.events):
            progress.clear()
            await progress.wait()
        return {'type': 'http.disconnect'}

    async def record(event: Message) -> None:
        if send is not None:
            await send(event)
        answer.events.append(event)
        progress.set()

    whole_scope = {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.4'},
        'http_version': '1.1',
        'method': method,
        'scheme': 'http',
        'path': path,
        'raw_path': path.encode('utf-8', 'surrogateescape'),
        'root_path': '',
        'query_string': query.encode(),
        'headers': [(name.lower().encode(), value.encode('latin-1')) for name, value in pairs],
        'client': ('203.0.113.7', 51234),
        'server': ('falcon.test', 80),
    } | scope
    before = asyncio.all_tasks()
    async with asyncio.timeout(TIMEOUT_S):
        await app(whole_scope, receive, record)
    # A task that was cancelled ends in the next pass of the event loop.
    await asyncio.sleep(0)
    answer.tasks_left = len(asyncio.all_tasks() - before)
    return answer


@pytest.fixture
def perform() -> Callable[..., Awaitable[Answer]]:
    """A coroutine function that gives an application one exchange; it is `perform_exchange`."""
    return perform_exchange


@pytest.fixture
def call() -> Callable[..., Answer]:
    """The same as `perform`, in an event loop of its own, for tests that are not asynchronous."""

    def run(app: Any, *args: Any, **options: Any) -> Answer:
        return asyncio.run(perform_exchange(app, *args, **options))

    return run


@pytest.fixture
def lifespan() -> Any:
    """An asynchronous context manager within which an application has been started.

    It is called with the application; keyword arguments are further members of the scope. What it gives is the list of
    the events that the application sent.
    """

    @asynccontextmanager
    async def run(app: Any, **scope: Any) -> AsyncIterator[list[Message]]:
        sent: list[Message] = []
        answered = asyncio.Event()
        stopping = asyncio.Event()
        waiting = [{'type': 'lifespan.startup'}]

        async def receive() -> Message:
            if waiting:
                return waiting.pop(0)
            await stopping.wait()
            return {'type': 'lifespan.shutdown'}

        async def send(event: Message) -> None:
            sent.append(event)
            answered.set()

        async with asyncio.timeout(TIMEOUT_S):
            serving = asyncio.create_task(app({'type': 'lifespan', 'asgi': {'version': '3.0'}} | scope, receive, send))
            serving.add_done_callback(lambda _: answered.set())
            await answered.wait()
            yield sent
            stopping.set()
            await serving

    return run
