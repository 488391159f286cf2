"""The application of the benchmark in other frameworks, each written as its own documentation would have it.

Every function imports its framework and returns an ASGI application that answers

- PUT / with text, GET / with JSON, POST / with the JSON it was sent,
- GET /users/<number> with JSON that has the number.
"""


def starlette():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, PlainTextResponse
    from starlette.routing import Route

    async def get(request):
        return JSONResponse({'hello': 'world'})

    async def put(request):
        return PlainTextResponse('hello, world')

    async def post(request):
        return JSONResponse(await request.json())

    async def user(request):
        return JSONResponse({'id': request.path_params['user_id']})

    return Starlette(
        routes=[
            Route('/', get, methods=['GET']),
            Route('/', put, methods=['PUT']),
            Route('/', post, methods=['POST']),
            Route('/users/{user_id:int}', user),
        ]
    )


def litestar():
    from typing import Any

    from litestar import Litestar, MediaType, Request
    from litestar import get as on_get
    from litestar import post as on_post
    from litestar import put as on_put

    @on_get('/')
    async def get() -> dict[str, str]:
        return {'hello': 'world'}

    @on_put('/', media_type=MediaType.TEXT)
    async def put() -> str:
        return 'hello, world'

    @on_post('/')
    async def post(request: Request) -> Any:
        return await request.json()

    @on_get('/users/{user_id:int}')
    async def user(user_id: int) -> dict[str, int]:
        return {'id': user_id}

    return Litestar([get, put, post, user], openapi_config=None)


def blacksheep():
    from blacksheep import Application, Request, get, json, post, put, text

    @get('/')
    async def on_get():
        return json({'hello': 'world'})

    @put('/')
    async def on_put():
        return text('hello, world')

    @post('/')
    async def on_post(request: Request):
        return json(await request.json())

    @get('/users/{int:user_id}')
    async def user(user_id: int):
        return json({'id': user_id})

    return Application()


PEERS = {'starlette': starlette, 'litestar': litestar, 'blacksheep': blacksheep}
