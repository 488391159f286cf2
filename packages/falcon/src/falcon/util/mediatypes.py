"""Media types, and which of them a client prefers."""

from falcon_core.media_types import best_match, parse_header, quality

__all__ = ['best_match', 'parse_header', 'quality']
