"""An application that serves one connection, in a task of its own as on a server."""

import asyncio

from falcon_core.asgi_types import ASGIApp, Receive, Scope, Send
from falcon_core.testing.waiting import Awaited, timeout_error

__all__ = ['RunningApp', 'let_app_run']

# How long an application that was cancelled may take to end.
_CANCEL_GRACE_S = 1.0

# What an application does without waiting for anything takes a few turns of the event loop, not one: tasks that it
# starts, and events that it sets, take one each.
_TURNS = 16


class RunningApp:
    """An application that serves one connection; whoever makes one awaits `finish` or `cancel`.

    Args:
        app: The ASGI application.
        scope: The scope of the connection.
        receive: What gives the application the events of the client.
        send: What takes the application's events.

    Attributes:
        task (asyncio.Task[None]): The task that it runs in.
    """

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self.task: asyncio.Task[None] = asyncio.create_task(_serve(app, scope, receive, send))

    @property
    def failure(self) -> BaseException | None:
        """What the application raised, or None if it raised nothing or has not ended."""
        if not self.task.done() or self.task.cancelled():
            return None
        return self.task.exception()

    async def finish(self, timeout_s: float | None, awaited: Awaited) -> None:
        """Return when the application has ended.

        If the caller is cancelled, so is the application.

        Args:
            timeout_s: For how many seconds to wait before the application is cancelled; None for ever.
            awaited: What is waited for, for the error's text.

        Raises:
            RuntimeError: The application has ended by a cancellation that was its own.
            TimeoutError: The time is over.
            Exception: Whatever the application raised.
        """
        try:
            await self._wait(timeout_s)
            timed_out = not self.task.done()
        finally:
            if not self.task.done():
                await self.cancel()
        if timed_out:
            raise timeout_error(timeout_s, awaited)
        if self.task.cancelled():
            raise RuntimeError('the app ended by a cancellation that was its own')
        self.task.result()

    async def _wait(self, timeout_s: float | None) -> None:
        """Return when the application has ended, or the time is over."""
        # Most wait for nothing, and have ended after a turn of the event loop: that saves a quarter of the time.
        await asyncio.sleep(0)
        if not self.task.done():
            await asyncio.wait({self.task}, timeout=timeout_s)

    async def cancel(self) -> None:
        """Cancel the application, and wait until it has ended, or a second if it does not let itself be cancelled."""
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=_CANCEL_GRACE_S)
        # What is raised in answer to a cancellation nobody asks for; without this, the event loop would complain.
        _ = self.failure


async def let_app_run() -> None:
    """Give an application the turns to do what it does without waiting for anything.

    A client that has seen it accept, or begin to respond, then also sees what follows at once; a client that is about
    to leave lets it say its last words first.
    """
    for _ in range(_TURNS):
        await asyncio.sleep(0)


async def _serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
