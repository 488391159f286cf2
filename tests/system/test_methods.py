"""Methods of WebDAV and of an application's own, on real servers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest


@pytest.mark.parametrize(
    ('parser', 'methods'), [('httptools', 'GET PROPFIND REPORT'), ('h11', 'GET PROPFIND REPORT FOO')]
)
def test_methods_reach_their_responders(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, parser: str, methods: str
) -> None:
    """What the server lets through and the environment names is a method like any other; all others get 405."""
    monkeypatch.setenv('FALCON_CUSTOM_HTTP_METHODS', 'foo')
    server = serve('methods:app', Path(__file__).with_name('apps'), '--http', parser)
    with httpx.Client(base_url=server.url, timeout=10) as client:
        for method in methods.split():
            answer = client.request(method, '/all/7/a/b%2Fc')
            assert answer.json() == {'method': method, 'number': 7, 'rest': 'a/b/c'}
        refused = client.request('MKCOL', '/all/7/')
        assert (refused.status_code, refused.headers['allow']) == (405, 'FOO, GET, PROPFIND, REPORT, OPTIONS')
        assert client.options('/all/7/').headers['allow'] == 'FOO, GET, PROPFIND, REPORT'
        assert client.get('/all/0/a').status_code == client.get('/all/x/a').status_code == 404
