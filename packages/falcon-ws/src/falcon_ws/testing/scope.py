"""Scopes of WebSocket handshakes."""

from collections.abc import Iterable
from typing import Any

from falcon_core.testing import DEFAULT_HOST, Cookies, Headers, connection_scope

__all__ = ['create_scope_ws']


def create_scope_ws(
    path: str = '/',
    query_string: str = '',
    headers: Headers | None = None,
    host: str = DEFAULT_HOST,
    scheme: str | None = None,
    port: int | str | None = None,
    http_version: str = '1.1',
    remote_addr: str | None = None,
    root_path: str | None = None,
    include_server: bool = True,
    subprotocols: str | Iterable[str] | None = None,
    spec_version: str = '2.1',
    *,
    cookies: Cookies | None = None,
) -> dict[str, Any]:
    """Return the ASGI scope of a WebSocket handshake, as a server would make it.

    Args:
        path: The path, percent-encoded where it has to be; may be followed by a query string.
        query_string: The query string, without a question mark.
        headers: Headers besides those that a client adds itself: a mapping from name to value, or pairs. `Host` is made
            of `host` and `port`.
        host: The name or address of the server.
        scheme: `ws` or `wss`; None for `ws`.
        port: The port of the server, or None for the scheme's own.
        http_version: `1.0`, `1.1`, `2` or `3`.
        remote_addr: The client's address, or None to leave it out.
        root_path: Where the application is mounted, or None for nowhere.
        include_server: Whether the scope names the server.
        subprotocols: The subprotocols that the client speaks, preferred ones first; text has commas between them.
        spec_version: The version of the ASGI specification that the server speaks. From 2.1 on `accept` takes headers,
            from 2.3 on a connection is closed with a reason.
        cookies: Cookies that the client sends: name to value, or to the `Cookie` of a result.

    Raises:
        TypeError: The name or value of a header is no string.
        ValueError: The query string begins with a question mark or is given twice, or the scheme or version is unknown.
    """
    scope = connection_scope(
        'websocket',
        path,
        query_string,
        headers=headers,
        host=host,
        scheme=scheme or 'ws',
        port=port,
        http_version=http_version,
        remote_addr=remote_addr,
        root_path=root_path,
        include_server=include_server,
        cookies=cookies,
        spec_version=spec_version,
    )
    if subprotocols:
        listed = subprotocols.split(',') if isinstance(subprotocols, str) else subprotocols
        scope['subprotocols'] = [subprotocol.strip() for subprotocol in listed]
    return scope
