"""JSON."""

from falcon_media import JSONHandler, JSONHandlerWS

__all__ = ['JSONHandler', 'JSONHandlerWS']
