"""Checking media against JSON Schemas (json-schema.org), by the jsonschema library."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar

from falcon_core.coroutines import is_coroutine_callable
from falcon_core.errors import MissingDistribution
from falcon_core.http_errors import HTTPInternalServerError, MediaValidationError

__all__ = ['Schema', 'validate']

Schema = Mapping[str, Any]

_Responder = TypeVar('_Responder', bound=Callable[..., Awaitable[None]])

# What the answer may quote of the media, which the client chose.
_MAX_REASON = 500


def validate(req_schema: Schema | None = None, resp_schema: Schema | None = None) -> Callable[[_Responder], _Responder]:
    """Return a decorator that checks the media of a responder's requests, of its responses, or of both.

    The body of a request is decoded and checked before the responder runs, `resp.media` after it. Formats that the
    library knows are checked as well. A schema refers to no others but those within it.

    Args:
        req_schema: What the media of requests have to be, or None for anything.
        resp_schema: What the media of responses have to be, or None for anything.

    Returns:
        The decorator, for coroutine functions that take the resource, the request and the response. What it returns
        raises MediaValidationError (400) for a request, HTTPInternalServerError (500) for a response.

    Raises:
        MissingDistribution: The jsonschema library is not installed, which comes with `falcon-media[validation]`.
        TypeError: The decorator is given anything but a coroutine function.
    """
    check_req = None if req_schema is None else _checker(req_schema)
    check_resp = None if resp_schema is None else _checker(resp_schema)

    def decorate(responder: _Responder) -> _Responder:
        if not is_coroutine_callable(responder):
            raise TypeError(f'received {responder!r}, expected a coroutine function')

        @wraps(responder)
        async def checked(self: Any, req: Any, resp: Any, *args: Any, **kwargs: Any) -> None:
            if check_req is not None:
                reason = check_req(await req.get_media())
                if reason is not None:
                    raise MediaValidationError(title='Request data failed validation', description=reason)
            await responder(self, req, resp, *args, **kwargs)
            if check_resp is not None and (reason := check_resp(resp.media)) is not None:
                # What the server holds is not the client's to read.
                raise HTTPInternalServerError(title='Response data failed validation') from ValueError(reason)

        decorated: Any = checked
        return decorated  # type: ignore[no-any-return] # it is called as the responder is

    return decorate


def _checker(schema: Schema) -> Callable[[Any], str | None]:
    """Return what tells what is wrong with some media; None if nothing is."""
    jsonschema = _library()
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())

    def reason(media: Any) -> str | None:
        try:
            error = jsonschema.exceptions.best_match(validator.iter_errors(media))
        except RecursionError:
            return 'The data are nested too deeply.'
        return None if error is None else _cut(error.message)

    return reason


def _cut(reason: str) -> str:
    return reason if len(reason) <= _MAX_REASON else f'{reason[:_MAX_REASON]}...'


def _library() -> Any:
    try:
        return import_module('jsonschema')
    except ModuleNotFoundError as exc:
        raise MissingDistribution('validation by JSON Schema', 'falcon-media[validation]') from exc
