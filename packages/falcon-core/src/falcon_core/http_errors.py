"""The HTTP errors: a class for each, to be raised by whatever handles a request.

Each takes the keyword arguments of `HTTPError` but the status, and those that its own docstring names.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Unpack

from falcon_core import status_codes
from falcon_core.dates import dt_to_http
from falcon_core.header_values import joined_values, with_header
from falcon_core.http_error import ErrorOptions, FixedStatusError, HTTPError, TitledErrorOptions

__all__ = [
    'HTTPBadGateway',
    'HTTPBadRequest',
    'HTTPConflict',
    'HTTPContentTooLarge',
    'HTTPError',
    'HTTPFailedDependency',
    'HTTPForbidden',
    'HTTPGatewayTimeout',
    'HTTPGone',
    'HTTPInsufficientStorage',
    'HTTPInternalServerError',
    'HTTPInvalidHeader',
    'HTTPInvalidParam',
    'HTTPLengthRequired',
    'HTTPLocked',
    'HTTPLoopDetected',
    'HTTPMethodNotAllowed',
    'HTTPMissingHeader',
    'HTTPMissingParam',
    'HTTPNetworkAuthenticationRequired',
    'HTTPNotAcceptable',
    'HTTPNotFound',
    'HTTPNotImplemented',
    'HTTPPayloadTooLarge',
    'HTTPPreconditionFailed',
    'HTTPPreconditionRequired',
    'HTTPRangeNotSatisfiable',
    'HTTPRequestHeaderFieldsTooLarge',
    'HTTPRouteNotFound',
    'HTTPServiceUnavailable',
    'HTTPTooManyRequests',
    'HTTPUnauthorized',
    'HTTPUnavailableForLegalReasons',
    'HTTPUnprocessableEntity',
    'HTTPUnsupportedMediaType',
    'HTTPUriTooLong',
    'HTTPVersionNotSupported',
    'MediaMalformedError',
    'MediaMismatchError',
    'MediaNotFoundError',
    'MediaValidationError',
    'MultipartParseError',
]


class HTTPBadRequest(FixedStatusError):
    """400: the request is malformed; sending it again as it is would fail again (RFC 9110, section 15.5.1)."""

    status = status_codes.HTTP_400


class HTTPInvalidHeader(HTTPBadRequest):
    """A header of the request has an unacceptable value; answered with 400.

    Args:
        msg: What is wrong with it, as a sentence.
        header_name: The header.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, msg: str, header_name: str, **options: Unpack[ErrorOptions]) -> None:
        description = f'The value provided for the "{header_name}" header is invalid. {msg}'
        super().__init__(title='Invalid header value', description=description, **options)


class HTTPMissingHeader(HTTPBadRequest):
    """The request lacks a header; answered with 400.

    Args:
        header_name: The header.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, header_name: str, **options: Unpack[ErrorOptions]) -> None:
        description = f'The "{header_name}" header is required.'
        super().__init__(title='Missing header value', description=description, **options)


class HTTPInvalidParam(HTTPBadRequest):
    """A parameter of the query string, a form or a path has an unacceptable value; answered with 400.

    Args:
        msg: What is wrong with it, as a sentence.
        param_name: The parameter.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, msg: str, param_name: str, **options: Unpack[ErrorOptions]) -> None:
        description = f'The "{param_name}" parameter is invalid. {msg}'
        super().__init__(title='Invalid parameter', description=description, **options)


class HTTPMissingParam(HTTPBadRequest):
    """The request lacks a parameter; answered with 400.

    Args:
        param_name: The parameter.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, param_name: str, **options: Unpack[ErrorOptions]) -> None:
        description = f'The "{param_name}" parameter is required.'
        super().__init__(title='Missing parameter', description=description, **options)


class HTTPUnauthorized(FixedStatusError):
    """401: the request lacks valid credentials (RFC 9110, section 15.5.2).

    Args:
        challenges: Values of the WWW-Authenticate header, such as `['Basic realm="staff"']`, or a single one
            (RFC 9110, section 11.6.1); None to send none.
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_401

    def __init__(self, *, challenges: str | Iterable[str] | None = None, **options: Unpack[TitledErrorOptions]) -> None:
        options['headers'] = with_header(
            options.get('headers'), 'WWW-Authenticate', joined_values(challenges or ()) or None
        )
        super().__init__(**options)


class HTTPForbidden(FixedStatusError):
    """403: the server understood the request but will not fulfil it (RFC 9110, section 15.5.4)."""

    status = status_codes.HTTP_403


class HTTPNotFound(FixedStatusError):
    """404: there is nothing under the requested URI, or nothing to be told of (RFC 9110, section 15.5.5)."""

    status = status_codes.HTTP_404


class HTTPRouteNotFound(HTTPNotFound):
    """No route, sink or static route of the application takes the requested path; answered with 404."""


class HTTPMethodNotAllowed(FixedStatusError):
    """405: the resource does not support the method of the request (RFC 9110, section 15.5.6).

    Args:
        allowed_methods: The methods it does support, or a single one, for the Allow header (section 10.2.1).
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_405

    def __init__(self, allowed_methods: str | Iterable[str], **options: Unpack[TitledErrorOptions]) -> None:
        options['headers'] = with_header(options.get('headers'), 'Allow', joined_values(allowed_methods))
        super().__init__(**options)


class HTTPNotAcceptable(FixedStatusError):
    """406: no representation fits what the request accepts (RFC 9110, section 15.5.7)."""

    status = status_codes.HTTP_406


class HTTPConflict(FixedStatusError):
    """409: the request conflicts with the present state of the resource (RFC 9110, section 15.5.10)."""

    status = status_codes.HTTP_409


class HTTPGone(FixedStatusError):
    """410: the resource was here and is gone for good (RFC 9110, section 15.5.11)."""

    status = status_codes.HTTP_410


class HTTPLengthRequired(FixedStatusError):
    """411: the request has to say the length of its body (RFC 9110, section 15.5.12)."""

    status = status_codes.HTTP_411


class HTTPPreconditionFailed(FixedStatusError):
    """412: a condition in the headers of the request does not hold (RFC 9110, section 15.5.13)."""

    status = status_codes.HTTP_412


class HTTPContentTooLarge(FixedStatusError):
    """413: the body of the request is larger than the server takes (RFC 9110, section 15.5.14).

    Args:
        retry_after: When to try again: a number of seconds, a time, or None to leave that open.
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_413

    def __init__(self, *, retry_after: int | datetime | None = None, **options: Unpack[TitledErrorOptions]) -> None:
        super().__init__(**_retry_after(options, retry_after))


# What RFC 7231 called it.
HTTPPayloadTooLarge = HTTPContentTooLarge


class HTTPUriTooLong(FixedStatusError):
    """414: the requested URI is longer than the server takes (RFC 9110, section 15.5.15)."""

    status = status_codes.HTTP_414


class HTTPUnsupportedMediaType(FixedStatusError):
    """415: the body of the request is of a type that is not supported (RFC 9110, section 15.5.16)."""

    status = status_codes.HTTP_415


class HTTPRangeNotSatisfiable(FixedStatusError):
    """416: none of the requested ranges lies within the representation (RFC 9110, section 15.5.17).

    Args:
        resource_length: The length of the representation in bytes, for the Content-Range header (section 14.4).
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_416

    def __init__(self, resource_length: int, **options: Unpack[TitledErrorOptions]) -> None:
        options['headers'] = with_header(options.get('headers'), 'Content-Range', f'bytes */{resource_length}')
        super().__init__(**options)


class HTTPUnprocessableEntity(FixedStatusError):
    """422: the body is well-formed but cannot be acted upon (RFC 9110, section 15.5.21)."""

    status = status_codes.HTTP_422


class HTTPLocked(FixedStatusError):
    """423: the resource is locked (RFC 4918, section 11.3)."""

    status = status_codes.HTTP_423


class HTTPFailedDependency(FixedStatusError):
    """424: another action, which this one depended on, failed (RFC 4918, section 11.4)."""

    status = status_codes.HTTP_424


class HTTPPreconditionRequired(FixedStatusError):
    """428: the request has to be made conditional, against lost updates (RFC 6585, section 3)."""

    status = status_codes.HTTP_428


class HTTPTooManyRequests(FixedStatusError):
    """429: the client sent too many requests in a given time (RFC 6585, section 4).

    Args:
        retry_after: When to try again: a number of seconds, a time, or None to leave that open.
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_429

    def __init__(self, *, retry_after: int | datetime | None = None, **options: Unpack[TitledErrorOptions]) -> None:
        super().__init__(**_retry_after(options, retry_after))


class HTTPRequestHeaderFieldsTooLarge(FixedStatusError):
    """431: the headers of the request are larger than the server takes (RFC 6585, section 5)."""

    status = status_codes.HTTP_431


class HTTPUnavailableForLegalReasons(FixedStatusError):
    """451: a legal demand keeps the resource from being served (RFC 7725, section 3)."""

    status = status_codes.HTTP_451


class HTTPInternalServerError(FixedStatusError):
    """500: an unexpected condition kept the server from answering (RFC 9110, section 15.6.1)."""

    status = status_codes.HTTP_500


class HTTPNotImplemented(FixedStatusError):
    """501: the server lacks what it takes to fulfil the request (RFC 9110, section 15.6.2)."""

    status = status_codes.HTTP_501


class HTTPBadGateway(FixedStatusError):
    """502: a server further up sent an invalid response (RFC 9110, section 15.6.3)."""

    status = status_codes.HTTP_502


class HTTPServiceUnavailable(FixedStatusError):
    """503: the server cannot answer for the moment (RFC 9110, section 15.6.4).

    Args:
        retry_after: When to try again: a number of seconds, a time, or None to leave that open.
        **options: The keyword arguments of `HTTPError`.
    """

    status = status_codes.HTTP_503

    def __init__(self, *, retry_after: int | datetime | None = None, **options: Unpack[TitledErrorOptions]) -> None:
        super().__init__(**_retry_after(options, retry_after))


class HTTPGatewayTimeout(FixedStatusError):
    """504: a server further up did not respond in time (RFC 9110, section 15.6.5)."""

    status = status_codes.HTTP_504


class HTTPVersionNotSupported(FixedStatusError):
    """505: the version of HTTP in the request is not supported (RFC 9110, section 15.6.6)."""

    status = status_codes.HTTP_505


class HTTPInsufficientStorage(FixedStatusError):
    """507: there is no room to store what the request needs stored (RFC 4918, section 11.5)."""

    status = status_codes.HTTP_507


class HTTPLoopDetected(FixedStatusError):
    """508: the request would have gone on forever (RFC 5842, section 7.2)."""

    status = status_codes.HTTP_508


class HTTPNetworkAuthenticationRequired(FixedStatusError):
    """511: the client has to sign in to the network first (RFC 6585, section 6)."""

    status = status_codes.HTTP_511


class MediaNotFoundError(HTTPBadRequest):
    """The body of the request is empty where a value was wanted; answered with 400.

    Args:
        media_type: What the body should have been, such as `JSON`.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, media_type: str, **options: Unpack[ErrorOptions]) -> None:
        description = f'Could not parse an empty {media_type} body'
        super().__init__(title=f'Invalid {media_type}', description=description, **options)


class MediaMalformedError(HTTPBadRequest):
    """The body of the request is not what its type promises; answered with 400.

    Unless it is set, the description says what the exception says that this one was raised from.

    Args:
        media_type: What the body should have been, such as `JSON`.
        **options: The keyword arguments of `HTTPError` but title and description.
    """

    def __init__(self, media_type: str, **options: Unpack[ErrorOptions]) -> None:
        super().__init__(title=f'Invalid {media_type}', **options)
        self._media_type: str | None = media_type

    @property
    def description(self) -> str | None:
        """What went wrong."""
        if self._description is not None or self._media_type is None:
            return self._description
        text = f'Could not parse {self._media_type} body'
        return text if self.__cause__ is None else f'{text} - {self.__cause__}'

    @description.setter
    def description(self, description: str | None) -> None:
        self._description = description


class MultipartParseError(MediaMalformedError):
    """The body of the request is no well-formed multipart form; answered with 400.

    Args:
        description: What is wrong with it, as a sentence, or None.
        **options: The keyword arguments of `HTTPError` but title.
    """

    def __init__(self, *, description: str | None = None, **options: Unpack[ErrorOptions]) -> None:
        super().__init__('multipart/form-data', **options)
        self.title = 'Malformed multipart/form-data request media'
        self.description = description
        # The title says all that the base class would put into the description.
        self._media_type = None


class MediaMismatchError(HTTPUnprocessableEntity):
    """The body of the request is well-formed, but not of the type that it was to be decoded into; answered with 422.

    Args:
        reason: What was found where what else was expected, for people to read.
        path: The place of it in the body, such as `$.items[3].price`; `$` is the whole body.
        **options: The keyword arguments of `HTTPError` but title and description.

    Attributes:
        path (str): See above. It is in the body of the response as well.
    """

    def __init__(self, reason: str, path: str = '$', **options: Unpack[ErrorOptions]) -> None:
        super().__init__(title='Unexpected content', description=reason, **options)
        self.path = path

    def to_dict(self, obj_type: type[Any] = dict) -> Any:
        """Return what `HTTPError.to_dict` does, and `path`."""
        members = super().to_dict(obj_type)
        members['path'] = self.path
        return members


class MediaValidationError(HTTPBadRequest):
    """The body of the request breaks a rule of the application, such as a schema; answered with 400."""


def _retry_after(options: TitledErrorOptions, retry_after: int | datetime | None) -> TitledErrorOptions:
    """Return `options` with a Retry-After header, if there is anything to say (RFC 9110, section 10.2.3)."""
    value = dt_to_http(retry_after) if isinstance(retry_after, datetime) else retry_after
    options['headers'] = with_header(options.get('headers'), 'Retry-After', None if value is None else str(value))
    return options
