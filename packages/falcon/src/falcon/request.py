"""The request, its options, and the forwarding it tells of."""

from falcon_asgi import Request
from falcon_core.forwarded import Forwarded
from falcon_core.options import RequestOptions

__all__ = ['Forwarded', 'Request', 'RequestOptions']
