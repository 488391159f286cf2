"""HTTP exchanges with ASGI applications, over scopes made by hand: no server and no client.

It needs nothing but the standard library.

As a program, `python exchanges.py FOLDER`, it reads requests from its standard input and writes the answers to its
standard output, both as JSON, so that the same requests can be had answered in different environments.
"""

import asyncio
import importlib
import json
import mimetypes
import sys
from typing import Any, TypedDict
from urllib.parse import unquote

__all__ = ['Answer', 'Exchange', 'answer', 'main']

_DEADLINE_S = 10.0


class Exchange(TypedDict, total=False):
    """A request. Texts stand for bytes, character by character (Latin-1).

    Attributes:
        app: Where the application is, as `module:attribute`.
        method: The method.
        target: The path and the query string, percent-encoded as clients send them.
        headers: Pairs of a name and a value.
        body: The events of the body; empty for none.
        leaves: True has the client leave instead of finishing its body.
        scope: What replaces or adds to the items of the scope.
    """

    app: str
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: list[str]
    leaves: bool
    scope: dict[str, Any]


class Answer(TypedDict):
    """What came of a request.

    Attributes:
        status: The status code; None without an answer.
        headers: Pairs of a name and a value, in the order sent, Latin-1.
        body: All of the body, Latin-1.
        ended: True if the last event of the body was sent.
        raised: The class name of the exception that the application let out; None for none.
    """

    status: int | None
    headers: list[tuple[str, str]]
    body: str
    ended: bool
    raised: str | None


def _scope(exchange: Exchange) -> dict[str, Any]:
    raw_path, _, query = exchange['target'].partition('?')
    scope = {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.4'},
        'http_version': '1.1',
        'method': exchange['method'],
        'scheme': 'http',
        'path': unquote(raw_path),
        'raw_path': raw_path.encode('latin-1'),
        'query_string': query.encode('latin-1'),
        'root_path': '',
        'headers': [(name.lower().encode('latin-1'), value.encode('latin-1')) for name, value in exchange['headers']],
        'client': ('192.0.2.7', 50000),
        'server': ('server.example', 8080),
    }
    scope.update(exchange.get('scope', {}))
    for name in 'client', 'server':
        if scope[name] is not None:
            scope[name] = tuple(scope[name])
    return {name: value for name, value in scope.items() if value is not None}


async def answer(app: Any, exchange: Exchange) -> Answer:
    """Return what an application answers."""
    chunks = exchange.get('body') or ['']
    leaves = exchange.get('leaves', False)
    incoming: list[dict[str, Any]] = [
        {'type': 'http.request', 'body': chunk.encode('latin-1'), 'more_body': leaves or number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    outgoing: list[dict[str, Any]] = []
    done = asyncio.Event()
    if leaves:
        done.set()

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop(0)
        await done.wait()
        return {'type': 'http.disconnect'}

    async def send(event: dict[str, Any]) -> None:
        outgoing.append(event)
        if event['type'] == 'http.response.body' and not event.get('more_body', False):
            done.set()

    raised = None
    try:
        await asyncio.wait_for(app(_scope(exchange), receive, send), _DEADLINE_S)
    except Exception as error:  # noqa: BLE001 # told of
        raised = type(error).__name__
    starts = [event for event in outgoing if event['type'] == 'http.response.start']
    bodies = [event for event in outgoing if event['type'] == 'http.response.body']
    pairs = [(name, value) for start in starts for name, value in start.get('headers', ())]
    return {
        'status': starts[0]['status'] if starts else None,
        'headers': [(name.decode('latin-1'), value.decode('latin-1')) for name, value in pairs],
        'body': b''.join(event.get('body', b'') for event in bodies).decode('latin-1'),
        'ended': bool(bodies) and not bodies[-1].get('more_body', False),
        'raised': raised,
    }


async def _answers(exchanges: list[Exchange]) -> list[Answer]:
    answers = []
    for exchange in exchanges:
        module, _, attribute = exchange['app'].partition(':')
        answers.append(await answer(getattr(importlib.import_module(module), attribute), exchange))
    return answers


def main() -> None:
    """Answer the requests of the standard input with the applications of the modules in a folder."""
    sys.path.insert(0, sys.argv[1])
    # What a file's media type is taken to be must not depend on the tables of the machine.
    mimetypes.knownfiles.clear()
    json.dump(asyncio.run(_answers(json.load(sys.stdin))), sys.stdout)


if __name__ == '__main__':
    main()
