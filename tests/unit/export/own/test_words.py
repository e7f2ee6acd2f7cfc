"""TfidfVectorizer: words counted, and weighed in every way that scikit-learn has."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from jupyter_mlops.export import ExportWish, export_model, open_session

TEXTS = ["red apple", "green pear tree", "blue sky and sea", "red sky", "red red apple", "", "Ünïcode é"] * 6
LABELS = [0, 1, 1, 0, 0, 1, 0] * 6


@pytest.mark.parametrize("norm", ["l1", "l2", None])
@pytest.mark.parametrize("sublinear", [True, False])
@pytest.mark.parametrize("rare", [True, False])
def test_words_weigh_the_same(rare, sublinear, norm, tmp_path):
    words = TfidfVectorizer(norm=norm, use_idf=rare, sublinear_tf=sublinear, ngram_range=(1, 2))
    model = make_pipeline(words, LogisticRegression()).fit(TEXTS, LABELS)
    report = export_model(model, TEXTS, tmp_path / "m.onnx", ExportWish(timed=False))
    later = ["sea sea sea tree", "apple", "pear pear and and sky", "unknown"]
    labels, shares = open_session(tmp_path / "m.onnx").run(
        ["label", "probabilities"], {report.inputs[0].name: np.array(later, dtype=object)}
    )

    assert report.parity.differing == 0
    assert labels.ravel().tolist() == model.predict(later).tolist()
    assert np.abs(shares - model.predict_proba(later)).max() < 1e-5


def test_a_vectorizer_alone_gives_its_weights(tmp_path):
    words = TfidfVectorizer(sublinear_tf=True, token_pattern="[a-z]+").fit(TEXTS)
    report = export_model(words, TEXTS, tmp_path / "m.onnx", ExportWish(timed=False))

    assert report.parity.differing == 0
    assert report.outputs[0].shape == (None, len(words.vocabulary_))
