import asyncio
import copy
import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core import media as media_module
from falcon_core.errors import MissingDistribution, UnsupportedError
from falcon_core.http_errors import HTTPUnsupportedMediaType
from falcon_core.media import BaseHandler, BinaryBaseHandlerWS, Handlers, TextBaseHandlerWS, typed_method


class Upper(BaseHandler):
    """Text that is sent in capitals; told from others by its name."""

    def __init__(self, name: str = '') -> None:
        self.name = name

    def serialize(self, media: object, content_type: str) -> bytes:
        return str(media).upper().encode()

    def deserialize(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return stream.read().decode().lower()


class Awaited(Upper):
    """A handler with coroutines of its own."""

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        return b'awaited'

    async def deserialize_async(self, stream: Any, content_type: str | None, content_length: int | None) -> object:
        return 'awaited'


class Form(Upper):
    """A handler that reads the request's stream by itself."""

    buffered = False


class Body:
    """An asynchronous stream of a request's body."""

    async def read(self, n: int = -1, /) -> bytes:
        return b'BODY'


@pytest.fixture
def handlers() -> Handlers:
    """Handlers for two kinds of media types."""
    return Handlers({'application/json': Upper('json'), 'text/csv': Upper('csv')})


def name_of(handlers: Handlers, media_type: str | None) -> str | None:
    found = handlers.find(media_type, 'application/json')
    if found is None:
        return None
    assert isinstance(found.handler, Upper)
    return found.handler.name


@pytest.mark.parametrize(
    ('media_type', 'name'),
    [
        ('text/csv', 'csv'),
        ('application/json', 'json'),
        ('Text/CSV', 'csv'),
        ('text/csv; charset=utf-8', 'csv'),
        ('text/csv;q=0', 'csv'),
        (None, 'json'),
        ('', 'json'),
        ('*/*', 'json'),
        ('text/html', None),
        ('csv', None),
        ('text/', None),
        ('text/csv, application/json', None),
        ('text/csv; q=nonsense', None),
    ],
)
def test_finds_the_handler_of_a_media_type(handlers: Handlers, media_type: str | None, name: str | None) -> None:
    """Case and parameters do not matter, a missing type stands for the default, a malformed one has no handler."""
    assert name_of(handlers, media_type) == name
    assert name_of(handlers, media_type) == name, 'when it is asked for again'


def test_parameters_that_both_name_have_to_agree() -> None:
    """A type fits one that was registered with parameters unless a parameter differs; the first that fits is taken."""
    handlers = Handlers({'text/csv; header=absent': Upper('absent'), 'text/csv': Upper('csv')})
    assert name_of(handlers, 'text/csv; header=absent') == 'absent'
    assert name_of(handlers, 'text/csv;charset=utf-8;header=absent') == 'absent'
    assert name_of(handlers, 'text/csv; header=present') == 'csv'
    assert name_of(handlers, 'text/csv') == 'csv'


@given(st.text())
def test_any_text_is_found_or_is_not(text: str) -> None:
    """No value of a Content-Type header, however malformed, raises anything."""
    handlers = Handlers({'application/json': Upper('json')})
    assert name_of(handlers, text) in ('json', None)


def test_resolve_raises_415(handlers: Handlers) -> None:
    """Where there is no handler, the error tells the client which types are supported."""
    assert handlers.resolve('text/csv', 'application/json') is handlers.find('text/csv', 'application/json')
    with pytest.raises(HTTPUnsupportedMediaType) as raised:
        handlers.resolve('text/html', 'application/json')
    assert raised.value.description == ('text/html is an unsupported media type; supported: application/json, text/csv')
    handlers.clear()
    with pytest.raises(HTTPUnsupportedMediaType) as raised:
        handlers.resolve(None, 'application/json')
    assert raised.value.description == 'application/json is an unsupported media type; supported: none'


def replaced_by_item(handlers: Handlers) -> Handlers:
    handlers['text/csv'] = Upper('new')
    return handlers


def replaced_by_update(handlers: Handlers) -> Handlers:
    handlers.update({'text/csv': Upper('new')})
    return handlers


def replaced_by_union(handlers: Handlers) -> Handlers:
    return handlers | {'text/csv': Upper('new')}


def replaced_in_place(handlers: Handlers) -> Handlers:
    handlers |= {'text/csv': Upper('new')}
    return handlers


@pytest.mark.parametrize('replaced', [replaced_by_item, replaced_by_update, replaced_by_union, replaced_in_place])
def test_a_replaced_handler_is_found_at_once(handlers: Handlers, replaced: Callable[[Handlers], Handlers]) -> None:
    """What was found before is not remembered past a change, whichever way it is made."""
    assert name_of(handlers, 'text/csv; charset=utf-8') == 'csv'
    assert name_of(replaced(handlers), 'text/csv; charset=utf-8') == 'new'


def test_a_removed_handler_is_found_no_more(handlers: Handlers) -> None:
    """A handler is not remembered past its removal; one that was missing is found once it is there."""
    assert name_of(handlers, 'text/csv') == 'csv'
    del handlers['text/csv']
    assert name_of(handlers, 'text/csv') is None
    handlers['text/csv'] = Upper('new')
    assert name_of(handlers, 'text/csv') == 'new'


@pytest.mark.parametrize('duplicated', [Handlers.copy, copy.copy, copy.deepcopy])
def test_a_copy_goes_its_own_way(handlers: Handlers, duplicated: Callable[[Handlers], Handlers]) -> None:
    """A handler replaced in a copy is not found by the original, nor the other way round."""
    assert name_of(handlers, 'text/csv') == 'csv'
    duplicate = duplicated(handlers)
    assert type(duplicate) is Handlers
    duplicate['text/csv'] = Upper('new')
    assert [name_of(duplicate, 'text/csv'), name_of(handlers, 'text/csv')] == ['new', 'csv']
    handlers['text/csv'] = Upper('newer')
    assert [name_of(handlers, 'text/csv'), name_of(duplicate, 'text/csv')] == ['newer', 'new']


@pytest.mark.parametrize('initial', [None, {}])
def test_the_default_is_what_is_installed(monkeypatch: pytest.MonkeyPatch, initial: dict[str, Any] | None) -> None:
    """Without handlers, or with none, those that the installed distributions announce are taken."""
    monkeypatch.setattr(media_module, 'installed_media_handlers', lambda: {'text/csv': Upper('installed')})
    assert name_of(Handlers(initial), 'text/csv') == 'installed'


def test_what_clients_send_takes_bounded_memory(handlers: Handlers) -> None:
    """However many different media types are asked for, and however long, few and short ones are remembered."""
    for number in range(1000):
        assert name_of(handlers, f'text/csv; n={number}') == 'csv'
        assert len(handlers._resolutions) <= 256
    kept = len(handlers._resolutions)
    assert name_of(handlers, f'text/csv; n={"x" * 300}') == 'csv'
    assert len(handlers._resolutions) == kept


def test_tells_which_methods_do_the_work() -> None:
    """A handler with coroutines of its own is to be awaited; the others do it at once."""
    handlers = Handlers({'a/plain': Upper(), 'a/awaited': Awaited(), 'a/form': Form()})
    plain, awaited, form = (handlers.resolve(f'a/{name}', 'a/plain') for name in ('plain', 'awaited', 'form'))
    assert plain.serialize is not None
    assert plain.serialize('a', 'a/plain') == b'A'
    assert plain.deserialize is not None
    assert plain.deserialize(io.BytesIO(b'A'), 'a/plain', 1) == 'a'
    assert (awaited.serialize, awaited.deserialize) == (None, None)
    assert (plain.buffered, awaited.buffered, form.buffered) == (True, True, False)


def test_a_handler_of_another_family_is_awaited() -> None:
    """An object that has the methods but not the base is taken by its coroutines."""

    class Foreign:
        async def serialize_async(self, media: object, content_type: str) -> bytes:
            return b'foreign'

    foreign: Any = Foreign()
    found = Handlers({'a/foreign': foreign}).resolve('a/foreign', 'a/foreign')
    assert (found.handler, found.serialize, found.deserialize, found.buffered) == (foreign, None, None, True)


def test_the_coroutines_do_what_the_methods_do() -> None:
    """A handler that only implements the methods can be awaited; the body is then read to its end first."""

    async def main() -> None:
        handler = Upper()
        assert await handler.serialize_async('a', 'a/plain') == b'A'
        assert await handler.deserialize_async(Body(), 'a/plain', None) == 'body'

    asyncio.run(main())


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda: BaseHandler().serialize(1, 'a/b'), 'BaseHandler has no serialize method'),
        (lambda: BaseHandler().deserialize(io.BytesIO(), 'a/b', 0), 'BaseHandler has no deserialize method'),
        (lambda: TextBaseHandlerWS().serialize(1), 'TextBaseHandlerWS has no serialize method'),
        (lambda: TextBaseHandlerWS().deserialize(''), 'TextBaseHandlerWS has no deserialize method'),
        (lambda: BinaryBaseHandlerWS().serialize(1), 'BinaryBaseHandlerWS has no serialize method'),
        (lambda: BinaryBaseHandlerWS().deserialize(b''), 'BinaryBaseHandlerWS has no deserialize method'),
    ],
)
def test_a_method_that_is_missing(call: Callable[[], object], message: str) -> None:
    """What a handler does not implement raises NotImplementedError with its name."""
    with pytest.raises(NotImplementedError, match=message):
        call()


def test_registry_without_handlers_says_what_to_install() -> None:
    """What needs a handler is named with the distribution that has some; with any handler, nothing is missed."""
    handlers = Handlers({'text/plain': BaseHandler()})
    handlers.require_any('resp.media')
    handlers.clear()
    with pytest.raises(MissingDistribution, match=r'resp\.media needs falcon-media: pip install falcon-media'):
        handlers.require_any('resp.media')


def test_handler_that_reads_the_stream_is_given_it() -> None:
    """The coroutine of a handler that is not buffered reads nothing ahead of it."""

    class Reading(BaseHandler):
        buffered = False

        def deserialize(self, stream: object, content_type: str | None, content_length: int | None) -> object:
            return stream

    stream: Any = object()
    assert asyncio.run(Reading().deserialize_async(stream, None, None)) is stream


class Typed(BaseHandler):
    """A handler that knows types."""

    def deserialize_as(self, body: bytes, content_type: str | None, kind: Any) -> Any:
        return kind(body)


def test_typed_decoding_can_be_awaited() -> None:
    """A handler that decodes into types at once can be asked by a coroutine as well."""
    decode = typed_method(Typed(), 'deserialize_as_async')
    assert asyncio.run(decode(b'12', None, int)) == 12


@pytest.mark.parametrize('handler', [Upper(), TextBaseHandlerWS(), BinaryBaseHandlerWS(), object()])
def test_a_handler_without_typed_decoding_is_named(handler: object) -> None:
    """The error says which handler lacks which method, for bodies as for messages."""
    with pytest.raises(UnsupportedError, match=f'{type(handler).__name__} has no deserialize_as method'):
        typed_method(handler, 'deserialize_as')


def test_a_body_of_a_handler_without_typed_decoding() -> None:
    """The base has the coroutine, which names the method that is missing."""
    with pytest.raises(UnsupportedError, match='Upper has no deserialize_as method'):
        asyncio.run(Upper().deserialize_as_async(b'1', None, int))


def test_a_handler_says_whether_it_need_not_be_awaited() -> None:
    """A handler is asked, not its class: what is no handler of the base's kind is always awaited."""

    class Moody(Upper):
        serializes_sync = False

    class Alien:
        def __getattr__(self, name: str) -> Any:
            if name.endswith('_sync'):
                raise AttributeError(name)
            return str

    resolved = Handlers({'a/b': Moody()}).resolve('a/b', 'a/b')
    assert resolved.serialize is None
    assert resolved.deserialize is not None
    alien: Any = Alien()
    resolved = Handlers({'a/b': alien}).resolve('a/b', 'a/b')
    assert (resolved.serialize, resolved.deserialize) == (None, None)


def test_suffixes_are_matched_if_asked_for(handlers: Handlers) -> None:
    """The handler of a format takes the types built on it, by a suffix, once that is switched on (RFC 6838)."""
    assert handlers.match_suffixes is False
    assert name_of(handlers, 'application/vnd.api+json') is None
    handlers.match_suffixes = True
    assert name_of(handlers, 'application/vnd.api+json') == 'json'
    assert name_of(handlers, 'Application/Vnd.Api+JSON; charset=utf-8') == 'json'
    assert name_of(handlers, 'text/x+csv') is None
    assert name_of(handlers, 'application/json+') is None
    assert name_of(handlers, '+json') is None
    handlers['application/vnd.api+json'] = Upper('api')
    assert name_of(handlers, 'application/vnd.api+json') == 'api'
    assert copy.copy(handlers).match_suffixes is True
    handlers.match_suffixes = False
    assert name_of(handlers, 'application/problem+json') is None
