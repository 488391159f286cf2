"""Applications that allow requests of other origins."""

from typing import Any

import falcon
import falcon.asgi
from falcon.asgi import Request, Response


class Resource:
    """Has some methods."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = 'text'

    async def on_put(self, req: Request, resp: Response) -> None:
        raise falcon.HTTPForbidden


class Sets:
    """Decides itself."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.set_header('Access-Control-Allow-Origin', 'https://set.example')
        resp.set_header('Access-Control-Allow-Credentials', 'false')

    async def on_options(self, req: Request, resp: Response) -> None:
        resp.set_header('Allow', 'GET')
        resp.set_header('Vary', 'Cookie')
        resp.text = 'own options'


class Extended(falcon.CORSMiddleware):
    """Exposes a header of its own where an origin may read."""

    def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        super().process_response(req, resp, resource, req_succeeded)
        if resp.get_header('Access-Control-Allow-Origin'):
            resp.append_header('Access-Control-Expose-Headers', 'X-Extended')


async def sink(req: Request, resp: Response) -> None:
    resp.text = 'sink'


def _made(app: Any) -> Any:
    app.add_route('/', Resource())
    app.add_route('/sets', Sets())
    app.add_sink(sink, '/sink')
    return app


def _with(**options: Any) -> Any:
    return _made(falcon.asgi.App(middleware=[falcon.CORSMiddleware(**options)]))


app = _made(falcon.asgi.App(cors_enable=True))
everyone = _with()
one = _with(allow_origins='https://a.example')
several = _with(allow_origins=['https://a.example', 'https://b.example'])
exposing = _with(expose_headers=['X-A', 'X-B'])
exposing_one = _with(expose_headers='X-A')
credentials = _with(allow_origins='*', allow_credentials='*')
credentials_one = _with(
    allow_origins=['https://a.example', 'https://b.example'], allow_credentials=['https://b.example']
)
credentials_text = _with(allow_credentials='https://a.example')
private = _with(allow_private_network=True)
nobody = _with(allow_origins=[])
extended = _made(falcon.asgi.App(middleware=[Extended(expose_headers='X-A')]))
