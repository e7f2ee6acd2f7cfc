import pytest

from jupyter_mlops.capture import is_output, recall_outputs


@pytest.mark.parametrize(
    ("name", "expected"), [("_3", True), ("_12", True), ("_", False), ("_i3", False), ("_3a", False), ("x", False)]
)
def test_an_output_is_known_by_its_name(name, expected):
    assert is_output(name) is expected


def test_outputs_are_found_by_number_again():
    table = {1: "old", 2: "kept"}
    recall_outputs(table, {"_1": "new", "_3": [], "x": 5, "_i1": "text"})
    assert table == {1: "new", 2: "kept", 3: []}
