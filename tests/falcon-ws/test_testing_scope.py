import pytest

from falcon_ws.testing import DEFAULT_HOST, create_scope_ws


def test_default_scope() -> None:
    """A handshake is a scope of type websocket, has the scheme ws and no subprotocols."""
    scope = create_scope_ws()
    assert scope['type'] == 'websocket'
    assert scope['scheme'] == 'ws'
    assert scope['server'] == (DEFAULT_HOST, 80)
    assert scope['asgi'] == {'version': '3.0', 'spec_version': '2.1'}
    assert 'subprotocols' not in scope
    assert 'method' not in scope


@pytest.mark.parametrize('subprotocols', ['a, b', ['a', 'b'], ('a', 'b')])
def test_subprotocols(subprotocols: str | list[str]) -> None:
    """Subprotocols are a list, however they are given."""
    assert create_scope_ws(subprotocols=subprotocols)['subprotocols'] == ['a', 'b']


def test_secure_scope() -> None:
    """The port of the server is that of the scheme, which the Host header then does not name."""
    scope = create_scope_ws('/a?b=1', scheme='wss', spec_version='2.3', cookies={'c': 'd'})
    assert scope['server'] == (DEFAULT_HOST, 443)
    assert (scope['path'], scope['query_string']) == ('/a', b'b=1')
    assert dict(scope['headers'])[b'host'] == DEFAULT_HOST.encode()
    assert dict(scope['headers'])[b'cookie'] == b'c=d'
