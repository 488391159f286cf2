"""Writing the media of a response in the type that the client prefers (RFC 9110, section 12.1)."""

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_asgi.response_headers import add_vary

__all__ = ['negotiate']


def negotiate(req: Request, resp: Response, offered: tuple[str, ...]) -> None:
    """Set the Content-Type of a response whose body comes from `media`, unless it is set.

    A client that accepts none of the types gets the first, which section 12.4.1 allows: most that say so take it.

    Args:
        req: The request.
        resp: The response.
        offered: The media types to choose among, the dearest first.

    Raises:
        HTTPRequestHeaderFieldsTooLarge: Accept has more than `req_options.max_header_params` parts.
    """
    if resp.media is None or resp.text is not None or resp.data is not None or resp.content_type:
        return
    add_vary(resp, 'Accept')
    resp.content_type = req.client_prefers(offered) or offered[0]
