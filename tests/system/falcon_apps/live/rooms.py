"""Rooms where things are auctioned: who is there, what was said, what is bid."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


class BidTooLow(Exception):
    """A bid is not above the highest one."""

    def __init__(self, amount: int, highest: int) -> None:
        super().__init__(f'bid {amount}, highest {highest}')
        self.amount = amount
        self.highest = highest


class RoomFull(Exception):
    """A room takes nobody more."""


@dataclass(frozen=True)
class Event:
    number: int
    kind: str
    user: str
    value: Any

    def to_dict(self) -> dict[str, Any]:
        return {'number': self.number, 'kind': self.kind, 'user': self.user, 'value': self.value}


@dataclass
class Room:
    """A room: its events, and a queue for everyone who listens."""

    name: str
    limit: int = 3
    highest: int = 0
    leader: str | None = None
    history: deque[Event] = field(default_factory=lambda: deque(maxlen=50))
    listeners: dict[asyncio.Queue[Event | None], str] = field(default_factory=dict)
    count: int = 0

    @asynccontextmanager
    async def listener(self, user: str) -> AsyncIterator[asyncio.Queue[Event | None]]:
        if len(self.listeners) >= self.limit:
            raise RoomFull(self.name)
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self.listeners[queue] = user
        try:
            yield queue
        finally:
            del self.listeners[queue]

    def say(self, user: str, value: Any, kind: str = 'said') -> Event:
        self.count += 1
        event = Event(self.count, kind, user, value)
        self.history.append(event)
        for queue in self.listeners:
            queue.put_nowait(event)
        return event

    def bid(self, user: str, amount: int) -> Event:
        if amount <= self.highest:
            raise BidTooLow(amount, self.highest)
        self.highest, self.leader = amount, user
        return self.say(user, amount, 'bid')

    def since(self, number: int) -> list[Event]:
        return [event for event in self.history if event.number > number]

    def close(self) -> None:
        for queue in self.listeners:
            queue.put_nowait(None)


class House:
    """All rooms."""

    def __init__(self) -> None:
        self.rooms = {name: Room(name) for name in ('hall', 'attic')}
        self.ticks = 0
        self.clock: asyncio.Task[None] | None = None

    async def tick(self) -> None:
        while True:
            self.ticks += 1
            await asyncio.sleep(0.01)

    async def process_startup(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        self.clock = asyncio.create_task(self.tick())

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        for room in self.rooms.values():
            room.close()
        if self.clock is not None:
            self.clock.cancel()
            await asyncio.wait([self.clock])
