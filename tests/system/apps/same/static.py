"""Applications that serve the files of the folder that the environment variable SAME_FILES names."""

import os

import falcon.asgi
from falcon.asgi import Request, Response

FILES = os.environ['SAME_FILES']


class Route:
    """A route beside static ones."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = 'route'


async def sink(req: Request, resp: Response, **groups: str) -> None:
    resp.text = f'sink {req.path}'


app = falcon.asgi.App()
app.add_static_route('/files', FILES)
app.add_static_route('/down/', FILES, downloadable=True)
app.add_static_route('/fallback', FILES, fallback_filename='page.html')
app.add_static_route('/fallback-absolute', FILES, fallback_filename=os.path.join(FILES, 'page.html'))
app.add_static_route('/fallback-down', FILES, downloadable=True, fallback_filename='page.html')
app.add_static_route('/nested', FILES)
app.add_static_route('/nested/deeper', os.path.join(FILES, 'folder'))
app.add_static_route('/over', os.path.join(FILES, 'folder'))
app.add_static_route('/over', FILES)
app.add_route('/files/route', Route())
app.add_sink(sink, '/sink')
app.add_static_route('/sink', FILES)
all_files = falcon.asgi.App()
all_files.add_static_route('/', FILES)
sink_first = falcon.asgi.App(sink_before_static_route=True)
sink_first.add_sink(sink, '/sink')
sink_first.add_static_route('/sink', FILES)
sink_last = falcon.asgi.App(sink_before_static_route=False)
sink_last.add_sink(sink, '/sink')
sink_last.add_static_route('/sink', FILES)
own_types = falcon.asgi.App()
own_types.resp_options.static_media_types['.own'] = 'application/x-own'
own_types.resp_options.static_media_types['.html'] = 'text/x-other'
own_types.add_static_route('/files', FILES)
