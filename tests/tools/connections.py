"""What tests do with the sockets of real clients."""

import socket
import struct

__all__ = ['read_until', 'vanish']


def read_until(connection: socket.socket, text: bytes) -> None:
    """Read until a text has come."""
    received = b''
    while text not in received:
        chunk = connection.recv(65536)
        assert chunk, f'the connection ended after {received[-200:]!r}'
        received += chunk


def vanish(connection: socket.socket) -> None:
    """Have the client go down without a word: the server's next packet is answered with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()
