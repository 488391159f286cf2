from collections.abc import Callable
from typing import Any

import pytest

from falcon_core.errors import MissingDistribution
from falcon_core.media import BinaryBaseHandlerWS, TextBaseHandlerWS
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType, as_data, check_text, payload_text

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


class DefaultText(TextBaseHandlerWS):
    pass


class DefaultBinary(BinaryBaseHandlerWS):
    pass


class OwnText(DefaultText):
    pass


class Reversed(TextBaseHandlerWS):
    pass


@pytest.fixture
def defaults(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Have the defaults come from a fake distribution; returns what was asked of it."""
    asked: list[tuple[str, str]] = []
    makers: dict[str, Callable[[], Any]] = {'application/json': DefaultText, 'application/msgpack': DefaultBinary}

    def find(media_type: str, feature: str) -> Any:
        asked.append((media_type, feature))
        return makers[media_type]()

    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', find)
    return asked


@pytest.fixture
def no_media(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have falcon-media not installed."""

    def find(media_type: str, feature: str) -> Any:
        raise MissingDistribution(feature, 'falcon-media')

    monkeypatch.setattr('falcon_ws.payload.payload_handler_for', find)


def test_types() -> None:
    """The types are numbers, those of the opcodes."""
    assert [(kind.name, int(kind)) for kind in WebSocketPayloadType] == [('TEXT', 1), ('BINARY', 2)]


@pytest.mark.usefixtures('no_media')
def test_defaults_are_not_looked_for_before_they_are_used() -> None:
    """Making and looking over the handlers needs no other distribution."""
    handlers: Any = PayloadHandlers()
    assert list(handlers) == [TEXT, BINARY]
    assert len(handlers) == 2
    assert TEXT in handlers
    assert 'text' not in handlers


@pytest.mark.usefixtures('no_media')
def test_missing_default_names_the_distribution() -> None:
    """What needs a default that is not installed says what to install."""
    handlers = PayloadHandlers()
    with pytest.raises(MissingDistribution, match=r'^ws.send_media needs falcon-media: pip install falcon-media$'):
        handlers.find(TEXT, 'ws.send_media')
    with pytest.raises(MissingDistribution, match=r'^ws.receive_json needs falcon-media'):
        handlers.find_default(TEXT, 'ws.receive_json')
    with pytest.raises(MissingDistribution, match=r'^the media of binary messages needs falcon-media'):
        handlers[BINARY]


@pytest.mark.usefixtures('no_media')
def test_own_handler_needs_no_default() -> None:
    """A handler that was set is found without the distribution of the defaults."""
    own = Reversed()
    handlers = PayloadHandlers({TEXT: own})
    assert handlers[TEXT] is handlers.find(TEXT, 'ws.send_media') is own


def test_defaults_are_looked_for_once(defaults: list[tuple[str, str]]) -> None:
    """JSON is the default of text messages, MessagePack that of binary ones; each is made once."""
    handlers = PayloadHandlers({})
    assert isinstance(handlers.find(TEXT, 'a'), DefaultText)
    assert isinstance(handlers.find_default(BINARY, 'b'), DefaultBinary)
    assert handlers[TEXT] is handlers.find_default(TEXT, 'c')
    assert handlers[BINARY] is handlers.find(BINARY, 'd')
    assert defaults == [('application/json', 'a'), ('application/msgpack', 'b')]


@pytest.mark.usefixtures('defaults')
def test_handler_of_the_defaults_kind_serves_its_format() -> None:
    """A JSON handler with functions of its own is what JSON is read and written with."""
    own = OwnText()
    handlers = PayloadHandlers({TEXT: own})
    assert handlers.find_default(TEXT, 'ws.receive_json') is own


@pytest.mark.usefixtures('defaults')
def test_handler_of_another_kind_does_not() -> None:
    """Another format for media does not turn JSON into that."""
    own = Reversed()
    handlers = PayloadHandlers({TEXT: own})
    assert handlers[TEXT] is own
    assert type(handlers.find_default(TEXT, 'ws.receive_json')) is DefaultText


@pytest.mark.usefixtures('defaults')
def test_deleting_brings_the_default_back() -> None:
    """Both types always have a handler."""
    handlers = PayloadHandlers()
    handlers[TEXT] = Reversed()
    del handlers[TEXT]
    assert type(handlers[TEXT]) is DefaultText
    with pytest.raises(KeyError):
        del handlers[TEXT]


@pytest.mark.usefixtures('defaults')
def test_numbers_stand_for_their_types() -> None:
    """A type may be given as its number, as it is an int."""
    handlers: Any = PayloadHandlers()
    handlers[1] = own = Reversed()
    assert handlers[1] is handlers[TEXT] is own


def test_other_keys_are_refused() -> None:
    """There are two types of messages; any other key is refused."""
    handlers: Any = PayloadHandlers()
    with pytest.raises(ValueError, match='is not a valid WebSocketPayloadType'):
        handlers['application/json'] = Reversed()
    with pytest.raises(KeyError):
        handlers[3]


@pytest.mark.parametrize(
    ('payload', 'expected'), [('abc', 'a text message of 3 characters'), (b'\0', 'a binary message of 1 bytes')]
)
def test_what_a_payload_is_called(payload: str | bytes, expected: str) -> None:
    """An error's text says type and size, and nothing of the content."""
    assert payload_text(payload) == expected


@pytest.mark.usefixtures('defaults')
def test_what_speaks_a_format_is_remembered_until_a_handler_changes() -> None:
    """What was found for JSON and MessagePack need not be looked for again, unless another handler is set."""
    handlers = PayloadHandlers()
    assert [handlers.json, handlers.msgpack] == [None, None]
    found = handlers.find_default(TEXT, 'a'), handlers.find_default(BINARY, 'a')
    assert (handlers.json, handlers.msgpack) == found
    handlers[TEXT] = own = OwnText()
    assert [handlers.json, handlers.msgpack] == [None, None]
    assert handlers.find_default(TEXT, 'a') is handlers.json is own
    del handlers[TEXT]
    assert handlers.json is None


def test_text_that_can_be_sent() -> None:
    """Text is a string, of any class, that has a UTF-8 form; what is none is named with the call."""

    class Text(str):
        pass

    check_text(Text('é'), 'send_text')
    with pytest.raises(TypeError, match=r'send_text\(\) received a payload of type bytes, expected str'):
        check_text(b'a', 'send_text')
    with pytest.raises(ValueError, match='surrogates not allowed'):
        check_text('\ud800', 'send_text')


@pytest.mark.parametrize('payload', [b'ab', bytearray(b'ab'), memoryview(b'ab')])
def test_bytes_that_can_be_sent(payload: object) -> None:
    """Bytes of any kind are sent as bytes, which nobody can change under way."""
    assert as_data(payload, 'send_data') == b'ab'
    assert type(as_data(payload, 'send_data')) is bytes


@pytest.mark.parametrize('payload', ['ab', None, 7, [97]])
def test_what_is_not_bytes_is_refused(payload: object) -> None:
    """What is not bytes is named with the call."""
    with pytest.raises(TypeError, match=r'send_data\(\) received a payload of type \w+, expected bytes'):
        as_data(payload, 'send_data')
