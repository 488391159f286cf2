"""How exchanges without a server are driven, and how two answers are told apart."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest

from exchanges import Answer, Exchange, answer
from same_as_falcon.case import Case, Difference, instead, unexplained

CASE = Case('module:app', 'POST', '/a%20b?c=d', [('X-A', 'b')], (b'one', b'two'))


def _answer(status: int = 200, body: str = '', **headers: str) -> Answer:
    pairs = [(name.replace('_', '-'), value) for name, value in headers.items()]
    return {'status': status, 'headers': pairs, 'body': body, 'ended': True, 'raised': None}


def _json(value: Any, **options: Any) -> Answer:
    body = json.dumps(value, **options)
    return _answer(body=body, content_type='application/json', content_length=str(len(body)))


def _found(theirs: Answer, ours: Answer, differences: Iterable[Difference] = ()) -> tuple[list[str], int]:
    """Return what is unexplained, and how many differences were met."""
    seen: set[int] = set()
    return list(unexplained(CASE, theirs, ours, list(differences), seen)), len(seen)


def test_application_gets_the_request_and_gives_an_answer() -> None:
    """The scope says what the request says, the body comes event by event, and the client stays until the end."""
    got: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.extend([scope['method'], scope['path'], scope['query_string'], scope['headers'], scope['client'][0]])
        got.extend([await receive(), await receive()])
        await send({'type': 'http.response.start', 'status': 201, 'headers': [(b'x', b'y')]})
        await send({'type': 'http.response.body', 'body': b'a', 'more_body': True})
        await send({'type': 'http.response.body', 'body': b'b'})
        got.append(await receive())

    given = asyncio.run(answer(app, CASE.exchange()))
    assert given == {'status': 201, 'headers': [('x', 'y')], 'body': 'ab', 'ended': True, 'raised': None}
    assert got == [
        'POST',
        '/a b',
        b'c=d',
        [(b'x-a', b'b')],
        '192.0.2.7',
        {'type': 'http.request', 'body': b'one', 'more_body': True},
        {'type': 'http.request', 'body': b'two', 'more_body': False},
        {'type': 'http.disconnect'},
    ]


def test_client_may_leave_and_application_may_fail() -> None:
    """A client that leaves does so within its body; an exception that gets out is part of the answer."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())['more_body']
        assert await receive() == {'type': 'http.disconnect'}
        raise KeyError('out')

    exchange: Exchange = {'method': 'GET', 'target': '/', 'headers': [], 'body': ['x'], 'leaves': True}
    assert asyncio.run(answer(app, exchange)) == {
        'status': None,
        'headers': [],
        'body': '',
        'ended': False,
        'raised': 'KeyError',
    }


def test_equal_answers() -> None:
    """How JSON is laid out, the order of headers, and that of Allow, make no difference."""
    assert _found(_json({'a': [1]}), _json({'a': [1]}, separators=(',', ':'))) == ([], 0)
    assert _found(_answer(a='1', b='2'), _answer(b='2', a='1')) == ([], 0)
    assert _found(_answer(allow='GET, PUT'), _answer(allow='PUT, GET')) == ([], 0)


@pytest.mark.parametrize(
    ('theirs', 'ours', 'field'),
    [
        (_answer(200), _answer(201), 'status'),
        (_answer(body='a'), _answer(body='b'), 'body'),
        (_answer(x_a='b'), _answer(), 'header x-a'),
        (_json({'a': 1}), _json({'a': 2}), 'body a'),
        (_json({'a': 1, 'b': 2}), _json({'b': 2, 'a': 1}), 'body keys'),
        (
            _json([1]),
            {**_json([1]), 'headers': [('content-type', 'application/json'), ('content-length', '9')]},
            'length',
        ),
        (_answer(), {**_answer(), 'ended': False}, 'ended'),
    ],
)
def test_different_answers(theirs: Answer, ours: Answer, field: str) -> None:
    """What differs is told with the name of the field, unless a difference explains it."""
    (text,), seen = _found(theirs, ours)
    assert text.startswith(CASE.name)
    assert field in text
    assert seen == 0


def test_difference_is_met() -> None:
    """A difference explains the fields that it names, in the cases that it names, where both values are as it says."""
    met = Difference('', '/a%20b', {'header x': (r"\['1'\]", 'None')})
    assert _found(_answer(x='1'), _answer(), [met]) == ([], 1)
    assert _found(_answer(x='2'), _answer(), [met])[1] == 0
    assert _found(_answer(x='1', y='1'), _answer(), [met])[0] != []
    assert _found(_answer(x='1'), _answer(), [Difference('', '/elsewhere', met.expected)])[1] == 0


def test_another_answer_is_one_where_the_statuses_are_as_expected() -> None:
    """A difference with statuses explains the whole of the answers, and nothing where the statuses are others."""
    another = Difference('', '.', instead('200', '404'))
    assert _found(_answer(200, 'found', x='1'), _answer(404, 'nothing'), [another]) == ([], 1)
    assert _found(_answer(200, 'found'), _answer(200, 'other'), [another])[0] != []
    assert _found(_answer(200, 'found'), _answer(500, 'other'), [another])[0] != []
