"""Groups of errors, as task groups raise them."""

__all__ = ['consists_of']


def consists_of(error: BaseException, kind: type[Exception]) -> bool:
    """Return whether an error is of a kind, or a group of nothing else, as a task group makes of its tasks' errors."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(kind)[1] is None
    return isinstance(error, kind)
