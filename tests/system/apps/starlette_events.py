"""An event stream within Starlette that learns of the shutdown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from falcon_core.shutdown import Shutdown
from falcon_core.signals import begun_by_signals
from falcon_sse import EventLog, EventStream, SSEvent

log = EventLog(100)
shutdown = Shutdown()


async def farewell(request: Request) -> EventStream:
    return EventStream(log.subscribe(), shutdown=shutdown, last_event=SSEvent('the server stops', 'bye'))


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    shutdown.reset()
    with begun_by_signals(shutdown):
        yield


app = Starlette(routes=[Route('/farewell', farewell)], lifespan=lifespan)
