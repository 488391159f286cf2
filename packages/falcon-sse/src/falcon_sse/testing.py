"""Reading event streams in tests, as they are produced."""

from collections import deque
from collections.abc import AsyncIterable
from typing import Final, Self

from falcon_core.testing import within
from falcon_sse.parser import EventParser, ReceivedEvent

__all__ = ['DEFAULT_TIMEOUT_S', 'EventReader']

# For how many seconds a reader waits for an event.
DEFAULT_TIMEOUT_S: Final = 5.0


class EventReader:
    """The events of a stream, one after the other, as a listener in a browser gets them.

    `async for` gives those up to the end of the stream; `receive` gives the next one, and fails if there is none.

    Args:
        chunks: The bytes of the stream, in pieces of any size: the result of `simulate_get_stream`, an `EventStream`,
            or what a client of a real server gives. After a timeout, the result of `simulate_get_stream` can be read
            further; what comes from an asynchronous generator cannot, because that is closed by it.
        timeout_s: For how many seconds to wait for an event; None for ever.
        last_event_id: The id that the client remembers from a stream before.
    """

    def __init__(
        self,
        chunks: AsyncIterable[bytes],
        *,
        timeout_s: float | None = DEFAULT_TIMEOUT_S,
        last_event_id: str = '',
    ) -> None:
        self._chunks = aiter(chunks)
        self._timeout_s = timeout_s
        self._parser = EventParser(last_event_id)
        self._waiting: deque[ReceivedEvent] = deque()
        self._count = 0

    @property
    def last_event_id(self) -> str:
        """What a client sends as `Last-Event-ID` in order to go on from here."""
        return self._parser.last_event_id

    @property
    def retry(self) -> int | None:
        """After how many milliseconds a client is to come back, if the stream said so."""
        return self._parser.retry

    async def receive(self) -> ReceivedEvent:
        """Return the next event.

        Raises:
            EOFError: The stream has ended.
            TimeoutError: There is none; what the stream has sent besides, such as comments, does not count.
            Exception: Whatever the stream raised.
        """
        try:
            return await anext(self)
        except StopAsyncIteration:
            raise EOFError(f'the event stream ended after {self._count} events, expected one more') from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReceivedEvent:
        async with within(self._timeout_s, lambda: f'event {self._count + 1} of a stream'):
            while not self._waiting:
                self._waiting += self._parser.feed(await anext(self._chunks))
        self._count += 1
        return self._waiting.popleft()
