"""MessagePack."""

from falcon_media import MessagePackHandler, MessagePackHandlerWS

__all__ = ['MessagePackHandler', 'MessagePackHandlerWS']
