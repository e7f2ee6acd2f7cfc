"""Text: what each word adds to the answer, by leaving it out and asking again.

Occlusion (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014; of words, Li, Monroe
and Jurafsky 2016): the answer to the text minus the answer to the text without that word. It takes any model over text,
a vectorizer and what stands behind it for instance, and needs no look inside.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import msgspec

from ..entities import Importance, TextSaliency
from ._asking import asking
from ._columns import features_of, figure_rows, figures
from ._permutation import local_rows, predictions
from ._protocol import Explained, ExplanationWish, Suitability
from ._response import inspected, scale_of
from ._subject import Subject, check_rows

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST_TEXTS = 200
"""Texts whose words make the importance."""

MOST_WORDS = 500
"""Words of a text that are left out one by one; what stands behind them is not shown."""

MOST_TERMS = 50

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]+")
_MOST_SHOWN = 200


class WordsExplainer:
    """Explains models over text by leaving words out."""

    name = "words"
    kinds = ("text",)

    def suits(self, subject: Subject) -> Suitability:
        """Tell that every model over text is suitable."""
        return Suitability(20, f"{type(subject.core).__name__} reads text, and words can be left out of it")

    def explain(self, subject: Subject, wish: ExplanationWish) -> Explained:
        """Leave words out of some texts, and of those that are named.

        Raises
        ------
        UsageError
            The model cannot read the texts.
        """
        check_rows(wish.rows, subject.rows)
        model = inspected(subject)
        sample = subject.sampled(min(wish.sample, MOST_TEXTS), wish.seed)
        local = local_rows(subject, model, wish.rows)
        if local is not None:
            shown = tuple((str(row[0])[:_MOST_SHOWN],) for row in local.values)
            local = msgspec.structs.replace(local, values=shown)
        return Explained(
            title="Occlusion: words are left out one by one",
            scale=scale_of(subject, model),
            importance=_importance(sample, model),
            features=msgspec.structs.replace(features_of(subject), categories=((),)),
            outputs=subject.task.outputs,
            local=local,
            texts=tuple(_saliency(subject, model, row) for row in wish.rows),
            rows_used=sample.rows,
            notes=(
                f"Importance comes from {sample.rows:,} of {subject.rows:,} texts, and words that two of them have.",
            ),
        )


def pieces(text: str) -> tuple[list[str], int]:
    """Return the tokens of a text, which put together are its beginning, and how many characters stand behind them."""
    tokens: list[str] = []
    words = 0
    for found in _TOKEN.finditer(text):
        words += is_word(found.group())
        if words > MOST_WORDS:
            return tokens, len(text) - found.start()
        tokens.append(found.group())
    return tokens, 0


def is_word(token: str) -> bool:
    """Whether a token is one that can be left out."""
    return token[0].isalnum() or token[0] == "_"


def effects(subject: Subject, model: Any, row: int) -> tuple[list[str], int, Array]:
    """Return the tokens of a text, the characters behind them, and by token and output what it adds."""
    import numpy as np

    text = str(subject.data[row])
    tokens, cut = pieces(text)
    end = text[len(text) - cut :]
    places = [place for place, token in enumerate(tokens) if is_word(token)]
    without = ["".join([*tokens[:place], *tokens[place + 1 :], end]) for place in places]
    answers = _ask(subject, model, [text, *without])
    found = np.zeros((len(tokens), answers.shape[1]))
    found[places] = answers[0] - answers[1:]
    return tokens, cut, found


def _ask(subject: Subject, model: Any, texts: list[str]) -> Array:
    from dataclasses import replace

    import numpy as np

    with asking(subject):
        return predictions(replace(subject, data=np.asarray(texts, dtype=object), target=None), model)


def _saliency(subject: Subject, model: Any, row: int) -> TextSaliency:
    tokens, cut, found = effects(subject, model, row)
    return TextSaliency(row=row, feature=0, tokens=tuple(tokens), scores=figure_rows(found.T), cut=cut)


def _importance(sample: Subject, model: Any) -> Importance:
    """Return the mean size of what each word adds to a text, the largest first."""
    import numpy as np

    sizes: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row in range(sample.rows):
        tokens, _, found = effects(sample, model, row)
        for token, size in zip(tokens, np.abs(found).mean(axis=1), strict=True):
            if is_word(token):
                sizes[token.casefold()][row] += float(size)
    # A word of one text would tell of that text.
    tables = {word: np.array([*by_row.values()]) for word, by_row in sizes.items() if len(by_row) > 1}
    means = {word: table.sum() / sample.rows for word, table in tables.items()}
    ranked = sorted(means, key=lambda word: (-means[word], word))[:MOST_TERMS]
    errors = [_error(tables[word], means[word], sample.rows) for word in ranked]
    scores = [means[word] for word in ranked]
    return Importance(
        measure="mean size of what the word adds to the answer to a text",
        interval="one standard error over the texts",
        names=tuple(ranked),
        features=((0,),) * len(ranked),
        scores=figures(scores),
        low=figures([score - error for score, error in zip(scores, errors, strict=True)]),
        high=figures([score + error for score, error in zip(scores, errors, strict=True)]),
    )


def _error(sizes: Array, mean: float, rows: int) -> float:
    """Return the standard error over all texts; in those that have not the word it adds nothing."""
    squares = ((sizes - mean) ** 2).sum() + (rows - len(sizes)) * mean**2
    return float((squares / max(1, rows - 1)) ** 0.5 / rows**0.5)
