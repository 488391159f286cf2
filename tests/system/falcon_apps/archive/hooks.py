"""Hooks: who may, what may come, and what is said afterwards."""

from typing import Any

import falcon
from falcon.asgi import Request, Response

MAX_UPLOAD = 50_000


async def need_user(req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
    if req.context.user is None:
        raise falcon.HTTPUnauthorized(title='Log in first', challenges=['Basic realm="archive"'])


async def need_one_of(
    req: Request, resp: Response, resource: object, params: dict[str, Any], *names: str, word: str = 'Only'
) -> None:
    if req.context.user not in names:
        raise falcon.HTTPForbidden(title='Not yours', description=f'{word} {", ".join(names)} may do this.')


async def limit_size(req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
    if req.content_length is None:
        return
    if req.content_length > MAX_UPLOAD:
        raise falcon.HTTPContentTooLarge(title='Too much at once', retry_after=60)


async def lower_names(req: Request, resp: Response, resource: object, params: dict[str, Any]) -> None:
    if 'name' in params:
        params['name'] = params['name'].lower()


async def say_it_is_private(req: Request, resp: Response, resource: object) -> None:
    resp.cache_control = ['private', 'max-age=60']
    resp.vary = ['Cookie', 'Authorization']
