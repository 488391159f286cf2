"""A resource that keeps what it was asked, and answers what it was told to."""

import json as json_module
from collections.abc import Mapping
from typing import Any

from falcon_asgi.request import Request
from falcon_asgi.response import Response
from falcon_core.hooks import before

__all__ = ['SimpleTestResourceAsync', 'capture_responder_args_async', 'set_resp_defaults_async']


async def capture_responder_args_async(req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
    """Keep what a responder is called with as attributes of its resource; a hook, for `falcon.before`.

    They are `captured_req`, `captured_resp` and `captured_kwargs`. If the request has a header
    `capture-req-body-bytes`, `captured_req_body` is as many bytes of its body, all for -1; otherwise, if it has a
    header `capture-req-media`, `captured_req_media` is its media.

    Args:
        req: The request.
        resp: The response.
        resource: The resource.
        params: The fields of the route.
    """
    kept: Any = resource
    kept.captured_req = req
    kept.captured_resp = resp
    kept.captured_kwargs = params
    kept.captured_req_media = None
    kept.captured_req_body = None
    size = req.get_header('capture-req-body-bytes')
    if size:
        kept.captured_req_body = await req.stream.read(int(size))
    elif req.get_header('capture-req-media'):
        kept.captured_req_media = await req.get_media()


async def set_resp_defaults_async(req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
    """Set what a `SimpleTestResourceAsync` was told to answer on the response; a hook, for `falcon.before`.

    Args:
        req: The request.
        resp: The response.
        resource: The resource.
        params: The fields of the route.
    """
    told: Any = resource
    if told._default_status is not None:
        resp.status = told._default_status
    if told._default_body is not None:
        resp.text = told._default_body
    if told._default_headers is not None:
        resp.set_headers(told._default_headers)


class SimpleTestResourceAsync:
    """A resource that keeps what it was asked, and answers GET and POST with what it was told to.

    Args:
        status: The status to answer with, or None for 200.
        body: The text to answer with, or None.
        json: An object whose JSON to answer with, or None.
        headers: Headers to answer with: a mapping from name to value, pairs, or None.

    Attributes:
        captured_req (Request | None): The last request; None before the first.
        captured_resp (Response | None): Its response.
        captured_kwargs (dict[str, Any] | None): The fields of its route.
        captured_req_media (Any): Its media, if it asked for that to be kept; see `capture_responder_args_async`.
        captured_req_body (bytes | None): Its body, in the same way.

    Raises:
        ValueError: `body` and `json` are given.
    """

    captured_req: Request | None
    captured_resp: Response | None
    captured_kwargs: dict[str, Any] | None
    captured_req_media: Any
    captured_req_body: bytes | None

    def __init__(
        self,
        status: str | int | None = None,
        body: str | None = None,
        json: object = None,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
    ) -> None:
        if body is not None and json is not None:
            raise ValueError('received body and json, expected one of them')
        self._default_status = status
        self._default_headers = headers
        self._default_body = body if json is None else json_module.dumps(json, ensure_ascii=False)
        self.captured_req = None
        self.captured_resp = None
        self.captured_kwargs = None
        self.captured_req_media = None
        self.captured_req_body = None

    @property
    def called(self) -> bool:
        """Whether it was asked anything."""
        return self.captured_req is not None

    @before(capture_responder_args_async)
    @before(set_resp_defaults_async)
    async def on_get(self, req: Request, resp: Response, **kwargs: Any) -> None:
        """Answer as the resource was told to."""

    @before(capture_responder_args_async)
    @before(set_resp_defaults_async)
    async def on_post(self, req: Request, resp: Response, **kwargs: Any) -> None:
        """Answer as the resource was told to."""
