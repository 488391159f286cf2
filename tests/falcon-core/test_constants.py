import pytest

from falcon_core import constants
from falcon_core.header_values import is_token
from falcon_core.media_types import parse_media_type

MEDIA = [name for name in constants.__all__ if name.startswith('MEDIA_')]


@pytest.mark.parametrize('name', MEDIA)
def test_media_types_are_well_formed(name: str) -> None:
    """Each media type has a type and a subtype, and text says that it is UTF-8, scripts apart."""
    value, parameters = parse_media_type(getattr(constants, name))
    textual = value.startswith('text/') and value != 'text/javascript'
    assert parameters == ({'charset': 'utf-8'} if textual else {})


def test_the_default_media_type_is_json() -> None:
    """Responses are JSON unless they say otherwise."""
    assert constants.DEFAULT_MEDIA_TYPE == constants.MEDIA_JSON == 'application/json'


def test_combined_methods_hold_every_method_once() -> None:
    """COMBINED_METHODS is all methods of HTTP, WebDAV and the drafts, and WEBSOCKET for the responder of that name."""
    parts = constants.HTTP_METHODS + constants.WEBDAV_METHODS + constants.HTTP_WG_DRAFT_METHODS
    assert [*parts, 'WEBSOCKET'] == constants.COMBINED_METHODS
    assert len(set(constants.COMBINED_METHODS)) == len(constants.COMBINED_METHODS)
    assert all(is_token(method) and method.isupper() for method in constants.COMBINED_METHODS)


def test_singleton_headers_are_lowercase() -> None:
    """Headers that must not be joined are listed in the case that ASGI servers send."""
    assert 'content-length' in constants.SINGLETON_HEADERS
    assert all(is_token(name) and name.islower() for name in constants.SINGLETON_HEADERS)
