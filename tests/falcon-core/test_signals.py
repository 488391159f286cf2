"""Handlers of signals put before those of a server: who is called, and what is put back."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from event_loop import in_loop
from falcon_core.shutdown import Shutdown
from falcon_core.signals import begun_by_signals, signals_left_alone

pytestmark = pytest.mark.skipif(os.name != 'posix', reason='sends signals to the process')


@pytest.fixture(autouse=True)
def handlers() -> Iterator[list[int]]:
    """What a server's handlers of SIGTERM and SIGINT noted; what was there before is put back."""
    noted: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        noted.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    yield noted
    for number, handler in before.items():
        signal.signal(number, handler)


async def _begun(shutdown: Shutdown) -> bool:
    told = asyncio.Event()
    shutdown.add(told.set)
    async with asyncio.timeout(2):
        await told.wait()
    return shutdown.begun


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_shutdown_begins_and_the_server_hears_of_it(handlers: list[int], number: signal.Signals) -> None:
    """The shutdown begins on the event loop, and the handler that was there is called as before."""

    async def main() -> None:
        shutdown = Shutdown()
        with begun_by_signals(shutdown):
            signal.raise_signal(number)
            assert handlers == [number]
            assert not shutdown.begun
            assert await _begun(shutdown)

    asyncio.run(main())


def test_handlers_of_the_event_loop_go_on() -> None:
    """A server that uses `loop.add_signal_handler` is told, too, and can take its handler away."""

    async def main() -> None:
        loop, told, shutdown = asyncio.get_running_loop(), asyncio.Event(), Shutdown()
        loop.add_signal_handler(signal.SIGTERM, told.set)
        with begun_by_signals(shutdown):
            os.kill(os.getpid(), signal.SIGTERM)
            assert await _begun(shutdown)
            async with asyncio.timeout(2):
                await told.wait()
        assert loop.remove_signal_handler(signal.SIGTERM)

    asyncio.run(main())


@in_loop
async def test_handlers_are_put_back() -> None:
    """After the context, the very handlers are there that were there before."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with begun_by_signals(Shutdown()):
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


@in_loop
async def test_handler_put_in_its_place_stays() -> None:
    """A handler that somebody installed since is not taken away."""

    def later(number: int, frame: FrameType | None) -> None: ...

    with begun_by_signals(Shutdown()):
        signal.signal(signal.SIGTERM, later)
    assert signal.getsignal(signal.SIGTERM) is later


@pytest.mark.parametrize('handler', [signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler])
@in_loop
async def test_signal_that_no_server_handles_stays_as_it_is(handler: Any) -> None:
    """Where there is no handler, an ignored signal, or the interpreter's own, none is put."""
    signal.signal(signal.SIGINT, handler)
    with begun_by_signals(Shutdown()):
        assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize('first_to_end', [0, 1])
@in_loop
async def test_two_applications_end_in_any_order(first_to_end: int) -> None:
    """Of applications within one process each begins its shutdown; when both have ended, nothing of them is left."""
    before = signal.getsignal(signal.SIGTERM)
    first, second = Shutdown(), Shutdown()
    contexts = [begun_by_signals(first), begun_by_signals(second)]
    for context in contexts:
        context.__enter__()
    signal.raise_signal(signal.SIGTERM)
    assert await _begun(first)
    assert await _begun(second)
    for context in (contexts[first_to_end], contexts[1 - first_to_end]):
        context.__exit__(None, None, None)
    assert signal.getsignal(signal.SIGTERM) is before


def test_handler_kept_by_another_outlives_the_loop(handlers: list[int]) -> None:
    """Whoever puts the handler back later gets a handler that calls the server's, and nothing fails."""
    kept: list[Any] = []

    async def main() -> None:
        with begun_by_signals(Shutdown()):
            kept.append(signal.getsignal(signal.SIGTERM))

    asyncio.run(main())
    kept[0](signal.SIGTERM, None)
    assert handlers == [signal.SIGTERM]


def test_signal_after_the_loop_was_closed_reaches_the_server(handlers: list[int]) -> None:
    """Where the loop is closed within the context, there is nobody to tell, and the server's handler is called."""
    loop = asyncio.new_event_loop()

    async def enter() -> Any:
        context = begun_by_signals(Shutdown())
        context.__enter__()
        return context

    context = loop.run_until_complete(enter())
    loop.close()
    signal.raise_signal(signal.SIGTERM)
    assert handlers == [signal.SIGTERM]
    context.__exit__(None, None, None)


def test_what_a_handler_raises_is_raised() -> None:
    """The exception by which a server ends itself passes; the shutdown begins all the same."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(3)

    async def main() -> None:
        signal.signal(signal.SIGTERM, leave)
        shutdown = Shutdown()
        with begun_by_signals(shutdown):
            with pytest.raises(SystemExit):
                signal.raise_signal(signal.SIGTERM)
            assert await _begun(shutdown)

    asyncio.run(main())


def test_other_threads_change_nothing() -> None:
    """In an event loop of another thread, where Python has no handlers, the context does nothing."""
    before = signal.getsignal(signal.SIGTERM)
    seen: list[bool] = []

    async def main() -> None:
        with begun_by_signals(Shutdown()):
            seen.append(signal.getsignal(signal.SIGTERM) is before)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    thread.join()
    assert seen == [True]


def test_signals_left_alone(handlers: list[int]) -> None:
    """Where a simulated server says so, no handler is put in place, in tasks that were started there as well."""

    async def serve(shutdown: Shutdown) -> None:
        with begun_by_signals(shutdown):
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.01)

    async def main(shutdown: Shutdown) -> None:
        with signals_left_alone():
            task = asyncio.create_task(serve(shutdown))
        await task
        assert not shutdown.begun
        await serve(shutdown)
        assert shutdown.begun

    asyncio.run(main(Shutdown()))
    assert handlers == [signal.SIGTERM] * 2
