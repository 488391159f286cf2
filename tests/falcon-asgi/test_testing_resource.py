from typing import Any

import pytest

from falcon_asgi import App, Request, Response
from falcon_asgi.testing import Result, SimpleTestResourceAsync, capture_responder_args_async, simulate_request
from falcon_core.hooks import before
from falcon_core.parts import installed_media_handlers


def ask(resource: object, method: str = 'GET', template: str = '/a/{b}', **arguments: Any) -> Result:
    app = App()
    app.add_route(template, resource)
    return simulate_request(app, method, '/a/7', **arguments)


@pytest.mark.parametrize('method', ['GET', 'POST'])
def test_resource_keeps_what_it_was_asked(method: str) -> None:
    """Request, response and fields can be looked at afterwards."""
    resource = SimpleTestResourceAsync()
    assert not resource.called
    assert resource.captured_kwargs is None
    result = ask(resource, method, params={'c': 1})
    assert (result.status_code, result.content) == (200, b'')
    assert resource.called
    assert resource.captured_kwargs == {'b': '7'}
    assert resource.captured_req is not None
    assert resource.captured_req.params == {'c': '1'}
    assert resource.captured_resp is not None
    assert (resource.captured_req_body, resource.captured_req_media) == (None, None)


def test_resource_answers_what_it_was_told_to() -> None:
    """Status, headers and body are its arguments."""
    result = ask(SimpleTestResourceAsync(status='201 Created', body='é', headers={'X-A': '1'}))
    assert (result.status, result.text, result.headers['x-a']) == ('201 Created', 'é', '1')
    assert ask(SimpleTestResourceAsync(json={'a': 'é'})).json == {'a': 'é'}
    assert ask(SimpleTestResourceAsync(json=[])).text == '[]'


def test_one_body() -> None:
    """Text and JSON exclude each other."""
    with pytest.raises(ValueError, match='received body and json, expected one of them'):
        SimpleTestResourceAsync(body='a', json={})


@pytest.mark.parametrize(('size', 'kept'), [('-1', b'abc'), ('2', b'ab')])
def test_body_is_kept_on_demand(size: str, kept: bytes) -> None:
    """The request says how much of it."""
    resource = SimpleTestResourceAsync()
    ask(resource, 'POST', body=b'abc', headers={'capture-req-body-bytes': size})
    assert resource.captured_req_body == kept


def test_media_is_kept_on_demand() -> None:
    """The request asks for that as well."""
    if not installed_media_handlers():
        pytest.skip('there is no media without falcon-media')
    resource = SimpleTestResourceAsync()
    ask(resource, 'POST', json={'a': 1}, headers={'capture-req-media': 'yes'})
    assert resource.captured_req_media == {'a': 1}


def test_hook_for_any_resource() -> None:
    """The hook keeps the arguments of any responder on its resource."""

    class Resource:
        captured_kwargs: Any = None

        @before(capture_responder_args_async)
        async def on_get(self, req: Request, resp: Response, b: str) -> None: ...

    resource = Resource()
    ask(resource)
    assert resource.captured_kwargs == {'b': '7'}
