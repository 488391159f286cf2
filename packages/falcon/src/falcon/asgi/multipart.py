"""Multipart forms and their parts."""

from falcon_media import BodyPart, MultipartForm

__all__ = ['BodyPart', 'MultipartForm']
