"""The bases of media handlers."""

from falcon_media import BaseHandler, BinaryBaseHandlerWS, TextBaseHandlerWS

__all__ = ['BaseHandler', 'BinaryBaseHandlerWS', 'TextBaseHandlerWS']
