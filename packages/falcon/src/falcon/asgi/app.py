"""The application."""

from falcon_asgi import App

__all__ = ['App']
