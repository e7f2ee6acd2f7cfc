"""The drawing in HTML: a picture with a name, boxes with whole names, nothing that could become markup."""

from xml.etree import ElementTree

import pytest

from jupyter_mlops.entities import OnnxGraph, OnnxNode
from jupyter_mlops.widgets._onnx_drawing import node_text, onnx_drawing

GRAPH = OnnxGraph(
    nodes=(
        OnnxNode(label="X", kind="input", count=30),
        OnnxNode(label="Scaler", operators=("Scaler",), layer=1, place=-0.5),
        OnnxNode(label="Cast", operators=("Cast",), count=2, layer=1, place=0.5),
        OnnxNode(label="TreeEnsembleClassifier", operators=("TreeEnsembleClassifier",), layer=2),
    ),
    links=((0, 1), (0, 2), (1, 3), (2, 3)),
    total=34,
)


def drawn(graph):
    return ElementTree.fromstring(str(onnx_drawing(graph)))


def test_a_graph_is_a_picture_with_a_name():
    picture = drawn(GRAPH).find("svg")

    assert picture.attrib["aria-label"] == "Graph of 34 operators"
    whole = ["X \u00d730", "Scaler", "Cast \u00d72", "TreeEnsembleClassifier"]
    assert [title.text for title in picture.iter("title")] == whole
    assert [text.text for text in picture.iter("text")] == [*whole[:3], "TreeEnsembleClassif…"]
    assert len(picture.findall("path")) == 4


def test_all_of_it_lies_inside_of_the_picture():
    picture = drawn(GRAPH).find("svg")
    width, height = (float(picture.attrib[name]) for name in ("width", "height"))

    for box in picture.iter("rect"):
        x, y, w, h = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height


def test_names_are_text():
    evil = OnnxNode(label='"><script>alert(1)</script>', operators=("x",))
    picture = drawn(OnnxGraph(nodes=(evil,), links=(), total=1)).find("svg")

    assert next(picture.iter("title")).text == '"><script>alert(1)</script>'
    assert [child.tag for child in picture] == ["g"]


def test_a_graph_of_nothing_is_drawn():
    assert drawn(OnnxGraph(nodes=(), links=(), total=0)).find("svg") is not None


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (OnnxNode(label="Cast"), "Cast"),
        (OnnxNode(label="Cast", operators=("Cast",), count=1_234), "Cast \u00d71,234"),
        (OnnxNode(label="Cast, Mul", operators=("Cast", "Mul"), count=9), "Cast, Mul"),
    ],
)
def test_a_box_says_how_many_it_stands_for(node, text):
    assert node_text(node) == text
