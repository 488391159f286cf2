"""A resource with methods beyond those of every browser."""

from typing import Any

import falcon.asgi


class Resource:
    """Says which method asked, and what path was left over."""

    async def on_request(self, req: Any, resp: Any, **fields: Any) -> None:
        resp.media = {'method': req.method, **fields}

    on_get = on_propfind = on_report = on_foo = on_request


app = falcon.asgi.App()
app.add_route('/all/{number:int(min=1)}/{rest:path}', Resource())
