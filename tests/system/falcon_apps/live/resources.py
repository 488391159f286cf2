"""The resources of the auction house."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import falcon
from falcon.asgi import Request, Response, SSEvent, WebSocket
from live.middleware import Census
from live.rooms import House, Room


class RoomItem:
    """A room: its state by GET, words by POST, everything by WebSocket."""

    async def on_get(self, req: Request, resp: Response, room: Room) -> None:
        resp.media = {
            'name': room.name,
            'highest': room.highest,
            'leader': room.leader,
            'present': sorted(room.listeners.values()),
        }

    async def on_post(self, req: Request, resp: Response, room: Room) -> None:
        if req.context.user is None:
            raise falcon.HTTPForbidden
        media = await req.get_media()
        event = room.bid(req.context.user, media['bid']) if 'bid' in media else room.say(req.context.user, media['say'])
        resp.status = falcon.HTTP_201
        resp.media = event.to_dict()

    async def on_websocket(self, req: Request, ws: WebSocket, room: Room) -> None:
        async with room.listener(req.context.user) as queue:
            protocol = None
            if ws.subprotocols:
                known = [name for name in ws.subprotocols if name in ('auction.v1', 'auction.v2')]
                if not known:
                    await ws.close(4406)
                    return
                protocol = known[-1]
            await ws.accept(protocol, headers={'X-Room': room.name})
            sender = asyncio.create_task(self._send(ws, queue))
            try:
                while True:
                    await self._act(await ws.receive_media(), req.context.user, room, ws)
            finally:
                sender.cancel()
                await asyncio.wait([sender])

    async def _act(self, message: Any, user: str, room: Room, ws: WebSocket) -> None:
        if not isinstance(message, dict):
            raise ValueError('not a dictionary')
        if 'bid' in message:
            room.bid(user, message['bid'])
        elif 'say' in message:
            room.say(user, message['say'])
        elif message.get('do') == 'history':
            for event in room.since(message.get('since', 0)):
                await ws.send_media(event.to_dict())
        elif message.get('do') == 'leave':
            await ws.close(1000)
        else:
            raise falcon.HTTPBadRequest(title='Nothing to do')

    async def _send(self, ws: WebSocket, queue: asyncio.Queue[Any]) -> None:
        while True:
            event = await queue.get()
            if event is None:
                await ws.close(1001)
                return
            await ws.send_media(event.to_dict())


class Feed:
    """A room's events as Server-Sent Events, from the one after the last that the client has seen."""

    async def on_get(self, req: Request, resp: Response, room: Room) -> None:
        last = req.get_header('Last-Event-ID', default='0')
        if not last.isdigit():
            raise falcon.HTTPInvalidHeader('It has to be a number.', 'Last-Event-ID')
        resp.sse = self._events(req, room, int(last), req.get_param_as_int('count'))

    async def _events(self, req: Request, room: Room, last: int, count: int | None) -> AsyncIterator[SSEvent | None]:
        yield SSEvent(comment=f'welcome to the {room.name}', retry=5000)
        async with room.listener(req.context.user or 'a reader') as queue:
            for event in room.since(last):
                yield SSEvent(event=event.kind, event_id=str(event.number), json=event.to_dict())
                count = None if count is None else count - 1
            while count is None or count > 0:
                try:
                    event_or_end = await asyncio.wait_for(queue.get(), 0.05)
                except TimeoutError:
                    yield None
                    continue
                if event_or_end is None:
                    return
                yield SSEvent(event=event_or_end.kind, event_id=str(event_or_end.number), text=str(event_or_end.value))
                count = None if count is None else count - 1


class Countdown:
    """Server-Sent Events of every form."""

    async def on_get(self, req: Request, resp: Response, start: int) -> None:
        async def emit() -> AsyncIterator[SSEvent | None]:
            for number in range(start, 0, -1):
                yield SSEvent(data=str(number).encode())
            yield SSEvent(text='two\nlines', event='end')

        resp.sse = emit()


class Poll:
    """Waits for what comes after a number, and answers with 204 if nothing does."""

    async def on_get(self, req: Request, resp: Response, room: Room) -> None:
        last = req.get_param_as_int('last', default=0)
        async with room.listener('a poller') as queue:
            found = room.since(last)
            if not found:
                try:
                    event = await asyncio.wait_for(queue.get(), req.get_param_as_float('wait', default=0.2))
                except TimeoutError:
                    resp.status = falcon.HTTP_NO_CONTENT
                    return
                found = [event] if event is not None else []
            resp.media = [event.to_dict() for event in found]


class Echo:
    """Sends back what it gets, by one method or another."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        kind = req.get_param('kind')
        while True:
            if kind == 'text':
                await ws.send_text((await ws.receive_text()).upper())
            elif kind == 'data':
                await ws.send_data(bytes(reversed(await ws.receive_data())))
            else:
                await ws.send_media(await ws.receive_media(), falcon.WebSocketPayloadType.BINARY)

    async def on_websocket_states(self, req: Request, ws: WebSocket) -> None:
        before = [ws.unaccepted, ws.closed, ws.ready]
        await ws.accept()
        open_ = [ws.unaccepted, ws.closed, ws.ready]
        await ws.send_media({'before': before, 'open': open_, 'headers': ws.supports_accept_headers})
        await ws.receive_text()
        await ws.close(4000)
        assert ws.closed

    async def on_websocket_failing(self, req: Request, ws: WebSocket) -> None:
        if not req.get_param_as_bool('early'):
            await ws.accept()
        how = req.get_param('how', default='error')
        if how == 'error':
            raise RuntimeError('on purpose')
        if how == 'status':
            raise falcon.HTTPStatus(falcon.HTTP_418)
        if how == 'http':
            raise falcon.HTTPTooManyRequests
        if how == 'fault':
            raise falcon.HTTPInternalServerError
        if how == 'state':
            await ws.accept()
        if how == 'code':
            await ws.close(999)


class Progress:
    """Reads a body as it comes."""

    async def on_put(self, req: Request, resp: Response) -> None:
        sizes = [len(chunk) async for chunk in req.stream]
        resp.media = {'total': sum(sizes), 'several': len(sizes) > 1, 'eof': req.stream.eof, 'at': req.stream.tell()}

    async def on_post(self, req: Request, resp: Response) -> None:
        first = await req.stream.read(3)
        await req.stream.exhaust()
        resp.text = first.decode()
        resp.content_type = 'text/plain'


class Report:
    """Streams lines as they are made, and cleans up whatever happens."""

    def __init__(self, house: House, census: Census) -> None:
        self._house = house
        self._census = census

    async def on_get(self, req: Request, resp: Response) -> None:
        lines = req.get_param_as_int('lines', default=2)
        resp.content_type = 'text/plain; charset=utf-8'
        resp.stream = self._lines(lines)

    async def on_get_census(self, req: Request, resp: Response) -> None:
        census = self._census
        resp.media = {
            'requests': census.requests,
            'connections': census.connections,
            'lost': census.lost,
            'ticking': self._house.ticks > 0,
        }

    async def _lines(self, count: int) -> AsyncIterator[bytes]:
        try:
            for number in range(count):
                yield f'line {number}\n'.encode()
                await asyncio.sleep(0)
        finally:
            self._census.lost += 1
