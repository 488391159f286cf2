"""The lifespan of an application: what happens when the server starts and when it stops (ASGI, "Lifespan Protocol")."""

import asyncio
import logging
import traceback
from contextlib import nullcontext

from falcon_asgi.background import BackgroundTasks
from falcon_core.asgi_types import Message, Receive, Scope, Send
from falcon_core.middleware import Hook
from falcon_core.registry import Registry
from falcon_core.signals import begun_by_signals

__all__ = ['serve_lifespan']

_logger = logging.getLogger('falcon')


async def serve_lifespan(
    registry: Registry, background: BackgroundTasks, scope: Scope, receive: Receive, send: Send
) -> None:
    """Run the startup hooks, wait for the server to stop, and run the shutdown hooks in reverse.

    If a startup hook fails, the components that were started before are shut down and the server is told. If a
    shutdown hook fails, the others run nevertheless and the server is told. A hook that awaits a task which it has
    cancelled, and so raises `CancelledError` itself, fails as well; a cancellation of the lifespan passes. A component
    without a startup hook counts as started when its turn comes.

    `registry.shutdown` begins when a signal tells the server to stop (see `falcon_core.signals`), or else with the
    server's word, which comes when all connections have ended.

    Args:
        registry: What the application registered: its startup and shutdown hooks.
        background: Callbacks to wait for before the shutdown hooks run.
        scope: The lifespan scope.
        receive: The ASGI receive callable.
        send: The ASGI send callable.
    """
    event = await receive()
    registry.shutdown.reset()
    started: list[Hook] = []
    for startup, shutdown in registry.middleware.lifespan:
        try:
            if startup is not None:
                await _run(startup, scope, event)
        except Exception:
            _logger.exception('startup failed in %r', startup)
            await _shut_down(started, scope, {'type': 'lifespan.shutdown'})
            await send({'type': 'lifespan.startup.failed', 'message': traceback.format_exc()})
            return
        if shutdown is not None:
            started.append(shutdown)
    registry.prepare_routes()  # after the hooks, which may add routes
    with begun_by_signals(registry.shutdown) if registry.watch_signals else nullcontext():
        await send({'type': 'lifespan.startup.complete'})
        event = await receive()
        registry.shutdown.begin()
        await background.wait()
        failure = await _shut_down(started, scope, event)
    if failure is None:
        await send({'type': 'lifespan.shutdown.complete'})
    else:
        await send({'type': 'lifespan.shutdown.failed', 'message': failure})


async def _shut_down(hooks: list[Hook], scope: Scope, event: Message) -> str | None:
    """Run the hooks, last one first; return the traceback of the first that fails, or None."""
    failure = None
    for hook in reversed(hooks):
        try:
            await _run(hook, scope, event)
        except Exception:
            _logger.exception('shutdown failed in %r', hook)
            failure = failure or traceback.format_exc()
    return failure


async def _run(hook: Hook, scope: Scope, event: Message) -> None:
    try:
        await hook(scope, event)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError(
            f'{hook!r} raised CancelledError, expected it to suppress that of a task it cancelled'
        ) from error
