import socket

from falcon_asgi.testing import get_unused_port


def test_a_server_can_have_the_port() -> None:
    """The port is free when it is returned."""
    port = get_unused_port()
    with socket.create_server(('127.0.0.1', port)) as server:
        assert server.getsockname() == ('127.0.0.1', port)
