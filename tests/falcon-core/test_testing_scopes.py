from typing import Any

import pytest

from falcon_core.testing import connection_scope


def scope(*arguments: Any, **options: Any) -> dict[str, Any]:
    return connection_scope('http', *arguments, **({'spec_version': '2.1'} | options))


def test_path_is_decoded_and_kept_raw() -> None:
    """The path is percent-decoded; the raw path is as it was sent, without the query string."""
    found = scope('/a%20b/%C3%A9?x=%20')
    assert (found['path'], found['raw_path'], found['query_string']) == ('/a b/é', b'/a%20b/%C3%A9', b'x=%20')


def test_least_scope() -> None:
    """What is not given is left out, so that the defaults of the specification count."""
    found = scope()
    assert sorted(found) == [
        'asgi',
        'headers',
        'http_version',
        'path',
        'query_string',
        'raw_path',
        'server',
        'type',
    ]
    assert found['asgi'] == {'version': '3.0', 'spec_version': '2.1'}
    assert 'server' not in scope(include_server=False)


def test_what_is_given_is_there() -> None:
    """Scheme, server, client and root path are those given; a root path begins with a slash."""
    found = scope(scheme='https', host='h', port='8443', remote_addr='192.0.2.1', root_path='app', http_version='2.0')
    assert found['scheme'] == 'https'
    assert found['server'] == ('h', 8443)
    assert found['client'][0] == '192.0.2.1'
    assert found['root_path'] == '/app'
    assert found['http_version'] == '2'


@pytest.mark.parametrize(('argument', 'value'), [('scheme', 'ftp'), ('http_version', '0.9')])
def test_unknown_scheme_or_version_is_refused(argument: str, value: str) -> None:
    """The error names the argument, what it was, and what it may be."""
    with pytest.raises(ValueError, match=rf"received {argument} '{value}', expected one of"):
        scope(**{argument: value})
