"""Applications whose middleware, hooks and responders write down the order in which they run."""

import json
from collections.abc import Callable
from typing import Any

import falcon
import falcon.asgi
from falcon.asgi import Request, Response


class Refused(Exception):
    """No exception that a framework knows of."""


def _note(req: Request, entry: str) -> None:
    if not hasattr(req.context, 'journal'):
        req.context.journal = []
    req.context.journal.append(entry)


def _act(req: Request, resp: Response, place: str) -> None:
    """Do what a header says for this place: raise, end, or nothing."""
    action = json.loads(req.get_header('X-Act') or '{}').get(place)
    if action == 'error':
        raise falcon.HTTPForbidden(title=f'refused in {place}')
    if action == 'status':
        raise falcon.HTTPStatus(202, text=f'ended in {place}')
    if action == 'redirect':
        raise falcon.HTTPFound(f'/from-{place}')
    if action == 'exception':
        raise Refused(place)
    if action == 'complete':
        resp.complete = True
        resp.text = f'completed in {place}'


class Journal:
    """Puts what was noted into a header; the outermost of all."""

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        resp.set_header('X-Journal', ' '.join(getattr(req.context, 'journal', [])))


class Noting:
    """Notes each hook."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def process_request(self, req: Request, resp: Response) -> None:
        _note(req, f'{self._name}:request')
        _act(req, resp, f'{self._name}:request')

    async def process_resource(self, req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
        _note(req, f'{self._name}:resource({type(resource).__name__},{sorted(params)})')
        _act(req, resp, f'{self._name}:resource')
        if self._name == 'a' and 'x' in params:
            params['x'] = params['x'].upper()

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        _note(req, f'{self._name}:response({type(resource).__name__},{req_succeeded},{resp.status})')
        _act(req, resp, f'{self._name}:response')


class RequestOnly:
    """Has one hook."""

    async def process_request(self, req: Request, resp: Response) -> None:
        _note(req, 'request-only')
        _act(req, resp, 'request-only')


class ResponseOnly:
    """Has one hook."""

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        _note(req, 'response-only')
        _act(req, resp, 'response-only')


class Suffixed:
    """Has its hooks under the names that say they are asynchronous, beside ones for WSGI."""

    def process_request(self, req: Request, resp: Response) -> None:
        """Is not for ASGI."""

    async def process_request_async(self, req: Request, resp: Response) -> None:
        _note(req, 'suffixed:request')

    async def process_resource_async(
        self, req: Request, resp: Response, resource: object, params: dict[str, Any]
    ) -> None:
        _note(req, 'suffixed:resource')

    async def process_response_async(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        _note(req, 'suffixed:response')


class Resource:
    """Notes that its responder ran."""

    async def on_get(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, f'responder({json.dumps(fields)})')
        _act(req, resp, 'responder')
        if not resp.text:
            resp.text = 'responded'


async def noting_before(
    req: Request, resp: Response, resource: object, params: dict[str, Any], name: str = '-'
) -> None:
    _note(req, f'before-{name}({sorted(params)})')
    _act(req, resp, f'before-{name}')
    params.setdefault('hooked', name)


async def noting_after(req: Request, resp: Response, resource: object, name: str = '-') -> None:
    _note(req, f'after-{name}')
    _act(req, resp, f'after-{name}')


class Callable_:
    """A hook that is an object."""

    async def __call__(self, req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
        _note(req, 'object')


class HookedMethods:
    """Has hooks on methods."""

    @falcon.before(noting_before)
    async def on_get(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, f'responder({json.dumps(fields)})')
        _act(req, resp, 'responder')

    @falcon.before(noting_before, 'one')
    @falcon.before(noting_before, name='two')
    @falcon.after(noting_after, 'three')
    @falcon.after(noting_after, name='four')
    async def on_post(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, f'responder({json.dumps(fields)})')
        _act(req, resp, 'responder')

    @falcon.after(noting_after)
    @falcon.before(Callable_())
    async def on_put(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'responder')

    async def on_delete(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'responder')


@falcon.before(noting_before, 'class')
@falcon.after(noting_after, 'class')
class HookedClass:
    """Has hooks on the class."""

    @falcon.before(noting_before, 'method')
    async def on_get(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, f'responder({json.dumps(fields)})')
        _act(req, resp, 'responder')

    async def on_get_some(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'suffixed responder')

    async def on_post(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'responder')

    async def on_post_some(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'suffixed responder')


class Inheriting(HookedMethods):
    """Overrides one responder and leaves the others."""

    async def on_get(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'overriding')


@falcon.before(noting_before, 'outer')
class Stacked(HookedClass):
    """Adds a hook to a class that has some."""

    @falcon.before(noting_before, 'inner')
    async def on_get(self, req: Request, resp: Response, **fields: Any) -> None:
        _note(req, 'responder')


async def sink(req: Request, resp: Response, **groups: Any) -> None:
    _note(req, f'sink({json.dumps(groups)})')
    _act(req, resp, 'sink')


async def on_refused(req: Request, resp: Response, error: Exception, params: dict[str, Any]) -> None:
    _note(req, f'handler({error},{sorted(params)})')
    resp.status = falcon.HTTP_503
    resp.text = 'handled'
    _act(req, resp, 'handler')


def _made(*components: Any, independent: bool = True, prepare: Callable[[Any], None] | None = None) -> Any:
    app = falcon.asgi.App(middleware=[Journal(), *components], independent_middleware=independent)
    app.add_error_handler(Refused, on_refused)
    app.add_route('/', Resource())
    app.add_route('/x/{x}', Resource())
    app.add_route('/methods', HookedMethods())
    app.add_route('/methods/{x}', HookedMethods())
    app.add_route('/class', HookedClass())
    app.add_route('/class/some', HookedClass(), suffix='some')
    app.add_route('/inheriting', Inheriting())
    app.add_route('/stacked', Stacked())
    app.add_sink(sink, r'/sink/(?P<name>\w+)')
    return app


app = _made(Noting('a'), Noting('b'), Noting('c'))
dependent = _made(Noting('a'), Noting('b'), Noting('c'), independent=False)
mixed = _made(RequestOnly(), Noting('a'), ResponseOnly(), Noting('b'))
mixed_dependent = _made(RequestOnly(), Noting('a'), ResponseOnly(), Noting('b'), independent=False)
suffixed = _made(Suffixed(), Noting('b'))
none = _made()
added = _made()
added.add_middleware(Noting('a'))
added.add_middleware([Noting('b'), Noting('c')])
unhandled = falcon.asgi.App(middleware=[Journal(), Noting('a'), Noting('b')])
unhandled.add_route('/', Resource())
cors_too = falcon.asgi.App(cors_enable=True, middleware=[Journal(), Noting('a')])
cors_too.add_route('/', Resource())
