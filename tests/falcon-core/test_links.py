from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.header_values import check_header_value
from falcon_core.links import format_link


@pytest.mark.parametrize(
    ('target', 'rel', 'options', 'value'),
    [
        ('/a b', 'next', {}, '</a%20b>; rel=next'),
        ('/%20\xe9', 'next', {}, '</%2520%C3%A9>; rel=next'),
        ('/a>\r\n', 'next', {}, '</a%3E%0D%0A>; rel=next'),
        ('/a', ' next  prev', {}, '</a>; rel="next prev"'),
        ('/a', 'http://b/c\xe9', {}, '</a>; rel="http://b/c%C3%A9"'),
        ('/a', 'next http://b/c', {}, '</a>; rel="next http://b/c"'),
        ('/a', 'next', {'title': 'a "t" \\ \xe9'}, '</a>; rel=next; title="a \\"t\\" \\\\ \xe9"'),
        ('/a', 'next', {'title_star': ('de', '\u20ac 1')}, "</a>; rel=next; title*=UTF-8'de'%E2%82%AC%201"),
        ('/a', 'next', {'title_star': ('', 'x')}, "</a>; rel=next; title*=UTF-8''x"),
        ('/a', 'next', {'anchor': '/x y'}, '</a>; rel=next; anchor="/x%20y"'),
        ('/a', 'next', {'hreflang': 'de-AT'}, '</a>; rel=next; hreflang=de-AT'),
        ('/a', 'next', {'hreflang': ('en', 'de')}, '</a>; rel=next; hreflang=en; hreflang=de'),
        ('/a', 'next', {'type_hint': 'text/html'}, '</a>; rel=next; type="text/html"'),
        ('/a', 'next', {'crossorigin': 'Anonymous'}, '</a>; rel=next; crossorigin'),
        ('/a', 'next', {'crossorigin': 'use-credentials'}, '</a>; rel=next; crossorigin="use-credentials"'),
        ('/a', 'next', {'link_extension': [('a', 'b'), ('c', 'd;e')]}, '</a>; rel=next; a=b; c="d;e"'),
    ],
)
def test_format_link(target: str, rel: str, options: dict[str, Any], value: str) -> None:
    """A link is a URI in angle brackets, its relation, and what else is known, quoted where it must be."""
    assert format_link(target, rel, **options) == value


@pytest.mark.parametrize(
    ('rel', 'options'),
    [
        ('', {}),
        (' ', {}),
        ('next\r\nX: y', {}),
        ('next', {'title': 'a\r\nb'}),
        ('next', {'title': '\u20ac'}),
        ('next', {'title_star': ("a'b", 'c')}),
        ('next', {'title_star': ('a b', 'c')}),
        ('next', {'hreflang': 'en; rel=prev'}),
        ('next', {'hreflang': ['en', '']}),
        ('next', {'type_hint': 'text/html\n'}),
        ('next', {'crossorigin': 'maybe'}),
        ('next', {'link_extension': [('a b', 'c')]}),
        ('next', {'link_extension': [('a', 'b\x00')]}),
    ],
)
def test_what_a_link_cannot_hold_is_refused(rel: str, options: dict[str, Any]) -> None:
    """Control characters, false names and unknown choices raise ValueError."""
    with pytest.raises(ValueError, match='received'):
        format_link('/a', rel, **options)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_argument_breaks_out(target: str, rel: str, title: str, extension: str) -> None:
    """Whatever the arguments hold, the value is safe to send and has the parameters asked for, or ValueError."""
    try:
        value = format_link(target, rel, title=title, title_star=('', title), link_extension=[('x', extension)])
    except ValueError:
        return
    assert check_header_value(value) == value
    assert value.count('<') - (rel + title + extension).count('<') == 1
