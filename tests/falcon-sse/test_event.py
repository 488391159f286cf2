import json
import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import MissingDistribution
from falcon_core.media import BaseHandler
from falcon_sse import SSEvent
from falcon_sse import event as event_module


@dataclass(frozen=True)
class Received:
    """What a browser's listener is told of one event."""

    type: str
    data: str
    last_event_id: str


class Browser:
    """What the WHATWG text has a client do with the bytes of a stream (HTML, sections 9.2.5 and 9.2.6)."""

    def __init__(self, stream: bytes) -> None:
        self.received: list[Received] = []
        self.comments: list[str] = []
        self.retry: int | None = None
        self._data = self._type = self._last_id = ''
        text = stream.decode('utf-8').removeprefix('\ufeff')
        lines = re.split('\r\n|\n|\r', text)
        assert lines.pop() == '', 'the last line has no end'
        for line in lines:
            self._take(line)
        assert (self._data, self._type) == ('', ''), 'the last event has no end'

    def _take(self, line: str) -> None:
        if not line:
            self._dispatch()
        elif line.startswith(':'):
            self.comments.append(line[1:])
        else:
            name, _, value = line.partition(':')
            self._process(name, value[1:] if value.startswith(' ') else value)

    def _process(self, name: str, value: str) -> None:
        assert name in ('event', 'data', 'id', 'retry'), f'a forged field: {name!r}'
        if name == 'event':
            self._type = value
        elif name == 'data':
            self._data += value + '\n'
        elif name == 'id' and '\0' not in value:
            self._last_id = value
        elif name == 'retry' and re.fullmatch('[0-9]+', value):
            self.retry = int(value)

    def _dispatch(self) -> None:
        if self._data:
            self.received.append(Received(self._type or 'message', self._data.removesuffix('\n'), self._last_id))
        self._data = self._type = ''


class PlainJSON(BaseHandler):
    """JSON of the standard library, spread over lines."""

    media_types = ('application/json',)

    def serialize(self, media: object, content_type: str) -> bytes:
        assert content_type == 'application/json'
        return json.dumps(media, indent=1, ensure_ascii=False).encode()


# Also what other definitions of a line's end, or of a space, would split or strip.
characters = st.sampled_from('\r\n\0\v\f\x1c\x1d\x1e\x85\u2028\u2029\ufeff \t:dataeventidretry0') | st.characters(
    exclude_categories=['Cs']
)
texts = st.text(characters)
lines = texts.map(lambda text: re.sub('[\r\n\0]', '', text))
events = st.builds(
    SSEvent,
    texts | texts.map(str.encode),
    st.none() | lines,
    st.none() | lines,
    st.none() | st.integers(min_value=0),
    comment=st.none() | texts,
)


def as_received(data: str | bytes) -> str:
    """Return what a client makes of line ends: LF of each kind."""
    text = data if isinstance(data, str) else data.decode()
    return text.replace('\r\n', '\n').replace('\r', '\n')


@given(st.lists(events))
def test_any_events_are_received_as_they_were_made(made: list[SSEvent]) -> None:
    """Whatever the fields hold, a client gets exactly these events with these types and ids, and nothing else."""
    browser = Browser(''.join(event.serialize() for event in made).encode())
    last_id, expected = '', []
    for event in made:
        last_id = last_id if event.event_id is None else event.event_id
        expected.append(Received(event.event_type or 'message', as_received(event.data or ''), last_id))
    assert browser.received == expected
    retries = [event.retry for event in made if event.retry is not None]
    assert browser.retry == (retries[-1] if retries else None)


@given(texts)
def test_no_comment_forges_a_field(comment: str) -> None:
    """Each line of a comment is a comment; a client hears of no event."""
    browser = Browser(SSEvent(comment=comment).serialize().encode())
    assert browser.received == []
    assert '\n'.join(line.removeprefix(' ') for line in browser.comments) == as_received(comment)


@given(texts)
def test_no_type_and_no_id_forges_a_field(value: str) -> None:
    """An event type or an id with CR, LF or NUL is refused, when the event is made and when it is set; no other is."""
    event = SSEvent('x')
    if set(value) & set('\r\n\0'):
        for make in (
            lambda: SSEvent('x', value),
            lambda: SSEvent('x', event=value),
            lambda: SSEvent('x', event_id=value),
            lambda: setattr(event, 'event_type', value),
            lambda: setattr(event, 'event', value),
            lambda: setattr(event, 'event_id', value),
        ):
            with pytest.raises(ValueError, match='expected no CR, LF or NUL'):
                make()
        assert event.serialize() == 'data: x\n\n'
    else:
        event.event_type = event.event_id = value
        assert event.serialize() == f'event: {value}\nid: {value}\ndata: x\n\n'


@pytest.mark.parametrize(
    ('event', 'wire'),
    [
        (SSEvent('a'), 'data: a\n\n'),
        (SSEvent(b'a'), 'data: a\n\n'),
        (SSEvent(text='a'), 'data: a\n\n'),
        (SSEvent(''), 'data: \n\n'),
        (SSEvent(b''), 'data: \n\n'),
        (SSEvent(text=''), 'data: \n\n'),
        (SSEvent('a\nb\rc\r\nd\n'), 'data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n'),
        (SSEvent('a\u2028b\x0bc\x85d'), 'data: a\u2028b\x0bc\x85d\n\n'),
        (SSEvent(' a'), 'data:  a\n\n'),
        (SSEvent(event_type='t'), 'event: t\n\n'),
        (SSEvent(event='t'), 'event: t\n\n'),
        (SSEvent(event_type='t', event='t'), 'event: t\n\n'),
        (SSEvent(event_type=''), 'event: \n\n'),
        (SSEvent(event_id=''), 'id: \n\n'),
        (SSEvent(retry=0), 'retry: 0\n\n'),
        (SSEvent(comment='c'), ': c\n\n'),
        (SSEvent(comment=''), ': \n\n'),
        (SSEvent(comment='c\r\ndata: d'), ': c\n: data: d\n\n'),
        (SSEvent(), ': ping\n\n'),
        (SSEvent('d', 't', 'i', 5, comment='c'), ': c\nevent: t\nid: i\nretry: 5\ndata: d\n\n'),
    ],
    ids=repr,
)
def test_the_text_of_an_event(event: SSEvent, wire: str) -> None:
    """Comment, type, id, time and data, in this order, then an empty line; a ping if there is none of them."""
    assert event.serialize() == wire


def test_data_goes_before_text_and_text_before_json() -> None:
    """Of several sources of the data the first counts, and JSON is not even made for the others."""
    event = SSEvent('d', text='t', json={'j': 1})
    assert event.serialize() == 'data: d\n\n'
    event.data = None
    assert event.serialize() == 'data: t\n\n'
    event.text = None
    assert event.serialize(PlainJSON()) == 'data: {\ndata:  "j": 1\ndata: }\n\n'
    event.json = None
    assert event.serialize() == ': ping\n\n'


@pytest.mark.parametrize('value', [0, False, '', [], 'é', {'a': [1.5, None]}])
def test_json_by_a_given_handler(value: object) -> None:
    """An object, also one that is false, is sent as the text that the handler makes of it."""
    (received,) = Browser(SSEvent(json=value).serialize(PlainJSON()).encode()).received
    assert json.loads(received.data) == value


def test_json_by_the_installed_handler(installed: dict[str, Any]) -> None:
    """Without a handler given, the installed distributions' handler for JSON is used."""
    installed['application/json'] = PlainJSON()
    assert SSEvent(json=7).serialize() == 'data: 7\n\n'


def test_json_with_none_installed(installed: dict[str, Any]) -> None:
    """Without a handler given or installed, the error names what to install, for as long as it is missing."""
    message = r'SSEvent\(json=...\) needs falcon-media: pip install falcon-media'
    with pytest.raises(MissingDistribution, match=message):
        SSEvent(json=7).serialize()
    installed['application/json'] = PlainJSON()
    assert SSEvent(json=7).serialize() == 'data: 7\n\n'


def test_attributes_are_what_was_given() -> None:
    """Each argument is an attribute, and None where it was not given."""
    event = SSEvent(b'd', 't', 'i', 5, text='x', json=[1], comment='c')
    assert (event.data, event.event_type, event.event_id, event.retry) == (b'd', 't', 'i', 5)
    assert (event.text, event.json, event.comment, event.event) == ('x', [1], 'c', 't')
    empty = SSEvent()
    names = ('data', 'event_type', 'event_id', 'retry', 'text', 'json', 'comment', 'event')
    assert [getattr(empty, name) for name in names] == [None] * 8


def test_attributes_can_be_set() -> None:
    """What is set later is sent; None takes a field out."""
    event = SSEvent()
    event.data, event.event_id, event.retry, event.comment = 'd', 'i', 5, 'c'
    event.event_type = 't'
    assert event.event == 't'
    event.event = 'u'
    assert event.event_type == 'u'
    assert event.serialize() == ': c\nevent: u\nid: i\nretry: 5\ndata: d\n\n'
    event.data, event.text = None, 't'
    assert event.serialize().endswith('data: t\n\n')
    event.text = event.event = event.event_id = event.retry = event.comment = None
    assert event.serialize() == ': ping\n\n'


def test_two_names_of_the_type_that_differ() -> None:
    """`event_type` and `event` name one thing, so they cannot both be given and differ."""
    with pytest.raises(ValueError, match="received event_type 'a' and event 'b', expected one or the same"):
        SSEvent('x', 'a', event='b')


@pytest.mark.parametrize(
    ('name', 'value', 'message'),
    [
        ('data', 5, 'received data of type int, expected str or bytes'),
        ('data', bytearray(b'x'), 'received data of type bytearray, expected str or bytes'),
        ('text', b'x', 'received text of type bytes, expected str'),
        ('event_type', 5, 'received event_type of type int, expected str'),
        ('event', b'x', 'received event_type of type bytes, expected str'),
        ('event_id', 5, 'received event_id of type int, expected str'),
        ('comment', b'x', 'received comment of type bytes, expected str'),
        ('retry', '5', 'received retry of type str, expected int'),
        ('retry', 5.0, 'received retry of type float, expected int'),
        ('retry', True, 'received retry of type bool, expected int'),
    ],
)
def test_values_of_another_type_are_refused(name: str, value: Any, message: str) -> None:
    """A value that is not of its field's type raises TypeError, given or set."""
    with pytest.raises(TypeError, match=message):
        SSEvent(**{name: value})
    with pytest.raises(TypeError, match=message):
        setattr(SSEvent(), name, value)


def test_a_negative_retry_is_refused() -> None:
    """A time cannot be negative."""
    with pytest.raises(ValueError, match='received retry -1, expected at least 0'):
        SSEvent(retry=-1)
    with pytest.raises(ValueError, match='received retry -1, expected at least 0'):
        SSEvent().retry = -1


@pytest.mark.parametrize('name', ['data', 'text', 'event_type', 'event', 'event_id', 'comment'])
def test_what_has_no_utf8_form_is_refused(name: str) -> None:
    """A lone surrogate is refused where it is set, so that no stream breaks on it later; it is a ValueError."""
    values: dict[str, Any] = {name: '\ud800'}
    with pytest.raises(UnicodeEncodeError):
        SSEvent(**values)
    with pytest.raises(UnicodeEncodeError):
        setattr(SSEvent(), name, '\ud800')


def test_data_that_is_not_utf8_is_refused() -> None:
    """Bytes of data are text in UTF-8."""
    with pytest.raises(UnicodeDecodeError):
        SSEvent(b'\xff')


def test_members_of_enumerations_stand_for_their_values() -> None:
    """A member of an enumeration of texts or numbers is sent as its value, not as its name."""

    class Kind(str, Enum):  # noqa: UP042 # the kind that formats as its name
        NOTE = 'note'

    class Wait(IntEnum):
        LONG = 5000

    event = SSEvent(Kind.NOTE, Kind.NOTE, Kind.NOTE, Wait.LONG, comment=Kind.NOTE)
    assert event.serialize() == ': note\nevent: note\nid: note\nretry: 5000\ndata: note\n\n'
    assert event.event_type == Kind.NOTE


def test_the_representation_shows_what_is_set() -> None:
    """The representation is the call that makes the same event."""
    event = SSEvent('d', event='t', json=0)
    assert repr(event) == "SSEvent(data='d', event_type='t', json=0)"
    assert repr(SSEvent()) == 'SSEvent()'


def test_what_was_encoded_is_kept_until_something_is_set() -> None:
    """All clients of an event are sent the same bytes; JSON, whose object may change, is made anew for each."""
    encoded, event, media = event_module.encoder(PlainJSON()), SSEvent('a'), {'a': 1}
    wire = encoded(event)
    assert wire == b'data: a\n\n'
    assert encoded(event) is wire
    event.retry = 5
    assert encoded(event) == b'retry: 5\ndata: a\n\n'
    changing = SSEvent(json=media)
    first = encoded(changing)
    media['a'] = 2
    assert b'1' in first
    assert b'2' in encoded(changing)


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('data', 'x'),
        ('text', 'x'),
        ('json', 5),
        ('event_type', 'x'),
        ('event', 'x'),
        ('event_id', 'x'),
        ('retry', 5),
        ('comment', 'x'),
    ],
)
def test_what_is_set_after_encoding_is_sent(name: str, value: Any) -> None:
    """Whichever attribute is set, the bytes that were made before are not sent again."""
    event = SSEvent(comment='c')
    assert event.encode() == b': c\n\n'
    setattr(event, name, value)
    assert event.encode(PlainJSON()) == SSEvent(**{'comment': 'c', name: value}).encode(PlainJSON()) != b': c\n\n'


class Words(BaseHandler):
    """Writes the words of a list."""

    def serialize(self, media: Any, content_type: str) -> bytes:
        return ' '.join(media).encode()


def test_items_of_a_stream_stand_for_events() -> None:
    """An event is itself, a text is data, another object is sent as JSON; None and bytes are no events."""
    event = SSEvent('a')
    assert event_module.as_event(event) is event
    assert event_module.as_event('a').serialize() == 'data: a\n\n'
    assert event_module.as_event(['a', 'b']).serialize(Words()) == 'data: a b\n\n'
    for item in (None, b'a', bytearray(b'a'), memoryview(b'a')):
        with pytest.raises(TypeError, match=f'received {type(item).__name__}, expected SSEvent, str or an object'):
            event_module.as_event(item)


def test_items_are_encoded_by_the_handler_of_their_stream() -> None:
    """None is a ping, an event that was encoded is not encoded again, and objects are written by the handler."""
    encode = event_module.encoder(Words())
    event = SSEvent('a')
    assert encode(None) == b': ping\n\n'
    assert encode(event) == b'data: a\n\n'
    assert encode(event) is encode(event)
    assert encode(['a', 'b']) == b'data: a b\n\n'


@given(texts)
def test_text_is_encoded_as_the_event_made_of_it(text: str) -> None:
    """Text of a stream becomes the same bytes without an event; of a member of a (str, Enum) class, its value."""

    class Texts(str, Enum):  # noqa: UP042 # a StrEnum formats as its value
        A = text

    encode = event_module.encoder(None)
    assert encode(text) == SSEvent(text).encode() == encode(Texts.A)


def test_text_that_is_no_unicode_is_refused_where_it_is_sent() -> None:
    """A lone surrogate in text that a stream is given raises a ValueError, as in an event."""
    with pytest.raises(ValueError, match='surrogates not allowed'):
        event_module.encoder(None)('a\ud800')


def test_copy_with_an_id() -> None:
    """All else stays, and what was to be JSON is text, which is made once."""
    event = SSEvent(json=['a', 'b'], event_type='x', retry=7, comment='c')
    copy = event.with_id('1', Words())
    assert copy.serialize() == event.with_id('1', Words()).serialize()
    assert (copy.data, copy.json, copy.event_id, copy.event_type, copy.retry) == ('a b', None, '1', 'x', 7)
    assert event.event_id is None
    assert SSEvent('a').with_id('2').serialize() == 'id: 2\ndata: a\n\n'
