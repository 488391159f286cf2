"""The application of the auction house."""

import json
from functools import partial
from typing import Any

import falcon
import falcon.asgi
import falcon.media
from falcon.asgi import Request, Response, WebSocket
from live.middleware import Census, Rooms, Users
from live.resources import Countdown, Echo, Feed, Poll, Progress, Report, RoomItem
from live.rooms import BidTooLow, House, RoomFull


async def handle_low_bid(
    req: Request, resp: Response | None, ex: BidTooLow, params: dict[str, Any], ws: WebSocket | None = None
) -> None:
    if ws is not None:
        await ws.send_media({'error': 'too low', 'highest': ex.highest})
        await ws.close(4409)
    elif resp is not None:
        resp.status = falcon.HTTP_CONFLICT
        resp.media = {'error': 'too low', 'highest': ex.highest}


async def handle_full_room(
    req: Request, resp: Response | None, ex: RoomFull, params: dict[str, Any], ws: WebSocket | None = None
) -> None:
    raise falcon.HTTPServiceUnavailable(title='Full', retry_after=5)


async def handle_bad_message(
    req: Request, resp: Response | None, ex: ValueError, params: dict[str, Any], ws: WebSocket | None = None
) -> None:
    if ws is None:
        raise falcon.HTTPUnprocessableEntity(title='Unusable', description=str(ex))
    await ws.close(4422)


def create_app() -> falcon.asgi.App:
    house, census = House(), Census()
    app = falcon.asgi.App(middleware=[census, Users(), Rooms(house), house])
    app.ws_options.error_close_code = 4500
    app.ws_options.max_receive_queue = 8
    app.ws_options.default_close_reasons[4422] = 'Unusable message'
    app.ws_options.media_handlers[falcon.WebSocketPayloadType.TEXT] = falcon.media.JSONHandlerWS(
        dumps=partial(json.dumps, sort_keys=True), loads=json.loads
    )
    app.add_error_handler(BidTooLow, handle_low_bid)
    app.add_error_handler(RoomFull, handle_full_room)
    app.add_error_handler(ValueError, handle_bad_message)

    echo, report = Echo(), Report(house, census)
    app.add_route('/rooms/{room}', RoomItem())
    app.add_route('/rooms/{room}/feed', Feed())
    app.add_route('/rooms/{room}/poll', Poll())
    app.add_route('/countdown/{start:int(max=10)}', Countdown())
    app.add_route('/open/echo', echo)
    app.add_route('/open/states', echo, suffix='states')
    app.add_route('/open/failing', echo, suffix='failing')
    app.add_route('/progress', Progress())
    app.add_route('/report', report)
    app.add_route('/census', report, suffix='census')
    return app


app = create_app()
