"""ASGI connection scopes as a server would make them."""

from typing import Any, Final

from falcon_core.testing.client_headers import DEFAULT_HOST, Cookies, Headers, encode_headers
from falcon_core.testing.targets import split_target
from falcon_core.uri import DEFAULT_PORTS, decode

__all__ = ['connection_scope']

_VERSIONS: Final = {'1.0': '1.0', '1': '1.0', '1.1': '1.1', '2': '2', '2.0': '2', '3': '3'}

# The first port of those that clients are given by their systems (RFC 6335, section 6).
_CLIENT_PORT: Final = 49152


def connection_scope(
    scope_type: str,
    path: str = '/',
    query_string: str = '',
    *,
    headers: Headers | None = None,
    host: str = DEFAULT_HOST,
    scheme: str | None = None,
    port: int | str | None = None,
    http_version: str = '1.1',
    remote_addr: str | None = None,
    root_path: str | None = None,
    content_length: int | None = None,
    include_server: bool = True,
    cookies: Cookies | None = None,
    spec_version: str,
) -> dict[str, Any]:
    """Return what the scopes of HTTP exchanges and of WebSocket handshakes have in common.

    Args:
        scope_type: `http` or `websocket`.
        path: The path, percent-encoded where it has to be; may be followed by a query string.
        query_string: The query string, without a question mark.
        headers: Headers that the client sends besides its own.
        host: The name or address of the server.
        scheme: `http`, `https`, `ws` or `wss`; None leaves it out, so that the default of the scope's type counts.
        port: The port of the server, or None for the scheme's own.
        http_version: `1.0`, `1.1`, `2` or `3`.
        remote_addr: The client's address, or None to leave it out.
        root_path: Where the application is mounted, or None for nowhere.
        content_length: The size of the body in bytes, or None.
        include_server: Whether the scope names the server.
        cookies: Cookies that the client sends: name to value.
        spec_version: The version of the ASGI specification that the scope follows.

    Raises:
        TypeError: The name or value of a header is no string.
        ValueError: The query string begins with a question mark or is given twice, or the scheme or version is unknown.
    """
    if scheme is not None and scheme not in DEFAULT_PORTS:
        raise ValueError(f'received scheme {scheme!r}, expected one of {", ".join(DEFAULT_PORTS)}')
    if http_version not in _VERSIONS:
        raise ValueError(f'received http_version {http_version!r}, expected one of {", ".join(_VERSIONS)}')
    http_version = _VERSIONS[http_version]
    own_scheme = scheme or ('ws' if scope_type == 'websocket' else 'http')
    port = DEFAULT_PORTS[own_scheme] if port is None else int(port)
    path, query_string = split_target(path, query_string)
    scope: dict[str, Any] = {
        'type': scope_type,
        'asgi': {'version': '3.0', 'spec_version': spec_version},
        'http_version': http_version,
        'path': decode(path, unquote_plus=False),
        'raw_path': path.encode(),
        'query_string': query_string.encode(),
    }
    if root_path:
        scope['root_path'] = root_path if root_path.startswith('/') else f'/{root_path}'
    if scheme is not None:
        scope['scheme'] = scheme
    if remote_addr is not None:
        scope['client'] = (remote_addr, _CLIENT_PORT)
    if include_server:
        scope['server'] = (host, port)
    scope['headers'] = encode_headers(
        headers,
        host=host,
        port=port,
        scheme=own_scheme,
        http_version=http_version,
        content_length=content_length,
        cookies=cookies,
    )
    return scope
