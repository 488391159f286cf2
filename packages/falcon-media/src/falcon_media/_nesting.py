"""Going through nested media without recursion, for what is nested deeper than the encoders go.

What a client sends is decoded to some depth, and may be echoed: whatever was read can be written again, so that no
client makes a fault of the server of it.
"""

from collections.abc import Iterator
from enum import Enum, auto

__all__ = ['MAX_DEPTH', 'Step', 'walk']

# More than any of the decoders goes, whose limits depend on the version of Python. Media beyond is a cycle.
MAX_DEPTH = 100_000


class Step(Enum):
    """What comes next on a walk, and what is given with it."""

    LIST = auto()  # a list or tuple begins
    LIST_END = auto()
    MAP = auto()  # a dict begins
    MAP_END = auto()
    KEY = auto()  # a key of the dict; its value comes next
    LEAF = auto()  # anything else


def walk(media: object, leaves: type | tuple[type, ...] = ()) -> Iterator[tuple[Step, object]]:
    """Yield lists and dicts, all that is in them, and their ends, in order.

    Args:
        media: What to go through.
        leaves: Lists, tuples or dicts of these types are taken as a whole.

    Raises:
        RecursionError: It is nested deeper than `MAX_DEPTH`.
    """
    depth = 0
    pending = [_first_step(media, leaves)]
    while pending:
        step, value = pending.pop()
        yield step, value
        if step is Step.LIST:
            assert isinstance(value, (list, tuple))
            pending.append((Step.LIST_END, value))
            pending += [_first_step(item, leaves) for item in reversed(value)]
        elif step is Step.MAP:
            assert isinstance(value, dict)
            pending.append((Step.MAP_END, value))
            for key, item in reversed(value.items()):
                pending += [_first_step(item, leaves), (Step.KEY, key)]
        depth += _DEEPER.get(step, 0)
        if depth > MAX_DEPTH:
            raise RecursionError(f'media is nested deeper than {MAX_DEPTH} levels')


_DEEPER = {Step.LIST: 1, Step.MAP: 1, Step.LIST_END: -1, Step.MAP_END: -1}


def _first_step(value: object, leaves: type | tuple[type, ...]) -> tuple[Step, object]:
    if isinstance(value, leaves):
        return Step.LEAF, value
    if isinstance(value, dict):
        return Step.MAP, value
    return Step.LIST if isinstance(value, (list, tuple)) else Step.LEAF, value
