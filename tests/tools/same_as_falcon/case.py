"""A request to be answered by two frameworks, and how their answers are told apart."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exchanges import Answer, Exchange

__all__ = ['ANY', 'Case', 'Difference', 'Fields', 'fields', 'instead', 'unexplained']

Fields = dict[str, Any]

ANY = '.*'

# Lists in which neither order nor repetition means anything (RFC 9110, sections 10.2.1 and 12.5.5).
_LISTS = {'header allow', 'header vary'}


@dataclass(frozen=True, slots=True)
class Case:
    """A request.

    Attributes:
        app: Where the application is, as `module:attribute`.
        method: The method.
        target: The path and the query string, percent-encoded.
        headers: Pairs of a name and a value.
        body: The events of the body.
        leaves: True has the client leave instead of finishing its body.
        scope: What replaces or adds to the items of the scope.
    """

    app: str
    method: str = 'GET'
    target: str = '/'
    headers: Iterable[tuple[str, str]] = ()
    body: tuple[bytes, ...] = ()
    leaves: bool = False
    scope: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in reports, and where differences look for it."""
        parts = [self.app, self.method, self.target, *(f'{name}: {value}' for name, value in self.headers)]
        if self.body:
            parts.append(repr(self.body))
        if self.scope:
            parts.append(repr(dict(self.scope)))
        return ' '.join(parts) + ' leaves' * self.leaves

    def exchange(self) -> Exchange:
        """Return it as `exchanges` wants it."""
        return {
            'app': self.app,
            'method': self.method,
            'target': self.target,
            'headers': list(self.headers),
            'body': [chunk.decode('latin-1') for chunk in self.body],
            'leaves': self.leaves,
            'scope': dict(self.scope),
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """How the answers of the two are meant to differ.

    Attributes:
        reason: Why they do.
        cases: A regular expression, searched for in the names of cases.
        expected: By the name of a field of `fields`, or a regular expression for several: regular expressions for the
            whole of what Falcon has there and of what this framework has there, each as `str()` writes it. With
            `status` among them, nothing is explained where the statuses are others.
    """

    reason: str
    cases: str
    expected: Mapping[str, tuple[str, str]]

    def concerns(self, case: Case, theirs: Answer, ours: Answer) -> bool:
        """Return whether this may be why two answers differ."""
        patterns = self.expected.get('status')
        as_expected = patterns is None or _match(patterns, theirs['status'], ours['status'])
        return as_expected and re.search(self.cases, case.name) is not None

    def explains(self, name: str, theirs: Any, ours: Any) -> bool:
        """Return whether this is why a field differs."""
        return any(
            re.fullmatch(pattern, name) and _match(patterns, theirs, ours)
            for pattern, patterns in self.expected.items()
        )


def _match(patterns: tuple[str, str], theirs: Any, ours: Any) -> bool:
    values = (str(theirs), str(ours))
    return all(re.fullmatch(pattern, value, re.DOTALL) for pattern, value in zip(patterns, values, strict=True))


def instead(theirs: str, ours: str) -> dict[str, tuple[str, str]]:
    """Return what to expect where this framework answers with another status, and so with another answer."""
    return {'status': (theirs, ours), 'body|ended|raised|header .*': (ANY, ANY)}


def fields(answer: Answer, *, members: bool) -> Fields:
    """Return an answer in the form in which it is compared.

    Headers are counted, not ordered, and each is a field; so are the items of Allow and Vary. A body of JSON is
    compared as the value that it is, and its Content-Length only as to whether it is true.

    Args:
        answer: The answer.
        members: True makes each member of a body that is a JSON object a field; False makes the body one field.
    """
    headers: dict[str, Counter[str]] = {}
    for name, value in answer['headers']:
        headers.setdefault(name, Counter())[value] += 1
    found: Fields = {f'header {name}': sorted(values.elements()) for name, values in headers.items()}
    for name in _LISTS & found.keys():
        found[name] = sorted({item.strip() for value in found[name] for item in value.split(',')})
    found.update(status=answer['status'], body=answer['body'], ended=answer['ended'], raised=answer['raised'])
    if any('json' in value for value in headers.get('content-type', ())):
        found.update(_length(answer, headers))
        with suppress(ValueError):
            value = json.loads(answer['body'].encode('latin-1'))
            found['body'] = json.dumps(value)
            if members:
                found.update(_members('body', value))
    return found


def _members(name: str, value: Any) -> Fields:
    if not isinstance(value, dict):
        return {name: value}
    members: Fields = {name: 'an object', f'{name} keys': list(value)}
    for key, member in value.items():
        members.update(_members(f'{name} {key}', member))
    return members


def _length(answer: Answer, headers: Mapping[str, Counter[str]]) -> Fields:
    lengths = list(headers.get('content-length', Counter()).elements())
    if not answer['body']:
        return {'header content-length': len(lengths)}
    return {'header content-length': ['true' if length == str(len(answer['body'])) else length for length in lengths]}


def unexplained(
    case: Case, theirs: Answer, ours: Answer, differences: Iterable[Difference], used: set[int]
) -> Iterator[str]:
    """Yield what differs in two answers and is not meant to; add the differences that were met to `used`, by `id`."""
    # An answer of another kind is another answer: to tell member by member what is not in it would tell nothing.
    same_kind = theirs['status'] == ours['status']
    their_fields, our_fields = fields(theirs, members=same_kind), fields(ours, members=same_kind)
    concerned = [each for each in differences if each.concerns(case, theirs, ours)]
    missed = []
    for name in sorted({*their_fields, *our_fields}):
        their_value, our_value = their_fields.get(name), our_fields.get(name)
        if their_value == our_value:
            continue
        reasons = [each for each in concerned if each.explains(name, their_value, our_value)]
        used.update(id(each) for each in reasons)
        if not reasons:
            missed.append(f'    {name}: Falcon {their_value!r}, this {our_value!r}')
    if missed:
        yield '\n'.join([case.name, *missed])
