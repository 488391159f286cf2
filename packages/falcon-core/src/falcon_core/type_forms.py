"""What stands for a type where a class would do as well, in the eyes of a type checker."""

import sys
from typing import TYPE_CHECKING, TypeAlias

__all__ = ['TypeForm']

# `User | None`; `Optional[User]`, `Annotated[int, ...]` and `Literal['a']`; `type Users = list[User]`. No class is one:
# given beside `type[T]`, it would be a form of unknown meaning wherever T does not fit what the result is assigned to.
if TYPE_CHECKING:
    from types import UnionType
    from typing import _SpecialForm

    if sys.version_info >= (3, 12):
        from typing import TypeAliasType

        TypeForm: TypeAlias = UnionType | _SpecialForm | TypeAliasType
    else:
        TypeForm: TypeAlias = UnionType | _SpecialForm
else:
    TypeForm = object
