"""Users, kept in memory, read and written as JSON or MessagePack."""

import re
from dataclasses import asdict, dataclass

import falcon
from falcon.asgi import Request, Response

MAX_USERS = 1000
MAX_NAME = 80
MAX_EMAIL = 254

_EMAIL = re.compile(r'[^@\s]+@[^@\s.]+(\.[^@\s.]+)+')


@dataclass(frozen=True)
class User:
    id: int
    name: str
    email: str


class UserStore:
    """As many users as fit; a real application would ask its database here."""

    def __init__(self) -> None:
        self._users: dict[int, User] = {}
        self._last_id = 0

    def all(self) -> list[User]:
        return list(self._users.values())

    def get(self, user_id: int) -> User | None:
        return self._users.get(user_id)

    def add(self, name: str, email: str) -> User:
        if any(user.email.lower() == email.lower() for user in self._users.values()):
            raise falcon.HTTPConflict(
                title='User exists', description=f'There is a user with the email {email} already.'
            )
        if len(self._users) >= MAX_USERS:
            raise falcon.HTTPInsufficientStorage(title='Full', description=f'There are {MAX_USERS} users already.')
        self._last_id += 1
        user = self._users[self._last_id] = User(self._last_id, name, email)
        return user


async def negotiate(req: Request, resp: Response, resource: object, params: dict[str, object]) -> None:
    """Answer in the one of the two formats that the client's Accept header prefers."""
    preferred = req.client_prefers([falcon.MEDIA_JSON, falcon.MEDIA_MSGPACK])
    if preferred is None:
        raise falcon.HTTPNotAcceptable(description='Users come as application/json or application/msgpack.')
    resp.content_type = preferred
    resp.append_header('Vary', 'Accept')


@falcon.before(negotiate)
class Users:
    def __init__(self, store: UserStore) -> None:
        self._store = store

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'users': [asdict(user) for user in self._store.all()]}

    async def on_post(self, req: Request, resp: Response) -> None:
        name, email = read_user(req.media)
        user = self._store.add(name, email)
        resp.status = falcon.HTTP_201
        resp.location = f'/users/{user.id}'
        resp.media = asdict(user)

    async def on_get_one(self, req: Request, resp: Response, user_id: int) -> None:
        user = self._store.get(user_id)
        if user is None:
            raise falcon.HTTPNotFound(title='No such user', description=f'There is no user {user_id}.')
        resp.media = asdict(user)


class Profile:
    """Who is asking; AuthMiddleware has put it into the request's context."""

    requires_auth = True

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {'user': req.context.user}


def read_user(media: object) -> tuple[str, str]:
    """Return the name and the email that a client sent."""
    if not isinstance(media, dict):
        raise falcon.HTTPUnprocessableEntity(
            title='Invalid user', description='A user is an object with a name and an email.'
        )
    name = _read_text(media, 'name', MAX_NAME)
    email = _read_text(media, 'email', MAX_EMAIL)
    if not _EMAIL.fullmatch(email):
        raise falcon.HTTPUnprocessableEntity(
            title='Invalid user', description='The email has to look like ada@example.org.'
        )
    return name, email


def _read_text(media: dict[object, object], field: str, max_length: int) -> str:
    value = media.get(field)
    if not isinstance(value, str) or not value.strip():
        raise falcon.HTTPUnprocessableEntity(title='Invalid user', description=f'The {field} is missing.')
    if len(value) > max_length:
        raise falcon.HTTPUnprocessableEntity(
            title='Invalid user',
            description=f'The {field} has {len(value)} characters, at most {max_length} are allowed.',
        )
    return value.strip()
