"""Writing and reading JSON by msgspec, and what there is to do where msgspec alone does not do."""

from typing import Any

import msgspec

from falcon_media._nesting import Step, walk

__all__ = ['base_value', 'decode', 'encode']

_OPENERS = b'[{:'
_BRACKETS = {Step.LIST: b'[', Step.LIST_END: b']', Step.MAP: b'{', Step.MAP_END: b'}'}
_ENDS = (Step.LIST_END, Step.MAP_END)


def encode(media: object) -> bytes:
    """Return `media` as JSON in UTF-8.

    Raises:
        TypeError: There is no JSON for something in it.
        ValueError: There is a lone surrogate in it, which UTF-8 cannot hold, or an integer of more than 4300 digits.
        RecursionError: It is nested deeper than a hundred thousand levels, as only a cycle is.
    """
    try:
        return _encoder.encode(media)
    except (TypeError, RecursionError):
        return _encode_thoroughly(media)


def base_value(value: object) -> object:
    """Return the text or number that an object of a derived class is, which libraries make of theirs.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    raise TypeError(f'received a {type(value).__name__}, expected an object that can be written')


_encoder = msgspec.json.Encoder(enc_hook=base_value)

decode = msgspec.json.Decoder().decode
"""Return the object that JSON represents, given as text or in UTF-8.

Raises ValueError if it is malformed, RecursionError if it is nested deeper than the interpreter goes.
"""


def _encode_thoroughly(media: object) -> bytes:
    """Return what `encode` does: of any depth, with any key that a client can send or the standard library takes."""
    pieces: list[bytes] = []
    for step, value in walk(media):
        if pieces and pieces[-1][-1] not in _OPENERS and step not in _ENDS:
            pieces.append(b',')
        if step is Step.KEY:
            pieces.append(_key(value))
        elif step is Step.LEAF:
            pieces.append(_encoder.encode(value))
        else:
            pieces.append(_BRACKETS[step])
    return b''.join(pieces)


def _key(key: Any) -> bytes:
    if key is None:
        key = 'null'
    elif type(key) not in (str, bytes) and isinstance(key, (str, int, float)):
        key = base_value(key)
    # The colon is part of it, so that nothing but a key ends with one.
    return _encoder.encode({key: None})[1 : -len(b'null}')]
