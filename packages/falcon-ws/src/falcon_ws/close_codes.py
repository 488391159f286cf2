"""Close codes and reasons: which may be sent, and what the codes mean when no reason is given."""

from falcon_core import status_codes

__all__ = [
    'GOING_AWAY',
    'HTTP_CLOSE_CODE_BASE',
    'INTERNAL_ERROR',
    'MESSAGE_TOO_BIG',
    'NORMAL_CLOSURE',
    'UNSUPPORTED_DATA',
    'check_close_code',
    'default_close_reasons',
    'fit_close_reason',
]

# RFC 6455, section 7.4.1.
NORMAL_CLOSURE = 1000
GOING_AWAY = 1001
UNSUPPORTED_DATA = 1003
MESSAGE_TOO_BIG = 1009
INTERNAL_ERROR = 1011

# Added to the number of an HTTP status, gives the close code that stands for it.
HTTP_CLOSE_CODE_BASE = 3000

# What the registry of RFC 6455, section 7.4.1, as extended at IANA, has for an endpoint to send. 1005, 1006 and 1015
# stand for what no close frame said and must not be sent in one; 1004 is reserved.
_REGISTERED = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})

# RFC 6455, section 7.4.2: 3000 to 3999 are for frameworks and libraries, 4000 to 4999 for applications.
_UNREGISTERED = range(3000, 5000)

# RFC 6455, section 5.5: the payload of a control frame has up to 125 bytes; the code takes two.
_MAX_REASON_BYTES = 123


def check_close_code(code: int) -> int:
    """Return `code` as it is.

    Raises:
        ValueError: It is none that an endpoint may send (RFC 6455, section 7.4).
    """
    if not isinstance(code, int) or (code not in _REGISTERED and code not in _UNREGISTERED):
        raise ValueError(f'received close code {code!r}, expected 1000 to 1003, 1007 to 1014 or 3000 to 4999')
    return code


def fit_close_reason(reason: str) -> str:
    """Return `reason`, or as much of its beginning as fits into a close frame; no character is cut in two.

    Raises:
        ValueError: It has a lone surrogate, which has no UTF-8 form.
    """
    if len(reason) * 4 <= _MAX_REASON_BYTES:
        reason.encode()
        return reason
    return reason.encode()[:_MAX_REASON_BYTES].decode(errors='ignore')


def default_close_reasons() -> dict[int, str]:
    """Return a new mapping from close code to the reason that is sent with it if the caller gives none.

    It has the phrases of the HTTP statuses, under the codes that stand for them.
    """
    reasons = {NORMAL_CLOSURE: 'Normal Closure', INTERNAL_ERROR: 'Internal Server Error', 3011: 'Internal Server Error'}
    for name in status_codes.__all__:
        number = name.removeprefix('HTTP_')
        # The numbers past 599 are no registered statuses.
        if number.isdigit() and number < '600':
            line: str = getattr(status_codes, name)
            reasons[HTTP_CLOSE_CODE_BASE + int(number)] = line.partition(' ')[2]
    return reasons
