"""A simulated client for tests that are coroutines."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

from falcon_asgi.testing.exchange import DEFAULT_TIMEOUT_S, Exchange
from falcon_asgi.testing.lifespan import DEFAULT_LIFESPAN_TIMEOUT_S, Lifespan
from falcon_asgi.testing.result import Result, StreamedResult
from falcon_asgi.testing.simulated_request import make_request
from falcon_core.asgi_types import ASGIApp
from falcon_core.parts import websocket_connector
from falcon_core.testing import Headers, WebSocketSimulator, header_pairs, merged_headers

__all__ = ['ASGIConductor']


class ASGIConductor:
    """A client of an application that is started and stopped as by a server, without one.

    Within `async with`, the application has been started; any number of requests, streams and WebSockets may be
    simulated at a time. Redirects are not followed, and cookies not kept: that is left to the test.

    Args:
        app: The ASGI application.
        headers: Headers to send with each request that does not have them itself.
        timeout_s: For how many seconds to wait for a response, or for more of one; None for ever.
        lifespan_timeout_s: For how many seconds to wait for the startup, and for the shutdown; None for ever.

    Attributes:
        app (ASGIApp): See above.
    """

    def __init__(
        self,
        app: ASGIApp,
        headers: Headers | None = None,
        *,
        timeout_s: float | None = DEFAULT_TIMEOUT_S,
        lifespan_timeout_s: float | None = DEFAULT_LIFESPAN_TIMEOUT_S,
    ) -> None:
        self.app: Any = app
        self._headers = header_pairs(headers)
        self._timeout_s = timeout_s
        self._lifespan_timeout_s = lifespan_timeout_s
        self._lifespan = Lifespan(app, lifespan_timeout_s)

    async def __aenter__(self) -> Self:
        """Start the application.

        Raises:
            RuntimeError: Its startup failed; the text has what the application says of it. Or the block is within
                another one of this conductor.
            TimeoutError: It has not said for too long that it is started.
        """
        if self._lifespan.runs:
            raise RuntimeError('the conductor was entered again, expected it to be left before')
        self._lifespan = Lifespan(self.app, self._lifespan_timeout_s)
        await self._lifespan.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Shut the application down; raises what `__aenter__` does, unless the block has raised something."""
        try:
            await self._lifespan.stop()
        except Exception:
            if error is None:
                raise

    async def simulate_request(self, method: str = 'GET', path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a request.

        Args:
            method: The method.
            path: The path, percent-encoded where it has to be; may be followed by a query string.
            **kwargs: What else there is to say of it; see `falcon_asgi.testing.simulate_request`.

        Raises:
            ConnectionError: The application ended without a response, or before the end of it.
            TimeoutError: The application has not ended for too long; the text says what was missing.
            Exception: Whatever the application raised.
        """
        return await self._exchange(method, path, kwargs).perform()

    async def simulate_get(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a GET request; see `simulate_request`."""
        return await self.simulate_request('GET', path, **kwargs)

    async def simulate_head(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a HEAD request; see `simulate_request`."""
        return await self.simulate_request('HEAD', path, **kwargs)

    async def simulate_post(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a POST request; see `simulate_request`."""
        return await self.simulate_request('POST', path, **kwargs)

    async def simulate_put(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a PUT request; see `simulate_request`."""
        return await self.simulate_request('PUT', path, **kwargs)

    async def simulate_options(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to an OPTIONS request; see `simulate_request`."""
        return await self.simulate_request('OPTIONS', path, **kwargs)

    async def simulate_patch(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a PATCH request; see `simulate_request`."""
        return await self.simulate_request('PATCH', path, **kwargs)

    async def simulate_delete(self, path: str = '/', **kwargs: Any) -> Result:
        """Return the response to a DELETE request; see `simulate_request`."""
        return await self.simulate_request('DELETE', path, **kwargs)

    def simulate_get_stream(self, path: str = '/', **kwargs: Any) -> AbstractAsyncContextManager[StreamedResult]:
        """Return the response to a GET request while it is sent, to be used by `async with`.

        The block is entered as soon as the response has begun. When it is left, so does the client.

        Args:
            path: The path; see `simulate_request`.
            **kwargs: See `simulate_request`.
        """
        return self._exchange('GET', path, kwargs)

    def simulate_ws(
        self, path: str = '/', timeout: float | None = None, **kwargs: Any
    ) -> AbstractAsyncContextManager[WebSocketSimulator]:
        """Return a WebSocket, to be used by `async with`; see `falcon_ws.testing.connect`.

        Args:
            path: The path of the handshake.
            timeout: For how many seconds to wait for anything; None for five, `math.inf` for ever.
            **kwargs: What else there is to say of the handshake.

        Raises:
            MissingDistribution: falcon-ws is not installed.
        """
        headers = merged_headers(self._headers, kwargs.pop('headers', None))
        connect = websocket_connector('simulate_ws')
        return connect(self.app, path, timeout=timeout, headers=headers, state=self._lifespan.state, **kwargs)

    # The same under the names of the methods.
    request = simulate_request
    get = simulate_get
    head = simulate_head
    post = simulate_post
    put = simulate_put
    options = simulate_options
    patch = simulate_patch
    delete = simulate_delete
    get_stream = simulate_get_stream
    websocket = simulate_ws

    def _exchange(self, method: str, path: str, arguments: dict[str, Any]) -> Exchange:
        headers = merged_headers(self._headers, arguments.pop('headers', None))
        timeout_s = arguments.pop('timeout_s', self._timeout_s)
        request = make_request(method, path, headers=headers, **arguments)
        request.scope.setdefault('state', self._lifespan.state.copy())
        return Exchange(self.app, request, timeout_s)
