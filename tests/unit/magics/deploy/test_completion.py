"""Tab completion of `%deploy` and `%export_onnx` lines: each place offers what may stand there, and asks no server."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from registries import add_model, make_registry
from sklearn.linear_model import LogisticRegression

from jupyter_mlops.entities import EndpointRecord, EndpointVersion
from jupyter_mlops.exceptions import UsageError
from jupyter_mlops.magics._deploy._command import ACTIONS, parser_of
from jupyter_mlops.magics._deploy._completion import deploy_words, export_words
from jupyter_mlops.magics._export_onnx_command import parser
from jupyter_mlops.magics._line_completion import LineCompletion
from jupyter_mlops.services import Endpoints, current_service

NAMESPACE = {
    "X_test": pd.DataFrame({"a": [1.0]}),
    "y_test": np.array([1]),
    "texts": ["a"],
    "number": 5,
    "net": LogisticRegression(),
    "_X": np.array([1]),
    "Model": LogisticRegression,
}
ROWS = {"X_test", "y_test", "texts"}
RUNS = {"last", "best"}
MODELS = {"cancer", "cancer/1", "cancer/2", "cancer@champion"}


@pytest.fixture
def place(shell_with_us):
    """A home with a registered model and an endpoint that nobody has started."""
    home = current_service().home
    add_model(make_registry(home.path / "mlflow.db"), "cancer", versions=2, aliases={"champion": 1})
    directory = Endpoints(home).directory("shop")
    directory.make()
    version = EndpointVersion(number=1, sha256="", size=1)
    directory.write(EndpointRecord(name="shop", current=1, versions=(version,)))
    return shell_with_us


DEPLOY = {
    "": {*ACTIONS, "net", *RUNS, *MODELS},
    "batch": {"net", *RUNS, *MODELS},
    "show": {"shop"},
    "stop": {"shop"},
    "rollback": {"shop"},
    "test shop": {"-h", "--help", "-X", "--data"},
    "test shop -X": ROWS,
    "logs shop --tail": set(),
    "best": set(parser_of("deploy").flags),
    "best --to": {"local", "docker", "kubernetes", "triton", "dotnet", "mlflow"},
    "best --to local -n": {"shop"},
    "best --to local -n shop -X": ROWS,
    "best -o": set(),
    "batch best in.csv out.csv": set(parser_of("batch").flags),
    "batch best in.csv out.csv --chunk": set(),
}


@pytest.mark.parametrize("line", DEPLOY)
def test_each_place_of_a_deploy_line_offers_what_may_stand_there(place, line):
    assert set(deploy_words(current_service, NAMESPACE)(line.split())) == DEPLOY[line]


EXPORT = {
    "": {"net", *RUNS, *(f"models:/{each}" for each in MODELS)},
    "net": set(parser().flags),
    "net -X": ROWS,
    "net -X X_test -y": ROWS,
    "net --quantise": {"dynamic"},
    "net --rtol": set(),
    "net --trust": set(parser().flags),
}


@pytest.mark.parametrize("line", EXPORT)
def test_each_place_of_an_export_line_offers_what_may_stand_there(place, line):
    assert set(export_words(current_service, NAMESPACE)(line.split())) == EXPORT[line]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%deploy ro", {"rollback"}),
        ("%deploy stop sh", {"shop"}),
        ("%deploy cancer@ch", {"champion"}),
        ("%deploy best --to ku", {"kubernetes"}),
        ("%deploy best --t", {"--to"}),
        ("deploy lo", {"logs"}),
        ("%export_onnx models:/cancer@", {"champion"}),
        ("%export_onnx net --quan", {"--quantise"}),
        ("%export_onnx net -X X_test,y_t", {"y_test"}),
    ],
)
def test_words_are_completed_in_the_shell(place, line, expected):
    place.user_ns.update(NAMESPACE)
    with provisionalcompleter():
        offered = {each.text for each in place.Completer.completions(line, len(line))}
    assert expected <= offered


def test_no_server_is_asked_and_what_goes_wrong_offers_nothing(place, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://192.0.2.1")
    assert set(export_words(current_service, NAMESPACE)([])) == {"net", *RUNS}

    def fails(before):
        raise UsageError("The home is gone.")

    event = SimpleNamespace(text_until_cursor="%deploy show s", symbol="s", line="%deploy show s")
    assert LineCompletion(place, "%deploy", fails).complete(place, event) == []
