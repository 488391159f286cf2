"""Cross-origin resource sharing: which origins read what, preflights, and caches."""

from pathlib import Path
from typing import Any

import pytest

from falcon_asgi import App, CORSMiddleware, Request, Response
from falcon_core.http_errors import HTTPBadRequest

A = 'https://a.example'
B = 'https://b.example'
PREFLIGHT = {'Origin': A, 'Access-Control-Request-Method': 'PUT'}


class Resource:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = 'hello'

    async def on_put(self, req: Request, resp: Response) -> None:
        raise HTTPBadRequest


class Own:
    """Has a mind of its own about origins."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.set_header('Access-Control-Allow-Origin', B)

    async def on_options(self, req: Request, resp: Response) -> None:
        resp.set_header('Access-Control-Allow-Origin', B)
        resp.set_header('Access-Control-Allow-Methods', 'GET')


async def sink(req: Request, resp: Response) -> None:
    resp.text = 'sink'


def _app(**options: Any) -> App:
    app = App(middleware=CORSMiddleware(**options))
    app.add_route('/', Resource())
    app.add_route('/own', Own())
    return app


def _cors(answer: Any) -> dict[str, str]:
    """Return what an answer says about origins, without the common beginning of the names."""
    common = 'access-control-'
    return {
        name.removeprefix(common): value
        for name, value in answer.headers.items()
        if name.startswith(common) or name in ('allow', 'vary')
    }


@pytest.mark.parametrize(
    ('options', 'origin', 'expected'),
    [
        ({}, None, {'allow-origin': '*'}),
        ({}, A, {'allow-origin': '*'}),
        ({'allow_origins': A}, None, {'vary': 'Origin'}),
        ({'allow_origins': A}, A, {'vary': 'Origin', 'allow-origin': A}),
        ({'allow_origins': A}, B, {'vary': 'Origin'}),
        ({'allow_origins': A}, f'{A}.evil.example', {'vary': 'Origin'}),
        ({'allow_origins': A}, 'null', {'vary': 'Origin'}),
        ({'allow_origins': [A, B]}, B, {'vary': 'Origin', 'allow-origin': B}),
        ({'allow_origins': []}, A, {'vary': 'Origin'}),
        ({'allow_credentials': '*'}, None, {'vary': 'Origin'}),
        ({'allow_credentials': '*'}, A, {'vary': 'Origin', 'allow-origin': A, 'allow-credentials': 'true'}),
        ({'allow_credentials': A}, A, {'vary': 'Origin', 'allow-origin': A, 'allow-credentials': 'true'}),
        ({'allow_credentials': A}, B, {'vary': 'Origin', 'allow-origin': '*'}),
        ({'allow_origins': [A, B], 'allow_credentials': [A]}, B, {'vary': 'Origin', 'allow-origin': B}),
        ({'allow_origins': A, 'allow_credentials': '*'}, B, {'vary': 'Origin'}),
        ({'expose_headers': 'X-A, X-B'}, A, {'allow-origin': '*', 'expose-headers': 'X-A, X-B'}),
        ({'expose_headers': ['X-A', 'X-B']}, A, {'allow-origin': '*', 'expose-headers': 'X-A, X-B'}),
        ({'expose_headers': ['X-A', 'X-B']}, None, {'allow-origin': '*', 'expose-headers': 'X-A, X-B'}),
        ({'expose_headers': ['X-A', 'X-B'], 'allow_origins': A}, None, {'vary': 'Origin'}),
    ],
)
def test_origin_is_told_what_it_may_read(
    call: Any, options: dict[str, Any], origin: str | None, expected: dict[str, str]
) -> None:
    """An allowed origin may read; where the answer depends on the origin, caches are told so, or else it never does."""
    answer = call(_app(**options), headers={} if origin is None else {'Origin': origin})
    assert _cors(answer) == expected


def test_errors_can_be_read(call: Any) -> None:
    """Pages may read errors as well."""
    answer = call(_app(allow_origins=A), 'PUT', headers={'Origin': A})
    assert answer.status == 400
    assert _cors(answer) == {'vary': 'Accept, Origin', 'allow-origin': A}


def test_origin_that_the_responder_allowed_is_left_alone(call: Any) -> None:
    """Where a responder names an origin itself, that one counts."""
    answer = call(_app(allow_credentials='*'), path='/own', headers={'Origin': A})
    assert _cors(answer) == {'vary': 'Origin', 'allow-origin': B}


# Preflights.


@pytest.mark.parametrize(
    ('headers', 'expected'),
    [
        ({}, {'allow-headers': '*'}),
        ({'Access-Control-Request-Headers': 'x-a, x-b'}, {'allow-headers': 'x-a, x-b'}),
        ({'Access-Control-Request-Private-Network': 'true'}, {'allow-headers': '*'}),
    ],
)
def test_preflight_is_answered_with_what_the_resource_does(
    call: Any, headers: dict[str, str], expected: dict[str, str]
) -> None:
    """A preflight is told the methods of the resource, for a day; `Allow` gives way to that."""
    answer = call(_app(), 'OPTIONS', headers=PREFLIGHT | headers)
    assert (answer.status, answer.body) == (200, b'')
    assert _cors(answer) == {'allow-methods': 'GET, PUT', 'max-age': '86400', 'allow-origin': '*'} | expected


@pytest.mark.parametrize(('asked', 'allowed'), [('true', True), ('false', False), (None, False)])
def test_private_network_is_allowed_where_asked_for(call: Any, asked: str | None, allowed: bool) -> None:
    """A page of a public network may ask a private one where that is allowed (Private Network Access)."""
    headers = {} if asked is None else {'Access-Control-Request-Private-Network': asked}
    answer = call(_app(allow_private_network=True), 'OPTIONS', headers=PREFLIGHT | headers)
    assert (_cors(answer).get('allow-private-network') == 'true') is allowed


def test_options_without_a_preflight_is_answered_as_ever(call: Any) -> None:
    """OPTIONS that asks for no method, or comes from no page, keeps its `Allow`."""
    assert _cors(call(_app(), 'OPTIONS', headers={'Origin': A})) == {'allow': 'GET, PUT', 'allow-origin': '*'}
    assert _cors(call(_app(), 'OPTIONS')) == {'allow': 'GET, PUT', 'allow-origin': '*'}
    no_page = {'Access-Control-Request-Method': 'PUT'}
    assert _cors(call(_app(), 'OPTIONS', headers=no_page)) == {'allow': 'GET, PUT', 'allow-origin': '*'}


def test_preflight_of_another_origin_is_refused(call: Any) -> None:
    """An origin that is not allowed is told nothing."""
    answer = call(_app(allow_origins=B), 'OPTIONS', headers=PREFLIGHT)
    assert _cors(answer) == {'vary': 'Origin', 'allow': 'GET, PUT'}


@pytest.mark.parametrize('text', ['\x01', 'https://a.example\x7f', 'a\x0bb', 'caf\xe9'])
def test_what_no_browser_sends_is_not_said_again(call: Any, caplog: pytest.LogCaptureFixture, text: str) -> None:
    """An origin with characters that none has is not allowed, and names of headers that cannot be are not echoed."""
    app = _app(allow_credentials='*')
    refused = call(app, headers={'Origin': text})
    assert refused.status == 200
    assert _cors(refused) == {'vary': 'Origin'}
    answer = call(app, 'OPTIONS', headers={**PREFLIGHT, 'Access-Control-Request-Headers': text})
    assert answer.status == 200
    assert _cors(answer)['allow-headers'] == '*'
    assert not caplog.records


@pytest.mark.parametrize(
    ('path', 'status', 'expected'),
    [
        ('/static/page.html', 200, {'allow-methods': 'GET, HEAD', 'allow-origin': '*'}),
        ('/sink', 200, {}),
        ('/nowhere', 404, {'allow-origin': '*', 'vary': 'Accept'}),
        ('/own', 200, {'allow-origin': B, 'allow-methods': 'GET'}),
    ],
)
def test_preflight_of_what_is_no_plain_resource(
    call: Any, tmp_path: Path, path: str, status: int, expected: dict[str, str]
) -> None:
    """Static files allow reading; what does not say what it allows, and what does not exist, gets no permission."""
    app = _app()
    app.add_static_route('/static', tmp_path)
    app.add_sink(sink, '/sink')
    answer = call(app, 'OPTIONS', path, headers=PREFLIGHT)
    said = _cors(answer)
    assert answer.status == status
    assert {name: said.get(name) for name in expected} == expected
    assert ('max-age' in said) is (path == '/static/page.html')
    assert ('allow-origin' in said) is ('allow-origin' in expected)


# Settings.


@pytest.mark.parametrize('argument', ['allow_origins', 'allow_credentials'])
def test_star_is_alone(argument: str) -> None:
    """`*` among origins is a misunderstanding."""
    with pytest.raises(ValueError, match=rf"received {argument} \['\*', 'https://a.example'\], expected"):
        CORSMiddleware(**{argument: [A, '*']})  # type: ignore[arg-type] # either takes a list


def test_exposed_headers_are_checked() -> None:
    """What no header can hold is refused when it is set up."""
    with pytest.raises(ValueError):
        CORSMiddleware(expose_headers=['X-A\r\nX-B: b'])


class Extended(CORSMiddleware):
    """Adds a header."""

    def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> Any:
        super().process_response(req, resp, resource, req_succeeded)
        resp.set_header('X-Extended', 'yes')


class ExtendedByCoroutine(CORSMiddleware):
    """Does so by a coroutine function."""

    async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        super().process_response(req, resp, resource, req_succeeded)
        resp.set_header('X-Extended', 'yes')


@pytest.mark.parametrize('kind', [Extended, ExtendedByCoroutine])
def test_subclass_extends_the_hook(call: Any, kind: type[CORSMiddleware]) -> None:
    """A subclass has its own `process_response` called, a plain function as in Falcon or a coroutine function."""
    app = App(middleware=kind())
    app.add_route('/', Resource())
    answer = call(app, headers={'Origin': A})
    assert (_cors(answer), answer.headers['x-extended']) == ({'allow-origin': '*'}, 'yes')


def test_cors_enable_adds_the_middleware_after_the_others(call: Any) -> None:
    """`cors_enable` allows all origins; the response hooks of other components see what it has set."""
    seen = []

    class Last:
        async def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
            seen.append(resp.get_header('Access-Control-Allow-Origin'))

    app = App(cors_enable=True, middleware=[Last()])
    app.add_route('/', Resource())
    assert _cors(call(app, headers={'Origin': A})) == {'allow-origin': '*'}
    assert seen == ['*']
