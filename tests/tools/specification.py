"""The examples of the specification, made into applications; and what its outlines of the interface say.

The examples run as they stand. They leave some names to the reader, a database for one; those are given to them here.
Each application is made when it is first asked for, so that a server can be given `specification:users`.
"""

import ast
import asyncio
import json
import time
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import falcon.asgi
from documents import python_blocks

__all__ = ['EVENTS', 'MIDDLEWARE', 'SOCKETS', 'USERS', 'VALID_TOKEN', 'example', 'outlines']

SPECIFICATION = Path(__file__).parents[2] / 'docs/specification.md'

# The examples, by a line that only one of them has.
USERS = 'class AsyncUserResource:'
SOCKETS = 'class ChatWebSocket:'
EVENTS = 'class EventStreamResource:'
MIDDLEWARE = 'class AsyncLoggingMiddleware:'

VALID_TOKEN = 'Bearer of-good-news'


async def fetch_user_async(user_id: str) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {'id': user_id, 'name': 'Ada'}


async def fetch_all_users_async() -> list[dict[str, Any]]:
    return [await fetch_user_async('1'), await fetch_user_async('2')]


async def create_user_async(user_data: dict[str, Any]) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {'id': '3', **user_data}


async def validate_token_async(token: str) -> str | None:
    await asyncio.sleep(0)
    return 'Ada' if token == VALID_TOKEN else None


class Greeting:
    """A resource for the example of middleware, which has none."""

    async def on_get(self, req: Any, resp: Any) -> None:
        resp.media = {'user': req.context.user}


class Welcoming(set[asyncio.Queue[Any]]):
    """Subscribers of which each is notified at once."""

    def add(self, queue: asyncio.Queue[Any]) -> None:
        super().add(queue)
        queue.put_nowait({'message': 'welcome'})


@cache
def example(first_line: str) -> ModuleType:
    """Return the module that an example makes.

    Args:
        first_line: A line that the example has and no other.
    """
    (block,) = (block for block in python_blocks(SPECIFICATION.read_text()) if first_line in block.code)
    module = ModuleType('example')
    module.__dict__.update(
        app=falcon.asgi.App(),
        create_user_async=create_user_async,
        falcon=falcon,
        fetch_all_users_async=fetch_all_users_async,
        fetch_user_async=fetch_user_async,
        json=json,
        time=time,
        validate_token_async=validate_token_async,
    )
    exec(compile('\n' * (block.line - 1) + block.code, SPECIFICATION, 'exec'), module.__dict__)
    return module


def outlines() -> dict[str, ast.ClassDef]:
    """Return the classes of the blocks that outline the interface, by name."""
    blocks = (block.code for block in python_blocks(SPECIFICATION.read_text()))
    # The outlines write a class with the module it is in, which is no Python.
    trees = [ast.parse(code.replace('class falcon.asgi.', 'class ')) for code in blocks if _is_outline(code)]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


def _is_outline(code: str) -> bool:
    return not any(line in code for line in (USERS, SOCKETS, EVENTS, MIDDLEWARE))


def __getattr__(name: str) -> Any:
    # What a server is asked to serve.
    if name in ('users', 'sockets', 'events', 'middleware'):
        module = example(globals()[name.upper()])
        if name == 'middleware':
            module.app.add_route('/', Greeting())
        elif name == 'events':
            notified = module.NotificationStream()
            notified.subscribers = Welcoming()
            module.app.add_route('/notified', notified)
        return module.app
    raise AttributeError(name)
