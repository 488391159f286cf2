"""Servers for the tests of the whole system: each a real one in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_START_DEADLINE_S = 45.0
_STOP_DEADLINE_S = 10.0
_POLL_S = 0.02
_LISTENING = re.compile(r'(?:Uvicorn running|Running) on (http://\S+)')


# A client that is still connected when the tests are done must not keep a server from ending.
_ARGUMENTS = {
    'uvicorn': ('--port', '0', '--no-use-colors', '--timeout-graceful-shutdown', '2'),
    # Without workers, because those are told to stop by other means than a signal.
    'hypercorn': ('--bind', '127.0.0.1:0', '--workers', '0', '--graceful-timeout', '2'),
}


@dataclass(frozen=True)
class Server:
    """A server that accepts connections.

    Attributes:
        url: The base URL of its HTTP routes, without a slash at its end.
        ws_url: The base URL of its WebSocket routes, without a slash at its end.
        process: Its process.
        log_file: What it has written to its standard output and standard error.
    """

    url: str
    ws_url: str
    process: 'subprocess.Popen[bytes]'
    log_file: Path

    def log(self) -> str:
        """Return what the server has written so far."""
        return self.log_file.read_text(errors='replace')

    def stop(self) -> str:
        """End the process, connections left open included, and return all it has written."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(_STOP_DEADLINE_S)
        return self.log()


@pytest.fixture(scope='session')
def root() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope='module')
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """A function that serves an application with a real server until the tests of the module are done.

    Called as `serve('module:app', app_dir, *arguments, by='uvicorn')`: the application's import string, the folder that
    the module is in, any further arguments for the server, such as `'--factory'`, and which one: uvicorn or hypercorn.
    """
    with ExitStack() as running:

        def start(app: str, app_dir: Path, *arguments: str, by: str = 'uvicorn') -> Server:
            command = [sys.executable, '-m', by, *_ARGUMENTS[by], *arguments, app]
            server = _start(command, app_dir, tmp_path_factory.mktemp(by) / 'log')
            running.callback(server.stop)
            return server

        yield start


def _start(command: list[str], app_dir: Path, log_file: Path) -> Server:
    modules = os.pathsep.join(map(str, (app_dir, ROOT / 'tests/tools')))
    environment = {**os.environ, 'PYTHONUNBUFFERED': '1', 'PYTHONPATH': modules}
    with log_file.open('wb') as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        url = _wait_until_listening(process, log_file)
    except BaseException:
        process.kill()
        process.wait(_STOP_DEADLINE_S)
        raise
    return Server(url, url.replace('http', 'ws', 1), process, log_file)


def _wait_until_listening(process: 'subprocess.Popen[bytes]', log_file: Path) -> str:
    """Return the URL the server prints once it accepts connections: with port 0, only the server knows its port."""
    deadline = time.monotonic() + _START_DEADLINE_S
    while time.monotonic() < deadline:
        found = _LISTENING.search(log_file.read_text(errors='replace'))
        if found is not None:
            return found[1]
        if process.poll() is not None:
            raise RuntimeError(f'the server ended with status {process.returncode}:\n{log_file.read_text()}')
        time.sleep(_POLL_S)
    raise TimeoutError(f'the server was not ready after {_START_DEADLINE_S} s:\n{log_file.read_text()}')
