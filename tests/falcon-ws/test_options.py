import pytest

from falcon_core.media import TextBaseHandlerWS
from falcon_ws.options import WebSocketOptions
from falcon_ws.payload import PayloadHandlers, WebSocketPayloadType


class Own(TextBaseHandlerWS):
    pass


def test_defaults() -> None:
    """Without arguments: 32 messages ahead, 1011 on failure, the default handlers and reasons."""
    options = WebSocketOptions()
    assert options.max_receive_queue == 32
    assert options.error_close_code == 1011
    assert options.default_close_reasons[3404] == 'Not Found'
    assert isinstance(options.media_handlers, PayloadHandlers)


def test_arguments() -> None:
    """Handlers and queue size are what they were set to, by position as well."""
    own = Own()
    options = WebSocketOptions({WebSocketPayloadType.TEXT: own}, 0)
    assert options.max_receive_queue == 0
    assert options.media_handlers[WebSocketPayloadType.TEXT] is own


def test_handlers_can_be_assigned() -> None:
    """A mapping that is assigned keeps the defaults for what it does not hold; a ready object is used as it is."""
    own = Own()
    options = WebSocketOptions()
    options.media_handlers = {WebSocketPayloadType.TEXT: own}
    assert options.media_handlers[WebSocketPayloadType.TEXT] is own
    assert len(options.media_handlers) == 2
    handlers = PayloadHandlers()
    options.media_handlers = handlers
    assert options.media_handlers is handlers


def test_options_share_nothing() -> None:
    """What is changed in one object is not changed in another."""
    WebSocketOptions().default_close_reasons.clear()
    WebSocketOptions().media_handlers[WebSocketPayloadType.TEXT] = own = Own()
    assert WebSocketOptions().default_close_reasons
    assert (
        WebSocketOptions({WebSocketPayloadType.BINARY: own}).media_handlers.find(WebSocketPayloadType.BINARY, '') is own
    )


def test_negative_queue_is_refused() -> None:
    """A number of messages to read ahead is not negative."""
    with pytest.raises(ValueError, match=r'^received max_receive_queue -1, expected 0 or more$'):
        WebSocketOptions(max_receive_queue=-1)


def test_error_close_code_is_checked() -> None:
    """A code that may not be sent is refused when it is set, not when a handler fails."""
    options = WebSocketOptions()
    options.error_close_code = 4500
    with pytest.raises(ValueError, match=r'^received close code 1006'):
        options.error_close_code = 1006
    assert options.error_close_code == 4500


def test_misspelt_option_is_refused() -> None:
    """An option that does not exist cannot be set."""
    with pytest.raises(AttributeError):
        WebSocketOptions().max_recieve_queue = 1  # type: ignore[attr-defined] # what the test is about


def test_no_limit_is_set_by_default() -> None:
    """Limits and origins are off until they are set."""
    options = WebSocketOptions()
    limits = [options.allowed_origins, options.max_message_size, options.idle_timeout_s, options.send_timeout_s]
    assert limits == [None] * 4
    assert not options.is_limited


def test_origins() -> None:
    """Origins are kept as they are compared, whatever they were set as."""
    options = WebSocketOptions(allowed_origins=['https://Example.com', None])
    assert set(options.allowed_origins or ()) == {'https://example.com', None}
    options.allowed_origins = None
    assert options.allowed_origins is None
    assert not options.is_limited


@pytest.mark.parametrize('name', ['max_message_size', 'idle_timeout_s', 'send_timeout_s'])
def test_limits(name: str) -> None:
    """A limit is a positive number, or None for none, where it is made and where it is set."""
    options = WebSocketOptions(**{name: 5})  # type: ignore[arg-type] # the name is of one that takes numbers
    assert getattr(options, name) == 5
    assert options.is_limited
    for wrong in (0, -1, float('nan')):
        with pytest.raises(ValueError, match=f'received {name} .*, expected more than 0'):
            setattr(options, name, wrong)
    setattr(options, name, None)
    assert not options.is_limited
