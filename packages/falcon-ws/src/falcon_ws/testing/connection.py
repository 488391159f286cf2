"""Connecting a simulated client to an application."""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from falcon_core.asgi_types import ASGIApp, Scope
from falcon_core.testing import Headers, RunningApp, header_pairs, let_app_run, split_target
from falcon_ws.handshake import DENIAL
from falcon_ws.testing.scope import create_scope_ws
from falcon_ws.testing.simulator import DEFAULT_TIMEOUT_S, ASGIWebSocketSimulator

__all__ = ['Connection', 'connect']


class Connection:
    """A WebSocket between a simulated client and an application, to be used by `async with`.

    Args:
        app: The application.
        scope: The scope of the handshake.
        simulator: The client.
        timeout_s: For how many seconds to wait until the application has ended.
    """

    def __init__(self, app: ASGIApp, scope: Scope, simulator: ASGIWebSocketSimulator, timeout_s: float) -> None:
        self._app = app
        self._scope = scope
        self._simulator = simulator
        self._timeout_s = timeout_s
        self._running: RunningApp | None = None

    async def __aenter__(self) -> ASGIWebSocketSimulator:
        """Return the client when its connection was accepted.

        Raises:
            TimeoutError: The application has not answered the handshake; it is cancelled then.
            WebSocketDisconnected: It has refused the connection; see `ASGIWebSocketSimulator.wait_ready`.
            Exception: Whatever the application raised.
        """
        simulator = self._simulator
        self._running = running = RunningApp(self._app, self._scope, simulator.emit, simulator.collect)
        running.task.add_done_callback(lambda _: simulator.tell_ended(running.failure))
        try:
            await simulator.wait_ready()
        except ConnectionError:
            await self._finish()
            raise
        except BaseException:
            await running.cancel()
            raise
        await let_app_run()
        return simulator

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection, and wait until the application has ended.

        Raises:
            TimeoutError: It has not ended; it is cancelled then.
            Exception: Whatever the application raised, unless the block has raised something.
        """
        await let_app_run()
        await self._simulator.close()
        try:
            await self._finish()
        except Exception:
            # What went wrong in the block came first, and the rest may well follow from it.
            if error is None:
                raise

    async def _finish(self) -> None:
        assert self._running is not None  # entered before
        path = self._scope['path']
        await self._running.finish(
            self._timeout_s,
            lambda: (
                f'the app to end the WebSocket {path}, closed with code {self._simulator.close_code}: '
                'its handler, or a task that it waits for'
            ),
        )


def connect(
    app: ASGIApp,
    path: str = '/',
    *,
    timeout: float | None = None,
    max_unread: int | None = None,
    denial_response: bool = False,
    headers: Headers | None = None,
    origin: str | None = None,
    subprotocols: str | Iterable[str] | None = None,
    query_string: str | None = None,
    params: Mapping[str, Any] | None = None,
    params_csv: bool = False,
    state: Mapping[str, Any] | None = None,
    extras: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Connection:
    """Connect a simulated client to an ASGI callable, be it an application or a function that uses `WebSocket`.

    `async with connect(app, '/chat') as ws` enters the block when the connection was accepted, and closes it with the
    code 1000 at its end, unless it is closed by then. The block of a handshake that was refused is not entered: the
    error says how.

    Args:
        app: The ASGI callable.
        path: The path, percent-encoded where it has to be; may be followed by a query string.
        timeout: For how many seconds to wait for anything; None for five, `math.inf` for ever.
        max_unread: How many messages of the application may wait to be received before its `send` waits; None for any
            number. See `ASGIWebSocketSimulator`.
        denial_response: Whether the server lets the application answer the handshake with an HTTP response, as most
            servers do. If not, it is refused by a close.
        headers: Headers besides those that a client adds itself: a mapping from name to value, or pairs.
        origin: The value of the Origin header, which browsers send; None to leave it out.
        subprotocols: The subprotocols that the client speaks, those that it prefers first.
        query_string: The query string, percent-encoded, without a question mark.
        params: The parameters of the query string, not encoded: name to value, which may be a list.
        params_csv: Whether such lists are written with commas instead of one by one.
        state: What the lifespan of the application has put into `scope['state']`.
        extras: Members to set in the ASGI scope.
        **kwargs: The other arguments of `create_scope_ws`.

    Raises:
        TypeError: A header is no string.
        ValueError: The path does not begin with a slash, or another argument is not what it has to be.
    """
    if not path.startswith('/'):
        raise ValueError(f'received path {path!r}, expected it to begin with a slash')
    path, query_string = split_target(path, query_string, params, params_csv)
    pairs = header_pairs(headers)
    if origin is not None:
        pairs.append(('Origin', origin))
    scope = create_scope_ws(path, query_string, pairs, subprotocols=subprotocols, **kwargs)
    scope['state'] = dict(state or {})
    if denial_response:
        scope['extensions'] = {DENIAL: {}}
    scope.update(extras or {})
    timeout_s = DEFAULT_TIMEOUT_S if timeout is None else timeout
    simulator = ASGIWebSocketSimulator(
        timeout, max_unread=max_unread, denial_response=denial_response, name=f'the WebSocket {path}'
    )
    return Connection(app, scope, simulator, timeout_s)
