"""A push parser of multipart bodies: bytes in, events out, no I/O (RFC 7578; RFC 2046, section 5.1).

Its laws:

- The events depend on the bytes alone and not on how they were cut, once the data of neighbouring `PartData` is joined.
  This goes for errors too: all events of what comes before the fault are given first.
- Each byte is searched a bounded number of times, whatever the input: the time is linear in its size.
- Between two calls it holds back the beginning of what may be a delimiter, or the headers of one part up to their
  limit, and nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import chain
from types import MappingProxyType

from falcon_core.http_errors import MultipartParseError

__all__ = ['Event', 'FormEnd', 'MultipartParser', 'PartBegin', 'PartData', 'PartEnd']

_CRLF = b'\r\n'
_HEAD_END = b'\r\n\r\n'
_WHITE_SPACE = b' \t'

# RFC 5322, section 2.2.3: white space at the start of a line continues the header on the line before.
_FOLD = re.compile(rb'\r\n[ \t]+')
# RFC 9110, section 5.6.2, for names; values are UTF-8 (RFC 7578, section 5.1) without control characters.
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(rb'[\x00-\x08\x0a-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class PartBegin:
    """A part begins.

    Attributes:
        headers: Lowercase name to value, without surrounding white space.
    """

    headers: Mapping[str, str]


# Not frozen, which would double the time that it takes to make one.
@dataclass(slots=True)
class PartData:
    """Some of the data of the part.

    Attributes:
        data: At least one byte.
    """

    data: bytes


@dataclass(frozen=True, slots=True)
class PartEnd:
    """The part has ended."""


@dataclass(frozen=True, slots=True)
class FormEnd:
    """The final boundary has been read; whatever follows it is passed over."""


_PART_END = PartEnd()
_FORM_END = FormEnd()

# The parts of one form after another have the same headers, which take longer to read than most fields.
_MAX_KEPT_HEADS = 256
_MAX_KEPT_HEAD_BYTES = 256

Event = PartBegin | PartData | PartEnd | FormEnd


class _State(Enum):
    PREAMBLE = auto()  # before the first boundary
    HEAD = auto()  # after a boundary, up to the end of the headers
    DATA = auto()
    EPILOGUE = auto()  # after the final boundary


_PREAMBLE, _HEAD, _DATA, _EPILOGUE = _State


class MultipartParser:
    """Finds the parts of one multipart body.

    Args:
        boundary: The parameter `boundary` of the body's Content-Type.
        max_parts: The most parts to take, or 0 for any number.
        max_header_bytes: The most bytes that the headers of one part may take.
    """

    def __init__(self, boundary: bytes, *, max_parts: int = 64, max_header_bytes: int = 8192) -> None:
        self._delimiter = b'\r\n--' + boundary
        self._tail = 1 - len(self._delimiter)
        self._max_parts = max_parts
        self._max_header_bytes = max_header_bytes
        self._state = _PREAMBLE
        self._parts = 0
        # The first delimiter may do without its line break, so that one is put before it.
        self._buffer = _CRLF
        self._position = 0
        # Up to here, the end of the headers has been looked for in vain.
        self._searched = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """Take the next bytes of the body, and return the events that they complete.

        Args:
            data: Any number of bytes.

        Returns:
            The events. They are found while one iterates, which is to be done to the end before the next call.

        Raises:
            MultipartParseError: While iterating: the body is malformed, or exceeds a limit. The parser is then
                of no more use.
        """
        held = self._buffer[self._position :]
        if held and self._state is _DATA and not self._may_continue(held, data):
            # Data after all. To put the two together would copy all of it.
            self._buffer, self._position = data, 0
            return chain((PartData(held),), self._events())
        self._buffer = held + data
        self._searched -= self._position
        self._position = 0
        return self._events()

    def _may_continue(self, held: bytes, data: bytes) -> bool:
        """Return whether the beginning of a delimiter that was held back may go on with what comes now."""
        rest = self._delimiter[len(held) :]
        return data.startswith(rest) or rest.startswith(data)

    def is_data(self, data: bytes) -> bool:
        """Return whether the next bytes of the body are data of the part and nothing else; if so, take them.

        Nearly all that comes of a large part is, and is then handed on as it came.

        Args:
            data: Any number of bytes, to be given to `feed` if this returns False.
        """
        if self._state is not _DATA or self._position < len(self._buffer):
            return False
        delimiter = self._delimiter
        start = data.rfind(b'\r', self._tail)
        return (start < 0 or not delimiter.startswith(data[start:])) and data.find(delimiter) < 0

    def close(self) -> None:
        """Say that the body has ended.

        Raises:
            MultipartParseError: It lacks its final boundary.
        """
        if self._state is not _EPILOGUE:
            raise MultipartParseError(description='The form ends before its final boundary.')

    def _events(self) -> Iterator[Event]:
        if self._state is _PREAMBLE:
            self._skip_preamble()
        while True:
            if self._state is _HEAD:
                event = self._read_head()
                if event is None:
                    return
                yield event
            elif self._state is _DATA:
                buffer, start = self._buffer, self._position
                stop = buffer.find(self._delimiter, start)
                if stop < 0:
                    stop = self._position = _delimiter_start(self._delimiter, self._buffer, self._position)
                    if stop > start:
                        yield PartData(buffer[start:stop])
                    return
                if stop > start:
                    self._position = stop
                    yield PartData(buffer[start:stop])
                self._enter_head(stop)
                yield _PART_END
            else:
                if self._state is _EPILOGUE:
                    self._position = len(self._buffer)
                return

    def _skip_preamble(self) -> None:
        found = self._buffer.find(self._delimiter, self._position)
        if found < 0:
            self._position = _delimiter_start(self._delimiter, self._buffer, self._position)
        else:
            self._enter_head(found)

    def _enter_head(self, delimiter: int) -> None:
        self._state = _HEAD
        self._position = self._searched = delimiter + len(self._delimiter)

    def _read_head(self) -> Event | None:
        buffer, start = self._buffer, self._position
        if buffer.startswith(b'--', start):
            self._state = _EPILOGUE
            return _FORM_END
        stop = buffer.find(_HEAD_END, max(start, self._searched - len(_HEAD_END) + 1))
        # The line of the boundary ends with a line break, which is no part of the headers.
        known = (stop if stop >= 0 else len(buffer) - len(_HEAD_END) + 1) - start - len(_CRLF)
        if known > self._max_header_bytes:
            raise MultipartParseError(description=f'The headers of a body part exceed {self._max_header_bytes} bytes.')
        if stop < 0:
            self._searched = len(buffer)
            return None
        if self._max_parts and self._parts >= self._max_parts:
            raise MultipartParseError(description=f'The form has more than {self._max_parts} body parts.')
        head = buffer[start:stop]
        event = (_kept_head if len(head) <= _MAX_KEPT_HEAD_BYTES else _parse_head)(head)
        self._parts += 1
        self._state = _DATA
        self._position = stop + len(_HEAD_END)
        return event


def _delimiter_start(delimiter: bytes, buffer: bytes, position: int) -> int:
    """Return where, from a position on, a delimiter may begin that is not all there yet: the end if nowhere."""
    # A delimiter has but one carriage return, at its beginning.
    start = buffer.rfind(b'\r', max(position, len(buffer) - len(delimiter) + 1))
    return start if start >= 0 and delimiter.startswith(buffer[start:]) else len(buffer)


def _parse_head(head: bytes) -> PartBegin:
    """Return the headers in what lies between a delimiter and an empty line."""
    if b'\r\n ' in head or b'\r\n\t' in head:
        head = _FOLD.sub(b' ', head)
    padding, *lines = head.split(_CRLF)
    # RFC 2046, section 5.1.1: white space may follow the boundary on its line, and nothing else.
    if padding.strip(_WHITE_SPACE):
        raise MultipartParseError(description='A line begins like a boundary but does not end with it.')
    headers: dict[str, str] = {}
    for line in lines:
        raw_name, colon, raw_value = line.partition(b':')
        if not colon or not _NAME.fullmatch(raw_name) or _CONTROL.search(raw_value):
            raise MultipartParseError(description='A header of a body part is malformed.')
        name = raw_name.decode().lower()
        if name in headers:
            raise MultipartParseError(description='A body part has the same header more than once.')
        try:
            headers[name] = raw_value.strip(_WHITE_SPACE).decode()
        except UnicodeDecodeError as exc:
            raise MultipartParseError(description=f'A header of a body part is not UTF-8: {exc}.') from exc
    return PartBegin(MappingProxyType(headers))


_kept_head = lru_cache(_MAX_KEPT_HEADS)(_parse_head)
