"""What an application is made of, as text: the visitors of `falcon_core.app_info`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from falcon_core.app_info import (
        AppInfo,
        ErrorHandlerInfo,
        Info,
        MiddlewareClassInfo,
        MiddlewareInfo,
        MiddlewareMethodInfo,
        MiddlewareTreeInfo,
        MiddlewareTreeItemInfo,
        RouteInfo,
        RouteMethodInfo,
        SinkInfo,
        StaticRouteInfo,
    )

__all__ = ['InspectVisitor', 'StringVisitor']

_INDENT = 4
_STEP = 2
_BRANCH = '   ├── '
_LAST_BRANCH = '   └── '
_HOOK_SYMBOLS = {'process_request': '→', 'process_resource': '↣', 'process_response': '↢'}


class InspectVisitor:
    """The base of visitors: a subclass has a method `visit_route`, `visit_sink`, ... for each kind it makes text of."""

    def process(self, instance: 'Info') -> str:
        """Return the text for a part of an application.

        Args:
            instance: The part; its `visit_name` says which method makes the text.

        Raises:
            RuntimeError: The visitor has no method for this kind, or it is no part of an application.
        """
        name = getattr(instance, 'visit_name', None)
        if name is None:
            raise RuntimeError(f'received {instance!r}, expected a part of an application')
        visit = getattr(self, f'visit_{name}', None)
        if visit is None:
            raise RuntimeError(f'{type(self).__name__} has no method visit_{name} for {type(instance).__name__}')
        text: str = visit(instance)
        return text


class StringVisitor(InspectVisitor):
    """Makes text for people of what an application is made of.

    Args:
        verbose: Say where in the sources each thing is, and which classes the middleware is of.
        internal: List the responders and error handlers that the framework itself has as well.
        name: What to call the application; None or empty for `Falcon App`.
    """

    def __init__(self, verbose: bool = False, internal: bool = False, name: str | None = '') -> None:
        self.verbose = verbose
        self.internal = internal
        self.name = name
        self.indent = 0

    @property
    def tab(self) -> str:
        """The indentation of the line at hand."""
        return ' ' * self.indent

    def visit_route_method(self, route_method: 'RouteMethodInfo') -> str:
        """Return the text for a responder."""
        return f'{route_method.method} - {route_method.function_name}{self._source(route_method.source_info)}'

    def visit_route(self, route: 'RouteInfo') -> str:
        """Return the text for a route: a line, and one for each responder."""
        title = f'{self.tab}⇒ {route.path} - {route.class_name}{self._source(route.source_info)}'
        own = [method for method in route.methods if not method.internal]
        added = [method for method in route.methods if method.internal and self.internal]
        return self._with_branches(title, [*own, *added])

    def visit_static_route(self, static_route: 'StaticRouteInfo') -> str:
        """Return the text for a static route."""
        fallback = f' [{static_route.fallback_filename}]' if static_route.fallback_filename else ''
        return f'{self.tab}↦ {static_route.prefix} {static_route.directory}{fallback}'

    def visit_sink(self, sink: 'SinkInfo') -> str:
        """Return the text for a sink."""
        return f'{self.tab}⇥ {sink.prefix} {sink.name}{self._source(sink.source_info)}'

    def visit_error_handler(self, error_handler: 'ErrorHandlerInfo') -> str:
        """Return the text for an error handler."""
        return f'{self.tab}⇜ {error_handler.error} {error_handler.name}{self._source(error_handler.source_info)}'

    def visit_middleware_method(self, middleware_method: 'MiddlewareMethodInfo') -> str:
        """Return the text for a hook of a class."""
        return f'{middleware_method.function_name}{self._source(middleware_method.source_info)}'

    def visit_middleware_class(self, middleware_class: 'MiddlewareClassInfo') -> str:
        """Return the text for a class: a line, and one for each hook."""
        title = f'{self.tab}↣ {middleware_class.name}{self._source(middleware_class.source_info)}'
        return self._with_branches(title, middleware_class.methods)

    def visit_middleware_tree_item(self, mti: 'MiddlewareTreeItemInfo') -> str:
        """Return the text for a hook in the order of a request's way."""
        symbol = _HOOK_SYMBOLS.get(mti.name.removesuffix('_async'), '→')
        return f'{self.tab}{symbol} {mti.class_name}.{mti.name}'

    def visit_middleware_tree(self, m_tree: 'MiddlewareTreeInfo') -> str:
        """Return the text for the hooks in the order of a request's way, in to the responder and out again."""
        way_in, way_out = len(m_tree.request) + len(m_tree.resource), len(m_tree.response)
        if not way_in + way_out:
            return ''
        deepest = max(way_in, way_out)
        depths = iter(range(deepest - way_in, deepest))
        lines = list(self._stairs(m_tree.request, depths))
        if m_tree.resource:
            lines += [''] if lines else []
            lines += self._stairs(m_tree.resource, depths)
        lines += ['', f'{self.tab}{" " * _STEP * (deepest + 1)}├── Process route responder']
        if m_tree.response:
            lines += ['', *self._stairs(m_tree.response, iter(range(deepest - 1, -1, -1)))]
        return '\n'.join(lines)

    def visit_middleware(self, middleware: 'MiddlewareInfo') -> str:
        """Return the text for the middleware: the tree and, if verbose, the classes."""
        text = self.process(middleware.middleware_tree)
        if self.verbose and middleware.middleware_classes:
            text += '\n' if text else ''
            text += f'{self.tab}- Middleware classes:\n{self._block(middleware.middleware_classes)}'
        return text

    def visit_app(self, app: 'AppInfo') -> str:
        """Return the text for a whole application; what it has none of is left out."""
        text = f'{self.name or "Falcon App"} ({"ASGI" if app.asgi else "WSGI"})'
        handlers = [handler for handler in app.error_handlers if self.internal or not handler.internal]
        sections: list[tuple[str, Sequence[Info]]] = [
            ('Routes', app.routes),
            (f'Middleware ({app.middleware.independent_text})', [app.middleware]),
            ('Static routes', app.static_routes),
            ('Sinks', app.sinks),
            ('Error handlers', handlers),
        ]
        for title, parts in sections:
            block = self._block(parts)
            if block:
                text += f'\n{self.tab}• {title}:\n{block}'
        return text

    def _source(self, source_info: str) -> str:
        return f' ({source_info})' if self.verbose else ''

    def _block(self, parts: Iterable['Info']) -> str:
        """Return the text for parts of one section, a step further to the right."""
        self.indent += _INDENT
        try:
            return '\n'.join(map(self.process, parts))
        finally:
            self.indent -= _INDENT

    def _with_branches(self, title: str, methods: 'Sequence[RouteMethodInfo | MiddlewareMethodInfo]') -> str:
        if not methods:
            return title
        *lines, last = [self.process(method) for method in methods]
        branches = [*(f'{_BRANCH}{line}' for line in lines), f'{_LAST_BRANCH}{last}']
        return '\n'.join([f'{title}:', *(f'{self.tab}{branch}' for branch in branches)])

    def _stairs(self, items: 'Iterable[MiddlewareTreeItemInfo]', depths: Iterator[int]) -> Iterator[str]:
        """Yield the lines of items, each as deep as the next of `depths` says."""
        for item in items:
            yield ' ' * _STEP * next(depths) + self.process(item)
