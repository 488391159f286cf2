"""Middleware of an application: the order of hooks, what ends a request early, and what response hooks are told."""

from typing import Any

import pytest

from falcon_asgi import App, Request, Response
from falcon_core.errors import CompatibilityError
from falcon_core.http_errors import HTTPForbidden
from falcon_core.http_status import HTTPStatus


class Resource:
    """Answers GET with a text, or with an error."""

    def __init__(self, error: Exception | None = None, log: list[str] | None = None) -> None:
        self._error = error
        self._log = [] if log is None else log

    async def on_get(self, req: Request, resp: Response) -> None:
        self._log.append('responder')
        if self._error is not None:
            raise self._error
        resp.text = 'hello'


class Component:
    """Records its hooks; in one of them it raises an error or completes the response, if told to."""

    def __init__(self, name: str, log: list[str], hook: str = '', error: Exception | None = None) -> None:
        self._name = name
        self._log = log
        self._hook = hook
        self._error = error

    async def process_request(self, req: Request, resp: Response) -> None:
        self._act('request', resp)

    async def process_resource(self, req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
        self._act('resource', resp)

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        routed = 'routed' if resource is not None else 'unrouted'
        self._act('response', resp, f' {routed} {"succeeded" if req_succeeded else "failed"}')

    def _act(self, hook: str, resp: Response, result: str = '') -> None:
        self._log.append(f'{self._name} {hook}{result}')
        if hook == self._hook:
            if self._error is not None:
                raise self._error
            resp.complete = True


def _passed(
    call: Any,
    hook: str = '',
    failure: Exception | None = None,
    *,
    path: str = '/',
    method: str = 'GET',
    error: Exception | None = None,
    **options: Any,
) -> tuple[Any, list[str]]:
    """Return the answer and the log of three components, the second of which fails in a hook, or completes there."""
    log: list[str] = []
    components = [Component('a', log), Component('b', log, hook, failure), Component('c', log)]

    async def sink(req: Request, resp: Response) -> None:
        log.append('sink')

    app = App(middleware=components, **options)
    app.add_route('/', Resource(error, log))
    app.add_sink(sink, '/sink')
    answer = call(app, method, path)
    return answer, log


def _responses(result: str, names: str = 'cba') -> list[str]:
    return [f'{name} response {result}' for name in names]


REQUESTS = ['a request', 'b request', 'c request']
RESOURCES = ['a resource', 'b resource', 'c resource']
INDEPENDENT = pytest.mark.parametrize('independent', [True, False])


@INDEPENDENT
def test_hooks_surround_the_responder(call: Any, independent: bool) -> None:
    """Hooks run in the order of the components before the responder, and in reverse after it."""
    answer, log = _passed(call, independent_middleware=independent)
    assert log == [*REQUESTS, *RESOURCES, 'responder', *_responses('routed succeeded')]
    assert answer.body == b'hello'


@INDEPENDENT
@pytest.mark.parametrize(
    ('path', 'method', 'status', 'between', 'result'),
    [
        ('/sink', 'GET', 200, ['sink'], 'unrouted succeeded'),
        ('/nowhere', 'GET', 404, [], 'unrouted failed'),
        ('/', 'PUT', 405, RESOURCES, 'routed failed'),
        ('/', 'OPTIONS', 200, RESOURCES, 'routed succeeded'),
        ('/', 'WEBSOCKET', 405, RESOURCES, 'routed failed'),
    ],
)
def test_hooks_run_for_what_is_no_responder(
    call: Any, independent: bool, path: str, method: str, status: int, between: list[str], result: str
) -> None:
    """Resource hooks run where there is a resource; response hooks run whatever answered."""
    answer, log = _passed(call, path=path, method=method, independent_middleware=independent)
    assert answer.status == status
    assert log == [*REQUESTS, *between, *_responses(result)]


@INDEPENDENT
def test_completed_request_goes_no_further(call: Any, independent: bool) -> None:
    """A response completed in a request hook is not routed; all response hooks run, and it counts as a success."""
    answer, log = _passed(call, 'request', independent_middleware=independent)
    assert log == ['a request', 'b request', *_responses('unrouted succeeded')]
    assert (answer.status, answer.body) == (200, b'')


@INDEPENDENT
def test_completed_resource_is_not_asked(call: Any, independent: bool) -> None:
    """A response completed in a resource hook has no responder run."""
    _, log = _passed(call, 'resource', independent_middleware=independent)
    assert log == [*REQUESTS, 'a resource', 'b resource', *_responses('routed succeeded')]


@pytest.mark.parametrize(('independent', 'names'), [(True, 'cba'), (False, 'a')])
def test_failing_request_hook_ends_the_request(call: Any, independent: bool, names: str) -> None:
    """With independent middleware all response hooks run, otherwise those whose components let the request pass."""
    answer, log = _passed(call, 'request', HTTPForbidden(), independent_middleware=independent)
    assert log == ['a request', 'b request', *_responses('unrouted failed', names)]
    assert answer.status == 403


@INDEPENDENT
@pytest.mark.parametrize('error', [HTTPForbidden(), KeyError('secret'), HTTPStatus(202)])
def test_failing_resource_hook_keeps_the_responder_from_running(call: Any, independent: bool, error: Exception) -> None:
    """An exception in a resource hook, a status included, is a failure with a resource."""
    _, log = _passed(call, 'resource', error, independent_middleware=independent)
    assert log == [*REQUESTS, 'a resource', 'b resource', *_responses('routed failed')]


@INDEPENDENT
@pytest.mark.parametrize('error', [HTTPForbidden(), KeyError('secret'), HTTPStatus(202)])
def test_failing_response_hook_does_not_stop_the_others(call: Any, independent: bool, error: Exception) -> None:
    """The response hooks after one that failed run, and are told of the failure."""
    answer, log = _passed(call, 'response', error, independent_middleware=independent)
    assert log[-3:] == ['c response routed succeeded', 'b response routed succeeded', 'a response routed failed']
    assert answer.status == {HTTPForbidden: 403, KeyError: 500, HTTPStatus: 202}[type(error)]


@INDEPENDENT
@pytest.mark.parametrize('error', [HTTPForbidden(), KeyError('secret'), HTTPStatus(202)])
def test_failing_responder_is_told_to_all(call: Any, independent: bool, error: Exception) -> None:
    """After an exception in the responder all response hooks run, with the resource, as a failure."""
    _, log = _passed(call, error=error, independent_middleware=independent)
    assert log[-3:] == _responses('routed failed')


@INDEPENDENT
def test_components_need_no_hook_but_one(call: Any, independent: bool) -> None:
    """A component with some of the hooks takes its part among others."""
    log: list[str] = []

    class OnlyRequest:
        async def process_request(self, req: Request, resp: Response) -> None:
            log.append('request')

    class OnlyResponse:
        async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
            log.append('response')

    app = App(independent_middleware=independent, middleware=OnlyRequest())
    app.add_route('/', Resource())
    app.add_middleware([OnlyResponse()])
    app.add_middleware(OnlyResponse())
    assert call(app).status == 200
    assert log == ['request', 'response', 'response']


def test_parameters_can_be_changed_by_hooks(call: Any) -> None:
    """What a resource hook does to the fields of the route, the responder gets."""

    class Changing:
        async def process_resource(self, req: Any, resp: Any, resource: object, params: dict[str, Any]) -> None:
            params['name'] = params['name'].upper()

    class Greeting:
        async def on_get(self, req: Request, resp: Response, name: str) -> None:
            resp.text = f'{name} {req.uri_template}'

    app = App(middleware=Changing())
    app.add_route('/{name}', Greeting())
    assert call(app, path='/ada').body == b'ADA /{name}'


def test_synchronous_hooks_are_refused() -> None:
    """A hook that would block the event loop is refused when it is added."""

    class Synchronous:
        def process_request(self, req: Any, resp: Any) -> None: ...

    with pytest.raises(CompatibilityError):
        App(middleware=Synchronous())  # type: ignore[arg-type] # that is the fault
    with pytest.raises(TypeError):
        App().add_middleware(object())  # type: ignore[arg-type] # that is the fault
