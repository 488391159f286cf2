"""What a simulated client asks, made of the arguments of `simulate_request`."""

import json as json_module
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TextIO

from falcon_asgi.testing.request_events import DEFAULT_CHUNK_SIZE, RequestBody
from falcon_asgi.testing.scope import create_scope
from falcon_core.asgi_types import Scope
from falcon_core.constants import MEDIA_JSON, MEDIA_MSGPACK
from falcon_core.parts import media_handler_for
from falcon_core.testing import DEFAULT_HOST, Cookies, Headers, header_pairs, split_target

__all__ = ['SimulatedRequest', 'make_request']


@dataclass(frozen=True, slots=True)
class SimulatedRequest:
    """A request.

    Attributes:
        scope: Its scope.
        body: Its body, or None.
        chunk_size: The size of the pieces in which the body is sent, in bytes.
        disconnect_ttl_s: After how many seconds the client leaves; None to have it wait for the response.
    """

    scope: Scope
    body: RequestBody | None
    chunk_size: int
    disconnect_ttl_s: float | None


def make_request(
    method: str = 'GET',
    path: str = '/',
    query_string: str | None = None,
    headers: Headers | None = None,
    content_type: str | None = None,
    body: RequestBody | None = None,
    json: Any = None,
    file_wrapper: Callable[..., Any] | None = None,
    wsgierrors: TextIO | None = None,
    params: Mapping[str, Any] | None = None,
    params_csv: bool = False,
    protocol: str = 'http',
    host: str = DEFAULT_HOST,
    remote_addr: str | None = None,
    extras: Mapping[str, Any] | None = None,
    http_version: str = '1.1',
    port: int | None = None,
    root_path: str | None = None,
    cookies: Cookies | None = None,
    asgi_chunk_size: int = DEFAULT_CHUNK_SIZE,
    asgi_disconnect_ttl: float | None = None,
    msgpack: Any = None,
) -> SimulatedRequest:
    """Return a request; `simulate_request` explains the arguments.

    Raises:
        MissingDistribution: `msgpack` is given, and falcon-media is not installed.
        TypeError: The body is nothing that can be sent, or a header is no string.
        ValueError: An argument is not what it has to be.
    """
    if not path.startswith('/'):
        raise ValueError(f'received path {path!r}, expected it to begin with a slash')
    path, query_string = split_target(path, query_string, params, params_csv)
    pairs = header_pairs(headers)
    if msgpack is not None:
        body = media_handler_for(MEDIA_MSGPACK, 'msgpack=').serialize(msgpack, MEDIA_MSGPACK)
        content_type = MEDIA_MSGPACK
    elif json is not None:
        body = json_module.dumps(json, ensure_ascii=False)
        content_type = MEDIA_JSON
    if json is not None or msgpack is not None:
        pairs = [pair for pair in pairs if pair[0].lower() != 'content-type']
    if content_type is not None:
        pairs.append(('Content-Type', content_type))
    if isinstance(body, str):
        body = body.encode()
    length = _length(body)
    if body is not None and length is None:
        pairs.append(('Transfer-Encoding', 'chunked'))
    scope = create_scope(
        path=path,
        query_string=query_string,
        method=method,
        headers=pairs,
        host=host,
        scheme=protocol,
        port=port,
        http_version=http_version,
        remote_addr=remote_addr,
        root_path=root_path,
        content_length=length,
        cookies=cookies,
    )
    if extras:
        if 'method' in extras:
            raise ValueError('received a method in extras, expected it as the argument method')
        scope.update(extras)
    return SimulatedRequest(scope, body, asgi_chunk_size, asgi_disconnect_ttl)


def _length(body: RequestBody | None) -> int | None:
    """Return the size of a body that is there in bytes; None of one that is iterated over."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return memoryview(body).nbytes
    if body is not None and not isinstance(body, (Iterable, AsyncIterable)):
        raise TypeError(f'received a body of type {type(body).__name__}, expected text, bytes or an iterable of bytes')
    return None
