"""Encoding and decoding of URIs."""

from falcon_core.query import parse_query_string
from falcon_core.uri import (
    decode,
    encode,
    encode_check_escaped,
    encode_value,
    encode_value_check_escaped,
    parse_host,
    unquote_string,
)

__all__ = [
    'decode',
    'encode',
    'encode_check_escaped',
    'encode_value',
    'encode_value_check_escaped',
    'parse_host',
    'parse_query_string',
    'unquote_string',
]
