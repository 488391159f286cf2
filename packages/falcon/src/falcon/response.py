"""The response and its options."""

from falcon_asgi import Response
from falcon_core.header_values import ResponseHeaders
from falcon_core.options import ResponseOptions

__all__ = ['Response', 'ResponseHeaders', 'ResponseOptions']
