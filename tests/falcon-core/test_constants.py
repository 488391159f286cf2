import os
import subprocess
import sys

import pytest

from falcon_core import constants
from falcon_core.header_values import is_token
from falcon_core.media_types import parse_media_type

MEDIA = [name for name in constants.__all__ if name.startswith('MEDIA_')]


@pytest.mark.parametrize('name', MEDIA)
def test_media_types_are_well_formed(name: str) -> None:
    """Each media type has a type and a subtype, and text says that it is UTF-8, scripts and events apart."""
    value, parameters = parse_media_type(getattr(constants, name))
    textual = value.startswith('text/') and value not in ('text/javascript', 'text/event-stream')
    assert parameters == ({'charset': 'utf-8'} if textual else {})


def test_the_default_media_type_is_json() -> None:
    """Responses are JSON unless they say otherwise."""
    assert constants.DEFAULT_MEDIA_TYPE == constants.MEDIA_JSON == 'application/json'


def test_combined_methods_hold_every_method_once() -> None:
    """COMBINED_METHODS is all methods of HTTP, WebDAV and the drafts, and WEBSOCKET for the responder of that name."""
    parts = constants.HTTP_METHODS + constants.WEBDAV_METHODS + constants.HTTP_WG_DRAFT_METHODS
    assert [*parts, *constants.FALCON_CUSTOM_HTTP_METHODS, 'WEBSOCKET'] == constants.COMBINED_METHODS
    assert len(set(constants.COMBINED_METHODS)) == len(constants.COMBINED_METHODS)
    assert all(is_token(method) and method.isupper() for method in constants.COMBINED_METHODS)


def test_singleton_headers_are_lowercase() -> None:
    """Headers that must not be joined are listed in the case that ASGI servers send."""
    assert 'content-length' in constants.SINGLETON_HEADERS
    assert all(is_token(name) and name.islower() for name in constants.SINGLETON_HEADERS)


def test_methods_of_the_environment() -> None:
    """Methods named by FALCON_CUSTOM_HTTP_METHODS have responders as all others do, hooks of classes included."""
    program = """
from falcon_core.hooks import before
from falcon_core.responders import allowed_methods, map_http_methods

@before(print)
class Resource:
    async def on_foo(self, req, resp): ...
    async def on_bar(self, req, resp): ...

responders = map_http_methods(Resource())
print(allowed_methods(responders), all(hasattr(responder, '__wrapped__') for responder in responders.values()))
"""
    command = [sys.executable, '-c', program]
    environment = {**os.environ, 'FALCON_CUSTOM_HTTP_METHODS': ' foo,,BAR ,'}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=30).stdout
    assert said == "['BAR', 'FOO'] True\n"
