"""Scopes of HTTP requests, and request objects made of them."""

from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.testing.request_events import ASGIRequestEventEmitter
from falcon_core.options import RequestOptions
from falcon_core.testing import DEFAULT_HOST, Cookies, Headers, connection_scope

__all__ = ['create_asgi_req', 'create_scope']

# The one that Falcon's test suites were written against.
_SPEC_VERSION = '2.1'


def create_scope(
    path: str = '/',
    query_string: str = '',
    method: str = 'GET',
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
) -> dict[str, Any]:
    """Return the ASGI scope of an HTTP request, as a server would make it.

    Args:
        path: The path, percent-encoded where it has to be; may be followed by a query string.
        query_string: The query string, without a question mark.
        method: The method, in any case.
        headers: Headers besides those that a client adds itself: a mapping from name to value, or pairs. `Host` is made
            of `host` and `port`.
        host: The name or address of the server.
        scheme: `http` or `https`; None leaves it out, which stands for `http`.
        port: The port of the server, or None for the scheme's own.
        http_version: `1.0`, `1.1`, `2` or `3`.
        remote_addr: The client's address, or None to leave it out.
        root_path: Where the application is mounted, or None for nowhere.
        content_length: The size of the body in bytes, or None to leave it out.
        include_server: Whether the scope names the server.
        cookies: Cookies that the client sends: name to value, or to the `Cookie` of a result.

    Raises:
        TypeError: The name or value of a header is no string.
        ValueError: The query string begins with a question mark or is given twice, or the scheme or version is unknown.
    """
    common = connection_scope(
        'http',
        path,
        query_string,
        headers=headers,
        host=host,
        scheme=scheme,
        port=port,
        http_version=http_version,
        remote_addr=remote_addr,
        root_path=root_path,
        content_length=content_length,
        include_server=include_server,
        cookies=cookies,
        spec_version=_SPEC_VERSION,
    )
    return common | {'method': method.upper()}


def create_asgi_req(
    body: bytes | None = None,
    req_type: type[Request] | None = None,
    options: RequestOptions | None = None,
    **kwargs: Any,
) -> Request:
    """Return a request object, as responders are given it.

    Args:
        body: The body of the request, or None.
        req_type: A subclass of `Request` to make it of, or None.
        options: How it reads what the client sent, or None for the defaults.
        **kwargs: The arguments of `create_scope`.
    """
    make = Request if req_type is None else req_type
    return make(create_scope(**kwargs), ASGIRequestEventEmitter(body), None, options)
