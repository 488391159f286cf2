import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import cancelled, in_loop, turns
from fake_websocket import FutureServer
from falcon_core.asgi_types import Message
from falcon_core.errors import OperationNotAllowed
from falcon_ws._arrival import NOT_ASKED, Arrivals
from falcon_ws.errors import WebSocketClosed, WebSocketDisconnected
from falcon_ws.inbox import Inbox
from falcon_ws.payload import Payload
from falcon_ws.states import Event, Lifecycle, State
from foreign_future import ForeignServer

KINDS = ['receive_text', 'receive_data', 'receive_json', 'receive_msgpack', 'receive_media']
LEAVE: Message = {'type': 'websocket.disconnect', 'code': 4001, 'reason': 'bye'}


def carrying(payload: Payload) -> Message:
    return {'type': 'websocket.receive', 'text' if isinstance(payload, str) else 'bytes': payload}


class Server(Protocol):
    """What hands out a client's events."""

    calls: int

    def put(self, event: Message) -> None:
        """Have an event come from the client."""

    def receive(self) -> Awaitable[Message]:
        """The ASGI receive callable."""


class QueueServer:
    """A server that hands out events through a queue, as most do."""

    def __init__(self) -> None:
        self.calls = 0
        self._queue: asyncio.Queue[Message] = asyncio.Queue()

    def put(self, event: Message) -> None:
        self._queue.put_nowait(event)

    async def receive(self) -> Message:
        self.calls += 1
        return await self._queue.get()


class FailingServer(QueueServer):
    """A server that fails before it hands out anything."""

    def __init__(self, *failures: Exception, pause: int = 0) -> None:
        super().__init__()
        self._failures = list(failures)
        self._pause = pause

    async def receive(self) -> Message:
        await turns(self._pause)
        if self._failures:
            raise self._failures.pop(0)
        return await super().receive()


class Connection:
    """An inbox, its server and the state they share; open unless told otherwise."""

    def __init__(self, server: Server | None = None, *, limit: int = 32, state: State = State.OPEN) -> None:
        self.server: Server = server or QueueServer()
        self.lifecycle = Lifecycle(state)
        self.arrivals = Arrivals(self.server.receive)
        self.inbox = Inbox(self.arrivals, self.lifecycle, limit=limit)

    def put(self, *payloads: Payload) -> None:
        for payload in payloads:
            self.server.put(carrying(payload))

    def leave(self) -> None:
        self.server.put(LEAVE)

    async def next(self, kind: str) -> Payload:
        """Receive as the methods of a connection do."""
        arrival = self.arrivals.steps.send(None) if self.lifecycle.direct else NOT_ASKED
        if type(arrival) is str or type(arrival) is bytes:
            self.lifecycle.grant_credit()
            return arrival
        return await self.inbox.next(kind, arrival)

    async def text(self) -> Payload:
        return await self.next('receive_text')


@in_loop
async def test_messages_come_in_order_and_before_the_disconnect() -> None:
    """All that came before the client left is received first; then every receive says that it left."""
    connection = Connection()
    connection.put('a', b'b', '', b'')
    connection.leave()
    assert [await connection.text() for _ in range(4)] == ['a', b'b', '', b'']
    for _ in range(2):
        with pytest.raises(WebSocketDisconnected) as raised:
            await connection.text()
        assert (raised.value.code, raised.value.reason) == (4001, 'bye')
    assert connection.server.calls == 5


@in_loop
async def test_plain_receiving_makes_no_task() -> None:
    """While receives and sends alternate, the only task is the caller's, however long a receive waits."""
    connection = Connection()
    tasks = asyncio.all_tasks()

    async def answer() -> None:
        for _ in range(20):
            await connection.text()
            connection.lifecycle.credit -= 1
            assert connection.lifecycle.credit >= 0

    worker = asyncio.create_task(answer())
    for _ in range(20):
        await turns()
        assert asyncio.all_tasks() == {*tasks, worker}
        connection.put('a')
    await worker


@in_loop
async def test_connect_event_is_passed_over() -> None:
    """A `websocket.connect` that nobody took is no message."""
    connection = Connection()
    connection.server.put({'type': 'websocket.connect'})
    connection.put('a')
    assert await connection.text() == 'a'


@pytest.mark.parametrize(
    ('event', 'payload'),
    [
        ({'text': 'a', 'bytes': None}, 'a'),
        ({'text': None, 'bytes': b'a'}, b'a'),
        ({'bytes': b''}, b''),
        ({'text': ''}, ''),
        ({}, b''),
    ],
)
def test_payload_of_an_event(event: Message, payload: Payload) -> None:
    """The absent half of an event may be None or missing; one without both is an empty binary message."""

    @in_loop
    async def test() -> None:
        connection = Connection()
        connection.server.put({'type': 'websocket.receive', **event})
        received = await connection.text()
        assert (type(received), received) == (type(payload), payload)

    test()


@in_loop
async def test_second_receive_is_refused() -> None:
    """Of two receives at once, the second is refused, and the first is not disturbed."""
    connection = Connection()
    first = asyncio.create_task(connection.text())
    await turns()
    with pytest.raises(OperationNotAllowed, match=r'^receive_data\(\) was called while another receive waits'):
        await connection.next('receive_data')
    connection.put('a')
    assert await first == 'a'


@pytest.mark.parametrize('state', [State.CONNECTING, State.ACCEPTING])
def test_receive_before_accept_is_refused(state: State) -> None:
    """Nothing is asked of the server before the connection is open."""

    @in_loop
    async def test() -> None:
        connection = Connection(state=state)
        with pytest.raises(OperationNotAllowed, match=f'in state {state.name}, expected OPEN'):
            await connection.text()
        assert connection.server.calls == 0

    test()


@in_loop
async def test_receive_after_close_is_refused() -> None:
    """After a close from here nothing is received, not even what waits or was rejected."""
    connection = Connection()
    connection.put('a', 'b')
    connection.inbox.reject(await connection.text(), 'receive_json')
    await connection.inbox.settle()
    connection.lifecycle.call_close(1000, None)
    with pytest.raises(WebSocketClosed):
        await connection.text()
    await connection.inbox.stop()


@in_loop
async def test_close_wakes_a_waiting_receive() -> None:
    """A receive that waits when another task closes ends with the server's disconnect, and tells that code."""
    connection = Connection()
    waiting = asyncio.create_task(connection.text())
    await turns()
    connection.lifecycle.call_close(4000, 'done')
    connection.put('late')
    connection.leave()
    with pytest.raises(WebSocketDisconnected) as raised:
        await waiting
    assert (raised.value.code, raised.value.reason) == (4000, 'done')


@pytest.mark.parametrize('make_server', [QueueServer, FutureServer, ForeignServer])
@pytest.mark.parametrize('pause', range(6))
@pytest.mark.parametrize('puts_first', [True, False])
def test_cancelled_receive_loses_nothing(make_server: Callable[[], Server], pause: int, puts_first: bool) -> None:
    """Whenever a receive is cancelled, its message is for the next one, and the disconnect after it too."""

    @in_loop
    async def test() -> None:
        connection = Connection(make_server())
        waiting = asyncio.create_task(connection.text())
        await turns(pause)
        if puts_first:
            connection.put('a')
        waiting.cancel()
        if not puts_first:
            connection.put('a')
        with pytest.raises(asyncio.CancelledError):
            await waiting
        connection.put('b')
        connection.leave()
        assert [await connection.text(), await connection.text()] == ['a', 'b']
        with pytest.raises(WebSocketDisconnected, match='4001'):
            await connection.text()

    test()


@in_loop
async def test_server_that_receives_in_another_thread_is_asked_once() -> None:
    """Its receive goes on when one is cancelled, by whomever it was awaited, and its message is for the next one."""
    server = ForeignServer()
    connection = Connection(server)
    for expected in ('a', 'b'):
        for _ in range(2):
            waiting = asyncio.create_task(connection.text())
            await turns()
            await cancelled(waiting)
            assert not connection.lifecycle.direct
        connection.put(expected)
        assert await connection.text() == expected
        assert connection.lifecycle.direct
    await connection.inbox.look()
    await turns()
    await connection.inbox.stop()
    connection.put('c')
    connection.leave()
    assert await connection.text() == 'c'
    with pytest.raises(WebSocketDisconnected, match='4001'):
        await connection.text()
    assert server.calls == 4


@in_loop
async def test_looking_while_reading_ahead_is_ended_leaves_no_task() -> None:
    """Nobody begins to read ahead beside a reader that has been told to end, of which two could not both be ended."""
    connection = Connection(QueueServer())
    await connection.inbox.look()
    await turns()
    stopping = asyncio.create_task(connection.inbox.stop())
    await asyncio.sleep(0)
    connection.inbox.begin_to_look()
    await stopping
    await connection.inbox.stop()
    assert asyncio.all_tasks() == {asyncio.current_task()}


@in_loop
async def test_disconnect_that_came_with_a_cancellation_is_known() -> None:
    """A disconnect that arrives as its receiver is cancelled is not lost either."""
    connection = Connection(FutureServer())
    waiting = asyncio.create_task(connection.text())
    await turns()
    connection.leave()
    await cancelled(waiting)
    assert connection.lifecycle.state is State.LEFT
    with pytest.raises(WebSocketDisconnected, match='4001'):
        await connection.text()


@pytest.mark.parametrize('make_server', [QueueServer, FutureServer])
def test_timeouts_lose_nothing(make_server: Callable[[], Server]) -> None:
    """Messages that meet the deadlines of `asyncio.timeout` and `wait_for` come once each and in order."""

    @in_loop
    async def test() -> None:
        connection = Connection(make_server())
        loop = asyncio.get_running_loop()
        for number in range(40):
            loop.call_later(number * 0.001, connection.put, str(number))
        received: list[Payload] = []
        while len(received) < 40:
            try:
                if len(received) % 2:
                    async with asyncio.timeout(0.001):
                        received.append(await connection.text())
                else:
                    received.append(await asyncio.wait_for(connection.text(), 0.001))
            except TimeoutError:
                pass
        assert received == [str(number) for number in range(40)]

    test()


@in_loop
async def test_error_of_the_server_goes_to_the_caller() -> None:
    """What a server's receive raises is raised, and the next receive asks again."""
    connection = Connection(FailingServer(RuntimeError('broken'), TimeoutError()))
    connection.put('a')
    with pytest.raises(RuntimeError, match='broken'):
        await connection.text()
    with pytest.raises(TimeoutError):
        await connection.text()
    assert await connection.text() == 'a'


@in_loop
async def test_os_error_of_the_server_is_a_disconnect() -> None:
    """A server that fails to receive because the client left means just that, by 1006."""
    for pause in (0, 1):
        connection = Connection(FailingServer(ConnectionResetError('reset'), pause=pause))
        with pytest.raises(WebSocketDisconnected) as raised:
            await connection.text()
        assert raised.value.code == 1006
        assert isinstance(raised.value.__cause__, ConnectionResetError)
        assert connection.lifecycle.state.name == 'LEFT'


# Rejected messages.


@in_loop
async def test_rejected_message_goes_to_another_kind() -> None:
    """What one kind of receive rejected is what another kind gets next, without asking the server."""
    connection = Connection()
    connection.put('bad', 'next')
    connection.inbox.reject(await connection.next('receive_json'), 'receive_json')
    assert await connection.next('receive_text') == 'bad'
    assert connection.server.calls == 1
    assert await connection.next('receive_json') == 'next'


@in_loop
async def test_kind_that_failed_goes_on() -> None:
    """A kind that rejected a message gets the following one, so a loop that skips ends with the messages."""
    connection = Connection()
    connection.put('1', '2', '3')
    connection.leave()
    skipped = []
    for _ in range(3):
        skipped.append(await connection.next('receive_json'))
        connection.inbox.reject(skipped[-1], 'receive_json')
    with pytest.raises(WebSocketDisconnected):
        await connection.next('receive_json')
    assert skipped == ['1', '2', '3']


@in_loop
async def test_each_kind_fails_once_for_a_message() -> None:
    """A message that several kinds rejected is still there for the others, and for none of those."""
    connection = Connection()
    connection.put('bad', 'next')
    for kind in KINDS[1:]:
        payload = await connection.next(kind)
        assert payload == 'bad'
        connection.inbox.reject(payload, kind)
    assert await connection.next('receive_text') == 'bad'
    assert await connection.next('receive_text') == 'next'


@in_loop
async def test_cancelled_receive_does_not_give_up_a_rejected_message() -> None:
    """The message is given up with the next one, not by waiting for that."""
    connection = Connection()
    connection.put('bad')
    connection.inbox.reject(await connection.next('receive_json'), 'receive_json')
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connection.next('receive_json'), 0.001)
    assert await connection.next('receive_text') == 'bad'


@in_loop
async def test_rejected_message_comes_before_the_disconnect() -> None:
    """The client may have left meanwhile; once a receive has said so, nothing comes any more."""
    connection = Connection()
    connection.put('bad', 'worse')
    connection.leave()
    connection.inbox.reject(await connection.next('receive_json'), 'receive_json')
    await connection.inbox.settle()
    assert connection.lifecycle.state is State.LEFT
    assert await connection.next('receive_text') == 'bad'
    connection.inbox.reject(await connection.next('receive_json'), 'receive_json')
    with pytest.raises(WebSocketDisconnected):
        await connection.next('receive_json')
    with pytest.raises(WebSocketDisconnected):
        await connection.next('receive_text')


# Reading ahead.


@in_loop
async def test_look_finds_the_disconnect_behind_messages() -> None:
    """Looking reads what is there, and keeps the messages for later."""
    connection = Connection()
    connection.put('a', b'b')
    connection.leave()
    await connection.inbox.look()
    assert connection.lifecycle.state is State.LEFT
    assert [await connection.text(), await connection.text()] == ['a', b'b']
    with pytest.raises(WebSocketDisconnected, match='4001'):
        await connection.text()


@in_loop
async def test_checks_before_looking() -> None:
    """Eight checks are free, and eight again after each message, however it comes."""
    connection = Connection()
    assert connection.lifecycle.credit == 8
    for pause in (0, 1):
        connection.lifecycle.credit = 0
        waiting = asyncio.create_task(connection.text())
        await turns(pause)
        connection.put('a')
        await waiting
        assert connection.lifecycle.credit == 8


@in_loop
async def test_reading_ahead_stops_at_the_limit() -> None:
    """No more than the limit waits here; the rest stays with the server, and nothing is lost."""
    connection = Connection(limit=3)
    connection.put(*'abcdef')
    connection.leave()
    await connection.inbox.look()
    await turns()
    assert connection.server.calls == 3
    await connection.inbox.look()
    assert connection.server.calls == 3
    assert connection.lifecycle.state is State.OPEN
    assert [await connection.text() for _ in range(6)] == list('abcdef')
    with pytest.raises(WebSocketDisconnected):
        await connection.text()


@in_loop
async def test_limit_of_zero_reads_nothing_ahead() -> None:
    """With a limit of 0 only receiving asks the server."""
    connection = Connection(limit=0)
    connection.put('a')
    connection.leave()
    for _ in range(40):
        await connection.inbox.look()
        connection.inbox.begin_to_look()
        await connection.inbox.settle()
    assert connection.server.calls == 0
    assert await connection.text() == 'a'


@in_loop
async def test_receive_takes_over_from_reading_ahead() -> None:
    """A receive gets what the reading task gets, which then ends: from there on it is the caller who waits."""
    connection = Connection()
    await connection.inbox.look()
    assert len(asyncio.all_tasks()) == 2
    waiting = asyncio.create_task(connection.text())
    await turns()
    connection.put('a', 'b')
    assert await waiting == 'a'
    await turns()
    assert len(asyncio.all_tasks()) == 1
    assert await connection.text() == 'b'


@in_loop
async def test_cancelled_receive_leaves_reading_ahead_alone() -> None:
    """A receive that waits for the reading task and is cancelled does not cancel that."""
    connection = Connection()
    await connection.inbox.look()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.text(), 0.001)
    assert connection.server.calls == 1
    connection.put('a')
    await turns()
    assert await connection.text() == 'a'
    await connection.inbox.stop()


@in_loop
async def test_connect_event_ends_no_wait_for_reading_ahead() -> None:
    """A receive that waits for the reading task goes on by itself if that got no message."""
    connection = Connection()
    await connection.inbox.look()
    waiting = asyncio.create_task(connection.text())
    await turns()
    connection.server.put({'type': 'websocket.connect'})
    await turns()
    connection.put('a')
    assert await waiting == 'a'


@in_loop
async def test_stop_ends_reading_ahead() -> None:
    """After stop no task is left, and what was read is still there; stopping again does nothing."""
    connection = Connection(FutureServer())
    connection.put('a')
    await connection.inbox.look()
    await connection.inbox.stop()
    assert len(asyncio.all_tasks()) == 1
    await connection.inbox.stop()
    connection.put('b')
    assert [await connection.text(), await connection.text()] == ['a', 'b']


@in_loop
async def test_abandoned_inbox_leaves_no_task() -> None:
    """Reading ahead ends soon after the inbox was abandoned."""
    connection = Connection()
    connection.inbox.abandon()
    await connection.inbox.look()
    connection.inbox.abandon()
    await turns()
    assert len(asyncio.all_tasks()) == 1
    connection.inbox.abandon()


def test_abandoning_after_the_loop_was_closed() -> None:
    """An inbox that outlives its event loop can be abandoned without an error."""
    loop = asyncio.new_event_loop()

    async def begin() -> Connection:
        connection = Connection(FutureServer())
        await connection.inbox.look()
        return connection

    connection = loop.run_until_complete(begin())
    tasks = asyncio.all_tasks(loop)
    loop.close()
    connection.inbox.abandon()
    for task in tasks:
        # That the loop was closed too early is this test's doing and not to be complained of.
        task._log_destroy_pending = False  # type: ignore[attr-defined] # a private attribute, for want of a public one


@in_loop
async def test_beginning_to_look_needs_no_awaiting() -> None:
    """The disconnect is known some turns later, however often it was begun to look for it."""
    connection = Connection()
    connection.put('a')
    connection.leave()
    for _ in range(3):
        connection.inbox.begin_to_look()
    await turns()
    assert connection.lifecycle.state is State.LEFT
    assert connection.server.calls == 2
    assert await connection.text() == 'a'


def test_beginning_to_look_outside_of_the_event_loop_does_nothing() -> None:
    """The state can be read from anywhere."""

    async def make() -> Connection:
        return Connection()

    connection = asyncio.run(make())
    connection.inbox.begin_to_look()
    assert connection.server.calls == 0


@pytest.mark.parametrize('failure', [RuntimeError('broken'), ConnectionResetError(), TimeoutError()])
def test_failing_server_ends_reading_ahead(failure: Exception) -> None:
    """An error that reading ahead meets is left to the next receive, unless it says that the client left."""

    @in_loop
    async def test() -> None:
        connection = Connection(FailingServer(failure, failure))
        await connection.inbox.look()
        left = isinstance(failure, ConnectionResetError)
        assert connection.lifecycle.state is (State.LEFT if left else State.OPEN)
        with pytest.raises(WebSocketDisconnected if left else type(failure)):
            await connection.text()

    test()


# A send that failed.


@in_loop
async def test_settle_finds_code_and_reason() -> None:
    """After a send failed, the server is asked why; messages before that are kept."""
    connection = Connection()
    connection.put('a')
    connection.leave()
    connection.lifecycle.note(Event.SEND_FAILED)
    await connection.inbox.settle()
    assert str(connection.lifecycle.disconnected()).endswith('4001: bye')
    assert await connection.text() == 'a'


@in_loop
async def test_settle_lets_a_waiting_receive_find_out() -> None:
    """Where a receive waits, it is that which learns why; the server is not asked twice."""
    connection = Connection()
    waiting = asyncio.create_task(connection.text())
    await turns()
    connection.leave()
    await connection.inbox.settle()
    assert connection.lifecycle.state is State.LEFT
    assert connection.server.calls == 1
    with pytest.raises(WebSocketDisconnected):
        await waiting


@in_loop
async def test_settle_does_not_wait_for_what_may_never_come() -> None:
    """A server that does not say why at once is not waited for."""
    connection = Connection()
    await connection.inbox.settle()
    assert connection.lifecycle.state is State.OPEN
    await connection.inbox.stop()


@pytest.mark.parametrize('limit', [0, 32])
def test_messages_before_a_failed_send_are_delivered(limit: int) -> None:
    """A failed send does not cut off what came before; that is so without reading ahead, too."""

    @in_loop
    async def test() -> None:
        connection = Connection(limit=limit)
        connection.put('a', 'b')
        connection.leave()
        connection.lifecycle.note(Event.SEND_FAILED)
        assert [await connection.text(), await connection.text()] == ['a', 'b']
        with pytest.raises(WebSocketDisconnected, match='4001: bye'):
            await connection.text()

    test()


@in_loop
async def test_silent_server_does_not_hold_up_a_receive_after_a_failed_send() -> None:
    """A server that says nothing more of a client that left is not waited for; the code is then 1006."""
    connection = Connection()
    connection.lifecycle.note(Event.SEND_FAILED)
    for _ in range(2):
        with pytest.raises(WebSocketDisconnected, match='1006'):
            await connection.text()
    assert connection.lifecycle.state is State.LEFT


@in_loop
async def test_receive_after_a_failed_send_uses_the_reading_task() -> None:
    """A receive does not ask a server that the reading task is asking."""
    connection = Connection()
    await connection.inbox.look()
    connection.lifecycle.note(Event.SEND_FAILED)
    waiting = asyncio.create_task(connection.text())
    await asyncio.sleep(0)
    connection.put('a')
    assert await waiting == 'a'
    assert connection.server.calls == 1


@in_loop
async def test_rejected_message_outlasts_a_failed_send() -> None:
    """What one kind of receive has rejected waits for another, also if the answer to it found the client gone."""
    connection = Connection()
    connection.put('a')
    payload = await connection.text()
    connection.inbox.reject(payload, 'receive_text')
    connection.lifecycle.note(Event.SEND_FAILED)
    await connection.inbox.settle()
    assert connection.lifecycle.state is State.LOST
    assert await connection.next('receive_json') == 'a'
    with pytest.raises(WebSocketDisconnected, match='1006'):
        await connection.text()


# Any order of things.

STEPS = st.one_of(
    st.tuples(st.just('put'), st.booleans()),
    st.tuples(st.just('receive'), st.sampled_from(KINDS), st.booleans()),
    st.tuples(st.just('cancel'), st.sampled_from(KINDS), st.integers(0, 4), st.integers(0, 3)),
    st.tuples(st.sampled_from(['look', 'begin_to_look', 'settle', 'stop', 'turn', 'lose', 'leave'])),
)


class Model:
    """What is to be received: the rules of the module's text, in their simplest form."""

    def __init__(self) -> None:
        self.waiting: list[Payload] = []
        self.rejected: Payload | None = None
        self.failed: set[str] = set()
        self.left = False

    def next(self, kind: str) -> Payload | None:
        """Return the next message; None if there is none."""
        if self.rejected is not None and kind not in self.failed:
            payload, self.rejected = self.rejected, None
            return payload
        if self.waiting:
            self.rejected, self.failed = None, set()
            return self.waiting.pop(0)
        if self.left:
            self.rejected = None
        return None


class Run:
    """One run of steps, on a connection and on the model."""

    def __init__(self, server: Server, limit: int) -> None:
        self.connection = Connection(server, limit=limit)
        self.model = Model()
        self.numbers = 0

    def put(self, is_text: bool) -> None:
        if not self.model.left:
            self.numbers += 1
            payload: Payload = str(self.numbers) if is_text else str(self.numbers).encode()
            self.connection.put(payload)
            self.model.waiting.append(payload)

    def leave(self) -> None:
        self.connection.leave()
        self.model.left = True

    async def receive(self, kind: str, accepted: bool) -> None:
        waiting = asyncio.create_task(self.connection.next(kind))
        await turns(24)
        expected = self.model.next(kind)
        if expected is None and not self.model.left:
            assert not waiting.done()
            await cancelled(waiting)
        elif expected is None:
            with pytest.raises(WebSocketDisconnected):
                await waiting
        else:
            assert await waiting == expected
            if not accepted:
                self.connection.inbox.reject(expected, kind)
                self.model.rejected = expected
                self.model.failed.add(kind)

    async def cancel(self, kind: str, before: int, after: int) -> None:
        """Have a message come in while a receive is being cancelled."""
        waiting = asyncio.create_task(self.connection.next(kind))
        await turns(before)
        self.put(is_text=True)
        await turns(after)
        waiting.cancel()
        try:
            payload = await waiting
        except asyncio.CancelledError:
            return
        except WebSocketDisconnected:
            payload = None
        assert payload == self.model.next(kind)

    async def step(self, name: str, *arguments: Any) -> None:
        inbox = self.connection.inbox
        if name == 'put':
            self.put(*arguments)
        elif name == 'leave':
            self.leave()
        elif name == 'lose':
            # A server that refuses to send has what is left of the client ready.
            self.leave()
            self.connection.lifecycle.note(Event.SEND_FAILED)
        elif name == 'begin_to_look':
            inbox.begin_to_look()
        elif name == 'turn':
            await asyncio.sleep(0)
        elif name in ('look', 'settle', 'stop'):
            await getattr(inbox, name)()
        else:
            await getattr(self, name)(*arguments)

    async def finish(self) -> None:
        """Receive all that is left, in order."""
        self.leave()
        while (expected := self.model.next('receive_text')) is not None:
            assert await self.connection.text() == expected
        with pytest.raises(WebSocketDisconnected):
            await self.connection.text()


@given(
    steps=st.lists(STEPS, max_size=25),
    limit=st.integers(0, 3),
    make_server=st.sampled_from([QueueServer, FutureServer]),
)
def test_any_order_of_things(steps: list[tuple[Any, ...]], limit: int, make_server: Callable[[], Server]) -> None:
    """Whatever is done and whatever comes, each message is received once and in order, and no task is left."""

    @in_loop
    async def test() -> None:
        run = Run(make_server(), limit)
        for step in steps:
            await run.step(*step)
        await run.finish()

    test()


@in_loop
async def test_receive_ends_when_another_task_has_closed() -> None:
    """A receive that waits for the server, or for the task that reads ahead, ends when the close was sent."""
    for ahead in (False, True):
        connection = Connection()
        if ahead:
            await connection.inbox.look()
        receiving = asyncio.create_task(connection.text())
        await turns()
        connection.lifecycle.call_close(4000, 'done')
        await connection.inbox.begin_closing()
        connection.put('a')
        await turns()
        assert not receiving.done()
        connection.lifecycle.note(Event.CLOSE_SENT)
        connection.inbox.end_closing()
        with pytest.raises(WebSocketDisconnected, match='4000: done'):
            await receiving
        await connection.inbox.until_closed()


@in_loop
async def test_waiting_for_no_close() -> None:
    """Where nothing is being closed, there is nothing to wait for, and nothing to end."""
    connection = Connection()
    await connection.inbox.until_closed()
    connection.inbox.end_closing()


@in_loop
async def test_message_of_an_event_that_is_delivered_at_once() -> None:
    """A message whose payload is of a type of its own is received as any other."""

    class Text(str):
        pass

    connection = Connection()
    connection.put(Text('a'), 'b')
    connection.server.put({'type': 'websocket.receive', 'bytes': bytearray(b'c')})
    assert [await connection.text() for _ in range(3)] == ['a', 'b', bytearray(b'c')]
