"""Redirects, to be raised."""

from falcon_core.redirects import (
    HTTPFound,
    HTTPMovedPermanently,
    HTTPPermanentRedirect,
    HTTPSeeOther,
    HTTPTemporaryRedirect,
)

__all__ = ['HTTPFound', 'HTTPMovedPermanently', 'HTTPPermanentRedirect', 'HTTPSeeOther', 'HTTPTemporaryRedirect']
