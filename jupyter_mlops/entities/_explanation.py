"""An explanation as data: what a model does with its features, as a view draws it and as a run keeps it.

Columnar, because a report travels in notebooks: one tuple of numbers rather than an object a cell. Nothing of the data
is in it but counts, ranges and categories, unless rows were named; then `contains_data` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from ..exceptions import UsageError
from ._figures import Figure, FigureColumn, figure_value, plain
from ._wire import decode

if TYPE_CHECKING:
    import pandas as pd

EXPLANATION_VERSION = 2
"""Of the report's JSON: a reader refuses a newer one, and reads all older ones."""

ShapeForm = Literal["line", "steps", "bars"]
"""How a shape's values lie on its grid: at its points, between its edges (one value fewer), one for each category."""

FeatureKind = Literal["number", "category"]


class ExplainedFeatures(msgspec.Struct, frozen=True, kw_only=True):
    """The columns that are explained, as the user knows them.

    Parameters
    ----------
    names : tuple of str
        In the order of the data.
    kinds : tuple of str
        "number" or "category".
    categories : tuple of tuple of str
        Of each feature, the most frequent first and of bounded number; empty for numbers.
    missing : tuple of int
        Rows without a value.
    """

    names: tuple[str, ...]
    kinds: tuple[FeatureKind, ...]
    categories: tuple[tuple[str, ...], ...] = ()
    missing: tuple[int, ...] = ()


class Importance(msgspec.Struct, frozen=True, kw_only=True):
    """How much each term of the explanation matters over all rows, the most important first.

    Parameters
    ----------
    measure : str
        What the figures are, in words: "decrease of accuracy when the column is shuffled".
    interval : str
        What lies between `low` and `high`, in words; empty where the method gives none, and both are empty then.
    names : tuple of str
        Of the terms: features, or pairs of them.
    features : tuple of tuple of int
        Numbers of the features of each term.
    scores, low, high : tuple of Figure
        One a term.
    """

    measure: str
    interval: str = ""
    names: tuple[str, ...]
    features: tuple[tuple[int, ...], ...]
    scores: tuple[Figure, ...]
    low: tuple[Figure, ...] = ()
    high: tuple[Figure, ...] = ()


class FeatureShape(msgspec.Struct, frozen=True, kw_only=True):
    """What the model's output does along one feature.

    Parameters
    ----------
    feature : int
        Its number.
    form : str
        "line": values at the points of the grid. "steps": values between its edges, one fewer. "bars": one a category.
    grid : sequence of Figure
        Points, edges or categories.
    values, low, high : tuple of sequence of Figure
        One tuple an output of the report; `low` and `high` are empty without an interval.
    missing : sequence of Figure
        By output, the value where the feature has none; empty when the method does not tell.
    density_grid : sequence of Figure
        Edges of the histogram of the data, one more than counts; for "bars" the categories.
    density : sequence of Figure
        Rows, or weights, in each.
    ice : tuple of tuple of sequence of Figure
        By output and by row of `LocalExplanations.rows`, that row's own curve along the grid; empty unless rows were
        named.
    """

    feature: int
    form: ShapeForm
    grid: FigureColumn
    values: tuple[FigureColumn, ...]
    low: tuple[FigureColumn, ...] = ()
    high: tuple[FigureColumn, ...] = ()
    missing: FigureColumn = ()
    density_grid: FigureColumn = ()
    density: FigureColumn = ()
    ice: tuple[tuple[FigureColumn, ...], ...] = ()


class FeatureInteraction(msgspec.Struct, frozen=True, kw_only=True):
    """What two features do together, beyond what each does alone.

    Parameters
    ----------
    features : tuple of int
        The two numbers.
    forms : tuple of str
        Of each side, as in `FeatureShape`: "steps" or "bars".
    left_grid, right_grid : sequence of Figure
        Edges or categories of the first and of the second feature.
    values : tuple of sequence of Figure
        One tuple a cell of the left grid, with one value a cell of the right grid.
    """

    features: tuple[int, ...]
    forms: tuple[ShapeForm, ...]
    left_grid: FigureColumn
    right_grid: FigureColumn
    values: tuple[FigureColumn, ...]


class LocalExplanations(msgspec.Struct, frozen=True, kw_only=True):
    """Chosen rows of the data: values, prediction, and what each term adds to it. Contains data.

    Parameters
    ----------
    rows : tuple of int
        Numbers of the rows, from 0, in the data that was explained.
    values : tuple of tuple of Figure
        By row and feature; categories are text.
    predicted : tuple of tuple of Figure
        By row and output, on the scale of the model's answer: probabilities or numbers.
    actual : tuple of Figure
        By row, the label as text or the number; empty when none were given.
    contributions : tuple of tuple of tuple of Figure
        By row, output and term of the importance, on the scale of `base_values`; with these they sum up to the
        explained output. Empty where the method explains no single row.
    """

    rows: tuple[int, ...]
    values: tuple[tuple[Figure, ...], ...]
    predicted: tuple[tuple[Figure, ...], ...] = ()
    actual: tuple[Figure, ...] = ()
    contributions: tuple[tuple[tuple[Figure, ...], ...], ...] = ()


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of `LocalExplanations` can be changed and asked again, while the kernel that has the model lives.

    Parameters
    ----------
    channel : str
        What the kernel knows the model and these rows by.
    least, most : tuple of Figure
        Of each feature that is a number, the range of the data; 0 and 0 for a category.
    whole : tuple of bool
        Of each feature, whether its values are whole numbers.
    """

    channel: str
    least: tuple[Figure, ...]
    most: tuple[Figure, ...]
    whole: tuple[bool, ...]


class TextSaliency(msgspec.Struct, frozen=True, kw_only=True):
    """What each piece of a text adds to the answer. Contains data.

    Parameters
    ----------
    row : int
        One of `LocalExplanations.rows`.
    feature : int
        Number of the column that holds the text.
    tokens : tuple of str
        Put together they are the text; pieces that the model does not look at are tokens too.
    scores : tuple of tuple of Figure
        By output and token, on the scale of the report; 0 for what the model does not look at.
    cut : int
        Characters of the text behind the last token.
    """

    row: int
    feature: int
    tokens: tuple[str, ...]
    scores: tuple[tuple[Figure, ...], ...]
    cut: int = 0


class ImageSaliency(msgspec.Struct, frozen=True, kw_only=True):
    """What each part of an image adds to the answer. Contains data.

    Parameters
    ----------
    row : int
        One of `LocalExplanations.rows`.
    png : str
        The image, made smaller where it is large, as base64 of a PNG without the words in front of it.
    width, height : int
        Of the image as the model takes it, in pixels.
    heat : tuple of tuple of tuple of Figure
        By output, row of cells from the top, and cell from the left: sums over equal cells of the image.
    """

    row: int
    png: str
    width: int
    height: int
    heat: tuple[tuple[tuple[Figure, ...], ...], ...]


class ExplanationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a model does with its features.

    Parameters
    ----------
    version : int
        Of this JSON.
    method, method_title, chosen_because : str
        Name, in words, and why this one explains this model.
    model, model_type : str
        What the user calls it, and its class.
    run_id : str
        Of the run that made the model; empty when none did.
    task : str
        What the model answers.
    classes : tuple of str
        Labels, or clusters; empty for regression.
    outputs : tuple of str
        What `values` and `contributions` are about, one a column: the class, or the number that is predicted. Two
        classes have one output, the second class.
    scale : str
        Unit of shapes, base values and contributions, in words: "log odds", "probability".
    base_values : tuple of Figure
        One an output: what the model answers before it looks at the features; empty where the method knows none.
    rows, rows_used : int
        Of the data, and how many of them the method looked at.
    fingerprint : str
        Content hash of the data, hex; empty without data.
    contains_data : bool
        Whether values of single rows are in the report.
    what_if : WhatIf, optional
        None where no rows were named, or no kernel keeps the model.
    texts : tuple of TextSaliency
        Of rows that were named, where a column holds text.
    images : tuple of ImageSaliency
        Of rows that were named, where rows are images; then `importance` has no terms.
    notes : tuple of str
        What a reader should know, in sentences.
    made_at : str
        UTC, ISO 8601.
    """

    version: int = EXPLANATION_VERSION
    method: str
    method_title: str
    chosen_because: str
    model: str = ""
    model_type: str = ""
    run_id: str = ""
    task: Literal["binary", "multiclass", "regression", "clustering"]
    classes: tuple[str, ...] = ()
    outputs: tuple[str, ...]
    scale: str
    base_values: tuple[Figure, ...] = ()
    rows: int = 0
    rows_used: int = 0
    fingerprint: str = ""
    contains_data: bool = False
    features: ExplainedFeatures
    importance: Importance
    shapes: tuple[FeatureShape, ...] = ()
    interactions: tuple[FeatureInteraction, ...] = ()
    local: LocalExplanations | None = None
    what_if: WhatIf | None = None
    texts: tuple[TextSaliency, ...] = ()
    images: tuple[ImageSaliency, ...] = ()
    notes: tuple[str, ...] = ()
    made_at: str = ""

    def to_json(self) -> str:
        """Return the report as JSON text; `from_json` reads it again."""
        return msgspec.json.encode(self, enc_hook=plain).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> ExplanationReport:
        """Return the report that a text holds.

        Raises
        ------
        UsageError
            It is no explanation report, or a newer one than this version can read.
        """
        try:
            version = decode(text, _Versioned).version
            if version <= EXPLANATION_VERSION:
                return decode(text, cls)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise UsageError(f"This is no explanation report: {error}. Give what report.to_json() returned.") from None
        raise UsageError(
            f"The report has version {version}; this jupyter_mlops reads up to {EXPLANATION_VERSION}. Update it to "
            "read the report."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the importance as a frame: one row a term, the largest first."""
        import pandas as pd

        columns = {"importance": self.importance.scores, "low": self.importance.low, "high": self.importance.high}
        numbers = {key: [figure_value(value) for value in values] for key, values in columns.items() if values}
        return pd.DataFrame({"term": list(self.importance.names), **numbers})


class _Versioned(msgspec.Struct):
    """The part of a report that says whether the rest can be read."""

    version: int
