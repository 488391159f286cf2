"""The attacks on forms and formats that other frameworks have had, by the numbers they are known under.

Each is made as it was published, against the handlers that an application has by default. None of them may take more
than linear time, memory beyond the limits, or end in anything but a value or an error of the client's.
"""

import asyncio
import io
import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest

from falcon_asgi import App, BoundedStream, Request, Response
from falcon_core.asgi_types import Message
from falcon_core.http_errors import HTTPBadRequest, HTTPError, MultipartParseError
from falcon_core.options import RequestOptions
from falcon_media import BodyPart, Handlers, MultipartFormHandler, MultipartParseOptions
from falcon_media.multipart_parser import MultipartParser
from instruction_count import assert_linear

JSON = 'application/json'
MSGPACK = 'application/msgpack'
URLENCODED = 'application/x-www-form-urlencoded'
MULTIPART = 'multipart/form-data; boundary=x'
MEBIBYTE = 1024 * 1024


class Received:
    """A body that is there, in pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._body = io.BytesIO(b''.join(pieces))

    async def read(self, n: int = -1, /) -> bytes:
        return self._body.read(n)


def part(data: bytes, head: bytes = b'Content-Disposition: form-data; name="a"') -> bytes:
    return b'--x\r\n' + head + b'\r\n\r\n' + data + b'\r\n'


async def use_part(part: BodyPart) -> bytes:
    return await part.get_data()


def read_form(
    body: bytes, use: Callable[[BodyPart], Any] = use_part, options: MultipartParseOptions | None = None
) -> list[Any]:
    async def main() -> list[Any]:
        form = MultipartFormHandler(options).deserialize(Received(body), MULTIPART, None)
        return [await use(each) async for each in form]

    return asyncio.run(main())


def parse(boundary: bytes, pieces: Iterable[bytes]) -> None:
    parser = MultipartParser(boundary, max_parts=0)
    for piece in pieces:
        for _ in parser.feed(piece):
            pass


def cut(body: bytes, step: int) -> list[bytes]:
    return [body[start : start + step] for start in range(0, len(body), step)]


def decode(media_type: str, body: bytes) -> Any:
    handler = Handlers()[media_type]
    return handler.deserialize(io.BytesIO(body), media_type, len(body))


def peak_bytes(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Taker:
    async def on_post(self, req: Request, resp: Response) -> None:
        media = await req.get_media()
        if 'multipart' in (req.content_type or ''):
            media = [await each.get_text() async for each in media]
        resp.media = {'ok': media is not None}


def answer_to(headers: list[tuple[bytes, bytes]], *chunks: bytes, **options: Any) -> tuple[int, int]:
    """Return the status of the answer to a request, and how many of its chunks were received."""
    req_options = RequestOptions()
    for name, value in options.items():
        setattr(req_options, name, value)
    app = App(req_options=req_options)
    app.add_route('/', Taker())
    waiting: list[Message] = [{'type': 'http.request', 'body': chunk, 'more_body': True} for chunk in chunks]
    waiting.append({'type': 'http.request', 'body': b'', 'more_body': False})
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {'type': 'http.disconnect'}

    async def send(event: Message) -> None:
        sent.append(event)

    scope = {'type': 'http', 'http_version': '1.1', 'method': 'POST', 'path': '/', 'headers': headers}
    asyncio.run(app(scope, receive, send))
    return int(sent[0]['status']), len(chunks) + 1 - len(waiting)


# Forms.


def test_unlimited_parts_cve_2023_30798_and_2023_25577_and_2023_24998() -> None:
    """Starlette, Werkzeug, Commons FileUpload: more parts than an application can want are refused."""
    with pytest.raises(MultipartParseError, match='400'):
        read_form(part(b'') * 65 + b'--x--')
    assert len(read_form(part(b'') * 64 + b'--x--')) == 64


def test_field_without_a_size_limit_cve_2024_47874_and_2022_41725() -> None:
    """Starlette, Go: a field of any size is not buffered beyond its limit, whether or not it has a file name."""
    body = part(b'x' * 8 * MEBIBYTE) + b'--x--'

    def read() -> None:
        with pytest.raises(MultipartParseError):
            read_form(body)

    # The body itself is copied once, into the stream that stands for the connection.
    assert peak_bytes(read) < len(body) + 3 * MEBIBYTE


def test_many_fields_each_within_its_limit() -> None:
    """Counters that begin anew with each field: what all of them buffer is limited as well."""
    options = MultipartParseOptions(max_body_part_count=0, max_form_buffer_size=100)
    with pytest.raises(MultipartParseError):
        read_form(part(b'x' * 10) * 11 + b'--x--', options=options)


@pytest.mark.parametrize('header', [b'A: ' + b'x' * MEBIBYTE, b'\r\n'.join(b'A%d: x' % n for n in range(9999))])
def test_unbounded_part_headers_cve_2026_42561_and_2023_24536_and_2025_48976(header: bytes) -> None:
    """python-multipart, Go, Commons FileUpload: headers that are large, many, or never end are refused."""
    for body in (part(b'', header), b'--x\r\n' + header):
        with pytest.raises(MultipartParseError, match='400'):
            read_form(body)


@pytest.mark.parametrize('step', [1, 1000, 16384])
def test_large_part_that_begins_with_line_breaks_cve_2023_46136(step: int) -> None:
    """Werkzeug: a megabyte after CR or LF is not searched again from its beginning with each chunk."""

    def prepare(size: int, line: bytes) -> Callable[[], object]:
        body = b'--x\r\n\r\n\r\n' + line * size
        return lambda: parse(b'x', cut(body, step))

    for line in (b'\r' * 8, b'\n' * 8, b'\r\n' * 4, b'x' * 8):
        assert_linear(partial(prepare, line=line), 8 * step, cpu_size=200 if step == 1 else 20_000)


def test_endless_boundary_prefixes_cve_2016_3092() -> None:
    """Commons FileUpload, aiohttp: a boundary of the greatest length that is nearly there, time and again."""

    def prepare(size: int) -> Callable[[], object]:
        boundary = b'-' * 69 + b'x'
        body = b'--' + boundary + b'\r\n\r\n' + (b'\r\n--' + b'-' * 69) * size
        return lambda: parse(boundary, cut(body, 4096))

    assert_linear(prepare, 2000, cpu_size=2000)


def test_preamble_and_epilogue_cve_2024_53981_and_2026_40347() -> None:
    """python-multipart: bytes before the first and after the last boundary cost a search, and nothing each."""

    def prepare(size: int, around: tuple[bytes, bytes]) -> Callable[[], object]:
        body = around[0] * size + b'\r\n--x\r\n\r\n\r\n--x--' + around[1] * size
        return lambda: parse(b'x', cut(body, 65536))

    for noise in (b'\r\n', b'\n', b'-', b'\r\n--'):
        assert_linear(partial(prepare, around=(noise, b'')), 100_000, cpu_size=100_000)
        assert_linear(partial(prepare, around=(b'', noise)), 100_000, cpu_size=100_000)


@pytest.mark.parametrize(
    'head', [b'Content-Disposition', b':', b'\x00: x', b'Content-Disposition: form-data; name="\xff"', b' x']
)
def test_malformed_part_headers_cve_2022_24434(head: bytes) -> None:
    """Dicer: headers that are none do not end the process."""
    with pytest.raises(MultipartParseError):
        read_form(part(b'', head) + b'--x--')


@pytest.mark.parametrize('body', [b'', b'--x', b'--x--', b'--x\r\n', b'\r\n' * 999, b'--x\r\n\r\n\r\n' * 9])
def test_forms_that_never_end_cve_2024_30251_and_2022_23833(body: bytes) -> None:
    """aiohttp, Django: a form that breaks off anywhere is not waited for in a loop."""
    if body == b'--x--':
        assert read_form(body) == []
    else:
        with pytest.raises(MultipartParseError):
            read_form(body)


def test_options_of_headers_cve_2024_24762() -> None:
    """python-multipart: a Content-Type or Content-Disposition of quotes and backslashes takes linear time."""

    def prepare(size: int) -> Callable[[], object]:
        value = 'multipart/form-data; !="' + '\\' * size
        handler = MultipartFormHandler()

        def call() -> None:
            with pytest.raises(HTTPBadRequest):
                handler.deserialize(Received(), value, None)

        return call

    assert_linear(prepare, 2000)


@pytest.mark.parametrize(
    'name', ['../../etc/passwd', '/etc/passwd', '..', 'C:\\boot.ini', '%2e%2e%2fx', 'a\x7f', '\u202egnp.exe', '~/.ssh']
)
def test_file_names_that_lead_elsewhere_cve_2026_24486(name: str) -> None:
    """python-multipart: the name to store a file under is one name in one folder."""

    async def use(part: BodyPart) -> str:
        return part.secure_filename

    head = f'Content-Disposition: form-data; name="a"; filename="{name}"'.encode().replace(b'\x7f', b'')
    [secure] = read_form(part(b'', head) + b'--x--', use)
    assert not set('/\\\x00~%') & set(secure)
    assert not secure.startswith('.')
    assert secure.isascii()


@pytest.mark.parametrize('charset', ['punycode', 'idna', 'zlib', 'utf-7', 'unicode_escape', 'x' * 10_000, '../x'])
def test_charsets_that_are_none(charset: str) -> None:
    """A charset that a client names is looked up among those of texts; none is imported, kept or slow."""

    async def use(part: BodyPart) -> str | None:
        return await part.get_text()

    head = f'Content-Type: text/plain; charset={charset}'.encode()
    options = MultipartParseOptions(max_body_part_headers_size=20_000)
    with pytest.raises(MultipartParseError):
        read_form(part(b'a' * 100_000, head) + b'--x--', use, options)


# URL-encoded forms.


def test_semicolons_ghsa_5rvq_cxj2_64vf_and_6jv3_5f52_599m() -> None:
    """python-multipart: a semicolon separates nothing, and many of them take linear time."""
    assert decode(URLENCODED, b'a=1;admin=1&b=2') == {'a': '1;admin=1', 'b': '2'}

    def prepare(size: int) -> Callable[[], object]:
        body = b'a;' * size
        return lambda: decode(URLENCODED, body)

    assert_linear(prepare, 20_000)


# Lengths of bodies.


@pytest.mark.parametrize('length', [b'-1', b'+3', b'3, 4', b'3 3', b'0x3', b'3.0', b'\xb2', b'9' * 30])
@pytest.mark.parametrize('prefetch_media', [True, False])
def test_negative_and_broken_lengths_ghsa_v9pg_7xvm_68hf(length: bytes, prefetch_media: bool) -> None:
    """python-multipart: a length that is no number is refused before anything is read."""
    headers = [(b'content-type', JSON.encode()), (b'content-length', length)]
    assert answer_to(headers, b'[1]', prefetch_media=prefetch_media) == (400, 0)


@pytest.mark.parametrize('prefetch_media', [True, False])
def test_lengths_that_contradict_each_other(prefetch_media: bool) -> None:
    """Request smuggling: two lengths are refused (RFC 9112, section 6.3)."""
    headers = [(b'content-type', JSON.encode()), (b'content-length', b'3'), (b'content-length', b'4')]
    assert answer_to(headers, b'[1]', prefetch_media=prefetch_media) == (400, 0)


def test_lengths_that_lie() -> None:
    """The limit of media is counted on what arrives: no claim is needed to exceed it, and none helps."""
    kind = (b'content-type', JSON.encode())
    chunks = [b'[' + b' ' * 1023, *[b' ' * 1024] * 99, b']']
    assert answer_to([kind], *chunks, max_media_size=4096) == (413, 5)
    assert answer_to([kind, (b'transfer-encoding', b'chunked')], *chunks, max_media_size=4096) == (413, 5)
    assert answer_to([kind, (b'content-length', b'10')], *chunks, max_media_size=4096) == (400, 1)
    assert answer_to([kind, (b'content-length', b'5000')], *chunks, max_media_size=4096) == (413, 0)


# JSON and MessagePack.


@pytest.mark.parametrize(
    'body', [b'[' * MEBIBYTE, b'{"a":' * MEBIBYTE, b'[{"a":' * MEBIBYTE, b'[' * 4 + b']' * MEBIBYTE]
)
def test_deep_json_cve_2024_27454(body: bytes) -> None:
    """orjson: nesting without end is refused, not followed until the stack ends."""
    with pytest.raises(HTTPBadRequest):
        decode(JSON, body)


@pytest.mark.parametrize('body', [b'\x91' * MEBIBYTE, b'\x81\xa1a' * MEBIBYTE, b'\xdc\x00\x01' * MEBIBYTE])
def test_deep_messagepack_cve_2020_5234(body: bytes) -> None:
    """MessagePack for C#: the same."""
    with pytest.raises(HTTPBadRequest):
        decode(MSGPACK, body)


def test_integers_of_many_digits_cve_2020_10735() -> None:
    """CPython: reading digits in quadratic time is refused, in JSON as in forms."""
    with pytest.raises(HTTPBadRequest):
        decode(JSON, b'1' * MEBIBYTE)
    handler: Any = Handlers()[URLENCODED]
    with pytest.raises(HTTPError) as caught:
        handler.deserialize_as(b'a=' + b'1' * MEBIBYTE, URLENCODED, dict[str, int])
    assert caught.value.status_code == 422


@pytest.mark.parametrize('body', [b'"\\ud800"', b'"\\udc00\\ud800"', b'{"\\ud800":1}'])
def test_lone_surrogates_cve_2022_31116(body: bytes) -> None:
    """ujson: what is no text is refused, not turned into another text."""
    with pytest.raises(HTTPBadRequest):
        decode(JSON, body)


@pytest.mark.parametrize('head', [b'\xc6', b'\xc9', b'\xdb', b'\xdd', b'\xdf'])
@pytest.mark.parametrize('padding', [b'', b'\x00' * 5000])
def test_declared_lengths_cve_2026_21452(head: bytes, padding: bytes) -> None:
    """MessagePack for Java: a length of four thousand million allocates nothing, for plain and for typed media."""
    body = head + b'\xff\xff\xff\xff\x05' + padding
    handler: Any = Handlers()[MSGPACK]

    def call() -> None:
        for kind in (Any, list[Any], dict[str, Any], bytes):
            with pytest.raises(HTTPError) as caught:
                handler.deserialize_as(body, MSGPACK, kind)
            assert caught.value.status_code in (400, 422)
        with pytest.raises(HTTPBadRequest):
            decode(MSGPACK, body)

    assert peak_bytes(call) < MEBIBYTE


def test_nested_declared_lengths() -> None:
    """A thousand lists in one another that each claim the rest of the body get memory for what is there."""
    size = 200_000
    body = (b'\xdd' + size.to_bytes(4, 'big')) * 1000
    body += b'\x01' * (size - len(body))

    def call() -> None:
        with pytest.raises(HTTPBadRequest):
            decode(MSGPACK, body)

    assert peak_bytes(call) < 10 * MEBIBYTE


@pytest.mark.parametrize('key', [b'\x01', b'\x92\x01\x02', b'\xcb' + b'\x00' * 8, b'\xd4\x05\x01', b'\xc0'])
def test_keys_whose_hashes_can_be_chosen_cve_2024_48924(key: bytes) -> None:
    """MessagePack for C#: keys have to be texts or bytes, whose hashes no client can choose to be the same."""
    with pytest.raises(HTTPBadRequest):
        decode(MSGPACK, b'\x81' + key + b'\x01')


def test_extensions_build_nothing() -> None:
    """Formats that build objects: an extension stays a number and bytes."""
    code, data = decode(MSGPACK, b'\xc7\x03\x05abc')
    assert (code, data) == (5, b'abc')


def test_slow_body_is_never_held_in_the_parser() -> None:
    """A form that arrives byte by byte takes the memory of one part's headers, whatever came before."""

    async def main() -> int:
        body = part(b'x' * 200_000) + b'--x--'
        events = [{'type': 'http.request', 'body': body[n : n + 1], 'more_body': True} for n in range(len(body))]
        events[-1]['more_body'] = False
        events.reverse()

        async def receive() -> Message:
            return events.pop()

        form = MultipartFormHandler().deserialize(BoundedStream(receive), MULTIPART, None)
        return sum([len(chunk) async for each in form async for chunk in each.stream])

    assert asyncio.run(main()) == 200_000
