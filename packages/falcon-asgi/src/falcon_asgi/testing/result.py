"""What came of a simulated request."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import cached_property
from typing import Any

from falcon_asgi.testing.cookie import Cookie, parse_set_cookie
from falcon_asgi.testing.request_events import ASGIRequestEventEmitter
from falcon_asgi.testing.stream import ResultBodyStream
from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_core.media_types import parse_media_type

__all__ = ['Result', 'StreamedResult', 'get_encoding_from_headers']

# How much of a body `repr` shows: all of it if it has no more than this, otherwise its two ends.
_SHOWN_BYTES = 40


class _Answer:
    """What a response has before its body."""

    def __init__(self, status: str, headers: Iterable[tuple[str, str]]) -> None:
        self._status = status
        self._status_code = int(status[:3])
        self._header_lines = list(headers)

    @property
    def status(self) -> str:
        """The status line, such as `'200 OK'`."""
        return self._status

    @property
    def status_code(self) -> int:
        """The number of the status, such as 200."""
        return self._status_code

    @cached_property
    def headers(self) -> CaseInsensitiveDict[str]:
        """The headers; of several with the same name, the last."""
        return CaseInsensitiveDict(self._header_lines)

    @property
    def header_lines(self) -> list[tuple[str, str]]:
        """All headers, in the order in which they were sent."""
        return self._header_lines

    @cached_property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that the response sets, by name."""
        return parse_set_cookie(value for name, value in self._header_lines if name.lower() == 'set-cookie')

    @property
    def encoding(self) -> str | None:
        """The charset of the body: what the Content-Type says or stands for, None if neither."""
        return get_encoding_from_headers(self.headers)

    @property
    def content_type(self) -> str | None:
        """The value of the Content-Type header, or None if there is none."""
        return self.headers.get('content-type')


class Result(_Answer):
    """The whole response to a simulated request.

    Args:
        iterable: The body, in pieces.
        status: The status line.
        headers: The headers: pairs of name and value.
    """

    def __init__(self, iterable: Iterable[bytes], status: str, headers: Iterable[tuple[str, str]]) -> None:
        super().__init__(status, headers)
        self._content = b''.join(iterable)

    def __repr__(self) -> str:
        parts = (self.status, self.content_type, repr(self._shown_content()))
        return f'{type(self).__name__}<{" ".join(filter(None, parts))}>'

    def __rich__(self) -> str:
        """Return what `rich` prints: the same as `repr`, in colours."""
        colour = 'green' if self.status_code < 300 else 'yellow' if self.status_code < 400 else 'red'
        return (
            f'[bold]{type(self).__name__}[/]<[bold {colour}]{self.status}[/] '
            f'[italic yellow]{self.content_type or ""}[/] [grey50]{self._shown_content()!r}[/]>'
        )

    @property
    def content(self) -> bytes:
        """The body."""
        return self._content

    @property
    def text(self) -> str:
        """The body as text, in `encoding`, or in UTF-8 if that is None.

        Reading it raises LookupError if there is no such encoding, UnicodeDecodeError if the body is not in it.
        """
        return self._content.decode(self.encoding or 'utf-8')

    @property
    def json(self) -> Any:
        """The object that the body is the JSON of; None if the body is empty.

        Reading it raises json.JSONDecodeError if the body is no JSON.
        """
        return json.loads(self.text) if self._content else None

    def _shown_content(self) -> bytes:
        if len(self._content) <= _SHOWN_BYTES:
            return self._content
        return self._content[: _SHOWN_BYTES // 2] + b'...' + self._content[-_SHOWN_BYTES // 2 :]


class StreamedResult(_Answer):
    """A response whose body is still being sent.

    Args:
        body_chunks: The body, in pieces; those that come later are added to it.
        status: The status line.
        headers: The headers: pairs of name and value.
        task: The task in which the application serves the request.
        req_event_emitter: The client's side of the exchange.
        stream: What reads the body as it is sent; None to make it of `body_chunks`.
    """

    def __init__(
        self,
        body_chunks: Sequence[bytes],
        status: str,
        headers: Iterable[tuple[str, str]],
        task: 'asyncio.Task[Any]',
        req_event_emitter: ASGIRequestEventEmitter,
        stream: ResultBodyStream | None = None,
    ) -> None:
        super().__init__(status, headers)
        self._task = task
        self._client = req_event_emitter
        self._stream = ResultBodyStream(body_chunks) if stream is None else stream

    def __repr__(self) -> str:
        return f'{type(self).__name__}<{" ".join(filter(None, (self.status, self.content_type)))}>'

    @property
    def stream(self) -> ResultBodyStream:
        """The body, read as it is sent."""
        return self._stream

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Iterate over the body as it is sent."""
        return aiter(self._stream)

    async def finalize(self) -> None:
        """Have the client leave, and return when the application has ended.

        Leaving the `async with` block of `simulate_get_stream` does the same, with a timeout.

        Raises:
            Exception: Whatever the application raised.
        """
        self._client.disconnect(exhaust_body=False)
        await self._task


def get_encoding_from_headers(headers: CaseInsensitiveDict[str] | dict[str, str]) -> str | None:
    """Return the charset of a body: what the Content-Type says, else what the type stands for.

    That is UTF-8 for JSON and, as Falcon has it, ISO 8859-1 for text; None for anything else.

    Args:
        headers: Name to value; the name looked for is `content-type`, in lowercase.
    """
    try:
        media_type, parameters = parse_media_type(headers.get('content-type') or '')
    except ValueError:
        return None
    if 'charset' in parameters:
        return parameters['charset'].strip('\'"')
    if media_type == 'application/json':
        return 'UTF-8'
    return 'ISO-8859-1' if media_type.startswith('text/') else None
