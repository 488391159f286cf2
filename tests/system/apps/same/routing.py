"""Applications that tell what their router has found."""

import re
from typing import Any

import falcon
import falcon.asgi
from falcon.asgi import Request, Response
from falcon.routing import BaseConverter, CompiledRouter


class Echo:
    """Tells of the route and its fields."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def on_get(self, req: Request, resp: Response, **fields: object) -> None:
        resp.media = {
            'resource': self._name,
            'method': req.method,
            'template': req.uri_template,
            'fields': {name: repr(value) for name, value in fields.items()},
        }

    on_post = on_get
    on_get_all = on_get
    on_put_all = on_get


class Everything(Echo):
    """Has a responder for methods that are rarely seen."""

    on_put = on_patch = on_delete = on_head = on_options = on_trace = on_connect = Echo.on_get
    on_propfind = on_mkcol = on_copy = on_lock = on_report = on_version_control = on_update = Echo.on_get


class Default:
    """Has a responder for what has none."""

    async def on_get(self, req: Request, resp: Response, **fields: object) -> None:
        resp.media = ['get', req.method]

    async def on_request(self, req: Request, resp: Response, **fields: object) -> None:
        resp.media = ['default', req.method, sorted(fields)]

    on_get_set = on_get
    on_request_set = on_request


class Hexadecimal(BaseConverter):
    """A converter of an application's own."""

    def __init__(self, digits: int | None = None) -> None:
        self._digits = digits

    def convert(self, value: str) -> Any:
        if self._digits is not None and len(value) != self._digits:
            return None
        try:
            return int(value, 16)
        except ValueError:
            return None


class Words(BaseConverter):
    """A converter that takes the rest of the path."""

    CONSUME_MULTIPLE_SEGMENTS = True

    def convert(self, value: Any) -> Any:
        return [word.upper() for word in value] if all(value) else None


class Own:
    """A router of an application's own."""

    def __init__(self) -> None:
        self._routes: dict[str, tuple[object, dict[str, Any]]] = {}

    def add_route(self, uri_template: str, resource: object, **kwargs: Any) -> None:
        methods = falcon.routing.map_http_methods(resource)
        falcon.routing.set_default_responders(methods, asgi=True)
        self._routes[uri_template] = (resource, methods)

    def find(self, uri: str, req: Any = None) -> Any:
        route = self._routes.get(uri.lower())
        return None if route is None else (*route, {'found': 'own'}, uri.lower())


async def sink(req: Request, resp: Response, **groups: object) -> None:
    resp.media = {'sink': req.path, 'method': req.method, 'groups': groups}


async def later_sink(req: Request, resp: Response, **groups: object) -> None:
    resp.media = {'later sink': req.path, 'groups': groups}


async def handle(req: Request, resp: Response, error: Exception, params: object) -> None:
    """Handle nothing."""


def _kind(error: Exception) -> str:
    name = type(error).__name__
    return 'ValueError' if name == 'UnacceptableRouteError' else name


TEMPLATES = [
    '/', '/plain', '/plain/deeper', '/slash/', '/one/{x}', '/one/{x}/two', '/one/fixed', '/one/{x}/{y}',
    '/int/{n:int}', '/int/{n:int}/then', '/int/two-digits/{n:int(2)}', '/int/between/{n:int(min=10, max=99)}',
    '/int/both/{n:int(num_digits=3, min=100)}', '/float/{f:float}', '/float/between/{f:float(min=0, max=1.5)}',
    '/float/any/{f:float(finite=False)}', '/dt/{d:dt}', '/dt/day/{d:dt("%Y-%m-%d")}', '/uuid/{u:uuid}',
    '/rest/{p:path}', '/rest-after/{x}/{p:path}', '/hex/{h:hex}', '/hex/four/{h:hex(4)}', '/words/{w:words}',
    '/dash/{a}-{b}', '/file/{name}.{ext}', '/v/{major:int}.{minor:int}',
    '/compare/{usr0}:{branch0}...{usr1}:{branch1}/full', '/compare/{usr0}:{branch0}...{usr1}:{branch1}/part',
    '/literal/a{x}b', '/order/{x:int}-{y}', '/order/{z}', '/order/known', '/under_score/{a_b}/{_c}', '/ünï/{x}',
    '/percent/%7Bx%7D', '/case/Upper', '/dot/.well-known', '/dots/..', '/semi/a;b=c/{x}',
]  # fmt: skip

REFUSED = [
    'no-slash', '', '//double', '/a//b', '/{}', '/{ }', '/{x}/{x}', '/{9x}', '/{x-y}', '/{class}', '/{x y}',
    '/with space', '/{x:nothing}', '/{x:int(}', '/{x:int(num_digits=0)}', '/{x:int(bad=1)}', '/{x:int(1, 2, 3, 4)}',
    '/{p:path}/more', '/a{p:path}', '/{p:path}.txt', '/one/{other}', '/one/{x:int}/{y}/z', '/dash/{c}-{d}', '/{x',
    '/x}', '/{{x}}', '/one/{ x }', '/plain', '/new\ttab',
]  # fmt: skip


class Refusals:
    """Tells which templates an application refuses."""

    async def on_get(self, req: Request, resp: Response) -> None:
        app = falcon.asgi.App()
        app.router_options.converters['hex'] = Hexadecimal
        template = REFUSED[int(req.get_param('number') or 0)]
        outcome = 'taken'
        for each in '/one/{x}', '/plain', '/dash/{a}-{b}':
            app.add_route(each, Echo('first'))
        try:
            app.add_route(template, Echo('refused'))
        except Exception as error:  # noqa: BLE001 # told of
            outcome = _kind(error)
        resp.media = [template, outcome]


class Misuse:
    """Tells what is refused besides templates."""

    async def on_get(self, req: Request, resp: Response) -> None:
        app = falcon.asgi.App()

        def sync_sink(req: Request, resp: Response) -> None:
            """Not a coroutine function."""

        class Sync:
            def on_get(self, req: Request, resp: Response) -> None:
                """Not a coroutine function."""

        attempts: dict[str, Any] = {
            'sync sink': lambda: app.add_sink(sync_sink),  # type: ignore[arg-type] # what it is about
            'bad pattern': lambda: app.add_sink(sink, r'/(unclosed'),
            'unknown suffix': lambda: app.add_route('/a', Echo('a'), suffix='nothing'),
            'a number': lambda: app.add_route(1, Echo('a')),  # type: ignore[arg-type] # what it is about
            'sync responder': lambda: app.add_route('/b', Sync()),
            'no responder': lambda: app.add_route('/c', object()),
            'relative folder': lambda: app.add_static_route('/d', 'relative'),
            'prefix without slash': lambda: app.add_static_route('d', '/tmp'),
            'missing fallback': lambda: app.add_static_route('/d', '/tmp', fallback_filename='nothing-like-it'),
            'nothing to handle': lambda: app.add_error_handler(ValueError),
            'handler of a string': lambda: app.add_error_handler('x', handle),  # type: ignore[arg-type] # same
        }
        outcomes = {}
        for name, attempt in attempts.items():
            try:
                attempt()
                outcomes[name] = 'taken'
            except Exception as error:  # noqa: BLE001 # told of
                outcomes[name] = _kind(error)
        resp.media = outcomes


def _with_routes(app: Any) -> Any:
    app.router_options.converters['hex'] = Hexadecimal
    app.router_options.converters['words'] = Words
    for template in TEMPLATES:
        app.add_route(template, Echo('echo'))
    app.add_route('/one/{x}/all', Echo('suffixed'), suffix='all')
    app.add_route('/every', Everything('every'))
    app.add_sink(sink, '/sink')
    app.add_sink(later_sink, '/sink/later')
    app.add_sink(sink, r'/pattern/(?P<kind>[a-z]+)/(?P<number>\d+)?')
    app.add_sink(later_sink, re.compile(r'/compiled/(\w+)/(?P<named>\w+)$'))
    app.add_sink(sink, '/one/only')
    return app


app = _with_routes(falcon.asgi.App())
stripping = falcon.asgi.App()
stripping.req_options.strip_url_path_trailing_slash = True
_with_routes(stripping)
custom_router = falcon.asgi.App(router=Own())
custom_router.add_route('/own', Echo('own'))
compiled = falcon.asgi.App(router=CompiledRouter())
_with_routes(compiled)
default = falcon.asgi.App()
default.router_options.default_to_on_request = True
default.add_route('/d/{x}', Default())
default.add_route('/set', Default(), suffix='set')
default.add_route('/plain', Echo('plain'))
catch_all = falcon.asgi.App()
catch_all.add_sink(sink)
catch_all.add_route('/known', Echo('known'))
refusals = falcon.asgi.App()
refusals.add_route('/other', Misuse())
refusals.add_route('/templates', Refusals())
