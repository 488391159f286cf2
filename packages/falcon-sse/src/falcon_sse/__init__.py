"""Server-Sent Events for ASGI applications, with or without a framework."""

from falcon_sse.__about__ import __version__
from falcon_sse.body import event_body
from falcon_sse.event import SSEvent
from falcon_sse.log import EventLog, Subscription
from falcon_sse.parser import EventParser, ReceivedEvent
from falcon_sse.stream import EventStream, SSEEmitter

__all__ = [
    'EventLog',
    'EventParser',
    'EventStream',
    'ReceivedEvent',
    'SSEEmitter',
    'SSEvent',
    'Subscription',
    '__version__',
    'event_body',
]
