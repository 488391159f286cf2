"""What the event streams of one framework take: python benchmarks/sse.py this|falcon|starlette|blacksheep|litestar

The same streams for each, without a server: a thousand events that are there at once, of text alone, or with a type and
an id and text or an object as JSON; a single event; and one event for a thousand clients that wait for it. `compare.py`
says what is asked of this file.
"""

import asyncio
import sys
from functools import partial

from asked import answer, mean, start

EVENTS = 1000
SUBSCRIBERS = 1000
DATA = '{"count": 17, "timestamp": 1700000000.25}'
MEDIA = {'count': 17, 'user': 'Ada', 'tags': ['a', 'b'], 'timestamp': 1700000000.25}

SCOPE = {
    'type': 'http',
    'asgi': {'version': '3.0', 'spec_version': '2.3'},
    'http_version': '1.1',
    'method': 'GET',
    'query_string': b'',
    'root_path': '',
    'scheme': 'http',
    'headers': [(b'host', b'127.0.0.1:8000'), (b'accept', b'text/event-stream')],
    'client': ('127.0.0.1', 50000),
    'server': ('127.0.0.1', 8000),
}


class Queues:
    """What applications do whose framework has nothing for it: a queue for each subscriber."""

    def __init__(self):
        self.queues = set()

    def publish(self, event):
        for queue in self.queues:
            queue.put_nowait(event)

    async def follow(self):
        queue = asyncio.Queue(100)
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)


def counted(make, count, data=DATA):
    async def events():
        for number in range(count):
            yield make(data, 'counter', str(number))

    return events


def texts(make=None):
    """Return a function for the same events with nothing but text; without `make`, where that is what is yielded."""

    async def events():
        for _ in range(EVENTS):
            yield DATA if make is None else make(DATA)

    return events


def this():
    from falcon.asgi import App, SSEvent
    from falcon_sse import EventLog

    log = EventLog(100)
    return falcon_app(App, SSEvent, texts(), log.subscribe, log.append)


def falcon():
    from falcon.asgi import App, SSEvent

    queues = Queues()
    return falcon_app(App, SSEvent, texts(lambda text: SSEvent(text=text)), queues.follow, queues.publish)


def falcon_app(app_class, event_class, plain, follow, publish):
    def make(data, event_type, event_id):
        return event_class(text=data, event=event_type, event_id=event_id)

    def make_json(media, event_type, event_id):
        return event_class(json=media, event=event_type, event_id=event_id)

    class Streams:
        async def on_get_texts(self, req, resp):
            resp.sse = plain()

        async def on_get_many(self, req, resp):
            resp.sse = counted(make, EVENTS)()

        async def on_get_json(self, req, resp):
            resp.sse = counted(make_json, EVENTS, MEDIA)()

        async def on_get_one(self, req, resp):
            resp.sse = counted(make, 1)()

        async def on_get_follow(self, req, resp):
            resp.sse = follow()

    app = app_class()
    for name in ('texts', 'many', 'json', 'one', 'follow'):
        app.add_route(f'/{name}', Streams(), suffix=name)
    return app, lambda: publish(make(DATA, 'counter', None))


def starlette():
    from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
    from starlette.applications import Starlette
    from starlette.routing import Route

    queues = Queues()

    def make(data, event_type, event_id):
        return ServerSentEvent(data, event=event_type, id=event_id)

    def make_json(media, event_type, event_id):
        return JSONServerSentEvent(media, event=event_type, id=event_id)

    async def plain(request):
        return EventSourceResponse(texts()())

    async def many(request):
        return EventSourceResponse(counted(make, EVENTS)())

    async def objects(request):
        return EventSourceResponse(counted(make_json, EVENTS, MEDIA)())

    async def one(request):
        return EventSourceResponse(counted(make, 1)())

    async def follow(request):
        return EventSourceResponse(queues.follow())

    paths = {'/texts': plain, '/many': many, '/json': objects, '/one': one, '/follow': follow}
    app = Starlette(routes=[Route(path, endpoint) for path, endpoint in paths.items()])
    return app, lambda: queues.publish(make(DATA, 'counter', None))


def blacksheep():
    from blacksheep import Application, get
    from blacksheep.server.sse import ServerSentEvent, ServerSentEventsResponse, TextServerSentEvent

    app, queues = Application(), Queues()

    def make(data, event_type, event_id):
        return TextServerSentEvent(data, event_type, event_id)

    @get('/texts')
    async def plain():
        return ServerSentEventsResponse(texts(TextServerSentEvent))

    @get('/many')
    async def many():
        return ServerSentEventsResponse(counted(make, EVENTS))

    @get('/json')
    async def objects():
        return ServerSentEventsResponse(counted(ServerSentEvent, EVENTS, MEDIA))

    @get('/one')
    async def one():
        return ServerSentEventsResponse(counted(make, 1))

    @get('/follow')
    async def follow():
        return ServerSentEventsResponse(queues.follow)

    return app, lambda: queues.publish(make(DATA, 'counter', None))


def litestar():
    from litestar import Litestar, get
    from litestar.response import ServerSentEvent, ServerSentEventMessage
    from litestar.serialization import encode_json

    queues = Queues()

    def make(data, event_type, event_id):
        return ServerSentEventMessage(data, event_type, event_id)

    @get('/texts')
    async def plain() -> ServerSentEvent:
        return ServerSentEvent(texts()())

    @get('/many')
    async def many() -> ServerSentEvent:
        return ServerSentEvent(counted(make, EVENTS)())

    # It sends no objects: applications make the JSON.
    def make_json(media, event_type, event_id):
        return make(encode_json(media).decode(), event_type, event_id)

    @get('/json')
    async def objects() -> ServerSentEvent:
        return ServerSentEvent(counted(make_json, EVENTS, MEDIA)())

    @get('/one')
    async def one() -> ServerSentEvent:
        return ServerSentEvent(counted(make, 1)())

    @get('/follow')
    async def follow() -> ServerSentEvent:
        return ServerSentEvent(queues.follow())

    return Litestar([plain, many, objects, one, follow]), lambda: queues.publish(make(DATA, 'counter', None))


FRAMEWORKS = {framework.__name__: framework for framework in (this, falcon, starlette, blacksheep, litestar)}


async def exchange(app, path, on_event=None):
    """Have one request answered; return how many events were sent."""
    events = 0
    waiting = [{'type': 'http.request', 'body': b'', 'more_body': False}]
    ended = asyncio.Event()

    async def receive():
        if waiting:
            return waiting.pop()
        await ended.wait()
        return {'type': 'http.disconnect'}

    async def send(message):
        nonlocal events
        # A comment is no event: frameworks send them when nothing else was sent for a while.
        if message.get('body', b':')[:1] not in (b':', b''):
            events += 1
            if on_event is not None:
                on_event()
        elif message['type'] == 'http.response.body' and not message.get('more_body', False):
            ended.set()

    scope = {**SCOPE, 'path': path, 'raw_path': path.encode(), 'headers': list(SCOPE['headers']), 'state': {}}
    await app(scope, receive, send)
    return events


class Clients:
    """A thousand clients of one application, that wait for events."""

    def __init__(self, app):
        self.got = 0
        self.all_got = asyncio.Event()
        self.tasks = [asyncio.create_task(exchange(app, '/follow', self.on_event)) for _ in range(SUBSCRIBERS)]

    def on_event(self):
        self.got += 1
        if self.got == SUBSCRIBERS:
            self.all_got.set()

    async def get(self, publish):
        self.got = 0
        self.all_got.clear()
        publish()
        async with asyncio.timeout(10):
            await self.all_got.wait()

    async def leave(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def main(framework):
    app, publish = FRAMEWORKS[framework]()
    running = await start(app)

    async def plain():
        assert await exchange(app, '/texts') == EVENTS

    async def many():
        assert await exchange(app, '/many') == EVENTS

    async def objects():
        assert await exchange(app, '/json') == EVENTS

    async def one():
        assert await exchange(app, '/one') == 1

    clients = []

    async def fan_out():
        if not clients:
            clients.append(Clients(app))
            await asyncio.sleep(1)
        await clients[0].get(publish)

    await answer(
        {
            'one of 1000 events of text alone': partial(mean, plain, EVENTS),
            'one of 1000 events': partial(mean, many, EVENTS),
            'one of 1000 events of JSON': partial(mean, objects, EVENTS),
            'stream of one event': partial(mean, one),
            'one event for 1000 clients': partial(mean, fan_out),
        }
    )
    for some in clients:
        await some.leave()
    running.cancel()


if __name__ == '__main__':
    asyncio.run(main(sys.argv[1]))
