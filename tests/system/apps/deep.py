"""An application that takes media of the usual size."""

import falcon.asgi
from falcon.asgi import Request, Response


class Items:
    """Takes media."""

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = {'type': type(req.media).__name__}


app = falcon.asgi.App()
app.add_route('/items', Items())
