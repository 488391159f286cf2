"""The handlers of an application, by media type."""

from falcon_media import Handlers

__all__ = ['Handlers']
