"""The language of `%runs QUERY`, of the command line and of the explorer's search field.

```
query       = [ either ]
either      = all { "or" all }
all         = inverse { [ "and" ] inverse }         terms side by side must all hold
inverse     = [ "not" ] term
term        = "(" either ")" | field | comparison | TEXT
field       = ( "state" | "name" | "experiment" | "id" ) ( ":" | "=" | "==" | "!=" | "~" ) TEXT
comparison  = [ "metric." | "param." | "tag." ] KEY ( "=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" ) TEXT
TEXT, KEY   = a word, or anything in '...' or "..."; the words of the grammar only so
```

A bare TEXT is looked for in the name. A KEY without a prefix is a metric when the run has one of that name, else a
parameter, else a tag. `~` is "contains", whatever the case. Numbers compare as numbers, everything else as text. `≤`,
`≥`, `≠` and curly quotes stand for what they look like. This module only parses; `_matching.py` decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from ..entities import RunStatus
from ..exceptions import UsageError

FIELDS = ("state", "name", "experiment", "id")
"""What may stand before `:` or `~` and is a fact of the run itself, not one of its keys."""

NAMESPACES = ("metric", "param", "tag")
"""What may stand before a key's first dot to say where to look for it."""

DEEPEST = 100
"""Levels of brackets and `not`: more than anybody writes, and less than Python's stack holds."""

_JOINING = frozenset({"and", "or", "not", "&", "&&", "|", "||", ","})
"""Join terms, or look as if they did: as a text they are quoted."""

_ORDERED = frozenset({"<", "<=", ">", ">="})

_SHOWN_STATES = {"queued": "SCHEDULED", "stopped": "KILLED"}
"""States as JupyterLab calls them: who reads a word there may search for it."""

_LIKE_A_NUMBER = re.compile(r"[+-]?\.?(\d|$)")
_DATE = re.compile(r"\d{4}-\d\d(-\d\d\S*)?")
"""As a text it is before and behind others as they are in time."""

_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!="}

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | [“„](?P<curly>[^“”„]*)[“”]
      | (?P<operator>==|!=|<=|>=|[=<>~:≤≥≠])
      | (?P<paren>[()])
      | (?P<word>[^\s()=<>!~:"'≤≥≠“”„]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class FieldTerm:
    """A fact of the run: `exact` for `:`, contains for `~`."""

    field: str
    text: str
    exact: bool


@dataclass(frozen=True)
class Comparison:
    """A metric, parameter or tag against a value. `namespace` is empty when the query does not say which."""

    namespace: str
    key: str
    operator: str
    text: str


@dataclass(frozen=True)
class Not:
    """The opposite of a query."""

    term: Query


@dataclass(frozen=True)
class All:
    """Every term holds; without terms, every run fits."""

    terms: tuple[Query, ...] = ()


@dataclass(frozen=True)
class Either:
    """At least one term holds."""

    terms: tuple[Query, ...]


Query: TypeAlias = FieldTerm | Comparison | Not | All | Either


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def keyword(self) -> str:
        return self.text.lower() if self.kind == "word" else ""


def parse_query(text: str) -> Query:
    """Return the meaning of a query; an empty one fits every run.

    Raises
    ------
    UsageError
        The text is no query; the message shows where.

    Examples
    --------
    >>> parse_query("not acc > 0.9")
    Not(term=Comparison(namespace='', key='acc', operator='>', text='0.9'))
    """
    parser = _Parser(text)
    if parser.peek() is None:
        return All()
    query = parser.either()
    if (rest := parser.peek()) is not None:
        raise parser.error(f"unexpected {rest.text!r}")
    return query


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._index = 0
        self._depth = 0

    def peek(self) -> _Token | None:
        return self._tokens[self._index] if self._index < len(self._tokens) else None

    def error(self, what: str) -> UsageError:
        token = self.peek()
        return _error(self._text, token.position if token else len(self._text), what)

    def either(self) -> Query:
        terms = [self._all()]
        while self._keyword("or"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def _all(self) -> Query:
        terms = [self._inverse()]
        while self._keyword("and") or self._starts_term():
            terms.append(self._inverse())
        return terms[0] if len(terms) == 1 else All(tuple(terms))

    def _inverse(self) -> Query:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.error("nested too deeply")
        query = Not(self._inverse()) if self._keyword("not") else self._term()
        self._depth -= 1
        return query

    def _term(self) -> Query:
        if self._take("paren", "("):
            query = self.either()
            if not self._take("paren", ")"):
                raise self.error("expected ')'")
            return query
        head = self._text_token("a word")
        operator = self._take("operator")
        if operator is None:
            return FieldTerm("name", head.text, exact=False)
        value = self._text_token(f"a value after {operator.text!r}")
        if head.keyword in FIELDS:
            return self._field(head.keyword, operator, value)
        if operator.text in _ORDERED and value.kind == "word" and _is_spoilt_number(value.text):
            raise _error(self._text, value.position, f"{value.text!r} is no number (in quotes it is a text)")
        if operator.text == ":":
            raise _error(
                self._text, operator.position, f"{head.text!r} cannot stand before ':' ({', '.join(FIELDS)} can)"
            )
        namespace, _, key = head.text.partition(".")
        if head.kind == "word" and namespace in NAMESPACES and key:
            return Comparison(namespace, key, operator.text, value.text)
        return Comparison("", head.text, operator.text, value.text)

    def _field(self, field: str, operator: _Token, value: _Token) -> Query:
        text = value.text
        if operator.text in _ORDERED:
            raise _error(self._text, operator.position, f"{field!r} cannot stand before {operator.text!r}")
        if field == "state":
            text = _SHOWN_STATES.get(text.lower(), text.upper())
            if text not in RunStatus.__members__:
                known = ", ".join(status.lower() for status in RunStatus.__members__)
                raise _error(self._text, value.position, f"no state {value.text!r} (there are {known})")
        term = FieldTerm(field, text, exact=operator.text != "~")
        return Not(term) if operator.text == "!=" else term

    def _starts_term(self) -> bool:
        token = self.peek()
        if token is None or token.keyword in ("or", "and"):
            return False
        return token.kind in ("word", "quoted") or token.text == "("

    def _keyword(self, word: str) -> bool:
        token = self.peek()
        if token is not None and token.keyword == word:
            self._index += 1
            return True
        return False

    def _take(self, kind: str, text: str | None = None) -> _Token | None:
        token = self.peek()
        if token is None or token.kind != kind or (text is not None and token.text != text):
            return None
        self._index += 1
        return token

    def _text_token(self, expected: str) -> _Token:
        if (following := self.peek()) is not None and following.keyword in _JOINING:
            raise self.error(f"expected {expected}, not {following.text!r}")
        token = self._take("word") or self._take("quoted")
        if token is None:
            raise self.error(f"expected {expected}")
        return token


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            what = "this quote is not closed" if text[start] in "\"'“”„" else f"unexpected {text[start]!r}"
            raise _error(text, start, what)
        kind = match.lastgroup or ""
        value = _SIGNS.get(match[kind], match[kind])
        if kind == "quoted":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        tokens.append(_Token("quoted" if kind == "curly" else kind, value, match.start(kind)))
        position = match.end()
    return tokens


def _is_spoilt_number(text: str) -> bool:
    """Tell whether a text is meant as a number and is none: `0,5`, `50%`, `1.10.2`, `1e-` while it is being typed."""
    try:
        float(text)
    except ValueError:
        return bool(_LIKE_A_NUMBER.match(text)) and not _DATE.fullmatch(text)
    return False


def _error(text: str, position: int, what: str) -> UsageError:
    return UsageError(f"Query not understood at position {position + 1}: {what}. {text[:position]}>>>{text[position:]}")
