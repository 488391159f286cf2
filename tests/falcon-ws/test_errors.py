import copy
import pickle

import pytest

from falcon_core.errors import FalconError, OperationNotAllowed
from falcon_ws.errors import (
    PayloadTypeError,
    WebSocketClosed,
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)

DISCONNECTS = [WebSocketDisconnected, WebSocketPathNotFound, WebSocketHandlerNotFound, WebSocketServerError]


@pytest.mark.parametrize('kind', DISCONNECTS)
def test_disconnect_keeps_code_and_reason(kind: type[WebSocketDisconnected]) -> None:
    """Code and reason are attributes and stand in the text."""
    error = kind(4001, 'bye')
    assert (error.code, error.reason) == (4001, 'bye')
    assert str(error) == 'the connection was closed with code 4001: bye'


def test_disconnect_without_arguments() -> None:
    """The code is 1000 and the reason None if none is given."""
    error = WebSocketDisconnected()
    assert (error.code, error.reason) == (1000, None)
    assert str(error) == 'the connection was closed with code 1000'


@pytest.mark.parametrize('kind', DISCONNECTS)
def test_disconnects_are_connection_errors(kind: type[WebSocketDisconnected]) -> None:
    """Whoever catches WebSocketDisconnected, ConnectionError or FalconError catches all of them."""
    assert issubclass(kind, WebSocketDisconnected)
    assert issubclass(kind, ConnectionError)
    assert issubclass(kind, FalconError)


def test_closed_is_both() -> None:
    """Using a connection that was closed from here is a fault of the caller, and says that the connection is over."""
    error = WebSocketClosed('send_text() was called in state CLOSED, expected OPEN', 4000, 'done')
    assert isinstance(error, OperationNotAllowed)
    assert isinstance(error, WebSocketDisconnected)
    assert str(error) == 'send_text() was called in state CLOSED, expected OPEN'
    assert (error.code, error.reason) == (4000, 'done')


@pytest.mark.parametrize('error', [WebSocketDisconnected(4001, 'bye'), WebSocketClosed('no', 4002, 'over')])
def test_errors_survive_copying(error: WebSocketDisconnected) -> None:
    """Copies and unpickled errors have the same code, reason and text."""
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), twin.code, twin.reason, str(twin)) == (type(error), error.code, error.reason, str(error))


def test_payload_type_error_is_a_type_error() -> None:
    """A message of the other type is a TypeError, with whatever text it was raised with."""
    assert issubclass(PayloadTypeError, TypeError)
    assert issubclass(PayloadTypeError, FalconError)
    assert str(PayloadTypeError('not text')) == 'not text'
