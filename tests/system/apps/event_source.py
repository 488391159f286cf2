"""A page whose `EventSource` is dropped by the server now and then, and an application that numbers events for it."""

import asyncio
from collections.abc import AsyncIterator

import falcon.asgi
from falcon.asgi import Request, Response, SSEvent
from falcon_sse import EventLog

PAGE = """<!doctype html><title>events</title><script>
const received = [];
let opened = 0;
const source = new EventSource('/events');
source.addEventListener('open', () => { opened += 1; });
source.addEventListener('number', event => received.push([event.data, event.lastEventId]));
source.addEventListener('lines', event => { document.title = event.data.split('\\n').length + ' lines'; });
</script>"""

EVENTS = 60
EACH_TIME = 7

log = EventLog(1000)


class Page:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.text = PAGE


class Events:
    async def on_get(self, req: Request, resp: Response) -> None:
        # The first time there is no id to go on from: what there is already belongs to the page, too.
        resp.sse = self.some(req.last_event_id or 'none')

    async def some(self, last_event_id: str) -> AsyncIterator[SSEvent]:
        """Yield a few events, then drop the client, which is to come back at once."""
        yield SSEvent('one\r\ntwo\rthree', event='lines', retry=10)
        given = 0
        async for event in log.subscribe(last_event_id):
            yield event
            given += 1
            if given == EACH_TIME:
                return

    async def on_post(self, req: Request, resp: Response) -> None:
        for number in range(EVENTS):
            log.append(SSEvent(str(number), event='number'))
            await asyncio.sleep(0.01)
        resp.media = [event.event_id for event in log._ring]


app = falcon.asgi.App()
app.add_route('/', Page())
app.add_route('/events', Events())
