"""The base class of test cases, under the module path of Falcon."""

from falcon_asgi.testing import TestCase

__all__ = ['TestCase']
