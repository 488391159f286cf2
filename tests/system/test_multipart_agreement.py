"""The parser of forms beside python-multipart's: generated forms give the same parts in both."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_media.multipart_parser import MultipartParser, PartBegin, PartData

python_multipart = pytest.importorskip('python_multipart')

Part = tuple[dict[str, str], bytes]

BOUNDARY = b'a-b'
fragments = st.sampled_from(
    [b'\r\n--a-b', b'\r\n--a-', b'\r\n--', b'--a-b', b'\r\n', b'\r', b'\n', b'-', b'a', b'\0', b':']
)
data = (st.lists(fragments, max_size=12).map(b''.join) | st.binary(max_size=200)).filter(
    lambda each: b'\r\n--a-b' not in b'\r\n' + each
)
texts = st.text(st.characters(codec='utf-8', exclude_categories=['Cc']), max_size=12)
dispositions = st.tuples(texts, st.none() | texts).map(
    lambda names: (
        'form-data; name="{}"'.format(names[0].replace('"', '%22'))
        + ('' if names[1] is None else '; filename="{}"'.format(names[1].replace('"', '%22')))
    )
)
headers = st.fixed_dictionaries(
    {'content-disposition': dispositions},
    optional={'content-type': st.sampled_from(['text/plain', 'text/plain; charset=utf-8', 'x/y']), 'x-a': st.just('1')},
)
forms = st.lists(st.tuples(headers, data), max_size=5)
cuts = st.lists(st.integers(0, 1500), max_size=12)


def written(form: list[Part]) -> bytes:
    lines = []
    for head, content in form:
        lines += [
            b'--' + BOUNDARY,
            *(f'{name.title()}: {value}'.encode() for name, value in head.items()),
            b'',
            content,
        ]
    return b'\r\n'.join([*lines, b'--' + BOUNDARY + b'--', b''])


def pieces_of(body: bytes, at: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(index, len(body)) for index in at), len(body)]
    return [body[start:stop] for start, stop in pairwise(edges)]


def ours(pieces: list[bytes]) -> list[Part]:
    parser = MultipartParser(BOUNDARY)
    parts: list[Part] = []
    for piece in pieces:
        for event in parser.feed(piece):
            if isinstance(event, PartBegin):
                parts.append((dict(event.headers), b''))
            elif isinstance(event, PartData):
                parts[-1] = (parts[-1][0], parts[-1][1] + event.data)
    parser.close()
    return parts


def theirs(pieces: list[bytes]) -> list[Part]:
    parts: list[Part] = []
    fields: list[bytearray] = [bytearray(), bytearray()]

    def begin() -> None:
        parts.append(({}, b''))

    def name(piece: bytes, start: int, stop: int) -> None:
        fields[0] += piece[start:stop]

    def value(piece: bytes, start: int, stop: int) -> None:
        fields[1] += piece[start:stop]

    def end_header() -> None:
        parts[-1][0][fields[0].decode().lower()] = fields[1].decode().strip(' \t')
        fields[:] = [bytearray(), bytearray()]

    def content(piece: bytes, start: int, stop: int) -> None:
        parts[-1] = (parts[-1][0], parts[-1][1] + piece[start:stop])

    callbacks: dict[str, Any] = {
        'on_part_begin': begin,
        'on_header_field': name,
        'on_header_value': value,
        'on_header_end': end_header,
        'on_part_data': content,
    }
    parser = python_multipart.MultipartParser(BOUNDARY, callbacks)
    for piece in pieces:
        parser.write(piece)
    parser.finalize()
    return parts


@given(forms, cuts)
def test_both_parsers_give_the_same_parts(form: list[Part], at: list[int]) -> None:
    """Headers and data are the same in both, and those that were sent, however the body is cut."""
    pieces = pieces_of(written(form), at)
    stripped = [({name: value.strip(' \t') for name, value in head.items()}, content) for head, content in form]
    assert ours(pieces) == stripped
    if form:  # the other one takes no form without parts
        assert theirs(pieces) == stripped
