"""Where a request was sent to, by its own account and by that of the proxies on its way.

What proxies tell (Forwarded, RFC 7239, and the X-Forwarded headers) is only as trustworthy as the outermost of them: a
client can write the same headers.
"""

import re
from typing import TYPE_CHECKING

from falcon_asgi.request_headers import counted_header
from falcon_core.asgi_types import Scope
from falcon_core.forwarded import Forwarded, parse_forwarded
from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.uri import DEFAULT_PORTS, parse_host

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'access_route',
    'forwarded',
    'forwarded_host',
    'forwarded_scheme',
    'host_and_port',
    'netloc',
    'relative_uri',
    'remote_addr',
    'root_path',
    'routing_path',
    'subdomain',
]

# A comma joins several. The others would have a link name another path, query or user than the one of the request.
_NOT_IN_HOST = re.compile(r'[\x00-\x20,/?#@\\\x7f]')


def routing_path(scope: Scope, strip_trailing_slash: bool) -> str:
    """Return the path that routes are found for: percent-decoded, without the root path.

    Args:
        scope: The connection scope.
        strip_trailing_slash: Whether to leave out a slash at its end.
    """
    path = _below(root_path(scope), scope['path'])
    if strip_trailing_slash:
        path = path.removesuffix('/')
    return path or '/'


def _below(root: str, path: str) -> str:
    # Servers and mounts hand down the whole path together with the part of it that leads here.
    is_whole = path.startswith(root) and path[len(root) : len(root) + 1] in ('', '/')
    return path[len(root) :] if is_whole else path


def root_path(scope: Scope) -> str:
    """Return the beginning of the path at which the application is mounted, without a slash at its end."""
    root: str | None = scope.get('root_path')
    return root.rstrip('/') if root else ''


def netloc(self: 'Request') -> str:
    """The Host header; without one, the server's own name and, unless it is the scheme's default, port.

    Raises HTTPInvalidHeader if the header was sent several times, or would not end where the path begins (RFC 9112,
    section 3.2).
    """
    host = self.get_header('Host')
    if host is not None:
        if _NOT_IN_HOST.search(host) is not None:
            raise HTTPInvalidHeader('It must be one host.', 'Host')
        return host
    name, port = self.scope.get('server') or ('localhost', None)
    if ':' in name:  # an IPv6 address (RFC 3986, section 3.2.2)
        name = f'[{name}]'
    return name if port is None or port == DEFAULT_PORTS.get(self.scheme) else f'{name}:{port}'


def host_and_port(self: 'Request') -> tuple[str, int]:
    """The host's name or address, and its port.

    Raises HTTPInvalidHeader if the Host header is malformed.
    """
    try:
        name, port = parse_host(self.netloc)
    except ValueError as error:
        raise HTTPInvalidHeader('It must be a host, with or without a port.', 'Host') from error
    return name, DEFAULT_PORTS.get(self.scheme, 80) if port is None else port


def subdomain(self: 'Request') -> str | None:
    """The first label of a host name of several, or None; of an IP address, None."""
    host = self.host
    is_address = ':' in host or host.replace('.', '').isdecimal()
    name, dot, _ = host.partition('.')
    return name if dot and not is_address else None


def relative_uri(self: 'Request') -> str:
    """The root path, the path, which is percent-decoded, and the query string, which is not."""
    whole = self.root_path + self.path
    return f'{whole}?{self.query_string}' if self.query_string else whole


def remote_addr(self: 'Request') -> str:
    """The address that the connection came from, `127.0.0.1` if the server does not tell."""
    client = self.scope.get('client')
    address: str = client[0] if client else '127.0.0.1'
    return address


def forwarded(self: 'Request') -> list[Forwarded] | None:
    """What each proxy tells in the Forwarded header, the one nearest to the client first; None without that header."""
    header = counted_header(self, 'Forwarded')
    return None if header is None else parse_forwarded(header)


def forwarded_scheme(self: 'Request') -> str:
    """The scheme that the client used, as the first proxy tells; without a proxy, `scheme`."""
    hops = self.forwarded
    if hops is not None:
        return (hops and hops[0].scheme) or self.scheme
    told = self.get_header('X-Forwarded-Proto')
    return (told or '').partition(',')[0].strip().lower() or self.scheme


def forwarded_host(self: 'Request') -> str:
    """The host, and perhaps port, that the client asked for, as the first proxy tells; without a proxy, `netloc`."""
    hops = self.forwarded
    if hops is not None:
        return (hops and hops[0].host) or self.netloc
    told = self.get_header('X-Forwarded-Host')
    return (told or '').partition(',')[0].strip() or self.netloc


def access_route(self: 'Request') -> list[str]:
    """The addresses that the request came through, the client's first and the connection's last.

    From Forwarded, or else X-Forwarded-For, or else X-Real-IP; always ends with `remote_addr`.
    """
    route = _told_route(self)
    if not route or route[-1] != self.remote_addr:
        route.append(self.remote_addr)
    return route


def _told_route(req: 'Request') -> list[str]:
    # What proxies of another kind tell counts only if those that write Forwarded are silent, not if what they tell is
    # malformed: they may be the ones that are trusted.
    if req.forwarded is not None:
        return [_address(hop.src) for hop in req.forwarded if hop.src is not None]
    told = counted_header(req, 'X-Forwarded-For')
    if told is not None:
        return [address for part in told.split(',') if (address := part.strip())]
    real = req.get_header('X-Real-IP')
    return [real] if real else []


def _address(node: str) -> str:
    try:
        return parse_host(node)[0]
    except ValueError:
        return node
