"""The `falcon.asgi` application: routing, requests, responses, body streams, static files, CORS and lifespan."""

from falcon_asgi.__about__ import __version__
from falcon_asgi.app import App
from falcon_asgi.body_stream import BoundedStream
from falcon_asgi.cors import CORSMiddleware
from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_asgi.static import StaticRoute
from falcon_asgi.threads import (
    async_to_sync,
    runs_sync,
    sync_to_async,
    wrap_sync_to_async,
    wrap_sync_to_async_unsafe,
)

__all__ = [
    'App',
    'BoundedStream',
    'CORSMiddleware',
    'Request',
    'Response',
    'StaticRoute',
    '__version__',
    'async_to_sync',
    'runs_sync',
    'sync_to_async',
    'wrap_sync_to_async',
    'wrap_sync_to_async_unsafe',
]
