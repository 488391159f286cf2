"""What stands for a type where a class would do as well, in the eyes of a type checker."""

import sys
from typing import TYPE_CHECKING, TypeAlias

__all__ = ['FormOf', 'TypeForm']

# `User | None`; `Optional[User]`, `Annotated[int, ...]` and `Literal['a']`; `type Users = list[User]`. No class is one:
# given beside `type[T]`, it would be a form of unknown meaning wherever T does not fit what the result is assigned to.
if TYPE_CHECKING:
    from types import UnionType
    from typing import _SpecialForm

    # PEP 747, the only one to which Pyright assigns `Annotated[...]` and `Literal[...]`. In overloads it stands last,
    # because mypy has it since 2.2 only. A type checker brings the module along, it need not be installed.
    from typing_extensions import TypeForm as FormOf

    if sys.version_info >= (3, 12):
        from typing import TypeAliasType

        TypeForm: TypeAlias = UnionType | _SpecialForm | TypeAliasType
    else:
        TypeForm: TypeAlias = UnionType | _SpecialForm
else:
    FormOf = type
    TypeForm = object
