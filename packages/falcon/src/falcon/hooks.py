"""Hooks around responders."""

from falcon_core.hooks import after, before

__all__ = ['after', 'before']
