"""The drawing of a graph: what repeats is one box, what is long is folded, what is too much is grouped by operator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from jupyter_mlops.export import ExportWish, export_model
from jupyter_mlops.export._drawing import MOST_BOXES, drawing_of


def made(*nodes, inputs=("X",), outputs=("Y",), constants=()):
    """Return a model of nodes, each `Operator: taken, taken -> given, given`."""
    parsed = []
    for line in nodes:
        operator, _, rest = line.partition(": ")
        taken, _, given = rest.partition(" -> ")
        parsed.append(helper.make_node(operator, taken.split(", "), given.split(", ")))
    graph = helper.make_graph(
        parsed,
        "drawn",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in (*inputs, *constants)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in outputs],
        [helper.make_tensor(name, TensorProto.FLOAT, [1], [1.0]) for name in constants],
    )
    return helper.make_model(graph)


def linked(graph):
    """Return the links of a drawing by what stands in its boxes."""
    return sorted((graph.nodes[a].label, graph.nodes[b].label) for a, b in graph.links)


def chain(length, operator="Abs{}"):
    names = ["X", *(f"v{number}" for number in range(1, length)), "Y"]
    return [f"{operator.format(number)}: {names[number]} -> {names[number + 1]}" for number in range(length)]


def test_inputs_operators_and_outputs_stand_below_each_other():
    graph = drawing_of(made("Scaler: X -> scaled", "Linear: scaled -> Y"))

    assert [(node.kind, node.label, node.layer, node.place) for node in graph.nodes] == [
        ("input", "X", 0, 0.0),
        ("step", "Scaler", 1, 0.0),
        ("step", "Linear", 2, 0.0),
        ("output", "Y", 3, 0.0),
    ]
    assert (linked(graph), graph.total, graph.grouped) == (
        [("Linear", "Y"), ("Scaler", "Linear"), ("X", "Scaler")],
        2,
        False,
    )


def test_constants_are_no_boxes():
    graph = drawing_of(made("Mul: X, two -> Y", constants=("two",)))

    assert linked(graph) == [("Mul", "Y"), ("X", "Mul")]


def test_what_is_done_to_each_column_is_one_box():
    """Thirty columns, each cast and all joined: not thirty lines of boxes."""
    columns = [f"c{number}" for number in range(30)]
    casts = [f"Cast: {name} -> {name}_cast" for name in columns]
    joined = f"Concat: {', '.join(f'{name}_cast' for name in columns)} -> Y"
    graph = drawing_of(made(*casts, joined, inputs=columns))

    assert [(node.label, node.count, node.kind) for node in graph.nodes if node.count > 1] == [
        ("c0", 30, "input"),
        ("Cast", 30, "step"),
    ]
    assert linked(graph) == [("Cast", "Concat"), ("Concat", "Y"), ("c0", "Cast")]


def test_operators_that_feed_different_ones_stay_apart():
    graph = drawing_of(made("Cast: X -> a", "Cast: X -> b", "Abs: a -> Y", "Neg: b -> Z", outputs=("Y", "Z")))

    assert [node.count for node in graph.nodes] == [1] * 7
    assert linked(graph).count(("X", "Cast")) == 2


@pytest.mark.parametrize(("length", "boxes"), [(4, 4), (5, 3), (40, 3)])
def test_of_a_long_row_the_middle_is_one_box(length, boxes):
    graph = drawing_of(made(*chain(length)))
    steps = [node for node in graph.nodes if node.kind == "step"]

    assert (len(steps), sum(node.count for node in steps), graph.total) == (boxes, length, length)
    assert (steps[0].label, steps[-1].label) == ("Abs0", f"Abs{length - 1}")
    assert len(graph.links) == boxes + 1


def test_a_folded_box_says_the_first_operators_and_knows_all():
    graph = drawing_of(made(*chain(7)))
    folded = graph.nodes[2]

    assert (folded.label, folded.count) == ("Abs1, Abs2, Abs3…", 5)
    assert folded.operators == ("Abs1", "Abs2", "Abs3", "Abs4", "Abs5")


def test_a_row_ends_where_another_joins_it():
    graph = drawing_of(made(*chain(3), "Add: Y, v1 -> Z", outputs=("Z",)))

    assert [node.label for node in graph.nodes] == ["X", "Abs0", "Abs1", "Abs2", "Add", "Z"]
    assert ("Abs0", "Add") in linked(graph)


def test_of_too_many_boxes_each_kind_of_operator_is_one():
    """A ladder: every rung feeds the next one and the sum, so nothing is folded."""
    rungs, taken = [], "X"
    for number in range(MOST_BOXES):
        rungs += [f"Abs: {taken} -> a{number}", f"Add: a{number}, X -> b{number}"]
        taken = f"b{number}"
    graph = drawing_of(made(*rungs, f"Identity: {taken} -> Y"))

    assert (graph.grouped, graph.total) == (True, 2 * MOST_BOXES + 1)
    assert [(node.label, node.count) for node in graph.nodes] == [
        ("X", 1),
        ("Abs", MOST_BOXES),
        ("Add", MOST_BOXES),
        ("Identity", 1),
        ("Y", 1),
    ]
    assert {("Abs", "Add"), ("Add", "Abs"), ("Add", "Identity")} <= set(linked(graph))


def test_what_a_graph_inside_of_a_node_takes_is_linked():
    inside = helper.make_graph(
        [helper.make_node("Abs", ["scaled"], ["inner"])],
        "inside",
        [],
        [helper.make_tensor_value_info("inner", TensorProto.FLOAT, [None, 1])],
    )
    proto = made("Scaler: X -> scaled", "Not: X -> flag")
    proto.graph.node.append(helper.make_node("If", ["flag"], ["Y"], then_branch=inside, else_branch=inside))

    assert {("Scaler", "If"), ("Not", "If"), ("If", "Y")} <= set(linked(drawing_of(proto)))


def test_an_output_that_nobody_makes_and_a_graph_of_nothing_are_drawn():
    nothing = drawing_of(helper.make_model(helper.make_graph([], "nothing", [], [])))

    assert (nothing.nodes, nothing.links, nothing.total) == ((), (), 0)
    assert linked(drawing_of(made("Abs: X -> Y", outputs=("Y", "absent")))) == [("Abs", "Y"), ("X", "Abs")]


def test_boxes_of_one_line_stand_beside_each_other_around_the_middle():
    graph = drawing_of(made("Abs: X -> Y", "Neg: X -> Z", outputs=("Y", "Z")))
    places = {node.label: (node.layer, node.place) for node in graph.nodes}

    assert places["X"] == (0, 0.0)
    assert sorted([places["Abs"], places["Neg"]]) == [(1, -0.5), (1, 0.5)]
    # A line does not cross another without need.
    assert (places["Abs"][1] < places["Neg"][1]) == (places["Y"][1] < places["Z"][1])


@pytest.fixture(params=["linear", "forest", "columns"])
def fitted(request, X, y, people):
    if request.param == "columns":
        apart = make_column_transformer((OneHotEncoder(), ["town"]), remainder=StandardScaler())
        return make_pipeline(apart, LogisticRegression()).fit(people, y), people
    last = LogisticRegression() if request.param == "linear" else RandomForestClassifier(5, random_state=0)
    return make_pipeline(StandardScaler(), last).fit(X, y), X


def test_an_export_is_told_with_its_drawing(fitted, tmp_path):
    """Every box has a place of its own, and every link leads from one to another."""
    model, rows = fitted
    report = export_model(model, rows, tmp_path / "m.onnx", ExportWish(timed=False))
    graph = report.graph

    places = [(node.layer, node.place) for node in graph.nodes]
    assert len(set(places)) == len(places)
    assert 3 <= len(graph.nodes) <= MOST_BOXES
    assert all(graph.nodes[a].layer < graph.nodes[b].layer for a, b in graph.links)
    assert sum(node.count for node in graph.nodes if node.kind == "input") == len(report.inputs)
    assert sorted(node.label for node in graph.nodes if node.kind == "output") == sorted(
        tensor.name for tensor in report.outputs
    )
    # A graph without links inside of its nodes has as many operators as the report counts.
    assert graph.total == sum(report.operators.values())
    assert np.isfinite([place for _, place in places]).all()


@st.composite
def graphs(draw):
    """Return a graph of any shape: each operator takes what came before it, some outputs nobody takes."""
    count = draw(st.integers(1, 90))
    names, nodes = ["X", "Z"], []
    for number in range(count):
        operator = draw(st.sampled_from(["Abs", "Add", "Mul", "Cast"]))
        taken = draw(st.lists(st.sampled_from(names[-8:]), min_size=1, max_size=3))
        nodes.append(f"{operator}: {', '.join(taken)} -> v{number}")
        names.append(f"v{number}")
    outputs = draw(st.lists(st.sampled_from(names[2:]), min_size=1, max_size=4, unique=True))
    return made(*nodes, inputs=("X", "Z"), outputs=outputs), count, len(outputs)


@given(graphs())
@settings(max_examples=60)
def test_of_any_graph_nothing_is_lost_and_no_box_stands_on_another(story):
    proto, count, outputs = story
    graph = drawing_of(proto)
    by_kind = {kind: sum(n.count for n in graph.nodes if n.kind == kind) for kind in ("input", "step", "output")}

    assert by_kind == {"input": 2, "step": count, "output": outputs}
    assert graph.total == count
    assert len({(node.layer, node.place) for node in graph.nodes}) == len(graph.nodes)
    assert len(set(graph.links)) == len(graph.links)
    for a, b in graph.links:
        assert a != b
        assert graph.grouped or graph.nodes[a].layer < graph.nodes[b].layer
    assert graph.grouped or len(graph.nodes) <= MOST_BOXES
    assert all(set(node.operators) <= {"Abs", "Add", "Mul", "Cast"} for node in graph.nodes)


@given(graphs())
@settings(max_examples=20)
def test_a_graph_is_drawn_the_same_each_time(story):
    proto, *_ = story

    assert drawing_of(proto) == drawing_of(proto)
