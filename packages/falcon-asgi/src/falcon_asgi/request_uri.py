"""Where a request was sent to, by its own account and by that of the proxies on its way.

What proxies tell (Forwarded, RFC 7239, and the X-Forwarded headers) is only as trustworthy as the outermost of them: a
client can write the same headers.
"""

from typing import TYPE_CHECKING

from falcon_core.forwarded import Forwarded, parse_forwarded
from falcon_core.http_errors import HTTPInvalidHeader
from falcon_core.uri import parse_host

if TYPE_CHECKING:
    from falcon_asgi.request import Request

__all__ = [
    'access_route',
    'forwarded',
    'forwarded_host',
    'forwarded_scheme',
    'host_and_port',
    'netloc',
    'path',
    'relative_uri',
    'remote_addr',
    'subdomain',
]

_DEFAULT_PORTS = {'http': 80, 'https': 443, 'ws': 80, 'wss': 443}


def path(self: 'Request') -> str:
    """The path that routes are found for: percent-decoded, without the root path.

    Without a slash at its end if `req_options.strip_url_path_trailing_slash` is set.
    """
    found: str = self.scope['path'] or '/'
    root: str = self.scope.get('root_path') or ''
    # Servers and mounts hand down the whole path together with the part of it that leads here.
    if root and found.startswith(root) and found[len(root) : len(root) + 1] in ('', '/'):
        found = found[len(root) :] or '/'
    if self.options.strip_url_path_trailing_slash and len(found) > 1:
        found = found.rstrip('/') or '/'
    return found


def netloc(self: 'Request') -> str:
    """The Host header; without one, the server's own name and, unless it is the scheme's default, port."""
    host = self.get_header('Host')
    if host is not None:
        return host
    name, port = self.scope.get('server') or ('localhost', None)
    return name if port is None or port == _DEFAULT_PORTS.get(self.scheme) else f'{name}:{port}'


def host_and_port(self: 'Request') -> tuple[str, int]:
    """The host's name or address, and its port.

    Raises HTTPInvalidHeader if the Host header is malformed.
    """
    default_port = _DEFAULT_PORTS.get(self.scheme, 80)
    try:
        name, port = parse_host(self.netloc, default_port)
    except ValueError as error:
        raise HTTPInvalidHeader('It must be a host, with or without a port.', 'Host') from error
    return name, default_port if port is None else port


def subdomain(self: 'Request') -> str | None:
    """The first label of a host name of several, or None; of an IP address, None."""
    name, dot, _ = self.host.partition('.')
    return name if dot and not self.host.replace('.', '').isdecimal() else None


def relative_uri(self: 'Request') -> str:
    """The root path, the path and the query string."""
    whole = self.root_path + self.path
    return f'{whole}?{self.query_string}' if self.query_string else whole


def remote_addr(self: 'Request') -> str:
    """The address that the connection came from, `127.0.0.1` if the server does not tell."""
    client = self.scope.get('client')
    address: str = client[0] if client else '127.0.0.1'
    return address


def forwarded(self: 'Request') -> list[Forwarded] | None:
    """What each proxy tells in the Forwarded header, the one nearest to the client first; None without that header."""
    header = self.get_header('Forwarded')
    return None if header is None else parse_forwarded(header)


def forwarded_scheme(self: 'Request') -> str:
    """The scheme that the client used, as the first proxy tells; without a proxy, `scheme`."""
    if self.forwarded:
        return self.forwarded[0].scheme or self.scheme
    told = self.get_header('X-Forwarded-Proto')
    return told.partition(',')[0].strip().lower() if told else self.scheme


def forwarded_host(self: 'Request') -> str:
    """The host, and perhaps port, that the client asked for, as the first proxy tells; without a proxy, `netloc`."""
    if self.forwarded:
        return self.forwarded[0].host or self.netloc
    told = self.get_header('X-Forwarded-Host')
    return told.partition(',')[0].strip() if told else self.netloc


def access_route(self: 'Request') -> list[str]:
    """The addresses that the request came through, the client's first and the connection's last.

    From Forwarded, or else X-Forwarded-For, or else X-Real-IP; always ends with `remote_addr`.
    """
    route = _told_route(self)
    if not route or route[-1] != self.remote_addr:
        route.append(self.remote_addr)
    return route


def _told_route(req: 'Request') -> list[str]:
    if req.forwarded:
        return [_address(hop.src) for hop in req.forwarded if hop.src is not None]
    told = req.get_header('X-Forwarded-For')
    if told is not None:
        return [address for part in told.split(',') if (address := part.strip())]
    real = req.get_header('X-Real-IP')
    return [] if real is None else [real]


def _address(node: str) -> str:
    try:
        return parse_host(node)[0]
    except ValueError:
        return node
