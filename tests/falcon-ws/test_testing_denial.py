import pickle

import pytest

from falcon_ws import WebSocketDisconnected, WebSocketHandlerNotFound, WebSocketPathNotFound, WebSocketServerError
from falcon_ws.testing.denial import Denial, WebSocketDenied, disconnected


@pytest.mark.parametrize(
    ('status', 'error', 'code'),
    [
        (403, WebSocketDisconnected, 3403),
        (404, WebSocketPathNotFound, 3404),
        (405, WebSocketHandlerNotFound, 3405),
        (500, WebSocketServerError, 1011),
    ],
)
def test_denial_is_what_a_close_would_be(status: int, error: type[Exception], code: int) -> None:
    """The class and the code are those of a connection closed for the same reason."""
    denied = Denial(status, [(b'a', b'1'), (b'a', b'2')], [b'{"b"', b': 3}']).as_error()
    assert isinstance(denied, error)
    assert isinstance(denied, WebSocketDenied)
    assert (denied.status_code, denied.code, denied.reason) == (status, code, None)
    assert denied.header_lines == [('a', '1'), ('a', '2')]
    assert denied.headers['A'] == '2'
    assert denied.content == b'{"b": 3}'
    assert denied.text == '{"b": 3}'
    assert denied.json == {'b': 3}
    assert str(denied) == f'the handshake was denied with status {status}: b\'{{"b": 3}}\''


def test_denial_without_a_body() -> None:
    """A denial without a body has None for JSON."""
    assert Denial(403, []).as_error().json is None


def test_denial_can_be_pickled() -> None:
    """Tests that run in several processes hand their errors on."""
    denied = pickle.loads(pickle.dumps(Denial(404, [(b'a', b'1')], [b'b']).as_error()))
    assert isinstance(denied, WebSocketPathNotFound)
    assert isinstance(denied, WebSocketDenied)
    assert (denied.status_code, denied.header_lines, denied.content) == (404, [('a', '1')], b'b')


@pytest.mark.parametrize(
    ('code', 'error'),
    [
        (1000, WebSocketDisconnected),
        (3404, WebSocketPathNotFound),
        (3405, WebSocketHandlerNotFound),
        (1011, WebSocketServerError),
        (None, WebSocketDisconnected),
    ],
)
def test_close_codes_have_their_classes(code: int | None, error: type[WebSocketDisconnected]) -> None:
    """The exception for a close code is of the class that stands for it."""
    found = disconnected(code, 'why')
    assert type(found) is error
    assert (found.code, found.reason) == (code or 1000, 'why')
