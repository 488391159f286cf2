"""An application that calls the public function that a header names."""

import json
from datetime import datetime
from functools import reduce
from typing import Any

import falcon
import falcon.asgi
import falcon.uri
from falcon.asgi import Request, Response


def plain(value: Any) -> Any:
    """Return a value as JSON can say it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (bytes, datetime)):
        return repr(value)
    return value


class Calls:
    """Calls a function, tells what it returned or the class of what it raised, and whether that is a ValueError."""

    async def on_get(self, req: Request, resp: Response) -> None:
        name, arguments, options = json.loads(req.get_header('X-Call') or '')
        function = reduce(getattr, name.split('.'), falcon)
        if options.pop('date', False):
            arguments = [datetime.fromisoformat(arguments[0])]
        try:
            told = {'returned': plain(function(*arguments, **options))}  # type: ignore[operator] # it is one
        except Exception as error:  # noqa: BLE001 # told of
            told = {'raised': 'ValueError' if isinstance(error, ValueError) else type(error).__name__}
        resp.media = told


app = falcon.asgi.App()
app.add_route('/', Calls())
