from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core import dates
from falcon_core.dates import dt_to_http, http_date_to_dt, http_now

# The date of the examples in RFC 9110, section 5.6.7.
DATE = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
FIXDATE = 'Sun, 06 Nov 1994 08:49:37 GMT'


def test_dt_to_http() -> None:
    """A naive time is UTC already, an aware one is converted."""
    assert dt_to_http(DATE) == dt_to_http(DATE.replace(tzinfo=None)) == FIXDATE
    assert dt_to_http(DATE.astimezone(timezone(timedelta(hours=-7)))) == FIXDATE


def test_dt_to_http_of_a_date() -> None:
    """A date without a time stands for its first second."""
    assert dt_to_http(date(1994, 11, 6)) == 'Sun, 06 Nov 1994 00:00:00 GMT'


def test_http_now_is_now() -> None:
    """The present time is written as an HTTP date."""
    assert abs(http_date_to_dt(http_now()) - datetime.now(UTC)) < timedelta(seconds=10)


@pytest.mark.parametrize('text', [FIXDATE, 'sun, 06 nov 1994 08:49:37 gmt', 'Mon, 6 Nov 1994 08:49:37 GMT'])
def test_the_preferred_form(text: str) -> None:
    """IMF-fixdate is read in any case, with one digit for the day as well, and whatever day of the week it names."""
    assert http_date_to_dt(text) == http_date_to_dt(text, obs_date=True) == DATE


@pytest.mark.parametrize(
    'text',
    [
        'Sunday, 06-Nov-94 08:49:37 GMT',
        'Sun, 06-Nov-1994 08:49:37 GMT',
        'Sun Nov  6 08:49:37 1994',
        'Sun Nov 06 08:49:37 1994',
        'Sun Nov 6 08:49:37 1994',
    ],
)
def test_the_obsolete_forms(text: str) -> None:
    """RFC 850's form and asctime's are read only if asked for."""
    assert http_date_to_dt(text, obs_date=True) == DATE
    with pytest.raises(ValueError, match='expected a date'):
        http_date_to_dt(text)


@pytest.mark.parametrize(
    'text',
    [
        '',
        'x',
        'Sun, 06 Nov 1994 08:49:37',
        'Sun, 06 Nov 1994 08:49:37 +0000',
        'Sun, 31 Feb 1994 08:49:37 GMT',
        'Sun, 00 Nov 1994 08:49:37 GMT',
        'Sun, 06 Nov 0000 08:49:37 GMT',
        'Sun, 06 Nov 1994 24:00:00 GMT',
        'Sun, 06 Nov 1994 08:49:61 GMT',
        'Sun, 06 Nov 1994 08:49:37 GMT\n',
        'Sun, 06 Nov 1994 08:49:3٣ GMT',
        'Sun Nov   08:49:37 1994',
        '\u017fun, 06 Nov 1994 08:49:37 GMT',
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """A malformed date, and one that the calendar does not have, raise ValueError."""
    for obs_date in (False, True):
        with pytest.raises(ValueError):
            http_date_to_dt(text, obs_date)


def test_a_leap_second_is_the_one_before() -> None:
    """Second 60, which RFC 9110 allows and datetime lacks, is read as 59."""
    assert http_date_to_dt('Sun, 01 Jan 2017 23:59:60 GMT').second == 59


def test_a_year_of_two_digits_is_at_most_50_years_ahead() -> None:
    """What would be more than 50 years ahead was meant to be in the past."""
    this_year = datetime.now(UTC).year
    for year in range(this_year - 49, this_year + 51):
        text = f'Sunday, 06-Nov-{year % 100:02} 08:49:37 GMT'
        assert http_date_to_dt(text, obs_date=True).year == year


@given(st.datetimes(timezones=st.just(UTC)).map(lambda dt: dt.replace(microsecond=0)))
def test_a_date_comes_back(dt: datetime) -> None:
    """Every date that can be written is read as itself."""
    assert http_date_to_dt(dt_to_http(dt)) == dt


@given(st.text() | st.text('SunNov GMT,-:0123456789', max_size=40))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """No text raises anything but ValueError."""
    for obs_date in (False, True):
        with suppress(ValueError):
            assert http_date_to_dt(text, obs_date).tzinfo is UTC


def test_names_of_the_calendar_are_english() -> None:
    """Days and months are those of RFC 9110, whatever the locale."""
    names = [dt_to_http(datetime(2024, month, 1))[:11] for month in range(1, 13)]
    assert names[:3] == ['Mon, 01 Jan', 'Thu, 01 Feb', 'Fri, 01 Mar']
    assert sorted(dates.__all__) == dates.__all__
