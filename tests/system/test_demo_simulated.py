"""The demo without a server: what its users would test of it with `falcon.testing`."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

import falcon
import falcon.asgi
from event_loop import in_hasty_loop, in_loop
from falcon import testing
from falcon_sse.testing import EventReader

TOKEN = 'secret'


@pytest.fixture
def app(root: Path, monkeypatch: pytest.MonkeyPatch) -> falcon.asgi.App:
    monkeypatch.syspath_prepend(str(root / 'examples'))
    from realtime.app import create_app  # type: ignore[import-not-found, unused-ignore] # found once the path is there

    made: falcon.asgi.App = create_app(TOKEN)
    return made


@in_loop
async def test_room_of_five(app: falcon.asgi.App) -> None:
    """What one says, all hear, in one order; who leaves, politely or not, keeps nobody from hearing."""
    async with testing.ASGIConductor(app) as conductor, AsyncExitStack() as room:
        members = [await room.enter_async_context(conductor.simulate_ws('/chat')) for _ in range(5)]
        for number, member in enumerate(members):
            await member.send_json({'user': f'm{number}', 'message': 'hello'})
        heard = [[(await member.receive_json())['user'] for _ in members] for member in members]
        assert heard == [[f'm{number}' for number in range(5)]] * 5
        members[0].drop()
        await members[1].close()
        await members[2].send_text('{"message": "who is left?"}')
        for member in members[2:]:
            assert (await member.receive_json())['message'] == 'who is left?'


@pytest.mark.parametrize(('kind', 'payload', 'code'), [('send_data', b'x', 1003), ('send_text', 'x' * 8193, 1009)])
@in_loop
async def test_room_shows_out(app: falcon.asgi.App, kind: str, payload: Any, code: int) -> None:
    """Binary messages and large ones end the connection, with the code for that."""
    async with testing.ASGIConductor(app) as conductor:
        async with conductor.simulate_ws('/chat') as member:
            await getattr(member, kind)(payload)
            with pytest.raises(falcon.WebSocketDisconnected) as caught:
                await member.receive_text()
        assert (caught.value.code, member.close_code) == (code, code)


@in_hasty_loop
async def test_room_says_what_is_wrong(app: falcon.asgi.App) -> None:
    """A message that is none is answered to the one who sent it alone."""
    async with (
        testing.ASGIConductor(app) as conductor,
        conductor.simulate_ws('/chat') as one,
        conductor.simulate_ws('/chat', timeout=0.05) as other,
    ):
        await one.send_text('nonsense')
        assert 'JSON' in (await one.receive_json())['error']
        with pytest.raises(TimeoutError, match='has accepted the connection and has sent 0 messages'):
            await other.receive_text()


@in_hasty_loop
async def test_member_that_does_not_read(app: falcon.asgi.App) -> None:
    """A member that does not read is shown out with 1013, and the others go on."""
    from realtime.chat import Chat  # type: ignore[import-not-found, unused-ignore] # found once the path is there

    app.add_route('/hasty', Chat(send_timeout_s=0.05))
    async with (
        testing.ASGIConductor(app) as conductor,
        conductor.simulate_ws('/hasty') as quick,
        conductor.simulate_ws('/hasty', max_unread=0) as slow,
    ):
        await quick.send_json({'message': 'hello'})
        assert (await quick.receive_json())['message'] == 'hello'
        await slow.wait_closed()
        assert slow.close_code == 1013
        await quick.send_json({'message': 'still here'})
        assert (await quick.receive_json())['message'] == 'still here'


@in_loop
async def test_echo(app: falcon.asgi.App) -> None:
    """JSON, text and bytes come back, each as what it was."""
    async with testing.ASGIConductor(app) as conductor, conductor.simulate_ws('/echo') as ws:
        await ws.send_json([1])
        await ws.send_text('plain')
        await ws.send_data(b'\x00')
        assert await ws.receive_json() == {'echo': [1], 'type': 'json'}
        assert await ws.receive_text() == 'Echo: plain'
        assert await ws.receive_data() == b'\x00'


@in_loop
async def test_notifications(app: falcon.asgi.App) -> None:
    """Each subscriber is told, for as long as it listens."""
    async with testing.ASGIConductor(app) as conductor, AsyncExitStack() as stay:
        streams = [await stay.enter_async_context(conductor.simulate_get_stream('/notifications')) for _ in range(3)]
        readers = [EventReader(stream) for stream in streams]
        async with conductor.simulate_get_stream('/notifications'):
            answer = await conductor.simulate_post('/notifications', json={'message': 'one'})
            assert (answer.status_code, answer.json['delivered_to']) == (202, 4)
        answer = await conductor.simulate_post('/notifications', json={'message': 'two'})
        assert answer.json['delivered_to'] == 3
        for reader in readers:
            events = [await reader.receive(), await reader.receive()]
            assert [json.loads(event.data)['message'] for event in events] == ['one', 'two']
            assert {event.event_type for event in events} == {'notification'}


@in_loop
async def test_counter_goes_on(app: falcon.asgi.App) -> None:
    """A client that comes back gets the next number."""
    async with testing.ASGIConductor(app) as conductor:
        async with conductor.simulate_get_stream('/events', headers={'Last-Event-ID': '41'}) as result:
            reader = EventReader(result)
            assert json.loads((await reader.receive()).data)['count'] == 42
            assert (reader.last_event_id, reader.retry) == ('42', 2000)
        beginning = await conductor.simulate_get('/events', asgi_disconnect_ttl=0.02)
        assert '"count":0' in beginning.text


def test_users_and_profile(app: falcon.asgi.App) -> None:
    """Users come in both formats; the profile asks for its token, which a client can be given once for all."""
    client = testing.TestClient(app, headers={'Authorization': f'Bearer {TOKEN}'})
    ada = client.simulate_post('/users', msgpack={'name': 'Ada', 'email': 'ada@example.org'})
    assert ada.status == falcon.HTTP_201
    assert client.simulate_get(ada.headers['Location']).json['name'] == 'Ada'
    assert (
        client.simulate_post('/users', body=[b'{"name":', b' "A"}'], content_type='application/json').status_code == 422
    )
    assert client.simulate_get('/profile').json == {'user': 'Ada'}
    refused = testing.simulate_get(app, '/profile')
    assert (refused.status_code, refused.headers['www-authenticate']) == (401, 'Bearer')
    assert testing.simulate_get(app, '/users', headers={'Accept': 'text/html'}).status_code == 406


@in_loop
async def test_many_clients_at_once(app: falcon.asgi.App) -> None:
    """A hundred requests beside a room and a stream neither fail nor leave anything behind."""
    async with (
        testing.ASGIConductor(app) as conductor,
        conductor.simulate_ws('/echo') as ws,
        conductor.simulate_get_stream('/notifications') as stream,
    ):
        results = await asyncio.gather(*(conductor.simulate_get('/users') for _ in range(100)))
        assert {result.status_code for result in results} == {200}
        await ws.send_text('x')
        assert await ws.receive_text() == 'Echo: x'
        await conductor.simulate_post('/notifications', json={'message': 'done'})
        assert 'done' in (await EventReader(stream).receive()).data
