"""Server-Sent Events."""

from falcon_sse import SSEvent

__all__ = ['SSEvent']
