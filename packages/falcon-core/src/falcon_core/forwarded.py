"""What proxies tell of the request they passed on (RFC 7239)."""

import re
from dataclasses import dataclass

from falcon_core._quoting import split_unquoted
from falcon_core.uri import unquote_string

__all__ = ['Forwarded', 'parse_forwarded']

# Laxer than RFC 7239, section 4: many proxies leave out the quotes that a colon or a bracket calls for.
_PAIR = re.compile(r"""([!#$%&'*+\-.^_`|~0-9A-Za-z]++)=("(?:[^"\\]++|\\.)*+"|[^"\s]++)""", re.DOTALL)


@dataclass(slots=True)
class Forwarded:
    """What one proxy tells; each attribute is None unless the proxy gave it.

    Attributes:
        src: The node that sent the request to the proxy (`for`): an address, perhaps with a port,
            `unknown`, or a name that begins with an underscore.
        dest: The interface where the request came in to the proxy (`by`).
        host: The Host header as the proxy received it.
        scheme: The scheme of the request to the proxy (`proto`), in lowercase.
    """

    src: str | None = None
    dest: str | None = None
    host: str | None = None
    scheme: str | None = None


def parse_forwarded(header: str) -> list[Forwarded]:
    """Return what each proxy tells in a Forwarded header, the one nearest to the client first.

    Nothing is too malformed to be parsed: pairs without a value or a closing quote are passed over, and so is
    a proxy that gives none but those. Of two pairs with the same name the last one counts.

    Args:
        header: Such as `for=192.0.2.43, for="[2001:db8::1]:4711";proto=https`.
    """
    hops = []
    for element in split_unquoted(header, ','):
        pairs = [match for part in split_unquoted(element, ';') if (match := _PAIR.fullmatch(part))]
        if pairs:
            values = {pair[1].lower(): unquote_string(pair[2]) for pair in pairs}
            scheme = values.get('proto')
            hops.append(Forwarded(values.get('for'), values.get('by'), values.get('host'), scheme and scheme.lower()))
    return hops
