"""The types of an ASGI 3.0 application's arguments (ASGI specification, "Applications")."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ['ASGIApp', 'Message', 'Receive', 'Scope', 'Send']

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
