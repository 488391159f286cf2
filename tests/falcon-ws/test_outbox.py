import asyncio

import pytest

from event_loop import cancelled, in_loop, turns
from fake_websocket import Client
from falcon_core.asgi_types import Message
from falcon_core.errors import OperationNotAllowed
from falcon_ws._arrival import NOT_ASKED, Arrivals
from falcon_ws.errors import WebSocketClosed, WebSocketDisconnected
from falcon_ws.inbox import Inbox
from falcon_ws.outbox import Outbox
from falcon_ws.states import Lifecycle, State
from foreign_future import ForeignServer

ACCEPT: Message = {'type': 'websocket.accept'}
HELLO: Message = {'type': 'websocket.send', 'text': 'hello'}
CLOSE: Message = {'type': 'websocket.close', 'code': 4000, 'reason': 'done'}
LEAVE: Message = {'type': 'websocket.disconnect', 'code': 4001, 'reason': 'bye'}


class Connection(Client):
    """An outbox, its server and the state they share."""

    def __init__(self, state: State = State.OPEN, *, limit: int = 32) -> None:
        super().__init__()
        self.lifecycle = Lifecycle(state)
        self.inbox = Inbox(Arrivals(self.events.get), self.lifecycle, limit=limit)
        self.outbox = Outbox(self._send, self.lifecycle, self.inbox)

    async def hello(self) -> None:
        await self.outbox.send(HELLO, 'send_text')


@in_loop
async def test_accepting() -> None:
    """The connection is open once the server took the acceptance, not before."""
    connection = Connection(State.CONNECTING)
    connection.flowing.clear()
    accepting = asyncio.create_task(connection.outbox.accept(ACCEPT))
    await turns()
    assert connection.lifecycle.state.name == 'ACCEPTING'
    with pytest.raises(OperationNotAllowed, match='in state ACCEPTING, expected OPEN'):
        await connection.hello()
    with pytest.raises(OperationNotAllowed, match=r'accept\(\) was called in state ACCEPTING, expected CONNECTING'):
        await connection.outbox.accept(ACCEPT)
    connection.flowing.set()
    await accepting
    assert connection.lifecycle.state is State.OPEN
    assert connection.sent == [ACCEPT]


@in_loop
async def test_cancelled_acceptance_can_only_be_closed() -> None:
    """Nobody knows whether the server took an acceptance that was cancelled; nothing but a close follows."""
    connection = Connection(State.CONNECTING)
    connection.flowing.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connection.outbox.accept(ACCEPT), 0.001)
    with pytest.raises(OperationNotAllowed):
        await connection.hello()
    connection.flowing.set()
    await connection.outbox.close(CLOSE)
    assert connection.sent == [CLOSE]


@in_loop
async def test_send_before_accept_is_refused() -> None:
    """Nothing is sent, and nothing read, before the connection is open, however often it is tried."""
    connection = Connection(State.CONNECTING)
    connection.events.put_nowait(LEAVE)
    for _ in range(20):
        with pytest.raises(OperationNotAllowed, match=r'^send_text\(\) was called in state CONNECTING, expected OPEN$'):
            await connection.hello()
    assert connection.events.qsize() == 1
    assert not connection.sent


@in_loop
async def test_slow_server_holds_up_the_sender() -> None:
    """A send is over when the server took the message."""
    connection = Connection()
    connection.flowing.clear()
    sending = asyncio.create_task(connection.hello())
    await turns()
    assert not sending.done()
    connection.flowing.set()
    await sending
    assert connection.sent == [HELLO]


@in_loop
async def test_messages_of_many_tasks_are_whole_and_in_order() -> None:
    """Any number of tasks may send; the messages of each come in its order."""
    connection = Connection()
    texts = [[f'{task}.{number}' for number in range(10)] for task in range(10)]

    async def send_all(own: list[str]) -> None:
        for text in own:
            await connection.outbox.send({'type': 'websocket.send', 'text': text}, 'send_text')
            await asyncio.sleep(0)

    await asyncio.gather(*map(send_all, texts))
    for own in texts:
        assert [message['text'] for message in connection.sent if message['text'] in own] == own
    await connection.inbox.stop()


@pytest.mark.parametrize('failure', [OSError(), ConnectionResetError('reset')])
@pytest.mark.parametrize('state', [State.CONNECTING, State.OPEN])
def test_os_error_is_a_disconnect(failure: Exception, state: State) -> None:
    """What the server does not take because the client left raises WebSocketDisconnected, from the server's error."""

    @in_loop
    async def test() -> None:
        connection = Connection(state)
        connection.failure = failure
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await (connection.hello() if state is State.OPEN else connection.outbox.accept(ACCEPT))
            assert (raised.value.code, raised.value.reason) == (1006, None)
            assert raised.value.__cause__ is failure
            connection.lifecycle.state = state
            connection.lifecycle.grant_credit()
        await connection.inbox.stop()

    test()


@pytest.mark.parametrize('failure', [OSError(), RuntimeError('after websocket.close')])
def test_disconnect_has_the_code_that_the_server_tells(failure: Exception) -> None:
    """Where the server has the disconnect ready, its code and reason are told, and an error of any class means it."""

    @in_loop
    async def test() -> None:
        connection = Connection()
        connection.failure = failure
        connection.events.put_nowait({'type': 'websocket.receive', 'text': 'before'})
        connection.events.put_nowait(LEAVE)
        with pytest.raises(WebSocketDisconnected, match='4001: bye') as raised:
            await connection.hello()
        assert raised.value.__cause__ is failure
        connection.failure = None
        with pytest.raises(WebSocketDisconnected, match='4001: bye'):
            await connection.hello()
        assert not connection.sent
        assert await connection.inbox.next('receive_text', NOT_ASKED) == 'before'

    test()


@in_loop
async def test_server_that_has_closed_by_itself() -> None:
    """A server that says, of whatever is sent, that it has closed means a client that is gone, told or not."""
    connection = Connection()
    connection.failure = RuntimeError("Unexpected ASGI message 'websocket.send', after sending 'websocket.close'.")
    with pytest.raises(WebSocketDisconnected, match='1006') as raised:
        await connection.hello()
    assert raised.value.__cause__ is connection.failure
    closing = Connection()
    closing.failure = connection.failure
    await closing.outbox.close(CLOSE)
    assert closing.lifecycle.state is State.CLOSED
    for inbox in (connection.inbox, closing.inbox):
        await inbox.stop()


@pytest.mark.parametrize('failure', [RuntimeError('broken'), TimeoutError(), ValueError()])
def test_other_errors_go_to_the_caller(failure: Exception) -> None:
    """An error that does not say that the client left, where the server does not say it either, is raised as it is."""

    @in_loop
    async def test() -> None:
        connection = Connection()
        connection.failure = failure
        with pytest.raises(type(failure)) as raised:
            await connection.hello()
        assert raised.value is failure
        assert connection.lifecycle.state is State.OPEN
        connection.failure = None
        await connection.hello()
        await connection.inbox.stop()

    test()


@in_loop
async def test_cancelled_send_leaves_the_connection_open() -> None:
    """A send may be cancelled while the server holds it up; the next one goes through."""
    connection = Connection()
    connection.flowing.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connection.hello(), 0.001)
    connection.flowing.set()
    await connection.hello()
    assert connection.sent == [HELLO]


@in_loop
async def test_send_only_handler_learns_of_the_disconnect() -> None:
    """Who only sends learns that the client left, behind unread messages, on a server that does not raise."""
    connection = Connection()
    connection.events.put_nowait({'type': 'websocket.receive', 'text': 'unread'})
    connection.events.put_nowait(LEAVE)
    for _ in range(8):
        await connection.hello()
    with pytest.raises(WebSocketDisconnected, match='4001: bye'):
        await connection.hello()
    assert len(connection.sent) == 8
    assert await connection.inbox.next('receive_text', NOT_ASKED) == 'unread'


@in_loop
async def test_answers_read_nothing_ahead() -> None:
    """Who answers each message with a few needs no other task, and gets all messages before the disconnect."""
    connection = Connection()
    for _ in range(10):
        connection.events.put_nowait({'type': 'websocket.receive', 'text': 'ask'})
        assert await connection.inbox.next('receive_text', NOT_ASKED) == 'ask'
        for _ in range(8):
            await connection.hello()
        assert len(asyncio.all_tasks()) == 1
    assert len(connection.sent) == 80


@in_loop
async def test_sends_while_a_receive_waits_read_nothing_ahead() -> None:
    """A receive that waits learns of the disconnect for all who send; no other task is needed."""
    connection = Connection()
    waiting = asyncio.ensure_future(connection.inbox.next('receive_text', NOT_ASKED))
    await turns()
    for _ in range(20):
        await connection.hello()
    assert len(asyncio.all_tasks()) == 2
    connection.events.put_nowait(LEAVE)
    with pytest.raises(WebSocketDisconnected):
        await waiting
    with pytest.raises(WebSocketDisconnected):
        await connection.hello()


@pytest.mark.parametrize('state', [State.CONNECTING, State.ACCEPTING, State.OPEN])
def test_closing(state: State) -> None:
    """A connection that is not over is closed once, by the first close; sending is refused after it."""

    @in_loop
    async def test() -> None:
        connection = Connection(state)
        await connection.outbox.close(CLOSE)
        await connection.outbox.close({'type': 'websocket.close', 'code': 1000})
        assert connection.sent == [CLOSE]
        assert connection.lifecycle.state is State.CLOSED
        with pytest.raises(WebSocketClosed, match='in state CLOSED') as raised:
            await connection.hello()
        assert (raised.value.code, raised.value.reason) == (4000, 'done')

    test()


@in_loop
async def test_closing_takes_its_time() -> None:
    """While the server takes the close, the connection is closing, for other tasks too."""
    connection = Connection()
    connection.flowing.clear()
    closing = asyncio.create_task(connection.outbox.close(CLOSE))
    await turns()
    assert connection.lifecycle.state is State.CLOSING
    with pytest.raises(WebSocketClosed, match='in state CLOSING'):
        await connection.hello()
    connection.flowing.set()
    await closing
    assert connection.sent == [CLOSE]


@in_loop
async def test_closing_twice_at_once() -> None:
    """Whoever closes a connection that another task is closing goes on when the close was sent, and sends no other."""
    connection = Connection()
    connection.flowing.clear()
    closings = [asyncio.create_task(connection.outbox.close(CLOSE)) for _ in range(3)]
    await turns()
    assert not any(closing.done() for closing in closings)
    closings.pop().cancel()
    connection.flowing.set()
    await asyncio.gather(*closings)
    assert connection.sent == [CLOSE]


@in_loop
async def test_closing_ends_a_receive_that_waits() -> None:
    """The server is no longer asked when it is given the close; the receive ends once it took that."""
    connection = Connection()
    receiving = asyncio.ensure_future(connection.inbox.next('receive_text', NOT_ASKED))
    await turns()
    connection.flowing.clear()
    closing = asyncio.create_task(connection.outbox.close(CLOSE))
    await turns()
    connection.events.put_nowait(LEAVE)
    await turns()
    assert not connection.events.empty()
    assert not receiving.done()
    connection.flowing.set()
    await closing
    assert connection.sent == [CLOSE]
    with pytest.raises(WebSocketDisconnected, match='4000: done'):
        await receiving


@pytest.mark.parametrize('waits', [True, False])
@in_loop
async def test_closing_cancels_what_another_thread_receives(waits: bool) -> None:
    """A receive that goes on beyond the cancellations of those who wait ends before the close is sent."""
    server = ForeignServer()
    connection = Connection()
    connection.inbox = Inbox(Arrivals(server.receive), connection.lifecycle, limit=32)
    connection.outbox = Outbox(connection._send, connection.lifecycle, connection.inbox)
    receiving = asyncio.ensure_future(connection.inbox.next('receive_text', NOT_ASKED))
    await turns()
    if not waits:
        receiving.cancel()
        await turns()
    asked = server.asked[0]
    assert not asked.cancelled()
    await connection.outbox.close(CLOSE)
    assert asked.cancelled()
    assert connection.sent == [CLOSE]
    with pytest.raises(WebSocketDisconnected if waits else asyncio.CancelledError):
        await receiving
    assert server.calls == 1


@in_loop
async def test_cancelling_a_receive_while_a_close_ends_it() -> None:
    """A cancellation of the receive is not taken for the close's doing, whichever came first."""
    for cancelled_first in (True, False):
        connection = Connection()
        receiving = asyncio.ensure_future(connection.inbox.next('receive_text', NOT_ASKED))
        await turns()
        if cancelled_first:
            receiving.cancel()
        closing = asyncio.create_task(connection.outbox.close(CLOSE))
        await asyncio.sleep(0)
        await cancelled(receiving)
        await closing
        assert connection.sent == [CLOSE]


@in_loop
async def test_send_that_waits_as_another_task_closes() -> None:
    """A message that the server did not take because of a close from here ends with the code of that."""
    connection = Connection()
    connection.flowing.clear()
    sending = asyncio.create_task(connection.hello())
    await turns()
    closing = asyncio.create_task(connection.outbox.close(CLOSE))
    await turns()
    connection.failure = RuntimeError('after websocket.close')
    connection.flowing.set()
    with pytest.raises(WebSocketDisconnected, match='4000: done') as raised:
        await sending
    assert raised.value.__cause__ is connection.failure
    with pytest.raises(RuntimeError):
        await closing


@in_loop
async def test_cancelled_close_is_a_close() -> None:
    """A connection whose close was cancelled is over."""
    connection = Connection()
    await connection.inbox.look()
    connection.flowing.clear()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(connection.outbox.close(CLOSE), 0.001)
    assert connection.lifecycle.state is State.CLOSED
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize('state', [State.LOST, State.LEFT])
def test_closing_after_the_client_left_does_nothing(state: State) -> None:
    """A client that left is sent no close."""

    @in_loop
    async def test() -> None:
        connection = Connection(state)
        await connection.outbox.close(CLOSE)
        assert not connection.sent
        assert connection.lifecycle.state is state

    test()


@in_loop
async def test_closing_as_the_client_leaves_is_no_error() -> None:
    """A close that the server does not take because the client left is a close all the same."""
    connection = Connection()
    connection.failure = ConnectionResetError()
    await connection.outbox.close(CLOSE)
    assert connection.lifecycle.state is State.CLOSED
    other = Connection()
    other.failure = RuntimeError('after websocket.close')
    other.events.put_nowait(LEAVE)
    await other.outbox.close(CLOSE)
    assert other.lifecycle.state is State.CLOSED


@in_loop
async def test_server_that_cannot_close() -> None:
    """Any other error of the server goes to the caller; the connection is over even so."""
    connection = Connection()
    connection.failure = RuntimeError('broken')
    with pytest.raises(RuntimeError, match='broken'):
        await connection.outbox.close(CLOSE)
    assert connection.lifecycle.state is State.CLOSED


@in_loop
async def test_server_that_takes_the_close_codes_of_browsers_only() -> None:
    """The server is given a code that it takes, and the one that was asked for is the connection's."""
    connection = Connection()
    connection.refused_close_codes = range(1001, 3000)
    await connection.outbox.close({'type': 'websocket.close', 'code': 1011})
    assert connection.sent == [{'type': 'websocket.close', 'code': 3011}]
    assert connection.lifecycle.close_code == 1011


@in_loop
async def test_close_ends_reading_ahead() -> None:
    """After a close no task is left."""
    connection = Connection()
    for _ in range(9):
        await connection.hello()
    assert len(asyncio.all_tasks()) == 2
    await connection.outbox.close(CLOSE)
    assert len(asyncio.all_tasks()) == 1


@in_loop
async def test_nothing_is_received_while_the_close_is_sent() -> None:
    """Reading ahead has ended when the close is sent: some servers hold it back for as long as a receive waits."""
    connection = Connection()
    for _ in range(20):
        await connection.hello()
    await turns()
    assert asyncio.all_tasks() != {asyncio.current_task()}
    waiting: list[bool] = []

    async def send(message: Message) -> None:
        waiting.append(asyncio.all_tasks() != {asyncio.current_task()})

    await Outbox(send, connection.lifecycle, connection.inbox).close({'type': 'websocket.close', 'code': 4000})
    assert waiting == [False]
