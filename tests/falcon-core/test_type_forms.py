from typing import Annotated, Literal, Optional, get_type_hints

import pytest

from falcon_core.type_forms import FormOf, TypeForm


@pytest.mark.parametrize(
    'form',
    [int | None, Optional[int], Annotated[int, 'count'], Literal['a']],  # noqa: UP045 # the form is what is tested
)
def test_forms_are_told_apart_by_type_checkers_alone(form: TypeForm) -> None:
    """When the program runs, everything is a form, so that annotations can be evaluated on any version of Python."""
    assert isinstance(form, TypeForm)
    assert get_type_hints(_decode)['form'] == FormOf[int]


def _decode(form: FormOf[int]) -> None: ...
