"""B25: whatever is explained, what a cell gets of it stays below what a view reads, and says what it left out."""

import msgspec
import pytest

from jupyter_mlops.entities import (
    ExplainedFeatures,
    ExplanationReport,
    FeatureShape,
    ImageSaliency,
    Importance,
    LocalExplanations,
    TextSaliency,
)
from jupyter_mlops.explanation import cut_for_view
from jupyter_mlops.explanation._fitting import LARGEST, MOST_TERMS, fitted

ROWS = tuple(range(16))


def report(terms=3, **parts):
    names = tuple(f"x{number}" for number in range(terms))
    numbers = tuple(float(number) for number in range(terms))
    return ExplanationReport(
        method="permutation",
        method_title="t",
        chosen_because="b",
        task="binary",
        outputs=("yes",),
        scale="probability",
        features=ExplainedFeatures(names=names, kinds=("number",) * terms),
        importance=Importance(
            measure="m",
            interval="i",
            names=names,
            features=tuple((number,) for number in range(terms)),
            scores=numbers,
            low=numbers,
            high=numbers,
        ),
        **parts,
    )


def local(terms=3):
    return LocalExplanations(
        rows=ROWS,
        values=((1.0,) * terms,) * len(ROWS),
        predicted=((0.5,),) * len(ROWS),
        actual=("yes",) * len(ROWS),
        contributions=(((0.25,) * terms,),) * len(ROWS),
    )


def test_what_fits_stays_as_it_is():
    small = report(local=local())
    assert fitted(small) is small


def test_many_terms_are_cut_everywhere_alike():
    large = report(terms=30_000, local=local(30_000))
    short = fitted(large)
    importance = short.importance
    columns = (importance.names, importance.features, importance.scores, importance.low, importance.high)
    assert {len(column) for column in columns} == {MOST_TERMS}
    assert {len(terms) for (terms,) in short.local.contributions} == {MOST_TERMS}
    assert f"{MOST_TERMS} of 30,000 terms" in short.notes[-1]
    assert "--save FILE.json" in short.notes[-1]


def test_large_images_lose_the_last_rows():
    images = tuple(ImageSaliency(row=row, png="A" * 200_000, width=9, height=9, heat=(((0.5,),),)) for row in ROWS)
    short = cut_for_view(report(local=local(), images=images))
    assert len(short.to_json()) <= LARGEST
    assert [image.row for image in short.images] == list(short.local.rows) == [0, 1, 2, 3]
    assert short.notes == (
        "Too large for a page: 4 of 16 rows are shown. The report itself has all (%explain --save FILE.json).",
    )


def test_long_texts_lose_rows_together_with_curves_and_contributions():
    texts = tuple(
        TextSaliency(row=row, feature=0, tokens=("word",) * 9_000, scores=((0.125,) * 9_000,)) for row in ROWS
    )
    shape = FeatureShape(
        feature=0, form="line", grid=(0.0, 1.0), values=((0.0, 1.0),), ice=(((0.0, 1.0),) * len(ROWS),)
    )
    short = cut_for_view(report(local=local(), texts=texts, shapes=(shape,)))
    rows = len(short.local.rows)
    lengths = {len(getattr(short.local, name)) for name in LocalExplanations.__struct_fields__}
    assert lengths == {rows, len(short.texts), len(short.shapes[0].ice[0])}
    assert 1 <= rows < len(ROWS)


@pytest.mark.parametrize("rows", [None, 1])
def test_what_cannot_be_cut_comes_back(rows):
    huge = report(local=None if rows is None else msgspec.structs.replace(local(), rows=(0,), values=((1.0,) * 3,)))
    assert fitted(huge, largest=10).importance == huge.importance
