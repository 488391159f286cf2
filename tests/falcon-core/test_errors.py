import inspect

import pytest

from falcon_core import errors
from falcon_core.errors import FalconError, MissingDistribution, UnsupportedError


@pytest.mark.parametrize('name', errors.__all__)
def test_all_have_one_root_and_say_what_they_mean(name: str) -> None:
    """Each error is a FalconError, so that one clause catches all, and has a docstring of its own."""
    kind = getattr(errors, name)
    assert issubclass(kind, FalconError)
    assert kind.__doc__
    assert kind.__doc__ != FalconError.__doc__ or kind is FalconError


def test_every_error_is_public() -> None:
    """No class of the module is missing from `__all__`, which is sorted."""
    defined = [name for name, kind in vars(errors).items() if inspect.isclass(kind)]
    assert sorted(defined) == errors.__all__


@pytest.mark.parametrize(
    ('kind', 'base'),
    [
        (errors.ClientDisconnected, ConnectionError),
        (errors.CompatibilityError, ValueError),
        (errors.DelimiterError, OSError),
        (errors.HeaderNotSupported, ValueError),
        (errors.InvalidMediaRange, errors.InvalidMediaType),
        (errors.InvalidMediaType, ValueError),
        (errors.MissingDistribution, UnsupportedError),
        (errors.OperationNotAllowed, ValueError),
        (errors.UnacceptableRouteError, ValueError),
        (errors.UnsupportedError, RuntimeError),
        (errors.UnsupportedScopeError, RuntimeError),
    ],
)
def test_each_is_also_a_builtin_error(kind: type[Exception], base: type[Exception]) -> None:
    """Code that catches what Python itself would raise in such a case catches the error, with its text."""
    with pytest.raises(base, match='what happened'):
        raise kind('what happened') if kind is not MissingDistribution else MissingDistribution('what happened', 'x')


def test_missing_distribution_says_what_to_install() -> None:
    """The text names the feature and the distribution, which are attributes, too."""
    error = MissingDistribution('resp.sse', 'falcon-sse')
    assert str(error) == 'resp.sse needs falcon-sse: pip install falcon-sse'
    assert (error.feature, error.distribution) == ('resp.sse', 'falcon-sse')
