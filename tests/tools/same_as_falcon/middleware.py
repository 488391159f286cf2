"""Requests for the order of middleware, hooks and handlers, and for how each of them can end a request."""

import json
from collections.abc import Iterator

from same_as_falcon.case import ANY, Case, Difference, instead

__all__ = ['DIFFERENCES', 'cases']

_APPS = ['app', 'dependent', 'mixed', 'mixed_dependent', 'suffixed', 'added', 'unhandled', 'none', 'cors_too']
_ACTIONS = ['error', 'status', 'redirect', 'exception', 'complete']
_PLACES = [
    'a:request',
    'b:request',
    'c:request',
    'a:resource',
    'b:resource',
    'a:response',
    'b:response',
    'c:response',
    'responder',
]
_HOOKS = [
    'before--',
    'before-one',
    'before-two',
    'after-three',
    'after-four',
    'before-class',
    'before-method',
    'after-class',
]


def _case(app: str, target: str = '/', method: str = 'GET', **actions: str) -> Case:
    headers = [('X-Act', json.dumps(actions))] if actions else []
    return Case(f'middleware:{app}', method, target, headers)


def cases() -> Iterator[Case]:
    """Yield requests of `apps/same/middleware.py`."""
    for app in _APPS:
        for target in '/', '/x/y', '/nothing', '/sink/name':
            yield _case(app, target)
            yield _case(app, target, 'POST')
        for action in _ACTIONS:
            for place in [*_PLACES, 'request-only', 'response-only']:
                yield _case(app, **{place: action})
            yield _case(app, '/x/y', **{'responder': action, 'b:response': 'error'})
            yield _case(app, '/sink/name', sink=action)
            yield _case(app, '/nothing', **{'a:response': action})
            for second in _ACTIONS:
                yield _case(app, **{'responder': 'exception', 'handler': action, 'b:response': second})
    for app in 'none', 'app':
        for target in '/methods', '/methods/y', '/class', '/class/some', '/inheriting', '/stacked':
            for method in 'GET', 'POST', 'PUT', 'DELETE', 'OPTIONS':
                yield _case(app, target, method)
                for action in _ACTIONS:
                    for hook in _HOOKS:
                        if app == 'none':
                            yield _case(app, target, method, **{hook: action})
                    yield _case(app, target, method, responder=action)


DIFFERENCES = [
    Difference(
        'an exception in an error handler ends in a 500, not in the server, and the hooks of the response run',
        '"handler": "exception"',
        instead('None', '[2345]..'),
    ),
    Difference(
        'an HTTP error that a handler raises takes the place of what the handler had written',
        '"handler": "error"',
        {'body': ('handled', 'an object'), 'body .*': ('None', ANY)},
    ),
    Difference(
        'where all may read alike, requests without an origin are told so as well',
        '^middleware:cors_too ',
        {'header access-control-allow-origin': ('None', r"\['\*'\]")},
    ),
]
