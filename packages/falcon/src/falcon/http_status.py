"""The exception that sets a status."""

from falcon_core.http_status import HTTPStatus

__all__ = ['HTTPStatus']
