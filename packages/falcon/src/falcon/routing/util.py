"""The responders of a resource."""

from falcon_core.responders import SuffixedMethodNotFoundError, map_http_methods, set_default_responders

__all__ = ['SuffixedMethodNotFoundError', 'map_http_methods', 'set_default_responders']
