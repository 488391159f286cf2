"""Reading event streams as browsers do, in any split, and reading back what was encoded."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_sse import EventParser, ReceivedEvent, SSEvent
from falcon_sse.parser import OversizedEventError

LONG = b'x' * 2048

# What a stream holds, and what a listener hears: (data, type, last id). The cases are those that the web platform tests
# have for browsers (eventsource/format-*).
STREAMS: dict[str, tuple[bytes, list[tuple[str, str, str]]]] = {
    'a byte order mark begins a stream': (
        b'\xef\xbb\xbfdata:one\n\n\xef\xbb\xbfdata:a field of another name\n\ndata:three\n\n',
        [('one', 'message', ''), ('three', 'message', '')],
    ),
    'only one mark is passed over': (
        b'\xef\xbb\xbf\xef\xbb\xbfdata:a field of another name\n\ndata:two\n\n',
        [('two', 'message', '')],
    ),
    'comments are passed over, long ones too': (
        b'data:1\r:\0\n:\r\ndata:2\n:' + LONG + b'\rdata:3\n:data:no\r:' + LONG + b'\ndata:4\n\n',
        [('1\n2\n3\n4', 'message', '')],
    ),
    'what the stream breaks off is no event': (
        b'retry:1000\ndata:whole\n\nid:not counted\ndata:broken off',
        [('whole', 'message', '')],
    ),
    'a last line without its end is no line': (b'data:whole\n\ndata:no\n', [('whole', 'message', '')]),
    'data without a value is an empty line': (
        b'data:\n\ndata\ndata\n\ndata:test\n\n',
        [('', 'message', ''), ('\n', 'message', ''), ('test', 'message', '')],
    ),
    'a type counts for one event': (b'event:test\ndata:x\n\ndata:x\n\n', [('x', 'test', ''), ('x', 'message', '')]),
    'the last type of an event counts': (b'event:a\nevent:b\ndata:x\n\n', [('x', 'b', '')]),
    'an empty type is the usual one': (b'event: \ndata:x\n\n', [('x', 'message', '')]),
    'a type without data is forgotten': (b'event:test\n\ndata:x\n\n', [('x', 'message', '')]),
    'an id stays': (b'id:1\ndata:x\n\ndata:y\n\n', [('x', 'message', '1'), ('y', 'message', '1')]),
    'an id without a value takes it back': (
        b'id:1\ndata:x\n\nid\ndata:y\n\nid:2\ndata:z\n\nid:\ndata:z\n\n',
        [('x', 'message', '1'), ('y', 'message', ''), ('z', 'message', '2'), ('z', 'message', '')],
    ),
    'an id counts without data': (b'id:1\n\ndata:x\n\n', [('x', 'message', '1')]),
    'an id with NUL counts not': (
        b'id:1\ndata:x\n\nid:2\0\ndata:y\n\nid:\0\ndata:z\n\n',
        [('x', 'message', '1'), ('y', 'message', '1'), ('z', 'message', '1')],
    ),
    'an id is UTF-8': ('id:\u2026\ndata:x\n\n'.encode(), [('x', 'message', '\u2026')]),
    'names are exact, and one space is no value': (
        b'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\n'
        b'data:4\n\n',
        [('\0\n 2\n1\n3\n\n4', 'message', '')],
    ),
    'unknown fields are passed over': (
        b'data:test\n data\ndata\nfoo:xxx\nonly text\n:a comment\ndata:test\n\n',
        [('test\n\ntest', 'message', '')],
    ),
    'no more than one space is taken away, and no tab': (
        b'data:\ttest\rdata: \ndata:test\n\n',
        [('\ttest\n\ntest', 'message', '')],
    ),
    'CR, LF and CRLF end lines, mixed as they come': (
        b'data:test\r\ndata\ndata:test\r\n\r',
        [('test\n\ntest', 'message', '')],
    ),
    'other separators are data': (
        'data:a\x0bb\x0cc\x1cd\x85e\u2028f\n\n'.encode(),
        [('a\x0bb\x0cc\x1cd\x85e\u2028f', 'message', '')],
    ),
    'NUL is data': (b'data:\0\n\n\n\n', [('\0', 'message', '')]),
    'bytes that are no UTF-8 are replaced': (b'data:\xe2\x80\ndata:\xff!\n\n', [('\ufffd\n\ufffd!', 'message', '')]),
    'a colon in a value is a part of it': (b'data:a:b: c\n\n', [('a:b: c', 'message', '')]),
    'empty lines alone are nothing': (b'\n\r\n\r\n\n', []),
    'nothing is nothing': (b'', []),
    'half a byte order mark is nothing': (b'\xef\xbb', []),
}


def parsed(stream: bytes, cuts: tuple[int, ...] = ()) -> list[ReceivedEvent]:
    """Return the events of a stream that arrives in pieces."""
    parser = EventParser()
    bounds = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [event for begin, end in pairwise(bounds) for event in parser.feed(stream[begin:end])]


@pytest.mark.parametrize('case', STREAMS)
def test_what_a_listener_hears(case: str) -> None:
    """The events of a stream are those that a browser makes of it, at once and byte by byte."""
    stream, heard = STREAMS[case]
    expected = [ReceivedEvent(*event) for event in heard]
    assert parsed(stream) == expected
    assert parsed(stream, tuple(range(len(stream)))) == expected


@pytest.mark.parametrize(
    ('stream', 'retry'),
    [
        (b'', None),
        (b'retry:3000\n', 3000),
        (b'retry: 0\n', 0),
        (b'retry:3000\nretry:1000x\n', 3000),
        (b'retry:3000\nretry\nretry:\nretry:  1\nretry:-1\nretry:1.5\n', 3000),
        ('retry:3000\nretry:\u0661\n'.encode(), 3000),
        (b'retry:3000\nretry:' + b'9' * 5000 + b'\n', 3000),
    ],
)
def test_retry_is_digits_or_nothing(stream: bytes, retry: int | None) -> None:
    """A time to come back after counts at once if it is ASCII digits alone, and of a time that anyone could wait."""
    parser = EventParser()
    parser.feed(stream)
    assert parser.retry == retry


def test_last_id_is_what_to_go_on_from() -> None:
    """The id that a client remembers is kept from before, and changes when an event that gives one is whole."""
    parser = EventParser('before')
    (event,) = parser.feed(b'data:x\n\n')
    assert event.event_id == parser.last_event_id == 'before'
    parser.feed(b'id:next\ndata:x\n')
    assert parser.last_event_id == 'before'
    parser.feed(b'\n')
    assert parser.last_event_id == 'next'
    assert parser.feed(b'id:without data\n\n') == []
    assert parser.last_event_id == 'without data'


def test_event_is_there_with_the_cr_that_ends_it() -> None:
    """An event is given as soon as its last line ends, and the LF that may follow a CR ends no further line."""
    parser = EventParser()
    assert parser.feed(b'data:x\r\n\r') == [ReceivedEvent('x')]
    assert parser.feed(b'') == []
    assert parser.feed(b'\ndata:y\n\n') == [ReceivedEvent('y')]
    assert [parser.feed(chunk) for chunk in (b'data:x\r', b'', b'\ndata:y\n\n')] == [[], [], [ReceivedEvent('x\ny')]]


@pytest.mark.parametrize(
    'stream',
    [
        b'data:' + b'x' * 96,
        b'data:x\n' * 17,
        b'data\n' * 26,
        b':' + b'x' * 100,
        b'data:' + b'x' * 96 + b'\n\ndata:next\n\n',
        b'data:x\n' * 17 + b'\n',
    ],
)
def test_event_that_is_too_large_is_refused(stream: bytes) -> None:
    """An event is refused as soon as it has more bytes than allowed, in one line or in many, whole or not."""
    with pytest.raises(OversizedEventError, match=r'received \d+ bytes of an event, expected at most 100') as caught:
        EventParser(max_event_bytes=100).feed(stream)
    assert caught.value.size > caught.value.max_bytes == 100
    EventParser(max_event_bytes=None).feed(stream)


def test_stream_may_be_larger_than_an_event() -> None:
    """Comments and events that are over count no more."""
    parser = EventParser(max_event_bytes=100)
    for _ in range(50):
        assert parser.feed(b':' + b'x' * 99 + b'\n') == []
    assert len(parser.feed((b'data:' + b'x' * 90 + b'\n\n') * 50)) == 50


TEXT = st.text(st.characters(codec='utf-8'), max_size=20) | st.text('\r\n\0:x \ufeff', max_size=8)
LINE = TEXT.map(lambda text: re.sub('[\r\n\0]', '', text))
EVENTS = st.lists(
    st.builds(
        SSEvent,
        TEXT,
        st.none() | LINE,
        st.none() | LINE,
        st.none() | st.integers(0, 10**12),
        comment=st.none() | TEXT,
    ),
    max_size=5,
)
CUTS = st.lists(st.integers(min_value=0, max_value=2**20), max_size=8).map(tuple)


@given(EVENTS, CUTS)
def test_what_was_encoded_is_read_back(events: list[SSEvent], cuts: tuple[int, ...]) -> None:
    """In any split of their bytes, the events come back: their line ends as LF, ids that stay, no other event."""
    expected, event_id = [], ''
    for event in events:
        event_id = event_id if event.event_id is None else event.event_id
        assert isinstance(event.data, str)
        data = event.data.replace('\r\n', '\n').replace('\r', '\n')
        expected.append(ReceivedEvent(data, event.event_type or 'message', event_id))
    assert parsed(b''.join(event.encode() for event in events), cuts) == expected


PIECES = st.lists(st.sampled_from([b'data', b':', b' ', b'\r', b'\n', b'id', b'\xef\xbb\xbf', b'\0', b'x']))


@given(st.binary(max_size=60) | PIECES.map(b''.join), CUTS)
def test_any_split_of_any_bytes_gives_the_same(stream: bytes, cuts: tuple[int, ...]) -> None:
    """Whatever the bytes are, how they arrive changes nothing."""
    assert parsed(stream, cuts) == parsed(stream)
