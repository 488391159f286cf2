"""Middleware that comes with the framework, and the optional base for others."""

from falcon_asgi import CORSMiddleware
from falcon_core.middleware import ASGIMiddleware

__all__ = ['ASGIMiddleware', 'CORSMiddleware']
