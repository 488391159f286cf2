"""The messages that wait to be received, and when they are taken from the server.

**When.** While a receive is awaited and nothing waits, the server's `receive` is awaited in the same task; there is no
other. Reading ahead, in a task of its own, serves one purpose: that one who does not receive learns that the client
left. Servers are not bound to say so to one who sends, and those that do may not see it themselves while a message of
the client is unread. Reading ahead begins

- before the ninth time in a row that a message is sent, or `WebSocket.closed` or `WebSocket.ready` read, while nothing
  is received or waited for,
- when a send fails, to find out why.

It ends with the next message that somebody waits for, when `max_receive_queue` messages wait, when the client left, and
when the connection is closed or forgotten. While the queue is full, or with `max_receive_queue` 0, only receiving, or a
server that raises, tells that the client left.

**Order.** Messages come out in the order in which they came in, each once, and all that came before the client left
come before `WebSocketDisconnected`.

**Cancellation.** A cancelled receive changes nothing; `falcon_core.arrivals` says what that asks of a server.

**Closing.** A receive that waits when another task closes the connection ends as soon as the close was sent. Until then
the server's `receive` is cancelled: some servers hold back a close while one waits.

**Rejected messages.** One that could not be decoded, or is not of the type asked for, waits for another kind of
receive. The kinds are `receive_text`, `receive_data`, `receive_json`, `receive_msgpack` and `receive_media`.

| the last message | the next receive of a kind that failed for it | of another kind |
| --- | --- | --- |
| was received | - | goes on to the next message |
| is text, and was rejected | goes on to the next message | `receive_text` gets it, the others try it |
| is binary, and was rejected | goes on to the next message | `receive_data` gets it, the others try it |

Each kind fails at most once for a message, so a loop that skips what it cannot read ends with the messages. A rejected
message is given up when a kind that failed for it has got the next one.
"""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Generator
from typing import Any

from falcon_core.errors import OperationNotAllowed
from falcon_core.streams import TURNS_UNTIL_TOLD, tells_of_disconnect
from falcon_ws._arrival import ARRIVED, NOT_ASKED, Arrival, Arrivals, Interrupted
from falcon_ws.payload import Payload
from falcon_ws.states import ABNORMAL_CLOSURE, Event, Lifecycle, State

__all__ = ['Inbox']

_NO_KINDS: frozenset[str] = frozenset()


class Inbox:
    """The messages of one connection.

    Args:
        arrivals: What comes from the server.
        lifecycle: The state of the connection.
        limit: How many messages may be read ahead.

    Attributes:
        receiving (bool): Whether a receive is waiting.
        closing (asyncio.Future[None] | None): Done as soon as the close was sent that is being sent, if one is.
    """

    __slots__ = (
        '_arrivals',
        '_failed_kinds',
        '_lifecycle',
        '_limit',
        '_queue',
        '_reader',
        '_rejected',
        'closing',
        'receiving',
    )

    def __init__(self, arrivals: Arrivals, lifecycle: Lifecycle, *, limit: int) -> None:
        self._arrivals = arrivals
        self._lifecycle = lifecycle
        self._limit = limit
        # Made when it is needed: it takes more memory than all the rest, and most connections never need it.
        self._queue: deque[Payload] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._rejected: Payload | None = None
        self._failed_kinds = _NO_KINDS
        self.receiving = False
        self.closing: asyncio.Future[None] | None = None

    def next(self, kind: str, arrival: Any) -> Awaitable[Payload]:
        """Return what returns the next message, to be awaited at once; the module's text says which that is.

        Args:
            kind: The name of the method that receives.
            arrival: What a step of the arrivals has given if `Lifecycle.direct` was True; otherwise `NOT_ASKED`.

        Raises:
            OperationNotAllowed: Another receive is waiting, or the state of the connection does not allow it.
            WebSocketDisconnected: The connection is over and nothing waits. Awaiting raises that as well.
        """
        if self.receiving:
            raise OperationNotAllowed(f'{kind}() was called while another receive waits, expected one at a time')
        # A step that has ended the connection, for a message that is too large, still has to send the close.
        if arrival is NOT_ASKED and self._lifecycle.state is not State.OPEN and not self._has_for(kind):
            self._rejected = None
            self._lifecycle.call(Event.RECEIVE, kind)
        if self._rejected is not None and kind not in self._failed_kinds:
            return self._take_rejected()
        return self._next_arrival(arrival)

    async def _take_rejected(self) -> Payload:
        payload, self._rejected = self._rejected, None
        assert payload is not None  # it is only taken where it is
        return payload

    def reject(self, payload: Payload, kind: str) -> None:
        """Take back the message that a receive has just been given, for other kinds of receive."""
        self._rejected = payload
        self._failed_kinds |= {kind}
        self._lifecycle.direct = False

    async def look(self) -> None:
        """See whether the client left, and go on seeing to it.

        Others get a turn: a server that takes messages without waiting would learn of nothing else.
        """
        self._read_ahead()
        await asyncio.sleep(0)

    def begin_to_look(self) -> None:
        """See to it that it is known when the client left, if there is an event loop to do that."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return
        self._read_ahead()

    async def settle(self) -> None:
        """Give the server the chance to say that the client left."""
        self._read_ahead()
        for _ in range(TURNS_UNTIL_TOLD):
            if self._lifecycle.is_over or not (self.receiving or self._is_reading()):
                break
            await asyncio.sleep(0)

    async def begin_closing(self) -> None:
        """Ask the server for nothing more, as a close is about to be sent."""
        self.closing = asyncio.get_running_loop().create_future()
        if self._arrivals.interrupt():
            await asyncio.sleep(0)
        await self.stop()

    def end_closing(self) -> None:
        """Let go on who waits for the close to be sent."""
        if self.closing is not None and not self.closing.done():
            self.closing.set_result(None)

    def close_by(self, sending: Awaitable[None]) -> Awaitable[None]:
        """Return what waits until a close was sent that comes of what was received.

        It is sent by a task of its own: who receives may be cancelled as soon as the connection is over for others.

        Args:
            sending: What sends it.
        """
        self.closing = asyncio.ensure_future(sending)
        return asyncio.shield(self.closing)

    async def until_closed(self) -> None:
        """Wait until the close was sent, if one is being sent."""
        if self.closing is not None and not self.closing.done():
            await asyncio.wait({self.closing})

    async def stop(self) -> None:
        """End reading ahead."""
        reader = self._reader
        if reader is not None and not reader.done():
            reader.cancel()
            await asyncio.wait({reader})
        # Not before it has ended, or another one could begin beside it.
        if self._reader is reader:
            self._reader = None

    def abandon(self) -> None:
        """End reading ahead, from wherever the connection is forgotten."""
        if self._reader is not None and not self._reader.done() and not self._reader.get_loop().is_closed():
            self._reader.cancel()

    def _has_for(self, kind: str) -> bool:
        """Return whether a kind of receive still gets something although the client left."""
        if self._lifecycle.state not in (State.LOST, State.LEFT):
            return False
        return bool(self._queue) or (self._rejected is not None and kind not in self._failed_kinds)

    @types.coroutine
    def _next_arrival(self, arrival: Any) -> Generator[Any, Any, Payload]:
        """Wait for the next message, which nobody has rejected yet."""
        self.receiving = True
        self._lifecycle.direct = False
        payload = self._queue.popleft() if self._queue else None
        try:
            while payload is None and (arrival is not NOT_ASKED or not self._lifecycle.is_over):
                # What has been asked goes on: it may be what waits for the close.
                if self.closing is not None and arrival is NOT_ASKED:
                    yield from self.until_closed()
                elif self._lifecycle.state is State.LOST:
                    yield from self._ask_once_more()
                elif self._reader is not None and not self._reader.done():
                    # Not cancelled with this task, so that what it gets is kept.
                    yield from asyncio.wait({self._reader})
                else:
                    arrival = self._arrivals.begin(arrival)
                    while type(arrival) not in ARRIVED:
                        try:
                            sent = yield arrival
                        except BaseException as thrown:  # noqa: BLE001 # passed on
                            arrival = self._arrivals.throw(thrown, self._keep)
                        else:
                            arrival = self._arrivals.go_on(sent)
                    payload, arrival = self._sort(arrival), NOT_ASKED
                if payload is None and self._queue:
                    payload = self._queue.popleft()
        except Interrupted:
            yield from self.until_closed()
        except OSError as failure:
            self._check_failure(failure)
            raise
        finally:
            self.receiving = False
            if payload is None:
                self._look_for_direct()
        self._rejected = None
        if payload is None:
            raise self._lifecycle.disconnected()
        self._failed_kinds = _NO_KINDS
        self._look_for_direct()
        self._lifecycle.grant_credit()
        return payload

    def _check_failure(self, failure: BaseException) -> None:
        """Raise WebSocketDisconnected if the server could not receive because the client left."""
        if tells_of_disconnect(failure):
            self._lifecycle.note_disconnect(ABNORMAL_CLOSURE, None)
            self._rejected = None
            raise self._lifecycle.disconnected() from failure

    def _look_for_direct(self) -> None:
        self._lifecycle.direct = self._lifecycle.state is State.OPEN and not (
            self.receiving
            or self._queue
            or self._failed_kinds
            or self._reader is not None
            or self._arrivals.waiter is not None
        )

    async def _ask_once_more(self) -> None:
        """Get what the server has of a client that left; do not wait for what may never come."""
        if not self._is_reading():
            self._start()
        await self.settle()
        if not self._queue and not self._lifecycle.is_over:
            self._lifecycle.note_disconnect(ABNORMAL_CLOSURE, None)
            await self.stop()

    def _sort(self, event: Arrival) -> Payload | None:
        """Return the message that has arrived; None if it is none, or none that counts."""
        if isinstance(event, (str, bytes)):
            return event if self._lifecycle.note(Event.MESSAGE) else None
        kind = event['type']
        if kind == 'websocket.receive':
            text: str | None = event.get('text')
            if self._lifecycle.note(Event.MESSAGE):
                return text if text is not None else event.get('bytes') or b''
        elif kind == 'websocket.disconnect':
            self._lifecycle.note_disconnect(event.get('code'), event.get('reason'))
        # Else it is websocket.connect, of which nothing follows: the application accepts when it wants to.
        return None

    def _keep(self, event: Arrival) -> None:
        payload = self._sort(event)
        if payload is not None:
            if self._queue is None:
                self._queue = deque()
            self._queue.append(payload)

    def _is_reading(self) -> bool:
        return self._reader is not None and not self._reader.done()

    def _has_room(self) -> bool:
        return (len(self._queue) if self._queue else 0) < self._limit

    def _read_ahead(self) -> None:
        """Begin to read ahead, unless it is too early or too late."""
        if not (self.receiving or self._is_reading() or self._lifecycle.is_over) and self._has_room():
            self._start()

    def _start(self) -> None:
        self._lifecycle.direct = False
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            while True:
                self._keep(await self._arrivals.next(self._keep))
                if self.receiving or self._lifecycle.is_over or not self._has_room():
                    break
        except Exception as failure:  # noqa: BLE001 # the next receive gets it from the server itself
            if tells_of_disconnect(failure):
                self._lifecycle.note_disconnect(ABNORMAL_CLOSURE, None)
        finally:
            self._reader = None
            self._look_for_direct()
