import io
import tracemalloc
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.http_errors import HTTPBadRequest, MediaMalformedError, MediaMismatchError, MediaNotFoundError
from falcon_media.json import JSONHandler
from falcon_media.msgpack import MessagePackHandler, MessagePackHandlerWS

MSGPACK = 'application/msgpack'

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(msgpack.ExtType, st.integers(0, 127), st.binary())
)
values = st.recursive(
    scalars,
    lambda children: st.lists(children) | st.dictionaries(st.text() | st.binary(), children),
    max_leaves=20,
)


@dataclass
class Visit:
    at: datetime
    raw: bytes


def written(media: object) -> bytes:
    return MessagePackHandler().serialize(media, MSGPACK)


def read(body: bytes) -> object:
    return MessagePackHandler().deserialize(io.BytesIO(body), MSGPACK, len(body))


@given(values)
def test_what_is_written_is_read_back(media: object) -> None:
    """MessagePack's own types come back as they were: text, raw bytes, points in time, extensions."""
    assert read(written(media)) == media


@given(values)
def test_message_that_is_written_is_read_back(media: object) -> None:
    """MessagePack's own types come back as they were from WebSocket messages."""
    handler = MessagePackHandlerWS()
    assert handler.deserialize(handler.serialize(media)) == media


@given(st.binary() | values.map(written).flatmap(lambda body: st.integers(0, len(body)).map(lambda n: body[:n])))
def test_any_bytes_give_a_value_or_a_client_error(body: bytes) -> None:
    """Arbitrary and truncated bytes never raise anything but an HTTP error of status 400."""
    with suppress(HTTPBadRequest):
        read(body)


@given(st.binary())
def test_long_bodies_give_a_value_or_a_client_error(body: bytes) -> None:
    """Bodies long enough to have their lengths checked first raise nothing but an error of status 400."""
    with suppress(HTTPBadRequest):
        read(b'\x92' + msgpack.packb(b'x' * 2000) + body)


@pytest.mark.parametrize(
    ('media', 'plain'),
    [
        (uuid.UUID(int=1), '00000000-0000-0000-0000-000000000001'),
        (Decimal('1.10'), '1.10'),
        (date(2024, 5, 6), '2024-05-06'),
        (datetime(2024, 5, 6, 7, 8), '2024-05-06T07:08:00'),
        (frozenset({1}), [1]),
        ((1, 2), [1, 2]),
        (
            Visit(datetime(2024, 5, 6, tzinfo=UTC), b'\xff'),
            {'at': datetime(2024, 5, 6, tzinfo=UTC), 'raw': b'\xff'},
        ),
    ],
)
def test_other_types_are_written_as_json_has_them(media: object, plain: object) -> None:
    """What MessagePack does not know is written as its JSON form, but points in time and bytes stay what they are."""
    assert read(written(media)) == plain


@pytest.mark.parametrize(('media', 'error'), [(object(), TypeError), ('\ud800', ValueError)])
def test_object_without_messagepack_is_refused(media: object, error: type[Exception]) -> None:
    """What cannot be written is the program's fault, and leaves nothing behind for the next object."""
    handler = MessagePackHandler()
    with pytest.raises(error):
        handler.serialize([1, media], MSGPACK)
    assert handler.serialize(1, MSGPACK) == b'\x01'


def test_empty_body_is_not_found() -> None:
    """An empty body raises MediaNotFoundError, an empty message ValueError."""
    with pytest.raises(MediaNotFoundError) as caught:
        read(b'')
    assert caught.value.title == 'Invalid MessagePack'
    with pytest.raises(ValueError):
        MessagePackHandlerWS().deserialize(b'')


@pytest.mark.parametrize(
    ('body', 'reason'),
    [
        (b'\x92\x01', 'incomplete'),
        (b'\x01\x01', 'extra data'),
        (b'\xc1', 'a byte that begins no object'),
        (b'\xa1\xff', 'utf-8'),
        (b'\x81\x90\x01', 'list is not allowed for map key'),
        (b'\x81\x80\x01', 'dict is not allowed for map key'),
        (b'\x81\x01\x01', 'int is not allowed for map key'),
        (b'\xc7\x03\xff\x00\x00\x00', 'invalid timestamp'),
        (b'\xc7\x0c\xff' + b'\x00' * 4 + b'\x7f' + b'\xff' * 7, 'too large'),
    ],
)
def test_malformed_body_is_a_client_error(body: bytes, reason: str) -> None:
    """Bytes that are no MessagePack raise MediaMalformedError, or ValueError in a message, and say what is wrong."""
    with pytest.raises(MediaMalformedError) as caught:
        read(body)
    assert reason in str(caught.value.description)
    with pytest.raises(ValueError, match=reason):
        MessagePackHandlerWS().deserialize(body)


@pytest.mark.parametrize('header', [b'\xdd', b'\xdf', b'\xdb', b'\xc6'])
def test_huge_declared_length_attack_is_a_client_error(header: bytes) -> None:
    """A list, map, text or binary that claims four billion elements raises MediaMalformedError at once."""
    for padding in (b'', b'\x01' * 5000):
        with pytest.raises(MediaMalformedError):
            read(header + b'\xff\xff\xff\xff' + padding)


def test_nested_declared_lengths_attack_allocates_nothing() -> None:
    """A thousand nested lists that each claim the rest of the body do not get memory for what is not there."""
    size = 100_000
    body = (b'\xdd' + size.to_bytes(4, 'big')) * 1000
    body += b'\x01' * (size - len(body))
    tracemalloc.start()
    try:
        with pytest.raises(MediaMalformedError):
            read(body)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 5_000_000


@pytest.mark.parametrize('body', [b'\x91' * 100_000 + b'\x01', b'\x81\xa1a' * 100_000 + b'\x01', b'\x91' * 100_000])
def test_deep_nesting_attack_is_a_client_error(body: bytes) -> None:
    """A hundred thousand nested lists or maps raise MediaMalformedError."""
    with pytest.raises(MediaMalformedError) as caught:
        read(body)
    assert str(caught.value.description).endswith('nested too deeply')


def test_writing_what_is_nested_too_deeply_raises() -> None:
    """A body that is nested too deeply raises RecursionError, a fault of the program; a message raises ValueError."""
    media: list[Any] = []
    for _ in range(100_000):
        media = [media]
    with pytest.raises(RecursionError):
        written(media)
    with pytest.raises(ValueError):
        MessagePackHandlerWS().serialize(media)


def test_handler_of_messages_shows_library_and_packer() -> None:
    """The handler of messages has the library and its packer as attributes."""
    handler = MessagePackHandlerWS()
    assert handler.msgpack is msgpack
    assert handler.packer.pack(1) == b'\x01'


def test_threads_share_a_handler() -> None:
    """A handler that several threads use at once keeps their objects apart."""
    handler = MessagePackHandler()
    media = [[Decimal(number)] * 200 for number in range(8)]
    with ThreadPoolExecutor() as pool:
        bodies = list(pool.map(lambda each: handler.serialize(each, MSGPACK), media * 10))
    assert [read(body) for body in bodies] == [[str(each[0])] * 200 for each in media * 10]


def typed(body: bytes, kind: Any) -> Any:
    return MessagePackHandler().deserialize_as(body, MSGPACK, kind)


VISIT = written({'at': datetime(2024, 5, 6, tzinfo=UTC), 'raw': b'\xff'})


def test_bodies_and_messages_are_decoded_into_types() -> None:
    """A body or message becomes an object of the type; points in time and raw bytes are told from texts."""
    visit = Visit(datetime(2024, 5, 6, tzinfo=UTC), b'\xff')
    assert typed(VISIT, Visit) == visit
    assert MessagePackHandlerWS().deserialize_as(VISIT, Visit) == visit
    assert typed(written([1, 2]), list[int]) == [1, 2]


def test_a_body_of_another_type_is_refused_with_the_path() -> None:
    """A violation is answered with 422 and the path to the field; of a message, it raises ValueError with the path."""
    body = written([{'at': 'now', 'raw': b''}])
    with pytest.raises(MediaMismatchError) as caught:
        typed(body, list[Visit])
    assert caught.value.path == '$[0].at'
    with pytest.raises(ValueError, match=r' - at `\$\[0\]\.at`$'):
        MessagePackHandlerWS().deserialize_as(body, list[Visit])


@pytest.mark.parametrize('body', [b'\xc1', b'\x91', b'\x01\x02', b'\x92\xa1x', b'\x91' * 100_000, VISIT[:-1]])
def test_malformed_bodies_are_no_mismatch(body: bytes) -> None:
    """What is no MessagePack is answered with 400, wherever the fault is and whatever else is wrong."""
    with pytest.raises(MediaMalformedError):
        typed(body, list[Any])
    with pytest.raises(ValueError):
        MessagePackHandlerWS().deserialize_as(body, list[Any])


def test_an_empty_body_is_not_there() -> None:
    """An empty body is told from one that is malformed."""
    with pytest.raises(MediaNotFoundError):
        typed(b'', Visit)


@pytest.mark.parametrize('head', [b'\xdd\x7f\xff\xff\xff', b'\xdf\x7f\xff\xff\xff', b'\xdb\x7f\xff\xff\xff'])
def test_huge_declared_lengths_are_not_allocated_for_types(head: bytes) -> None:
    """A body of some bytes that declares two thousand million items takes next to no memory."""
    tracemalloc.start()
    try:
        with pytest.raises((MediaMalformedError, MediaMismatchError)):
            typed(head, list[Any])
        with pytest.raises(MediaMalformedError):
            typed(b'\xdd\x00\x3f\xff\xff' * 200, Any)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@given(st.binary() | values.map(written))
def test_any_bytes_give_a_typed_object_or_a_client_error(body: bytes) -> None:
    """Arbitrary bytes never raise anything but HTTP errors of status 400 or 422."""
    with suppress(HTTPBadRequest, MediaMismatchError):
        typed(body, list[Visit])


@given(values)
def test_the_same_bytes_as_the_librarys(media: object) -> None:
    """Whichever library writes, the bytes are those of msgpack, extensions included."""
    assert written(media) == msgpack.packb(media, datetime=True)


@pytest.mark.parametrize('code', [0, 5, 127])
def test_an_extension_is_told_from_a_list(code: int) -> None:
    """An ExtType, which is a tuple, is written as an extension; a list of the same stays a list."""
    extension = msgpack.ExtType(code, b'x')
    assert read(written({'a': [extension]})) == {'a': [extension]}
    assert read(written({'a': [[code, b'x']]})) == {'a': [[code, b'x']]}
    assert isinstance(read(written([[code, b'x']])), list)
    assert read(written(msgpack.Timestamp(1, 0))) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize('size', [0, 255, 256, 65_535, 65_536])
def test_an_extension_of_any_size_is_told_from_a_list(size: int) -> None:
    """The bytes of an ExtType may be as many as raw bytes can be, each size of which has a form of its own."""
    for code in range(128):
        extension = msgpack.ExtType(code, b'x' * size)
        assert written([extension]) == msgpack.packb([extension])


class Name(str):
    """A text of another class, as libraries make them."""


class Count(int):
    pass


class Share(float):
    pass


@pytest.mark.parametrize(
    ('value', 'packed'),
    [
        (Name('a'), 'a'),
        (Count(2), 2),
        (Count(2**64), str(2**64)),
        (Share(0.5), 0.5),
        (msgpack.Timestamp(1, 0), datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_objects_hold_what_lists_do(value: Any, packed: object) -> None:
    """Points in time and derived texts and numbers are written alike, wherever they are."""
    for media in ([value], {value}, [value, 2**64], [{value}, 2**64]):
        assert str([packed])[1:-1] in str(read(written(media)))
    assert read(written(Visit(value, b'x'))) == {'at': packed, 'raw': b'x'}
    assert read(written([Visit(value, b'x'), 2**64])) == [{'at': packed, 'raw': b'x'}, str(2**64)]


@pytest.mark.parametrize('number', [2**64, -(2**63) - 1, 10**300])
def test_integers_beyond_64_bits_are_written_as_text(number: int) -> None:
    """What JSON can bring in can go out: an integer that MessagePack has no room for is written in digits."""
    assert read(written({'a': [number, 1]})) == {'a': [str(number), 1]}


@pytest.mark.parametrize('depth', [9, 300, 600, 1000])
def test_what_was_read_can_be_echoed(depth: int) -> None:
    """Whatever a client has nested can be written again, in an answer that is nested deeper, and as JSON."""
    body = b'\x81\xa1a\x91' * (depth // 2) + b'\xc4\x01x'
    media = {'echo': [read(body)]}
    assert written(media) == b'\x81\xa4echo\x91' + body
    assert JSONHandler().serialize(media, 'application/json').endswith(b'"eA=="' + b']}' * (depth // 2 + 1))


def test_json_that_was_read_can_be_answered_as_messagepack() -> None:
    """What JSON nests, and its large integers, do not keep an answer from being MessagePack."""
    body = b'[' * 700 + b'123456789012345678901234567890' + b']' * 700
    media = JSONHandler().deserialize(io.BytesIO(body), 'application/json', None)
    assert written(media) == b'\x91' * 700 + b'\xbe123456789012345678901234567890'


@pytest.mark.parametrize('key', [b'\x01', b'\x92\x01\x02', b'\xc0'])
@pytest.mark.parametrize('kind', [Any, dict[str, Any], list[Any] | dict[str, Any]])
def test_keys_of_open_types_are_texts_or_bytes(key: bytes, kind: Any) -> None:
    """Where a type leaves open what there is, keys whose hashes a client can choose are refused as without a type."""
    with pytest.raises(MediaMalformedError):
        typed(b'\x81\xa1a\x81' + key + b'\x01', kind)


def test_extensions_in_open_types() -> None:
    """An extension is the same with and without a type."""
    assert typed(b'\x81\xa1a\xd4\x05x', dict[str, Any]) == {'a': msgpack.ExtType(5, b'x')}


def nested(depth: int, innermost: object) -> Any:
    for _ in range(depth):
        innermost = [{'a': innermost}]
    return innermost


def test_media_of_any_depth_are_written() -> None:
    """What is nested deeper than either library goes is written all the same."""
    media = nested(5000, [msgpack.ExtType(5, b'x'), 2**64, datetime(2024, 5, 6), ()])
    assert written(media) == b'\x91\x81\xa1a' * 5000 + msgpack.packb(
        [msgpack.ExtType(5, b'x'), str(2**64), '2024-05-06T00:00:00', []]
    )


def test_what_one_library_refuses_the_other_writes() -> None:
    """Objects of derived classes are written as what they are, next to any others; a lone surrogate never is."""
    assert read(written([Name('a'), datetime(2024, 5, 6), {Name('k'): 1}])) == ['a', '2024-05-06T00:00:00', {'k': 1}]
    with pytest.raises(UnicodeEncodeError):
        written([Name('a'), '\ud800'])
