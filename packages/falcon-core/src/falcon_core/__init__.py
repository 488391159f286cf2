"""The core of an ASGI framework: routing, the error model, the rules of HTTP headers, and the interfaces of its parts.

What is used most is here; everything else is in the public modules of this package, such as `falcon_core.media_types`,
`falcon_core.cookies` or `falcon_core.interfaces`. Nothing in it does any I/O or needs another distribution.
"""

from falcon_core.__about__ import __version__
from falcon_core.errors import FalconError
from falcon_core.hooks import after, before
from falcon_core.http_error import HTTPError
from falcon_core.http_status import HTTPStatus
from falcon_core.media import BaseHandler, Handlers
from falcon_core.middleware import ASGIMiddleware
from falcon_core.options import RequestOptions, ResponseOptions
from falcon_core.registry import Registry
from falcon_core.router import CompiledRouter

__all__ = [
    'ASGIMiddleware',
    'BaseHandler',
    'CompiledRouter',
    'FalconError',
    'HTTPError',
    'HTTPStatus',
    'Handlers',
    'Registry',
    'RequestOptions',
    'ResponseOptions',
    '__version__',
    'after',
    'before',
]
