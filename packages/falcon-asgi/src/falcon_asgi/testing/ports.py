"""Ports for tests that start a server."""

import socket

__all__ = ['get_unused_port']


def get_unused_port() -> int:
    """Return a TCP port of 127.0.0.1 on which nobody listens.

    Somebody else may take it before the caller does; then the caller asks for another one.

    Raises:
        OSError: The system has none.
    """
    with socket.create_server(('127.0.0.1', 0)) as server:
        port: int = server.getsockname()[1]
    return port
