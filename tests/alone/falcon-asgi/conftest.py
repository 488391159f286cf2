"""What the tests of falcon-asgi alone share."""

from collections.abc import Callable
from typing import Any

import pytest

Get = Callable[[Any, str], tuple[int, bytes]]


@pytest.fixture
def get(connect: Any) -> Get:
    """A function that gives an application one GET request and returns the status and the body of its response."""

    def run(app: Any, path: str) -> tuple[int, bytes]:
        start, *body = connect(app, {'type': 'http', 'method': 'GET', 'path': path}, {'type': 'http.request'})
        return start['status'], b''.join(part['body'] for part in body)

    return run
