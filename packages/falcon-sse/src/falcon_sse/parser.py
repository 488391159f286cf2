"""Reading an event stream: bytes in, events out, as a browser's `EventSource` does (WHATWG HTML, section 9.2.6).

The laws:

- Any split of the bytes gives the same events, each as soon as the line that ends it has begun to arrive: a CR ends a
  line whether or not an LF will follow.
- Nothing that a stream holds is an error: unknown fields, malformed UTF-8 and the like are passed over or replaced, as
  the section says. Only one that would take too much memory is refused.
- An event that its stream breaks off is none.
"""

import re
from dataclasses import dataclass

from falcon_core.errors import FalconError

__all__ = ['MAX_EVENT_BYTES', 'EventParser', 'OversizedEventError', 'ReceivedEvent']

# What an event may have by default, the names of its fields included.
MAX_EVENT_BYTES = 16 * 1024 * 1024

_LINE_END = re.compile(rb'\r\n|\r|\n')
_BOM = b'\xef\xbb\xbf'

# A thousand years in milliseconds has 14 digits.
_MAX_RETRY_DIGITS = 18


class OversizedEventError(FalconError):
    """An event has more bytes than its parser takes.

    Args:
        size: How many bytes it had so far.
        max_bytes: How many were allowed.
    """

    def __init__(self, size: int, max_bytes: int) -> None:
        super().__init__(f'received {size} bytes of an event, expected at most {max_bytes}')
        self.size = size
        self.max_bytes = max_bytes


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event as a listener gets it.

    Attributes:
        data: The data, its lines joined by LF.
        event_type: The type; `message` if the stream gave none.
        event_id: The last id that the stream gave, with this event or before; '' if none, or if it was taken back.
    """

    data: str
    event_type: str = 'message'
    event_id: str = ''


class EventParser:
    r"""Makes events of the bytes of one stream.

    Args:
        last_event_id: The id that the client remembers from a stream before.
        max_event_bytes: What the data of one event, and any line, may have; None for any size.

    Attributes:
        last_event_id (str): What to send as `Last-Event-ID` in order to go on from here. An id counts once its event is
            whole, also if that has no data.
        retry (int | None): After how many milliseconds to come back, if the stream said so.

    >>> parser = EventParser()
    >>> parser.feed(b'id: 7\ndata: first\nda')
    []
    >>> parser.feed(b'ta: second\n\n')
    [ReceivedEvent(data='first\nsecond', event_type='message', event_id='7')]
    """

    __slots__ = (
        '_after_cr',
        '_begin',
        '_data',
        '_event_id',
        '_event_type',
        '_line',
        '_max_event_bytes',
        '_size',
        'last_event_id',
        'retry',
    )

    def __init__(self, last_event_id: str = '', *, max_event_bytes: int | None = MAX_EVENT_BYTES) -> None:
        self.last_event_id = last_event_id
        self.retry: int | None = None
        self._max_event_bytes = max_event_bytes
        self._begin: bytes | None = b''  # of the stream, until it can be told from a byte order mark
        self._after_cr = False  # whether an LF would belong to the line end before it
        self._line = bytearray()  # of which the end has not arrived
        self._size = 0  # of the lines of data before it
        self._event_type = ''
        self._event_id = last_event_id
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[ReceivedEvent]:
        """Return the events that are whole with the next bytes of the stream.

        Raises:
            OversizedEventError: An event is larger than allowed. The stream cannot be read further.
        """
        if self._begin is not None:
            chunk = self._begin + chunk
            if len(chunk) < len(_BOM) and _BOM.startswith(chunk):
                self._begin = chunk
                return []
            self._begin = None
            chunk = chunk.removeprefix(_BOM)
        if not chunk:
            return []
        if self._after_cr and chunk.startswith(b'\n'):
            chunk = chunk[1:]
        self._after_cr = chunk.endswith(b'\r')
        events: list[ReceivedEvent] = []
        *lines, rest = _LINE_END.split(chunk)
        for line in lines:
            if self._line:
                line = bytes(self._line) + line
                self._line.clear()
            self._take_line(line, events)
        self._line += rest
        self._check_size(len(self._line))
        return events

    def _take_line(self, line: bytes, events: list[ReceivedEvent]) -> None:
        if not line:
            self._end_event(events)
            return
        self._check_size(len(line))
        name, _, value = line.partition(b':')
        value = value.removeprefix(b' ')
        if name == b'data':
            # The whole line, because one without a value takes memory, too.
            self._size += len(line)
            self._data.append(value.decode(errors='replace'))
        elif name == b'event':
            self._event_type = value.decode(errors='replace')
        elif name == b'id' and b'\0' not in value:
            self._event_id = value.decode(errors='replace')
        elif name == b'retry' and value.isdigit() and len(value) <= _MAX_RETRY_DIGITS:
            self.retry = int(value)

    def _end_event(self, events: list[ReceivedEvent]) -> None:
        self.last_event_id = self._event_id
        if self._data:
            events.append(ReceivedEvent('\n'.join(self._data), self._event_type or 'message', self.last_event_id))
        self._data = []
        self._event_type = ''
        self._size = 0

    def _check_size(self, more: int) -> None:
        size = self._size + more
        if self._max_event_bytes is not None and size > self._max_event_bytes:
            raise OversizedEventError(size, self._max_event_bytes)
