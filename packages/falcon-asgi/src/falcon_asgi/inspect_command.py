"""The command `falcon-inspect-app`: what an application is made of, as text or JSON."""

import argparse
import json
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any, cast

from falcon_asgi.app import App
from falcon_core.app_info import Info
from falcon_core.coroutines import signature_of
from falcon_core.errors import FalconError
from falcon_core.inspection import inspect_app, inspect_routes

__all__ = ['ApplicationNotFound', 'load_app', 'main']


class ApplicationNotFound(FalconError):
    """A text names no application."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what an application is made of.

    Args:
        arguments: The command's arguments; None takes those of the process.

    Raises:
        Exception: Whatever the module of the application raises while it is imported.
        SystemExit: With 2 and a line on standard error, if the arguments name no application.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        app = load_app(options.app_module)
    except ApplicationNotFound as error:
        parser.error(str(error))
    infos: list[Info] = [*inspect_routes(app)] if options.route_only else [inspect_app(app)]
    if options.json:
        found = [info.to_dict(internal=options.internal) for info in infos]
        text = json.dumps(found if options.route_only else found[0], indent=2)
    else:
        text = '\n'.join(info.to_string(options.verbose, options.internal) for info in infos)
    # A terminal that has no arrows gets question marks.
    encoding = sys.stdout.encoding or 'utf-8'
    sys.stdout.write(text.encode(encoding, 'replace').decode(encoding) + '\n')


def load_app(name: str) -> App:
    """Return the application that a text such as `service.main:app` names.

    The module is looked for in the current folder, too. What it names may be the application or a function that makes
    it, with or without parentheses behind its name.

    Args:
        name: `module:app`, `module:create_app` or `module:create_app()`; what is behind the colon may have dots.

    Raises:
        ApplicationNotFound: The text is of another form, or what it names is missing or is something else.
        Exception: Whatever the module raises while it is imported, or the function while it is called.
    """
    path, colon, attribute = name.removesuffix('()').partition(':')
    if not (colon and all(part.isidentifier() for part in (*path.split('.'), *attribute.split('.')))):
        raise ApplicationNotFound(f'received {name!r}, expected module:app or module:create_app()')
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    found: Any = _module(path)
    for part in attribute.split('.'):
        if not hasattr(found, part):
            raise ApplicationNotFound(f'the module {path!r} has nothing called {attribute!r}')
        found = getattr(found, part)
    if not isinstance(found, App):
        found = _made(found, name)
    return cast('App', found)


def _module(path: str) -> object:
    try:
        return pkgutil.resolve_name(f'{path}:')
    except ModuleNotFoundError as error:
        # A module that is there and fails to import another one is a matter of its own.
        if error.name is None or not f'{path}.'.startswith(f'{error.name}.'):
            raise
        raise ApplicationNotFound(f'no module {path!r} in {os.getcwd()} or elsewhere on sys.path') from error


def _made(factory: Any, name: str) -> App:
    if not callable(factory):
        raise ApplicationNotFound(f'{name} is {factory!r}, expected a falcon.asgi.App or a function that returns one')
    try:
        signature_of(factory).bind()
    except TypeError as error:
        raise ApplicationNotFound(f'{name} has to be called with more ({error}), expected no arguments') from error
    app = factory()
    if not isinstance(app, App):
        raise ApplicationNotFound(f'{name} returned {app!r}, expected a falcon.asgi.App')
    return app


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='falcon-inspect-app',
        description='Print the routes, middleware, sinks and error handlers of an application.',
    )
    parser.add_argument('app_module', metavar='app', help='module:app or module:create_app()')
    parser.add_argument('-r', '--route_only', action='store_true', help='print the routes only')
    parser.add_argument('-v', '--verbose', action='store_true', help='say where in the sources each thing is as well')
    parser.add_argument(
        '-i',
        '--internal',
        action='store_true',
        help='print the responders and error handlers that the framework itself has as well',
    )
    parser.add_argument('-j', '--json', action='store_true', help='print JSON; all that --verbose says is in it')
    return parser
