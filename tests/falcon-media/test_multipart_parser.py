import tracemalloc
from collections.abc import Iterable
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from falcon_core.http_errors import MultipartParseError
from falcon_media.multipart_parser import Event, FormEnd, MultipartParser, PartBegin, PartData, PartEnd

BOUNDARY = b'ab'
Part = tuple[dict[str, str], bytes]

# Data that looks like delimiters, and data that does not.
fragments = st.sampled_from(
    [b'\r\n--ab', b'\r\n--a', b'\r\n--', b'--ab', b'\r\n', b'\r', b'\n', b'-', b'a', b'b', b'\0']
)
likeness = st.lists(fragments, max_size=12).map(b''.join)
data = (likeness | st.binary()).filter(lambda each: b'\r\n--ab' not in b'\r\n' + each)
names = st.text('abc-', min_size=1, max_size=8)
header_values = st.text(st.characters(codec='utf-8', exclude_categories=['Cc']), max_size=8).map(
    lambda text: text.strip(' ')
)
parts: st.SearchStrategy[Part] = st.tuples(st.dictionaries(names, header_values, max_size=3), data)
forms = st.lists(parts, max_size=4)

# Bodies that are hardly ever well-formed.
tokens = st.sampled_from(
    [b'--ab', b'\r\n--ab', b'\r\n', b'\r\n\r\n', b'A: 1', b'B:2', b'--', b'-', b'\r', b'\n', b'a', b' ', b':', b'\0']
)
garbage = st.lists(tokens, max_size=30).map(b''.join)
cuts = st.lists(st.integers(0, 200), max_size=30)


def body_of(form: Iterable[Part], preamble: bytes = b'', epilogue: bytes = b'\r\n') -> bytes:
    """Return a form as RFC 2046 has it, put together in the plainest way."""
    written = [preamble]
    for headers, content in form:
        lines = [b'--' + BOUNDARY, *(f'{name}: {value}'.encode() for name, value in headers.items()), b'', content, b'']
        written.append(b'\r\n'.join(lines))
    return b''.join([*written, b'--' + BOUNDARY + b'--', epilogue])


def events_of(form: Iterable[Part]) -> list[Event]:
    """Return the events that a form gives, the data of a part in one."""
    events: list[Event] = []
    for headers, content in form:
        events += [PartBegin(headers), *([PartData(content)] if content else []), PartEnd()]
    return [*events, FormEnd()]


def split(body: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(index, len(body)) for index in at), len(body)]
    return [body[start:stop] for start, stop in pairwise(edges)]


def parse(pieces: Iterable[bytes], parser: MultipartParser | None = None) -> list[Event | str | None]:
    """Return the events of a body, neighbouring data joined, then what is wrong with it if anything is."""
    parser = parser or MultipartParser(BOUNDARY)
    seen: list[Event | str | None] = []
    try:
        for piece in pieces:
            for event in [PartData(piece)] if piece and parser.is_data(piece) else parser.feed(piece):
                if isinstance(event, PartData) and isinstance(seen[-1], PartData):
                    event = PartData(seen.pop().data + event.data)  # type: ignore[union-attr] # the line above says so
                seen.append(event)
        parser.close()
    except MultipartParseError as exc:
        seen.append(exc.description)
    return seen


@given(forms, cuts)
def test_forms_give_their_parts(form: list[Part], at: list[int]) -> None:
    """A form gives the headers and the data of its parts, however it is cut and whatever the data looks like."""
    assert parse(split(body_of(form), at)) == events_of(form)


@given(forms, st.sampled_from([b'hello\r\nworld\r\n', b'\r\n', b'--a\r\n']), likeness)
def test_preamble_and_epilogue_are_passed_over(form: list[Part], preamble: bytes, epilogue: bytes) -> None:
    """What comes before the first boundary or after the final one means nothing (RFC 2046, section 5.1.1)."""
    assert parse([body_of(form, preamble, epilogue)]) == events_of(form)


@given(garbage, cuts)
@example(b'\r\n--ab\r\nA: 1\r\n\r\nx\r\n--ab \r\nB', list(range(40)))
def test_any_split_gives_the_same(body: bytes, at: list[int]) -> None:
    """Whatever the body, the events and the error do not depend on how it was cut."""
    whole = parse([body])
    assert parse(split(body, at)) == whole
    assert parse(body[index : index + 1] for index in range(len(body))) == whole


@given(forms, st.data())
def test_truncated_form_is_a_client_error(form: list[Part], draw: st.DataObject) -> None:
    """A form that ends before its final boundary gives what there is of it, then MultipartParseError."""
    body = body_of(form, epilogue=b'')
    cut = body[: draw.draw(st.integers(0, len(body) - 1))]
    *events, error = parse([cut])
    assert error == 'The form ends before its final boundary.'
    assert events[:-1] == events_of(form)[: max(0, len(events) - 1)]


@pytest.mark.parametrize('body', [b'--ab--', b'--ab--\r\n', b'\r\n--ab--', b'--ab-- \t\r\nepilogue', b'--ab--junk'])
def test_form_without_parts(body: bytes) -> None:
    """A form may be its final boundary alone, as browsers send one without fields."""
    assert parse([body]) == [FormEnd()]


@pytest.mark.parametrize(
    ('head', 'headers'),
    [
        (b'', {}),
        (b' \t', {}),
        (b'\r\nContent-Type: text/plain', {'content-type': 'text/plain'}),
        (b'\r\nA:1\r\nB: \t2 \t', {'a': '1', 'b': '2'}),
        (b'\r\nA:', {'a': ''}),
        (b'\r\nA: x;\r\n\t y\r\n z', {'a': 'x; y z'}),
        ('\r\nA: é:"\t'.encode(), {'a': 'é:"'}),
    ],
)
def test_headers(head: bytes, headers: dict[str, str]) -> None:
    """Headers have lowercase names; folded ones are unfolded, and white space after a boundary is passed over."""
    assert parse([b'--ab' + head + b'\r\n\r\nx\r\n--ab--']) == [
        PartBegin(headers),
        PartData(b'x'),
        PartEnd(),
        FormEnd(),
    ]


@pytest.mark.parametrize(
    ('head', 'error'),
    [
        (b'\r\nA', 'A header of a body part is malformed.'),
        (b'\r\n: x', 'A header of a body part is malformed.'),
        (b'\r\nA b: x', 'A header of a body part is malformed.'),
        (b'\r\nA : x', 'A header of a body part is malformed.'),
        (b'\r\nA: x\0', 'A header of a body part is malformed.'),
        (b'\r\nA: x\ry', 'A header of a body part is malformed.'),
        (b'\r\nA: x\nB: y', 'A header of a body part is malformed.'),
        (b'\r\nA: x\r\na: y', 'A body part has the same header more than once.'),
        (b'c\r\nA: x', 'A line begins like a boundary but does not end with it.'),
        (b'\r\n folded: x', 'A line begins like a boundary but does not end with it.'),
        (b'-\r\nA: x', 'A line begins like a boundary but does not end with it.'),
    ],
)
def test_malformed_head_is_a_client_error(head: bytes, error: str) -> None:
    """Anything but headers between a boundary and an empty line raises MultipartParseError."""
    assert parse([b'--ab' + head + b'\r\n\r\nx\r\n--ab--']) == [error]


def test_line_feeds_alone_are_no_line_breaks() -> None:
    """Only CR LF breaks a line; what other parsers take for a boundary is no way to hide a part."""
    assert parse([b'--ab\nA: 1\n\nx\n--ab--\n']) == ['The form ends before its final boundary.']


def test_failed_parser_stays_failed() -> None:
    """After an error, the parser gives it again and no events."""
    parser = MultipartParser(BOUNDARY)
    body = b'--ab\r\nA\r\n\r\nx\r\n--ab--'
    assert parse([body], parser) == parse([b''], parser) == parse([body], parser)


@pytest.mark.parametrize(
    ('limit', 'last'), [(2, 'The form has more than 2 body parts.'), (3, FormEnd()), (0, FormEnd())]
)
def test_too_many_parts_attack_is_a_client_error(limit: int, last: object) -> None:
    """One part too many raises MultipartParseError once those before it have been given; 0 stands for no limit."""
    events = parse([body_of([({}, b'x')] * 3)], MultipartParser(BOUNDARY, max_parts=limit))
    assert events.count(PartEnd()) == (limit or 3)
    assert events[-1] == last


@pytest.mark.parametrize('step', [1, 7, 1000])
def test_huge_part_headers_attack_is_a_client_error(step: int) -> None:
    """Headers up to the limit are taken, one byte more raises MultipartParseError, also where they never end."""
    for excess in (0, 1):
        body = body_of([({'a': 'x' * (97 + excess)}, b'')])
        pieces = [body[start : start + step] for start in range(0, len(body), step)]
        events = parse(pieces, MultipartParser(BOUNDARY, max_header_bytes=100))
        assert (events[-1] == FormEnd()) is not excess
    endless = MultipartParser(BOUNDARY, max_header_bytes=100)
    assert parse([b'--ab\r\nA: ', b'x' * 200], endless) == ['The headers of a body part exceed 100 bytes.']


def test_endless_padding_attack_is_a_client_error() -> None:
    """White space after a boundary counts as headers do."""
    assert parse([b'--ab', *[b' '] * 10_000]) == ['The headers of a body part exceed 8192 bytes.']


@pytest.mark.parametrize('begin', [b'', b'--ab\r\n\r\n'], ids=['preamble', 'data'])
@pytest.mark.parametrize('step', [13, 4096])
def test_endless_boundary_prefixes_attack_takes_linear_time(begin: bytes, step: int) -> None:
    """What only begins like a boundary is held back once, and never searched again from further back."""
    boundary = b'b' * 70
    parser = MultipartParser(boundary)
    attack = (b'\r\n--' + boundary[:-1]) * 5000
    assert [type(event) for event in parser.feed(begin.replace(BOUNDARY, boundary))] == [PartBegin] * bool(begin)
    fed = given_back = 0
    tracemalloc.start()
    try:
        for start in range(0, len(attack), step):
            piece = attack[start : start + step]
            fed += len(piece)
            given_back += sum(len(event.data) for event in parser.feed(piece) if isinstance(event, PartData))
            assert not begin or fed - given_back < len(boundary) + 4
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 100_000


def test_endless_epilogue_attack_holds_nothing() -> None:
    """What follows the final boundary is dropped as it arrives."""
    parser = MultipartParser(BOUNDARY)
    assert list(parser.feed(b'--ab--')) == [FormEnd()]
    piece = b'\r\n--ab' * 10_000
    tracemalloc.start()
    try:
        for _ in range(50):
            assert list(parser.feed(piece)) == []
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 3 * len(piece)


def test_large_chunk_of_data_is_handed_on_as_it_is() -> None:
    """A piece that is nothing but data is not copied."""
    parser = MultipartParser(BOUNDARY)
    list(parser.feed(b'--ab\r\n\r\n'))
    piece = b'x' * 100_000
    [event] = parser.feed(piece)
    assert isinstance(event, PartData)
    assert event.data is piece


@pytest.mark.parametrize('data', [b'', b'xyz', b'\r\n--a', b'\r\n--ax'])
def test_a_delimiter_is_found_wherever_it_is_cut(data: bytes) -> None:
    """Of a form cut at any two places, the events are those of the whole."""
    body = b'--ab\r\n\r\n' + data + b'\r\n--ab--'
    whole = parse([body])
    for at in combinations(range(len(body) + 1), 2):
        assert parse(split(body, list(at))) == whole


@given(garbage, cuts)
@example(b'--ab\r\n\r\n\r\n--a' + b'x\r\n--ab--', [14, 15])
def test_asking_for_data_first_changes_no_event(body: bytes, at: list[int]) -> None:
    """What `is_data` takes is what `feed` would have given as data, and the rest is as if it had not been asked."""
    asked, fed = MultipartParser(BOUNDARY), MultipartParser(BOUNDARY)
    for piece in split(body, at):
        try:
            expected = list(fed.feed(piece))
        except MultipartParseError:
            break
        if piece and asked.is_data(piece):
            assert expected == [PartData(piece)]
        else:
            assert list(asked.feed(piece)) == expected


@pytest.mark.parametrize('held', [b'\r', b'\r\n', b'\r\n--', b'\r\n--a'])
def test_what_was_held_back_is_not_put_together_with_what_follows(held: bytes) -> None:
    """The beginning of a delimiter that turns out to be data is given by itself, and the piece after it uncopied."""
    parser = MultipartParser(BOUNDARY)
    list(parser.feed(b'--ab\r\n\r\nx' + held))
    piece = b'y' * 100_000
    before, after = parser.feed(piece)
    assert isinstance(after, PartData)
    assert before == PartData(held)
    assert after.data is piece
