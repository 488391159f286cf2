"""Starting and stopping an application as a server does (ASGI specification, "Lifespan Protocol")."""

import asyncio
from collections import deque
from typing import Any, Final

from falcon_asgi.testing.response_events import ASGIResponseEventCollector
from falcon_core.asgi_types import ASGIApp, Message
from falcon_core.signals import signals_left_alone
from falcon_core.testing import RunningApp, within

__all__ = ['DEFAULT_LIFESPAN_TIMEOUT_S', 'Lifespan']

# Much longer than for a response: applications connect to databases and load models when they start.
DEFAULT_LIFESPAN_TIMEOUT_S: Final = 30.0


class Lifespan:
    """The lifespan of an application, from its startup to its shutdown.

    An application that does not take part in it, because it raises or returns at once, is left alone, as servers do.

    Args:
        app: The application.
        timeout_s: For how many seconds to wait for the startup, and again for the shutdown; None for ever.

    Attributes:
        state (dict[str, Any]): What the startup put into the scope's `state`, for the scopes of requests.
    """

    def __init__(self, app: ASGIApp, timeout_s: float | None = DEFAULT_LIFESPAN_TIMEOUT_S) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._timeout_s = timeout_s
        self._collector = ASGIResponseEventCollector()
        self._to_app: deque[Message] = deque([{'type': 'lifespan.startup'}])
        self._stopping = asyncio.Event()
        self._running: RunningApp | None = None

    @property
    def runs(self) -> bool:
        """Whether the application was started, and has not ended."""
        return self._running is not None and not self._running.task.done()

    async def start(self) -> None:
        """Start the application.

        Raises:
            RuntimeError: The application says that its startup failed.
            TimeoutError: It has said nothing for too long.
        """
        scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': self.state}
        with signals_left_alone():
            self._running = RunningApp(self._app, scope, self._receive, self._collector)
        self._running.task.add_done_callback(lambda _: self._collector.progress.tell())
        try:
            await self._wait_until_started()
        except BaseException:
            await self._running.cancel()
            raise
        if self._running.task.done():
            self._running = None

    async def stop(self) -> None:
        """Shut the application down.

        Raises:
            RuntimeError: The application says that its shutdown failed.
            TimeoutError: It has not ended for too long.
        """
        if self._running is None:
            return
        self._stopping.set()
        await self._running.finish(self._timeout_s, 'the app to shut down: process_shutdown or a background task')
        self._check('shutdown')

    async def _receive(self) -> Message:
        if not self._to_app:
            await self._stopping.wait()
            return {'type': 'lifespan.shutdown'}
        return self._to_app.popleft()

    async def _wait_until_started(self) -> None:
        running, collector = self._running, self._collector
        assert running is not None  # set before
        await asyncio.sleep(0)  # most applications need no more than a turn of the event loop
        if not collector.events:
            async with within(self._timeout_s, 'the app to tell that its startup is complete: process_startup'):
                await collector.progress.wait_for(lambda: bool(collector.events) or running.task.done())
        _ = running.failure  # looked at, so that the event loop does not complain that nobody did
        self._check('startup')

    def _check(self, phase: str) -> None:
        for event in self._collector.events:
            if event['type'] == f'lifespan.{phase}.failed':
                message = event.get('message') or 'it gave no message'
                raise RuntimeError(f'the app told lifespan.{phase}.failed: {message}')
