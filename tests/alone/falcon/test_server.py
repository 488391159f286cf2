"""falcon[server] brings a server, and the server takes the fast loop and parser that come with it."""

import asyncio
import socket
from http.client import HTTPConnection
from threading import Thread
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

import falcon.asgi

TIMEOUT_S = 20


class Hello:
    async def on_get(self, req: Any, resp: Any) -> None:
        resp.text = f'hello from {type(asyncio.get_running_loop()).__module__}'


def test_server_takes_what_the_extra_brings() -> None:
    """With no options given, uvicorn runs on uvloop and reads requests with httptools."""
    app = falcon.asgi.App()
    app.add_route('/', Hello())
    server = uvicorn.Server(uvicorn.Config(app, log_level='warning'))
    with socket.create_server(('127.0.0.1', 0)) as listener:
        thread = Thread(target=server.run, args=([listener],))
        thread.start()
        host, port = listener.getsockname()
        connection = HTTPConnection(host, port, timeout=TIMEOUT_S)
        try:
            connection.request('GET', '/')
            answer = connection.getresponse().read()
        finally:
            connection.close()
            server.should_exit = True
            thread.join(TIMEOUT_S)
    assert not thread.is_alive()
    assert server.config.http_protocol_class is HttpToolsProtocol
    assert answer == b'hello from uvloop'
