"""One event, and the text that it is on the wire (WHATWG HTML, section 9.2, "Server-sent events").

The laws of the text:

- A field's value ends at CR, LF or CRLF and at nothing else. Data and comments are split there, into as many lines of
  the same field; an event type or an id that holds one, or NUL, is refused. No value can become another field.
- One space follows the colon, because a parser takes one away: a value that begins with a space keeps it.
- What cannot be UTF-8 is refused when it is set, where its author is, not when it is sent to each of many clients.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from falcon_core.constants import MEDIA_JSON
from falcon_core.parts import media_handler_for

if TYPE_CHECKING:
    from falcon_core.interfaces import MediaHandler

__all__ = ['PING', 'SSEvent', 'as_event', 'encoder']


@cache
def _installed_json_handler() -> 'MediaHandler':
    return media_handler_for(MEDIA_JSON, 'SSEvent(json=...)')


class SSEvent:
    r"""One event of an event stream.

    Each argument is an attribute that can be read and set later. Of the three that give the event its data, `data`
    goes before `text` and `text` before `json`; None means that the field is not sent. A browser hears of an event
    only if it has data, be it empty.

    Args:
        data: The data, as text or as its UTF-8 bytes. A client sees each CR and CRLF in it as LF.
        event_type: What a browser's listener is registered for; None and '' stand for `message`. No CR, LF or NUL.
        event_id: What a client sends as `Last-Event-ID` when it comes back; '' makes it forget the last one.
            No CR, LF or NUL.
        retry: How long a client waits before it comes back, in milliseconds, not negative.
        text: The same as `data`, for text only.
        json: An object whose JSON text is the data.
        event: Another name of `event_type`.
        comment: Text that clients pass over.

    Raises:
        TypeError: A value is not of its type. Setting an attribute raises the same errors.
        ValueError: `event_type` and `event` differ, a character is not allowed where it stands, `retry` is negative,
            or text is not valid Unicode.

    An event without any field is sent as a comment, `: ping`, which keeps a connection from looking idle.

    >>> SSEvent('first\nsecond', event_type='note', event_id='7').serialize()
    'event: note\nid: 7\ndata: first\ndata: second\n\n'
    """

    __slots__ = ('_comment', '_data', '_event_id', '_event_type', '_json', '_retry', '_text', '_wire')

    def __init__(
        self,
        data: str | bytes | None = None,
        event_type: str | None = None,
        event_id: str | None = None,
        retry: int | None = None,
        *,
        text: str | None = None,
        json: object = None,
        event: str | None = None,
        comment: str | None = None,
    ) -> None:
        if event is not None:
            if event_type is not None and event_type != event:
                raise ValueError(f'received event_type {event_type!r} and event {event!r}, expected one or the same')
            event_type = event
        # Text that is ASCII, and names that are printable, need no further look: half of the time of all this.
        if data is not None and (type(data) is not str or not data.isascii()):
            data = _data(data)
        if text is not None and (type(text) is not str or not text.isascii()):
            text = _text('text', text)
        if event_type is not None and (type(event_type) is not str or not event_type.isprintable()):
            event_type = _line('event_type', event_type)
        if event_id is not None and (type(event_id) is not str or not event_id.isprintable()):
            event_id = _line('event_id', event_id)
        self._data = data
        self._text = text
        self._json = json
        self._event_type = event_type
        self._event_id = event_id
        self._retry = None if retry is None else _milliseconds(retry)
        self._comment = None if comment is None else _text('comment', comment)
        # The event as bytes, once it was encoded, until something is set; not where `json` is sent, which may change.
        self._wire: bytes | None = None

    @property
    def data(self) -> str | bytes | None:
        """The data, as it was given, or None."""
        return self._data

    @data.setter
    def data(self, value: str | bytes | None) -> None:
        self._wire = None
        self._data = None if value is None else _data(value)

    @property
    def text(self) -> str | None:
        """The data, as text, or None."""
        return self._text

    @text.setter
    def text(self, value: str | None) -> None:
        self._wire = None
        self._text = None if value is None else _text('text', value)

    @property
    def json(self) -> object:
        """The object whose JSON text is the data, or None."""
        return self._json

    @json.setter
    def json(self, value: object) -> None:
        self._wire = None
        self._json = value

    @property
    def event_type(self) -> str | None:
        """The event's type, or None."""
        return self._event_type

    @event_type.setter
    def event_type(self, value: str | None) -> None:
        self._wire = None
        self._event_type = None if value is None else _line('event_type', value)

    @property
    def event(self) -> str | None:
        """The event's type, or None; the same as `event_type`."""
        return self._event_type

    @event.setter
    def event(self, value: str | None) -> None:
        self.event_type = value

    @property
    def event_id(self) -> str | None:
        """The event's id, or None."""
        return self._event_id

    @event_id.setter
    def event_id(self, value: str | None) -> None:
        self._wire = None
        self._event_id = None if value is None else _line('event_id', value)

    @property
    def retry(self) -> int | None:
        """The time a client waits before it comes back, in milliseconds, or None."""
        return self._retry

    @retry.setter
    def retry(self, value: int | None) -> None:
        self._wire = None
        self._retry = None if value is None else _milliseconds(value)

    @property
    def comment(self) -> str | None:
        """Text that clients pass over, or None."""
        return self._comment

    @comment.setter
    def comment(self, value: str | None) -> None:
        self._wire = None
        self._comment = None if value is None else _text('comment', value)

    def __repr__(self) -> str:
        names = ('data', 'event_type', 'event_id', 'retry', 'text', 'json', 'comment')
        fields = ((name, getattr(self, name)) for name in names)
        return f'SSEvent({", ".join(f"{name}={value!r}" for name, value in fields if value is not None)})'

    def serialize(self, handler: 'MediaHandler | None' = None) -> str:
        """Return the event as it is sent, the empty line that ends it included.

        Args:
            handler: What turns `json` into text; None stands for the JSON handler of the installed distributions.

        Raises:
            MissingDistribution: `json` is needed, no handler was given and none is installed.
        """
        return self.encode(handler).decode()

    def encode(self, handler: 'MediaHandler | None' = None) -> bytes:
        """Return the bytes that are sent; see `serialize`.

        An event that goes to many clients is encoded once, unless its data is made of `json`.
        """
        if self._wire is not None:
            return self._wire
        data = self._text if self._data is None else self._data
        if type(data) is not str:
            data = self._text_of_data(handler)
        # Most data is one line, so the call that folds it is saved where there is nothing to fold.
        elif '\n' in data or '\r' in data:
            data = _folded(data, '\ndata: ')
        if data is None or self._retry is not None or self._comment is not None:
            lines = self._all_fields(data)
        # The fields of most events in one piece each: a third faster than one after the other.
        elif self._event_type is None:
            lines = f'data: {data}\n\n' if self._event_id is None else f'id: {self._event_id}\ndata: {data}\n\n'
        elif self._event_id is None:
            lines = f'event: {self._event_type}\ndata: {data}\n\n'
        else:
            lines = f'event: {self._event_type}\nid: {self._event_id}\ndata: {data}\n\n'
        wire = lines.encode()
        if self._json is None or not self.needs_json:
            self._wire = wire
        return wire

    def _text_of_data(self, handler: 'MediaHandler | None') -> str | None:
        """Return data that is bytes or an object as it stands after `data: `; None if there is no data."""
        if isinstance(self._data, bytes):
            return _folded(self._data.decode(), '\ndata: ')
        return None if self._json is None else _folded(self._json_text(handler), '\ndata: ')

    def _all_fields(self, data: str | None) -> str:
        wire = '' if self._comment is None else ': ' + _folded(self._comment, '\n: ') + '\n'
        if self._event_type is not None:
            wire += f'event: {self._event_type}\n'
        if self._event_id is not None:
            wire += f'id: {self._event_id}\n'
        if self._retry is not None:
            wire += f'retry: {self._retry}\n'
        if data is None:
            return f'{wire}\n' if wire else ': ping\n\n'
        return f'{wire}data: {data}\n\n'

    @property
    def needs_json(self) -> bool:
        """Whether the data is made of `json`."""
        return self._json is not None and self._text is None and self._data is None

    def with_id(self, event_id: str, handler: 'MediaHandler | None' = None) -> 'SSEvent':
        """Return a copy with an id, and with text for data: JSON is made now, by `handler` or as `serialize` says."""
        data = self._text if self._data is None else self._data
        if self.needs_json:
            data = self._json_text(handler)
        return SSEvent(data, self._event_type, event_id, self._retry, comment=self._comment)

    def _json_text(self, handler: 'MediaHandler | None') -> str:
        if handler is None:
            handler = _installed_json_handler()
        return handler.serialize(self._json, MEDIA_JSON).decode()


PING = SSEvent().encode()


def as_event(item: object) -> SSEvent:
    """Return the event that an item of an event stream stands for.

    Args:
        item: An `SSEvent`, which it is itself; `str`, the data of an event; any other object but None and bytes, an
            event whose data is the object's JSON text.

    Raises:
        TypeError: The item is None or bytes.
    """
    if isinstance(item, SSEvent):
        return item
    if isinstance(item, str):
        return SSEvent(item)
    if item is None or isinstance(item, (bytes, bytearray, memoryview)):
        raise TypeError(f'received {type(item).__name__}, expected SSEvent, str or an object to send as JSON')
    return SSEvent(json=item)


def encoder(handler: 'MediaHandler | None') -> Callable[[object], bytes]:
    """Return what makes the bytes of the items of one event stream: of what `as_event` takes, and of None a ping.

    Args:
        handler: What turns objects into JSON; None as for `SSEvent.serialize`.
    """

    # A closure and no partial, and no call for an event that many clients get: a tenth of what sending it takes.
    def encoded(item: object) -> bytes:
        if type(item) is SSEvent:
            return item._wire or item.encode(handler)
        if type(item) is str:
            # What the event made of it would be: to make it first takes three times as long.
            if '\n' in item or '\r' in item:
                item = _folded(item, '\ndata: ')
            return f'data: {item}\n\n'.encode()
        return PING if item is None else as_event(item).encode(handler)

    return encoded


def _folded(text: str, fold: str) -> str:
    # Not str.splitlines, which splits at eight further characters that a client takes for data.
    if '\r' in text:
        text = text.replace('\r\n', '\n').replace('\r', '\n')
    return text.replace('\n', fold)


def _text(name: str, value: str) -> str:
    if type(value) is not str:
        if not isinstance(value, str):
            raise TypeError(f'received {name} of type {type(value).__name__}, expected str')
        # The text of a subclass, not what it formats as: a member of a (str, Enum) class formats as its name.
        value = str.__str__(value)
    if not value.isascii():
        value.encode()  # a lone surrogate has no UTF-8 form
    return value


def _line(name: str, value: str) -> str:
    value = _text(name, value)
    # Printable text, as nearly all is, holds none of the three; one call then says so.
    if not value.isprintable() and ('\n' in value or '\r' in value or '\0' in value):
        raise ValueError(f'received {name} {value!r}, expected no CR, LF or NUL in it')
    return value


def _data(value: str | bytes) -> str | bytes:
    if isinstance(value, str):
        return _text('data', value)
    if not isinstance(value, bytes):
        raise TypeError(f'received data of type {type(value).__name__}, expected str or bytes')
    value.decode()
    return value


def _milliseconds(value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f'received retry of type {type(value).__name__}, expected int')
    if value < 0:
        raise ValueError(f'received retry {value}, expected at least 0')
    return int(value)
