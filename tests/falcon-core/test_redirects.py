import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core import redirects
from falcon_core.http_status import HTTPStatus

CLASSES: list[tuple[Any, int]] = [
    (redirects.HTTPMovedPermanently, 301),
    (redirects.HTTPFound, 302),
    (redirects.HTTPSeeOther, 303),
    (redirects.HTTPTemporaryRedirect, 307),
    (redirects.HTTPPermanentRedirect, 308),
]


@pytest.mark.parametrize(('redirect', 'code'), CLASSES)
def test_a_redirect_is_a_status_with_a_location(redirect: Any, code: int) -> None:
    """Each class answers with its own status and the location."""
    raised = redirect('/there')
    assert isinstance(raised, HTTPStatus)
    assert (raised.status_code, raised.headers, raised.text) == (code, {'location': '/there'}, None)


def test_headers_are_added_to() -> None:
    """Further headers are kept, but for a location, and the caller's mapping is left alone."""
    headers = {'X-A': '1', 'Location': '/elsewhere'}
    assert redirects.HTTPFound('/there', headers).headers == {'X-A': '1', 'location': '/there'}
    assert redirects.HTTPFound('/there', list(headers.items())).headers == {'X-A': '1', 'location': '/there'}
    assert headers == {'X-A': '1', 'Location': '/elsewhere'}


@pytest.mark.parametrize(
    ('location', 'escaped'),
    [
        ('/a b', '/a%20b'),
        ('/caf\xe9/\u65e5?q=\u20ac', '/caf%C3%A9/%E6%97%A5?q=%E2%82%AC'),
        ('https://example.com/%20?a=[1]#x', 'https://example.com/%20?a=[1]#x'),
    ],
)
def test_what_a_uri_cannot_hold_is_escaped(location: str, escaped: str) -> None:
    """Spaces and characters outside ASCII are percent-encoded; what is encoded already stays."""
    assert redirects.HTTPFound(location).headers == {'location': escaped}


@pytest.mark.parametrize('location', ['/a\r\nSet-Cookie: b=c', '\n', '/\x00', '/\xe9\r', '/\x7f'])
def test_control_characters_are_refused(location: str) -> None:
    """A location that could end its header early raises ValueError."""
    with pytest.raises(ValueError, match='control character'):
        redirects.HTTPFound(location)


@given(st.text(st.characters(max_codepoint=0x17F)) | st.text())
def test_any_location_is_ascii_or_refused(location: str) -> None:
    """Whatever a location is made of, the header is visible ASCII, or ValueError is raised."""
    try:
        headers = redirects.HTTPFound(location).headers
    except ValueError:
        return
    assert headers is not None
    assert all('!' <= character <= '~' for character in dict(headers)['location'])


@pytest.mark.parametrize('duplicate', [copy.copy, lambda raised: pickle.loads(pickle.dumps(raised))])
def test_a_redirect_can_be_copied(duplicate: Any) -> None:
    """A copy, by way of pickle as well, has the same headers."""
    assert duplicate(redirects.HTTPFound('/a b', {'x-a': '1'})).headers == {'location': '/a%20b', 'x-a': '1'}
