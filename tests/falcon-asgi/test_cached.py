from typing import Any

import pytest

from falcon_asgi._cached import cached_attribute


class Square:
    def __init__(self, side: int) -> None:
        self.side = side
        self.times = 0

    @cached_attribute
    def area(self) -> int:
        """How large it is."""
        self.times += 1
        return self.side * self.side

    @cached_attribute
    def inverse(self) -> float:
        self.times += 1
        return 1 / self.side


def _double(square: Square) -> int:
    return 2 * square.side


class NamedSquare(Square):
    width = cached_attribute(_double)

    @cached_attribute
    def area(self) -> int:
        return super().area + 1


def test_the_value_is_worked_out_once_when_it_is_first_read() -> None:
    """The method is called at the first reading, and at no other."""
    square = Square(3)
    assert square.times == 0
    assert [square.area, square.area] == [9, 9]
    assert square.times == 1


def test_each_instance_has_a_value_of_its_own() -> None:
    """What one instance works out is nothing to another."""
    assert [Square(1).area, Square(2).area] == [1, 4]


def test_a_value_may_be_assigned() -> None:
    """An assigned value stands, before the first reading and after it; deleted, it is worked out again."""
    square = Square(3)
    square.area = 5
    assert (square.area, square.times) == (5, 0)
    del square.area
    assert square.area == 9
    square.area = 6
    assert square.area == 6


def test_an_exception_is_not_kept() -> None:
    """Where the method raises, it is called again at the next reading."""
    square = Square(0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            _ = square.inverse
    assert square.times == 2
    square.side = 2
    assert square.inverse == 0.5


def test_the_attribute_of_the_class_documents_it() -> None:
    """Read from the class, it is the descriptor, with the docstring of the method."""
    assert isinstance(Square.area, cached_attribute)
    assert Square.area.__doc__ == 'How large it is.'


def test_the_name_is_the_attributes() -> None:
    """A function may be given to an attribute of another name."""
    square = NamedSquare(3)
    assert square.width == 6
    assert 'width' in vars(square)
    assert '_double' not in vars(square)


def test_it_may_be_added_to_a_class_later() -> None:
    """Assigned to a class, it keeps its value under the name of the function."""

    class Plain:
        pass

    def one(_: Plain) -> int:
        return 1

    Plain.one = cached_attribute(one)  # type: ignore[attr-defined] # which is what the test is about
    plain: Any = Plain()
    assert (plain.one, vars(plain)) == (1, {'one': 1})


def test_a_subclass_may_replace_it() -> None:
    """The method of a subclass counts, and can ask that of its base."""
    assert NamedSquare(3).area == 10
