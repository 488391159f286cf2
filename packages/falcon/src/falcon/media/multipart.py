"""Multipart forms."""

from falcon_core.http_errors import MultipartParseError
from falcon_media import BodyPart, MultipartForm, MultipartFormHandler, MultipartParseOptions

__all__ = ['BodyPart', 'MultipartForm', 'MultipartFormHandler', 'MultipartParseError', 'MultipartParseOptions']
