"""What the testing kits of the other distributions share: scopes, the running of an application, waits that end."""

from falcon_core.testing.client_headers import DEFAULT_HOST, DEFAULT_UA, Cookies, Headers, header_pairs, merged_headers
from falcon_core.testing.events import checked_headers
from falcon_core.testing.interfaces import WebSocketConnector, WebSocketSimulator
from falcon_core.testing.running import RunningApp, let_app_run
from falcon_core.testing.scopes import connection_scope
from falcon_core.testing.targets import split_target
from falcon_core.testing.waiting import Progress, within

__all__ = [
    'DEFAULT_HOST',
    'DEFAULT_UA',
    'Cookies',
    'Headers',
    'Progress',
    'RunningApp',
    'WebSocketConnector',
    'WebSocketSimulator',
    'checked_headers',
    'connection_scope',
    'header_pairs',
    'let_app_run',
    'merged_headers',
    'split_target',
    'within',
]
