"""The cookies that a response sets (RFC 6265, section 5.2)."""

from collections.abc import Iterable
from datetime import datetime
from http.cookies import Morsel
from typing import Any

from falcon_core.cookies import parse_cookies
from falcon_core.dates import http_date_to_dt

__all__ = ['Cookie', 'parse_set_cookie']

_FLAGS = frozenset({'httponly', 'partitioned', 'secure'})


class Cookie:
    """A cookie that a response sets.

    Args:
        morsel: Its name, value and attributes, as `http.cookies` has them.
    """

    def __init__(self, morsel: 'Morsel[str] | _Morsel') -> None:
        self._name = morsel.key
        self._value = morsel.value
        self._attributes = dict(morsel)

    def __repr__(self) -> str:
        return f'{type(self).__name__}({self._name}={self._value!r})'

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def value(self) -> str:
        """Its value, unquoted."""
        return self._value

    @property
    def expires(self) -> datetime | None:
        """When it is to be forgotten, in UTC, or None if that is not said."""
        text = self._attributes.get('expires')
        return http_date_to_dt(text, obs_date=True) if text else None

    @property
    def path(self) -> str | None:
        """The path under which it is to be sent, or None if that is not said."""
        return self._attributes.get('path') or None

    @property
    def domain(self) -> str | None:
        """The domain to whose hosts it is to be sent, or None for the host that set it."""
        return self._attributes.get('domain') or None

    @property
    def max_age(self) -> int | None:
        """After how many seconds it is to be forgotten, or None if that is not said."""
        text = self._attributes.get('max-age')
        return int(text) if text else None

    @property
    def secure(self) -> bool:
        """Whether it is to be sent by secure connections only."""
        return bool(self._attributes.get('secure'))

    @property
    def http_only(self) -> bool:
        """Whether scripts must not see it."""
        return bool(self._attributes.get('httponly'))

    @property
    def same_site(self) -> str | None:
        """When it is to be sent with requests from other sites: `Lax`, `Strict` or `None`; None if that is not said."""
        return self._attributes.get('samesite') or None

    @property
    def partitioned(self) -> bool:
        """Whether it is to be kept apart for each site that it is embedded in."""
        return bool(self._attributes.get('partitioned'))


class _Morsel(dict[str, Any]):
    """What a Morsel would be that takes each name that browsers take, and attributes newer than the interpreter."""

    def __init__(self, key: str, value: str, attributes: Iterable[str]) -> None:
        super().__init__()
        self.key = key
        self.value = value
        for attribute in attributes:
            name, _, text = attribute.strip().partition('=')
            self[name.lower()] = True if name.lower() in _FLAGS else text


def parse_set_cookie(values: Iterable[str]) -> dict[str, Cookie]:
    """Return the cookies that some `Set-Cookie` headers set, by name; of several with one name, the last."""
    cookies = {}
    for value in values:
        pair, *attributes = value.split(';')
        for name, found in parse_cookies(pair).items():
            cookies[name] = Cookie(_Morsel(name, found[-1], attributes))
    return cookies
