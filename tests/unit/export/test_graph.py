"""Repairs of a graph: each keeps what the graph means, and says no where it cannot."""

import numpy as np
import pytest
from onnx import TensorProto, helper
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from jupyter_mlops.exceptions import ExportError
from jupyter_mlops.export import InputTensor, open_session
from jupyter_mlops.export._converters._by_skl2onnx import CAST, EXACT, FLOAT, converted, parts, ways
from jupyter_mlops.export._graph import add_metadata, one_opset_a_domain, only_outputs, operators_of, with_locale
from jupyter_mlops.export._protocol import Conversion
from jupyter_mlops.export._repairs._exact_trees import exact_thresholds, thresholds_of
from jupyter_mlops.export._repairs._missing_in_trees import send_missing_values


def graph_of(model, way=FLOAT, width=4):
    inputs = (InputTensor("X", way.precision, tuple(range(width))),)
    return converted(Conversion(model=model, inputs=inputs, variant=way))


def answer(proto, rows):
    return open_session(proto.SerializeToString()).run(None, {"X": rows})


@pytest.fixture(scope="module")
def boosted(X, y):
    return HistGradientBoostingRegressor(max_iter=4).fit(X, y)


def test_adjusted_thresholds_decide_in_double(boosted, X):
    """A row at a threshold and the next double after it fall on two sides; as float32 they are one number."""
    proto = graph_of(boosted, EXACT)
    thresholds = thresholds_of(boosted)
    feature, values = next((f, v) for f, v in thresholds.items() if len(v))
    rows = np.tile(X[0], (2, 1))
    rows[:, feature] = values[0], np.nextafter(values[0], np.inf)

    assert np.allclose(answer(proto, rows)[0].ravel(), boosted.predict(rows))
    assert "Greater" in operators_of(proto)


def test_adjusted_thresholds_leave_missing_values_missing(boosted, X):
    rows = X[:20].copy()
    rows[::2, 1] = np.nan

    assert np.allclose(answer(graph_of(boosted, EXACT), rows)[0].ravel(), boosted.predict(rows))


def test_thresholds_that_are_no_ones_are_refused(boosted, X, y):
    proto = graph_of(boosted, EXACT)
    other = HistGradientBoostingRegressor(max_iter=2).fit(X * 100, y)

    with pytest.raises(ExportError, match="the thresholds of a tree are not found in the model"):
        exact_thresholds(graph_of(DecisionTreeRegressor(max_depth=2).fit(X, y)), [other])
    assert operators_of(proto)


def test_a_cast_before_trees_is_one_of_the_graph_only(X, y):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0)).fit(X, y)
    proto = graph_of(model, CAST)

    assert operators_of(proto)["Cast"] == 2
    assert np.allclose(answer(proto, X)[1], model.predict_proba(X), atol=1e-6)


def test_missing_values_are_sent_where_the_tree_sends_them(X, y):
    holes = np.where(np.random.default_rng(0).random(X.shape) < 0.3, np.nan, X)
    tree = DecisionTreeRegressor(max_depth=4, random_state=0).fit(holes, y)
    proto = graph_of(tree)

    assert send_missing_values(proto, [tree])
    assert np.allclose(answer(proto, holes.astype(np.float32))[0].ravel(), tree.predict(holes.astype(np.float32)))


def test_trees_of_another_model_are_left_alone(X, y):
    tree, other = (DecisionTreeRegressor(max_depth=3, random_state=seed).fit(X[seed::2], y[seed::2]) for seed in (0, 1))
    proto = graph_of(tree)
    before = proto.SerializeToString()

    assert not send_missing_values(proto, [other])
    assert proto.SerializeToString() == before


def test_an_output_that_nobody_wants_goes_with_its_nodes(X, y):
    proto = graph_of(LogisticRegression().fit(X, y))
    whole = operators_of(proto)
    only_outputs(proto, ("label",))

    assert [output.name for output in proto.graph.output] == ["label"]
    assert sum(operators_of(proto).values()) <= sum(whole.values())
    assert (answer(proto, X.astype(np.float32))[0] == LogisticRegression().fit(X, y).predict(X)).all()


def test_one_version_of_a_domain_is_imported():
    graph = helper.make_graph([], "empty", [], [])
    versions = [helper.make_opsetid("", 14), helper.make_opsetid("ai.onnx.ml", 1), helper.make_opsetid("", 22)]
    proto = helper.make_model(graph, opset_imports=versions)
    one_opset_a_domain(proto)

    assert {opset.domain: opset.version for opset in proto.opset_import} == {"": 22, "ai.onnx.ml": 1}


def test_metadata_replaces_older_facts_and_keeps_others():
    proto = helper.make_model(helper.make_graph([], "empty", [], []))
    add_metadata(proto, {"a": "1", "b": "2"})
    add_metadata(proto, {"b": "3"})

    assert {entry.key: entry.value for entry in proto.metadata_props} == {"a": "1", "b": "3"}


def test_a_locale_is_written_also_where_none_stood():
    node = helper.make_node("StringNormalizer", ["x"], ["y"], case_change_action="LOWER")
    value = [helper.make_tensor_value_info(name, TensorProto.STRING, [None]) for name in "xy"]
    proto = helper.make_model(helper.make_graph([node], "lower", value[:1], value[1:]))
    with_locale(proto, "C.UTF-8")
    with_locale(proto, "C")

    assert [a.s for a in proto.graph.node[0].attribute if a.name == "locale"] == [b"C"]


def test_every_estimator_inside_is_found_once(X, y):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(3, random_state=0)).fit(X, y)
    names = [type(part).__name__ for part in parts(model)]

    assert names.count("DecisionTreeClassifier") == 4  # the three trees, and the estimator that they are copies of
    assert names.count("StandardScaler") == 1
    assert all(way.ties for way in ways(model))  # even votes of a forest are nobody's but scikit-learn's to decide
    assert ways(model[:1])[0] is FLOAT
    assert len({way.name for way in ways(model)}) == len(ways(model))
