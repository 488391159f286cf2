import http

import pytest

from falcon_core import status_codes

NAMES = status_codes.__all__
NUMBERED = [name for name in NAMES if name[5:].isdecimal()]
NAMED = [name for name in NAMES if not name[5:].isdecimal()]


@pytest.mark.parametrize('name', NUMBERED)
def test_a_numbered_constant_begins_with_its_number(name: str) -> None:
    """HTTP_nnn is the number, a space and a phrase."""
    number, space, phrase = getattr(status_codes, name).partition(' ')
    assert (number, space) == (name[5:], ' ')
    assert phrase.strip()


@pytest.mark.parametrize('name', NAMED)
def test_a_named_constant_is_a_numbered_one(name: str) -> None:
    """Each name stands for the same line as one of the numbers."""
    assert getattr(status_codes, name) in {getattr(status_codes, numbered) for numbered in NUMBERED}


def test_the_registered_statuses_are_there() -> None:
    """Every status that the standard library knows has a constant with its number."""
    numbers = {int(name[5:]) for name in NUMBERED}
    assert {status.value for status in http.HTTPStatus} <= numbers


@pytest.mark.parametrize(
    ('name', 'line'),
    [
        ('HTTP_OK', '200 OK'),
        ('HTTP_CONTENT_TOO_LARGE', '413 Content Too Large'),
        ('HTTP_IM_A_TEAPOT', "418 I'm a Teapot"),
        ('HTTP_701', '701 Meh'),
    ],
)
def test_known_lines(name: str, line: str) -> None:
    """A few lines, one of each kind, are what they should be."""
    assert getattr(status_codes, name).lower() == line.lower()


def test_all_is_sorted_and_complete() -> None:
    """`__all__` lists every constant once, in order."""
    assert sorted({name for name in vars(status_codes) if name.startswith('HTTP_')}) == NAMES
