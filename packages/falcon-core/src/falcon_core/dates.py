"""Dates in headers (RFC 9110, section 5.6.7)."""

import re
from datetime import UTC, date, datetime

__all__ = ['dt_to_http', 'http_date_to_dt', 'http_now']

_DAYS = ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')
_MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')
_LONG_DAYS = ('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')

_DAY = '|'.join(_DAYS)
_MONTH = '|'.join(_MONTHS)
_TIME = r'(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})'

# In Unicode, the long s (U+017F) is an s in another case.
_FLAGS = re.IGNORECASE | re.ASCII

# strptime would take the names of days and months from the locale; a header's are English.
_IMF_FIXDATE = re.compile(
    rf'(?:{_DAY}), (?P<day>[0-9]{{1,2}}) (?P<month>{_MONTH}) (?P<year>[0-9]{{4}}) {_TIME} GMT', _FLAGS
)
_OBSOLETE = (
    re.compile(
        rf'(?:{"|".join(_LONG_DAYS)}), (?P<day>[0-9]{{1,2}})-(?P<month>{_MONTH})-(?P<year>[0-9]{{2}}) {_TIME} GMT',
        _FLAGS,
    ),
    re.compile(rf'(?:{_DAY}), (?P<day>[0-9]{{1,2}})-(?P<month>{_MONTH})-(?P<year>[0-9]{{4}}) {_TIME} GMT', _FLAGS),
    re.compile(rf'(?:{_DAY}) (?P<month>{_MONTH}) (?P<day>[ 0-9]?[0-9]) {_TIME} (?P<year>[0-9]{{4}})', _FLAGS),
)


def http_now() -> str:
    """Return the present time as an HTTP date, such as `'Sun, 06 Nov 1994 08:49:37 GMT'`."""
    return dt_to_http(datetime.now(UTC))


def dt_to_http(dt: date) -> str:
    """Return a time as an HTTP date, such as `'Sun, 06 Nov 1994 08:49:37 GMT'`.

    Args:
        dt: The time. A naive one is taken to be UTC already; an aware one is converted. A date without a time stands
            for its first second.
    """
    if not isinstance(dt, datetime):
        dt = datetime(dt.year, dt.month, dt.day)  # naive ones are in UTC here
    elif dt.tzinfo is not None:
        dt = dt.astimezone(UTC)
    return (
        f'{_DAYS[dt.weekday()]}, {dt.day:02} {_MONTHS[dt.month - 1]} {dt.year:04} '
        f'{dt.hour:02}:{dt.minute:02}:{dt.second:02} GMT'
    )


def http_date_to_dt(http_date: str, obs_date: bool = False) -> datetime:
    """Return an HTTP date as an aware datetime in UTC.

    Args:
        http_date: The date, such as `'Sun, 06 Nov 1994 08:49:37 GMT'`, in any case. The day of the week is not
            checked against the rest; a leap second counts as the one before it.
        obs_date: True to also take the obsolete forms: RFC 850's, the same with a year of four digits, and asctime's.

    Raises:
        ValueError: The date is malformed, or is none in the calendar.
    """
    forms = (_IMF_FIXDATE, *_OBSOLETE) if obs_date else (_IMF_FIXDATE,)
    for form in forms:
        match = form.fullmatch(http_date)
        if match is not None:
            return _datetime(match)
    raise ValueError(f'received {http_date[:64]!r}, expected a date such as "Sun, 06 Nov 1994 08:49:37 GMT"')


def _datetime(match: re.Match[str]) -> datetime:
    year, day, hour, minute, second = map(int, match.group('year', 'day', 'hour', 'minute', 'second'))
    month = _MONTHS.index(match['month'].title()) + 1
    if len(match['year']) == 2:
        year = _full_year(year)
    return datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)


def _full_year(year: int) -> int:
    """Return the year that two digits stand for, at most 50 years ahead (RFC 9110, section 5.6.7)."""
    this_year = datetime.now(UTC).year
    full = this_year - this_year % 100 + year
    return full - 100 if full > this_year + 50 else full
