"""The cell that lessens a gap runs as it stands, its model can be compared; what cannot be done is said before."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jupyter_mlops.assessment import MITIGATORS, FairnessQuestion, analyse
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.executor._display import RunDisplayHook
from jupyter_mlops.magics._train_command import TrainCommand
from jupyter_mlops.services import Mitigation, mitigation_cell

MADE = np.random.default_rng(0)
FEMALE = MADE.integers(0, 2, 400)
X = pd.DataFrame({"a": MADE.normal(size=400) - FEMALE, "b": MADE.normal(size=400), "female": FEMALE})
Y = ((X["a"] + MADE.normal(size=400) * 0.3) > -0.5).astype(int)
WORDS = {0: "no", 1: "yes"}
X_TRAIN, X_TEST, Y_TRAIN, Y_TEST = X[:250], X[250:], Y[:250], Y[250:]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pandas 3, in Fairlearn 0.15


def notebook(model, **names) -> dict:
    return {"model": model, "X_train": X_TRAIN, "X_test": X_TEST, "y_train": Y_TRAIN, "y_test": Y_TEST, **names}


def report_of(names: dict, sensitive=("female",), **models):
    question = FairnessQuestion(
        models=models or {"model": names["model"]}, X=names["X_test"], y=names["y_test"],
        sensitive={name: names["X_test"][name] for name in sensitive}, boot=0,
    )  # fmt: skip
    return analyse(question)


def cell(mitigator: str, names: dict, sensitive=("female",), run_id="") -> str:
    wanted = Mitigation(
        mitigator=mitigator, name="model", model=names["model"], X="X_test", y="y_test", sensitive=sensitive,
        report=report_of(names, sensitive), run_id=run_id,
    )  # fmt: skip
    return mitigation_cell(wanted, names)


def ran(text: str, names: dict) -> dict:
    """Return the names after the cell's body has run, as its run would do it."""
    head, _, body = text.partition("\n")
    assert TrainCommand.parse(head.removeprefix("%%train"), body).name
    after = dict(names)
    exec(compile(body, "cell", "exec"), after)
    return after


MODELS = {
    "plain": lambda: LogisticRegression().fit(X_TRAIN, Y_TRAIN),
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()).fit(X_TRAIN, Y_TRAIN),
    "blind": lambda: LogisticRegression().fit(X_TRAIN[["a", "b"]], Y_TRAIN),
}


@pytest.mark.parametrize("kind", list(MODELS))
@pytest.mark.parametrize("mitigator", MITIGATORS)
def test_the_cell_runs_as_it_stands_and_lessens_the_gap(kind, mitigator):
    names = notebook(MODELS[kind]())
    if kind == "blind" and mitigator == "CorrelationRemover":
        with pytest.raises(UsageError, match="The model does not take the column female"):
            cell(mitigator, names)
        return

    after = ran(cell(mitigator, names), names)

    report = report_of(names, before=names["model"], after=after["mitigated"])
    gaps = [result.disparities["demographic_parity_difference"][0] for result in report.results]
    # Without the feature among its columns, no weighting of the grid finds a better trade-off than the model's own.
    assert gaps[1] <= gaps[0] if (kind, mitigator) == ("blind", "GridSearch") else gaps[1] < gaps[0]
    assert report.models[1].mitigator == mitigator
    assert report.models[1].mitigations == ()


def with_gaps(kind: str) -> dict:
    """Return a notebook where every fifth row's sex is not known."""
    sex = {"text": pd.Series(FEMALE).map(WORDS), "numbers": pd.Series(FEMALE, dtype=float)}[kind]
    rows = X.assign(female=sex.mask(np.arange(len(X)) % 5 == 0))
    return notebook(MODELS["blind"](), X_train=rows[:250], X_test=rows[250:])


@pytest.mark.parametrize("kind", ["text", "numbers"])
@pytest.mark.parametrize("mitigator", ["ThresholdOptimizer", "ExponentiatedGradient"])
def test_missing_values_are_a_group_of_their_own_for_a_mitigator_too(kind, mitigator):
    names = with_gaps(kind)

    after = ran(cell(mitigator, names), names)

    report = report_of(names, before=names["model"], after=after["mitigated"])
    assert report.sensitive[0].levels[-1] == "missing"
    before, lessened = (result.disparities["demographic_parity_difference"][0] for result in report.results)
    assert lessened < before


@pytest.mark.parametrize("rows", ["X_train", "X_test"])
def test_missing_values_of_one_split_alone_are_filled_there(rows):
    names = with_gaps("text")
    known = {rows: names[rows].fillna({"female": "no"})}
    assert ("missing" in cell("ThresholdOptimizer", names | known)) == (rows == "X_test")


def test_what_correlates_with_missing_values_cannot_be_removed():
    model = HistGradientBoostingClassifier(max_iter=2).fit(X_TRAIN, Y_TRAIN)
    with pytest.raises(UsageError, match=r"the column female has missing values\. Fill them"):
        cell("CorrelationRemover", with_gaps("numbers") | {"model": model})


@pytest.mark.parametrize("mitigator", MITIGATORS)
def test_nothing_is_shown_below_the_card(mitigator):
    assert RunDisplayHook.semicolon_at_end_of_expression(cell(mitigator, notebook(MODELS["plain"]())))


def test_the_cell_is_a_run_with_a_link_to_its_parent():
    head = cell("ThresholdOptimizer", notebook(MODELS["plain"]()), run_id="1" * 32).splitlines()[0]
    command = TrainCommand.parse(head.removeprefix("%%train"), "pass")

    assert (command.name, command.tags) == ("model-ThresholdOptimizer", {"mlops.mitigates": "1" * 32})


def test_the_cell_of_a_blind_pipeline_reads_like_this():
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_TRAIN[["a", "b"]], Y_TRAIN)

    assert cell("exponentiatedgradient", notebook(model)) == (
        "%%train model-ExponentiatedGradient -t mlops.mitigates=model\n"
        "from fairlearn.reductions import DemographicParity, ExponentiatedGradient\n"
        "from sklearn.base import clone\n"
        "\n"
        "sensitive = X_train['female']\n"
        "# Trains several models and draws between them. Or: EqualizedOdds(), TruePositiveRateParity()\n"
        "mitigated = ExponentiatedGradient("
        'clone(model), DemographicParity(), sample_weight_name="logisticregression__sample_weight")\n'
        "mitigated.fit(X_train[['a', 'b']], y_train, sensitive_features=sensitive);\n"
        "# Then: %fairness model -X X_test -y y_test -s female --compare mitigated"
    )


def test_without_rows_to_train_with_the_cell_says_which_it_takes():
    names = notebook(MODELS["plain"]())
    del names["X_train"], names["y_train"]
    text = cell("GridSearch", names)

    assert "# Fits on the rows of the report. Name others where you have them." in text
    assert "mitigated.fit(X_test, y_test, sensitive_features=sensitive)" in text


BLIND_ROWS = {"X_train": X_TRAIN[["a", "b"]], "X_test": X_TEST[["a", "b"]]}


@pytest.mark.parametrize(
    ("names", "rows", "outcome", "sensitive"),
    [
        pytest.param({"group": FEMALE[250:]}, "X_test", "y_test", "group", id="a column of its own"),
        pytest.param(
            {"group_te": FEMALE[250:], "group_tr": FEMALE[:250]}, "X_train", "y_train", "group_tr", id="columns of both"
        ),
        pytest.param({"group_te": FEMALE[250:]}, "X_test", "y_test", "group_te", id="a column of the test rows alone"),
    ],
)
def test_rows_outcome_and_groups_of_the_cell_belong_together(names, rows, outcome, sensitive):
    names = notebook(MODELS["blind"](), **BLIND_ROWS, **names)
    asked = next(name for name in names if name.startswith("group"))
    report = analyse(
        FairnessQuestion(models={"model": names["model"]}, X=X_TEST, y=Y_TEST, sensitive={asked: names[asked]}, boot=0)
    )
    wanted = Mitigation(
        mitigator="ThresholdOptimizer", name="model", model=names["model"], X="X_test", y="y_test", sensitive=(asked,),
        report=report,
    )  # fmt: skip
    text = mitigation_cell(wanted, names)

    assert f"\nsensitive = {sensitive}\n" in text
    assert f"mitigated.fit({rows}, {outcome}, sensitive_features=sensitive)" in text
    assert len(ran(text, names)["sensitive"]) == len(names[rows])


def test_an_outcome_without_a_partner_keeps_the_rows_of_the_report():
    names = notebook(MODELS["plain"]())
    del names["y_train"]

    assert "mitigated.fit(X_test, y_test, sensitive_features=sensitive)" in cell("ThresholdOptimizer", names)


TABLES = {"table_train": X_TRAIN.assign(won=Y_TRAIN), "table_test": X_TEST.assign(won=Y_TEST)}


@pytest.mark.parametrize(
    ("kind", "names", "fitted"),
    [
        pytest.param("plain", TABLES, "table_train[['a', 'b', 'female']], table_train['won']", id="a frame's columns"),
        pytest.param("of arrays", TABLES, "table_train.drop(columns='won'), table_train['won']", id="arrays"),
        pytest.param(
            "plain",
            {"table_test": TABLES["table_test"], "table_train": X_TRAIN},
            "table_test[['a', 'b', 'female']], table_test['won']",
            id="only one table has the outcome",
        ),
        pytest.param(
            "plain", {"table_test": TABLES["table_test"], "won": Y_TEST}, "table_test[['a', 'b', 'female']], won",
            id="a name of the notebook comes first",
        ),
    ],
)  # fmt: skip
def test_an_outcome_among_the_columns_is_taken_out_of_the_rows(kind, names, fitted):
    model = LogisticRegression().fit(X_TRAIN.to_numpy(), Y_TRAIN) if kind == "of arrays" else MODELS[kind]()
    names = {"model": model, **names}
    wanted = Mitigation(
        mitigator="ThresholdOptimizer", name="model", model=model, X="table_test", y="won", sensitive=("female",),
        report=report_of(notebook(MODELS["plain"]())),
    )  # fmt: skip
    text = mitigation_cell(wanted, names)

    assert f"mitigated.fit({fitted}, sensitive_features=sensitive)" in text
    assert "# Then: %fairness model -X table_test -y won -s female --compare mitigated" in text
    if kind != "of arrays":  # scikit-learn warns of names that the model was not fitted with
        assert set(ran(text, names)["mitigated"].interpolated_thresholder_.interpolation_dict) == {0, 1}


def test_rows_may_be_attributes_of_a_name():
    names = {"model": MODELS["plain"](), "data": SimpleNamespace(X_test=X_TEST, y_test=Y_TEST)}
    wanted = Mitigation(
        mitigator="ThresholdOptimizer", name="model", model=names["model"], X="data.X_test", y="data.y_test",
        sensitive=("female",), report=report_of(notebook(MODELS["plain"]())),
    )  # fmt: skip
    text = mitigation_cell(wanted, names)

    assert "sensitive = data.X_test['female']" in text
    assert "mitigated.fit(data.X_test, data.y_test, sensitive_features=sensitive)" in text
    assert ran(text, names)["mitigated"].predict(X_TEST, sensitive_features=X_TEST["female"]).mean() > 0


@pytest.mark.parametrize(
    ("mitigator", "names", "message"),
    [
        ("ThresholdOptimiser", {}, "No mitigator 'ThresholdOptimiser'. Did you mean ThresholdOptimizer"),
        ("magic", {}, "There are ThresholdOptimizer, ExponentiatedGradient, GridSearch, CorrelationRemover"),
        (
            "ThresholdOptimizer",
            {"y_test": Y_TEST.map(WORDS), "model": LogisticRegression().fit(X_TRAIN, Y_TRAIN.map(WORDS))},
            r"works on the outcomes 0 and 1. Map yours first: y = \(y == 'yes'\)",
        ),
        (
            "GridSearch",
            {"model": KNeighborsClassifier().fit(X_TRAIN, Y_TRAIN)},
            "no sample_weight. LogisticRegression and trees do. Possible here: ThresholdOptimizer, CorrelationRem",
        ),
        (
            "ThresholdOptimizer",
            {"model": LinearRegression().fit(X_TRAIN, X_TRAIN["a"]), "y_test": X_TEST["a"]},
            "two classes, and this is a regression. Its losses .* Possible here: CorrelationRemover",
        ),
        ("CorrelationRemover", {"X_test": X_TEST.assign(female=X_TEST["female"].map({0: "m", 1: "f"})),
                                "model": LogisticRegression().fit(X_TRAIN[["a", "b"]], Y_TRAIN)},
         "works on numbers, and the column female holds text"),
        ("GridSearch", {"model": lambda rows: np.ones(len(rows), dtype=int)}, "get_params, which function has not"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_before(mitigator, names, message):
    with pytest.raises(UsageError, match=message):
        cell(mitigator, notebook(MODELS["plain"]()) | names)


def test_a_continuous_feature_needs_groups_first():
    with pytest.raises(UsageError, match=r"a is a continuous feature.*Make a column of groups"):
        cell("ThresholdOptimizer", notebook(MODELS["plain"]()), sensitive=("a",))


def test_a_report_tells_which_mitigators_can_work():
    assert report_of(notebook(MODELS["pipeline"]())).models[0].mitigations == MITIGATORS
