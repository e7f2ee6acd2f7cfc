"""Text: what a word adds is the answer with it minus the answer without it, whatever the model is."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model
from jupyter_mlops.explanation._words import MOST_WORDS, is_word, pieces

GOOD, BAD = (
    ("a wonderful plot", "wonderful, fine cast", "the plot is fine"),
    ("awful cast", "an awful, dull plot", "dull"),
)
TEXTS = [*GOOD, *BAD] * 3
LABELS = (["good"] * 3 + ["bad"] * 3) * 3
ONE = ExplanationWish(rows=(1,))


def explained(model, texts=TEXTS, labels=LABELS, wish=ONE, **more):
    return explain_model(model.fit(texts, labels), texts, labels, wish=wish, **more)


def test_of_a_weighted_count_of_words_each_word_adds_its_weight():
    numbers = np.arange(len(TEXTS), dtype=float) % 7
    model = make_pipeline(CountVectorizer(), LinearRegression())
    report = explained(model, labels=numbers)
    weights = dict(zip(model[0].get_feature_names_out(), model[1].coef_, strict=True))
    (text,) = report.texts
    for token, score in zip(text.tokens, text.scores[0], strict=True):
        assert score == pytest.approx(weights.get(token, 0.0), abs=1e-9)


def test_the_score_of_a_word_is_the_answer_minus_the_answer_without_it():
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    report = explained(model)
    (text,) = report.texts
    without = model.predict_proba([", fine cast"])[0, 1]
    assert text.scores[0][text.tokens.index("wonderful")] == report.local.predicted[0][0] - without
    assert (report.method, report.task, report.outputs, report.scale) == ("words", "binary", ("good",), "probability")


def test_tokens_put_together_are_the_text_and_only_words_count():
    texts = ["  Ünïcode—text,\twith <b>marks</b>…\n日本 x_1 ", *TEXTS]
    model = make_pipeline(CountVectorizer(), MultinomialNB())
    report = explained(model, texts, ["good", *LABELS], ExplanationWish(rows=(0,)))
    (text,) = report.texts
    assert "".join(text.tokens) == texts[0]
    pairs = zip(text.tokens, text.scores[0], strict=True)
    assert {score for token, score in pairs if not is_word(token)} == {0.0}
    assert {"Ünïcode", "b", "日本", "x_1"} <= set(text.tokens)


def test_words_of_one_text_are_not_told_in_the_importance():
    texts = ["secret name wonderful", *TEXTS]
    report = explained(make_pipeline(CountVectorizer(), MultinomialNB()), texts, ["good", *LABELS], ExplanationWish())
    assert not {"secret", "name"} & set(report.importance.names)
    assert (report.contains_data, report.texts, report.local) == (False, (), None)
    assert report.features.categories == ((),)


def test_importance_is_the_mean_size_over_the_texts():
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    report = explained(model)
    sizes = []
    for text in TEXTS:
        words = text.replace(",", " ,").split()
        kept = [word for word in words if word != "awful"]
        both = model.predict_proba([" ".join(words), " ".join(kept)])[:, 1]
        sizes.append(abs(both[0] - both[1]))
    place = report.importance.names.index("awful")
    assert report.importance.scores[place] == pytest.approx(np.mean(sizes))
    error = np.std(sizes, ddof=1) / len(sizes) ** 0.5
    assert report.importance.high[place] - report.importance.scores[place] == pytest.approx(error)
    assert list(report.importance.scores) == sorted(report.importance.scores, reverse=True)


def test_a_long_text_is_cut_and_says_where():
    text = "word " * (MOST_WORDS + 100)
    tokens, cut = pieces(text)
    assert (len(tokens), cut) == (2 * MOST_WORDS, 500)
    assert "".join(tokens) == text[: len(text) - cut]


@pytest.mark.parametrize(
    "texts", [pd.Series(TEXTS, name="review"), np.array(TEXTS), np.array(TEXTS, object), tuple(TEXTS)]
)
def test_texts_come_in_any_sequence(texts):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)
    assert "".join(explain_model(model, texts, LABELS, wish=ONE).texts[0].tokens) == TEXTS[1]


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(HashingVectorizer(n_features=64), LinearSVC()),
        GridSearchCV(make_pipeline(TfidfVectorizer(), LogisticRegression()), {"logisticregression__C": [1, 10]}, cv=2),
        make_pipeline(TfidfVectorizer(analyzer="char"), LogisticRegression()),
    ],
    ids=["without probabilities", "search", "characters"],
)
def test_models_over_text_of_every_kind(model):
    report = explained(model)
    assert len(report.texts) == 1
    assert report.importance.names


def test_three_classes_have_three_scores_a_word():
    labels = ["good", "fine", "fine", "bad", "bad", "good"] * 3
    report = explained(make_pipeline(CountVectorizer(), LogisticRegression()), labels=labels)
    (text,) = report.texts
    assert (len(text.scores), report.outputs) == (3, ("bad", "fine", "good"))
    assert np.sum(text.scores, axis=0) == pytest.approx(0)


def test_the_same_comes_twice():
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    first, second = (explained(model) for _ in range(2))
    assert (first.importance, first.texts, first.fingerprint) == (second.importance, second.texts, second.fingerprint)


@pytest.mark.parametrize(
    ("texts", "wish", "method", "said"),
    [
        ([], ExplanationWish(), "auto", "X is no table|no rows"),
        (TEXTS, ExplanationWish(rows=(99,)), "auto", "There is no row 99"),
        (TEXTS, ExplanationWish(), "permutation", "does not explain Pipeline: X holds text"),
        (["", ""], ExplanationWish(), "auto", ""),
    ],
)
def test_what_cannot_be_explained_is_said(texts, wish, method, said):
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(TEXTS, LABELS)
    if not said:
        assert explain_model(model, texts).importance.names == ()
        return
    with pytest.raises(UsageError, match=said):
        explain_model(model, texts, wish=wish, method=method)


def test_a_model_over_columns_that_is_given_text_says_so():
    with pytest.raises(UsageError, match="cannot read X"):
        explain_model(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), TEXTS)
