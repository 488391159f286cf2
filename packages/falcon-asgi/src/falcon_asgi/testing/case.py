"""A base class of test cases for `unittest`."""

import unittest

from falcon_asgi.app import App
from falcon_asgi.testing.client import TestClient

__all__ = ['TestCase']


class TestCase(unittest.TestCase, TestClient):
    """A test case that is a client of the application in its attribute `app`.

    A subclass extends `setUp`, calls that of this class first, and then assigns `app` or adds to the one that it finds.

    Attributes:
        app (ASGIApp): The application; for each test a new `App` until another one is assigned.
    """

    __test__ = True

    def setUp(self) -> None:
        """Make a new application."""
        super().setUp()
        TestClient.__init__(self, App())
