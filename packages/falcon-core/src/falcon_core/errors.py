"""Errors that are not an HTTP response: faults of the calling code, of a peer, or of the installation.

The HTTP errors, which a responder raises to answer a request, are in `falcon_core.http_errors`.
"""

__all__ = [
    'ClientDisconnected',
    'CompatibilityError',
    'DelimiterError',
    'FalconError',
    'HeaderNotSupported',
    'InvalidMediaRange',
    'InvalidMediaType',
    'MissingDistribution',
    'OperationNotAllowed',
    'UnacceptableRouteError',
    'UnsupportedError',
    'UnsupportedScopeError',
]


class FalconError(Exception):
    """The root of every error that the distributions raise on purpose."""


class ClientDisconnected(FalconError, ConnectionError):
    """The client left before its whole request body had arrived."""


class CompatibilityError(FalconError, ValueError):
    """A hook, responder or method cannot be run by an ASGI application."""


class DelimiterError(FalconError, OSError):
    """A stream ended before an expected delimiter was found."""


class HeaderNotSupported(FalconError, ValueError):
    """A header must be set through its own method or property instead."""


class InvalidMediaType(FalconError, ValueError):
    """A media type is not of the form `type/subtype` (RFC 9110, section 8.3.1)."""


class InvalidMediaRange(InvalidMediaType):
    """A media range or its quality value is malformed (RFC 9110, section 12.5.1)."""


class OperationNotAllowed(FalconError, ValueError):
    """The operation is not allowed in the object's present state."""


class UnacceptableRouteError(FalconError, ValueError):
    """A URI template is malformed, conflicts with one added before, or has a field that its responder cannot take."""


class UnsupportedError(FalconError, RuntimeError):
    """The operation is not supported by the present server or configuration."""


class UnsupportedScopeError(FalconError, RuntimeError):
    """The server asked for an ASGI scope type or version that nothing serves."""


class MissingDistribution(UnsupportedError):
    """A feature was used whose distribution is not installed.

    Args:
        feature: What was used, as the user wrote it, such as `resp.sse`.
        distribution: The name to give to pip.

    Attributes:
        feature (str): See above.
        distribution (str): See above.
    """

    def __init__(self, feature: str, distribution: str) -> None:
        super().__init__(f'{feature} needs {distribution}: pip install {distribution}')
        self.feature = feature
        self.distribution = distribution
