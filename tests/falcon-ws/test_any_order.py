"""Anything that applications, clients and servers do, in any order, against a model of what may come of it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fake_websocket import FutureServer
from falcon_core.asgi_types import Message
from falcon_core.errors import OperationNotAllowed
from falcon_ws.errors import PayloadTypeError, WebSocketDisconnected
from falcon_ws.options import WebSocketOptions
from falcon_ws.states import ReadyState
from falcon_ws.websocket import WebSocket

Kind = Literal['receive_text', 'receive_data', '__anext__']

KINDS = st.sampled_from(['receive_text', 'receive_data', '__anext__'])
PAYLOADS = st.one_of(st.text('ab', max_size=2), st.binary(max_size=2))

LEAVE: Message = {'type': 'websocket.disconnect', 'code': 4001}

# More than anything here takes that waits for nothing but others.
ENOUGH_TURNS = 40


def fits(payload: str | bytes, kind: Kind) -> bool:
    return kind == '__anext__' or isinstance(payload, str) == (kind == 'receive_text')


class Server(FutureServer):
    """A server that holds up what it is told to.

    Attributes:
        sent: What it has taken from the application.
        failure: What it raises for whatever is sent; None to take it.
        flowing: Whether it takes anything at once.
    """

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.sent: list[Message] = []
        self.failure: Exception | None = None
        self.flowing = asyncio.Event()
        self._pauses = pauses

    async def receive(self) -> Message:
        for _ in range(self._pauses):
            await asyncio.sleep(0)
        return await super().receive()

    async def send(self, message: Message) -> None:
        await self.flowing.wait()
        if self.failure is not None:
            raise self.failure
        assert not self.sent or self.sent[-1]['type'] != 'websocket.close', 'something was sent after the close'
        if message['type'] == 'websocket.close':
            assert not self.asked, 'a receive waits while the close is sent'
        self.sent.append(message)


class AnyOrder(RuleBasedStateMachine):
    """A connection, its client and its server; the model is which messages are still to be received, and by whom."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.complaints: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(context))
        self.server: Server
        self.ws: WebSocket
        # What the client sent and nobody has received, and what was rejected since, by which kinds of receive.
        self.unread: list[str | bytes] = []
        self.rejected: str | bytes | None = None
        self.failed_kinds: set[Kind] = set()
        self.lasting = False
        self.client_there = True
        self.silent = False
        self.ended_here = False
        self.receiving: tuple[Kind, asyncio.Task[Any]] | None = None
        self.others: list[asyncio.Task[Any]] = []
        self.number_sent = 0

    @initialize(
        limit=st.integers(0, 3),
        pauses=st.integers(0, 1),
        deniable=st.booleans(),
        accepted=st.booleans(),
        lasting=st.booleans(),
    )
    def connect(self, limit: int, pauses: int, deniable: bool, accepted: bool, lasting: bool) -> None:
        # One that anything may end hardly ever lasts for long.
        self.lasting = lasting

        async def make() -> None:
            self.server = Server(pauses)
            self.server.flowing.set()
            scope: dict[str, Any] = {'type': 'websocket', 'path': '/', 'asgi': {'spec_version': '2.4'}}
            if deniable:
                scope['extensions'] = {'websocket.http.response': {}}
            options = WebSocketOptions(max_receive_queue=limit)
            self.ws = WebSocket(scope, self.server.receive, self.server.send, options=options)
            if accepted:
                await self.ws.accept()

        self.loop.run_until_complete(make())

    # What the application does.

    @rule()
    def accept(self) -> None:
        self.begin(self.ws.accept())

    @precondition(lambda self: not self.lasting)
    @rule()
    def deny(self) -> None:
        self.ended_here |= self.ws.unaccepted and self.client_there
        self.begin(self.ws.deny())

    @precondition(lambda self: not self.lasting)
    @rule(code=st.sampled_from([1000, 4000]))
    def close(self, code: int) -> None:
        self.ended_here = True
        self.begin(self.ws.close(code))

    @rule(times=st.integers(1, 10))
    def send(self, times: int) -> None:
        async def send_several() -> None:
            for _ in range(times):
                self.number_sent += 1
                await self.ws.send_text(str(self.number_sent))

        self.begin(send_several())

    @rule(times=st.integers(1, 10))
    def look(self, times: int) -> None:
        async def look_often() -> None:
            for _ in range(times):
                assert not (self.ws.ready and self.ws.closed)

        self.loop.run_until_complete(look_often())

    @rule(kind=KINDS)
    def receive(self, kind: Kind) -> None:
        task = self.loop.create_task(getattr(self.ws, kind)())
        self.run(1)
        if self.receiving is None:
            self.receiving = (kind, task)
        else:
            # The one that was first may just have ended, with this one in its place.
            self.settle_receive()
            if self.receiving is None and not task.done():
                self.receiving = (kind, task)
            elif task.done() and isinstance(task.exception(), (OperationNotAllowed, WebSocketDisconnected)):
                pass
            else:
                self.receiving = (kind, task)
        self.settle()

    @precondition(lambda self: self.receiving is not None)
    @rule(turns=st.integers(0, 2))
    def cancel_receive(self, turns: int) -> None:
        assert self.receiving is not None
        task = self.receiving[1]
        if turns:
            self.run(turns)
        task.cancel()
        self.run(ENOUGH_TURNS)

    @precondition(lambda self: self.others)
    @rule(data=st.data())
    def cancel_another(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.others)).cancel()

    # What client and server do.

    @precondition(lambda self: self.client_there)
    @rule(payload=PAYLOADS)
    def message(self, payload: str | bytes) -> None:
        # One that comes before the connection was accepted is no server's doing.
        if self.ws.ready_state is ReadyState.OPEN:
            self.unread.append(payload)
            self.server.put({'type': 'websocket.receive', 'text' if isinstance(payload, str) else 'bytes': payload})

    @precondition(lambda self: self.client_there and not self.lasting)
    @rule(says_so=st.booleans(), fails=st.booleans())
    def leave(self, says_so: bool, fails: bool) -> None:
        self.client_there = False
        if fails or not says_so:
            self.server.failure = OSError('gone')
        self.silent = not says_so
        if says_so:
            self.server.put(LEAVE)

    @rule()
    def hold_up(self) -> None:
        self.server.flowing.clear()

    @rule()
    def flow(self) -> None:
        self.server.flowing.set()

    @rule(turns=st.integers(0, 5))
    def pass_time(self, turns: int) -> None:
        self.run(turns)

    # What may come of it.

    @invariant()
    def no_task_but_one_is_made(self) -> None:
        own = {task for task in (*self.others, self.receiving and self.receiving[1]) if task and not task.done()}
        assert len(asyncio.all_tasks(self.loop) - own) <= 1

    @invariant()
    def nothing_is_complained_of(self) -> None:
        assert self.complaints == []

    def teardown(self) -> None:
        if hasattr(self, 'ws'):
            self.server.flowing.set()
            self.run(ENOUGH_TURNS)
            if self.ws.unaccepted and self.client_there:
                # Refused after one that was cancelled, of which nobody knows whether the server took it.
                with suppress(OperationNotAllowed):
                    self.complete(self.ws.accept())
            if self.client_there:
                self.leave(says_so=True, fails=False)
            elif self.silent:
                self.server.put(LEAVE)
            self.run(ENOUGH_TURNS)
            self.receive_what_is_left()
            self.complete(self.ws.close())
            assert self.others == []
            self.complete(self.ws._release())
            assert not asyncio.all_tasks(self.loop)
            texts = [int(message['text']) for message in self.server.sent if message['type'] == 'websocket.send']
            assert len(set(texts)) == len(texts)
        self.loop.close()
        assert self.complaints == []

    def receive_what_is_left(self) -> None:
        if self.ended_here or self.ws.unaccepted:
            return
        for _ in range(len(self.unread) + 2):
            if not self.unread and self.rejected is None and self.receiving is None:
                break
            self.receive('__anext__')
            self.run(ENOUGH_TURNS)
        assert (self.unread, self.rejected, self.receiving) == ([], None, None)
        with pytest.raises(WebSocketDisconnected):
            self.complete(self.ws.receive_text())

    def complete(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run what must not wait for anything."""
        task = self.loop.create_task(coroutine)
        self.run(ENOUGH_TURNS)
        assert task.done()
        task.result()

    def begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self.others.append(self.loop.create_task(coroutine))

    def run(self, turns: int) -> None:
        async def pass_turns() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.loop.run_until_complete(pass_turns())
        self.settle()

    def settle(self) -> None:
        """Hold what has ended to the model."""
        self.settle_receive()
        for task in [task for task in self.others if task.done()]:
            self.others.remove(task)
            if not task.cancelled():
                failure = task.exception()
                assert failure is None or isinstance(failure, (OperationNotAllowed, WebSocketDisconnected))

    def settle_receive(self) -> None:
        if self.receiving is None or not self.receiving[1].done():
            return
        (kind, task), self.receiving = self.receiving, None
        failure = None if task.cancelled() else task.exception()
        if task.cancelled() or isinstance(failure, OperationNotAllowed):
            return
        if isinstance(failure, (WebSocketDisconnected, StopAsyncIteration)):
            assert self.ended_here or (not self.client_there and not self.unread)
            # Whoever asked for what comes after it gave it up.
            assert self.ended_here or self.rejected is None or kind in self.failed_kinds
            self.rejected = None
            return
        again = self.rejected is not None and kind not in self.failed_kinds
        if not again:
            self.rejected, self.failed_kinds = self.unread.pop(0), set()
        assert self.rejected is not None
        if fits(self.rejected, kind):
            assert failure is None
            assert task.result() == self.rejected
            self.rejected = None
        else:
            assert isinstance(failure, PayloadTypeError)
            self.failed_kinds.add(kind)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=settings().max_examples * 2, stateful_step_count=40)
