"""Decoding right into a type, by msgspec: what it makes of types, and what its errors say."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from falcon_core.http_errors import HTTPError, MediaMalformedError, MediaMismatchError

__all__ = ['convert', 'json_decoder', 'list_fields', 'msgpack_decoder', 'refusal', 'refusal_text']

# To analyse a type takes longer than to decode most bodies. An application has so many types, unless it makes them
# while it runs.
_MAX_DECODERS = 256

# What the text of an error may have of names and values that a client chose.
_MAX_TEXT = 500

_LISTS = (inspect.ListType, inspect.SetType, inspect.FrozenSetType, inspect.VarTupleType, inspect.TupleType)

_PLACE = ' - at '


def json_decoder(kind: Any) -> Callable[[bytes | str], Any]:
    """Return what decodes JSON into a type.

    Raises:
        TypeError: msgspec does not know such types.
    """
    try:
        return _cached_json_decoder(kind)
    except TypeError:  # it has no hash, or is of no use either way
        return _json_decoder(kind)


def msgpack_decoder(kind: Any) -> Callable[[bytes], Any] | None:
    """Return what decodes MessagePack into a type; None if something in the type may be anything. See `json_decoder`.

    It allocates no more than what there is of a list, whatever length is declared. Where anything may be, it would take
    maps whose keys are lists, of which a client can choose any number that have the same hash.
    """
    try:
        return _cached_msgpack_decoder(kind)
    except TypeError:
        return _msgpack_decoder(kind)


def convert(value: object, kind: Any, *, strict: bool = True) -> Any:
    """Return what a decoded value is in a type.

    Args:
        value: What a decoder made of a body: dicts, lists, strings, numbers, booleans and None.
        kind: The type.
        strict: False to take strings for the numbers and booleans that they spell.

    Raises:
        msgspec.ValidationError: It is not of the type.
        TypeError: msgspec does not know such types.
    """
    return msgspec.convert(value, kind, strict=strict, str_keys=True)


def list_fields(kind: Any) -> frozenset[str] | None:
    """Return the names of the fields of a type that take a list and nothing else; None if all members do.

    Raises:
        TypeError: msgspec does not know such types.
    """
    try:
        return _cached_list_fields(kind)
    except TypeError:
        return _list_fields(kind)


def _list_fields(kind: Any) -> frozenset[str] | None:
    takes_list: dict[str, bool] = {}
    for member in _members(inspect.type_info(kind)):
        if isinstance(member, inspect.DictType) and _takes_list(member.value_type):
            return None
        for field in getattr(member, 'fields', ()):
            # Of a union of Structs, it shows only in decoding which one a body is.
            name = field.encode_name
            takes_list[name] = takes_list.get(name, True) and _takes_list(field.type)
    return frozenset(name for name, only in takes_list.items() if only)


def _takes_list(info: inspect.Type) -> bool:
    members = [member for member in _members(info) if not isinstance(member, inspect.NoneType)]
    return bool(members) and all(isinstance(member, _LISTS) for member in members)


def _members(info: inspect.Type) -> list[inspect.Type]:
    """Return the types that a union is made of, or the one that any other is, without what annotates it."""
    if isinstance(info, inspect.Metadata):
        return _members(info.type)
    if isinstance(info, inspect.UnionType):
        return [member for each in info.types for member in _members(each)]
    return [info]


def _json_decoder(kind: Any) -> Callable[[bytes | str], Any]:
    return msgspec.json.Decoder(kind).decode


def _msgpack_decoder(kind: Any) -> Callable[[bytes], Any] | None:
    decode = msgspec.msgpack.Decoder(kind).decode
    return None if _may_be_anything(inspect.type_info(kind)) else decode


def _may_be_anything(info: inspect.Type) -> bool:
    seen: set[int] = set()
    pending: list[Any] = [info]
    while pending:
        each = pending.pop()
        if isinstance(each, (inspect.AnyType, inspect.CustomType)):
            return True
        if isinstance(each, (inspect.Type, inspect.Field)) and id(each) not in seen:
            seen.add(id(each))
            pending += [getattr(each, name) for name in each.__struct_fields__]
        elif isinstance(each, tuple):
            pending += each
    return False


_cached_list_fields = lru_cache(_MAX_DECODERS)(_list_fields)
_cached_json_decoder = lru_cache(_MAX_DECODERS)(_json_decoder)
_cached_msgpack_decoder = lru_cache(_MAX_DECODERS)(_msgpack_decoder)


def refusal_text(error: Exception) -> str:
    """Return what is wrong with a body, and where if that is known: "Expected `int`, got `str` - at `$.price`"."""
    text = str(error)
    if len(text) <= _MAX_TEXT:
        return text
    place = f'{_PLACE}`{_path(text)[:_MAX_TEXT]}`' if isinstance(error, msgspec.ValidationError) else ''
    return f'{text[:_MAX_TEXT]}...{place}'


def refusal(error: Exception, media_type: str) -> HTTPError:
    """Return the error to answer a body with that could not be decoded into a type.

    Args:
        error: Why it could not; the error that is returned is to be raised from it.
        media_type: What the body should have been, such as `JSON`.
    """
    if isinstance(error, msgspec.ValidationError):
        return MediaMismatchError(refusal_text(error), _path(str(error)))
    return MediaMalformedError(media_type)


def _path(text: str) -> str:
    # A violation by a key of a mapping is "at `key` in `$.prices`"; one by the whole body is nowhere.
    _, found, place = text.rpartition(_PLACE)
    return place.rstrip('`').rpartition('`')[2] if found else '$'
