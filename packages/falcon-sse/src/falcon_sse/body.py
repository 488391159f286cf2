"""The event stream as a body of a response, for the entry points group `falcon.bodies`."""

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING

from falcon_core.interfaces import StreamBody
from falcon_sse.stream import EventStream

if TYPE_CHECKING:
    from falcon_core.options import ResponseOptions

__all__ = ['event_body']


def event_body(value: AsyncIterable[object], options: 'ResponseOptions') -> StreamBody:
    """Return the body of a response that a responder gave events to.

    Args:
        value: An async iterable of what `EventStream` takes, or an `EventStream`, which is the body itself.
        options: How the application makes responses, for what the stream was told nothing about.

    Raises:
        TypeError: `value` is not an async iterable.
    """
    stream = value if isinstance(value, EventStream) else EventStream(value)
    return stream.body(options)
