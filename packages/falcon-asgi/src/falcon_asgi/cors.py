"""Cross-origin resource sharing (Fetch standard, "CORS protocol"; Private Network Access)."""

import re
from collections.abc import Iterable
from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_asgi.response_headers import add_vary
from falcon_core.header_values import check_header_value, joined_values

__all__ = ['CORSMiddleware']

_MAX_AGE_S = 86400

# What of the client's is said again. Some servers let control characters through, which no header of ours can have.
_ECHOED = re.compile(r'[\t\x20-\x7e]*')


class CORSMiddleware:
    """Lets pages of other origins read the responses.

    A preflight is answered with what the responder of OPTIONS says in `Allow`; where it says nothing, as a sink may,
    the answer is left as it is, and browsers take it as a refusal. Where a response already has an
    `Access-Control-Allow-Origin`, that is left alone. Where all may read alike, requests without an origin are told so
    as well, so that pages can read what a cache kept of them.

    Args:
        allow_origins: The origins that may read, such as `https://example.com`, one or several; `*` for all.
        expose_headers: The response headers that pages may read besides the usual ones; a list, or text with commas.
        allow_credentials: The origins that may send cookies and authorization: one, several, or `*` for all that are
            allowed; None for none.
        allow_private_network: Whether pages of public networks may ask a server in a private one.

    Raises:
        ValueError: `*` is one of several origins, or a name in `expose_headers` cannot be in a header.
    """

    def __init__(
        self,
        allow_origins: str | Iterable[str] = '*',
        expose_headers: str | Iterable[str] | None = None,
        allow_credentials: str | Iterable[str] | None = None,
        allow_private_network: bool = False,
    ) -> None:
        self._origins = _origins(allow_origins, 'allow_origins')
        self._credentials = _origins(() if allow_credentials is None else allow_credentials, 'allow_credentials')
        self._expose_headers = None if expose_headers is None else check_header_value(joined_values(expose_headers))
        self._private_network = allow_private_network
        # Where the answer differs by origin, a cache must not give that for one, or for none, to another. Where it is
        # the same for all of them, it has to be the same for none (Fetch standard, "CORS protocol and HTTP caches").
        self._varies = self._origins is not None or self._credentials != frozenset()

    async def process_response_async(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> None:
        """Run `process_response`, which is the one that subclasses extend."""
        extended: Any = self.process_response(req, resp, resource, req_succeeded)
        if extended is not None:  # a subclass may have made it a coroutine function
            await extended

    def process_response(self, req: Request, resp: Response, resource: object, req_succeeded: bool) -> Any:
        """Add the headers that an origin's request calls for."""
        origin = req.get_header('Origin')
        if self._varies:
            add_vary(resp, 'Origin')
            if origin is None or not _ECHOED.fullmatch(origin):
                return
            if self._origins is not None and origin not in self._origins:
                return
        is_preflight = req.method == 'OPTIONS' and bool(req.get_header('Access-Control-Request-Method'))
        if is_preflight and origin is not None and req_succeeded:
            if resp.get_header('Allow') is None:
                return
            self._allow_request(req, resp)
        if resp.get_header('Access-Control-Allow-Origin') is None:
            self._allow_origin(origin, resp)
        if self._expose_headers:
            resp.set_header('Access-Control-Expose-Headers', self._expose_headers)

    def _allow_origin(self, origin: str | None, resp: Response) -> None:
        with_credentials = self._credentials is None or origin in self._credentials
        named = self._origins is not None or with_credentials
        resp.set_header('Access-Control-Allow-Origin', '*' if origin is None or not named else origin)
        if with_credentials:
            resp.set_header('Access-Control-Allow-Credentials', 'true')

    def _allow_request(self, req: Request, resp: Response) -> None:
        resp.set_header('Access-Control-Allow-Methods', resp.get_header('Allow') or '')
        resp.delete_header('Allow')
        asked = req.get_header('Access-Control-Request-Headers')
        resp.set_header('Access-Control-Allow-Headers', asked if asked and _ECHOED.fullmatch(asked) else '*')
        resp.set_header('Access-Control-Max-Age', str(_MAX_AGE_S))
        if self._private_network and req.get_header('Access-Control-Request-Private-Network') == 'true':
            resp.set_header('Access-Control-Allow-Private-Network', 'true')


def _origins(origins: str | Iterable[str], argument: str) -> frozenset[str] | None:
    """Return the origins of an argument, or None for all."""
    if origins == '*':
        return None
    found = frozenset((origins,) if isinstance(origins, str) else origins)
    if '*' in found:
        raise ValueError(f'received {argument} {sorted(found)!r}, expected "*" by itself')
    return found
