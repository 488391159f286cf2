"""What headers and contexts are made of."""

from falcon_core.case_insensitive import CaseInsensitiveDict
from falcon_core.context import Context
from falcon_core.etags import ETag

__all__ = ['CaseInsensitiveDict', 'Context', 'ETag']
