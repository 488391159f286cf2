"""The base of HTTP errors."""

from falcon_core.http_error import HTTPError

__all__ = ['HTTPError']
