"""Types for annotations."""

from falcon_core.interfaces import AsyncReadableIO, MediaHandler, ReadableIO

__all__ = ['AsyncReadableIO', 'MediaHandler', 'ReadableIO']
