"""Between coroutines and threads."""

from asyncio import create_task, get_running_loop

from falcon_asgi import async_to_sync, runs_sync, sync_to_async, wrap_sync_to_async, wrap_sync_to_async_unsafe

__all__ = [
    'async_to_sync',
    'create_task',
    'get_running_loop',
    'runs_sync',
    'sync_to_async',
    'wrap_sync_to_async',
    'wrap_sync_to_async_unsafe',
]
