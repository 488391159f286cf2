"""Cookies: reading the Cookie header, writing Set-Cookie (RFC 6265, sections 4 and 5.4)."""

import re
from datetime import datetime

from falcon_core._quoting import unquoted
from falcon_core.dates import dt_to_http
from falcon_core.header_values import WHITESPACE, is_token

__all__ = ['format_cookie', 'format_expired_cookie', 'parse_cookies']

# A quoted value escapes a character by a backslash, alone or with the character's octal number.
_ESCAPED = re.compile(r'\\(?:([0-3][0-7][0-7])|(.))', re.DOTALL)

# What needs no quotes around it, and what needs an escape within them. Browsers treat the quotes as part of the
# value; they are for servers that would otherwise end the value at a space or a comma.
_UNQUOTED = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~:]+")
_TO_ESCAPE = re.compile(r'["\\,;]')
_ESCAPES = {'"': r'\"', '\\': r'\\', ',': r'\054', ';': r'\073'}

# RFC 6265, section 4.1.1: what the value of a cookie, escapes apart, and that of an attribute may not hold.
_NOT_IN_VALUE = re.compile(r'[^\x20-\x7e]')
_NOT_IN_ATTRIBUTE = re.compile(r'[^\x20-\x3a\x3c-\x7e]')

# RFC 6265bis, section 4.1.3: browsers take a cookie whose name begins so, in any case, only where it is secure.
_SECURE_PREFIXES = ('__secure-', '__host-')

_SAME_SITE = {'lax': 'Lax', 'strict': 'Strict', 'none': 'None'}
_EXPIRED = 'Thu, 01 Jan 1970 00:00:00 GMT'


def parse_cookies(header: str) -> dict[str, list[str]]:
    """Return the cookies of a Cookie header.

    Nothing is too malformed to be parsed: what has no token for a name is passed over.

    Args:
        header: Such as `id=7; theme="dark"`.

    Returns:
        Name to the values sent under it, in their order, unquoted.
    """
    cookies: dict[str, list[str]] = {}
    for pair in header.split(';'):
        name, _, value = pair.partition('=')
        name = name.strip(WHITESPACE)
        if is_token(name):
            cookies.setdefault(name, []).append(unquoted(value.strip(WHITESPACE), _ESCAPED, _unescaped))
    return cookies


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[1], 8)) if match[1] else match[2]


def format_cookie(
    name: str,
    value: str,
    *,
    expires: datetime | None = None,
    max_age: int | str | None = None,
    domain: str | None = None,
    path: str | None = None,
    secure: bool = False,
    http_only: bool = False,
    same_site: str | None = None,
    partitioned: bool = False,
) -> str:
    """Return the value of a Set-Cookie header.

    Args:
        name: The name of the cookie.
        value: Its value; quoted where it holds more than letters, digits and a few marks.
        expires: When the client is to forget it, or None. A naive time is taken to be UTC.
        max_age: After how many seconds the client is to forget it, or None; it prevails over `expires`.
        domain: The domain whose hosts, with its subdomains', get the cookie; None for this host alone.
        path: The path under which the cookie is sent; None for that of the request.
        secure: True to have it sent by secure connections only.
        http_only: True to hide it from scripts.
        same_site: When it is sent with requests from other sites: `lax`, `strict` or `none`, in any case;
            None or empty to leave that to the client.
        partitioned: True to keep a cookie apart for each site it is embedded in (CHIPS).

    Raises:
        KeyError: `name` is no token (RFC 6265, section 4.1.1).
        ValueError: Another argument has a character that a cookie may not hold, or is not one of its choices.
    """
    _check_name(name)
    attributes = [
        f'{name}={_quoted(value)}',
        _text_attribute('Domain', domain),
        f'expires={dt_to_http(expires)}' if expires is not None else '',
        'HttpOnly' if http_only else '',
        f'Max-Age={int(max_age)}' if max_age is not None else '',
        'Partitioned' if partitioned else '',
        _text_attribute('Path', path),
        _same_site_attribute(same_site),
        'Secure' if secure else '',
    ]
    return '; '.join(filter(None, attributes))


def format_expired_cookie(
    name: str, *, domain: str | None = None, path: str | None = None, same_site: str | None = 'Lax'
) -> str:
    """Return the value of a Set-Cookie header that has the client forget a cookie.

    Args:
        name: The name of the cookie. One that begins with `__Secure-` or `__Host-` comes with `Secure`, without which
            browsers would not heed it.
        domain: The domain it was set with.
        path: The path it was set with.
        same_site: What it was set with. `none` comes with `Secure` for the same reason.

    Raises:
        KeyError: `name` is no token (RFC 6265, section 4.1.1).
        ValueError: Another argument has a character that a cookie may not hold, or is not one of its choices.
    """
    _check_name(name)
    same_site_attribute = _same_site_attribute(same_site)
    secure = same_site_attribute == 'SameSite=None' or name.lower().startswith(_SECURE_PREFIXES)
    attributes = [
        f'{name}=""',
        _text_attribute('Domain', domain),
        f'expires={_EXPIRED}',
        _text_attribute('Path', path),
        same_site_attribute,
        'Secure' if secure else '',
    ]
    return '; '.join(filter(None, attributes))


def _check_name(name: str) -> None:
    if not is_token(name):
        raise KeyError(f'received cookie name {name!r}, expected a token of RFC 9110')


def _quoted(value: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f'received a cookie value of type {type(value).__name__}, expected str')
    # The value itself, which may be a secret, is kept out of the error and thereby out of logs.
    unsafe = _NOT_IN_VALUE.search(value)
    if unsafe is not None:
        raise ValueError(
            f'received {unsafe[0]!r} at index {unsafe.start()} of a cookie value, expected printable ASCII characters'
        )
    if _UNQUOTED.fullmatch(value):
        return value
    return '"' + _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], value) + '"'


def _text_attribute(attribute: str, text: str | None) -> str:
    if not text:
        return ''
    unsafe = _NOT_IN_ATTRIBUTE.search(text)
    if unsafe is not None:
        raise ValueError(
            f'received {unsafe[0]!r} in the {attribute} of a cookie, expected printable ASCII characters but ";"'
        )
    return f'{attribute}={text}'


def _same_site_attribute(same_site: str | None) -> str:
    if not same_site:
        return ''
    canonical = _SAME_SITE.get(same_site.lower())
    if canonical is None:
        raise ValueError(f'received same_site {same_site!r}, expected one of {", ".join(_SAME_SITE)}')
    return f'SameSite={canonical}'
