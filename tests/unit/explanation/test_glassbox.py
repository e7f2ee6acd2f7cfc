"""Models that explain themselves: every number is InterpretML's, to the last digit."""

import warnings

import numpy as np
import pytest
from interpret.glassbox import (
    ClassificationTree,
    ExplainableBoostingClassifier,
    ExplainableBoostingRegressor,
    LinearRegression,
    LogisticRegression,
)
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.entities import figure_value
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.explanation import ExplanationWish, explain_model

QUICK = {"outer_bags": 2, "max_rounds": 20, "max_bins": 12, "random_state": 0, "n_jobs": 1}


@pytest.fixture(scope="module")
def report(boosted, tumours):
    return explain_model(boosted, *tumours, name="model")


def term_number(found, name: str) -> int:
    return list(found.feature_names).index(name)


def test_auto_takes_the_model_at_its_word(report):
    assert (report.method, report.task, report.model_type) == ("glassbox", "binary", "ExplainableBoostingClassifier")
    assert report.classes == ("<img src=x onerror=alert(1)>", "benign")
    assert (report.outputs, report.scale) == (("benign",), "log odds")
    assert not report.contains_data


def test_the_importance_is_interpretmls(report, boosted):
    overall = boosted.explain_global().data()

    assert dict(zip(report.importance.names, report.importance.scores, strict=True)) == dict(
        zip(overall["names"], map(float, overall["scores"]), strict=True)
    )


def test_the_interval_is_the_spread_of_the_importance_over_the_outer_bags(report, boosted):
    one, of_bags = boosted.copy(), []
    for bag in range(5):
        one.term_scores_ = [scores[bag] for scores in boosted.bagged_scores_]
        of_bags.append(one.term_importances())
    spread = dict(zip(boosted.term_names_, np.std(of_bags, axis=0), strict=True))

    assert report.importance.interval == "one standard deviation over 5 outer bags"
    for name, score, high in zip(
        report.importance.names, report.importance.scores, report.importance.high, strict=True
    ):
        assert high == score + spread[name]
    assert boosted.term_scores_[0] is not boosted.bagged_scores_[0][0], "the model is as it was"


def test_every_shape_is_interpretmls(report, boosted):
    found = boosted.explain_global()

    assert {report.features.names[shape.feature] for shape in report.shapes} == set(report.features.names)
    for shape in report.shapes:
        data = found.data(term_number(found, report.features.names[shape.feature]))
        numeric = report.features.kinds[shape.feature] == "number"
        assert shape.form == ("steps" if numeric else "bars")
        assert list(shape.grid) == (list(map(float, data["names"])) if numeric else list(data["names"]))
        assert list(shape.values[0]) == data["scores"].tolist()
        assert list(shape.low[0]) == data["lower_bounds"].tolist()
        assert list(shape.high[0]) == data["upper_bounds"].tolist()
        assert list(shape.density) == list(map(float, data["density"]["scores"]))


def test_one_outer_bag_does_not_say_how_sure_it_is(tumours):
    alone = explain_model(ExplainableBoostingClassifier(**{**QUICK, "outer_bags": 1}).fit(*tumours))

    assert (alone.importance.interval, alone.importance.low) == ("", ())
    assert {(shape.low, shape.high) for shape in alone.shapes} == {((), ())}


def test_shapes_come_in_the_order_of_their_importance(report):
    ranked = [term[0] for term in report.importance.features if len(term) == 1]
    assert [shape.feature for shape in report.shapes] == ranked


def test_a_category_keeps_its_words(report):
    number = report.features.names.index("size")
    shape = next(shape for shape in report.shapes if shape.feature == number)

    assert report.features.kinds[number] == "category"
    assert set(report.features.categories[number]) == {"large", "small"} == set(shape.grid) == set(shape.density_grid)


def test_the_interaction_is_interpretmls(report, boosted):
    found = boosted.explain_global()
    (pair,) = report.interactions
    data = found.data(term_number(found, next(name for name in found.feature_names if " & " in name)))

    assert [list(row) for row in pair.values] == data["scores"].tolist()
    assert len(pair.left_grid) == len(data["left_names"])
    assert tuple(map(int, boosted.term_features_[-1])) == pair.features


def test_the_value_for_missing_ones_is_shown_though_interpretml_hides_it(tumours):
    data, labels = tumours
    data = data.assign(**{"mean radius": data["mean radius"].where(data.index % 7 > 0)})
    with pytest.warns(UserWarning, match="Missing values detected"):
        model = ExplainableBoostingClassifier(interactions=0, **QUICK).fit(data, labels)

    report = explain_model(model, data, labels)
    shape = next(shape for shape in report.shapes if shape.feature == 0)

    assert shape.missing == (model.term_scores_[0][0],)


def test_contributions_are_interpretmls_and_sum_up_to_the_answer(boosted, tumours):
    data, labels = tumours
    report = explain_model(boosted, data, labels, wish=ExplanationWish(rows=(4, 0)))
    local = boosted.explain_local(data.iloc[[4, 0]])

    assert report.contains_data
    assert report.local.rows == (4, 0)
    assert report.local.values[0] == (*data.iloc[4, :4], "small" if data["worst area"][4] <= 700 else "large")
    assert report.local.actual == tuple(labels.iloc[[4, 0]])
    for number, (row,) in enumerate(report.local.contributions):
        theirs = dict(zip(local.data(number)["names"], map(float, local.data(number)["scores"]), strict=True))
        assert dict(zip(report.importance.names, row, strict=True)) == theirs
        odds = report.base_values[0] + sum(row)
        assert 1 / (1 + np.exp(-odds)) == pytest.approx(report.local.predicted[number][0], abs=1e-9)


def test_a_glass_box_needs_no_data(boosted):
    report = explain_model(boosted)

    assert (report.rows, report.fingerprint, report.local) == (0, "", None)
    assert len(report.shapes) == 5


def test_single_rows_need_the_data(boosted):
    with pytest.raises(UsageError, match="Explaining single rows needs data: say which with -X"):
        explain_model(boosted, wish=ExplanationWish(rows=(0,)))


def test_a_row_alone_is_explained(boosted, tumours):
    data, labels = tumours
    report = explain_model(boosted, data[:1], labels[:1], wish=ExplanationWish(rows=(0,)))
    assert len(report.local.contributions) == 1


def test_several_classes_have_a_curve_each(wines):
    model = ExplainableBoostingClassifier(interactions=0, **QUICK).fit(*wines)
    report = explain_model(model, *wines, wish=ExplanationWish(rows=(1,)))
    data = model.explain_global().data(report.shapes[0].feature)

    assert (report.task, report.outputs) == ("multiclass", ("0", "1", "2"))
    assert [list(curve) for curve in report.shapes[0].values] == data["scores"].T.tolist()
    assert np.shape(report.local.contributions) == (1, 3, 3)
    assert len(report.base_values) == len(report.local.predicted[0]) == 3


def test_interactions_that_interpretml_cannot_show_are_counted(wines):
    with pytest.warns(UserWarning, match="we cannot currently visualize pairs"):
        model = ExplainableBoostingClassifier(interactions=2, **QUICK).fit(*wines)

    report = explain_model(model, *wines)

    assert report.interactions == ()
    assert "2 terms left out" in report.notes[0]


def test_terms_of_three_columns_are_left_out_and_the_others_keep_their_own_spread(numbers):
    data, labels = numbers
    settings = {**QUICK, "outer_bags": 3, "interactions": [(0, 1, 2), (0, 3)]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # InterpretML's, about what it cannot draw
        model = ExplainableBoostingClassifier(**settings).fit(data, labels)
    report = explain_model(model, data, labels)

    one, of_bags = model.copy(), []
    for bag in range(3):
        one.term_scores_ = [scores[bag] for scores in model.bagged_scores_]
        of_bags.append(one.term_importances())
    spread = dict(zip(model.term_names_, np.std(of_bags, axis=0), strict=True))
    assert len(report.importance.names) == len(model.term_names_) - 1
    for name, score, high in zip(
        report.importance.names, report.importance.scores, report.importance.high, strict=True
    ):
        assert high == score + spread[name]
    assert "1 term left out" in report.notes[0]


def test_regression_is_in_the_unit_of_the_target(patients):
    model = ExplainableBoostingRegressor(interactions=0, **QUICK).fit(*patients)
    report = explain_model(model, *patients, wish=ExplanationWish(rows=(2,)))

    assert (report.task, report.outputs, report.scale) == ("regression", ("progression",), "progression")
    total = report.base_values[0] + sum(report.local.contributions[0][0])
    assert total == pytest.approx(report.local.predicted[0][0])


def test_a_linear_model_shows_its_coefficients(patients):
    model = LinearRegression().fit(*patients)
    report = explain_model(model, *patients)
    data = model.explain_global()

    assert report.method == "glassbox"
    assert report.importance.interval == ""
    assert dict(zip(report.importance.names, report.importance.scores, strict=True)) == dict(
        zip(data.data()["names"], map(float, data.data()["scores"]), strict=True)
    )
    shape = report.shapes[0]
    assert shape.form == "line"
    assert list(shape.values[0]) == data.data(shape.feature)["scores"].tolist()
    assert report.base_values == (model.sk_model_.intercept_,)
    assert "columns in different units do not compare" in report.notes[0]


def test_two_classes_of_a_linear_model_are_log_odds(numbers):
    model = LogisticRegression(max_iter=10_000).fit(*numbers)
    report = explain_model(model, *numbers, wish=ExplanationWish(rows=(0,)))

    odds = report.base_values[0] + sum(report.local.contributions[0][0])
    assert report.scale == "log odds"
    assert 1 / (1 + np.exp(-odds)) == pytest.approx(report.local.predicted[0][0])


@pytest.mark.parametrize("kind", [LogisticRegression, ClassificationTree])
def test_what_interpretml_does_not_say_in_figures_is_explained_from_outside(kind, wines):
    settings = {"max_iter": 10_000} if kind is LogisticRegression else {}
    model = kind(**settings).fit(*wines)

    assert explain_model(model, *wines).method == "permutation"
    with pytest.raises(UsageError, match=r"--method glassbox does not explain .* use --method permutation"):
        explain_model(model, *wines, method="glassbox")


def test_the_winner_of_a_search_explains_itself(tumours):
    search = GridSearchCV(ExplainableBoostingClassifier(interactions=0, **QUICK), {"max_bins": [4, 8]}, cv=2)
    report = explain_model(search.fit(*tumours), *tumours, wish=ExplanationWish(rows=(0,)))

    assert (report.method, report.model_type) == ("glassbox", "GridSearchCV(ExplainableBoostingClassifier)")
    assert len(report.shapes[0].grid) <= 9


def test_behind_other_steps_a_glass_box_is_explained_in_the_users_columns(numbers):
    """Its own curves are over scaled numbers, which nobody knows."""
    model = make_pipeline(StandardScaler(), ExplainableBoostingClassifier(interactions=0, **QUICK)).fit(*numbers)
    report = explain_model(model, *numbers)

    assert report.method == "permutation"
    assert report.features.names == tuple(numbers[0].columns)
    grid = [figure_value(value) for value in report.shapes[0].grid]
    column = numbers[0].iloc[:, report.shapes[0].feature]
    assert column.min() <= min(grid) < max(grid) <= column.max()


def test_a_model_trained_on_an_array_explains_a_frame_by_position(numbers):
    data, labels = numbers
    model = ExplainableBoostingClassifier(interactions=0, **QUICK).fit(data.to_numpy(), labels.to_numpy())
    report = explain_model(model, data, labels, wish=ExplanationWish(rows=(3,)))

    assert report.features.names[0] == "feature_0000"
    assert report.local.values[0] == tuple(data.iloc[3])


def test_rows_of_a_frame_of_floats_are_interpretmls_too(tumours):
    data, labels = tumours
    data = data.select_dtypes("float64").iloc[:, :4]
    data = data.mask(np.arange(data.size).reshape(data.shape) % 11 == 5)
    with pytest.warns(UserWarning, match="Missing values detected"):
        model = ExplainableBoostingClassifier(interactions=2, **QUICK).fit(data, labels)
    rows = tuple(range(12))
    local = model.explain_local(data.iloc[list(rows)])

    report = explain_model(model, data, labels, wish=ExplanationWish(rows=rows))

    order = [list(local.feature_names).index(name) for name in report.importance.names]
    for place in rows:
        scores = local.data(place)["scores"]
        assert report.local.contributions[place] == (tuple(scores[term] for term in order),)
    assert report.local.predicted == tuple((p,) for p in model.predict_proba(data.iloc[list(rows)])[:, 1].tolist())


def test_a_report_stays_when_the_model_is_changed_in_place(tumours):
    data, labels = tumours
    model = ExplainableBoostingClassifier(interactions=1, **QUICK).fit(data, labels)
    read, unread = explain_model(model, data, labels), explain_model(model, data, labels)
    before = read.to_json()
    for scores in model.term_scores_:
        scores[...] = 0

    assert unread.shapes == read.shapes == type(read).from_json(before).shapes
    assert unread.interactions == read.interactions
    assert explain_model(model, data, labels).shapes != read.shapes
