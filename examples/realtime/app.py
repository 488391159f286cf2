"""The application: which route leads where.

Serve it from the folder above with `uvicorn realtime.app:app`.
"""

import logging
import os

import falcon.asgi

from .chat import Chat, Echo
from .events import Counter, Notifications
from .middleware import AuthMiddleware, LoggingMiddleware
from .page import Page
from .users import Profile, Users, UserStore

MAX_BODY_BYTES = 64 * 1024


def create_app(token: str) -> falcon.asgi.App:
    """Return the application; `token` is what `/profile` asks for."""
    app = falcon.asgi.App(middleware=[LoggingMiddleware(), AuthMiddleware({token: 'Ada'})])
    app.req_options.max_media_size = MAX_BODY_BYTES

    users = Users(UserStore())
    app.add_route('/', Page())
    app.add_route('/users', users)
    app.add_route('/users/{user_id:int(min=1)}', users, suffix='one')
    app.add_route('/profile', Profile())
    app.add_route('/chat', Chat())
    app.add_route('/echo', Echo())
    app.add_route('/events', Counter())
    app.add_route('/notifications', Notifications())
    return app


logging.basicConfig(level=logging.INFO, format='%(levelname)-8s %(name)s %(message)s')
app = create_app(os.environ.get('REALTIME_TOKEN') or 'demo-token')
