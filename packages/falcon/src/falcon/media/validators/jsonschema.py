"""Checking media against JSON Schemas; needs `falcon[validation]`."""

from falcon_media.json_schema import Schema, validate

__all__ = ['Schema', 'validate']
