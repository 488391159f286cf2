"""Helpers around HTTP, and between coroutines and threads."""

from asyncio import create_task, get_running_loop

from falcon.util import mediatypes, misc, structures, sync, uri
from falcon_asgi import async_to_sync, runs_sync, sync_to_async, wrap_sync_to_async, wrap_sync_to_async_unsafe
from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_core.context import Context
from falcon_core.dates import dt_to_http, http_date_to_dt, http_now
from falcon_core.etags import ETag
from falcon_core.file_names import secure_filename
from falcon_core.http_status import code_to_http_status, http_status_to_code
from falcon_core.media_types import parse_header
from falcon_core.query import to_query_str

__all__ = [
    'CaseInsensitiveDict',
    'Context',
    'ETag',
    'async_to_sync',
    'code_to_http_status',
    'create_task',
    'dt_to_http',
    'get_running_loop',
    'http_date_to_dt',
    'http_now',
    'http_status_to_code',
    'mediatypes',
    'misc',
    'parse_header',
    'runs_sync',
    'secure_filename',
    'structures',
    'sync',
    'sync_to_async',
    'to_query_str',
    'uri',
    'wrap_sync_to_async',
    'wrap_sync_to_async_unsafe',
]
