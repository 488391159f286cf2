"""Links to other resources in the Link header (RFC 8288)."""

from collections.abc import Iterable

from falcon_core.header_values import check_header_value, is_token
from falcon_core.uri import encode_check_escaped, encode_value

__all__ = ['format_link']

_CROSSORIGIN = {'anonymous': 'crossorigin', 'use-credentials': 'crossorigin="use-credentials"'}


def format_link(
    target: str,
    rel: str,
    *,
    title: str | None = None,
    title_star: tuple[str, str] | None = None,
    anchor: str | None = None,
    hreflang: str | Iterable[str] | None = None,
    type_hint: str | None = None,
    crossorigin: str | None = None,
    link_extension: Iterable[tuple[str, str]] | None = None,
) -> str:
    """Return a value of the Link header.

    Args:
        target: The URI of the resource that is linked to, percent-encoded where it is not yet.
        rel: What the resource is to this one: a relation type such as `next`, a URI, or several of either
            with spaces between.
        title: A name of the resource for people to read, in ISO 8859-1.
        title_star: The tag of a language, which may be empty, and such a name in it, in any characters.
        anchor: The URI that is linked from, if it is not the one requested.
        hreflang: The tag of the resource's language, or several.
        type_hint: The media type to expect of the resource.
        crossorigin: How a client is to fetch it from another origin: `anonymous` or `use-credentials`.
        link_extension: Further parameters, as pairs of name and value.

    Raises:
        ValueError: An argument holds what the header cannot, such as CR or LF, or is not one of its choices.
    """
    parameters = [f'<{encode_check_escaped(target)}>', _rel(rel)]
    if title is not None:
        parameters.append(f'title={_quoted(title)}')
    if title_star is not None:
        language, text = title_star
        parameters.append(f"title*=UTF-8'{_language(language) if language else ''}'{encode_value(text)}")
    if type_hint is not None:
        parameters.append(f'type={_quoted(type_hint)}')
    for language in (hreflang,) if isinstance(hreflang, str) else hreflang or ():
        parameters.append(f'hreflang={_language(language)}')
    if anchor is not None:
        parameters.append(f'anchor="{encode_check_escaped(anchor)}"')
    if crossorigin is not None:
        parameters.append(_crossorigin(crossorigin))
    parameters.extend(_extension(name, value) for name, value in link_extension or ())
    return check_header_value('; '.join(parameters))


def _rel(rel: str) -> str:
    relations = [encode_check_escaped(one) if '//' in one else one for one in rel.split(' ') if one]
    if not relations:
        raise ValueError('received an empty rel, expected at least one relation type')
    return f'rel={_token_or_quoted(" ".join(relations))}'


def _language(tag: str) -> str:
    if not is_token(tag) or "'" in tag:
        raise ValueError(f'received language tag {tag!r}, expected one such as "en" or "de-AT"')
    return tag


def _crossorigin(mode: str) -> str:
    parameter = _CROSSORIGIN.get(mode.lower())
    if parameter is None:
        raise ValueError(f'received crossorigin {mode!r}, expected one of {", ".join(_CROSSORIGIN)}')
    return parameter


def _extension(name: str, value: str) -> str:
    if not is_token(name):
        raise ValueError(f'received parameter name {name!r}, expected a token of RFC 9110')
    return f'{name}={_token_or_quoted(value)}'


def _token_or_quoted(text: str) -> str:
    return text if is_token(text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace('\\', '\\\\').replace('"', '\\"')
    return f'"{escaped}"'
