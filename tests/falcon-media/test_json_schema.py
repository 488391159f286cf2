import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from falcon_core.errors import MissingDistribution
from falcon_core.http_errors import HTTPInternalServerError, MediaValidationError
from falcon_media.json_schema import validate

SCHEMA = {
    'type': 'object',
    'properties': {'a': {'type': 'integer'}, 'ip': {'type': 'string', 'format': 'ipv4'}},
    'required': ['a'],
}


class Exchange:
    """A request with some media, and its response."""

    def __init__(self, media: object) -> None:
        self.received = media
        self.media: object = None

    async def get_media(self) -> object:
        return self.received


def respond(responder: Callable[..., Awaitable[None]], media: object, **params: Any) -> object:
    exchange = Exchange(media)
    asyncio.run(responder(None, exchange, exchange, **params))  # type: ignore[arg-type] # it is a coroutine
    return exchange.media


async def echo(self: object, req: Exchange, resp: Exchange, **params: object) -> None:
    """Answer with the request's media."""
    resp.media = params or req.received


def test_media_that_fit_pass() -> None:
    """The responder runs, with its parameters, and keeps its name and docstring."""
    pytest.importorskip('jsonschema')
    checked = validate(SCHEMA, SCHEMA)(echo)
    assert respond(checked, {'a': 1, 'ip': '127.0.0.1'}) == {'a': 1, 'ip': '127.0.0.1'}
    assert respond(checked, {'a': 1}, a=2) == {'a': 2}
    assert checked.__doc__ == echo.__doc__
    assert respond(validate()(echo), 5) == 5


@pytest.mark.parametrize(
    ('media', 'reason'),
    [({'a': 'x'}, "'x' is not of type 'integer'"), ({}, "'a' is a required property"), ({'a': 1, 'ip': 'x'}, 'ipv4')],
)
def test_media_of_a_request_that_do_not_fit(media: object, reason: str) -> None:
    """A request that breaks the schema is answered with 400 and the reason, and the responder does not run."""
    pytest.importorskip('jsonschema')
    with pytest.raises(MediaValidationError) as caught:
        respond(validate(SCHEMA)(echo), media)
    assert caught.value.status_code == 400
    assert caught.value.title == 'Request data failed validation'
    assert reason in str(caught.value.description)


def test_media_of_a_response_that_do_not_fit() -> None:
    """A response that breaks the schema is a fault of the server, and tells the client no more."""
    pytest.importorskip('jsonschema')
    with pytest.raises(HTTPInternalServerError) as caught:
        respond(validate(resp_schema=SCHEMA)(echo), {'a': 'secret'})
    assert caught.value.to_dict() == {'title': 'Response data failed validation'}
    assert 'secret' in str(caught.value.__cause__)


def test_what_a_client_sent_is_cut() -> None:
    """The reason quotes a bounded part of the media."""
    pytest.importorskip('jsonschema')
    with pytest.raises(MediaValidationError) as caught:
        respond(validate({'type': 'integer'})(echo), 'x' * 1_000_000)
    assert len(str(caught.value.description)) < 600


def test_deep_nesting_attack_is_a_client_error() -> None:
    """Media that are nested deeper than a recursive schema can be followed are answered with 400."""
    pytest.importorskip('jsonschema')
    media: list[Any] = []
    for _ in range(sys.getrecursionlimit()):
        media = [media]
    with pytest.raises(MediaValidationError, match='400'):
        respond(validate({'type': 'array', 'items': {'$ref': '#'}})(echo), media)


def test_only_coroutine_functions_are_taken() -> None:
    """A synchronous function is refused where it is decorated."""
    with pytest.raises(TypeError, match='expected a coroutine function'):
        validate()(lambda self, req, resp: None)  # type: ignore[type-var] # that is the mistake


def test_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library, the decorator says at once what to install."""
    monkeypatch.setitem(sys.modules, 'jsonschema', None)
    with pytest.raises(MissingDistribution, match=r'pip install falcon-media\[validation\]'):
        validate(SCHEMA)
    validate()(echo)
