"""Dates, statuses, query strings and file names."""

from falcon_core.dates import dt_to_http, http_date_to_dt, http_now
from falcon_core.file_names import secure_filename
from falcon_core.http_status import code_to_http_status, http_status_to_code
from falcon_core.query import to_query_str

__all__ = [
    'code_to_http_status',
    'dt_to_http',
    'http_date_to_dt',
    'http_now',
    'http_status_to_code',
    'secure_filename',
    'to_query_str',
]
