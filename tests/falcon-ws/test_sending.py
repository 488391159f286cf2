import asyncio
from typing import Any

import pytest

from event_loop import in_loop
from fake_websocket import Backwards, Client, Liar
from falcon_core.errors import OperationNotAllowed
from falcon_ws.errors import WebSocketClosed, WebSocketDisconnected
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


@pytest.mark.usefixtures('media')
@in_loop
async def test_sending() -> None:
    """Each kind becomes a message of its type."""
    client = Client()
    ws = await client.open()
    await ws.send_text('a')
    await ws.send_data(b'b')
    await ws.send_data(bytearray(b'c'))
    await ws.send_data(memoryview(b'dxdx')[::2])
    await ws.send_json(1)
    await ws.send_msgpack(2)
    await ws.send_media(3)
    await ws.send_media(4, BINARY)
    await ws.send_media(5, payload_type=TEXT)
    assert [message.get('text', message.get('bytes')) for message in client.sent] == [
        'a', b'b', b'c', b'dd', '1', b'\0\0\0\x02', '3', b'\0\0\0\x04', '5',
    ]  # fmt: skip
    await ws.close()


@in_loop
async def test_sent_bytes_are_a_copy() -> None:
    """A buffer may be changed once it was sent."""
    client = Client()
    ws = await client.open()
    buffer = bytearray(b'abc')
    await ws.send_data(buffer)
    buffer[0] = 0
    assert client.sent == [{'type': 'websocket.send', 'bytes': b'abc'}]
    assert type(client.sent[0]['bytes']) is bytes


@in_loop
async def test_sending_checks_the_type() -> None:
    """What is no text, or no bytes, is refused, and the error says what it is."""
    client = Client()
    ws: Any = await client.open()
    not_text: dict[str, Any] = {'bytes': b'a', 'int': 1, 'NoneType': None}
    for name, payload in not_text.items():
        with pytest.raises(TypeError, match=rf'^send_text\(\) received a payload of type {name}, expected str$'):
            await ws.send_text(payload)
    not_bytes: dict[str, Any] = {'str': 'a', 'int': 1, 'list': [1]}
    for name, payload in not_bytes.items():
        with pytest.raises(TypeError, match=rf'^send_data\(\) received a payload of type {name}, expected bytes$'):
            await ws.send_data(payload)
    assert not client.sent


@in_loop
async def test_handler_that_makes_no_payload() -> None:
    """What a handler makes is checked as well; there are no other types of messages."""
    client = Client()
    ws: Any = await client.open(WebSocketOptions({TEXT: Liar(), BINARY: Liar()}))
    with pytest.raises(TypeError, match=r'^send_media\(\) received a payload of type int, expected str$'):
        await ws.send_media(1)
    with pytest.raises(TypeError, match=r'^send_media\(\) received a payload of type str, expected bytes$'):
        await ws.send_media('a', BINARY)
    with pytest.raises(ValueError, match='3 is not a valid WebSocketPayloadType'):
        await ws.send_media(1, 3)
    assert not client.sent


@pytest.mark.usefixtures('media')
@in_loop
async def test_own_handlers() -> None:
    """Handlers of media are for media; JSON stays JSON."""
    client = Client()
    ws = await client.open(WebSocketOptions({TEXT: Backwards()}))
    client.put('123', '456')
    assert await ws.receive_media() == '321'
    assert await ws.receive_json() == 456
    await ws.send_media(12)
    await ws.send_json(34)
    assert [message['text'] for message in client.sent] == ['21', '34']


@in_loop
async def test_options_are_read_when_they_are_needed() -> None:
    """Handlers may be exchanged while a connection is open."""
    client = Client()
    options = WebSocketOptions()
    ws = await client.open(options)
    options.media_handlers = PayloadHandlers({TEXT: Backwards()})
    await ws.send_media('abc')
    assert client.sent[0]['text'] == 'cba'


@in_loop
async def test_lone_surrogates_are_no_text() -> None:
    """What has no UTF-8 form is refused here, because some servers would send something else."""
    ws = await (client := Client()).open()
    for text in ('\ud800', 'caf\xe9 \udfff'):
        with pytest.raises(ValueError, match='surrogates not allowed'):
            await ws.send_text(text)
    await ws.send_text('caf\xe9 \U0001f600')
    assert [message['text'] for message in client.sent] == ['caf\xe9 \U0001f600']


SENDS: dict[str, tuple[Any, ...]] = {
    'send_text': ('a',),
    'send_data': (b'a',),
    'send_json': (1,),
    'send_msgpack': (1,),
    'send_media': (1, BINARY),
}


@pytest.mark.parametrize('call', SENDS)
@pytest.mark.usefixtures('media')
def test_every_method_sends_in_the_same_way(call: str) -> None:
    """Any number of messages in a row; a client that left, before or under way, is always told of as such."""

    @in_loop
    async def test() -> None:
        client = Client()
        ws = await client.open()
        send = getattr(ws, call)
        for _ in range(20):
            await send(*SENDS[call])
        assert len(client.sent) == 20
        client.leave()
        with pytest.raises(WebSocketDisconnected, match='4001: bye'):
            await asyncio.gather(*(send(*SENDS[call]) for _ in range(10)))

        ws = await client.open()
        client.failure = KeyError('of the server')
        with pytest.raises(KeyError, match='of the server'):
            await getattr(ws, call)(*SENDS[call])
        client.failure = OSError('gone')
        with pytest.raises(WebSocketDisconnected, match='1006') as raised:
            await getattr(ws, call)(*SENDS[call])
        assert raised.value.__cause__ is client.failure
        with pytest.raises(WebSocketDisconnected, match='1006'):
            await getattr(ws, call)(*SENDS[call])
        await ws._release()

    test()


@pytest.mark.usefixtures('media')
@in_loop
async def test_no_method_sends_what_is_not_open() -> None:
    """The text of the error names the method and the state."""
    client = Client()
    ws = client.connect()
    for call, arguments in SENDS.items():
        with pytest.raises(OperationNotAllowed, match=rf'^{call}\(\) was called in state CONNECTING, expected OPEN$'):
            await getattr(ws, call)(*arguments)
    await ws.accept()
    await ws.close()
    for call, arguments in SENDS.items():
        with pytest.raises(WebSocketClosed, match=rf'^{call}\(\) was called in state CLOSED, expected OPEN$'):
            await getattr(ws, call)(*arguments)


@pytest.mark.parametrize(('call', 'expected'), [('send_json', 'str'), ('send_msgpack', 'bytes')])
def test_default_handler_that_makes_no_payload(call: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a handler makes is checked as what an application gives."""
    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', lambda media_type, feature: Liar())

    @in_loop
    async def test() -> None:
        client = Client()
        ws = await client.open(WebSocketOptions())
        with pytest.raises(TypeError, match=rf'^{call}\(\) received a payload of type int, expected {expected}$'):
            await getattr(ws, call)(1)
        assert not client.sent

    test()
