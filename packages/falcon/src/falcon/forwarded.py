"""What proxies tell of a request."""

from falcon_core.forwarded import Forwarded

__all__ = ['Forwarded']
