import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from event_loop import in_hasty_loop, in_loop
from falcon_asgi.testing.exchange import Exchange
from falcon_asgi.testing.result import StreamedResult
from falcon_asgi.testing.simulated_request import make_request
from falcon_core.asgi_types import Receive, Scope, Send

SOON = 0.05


def start(status: int = 200) -> dict[str, Any]:
    return {'type': 'http.response.start', 'status': status, 'headers': [(b'content-type', b'text/plain')]}


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {'type': 'http.response.body', 'body': body, 'more_body': more}


def answers(*events: Any) -> Any:
    """An application that sends some events; what is no event is awaited, called with `receive`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            if isinstance(event, dict):
                await send(event)
            else:
                await event(receive)

    return app


async def for_ever(receive: Receive) -> None:
    await asyncio.Event().wait()


async def fail(receive: Receive) -> None:
    raise LookupError('gone')


async def until_left(receive: Receive) -> None:
    while (await receive())['type'] != 'http.disconnect':
        pass


def exchange(*events: Any, timeout_s: float | None = 1, **arguments: Any) -> Exchange:
    return Exchange(answers(*events), make_request('GET', '/a', **arguments), timeout_s)


@in_loop
async def test_whole_response() -> None:
    """The pieces of the body are joined."""
    result = await exchange(start(201), part(b'a'), part(b'b', more=False)).perform()
    assert (result.status, result.content, dict(result.headers)) == (
        '201 Created',
        b'ab',
        {'content-type': 'text/plain'},
    )


@in_loop
async def test_client_has_left_when_the_response_is_complete() -> None:
    """An application that waits for the client to leave after its response learns that it did."""
    result = await exchange(start(), part(b'a', more=False), until_left).perform()
    assert result.content == b'a'


@pytest.mark.parametrize(
    ('events', 'match'),
    [
        ([for_ever], r'^waited 0\.05 s for the response to GET /a, of which nothing was sent$'),
        (
            [start(), part(b'abc'), for_ever],
            r'for the end of the response to GET /a, of which status 200 and 3 bytes were sent; simulate_get_stream',
        ),
        ([start(), part(b'', more=False), for_ever], r'for the app to end GET /a, whose response was sent'),
    ],
)
@in_hasty_loop
async def test_response_that_does_not_come(events: list[Any], match: str) -> None:
    """The error says how far the application was."""
    with pytest.raises(TimeoutError, match=match):
        await exchange(*events, timeout_s=SOON).perform()


@pytest.mark.parametrize(
    ('events', 'arguments', 'match'),
    [
        ([], {}, '^the app ended GET /a without a response$'),
        ([], {'asgi_disconnect_ttl': 0}, '^the app ended GET /a after the client had left without a response$'),
        (
            [start(), part(b'ab')],
            {},
            '^the app ended GET /a after status 200 and 2 bytes of its response, expected all',
        ),
    ],
)
@in_loop
async def test_response_that_is_broken_off(events: list[Any], arguments: dict[str, Any], match: str) -> None:
    """A client would see the connection end, and so does the test."""
    with pytest.raises(ConnectionError, match=match):
        await exchange(*events, **arguments).perform()


@in_loop
async def test_failure_of_the_app() -> None:
    """What the application raises, the test gets, whatever was sent before."""
    for events in ([fail], [start(), part(b'a'), fail]):
        with pytest.raises(LookupError, match='gone'):
            await exchange(*events).perform()


@in_hasty_loop
async def test_client_that_leaves_by_itself() -> None:
    """What was sent until then is the result; the application has the time until the client leaves on top."""
    found = exchange(start(), part(b'a'), until_left, asgi_disconnect_ttl=SOON, timeout_s=1)
    assert (await found.perform()).content == b'a'
    with pytest.raises(TimeoutError, match=r'waited 0\.1 s'):
        await exchange(for_ever, asgi_disconnect_ttl=SOON, timeout_s=SOON).perform()


async def read(found: Exchange, action: Callable[[StreamedResult], Awaitable[None]]) -> None:
    async with found as result:
        await action(result)


@in_loop
async def test_stream_is_read_as_it_is_produced() -> None:
    """The block is entered with the first event; a read gets what has come since the one before."""
    gate = asyncio.Event()

    async def wait(receive: Receive) -> None:
        await gate.wait()

    async def action(result: StreamedResult) -> None:
        assert (result.status_code, dict(result.headers)) == (200, {'content-type': 'text/plain'})
        reading = asyncio.create_task(result.stream.read())
        assert await reading == b'a'
        gate.set()
        assert [piece async for piece in result] == [b'b', b'c']

    await read(exchange(start(), part(b'a'), wait, part(b'b'), part(b'c', more=False)), action)


@in_loop
async def test_client_leaves_with_the_block() -> None:
    """The application learns that it left, and the block ends when the application has."""
    ended = []

    async def note(receive: Receive) -> None:
        await until_left(receive)
        ended.append(True)

    async def action(result: StreamedResult) -> None:
        assert await result.stream.read() == b'a'

    await read(exchange(start(), part(b'a'), note), action)
    assert ended == [True]


@pytest.mark.parametrize(
    ('events', 'error', 'match'),
    [
        ([for_ever], TimeoutError, 'the response to GET /a, of which nothing was sent'),
        ([], ConnectionError, 'the app ended GET /a without a response'),
        ([fail], LookupError, 'gone'),
        ([start(), for_ever], TimeoutError, 'the app to end GET /a after the client has left'),
        ([start(), part(b'a', more=False), fail], LookupError, 'gone'),
    ],
)
@in_hasty_loop
async def test_stream_that_fails(events: list[Any], error: type[Exception], match: str) -> None:
    """What goes wrong before or after the block is raised, and no application is left behind."""

    async def action(result: StreamedResult) -> None:
        await asyncio.sleep(0)

    with pytest.raises(error, match=match):
        await read(exchange(*events, timeout_s=SOON), action)


@in_hasty_loop
async def test_failure_of_the_block_comes_first() -> None:
    """What the block raises is raised, and not what follows from it."""

    async def action(result: StreamedResult) -> None:
        raise KeyError('of the block')

    with pytest.raises(KeyError, match='of the block'):
        await read(exchange(start(), for_ever, timeout_s=SOON), action)


@in_loop
async def test_stream_that_is_broken_off() -> None:
    """A read raises what a client would see, once all that was sent is read."""

    async def action(result: StreamedResult) -> None:
        assert await result.stream.read() == b'ab'
        with pytest.raises(ConnectionError, match='after status 200 and 2 bytes of its response'):
            await result.stream.read()

    await read(exchange(start(), part(b'ab')), action)


@in_hasty_loop
async def test_read_of_a_stream_that_stands_still() -> None:
    """A read does not wait longer than anything else."""

    async def action(result: StreamedResult) -> None:
        with pytest.raises(
            TimeoutError,
            match=r'^waited 0\.05 s for more of the response to GET /a, of which status 200 and 0 bytes were sent$',
        ):
            await result.stream.read()

    await read(exchange(start(), until_left, timeout_s=SOON), action)
