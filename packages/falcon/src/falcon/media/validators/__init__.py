"""Decorators that check media."""

from falcon.media.validators import jsonschema

__all__ = ['jsonschema']
