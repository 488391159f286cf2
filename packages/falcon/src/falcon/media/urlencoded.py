"""URL-encoded forms."""

from falcon_media import URLEncodedFormHandler

__all__ = ['URLEncodedFormHandler']
