"""The demo on a real server: every route, good input and bad, and clients that come and go."""

import asyncio
import importlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgpack
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

import falcon

TIMEOUT_S = 10.0
MSGPACK = 'application/msgpack'


@pytest.fixture(scope='module')
def server(serve: Callable[..., Any], root: Path) -> Iterator[Any]:
    """The demo, for which nothing that these tests do is an error of its own."""
    server = serve('realtime.app:app', root / 'examples')
    yield server
    log = server.stop()
    assert 'ERROR' not in log
    assert 'Traceback' not in log


def receive(connection: ClientConnection) -> Any:
    return json.loads(connection.recv(timeout=TIMEOUT_S))


def next_event(pieces: Any, skipped: str = ':') -> dict[str, str]:
    """Return the fields of the next event of a stream, comments passed over."""
    received = ''
    while not received.endswith('\n\n') or received.startswith(skipped):
        received = '' if received.endswith('\n\n') else received
        received += next(pieces)
    return dict(line.split(': ', 1) for line in received.strip().splitlines())


class FakeSocket:
    """A WebSocket to a client that takes what it is sent, or is stuck and takes nothing."""

    def __init__(self, *, stuck: bool = False) -> None:
        self._stuck = stuck
        self._said: asyncio.Queue[str | None] = asyncio.Queue()
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        self.close_code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def say(self, message: str) -> None:
        self._said.put_nowait(json.dumps({'message': message}))

    def leave(self) -> None:
        self._said.put_nowait(None)

    async def accept(self) -> None:
        pass

    async def receive_text(self) -> str:
        text = await self._said.get()
        if text is None:
            raise falcon.WebSocketDisconnected
        return text

    async def send_text(self, text: str) -> None:
        if self._stuck:
            await asyncio.get_running_loop().create_future()
        self.sent.put_nowait(text)

    async def close(self, code: int, reason: str) -> None:
        self.close_code.set_result(code)
        self.leave()


def characters(response: httpx.Response) -> Any:
    return (character for piece in response.iter_text() for character in piece)


def test_page_is_one_file_that_lets_nothing_else_in(server: Any) -> None:
    """The page is answered with a policy that forbids what is not its own; it names no outside resource."""
    response = httpx.get(server.url)
    assert response.status_code == 200
    assert response.headers['content-type'] == 'text/html; charset=utf-8'
    assert response.headers['content-security-policy'].startswith("default-src 'none'; script-src 'sha256-")
    for outside in ('src="http', 'href="http', '@import', '//cdn'):
        assert outside not in response.text


def test_users_in_both_formats(server: Any) -> None:
    """Users are created from and shown as JSON or MessagePack, by Content-Type and Accept."""
    ada = httpx.post(f'{server.url}/users', json={'name': 'Ada', 'email': 'ada@example.org'})
    assert (ada.status_code, ada.headers['location']) == (201, f'/users/{ada.json()["id"]}')
    grace = httpx.post(
        f'{server.url}/users',
        content=msgpack.packb({'name': 'Grace', 'email': 'grace@example.org'}),
        headers={'Content-Type': MSGPACK, 'Accept': MSGPACK},
    )
    assert (grace.status_code, grace.headers['content-type']) == (201, MSGPACK)
    shown = msgpack.unpackb(grace.content)
    assert httpx.get(server.url + ada.headers['location']).json() == ada.json()
    assert shown in httpx.get(f'{server.url}/users').json()['users']
    assert httpx.get(f'{server.url}/users', headers={'Accept': 'text/html'}).status_code == 406


@pytest.mark.parametrize(
    ('method', 'path', 'content_type', 'body', 'status'),
    [
        ('GET', '/users/4711', '', b'', 404),
        ('GET', '/users/0', '', b'', 404),
        ('GET', '/users/ada', '', b'', 404),
        ('DELETE', '/users', '', b'', 405),
        ('POST', '/users', 'application/json', b'', 400),
        ('POST', '/users', 'application/json', b'{"name":', 400),
        ('POST', '/users', MSGPACK, b'\xc1', 400),
        ('POST', '/users', 'text/plain', b'Ada', 415),
    ],
)
def test_requests_that_make_no_sense_are_refused(
    server: Any, method: str, path: str, content_type: str, body: bytes, status: int
) -> None:
    """The framework answers them in the application's name, in JSON."""
    headers = {'Content-Type': content_type} if content_type else {}
    response = httpx.request(method, server.url + path, content=body, headers=headers)
    assert response.status_code == status
    assert response.json()['title']


@pytest.mark.parametrize(
    ('path', 'body', 'status', 'says'),
    [
        ('/users', {'name': 'A'}, 422, 'The email is missing.'),
        ('/users', {'name': 'A', 'email': 'nowhere'}, 422, 'ada@example.org'),
        ('/users', {'name': 'A' * 81, 'email': 'a@example.org'}, 422, '81 characters, at most 80'),
        ('/users', ['A'], 422, 'an object'),
        ('/users', 'x' * 70_000, 413, '65536'),
        ('/notifications', {}, 422, 'The message is missing.'),
        ('/notifications', {'message': 'x' * 281}, 422, 'at most 280'),
    ],
)
def test_input_that_is_refused_says_why(server: Any, path: str, body: object, status: int, says: str) -> None:
    """What a client can do about it is in the description."""
    response = httpx.post(server.url + path, json=body)
    assert response.status_code == status
    assert says in response.json()['description']


def test_same_user_twice_is_a_conflict(server: Any) -> None:
    """An email belongs to one user."""
    user = {'name': 'Twin', 'email': 'twin@example.org'}
    assert httpx.post(f'{server.url}/users', json=user).status_code == 201
    assert httpx.post(f'{server.url}/users', json={**user, 'email': 'TWIN@example.org'}).status_code == 409


def test_profile_asks_for_its_token(server: Any) -> None:
    """The one route with authentication is open to the bearer of the token."""
    assert httpx.get(f'{server.url}/profile').headers['www-authenticate'] == 'Bearer'
    assert httpx.get(f'{server.url}/profile', headers={'Authorization': 'Bearer x'}).status_code == 401
    response = httpx.get(f'{server.url}/profile', headers={'Authorization': 'Bearer demo-token'})
    assert response.json() == {'user': 'Ada'}


def test_chat_goes_on_around_members_that_misbehave(server: Any) -> None:
    """Bad messages are answered, oversized and binary ones end their sender's connection, the others go on."""
    with ExitStack() as members:
        ada, grace, mute = (members.enter_context(connect(f'{server.ws_url}/chat')) for _ in range(3))
        for bad, says in (('{', 'JSON'), ('[]', 'object'), ('{"message": " "}', 'empty'), ('{"user": 1}', 'text')):
            ada.send(bad)
            assert says in receive(ada)['error']
        grace.send('x' * 9000)
        with pytest.raises(ConnectionClosed) as closed:
            grace.recv(timeout=TIMEOUT_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        mute.send(b'\x00')
        with pytest.raises(ConnectionClosed) as closed:
            mute.recv(timeout=TIMEOUT_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1003
        linus = members.enter_context(connect(f'{server.ws_url}/chat'))
        linus.send('{"message": "who is there?"}')
        assert receive(linus)['user'] == 'Anonymous'
        assert receive(ada)['message'] == 'who is there?'


def test_chat_shows_out_a_member_that_does_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member to whom nothing can be sent holds up nobody, and is disconnected in the end."""
    monkeypatch.syspath_prepend(str(root / 'examples'))
    chat = importlib.import_module('realtime.chat').Chat(send_timeout_s=0.01)

    async def converse() -> None:
        stuck, lively = FakeSocket(stuck=True), FakeSocket()
        async with asyncio.timeout(TIMEOUT_S), asyncio.TaskGroup() as members:
            members.create_task(chat.on_websocket(None, stuck))
            members.create_task(chat.on_websocket(None, lively))
            lively.say('one')
            assert json.loads(await lively.sent.get())['message'] == 'one'
            assert await stuck.close_code == 1013
            lively.say('two')
            assert json.loads(await lively.sent.get())['message'] == 'two'
            lively.leave()

    asyncio.run(converse())


def test_echo_keeps_the_kind_of_what_it_got(server: Any) -> None:
    """JSON, other text and bytes come back as such."""
    with connect(f'{server.ws_url}/echo') as echo:
        echo.send('{"a": 1}')
        assert receive(echo) == {'echo': {'a': 1}, 'type': 'json'}
        echo.send('plain')
        assert echo.recv(timeout=TIMEOUT_S) == 'Echo: plain'
        echo.send(b'\x00\xff')
        assert echo.recv(timeout=TIMEOUT_S) == b'\x00\xff'


def test_counter_goes_on_where_the_client_was(server: Any) -> None:
    """A client that tells the id of the last event it got is sent the one after it."""
    with httpx.stream('GET', f'{server.url}/events', headers={'Last-Event-ID': '41'}, timeout=TIMEOUT_S) as response:
        assert response.headers['content-type'] == 'text/event-stream'
        event = next_event(characters(response))
    assert (event['event'], event['id'], json.loads(event['data'])['count']) == ('counter', '42', 42)


def test_notification_reaches_every_subscriber_that_is_there(server: Any) -> None:
    """A pushed notification arrives at all open streams; one that was left counts no longer."""
    with ExitStack() as streams:
        listening = []
        for _ in range(2):
            stream = httpx.stream('GET', f'{server.url}/notifications', timeout=TIMEOUT_S)
            listening.append(characters(streams.enter_context(stream)))
            # The comment that each stream begins with says that it is subscribed.
            assert ''.join(next(listening[-1]) for _ in range(len(': subscribed\n\n'))) == ': subscribed\n\n'
        pushed = httpx.post(f'{server.url}/notifications', json={'message': 'lunch'})
        assert (pushed.status_code, pushed.json()) == (202, {'delivered_to': 2, 'missed_by': 0})
        for pieces in listening:
            event = next_event(pieces)
            assert (event['event'], json.loads(event['data'])['message']) == ('notification', 'lunch')
    deadline = time.monotonic() + TIMEOUT_S
    while any(httpx.post(f'{server.url}/notifications', json={'message': 'gone?'}).json().values()):
        assert time.monotonic() < deadline


def test_log_has_a_line_for_each_request(server: Any) -> None:
    """A request leaves its method, path and status in the log; its path is quoted, so that it cannot forge a line."""
    httpx.get(f'{server.url}/nowhere%0Aforged')
    assert "GET '/nowhere\\nforged' -> 404 Not Found" in server.log()
