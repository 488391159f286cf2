"""The event stream as a body of a response, for the entry points group `falcon.bodies`."""

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING

from falcon_core.interfaces import StreamBody
from falcon_sse.stream import EventStream

if TYPE_CHECKING:
    from falcon_core.media import Handlers

__all__ = ['event_body']


def event_body(value: AsyncIterable[object], handlers: 'Handlers') -> StreamBody:
    """Return the body of a response that a responder gave events to.

    Args:
        value: An async iterable of what `EventStream` takes, or an `EventStream`, which is the body itself.
        handlers: The media handlers of the application's responses, for the stream if it has none of its own.

    Raises:
        TypeError: `value` is not an async iterable.
    """
    stream = value if isinstance(value, EventStream) else EventStream(value)
    if stream.handlers is None:
        stream.handlers = handlers
    return StreamBody(stream, EventStream.headers)
