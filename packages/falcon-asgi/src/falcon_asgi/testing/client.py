"""A simulated client for tests that are no coroutines."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TextIO

from falcon_asgi.testing.conductor import ASGIConductor
from falcon_asgi.testing.exchange import DEFAULT_TIMEOUT_S
from falcon_asgi.testing.request_events import DEFAULT_CHUNK_SIZE, RequestBody
from falcon_asgi.testing.result import Result
from falcon_asgi.threads import async_to_sync, event_loop_runs
from falcon_core.asgi_types import ASGIApp
from falcon_core.testing import DEFAULT_HOST, Cookies, Headers, merged_headers

__all__ = [
    'TestClient',
    'simulate_delete',
    'simulate_get',
    'simulate_head',
    'simulate_options',
    'simulate_patch',
    'simulate_post',
    'simulate_put',
    'simulate_request',
]


def simulate_request(
    app: ASGIApp,
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
    *,
    timeout_s: float | None = DEFAULT_TIMEOUT_S,
) -> Result:
    """Start an application, give it one request, stop it, and return its response.

    Args:
        app: The ASGI application.
        method: The method, in any case.
        path: The path, percent-encoded where it has to be; may be followed by a query string.
        query_string: The query string, percent-encoded, without a question mark.
        headers: Headers besides those that a client adds itself: a mapping from name to value, or pairs.
        content_type: The value of the Content-Type header.
        body: The body: text, which is sent as UTF-8; bytes; or an iterable of bytes, synchronous or not, whose items
            are sent as they come, without a Content-Length.
        json: An object whose JSON is the body; goes before `body`, and sets the Content-Type.
        file_wrapper: Taken for the sake of Falcon's signature, and not used; WSGI has it.
        wsgierrors: The same.
        params: The parameters of the query string, not encoded: name to value, which may be a list. Not used if there
            is a `query_string`.
        params_csv: Whether such lists are written with commas (`a=1,2`) instead of one by one (`a=1&a=2`).
        protocol: `http` or `https`.
        host: The name or address of the server.
        remote_addr: The client's address, or None to leave it out.
        extras: Members to set in the ASGI scope; not the method.
        http_version: `1.0`, `1.1`, `2` or `3`.
        port: The port of the server, or None for the protocol's own.
        root_path: Where the application is mounted, or None for nowhere.
        cookies: Cookies to send: name to value, or to the `Cookie` of a result.
        asgi_chunk_size: The size of the pieces in which the body is sent, in bytes.
        asgi_disconnect_ttl: After how many seconds the client leaves, 0 for before it sends its body; None to have it
            wait for the response.
        msgpack: An object whose MessagePack is the body; goes before `json`, and sets the Content-Type.
        timeout_s: For how many seconds to wait for the application, besides `asgi_disconnect_ttl`; None for ever.

    Raises:
        ConnectionError: The application ended without a response, or before the end of it.
        MissingDistribution: `msgpack` is given, and falcon-media is not installed.
        RuntimeError: An event loop runs in this thread, or the startup or shutdown of the application failed.
        TimeoutError: The application has not ended for too long; the text says what was missing.
        TypeError: The body is nothing that can be sent, or a header is no string.
        ValueError: Another argument is not what it has to be.
        Exception: Whatever the application raised.
    """
    arguments = dict(locals())
    del arguments['app']
    if event_loop_runs():
        raise RuntimeError('a synchronous client was used where an event loop runs, expected an ASGIConductor')

    async def perform() -> Result:
        async with ASGIConductor(app) as conductor:
            return await conductor.simulate_request(**arguments)

    return async_to_sync(perform)


def simulate_get(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a GET request; see `simulate_request`."""
    return simulate_request(app, 'GET', path, **kwargs)


def simulate_head(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a HEAD request; see `simulate_request`."""
    return simulate_request(app, 'HEAD', path, **kwargs)


def simulate_post(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a POST request; see `simulate_request`."""
    return simulate_request(app, 'POST', path, **kwargs)


def simulate_put(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a PUT request; see `simulate_request`."""
    return simulate_request(app, 'PUT', path, **kwargs)


def simulate_options(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to an OPTIONS request; see `simulate_request`."""
    return simulate_request(app, 'OPTIONS', path, **kwargs)


def simulate_patch(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a PATCH request; see `simulate_request`."""
    return simulate_request(app, 'PATCH', path, **kwargs)


def simulate_delete(app: ASGIApp, path: str = '/', **kwargs: Any) -> Result:
    """Return the response to a DELETE request; see `simulate_request`."""
    return simulate_request(app, 'DELETE', path, **kwargs)


class TestClient:
    """A client of an application, without a server between; each request starts and stops the application.

    `async with client as conductor` gives the same client to a coroutine, and starts and stops the application once.

    Args:
        app: The ASGI application.
        headers: Headers to send with each request that does not have them itself.

    Attributes:
        app (ASGIApp): See above; another one may be assigned.
    """

    # Or pytest would take it for a class of tests where a module of tests imports it.
    __test__ = False

    def __init__(self, app: ASGIApp, headers: Headers | None = None) -> None:
        # Any, so that a test may add routes to what it gave, or another application.
        self.app: Any = app
        self._default_headers = headers
        self._conductor: ASGIConductor | None = None

    async def __aenter__(self) -> ASGIConductor:
        """Start the application, and return a client for coroutines; see `ASGIConductor`.

        Raises:
            RuntimeError: The client was entered before and not left since, or the startup failed.
            TimeoutError: The application has not said for too long that it is started.
        """
        if self._conductor is not None:
            raise RuntimeError('the client was entered again, expected it to be left before')
        conductor = await ASGIConductor(self.app, self._default_headers).__aenter__()
        self._conductor = conductor
        return conductor

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Shut the application down."""
        conductor, self._conductor = self._conductor, None
        assert conductor is not None  # entered before
        await conductor.__aexit__(kind, error, trace)

    def simulate_request(self, method: str = 'GET', path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a request; `falcon_asgi.testing.simulate_request` explains the arguments."""
        headers = merged_headers(self._default_headers, kwargs.pop('headers', None))
        return simulate_request(self.app, method, path, headers=headers, **kwargs)

    def simulate_get(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a GET request; see `simulate_request`."""
        return self.simulate_request('GET', path, **kwargs)

    def simulate_head(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a HEAD request; see `simulate_request`."""
        return self.simulate_request('HEAD', path, **kwargs)

    def simulate_post(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a POST request; see `simulate_request`."""
        return self.simulate_request('POST', path, **kwargs)

    def simulate_put(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a PUT request; see `simulate_request`."""
        return self.simulate_request('PUT', path, **kwargs)

    def simulate_options(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to an OPTIONS request; see `simulate_request`."""
        return self.simulate_request('OPTIONS', path, **kwargs)

    def simulate_patch(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a PATCH request; see `simulate_request`."""
        return self.simulate_request('PATCH', path, **kwargs)

    def simulate_delete(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a DELETE request; see `simulate_request`."""
        return self.simulate_request('DELETE', path, **kwargs)

    # The same under the names of the methods.
    request = simulate_request
    get = simulate_get
    head = simulate_head
    post = simulate_post
    put = simulate_put
    options = simulate_options
    patch = simulate_patch
    delete = simulate_delete
