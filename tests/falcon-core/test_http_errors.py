import copy
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from falcon_core import http_errors
from falcon_core.http_error import HTTPError
from falcon_core.http_errors import (
    HTTPBadRequest,
    HTTPContentTooLarge,
    HTTPInvalidHeader,
    HTTPInvalidParam,
    HTTPMethodNotAllowed,
    HTTPMissingHeader,
    HTTPMissingParam,
    HTTPNotFound,
    HTTPPayloadTooLarge,
    HTTPRangeNotSatisfiable,
    HTTPRouteNotFound,
    HTTPServiceUnavailable,
    HTTPTooManyRequests,
    HTTPUnauthorized,
    MediaMalformedError,
    MediaMismatchError,
    MediaNotFoundError,
    MediaValidationError,
    MultipartParseError,
)

# The classes that only have a status, and what it is.
PLAIN = {
    'HTTPBadRequest': '400 Bad Request',
    'HTTPUnauthorized': '401 Unauthorized',
    'HTTPForbidden': '403 Forbidden',
    'HTTPNotFound': '404 Not Found',
    'HTTPRouteNotFound': '404 Not Found',
    'HTTPNotAcceptable': '406 Not Acceptable',
    'HTTPConflict': '409 Conflict',
    'HTTPGone': '410 Gone',
    'HTTPLengthRequired': '411 Length Required',
    'HTTPPreconditionFailed': '412 Precondition Failed',
    'HTTPContentTooLarge': '413 Content Too Large',
    'HTTPUriTooLong': '414 URI Too Long',
    'HTTPUnsupportedMediaType': '415 Unsupported Media Type',
    'HTTPUnprocessableEntity': '422 Unprocessable Entity',
    'HTTPLocked': '423 Locked',
    'HTTPFailedDependency': '424 Failed Dependency',
    'HTTPPreconditionRequired': '428 Precondition Required',
    'HTTPTooManyRequests': '429 Too Many Requests',
    'HTTPRequestHeaderFieldsTooLarge': '431 Request Header Fields Too Large',
    'HTTPUnavailableForLegalReasons': '451 Unavailable For Legal Reasons',
    'HTTPInternalServerError': '500 Internal Server Error',
    'HTTPNotImplemented': '501 Not Implemented',
    'HTTPBadGateway': '502 Bad Gateway',
    'HTTPServiceUnavailable': '503 Service Unavailable',
    'HTTPGatewayTimeout': '504 Gateway Timeout',
    'HTTPVersionNotSupported': '505 HTTP Version Not Supported',
    'HTTPInsufficientStorage': '507 Insufficient Storage',
    'HTTPLoopDetected': '508 Loop Detected',
    'HTTPNetworkAuthenticationRequired': '511 Network Authentication Required',
    'MediaValidationError': '400 Bad Request',
}
WITH_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    'HTTPInvalidHeader': ('It is odd.', 'X-A'),
    'HTTPInvalidParam': ('It is odd.', 'limit'),
    'HTTPMethodNotAllowed': (['GET'],),
    'HTTPMissingHeader': ('X-A',),
    'HTTPMissingParam': ('limit',),
    'HTTPRangeNotSatisfiable': (5,),
    'MediaMalformedError': ('JSON',),
    'MediaMismatchError': ('It is odd.', '$.a'),
    'MediaNotFoundError': ('JSON',),
    'MultipartParseError': (),
}
ALL = [name for name in http_errors.__all__ if name not in ('HTTPError', 'HTTPPayloadTooLarge')]


def make(name: str, **options: Any) -> HTTPError:
    error: HTTPError = getattr(http_errors, name)(*WITH_ARGUMENTS.get(name, ()), **options)
    return error


def test_every_class_is_tested() -> None:
    """The tables above name all errors of the module."""
    assert sorted({*PLAIN, *WITH_ARGUMENTS}) == sorted(ALL)


@pytest.mark.parametrize(('name', 'status'), PLAIN.items())
def test_a_class_stands_for_a_status(name: str, status: str) -> None:
    """Without arguments, the title is the status, and nothing else is told."""
    error = make(name)
    assert (error.status, error.title, error.description, error.headers) == (status, status, None, None)


@pytest.mark.parametrize('name', PLAIN)
def test_a_title_and_a_description_can_be_given(name: str) -> None:
    """Errors that do not write their own text take one."""
    error = make(name, title='Oops', description='It broke.')
    assert error.to_dict() == {'title': 'Oops', 'description': 'It broke.'}


@pytest.mark.parametrize('name', ALL)
def test_every_error_takes_a_link_a_code_and_headers(name: str) -> None:
    """`headers`, `href`, `href_text` and `code` go with any error, by keyword only."""
    error = make(name, headers={'X-A': '1'}, href='/help', href_text='help', code=3)
    assert error.headers is not None
    assert dict(error.headers)['X-A'] == '1'
    assert error.link == {'text': 'help', 'href': '/help', 'rel': 'help'}
    assert error.code == 3
    with pytest.raises(TypeError):
        getattr(http_errors, name)(*WITH_ARGUMENTS.get(name, ()), 'one too many')
    with pytest.raises(TypeError):
        make(name, colour='red')


@pytest.mark.parametrize('name', ALL)
@pytest.mark.parametrize('duplicate', [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_every_error_can_be_copied(name: str, duplicate: Any) -> None:
    """A copy, by way of pickle as well, holds the same."""
    error = make(name, code=3)
    assert vars(duplicate(error)) == vars(error)


@pytest.mark.parametrize(
    ('error', 'title', 'description'),
    [
        (
            HTTPInvalidHeader('It is odd.', 'X-A'),
            'Invalid header value',
            'The value provided for the "X-A" header is invalid. It is odd.',
        ),
        (HTTPMissingHeader('X-A'), 'Missing header value', 'The "X-A" header is required.'),
        (
            HTTPInvalidParam('It is odd.', 'limit'),
            'Invalid parameter',
            'The "limit" parameter is invalid. It is odd.',
        ),
        (HTTPMissingParam('limit'), 'Missing parameter', 'The "limit" parameter is required.'),
        (MediaNotFoundError('JSON'), 'Invalid JSON', 'Could not parse an empty JSON body'),
        (MediaMalformedError('JSON'), 'Invalid JSON', 'Could not parse JSON body'),
        (MultipartParseError(), 'Malformed multipart/form-data request media', None),
        (MultipartParseError(description='No.'), 'Malformed multipart/form-data request media', 'No.'),
    ],
)
def test_errors_that_write_their_own_text(error: HTTPError, title: str, description: str | None) -> None:
    """A bad request says what is wrong with which part of it."""
    assert isinstance(error, HTTPBadRequest)
    assert (error.status_code, error.title, error.description) == (400, title, description)


def test_a_malformed_body_says_why() -> None:
    """The exception that MediaMalformedError was raised from ends its description, unless one was set."""
    with pytest.raises(MediaMalformedError) as raised:
        raise MediaMalformedError('JSON') from ValueError('no comma')
    assert raised.value.to_dict()['description'] == 'Could not parse JSON body - no comma'
    raised.value.description = 'Sorry.'
    assert raised.value.description == 'Sorry.'


@pytest.mark.parametrize('error_class', [HTTPContentTooLarge, HTTPTooManyRequests, HTTPServiceUnavailable])
@pytest.mark.parametrize(
    ('retry_after', 'value'),
    [
        (0, '0'),
        (120, '120'),
        (datetime(1994, 11, 6, 8, 49, 37), 'Sun, 06 Nov 1994 08:49:37 GMT'),
        (datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC), 'Sun, 06 Nov 1994 08:49:37 GMT'),
    ],
)
def test_retry_after(error_class: Any, retry_after: int | datetime, value: str) -> None:
    """A number of seconds or a time becomes the Retry-After header."""
    assert error_class(retry_after=retry_after, headers={'x-a': '1'}).headers == {'x-a': '1', 'Retry-After': value}


def test_challenges() -> None:
    """Challenges, or a single one as a string, become the WWW-Authenticate header; without any, there is none."""
    challenges = iter(['Basic realm="a"', 'Bearer'])
    assert HTTPUnauthorized(challenges=challenges).headers == {'WWW-Authenticate': 'Basic realm="a", Bearer'}
    assert HTTPUnauthorized(challenges='Bearer').headers == {'WWW-Authenticate': 'Bearer'}
    assert HTTPUnauthorized(challenges=[]).headers is None


def test_allowed_methods() -> None:
    """The allowed methods become the Allow header, also when there are none (RFC 9110, section 10.2.1)."""
    assert HTTPMethodNotAllowed(('GET', 'PUT'), headers={'allow': 'X'}).headers == {'Allow': 'GET, PUT'}
    assert HTTPMethodNotAllowed([]).headers == {'Allow': ''}
    assert HTTPMethodNotAllowed('GET').headers == {'Allow': 'GET'}


def test_resource_length() -> None:
    """The length becomes the Content-Range header."""
    assert HTTPRangeNotSatisfiable(0).headers == {'Content-Range': 'bytes */0'}


def test_kinds_of_errors() -> None:
    """More special errors can be caught as the general ones."""
    assert issubclass(HTTPRouteNotFound, HTTPNotFound)
    assert issubclass(MultipartParseError, MediaMalformedError)
    assert issubclass(MediaValidationError, HTTPBadRequest)
    assert HTTPPayloadTooLarge is HTTPContentTooLarge


def test_a_mismatch_says_where() -> None:
    """The path to the place is in the body, beside the reason."""
    error = MediaMismatchError('expected a number', '$.items[3].price')
    assert error.status_code == 422
    assert error.to_dict() == {
        'title': 'Unexpected content',
        'description': 'expected a number',
        'path': '$.items[3].price',
    }
    assert MediaMismatchError('expected a number').path == '$'
    assert b'<path>$.items[3].price</path>' in error.to_xml()
