"""The auction house's own test suite: WebSockets, events and streams, through the framework's testing kit."""

import asyncio
import functools
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import falcon
import falcon.asgi
from falcon import testing
from live.app import create_app

ADA = {'token': 'token-ada'}
GRACE = {'token': 'token-grace'}
TIMEOUT = 5

Test = Callable[..., Awaitable[None]]


def served(test: Test) -> Callable[..., None]:
    """Give a test the service, started, as `client`."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def main() -> None:
            async with asyncio.timeout(4 * TIMEOUT), testing.ASGIConductor(create_app()) as client:
                await test(*args, client=client, **kwargs)

        asyncio.run(main())

    # What pytest is to find: all parameters but the client.
    signature = inspect.signature(test)
    found = [parameter for name, parameter in signature.parameters.items() if name != 'client']
    run.__signature__ = signature.replace(parameters=found)  # type: ignore[attr-defined]
    return run


def room(user: dict[str, str], name: str = 'hall') -> dict[str, Any]:
    return {'path': f'/rooms/{name}', 'query_string': f'token={user["token"]}'}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not await condition():  # noqa: ASYNC110 # the service is asked from outside
            await asyncio.sleep(0.005)


async def present(client: testing.ASGIConductor, name: str = 'hall') -> list[str]:
    result = await client.simulate_get(f'/rooms/{name}')
    found: list[str] = result.json['present']
    return found


async def stopped(ws: Any) -> int:
    """The code with which the server closes a connection, which it is about to do."""
    with pytest.raises(falcon.WebSocketDisconnected) as closed:
        await ws.receive_text()
    assert ws.closed
    code: int = closed.value.code
    assert code == ws.close_code
    return code


class TestConversation:
    @served
    async def test_what_one_says_all_hear(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ada, client.simulate_ws(**room(GRACE)) as grace:
            await until(lambda: self.both(client))
            await ada.send_json({'say': 'hello'})
            for ws in (ada, grace):
                assert await ws.receive_json() == {'number': 1, 'kind': 'said', 'user': 'ada', 'value': 'hello'}

    async def both(self, client: testing.ASGIConductor) -> bool:
        return await present(client) == ['ada', 'grace']

    @served
    async def test_bids_rise(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            for amount in (10, 20):
                await ws.send_json({'bid': amount})
                assert (await ws.receive_json())['value'] == amount
            state = (await client.simulate_get('/rooms/hall')).json
            assert (state['highest'], state['leader'], state['present']) == (20, 'ada', ['ada'])

    @served
    async def test_low_bid_ends_the_conversation(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            await ws.send_json({'bid': 0})
            assert await ws.receive_json() == {'error': 'too low', 'highest': 0}
            assert await stopped(ws) == 4409

    @served
    async def test_messages_are_written_by_the_own_handler(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            await ws.send_text('{"say": "ü"}')
            text = await ws.receive_text()
            assert text == '{"kind": "said", "number": 1, "user": "ada", "value": "\\u00fc"}'

    @served
    async def test_history(self, client: testing.ASGIConductor) -> None:
        for word in ('one', 'two', 'three'):
            await client.simulate_post('/rooms/hall', params=ADA, json={'say': word})
        async with client.simulate_ws(**room(GRACE)) as ws:
            await ws.send_json({'do': 'history', 'since': 1})
            assert [(await ws.receive_json())['value'] for _ in range(2)] == ['two', 'three']

    @served
    async def test_request_is_heard_by_connections(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(GRACE, 'attic')) as ws:
            result = await client.simulate_post('/rooms/attic', params=ADA, json={'bid': 5})
            assert result.status_code == 201
            assert await ws.receive_json() == result.json

    @served
    async def test_leaving(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            await ws.send_json({'do': 'leave'})
            assert await stopped(ws) == 1000
        assert await present(client) == []

    @served
    async def test_client_leaves(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            await ws.close(1001)
            assert ws.closed
        assert await present(client) == []

    @served
    async def test_rooms_are_apart(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ada, client.simulate_ws(**room(GRACE, 'attic')) as grace:
            await grace.send_json({'say': 'alone'})
            assert (await grace.receive_json())['value'] == 'alone'
            await ada.send_json({'say': 'here'})
            assert (await ada.receive_json())['value'] == 'here'

    @served
    async def test_headers_and_subprotocol(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA), subprotocols=['other', 'auction.v1', 'auction.v2']) as ws:
            assert ws.subprotocol == 'auction.v2'
            assert (b'x-room', b'hall') in [(name.lower(), value) for name, value in ws.headers or []]

    @served
    async def test_no_subprotocol_is_needed(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            assert ws.subprotocol is None
            assert ws.ready

    @served
    async def test_many_messages_come_in_order(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            for number in range(30):
                await ws.send_json({'say': number})
            assert [(await ws.receive_json())['value'] for _ in range(30)] == list(range(30))


class TestRefusals:
    @served
    @pytest.mark.parametrize(
        ('query', 'path', 'code'),
        [
            ('', '/rooms/hall', 3401),
            ('token=token-joan', '/rooms/hall', 3403),
            ('token=token-ada', '/rooms/cellar', 3404),
            ('token=token-ada', '/nowhere', 3404),
            ('token=token-ada', '/progress', 3405),
        ],
    )
    async def test_not_let_in(self, client: testing.ASGIConductor, query: str, path: str, code: int) -> None:
        with pytest.raises(falcon.WebSocketDisconnected) as refused:
            async with client.simulate_ws(path, query_string=query):
                pass
        assert refused.value.code == code

    @served
    async def test_unknown_subprotocol(self, client: testing.ASGIConductor) -> None:
        with pytest.raises(falcon.WebSocketDisconnected) as refused:
            async with client.simulate_ws(**room(ADA), subprotocols=['other']):
                pass
        assert refused.value.code == 3403

    @served
    async def test_room_is_full(self, client: testing.ASGIConductor) -> None:
        one, two, three = (client.simulate_ws(**room(ADA)) for _ in range(3))
        async with one, two, three:
            with pytest.raises(falcon.WebSocketDisconnected) as refused:
                async with client.simulate_ws(**room(GRACE)):
                    pass
            assert refused.value.code == 3503

    @served
    @pytest.mark.parametrize(
        ('message', 'code'), [('[1]', 4422), ('{', 4422), ('{"other": 1}', 3400), ('{"do": "dance"}', 3400)]
    )
    async def test_unusable_messages(self, client: testing.ASGIConductor, message: str, code: int) -> None:
        async with client.simulate_ws(**room(ADA)) as ws:
            await ws.send_text(message)
            assert await stopped(ws) == code

    @served
    async def test_token_in_a_header(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/rooms/hall', headers={'X-Token': 'token-ada'}) as ws:
            await ws.send_json({'say': 'hello'})
            assert (await ws.receive_json())['user'] == 'ada'

    @served
    async def test_reason_is_sent(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws(**room(ADA), spec_version='2.3') as ws:
            await ws.send_text('{')
            await stopped(ws)
            assert ws.close_reason == 'Unusable message'


class TestEcho:
    @served
    async def test_text(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/echo', query_string='kind=text') as ws:
            for text in ('hello', '', 'ünïcode ✓'):
                await ws.send_text(text)
                assert await ws.receive_text() == text.upper()

    @served
    async def test_data(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/echo', query_string='kind=data') as ws:
            for data in (b'abc', b'', bytes(range(256))):
                await ws.send_data(data)
                assert await ws.receive_data() == bytes(reversed(data))

    @served
    async def test_media_of_either_kind(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/echo') as ws:
            await ws.send_msgpack({'a': [1, 2.5, None, True, 'x', b'y']})
            assert await ws.receive_msgpack() == {'a': [1, 2.5, None, True, 'x', b'y']}
            await ws.send_json({'b': 1})
            assert await ws.receive_msgpack() == {'b': 1}

    @served
    async def test_client_closes_with_a_code(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/echo') as ws:
            await ws.close(4321)
            assert ws.close_code == 4321
            with pytest.raises(falcon.WebSocketDisconnected):
                await ws.receive_text()

    @served
    async def test_states(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/states') as ws:
            assert json.loads(await ws.receive_text()) == {
                'before': [True, False, False],
                'open': [False, False, True],
                'headers': True,
            }
            await ws.send_text('seen')
            assert await stopped(ws) == 4000

    @served
    async def test_older_server(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/states', spec_version='2.0') as ws:
            assert json.loads(await ws.receive_text())['headers'] is False
            await ws.send_text('seen')
            assert await stopped(ws) == 4000


class TestFailures:
    @served
    @pytest.mark.parametrize(
        ('how', 'code'), [('error', 4500), ('status', 3418), ('http', 3429), ('state', 4422), ('code', 4422)]
    )
    async def test_open_connection_is_closed(self, client: testing.ASGIConductor, how: str, code: int) -> None:
        async with client.simulate_ws('/open/failing', query_string=f'how={how}') as ws:
            assert await stopped(ws) == code

    @served
    @pytest.mark.parametrize(
        ('how', 'code'),
        [('error', 3403), ('status', 3418), ('http', 3429), ('fault', 3500), ('code', 3403), ('nothing', 3403)],
    )
    async def test_early_failures_refuse(self, client: testing.ASGIConductor, how: str, code: int) -> None:
        with pytest.raises(falcon.WebSocketDisconnected) as refused:
            async with client.simulate_ws('/open/failing', query_string=f'early=true&how={how}'):
                pass
        assert refused.value.code == code

    @served
    async def test_responder_that_just_returns(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/failing', query_string='how=nothing') as ws:
            assert await stopped(ws) == 1000


class TestFeed:
    @served
    async def test_events_of_the_past(self, client: testing.ASGIConductor) -> None:
        for word in ('one', 'two'):
            await client.simulate_post('/rooms/hall', params=ADA, json={'say': word})
        result = await client.simulate_get('/rooms/hall/feed', params={'count': 2})
        assert result.headers['Content-Type'] == 'text/event-stream'
        blocks = result.text.split('\n\n')
        assert set(blocks[0].split('\n')) == {': welcome to the hall', 'retry: 5000'}
        first = dict(line.split(': ', 1) for line in blocks[1].split('\n'))
        assert (first['event'], first['id']) == ('said', '1')
        assert json.loads(first['data']) == {'number': 1, 'kind': 'said', 'user': 'ada', 'value': 'one'}
        assert 'id: 2' in blocks[2]

    @served
    async def test_events_as_they_happen(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_get_stream('/rooms/hall/feed') as feed:
            assert feed.status == falcon.HTTP_200
            assert (await feed.stream.read()).startswith(b': welcome')
            await until(lambda: self.reader(client))
            await client.simulate_post('/rooms/hall', params=ADA, json={'bid': 7})
            text = b''
            while b'event: bid' not in text:
                text += await feed.stream.read()
            assert b'data: 7\n' in text
        await until(lambda: self.nobody(client))

    async def reader(self, client: testing.ASGIConductor) -> bool:
        return await present(client) == ['a reader']

    async def nobody(self, client: testing.ASGIConductor) -> bool:
        return await present(client) == []

    @served
    async def test_quiet_feed_is_kept_alive(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_get_stream('/rooms/hall/feed') as feed:
            text = b''
            while b': ping' not in text:
                text += await feed.stream.read()

    @served
    async def test_feed_is_resumed(self, client: testing.ASGIConductor) -> None:
        for word in ('one', 'two', 'three'):
            await client.simulate_post('/rooms/hall', params=ADA, json={'say': word})
        headers = {'Last-Event-ID': '2'}
        result = await client.simulate_get('/rooms/hall/feed', params={'count': 1}, headers=headers)
        assert 'id: 3' in result.text
        assert 'id: 2' not in result.text

    @served
    async def test_malformed_id(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_get('/rooms/hall/feed', headers={'Last-Event-ID': 'x'})
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid header value'

    @served
    async def test_feed_of_no_room(self, client: testing.ASGIConductor) -> None:
        assert (await client.simulate_get('/rooms/cellar/feed')).status_code == 404

    @served
    async def test_forms_of_events(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_get('/countdown/2')
        assert result.text.startswith('data: 2\n\ndata: 1\n\n')
        last = result.text.split('\n\n')[2].split('\n')
        assert last[0] == 'event: end'
        assert 'data: two' in last

    @served
    async def test_field_that_is_too_large(self, client: testing.ASGIConductor) -> None:
        assert (await client.simulate_get('/countdown/11')).status_code == 404


class TestPoll:
    @served
    async def test_nothing_happens(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_get('/rooms/hall/poll', params={'wait': 0.01})
        assert (result.status, result.content) == (falcon.HTTP_204, b'')

    @served
    async def test_something_happened(self, client: testing.ASGIConductor) -> None:
        await client.simulate_post('/rooms/hall', params=ADA, json={'say': 'one'})
        result = await client.simulate_get('/rooms/hall/poll')
        assert [event['value'] for event in result.json] == ['one']

    @served
    async def test_something_happens(self, client: testing.ASGIConductor) -> None:
        polling = asyncio.create_task(client.simulate_get('/rooms/hall/poll', params={'wait': TIMEOUT}))
        await until(lambda: self.polled(client))
        await client.simulate_post('/rooms/hall', params=ADA, json={'say': 'now'})
        assert [event['value'] for event in (await polling).json] == ['now']

    async def polled(self, client: testing.ASGIConductor) -> bool:
        return await present(client) == ['a poller']

    @served
    async def test_full_room(self, client: testing.ASGIConductor) -> None:
        one, two, three = (client.simulate_ws(**room(ADA)) for _ in range(3))
        async with one, two, three:
            result = await client.simulate_get('/rooms/hall/poll')
            assert result.status_code == 503
            assert result.headers['Retry-After'] == '5'


class TestRequests:
    @served
    async def test_low_bid(self, client: testing.ASGIConductor) -> None:
        assert (await client.simulate_post('/rooms/hall', params=ADA, json={'bid': 3})).status_code == 201
        result = await client.simulate_post('/rooms/hall', params=GRACE, json={'bid': 3})
        assert (result.status_code, result.json) == (409, {'error': 'too low', 'highest': 3})

    @served
    async def test_nobody_may_not_bid(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_post('/rooms/hall', json={'bid': 3})
        assert (result.status_code, result.json) == (403, {'title': '403 Forbidden'})

    @served
    async def test_body_in_pieces(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_put(
            '/progress', body='x' * 10_000, content_type='application/octet-stream', asgi_chunk_size=4096
        )
        assert result.json == {'total': 10_000, 'several': True, 'eof': True, 'at': 10_000}

    @served
    async def test_empty_body(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_put('/progress')
        assert result.json == {'total': 0, 'several': False, 'eof': True, 'at': 0}

    @served
    async def test_body_read_in_part(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_post('/progress', body=b'abcdef')
        assert result.text == 'abc'

    @served
    async def test_lines(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_get('/report', params={'lines': 3})
        assert result.text == 'line 0\nline 1\nline 2\n'
        assert 'Content-Length' not in result.headers

    @served
    async def test_client_leaves_a_stream(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_get_stream('/report', params={'lines': 100_000}) as report:
            assert (await report.stream.read()).startswith(b'line 0\n')
        assert (await client.simulate_get('/census')).json['lost'] == 1

    @served
    async def test_counting(self, client: testing.ASGIConductor) -> None:
        async with client.simulate_ws('/open/echo'):
            await asyncio.sleep(0.02)
            result = await client.simulate_get('/census')
        assert result.json == {'requests': 1, 'connections': 1, 'lost': 0, 'ticking': True}

    @served
    async def test_websocket_route_by_http(self, client: testing.ASGIConductor) -> None:
        result = await client.simulate_get('/open/echo')
        assert result.status_code == 405

    def test_request_of_its_own(self) -> None:
        req = testing.create_asgi_req(path='/rooms/hall', query_string='a=1', headers={'X-Token': 'token-ada'})
        assert isinstance(req, falcon.asgi.Request)
        assert (req.path, req.get_param('a'), req.get_header('x-token')) == ('/rooms/hall', '1', 'token-ada')

    def test_scope(self) -> None:
        scope = testing.create_scope(path='/rooms/hall', method='POST', headers={'A': 'b'}, http_version='2')
        assert (scope['type'], scope['method'], scope['path'], scope['http_version']) == (
            'http',
            'POST',
            '/rooms/hall',
            '2',
        )
        ws = testing.create_scope_ws(path='/open/echo', subprotocols=['a', 'b'])
        assert (ws['type'], list(ws['subprotocols'])) == ('websocket', ['a', 'b'])


class TestShutdown:
    def test_connections_are_closed(self) -> None:
        async def main() -> None:
            app = create_app()
            async with testing.ASGIConductor(app) as client:
                ws = await client.simulate_ws(**room(ADA)).__aenter__()
                await ws.send_json({'say': 'hello'})
                await ws.receive_json()
            async with asyncio.timeout(TIMEOUT):
                assert await stopped(ws) == 1001

        asyncio.run(main())
