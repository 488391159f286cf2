import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.file_names import format_content_disposition, secure_filename
from falcon_core.header_values import check_header_value
from falcon_core.media_types import parse_header
from falcon_core.uri import decode


@pytest.mark.parametrize(
    ('filename', 'secured'),
    [
        ('a-b_c.tar.gz', 'a-b_c.tar.gz'),
        ('/etc/passwd', '_etc_passwd'),
        ('..\\..\\boot.ini', '_._.._boot.ini'),
        ('.bashrc', '_bashrc'),
        ('..', '_.'),
        ('a  b\x00.txt', 'a__b_.txt'),
        ('caf\xe9.txt', 'cafe_.txt'),
        ('\ufb01le \U0001d7cf', 'file_1'),
        ('\u65e5\u672c.txt', '__.txt'),
        ('\ud800', '_'),
    ],
)
def test_secure_filename(filename: str, secured: str) -> None:
    """What is no ASCII letter, digit, dot or hyphen becomes an underscore, as does a dot at the start."""
    assert secure_filename(filename) == secured


@pytest.mark.parametrize(
    ('max_length', 'secured'),
    [(1, 'a'), (4, 'abcd'), (5, 'a.txt'), (9, 'abcde.txt'), (10, 'abcdef.txt'), (99, 'abcdef.txt')],
)
def test_a_long_name_is_cut_before_its_extension(max_length: int, secured: str) -> None:
    """The extension is kept where that leaves room for anything else."""
    assert secure_filename('abcdef.txt', max_length) == secured


@pytest.mark.parametrize(('filename', 'max_length'), [('', None), ('a', 0), ('a', -1)])
def test_no_name_can_be_made_of_nothing(filename: str, max_length: int | None) -> None:
    """An empty name, and a length that leaves none, raise ValueError."""
    with pytest.raises(ValueError, match='expected at least'):
        secure_filename(filename, max_length)


@given(st.text(min_size=1), st.none() | st.integers(1, 20))
def test_any_name_is_secured(filename: str, max_length: int | None) -> None:
    """A secured name is short enough, has no separator, is not hidden, and stays when secured again."""
    secured = secure_filename(filename, max_length)
    assert 1 <= len(secured) <= (max_length or len(secured))
    assert secured.isascii()
    assert not set(secured) & set('/\\: ')
    assert not secured.startswith('.')
    assert secure_filename(secured, max_length) == secured


@pytest.mark.parametrize(
    ('filename', 'value'),
    [
        ('a b;c.txt', 'attachment; filename="a b;c.txt"'),
        ('', 'attachment; filename=""'),
        ('\u20ac.txt', "attachment; filename=_.txt; filename*=UTF-8''%E2%82%AC.txt"),
        ('a"b\\c.txt', "attachment; filename=a_b_c.txt; filename*=UTF-8''a%22b%5Cc.txt"),
        ('../a.txt', "attachment; filename=_._a.txt; filename*=UTF-8''..%2Fa.txt"),
        ('%41.txt', "attachment; filename=_41.txt; filename*=UTF-8''%2541.txt"),
    ],
)
def test_content_disposition(filename: str, value: str) -> None:
    """A name that every client reads alike is quoted; any other comes in UTF-8, with one for old clients."""
    assert format_content_disposition(filename) == value
    assert format_content_disposition(filename, 'inline') == value.replace('attachment', 'inline')


@pytest.mark.parametrize('filename', ['a\r\nb', '\n', 'a\x00', '\x7f', '\xe9\n'])
def test_control_characters_are_refused(filename: str) -> None:
    """A name that could end its header early raises ValueError."""
    with pytest.raises(ValueError, match='expected no control character'):
        format_content_disposition(filename)


@given(st.text(st.characters(exclude_categories=['Cs'])) | st.text('a"\\%;\xe9 '))
def test_a_name_comes_back(filename: str) -> None:
    """Any name without control characters can be read from the header, which is safe to send."""
    try:
        value = check_header_value(format_content_disposition(filename))
    except ValueError:
        assert not filename.isprintable()
        return
    kind, parameters = parse_header(value)
    assert kind == 'attachment'
    extended = parameters.get('filename*')
    read = parameters['filename'] if extended is None else decode(extended.removeprefix("UTF-8''"), unquote_plus=False)
    assert read == filename
