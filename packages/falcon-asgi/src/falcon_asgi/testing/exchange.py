"""One exchange between a simulated client and an application."""

import time
from types import TracebackType
from typing import Final

from falcon_asgi.testing.request_events import ASGIRequestEventEmitter
from falcon_asgi.testing.response_events import ASGIResponseEventCollector
from falcon_asgi.testing.result import Result, StreamedResult
from falcon_asgi.testing.simulated_request import SimulatedRequest
from falcon_asgi.testing.stream import ResultBodyStream
from falcon_core.asgi_types import ASGIApp
from falcon_core.http_status import code_to_http_status
from falcon_core.testing import RunningApp, let_app_run, within

__all__ = ['DEFAULT_TIMEOUT_S', 'Exchange']

# For how many seconds a simulated client waits for a response, or for more of one.
DEFAULT_TIMEOUT_S: Final = 10.0


class Exchange:
    """One exchange; its response is had whole, by `perform`, or while it is sent, by `async with`.

    Args:
        app: The application.
        request: The request.
        timeout_s: For how many seconds to wait for the application, besides the time that the client stays if the
            request says when it leaves; None for ever.
    """

    def __init__(self, app: ASGIApp, request: SimulatedRequest, timeout_s: float | None = DEFAULT_TIMEOUT_S) -> None:
        self._app = app
        self._scope = request.scope
        self._name = f'{request.scope["method"]} {request.scope["path"]}'
        stays_s = request.disconnect_ttl_s
        self._timeout_s = timeout_s if timeout_s is None or stays_s is None else timeout_s + stays_s
        leaves_at = time.time() + stays_s if stays_s else stays_s
        self._emitter = ASGIRequestEventEmitter(request.body, request.chunk_size, leaves_at)
        self._collector = ASGIResponseEventCollector(on_complete=self._emitter.disconnect)
        self._running: RunningApp | None = None

    async def perform(self) -> Result:
        """Return the response, when the application has ended.

        Raises:
            ConnectionError: The application has ended without all of a response, and the client had not left.
            TimeoutError: The application has not ended for too long; it is cancelled then.
            Exception: Whatever the application raised.
        """
        running = self._run()
        try:
            await running.finish(self._timeout_s, self._missing)
        finally:
            await self._emitter.aclose()
        if self._collector.status is None or not (self._is_complete or self._emitter.disconnected):
            raise self._broken_off()
        return Result(self._collector.body_chunks, self._status_line(), self._collector.headers)

    async def __aenter__(self) -> StreamedResult:
        """Return the response as soon as it has begun; what `perform` raises is raised here and when it is left."""
        running = self._run()
        running.task.add_done_callback(lambda _: self._collector.progress.tell())
        try:
            async with within(self._timeout_s, self._missing):
                await self._collector.progress.wait_for(
                    lambda: self._collector.status is not None or running.task.done()
                )
            if self._collector.status is None:
                await running.finish(self._timeout_s, self._missing)
                raise self._broken_off()
            # A stream that has begun has then also run to where it first waits: who listens is known as a listener.
            await let_app_run()
        except BaseException:
            await running.cancel()
            await self._emitter.aclose()
            raise
        chunks, collector = self._collector.body_chunks, self._collector
        stream = ResultBodyStream(chunks, self._wait_for_more)
        self._running = running
        return StreamedResult(chunks, self._status_line(), collector.headers, running.task, self._emitter, stream)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Have the client leave, and wait until the application has ended."""
        assert self._running is not None  # entered before
        self._emitter.disconnect(exhaust_body=False)
        try:
            await self._running.finish(self._timeout_s, f'the app to end {self._name} after the client has left')
        except Exception:
            # What went wrong in the block came first, and the rest may well follow from it.
            if error is None:
                raise
        finally:
            await self._emitter.aclose()

    def _run(self) -> RunningApp:
        return RunningApp(self._app, self._scope, self._emitter, self._collector)

    @property
    def _is_complete(self) -> bool:
        return self._collector.more_body is False

    def _status_line(self) -> str:
        assert self._collector.status is not None  # both callers have looked
        return code_to_http_status(self._collector.status)

    async def _wait_for_more(self, count: int) -> None:
        """Return when more than `count` chunks have been sent, or no more will be."""
        running, collector = self._running, self._collector
        assert running is not None  # there is a stream only then
        async with within(
            self._timeout_s, lambda: f'more of the response to {self._name}, of which {self._sent()} were sent'
        ):
            await collector.progress.wait_for(
                lambda: len(collector.body_chunks) > count or self._is_complete or running.task.done()
            )
        if len(collector.body_chunks) == count and not (self._is_complete or self._emitter.disconnected):
            raise self._broken_off()

    def _missing(self) -> str:
        collector = self._collector
        if collector.status is None:
            return f'the response to {self._name}, of which nothing was sent'
        if self._is_complete:
            return f'the app to end {self._name}, whose response was sent: a callback or hook after it'
        return (
            f'the end of the response to {self._name}, of which {self._sent()} were sent; '
            'simulate_get_stream reads what has no end, asgi_disconnect_ttl has the client leave'
        )

    def _broken_off(self) -> ConnectionError:
        if self._collector.status is None:
            left = ' after the client had left' if self._emitter.disconnected else ''
            return ConnectionError(f'the app ended {self._name}{left} without a response')
        return ConnectionError(
            f'the app ended {self._name} after {self._sent()} of its response, expected all of it; '
            'what failed there is in the log'
        )

    def _sent(self) -> str:
        return f'status {self._collector.status} and {sum(map(len, self._collector.body_chunks))} bytes'
