"""An application that takes media and fails in one place."""

import falcon.asgi
from falcon.asgi import Request, Response


class Items:
    """Gives back what it got; fails where it is asked to."""

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.content_type = req.content_type
        resp.media = req.media

    async def on_delete(self, req: Request, resp: Response) -> None:
        raise RuntimeError('the password is swordfish')


app = falcon.asgi.App()
app.req_options.max_media_size = 1000
app.add_route('/items', Items())
