"""What becomes of each name when a cell has ended: returned, released, deleted, changed, or kept in the run."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from runs import spec_of

from jupyter_mlops.capture import dump_values, load_values
from jupyter_mlops.entities import Param
from jupyter_mlops.executor._inputs import RestoredInputs
from jupyter_mlops.executor._outputs import Outcome, Promise, pickle_outputs


class Story:
    """A cell's namespace before and after: inputs and parameters in, whatever a story does, an outcome out."""

    def __init__(self, *, inputs: dict[str, Any] | None = None, heavy: str = "", **spec: Any) -> None:
        pickled = dump_values(inputs or {})
        values = load_values(pickled.stream, [bytearray(view) for view in pickled.buffers], namespace={})
        captured = frozenset(values) - set(spec.pop("delivered", ()))
        self.spec = spec_of(**spec)
        self.inputs = RestoredInputs(values, captured, heavy=frozenset(heavy.split()))
        self.names: dict[str, Any] = {"__name__": "__main__", "In": [], "_": "", **values}
        self.names |= {param.key: param.value for param in self.spec.params}
        self.promise = Promise(self.spec, self.inputs, self.names)

    def run(self, cell: str) -> Outcome:
        exec(cell, self.names)
        del self.names["__builtins__"]
        return self.promise.outcome(hidden={"In", "_", "_i", "shell_keeps_this"})


def outcome(cell: str, **story: Any) -> Outcome:
    return Story(**story).run(cell)


def test_what_the_cell_assigned_is_returned():
    assert outcome("model = [1]", pending=("model",)) == Outcome(returned={"model": [1]})


def test_an_assignment_that_was_not_reached_releases_the_name():
    assert outcome("if False: model = 1", pending=("model",)) == Outcome(released=("model",))


def test_an_input_that_is_as_it_was_is_released_and_may_be_sent_as_its_name():
    story = Story(inputs={"data": [1, 2]}, pending=("data",))
    assert story.run("sum(data)") == Outcome(released=("data",), unchanged_inputs={"data": story.inputs.values["data"]})


def test_an_input_that_was_changed_in_place_is_returned():
    assert outcome("data.append(3)", inputs={"data": [1, 2]}, pending=("data",)) == Outcome(
        returned={"data": [1, 2, 3]}
    )


def test_an_equal_value_that_is_another_object_is_returned():
    found = outcome("data = list(data)", inputs={"data": [1, 2]}, pending=("data",))
    assert (found.returned, found.released) == ({"data": [1, 2]}, ())
    assert found.unchanged_inputs == {"data": [1, 2]}
    assert found.returned["data"] is not found.unchanged_inputs["data"]


def test_a_name_that_holds_another_unchanged_input_is_returned_as_that():
    story = Story(inputs={"a": [1], "b": [2]}, pending=("a",))
    found = story.run("a = b")
    assert found.returned["a"] is story.inputs.values["b"] is found.unchanged_inputs["b"]


def test_a_name_that_the_cell_deleted_is_told_apart_from_one_that_never_was():
    found = outcome("del old", inputs={"old": [1]}, pending=("old", "never"))
    assert (found.deleted, found.released) == (("old",), ("never",))


def test_a_name_that_came_and_went_is_as_before():
    assert outcome("x = 1; del x", pending=("x",)) == Outcome(released=("x",))


def test_names_come_in_the_order_of_the_promise():
    assert outcome("a = 1; b = 2; c = 3", pending=("c", "a", "b")).returned == {"c": 3, "a": 1, "b": 2}
    assert list(outcome("a = 1; b = 2; c = 3", pending=("c", "a", "b")).returned) == ["c", "a", "b"]


# Parameters


def test_a_parameter_that_the_cell_left_alone_is_released():
    assert outcome("y = lr", params=(Param("lr", "0.1"),), pending=("lr", "y")) == Outcome(
        returned={"y": 0.1}, released=("lr",)
    )


def test_a_parameter_that_the_cell_assigned_is_returned():
    assert outcome("lr = lr * 2", params=(Param("lr", "0.5"),), pending=("lr",)) == Outcome(returned={"lr": 1.0})


def test_a_parameter_that_the_cell_deleted_is_deleted():
    assert outcome("del lr", params=(Param("lr", "1"),), pending=("lr",)) == Outcome(deleted=("lr",))


def test_a_parameter_hides_an_input_of_its_name_and_the_input_does_not_count_as_changed():
    story = Story(inputs={"lr": [0.1]}, params=(Param("lr", "0.5"),), watched=("lr",))
    assert story.run("x = lr") == Outcome(returned={"x": 0.5})


# Watched names


def test_a_watched_name_that_came_out_changed_is_told_and_returned():
    found = outcome("seen.add(2)", inputs={"seen": {1}, "same": {1}}, watched=("seen", "same"))
    assert (found.returned, found.changed) == ({"seen": {1, 2}}, ("seen",))
    assert found.unchanged_inputs == {"same": {1}}


def test_a_watched_name_that_was_deleted_changes_nothing_in_the_notebook():
    found = outcome("del seen", inputs={"seen": {1}}, watched=("seen",))
    assert (found.returned, found.changed, found.deleted) == ({}, (), ())


def test_a_heavy_input_is_compared_only_where_the_cell_may_well_change_it():
    story = {"inputs": {"big": [1]}, "heavy": "big"}
    assert outcome("big.append(2)", watched=("big",), **story) == Outcome()
    assert outcome("big.append(2)", pending=("big",), **story) == Outcome(returned={"big": [1, 2]})


def test_a_delivered_name_is_released_but_is_no_reference_into_this_runs_inputs():
    found = outcome("len(w)", inputs={"w": [1], "x": [2]}, delivered=("w",), pending=("w",))
    assert (found.released, found.unchanged_inputs) == (("w",), {"x": [2]})


# Names that no text shows


def test_what_the_text_does_not_show_comes_back_unless_it_is_private_or_the_shells():
    cell = "globals().update(found=1, _private=2, shell_keeps_this=3, In=4)"
    assert outcome(cell).returned == {"found": 1}


def test_a_name_that_was_there_before_is_not_unforeseen():
    assert outcome("globals().update(data=[2])", inputs={"data": [1]}).returned == {}


# --returns


def test_returns_is_exactly_the_list():
    found = outcome(
        "model = 1; other = 2; data.append(3)",
        inputs={"data": [1]},
        pending=("model", "gone"),
        watched=("data",),
        explicit_returns=True,
    )
    assert (found.returned, found.changed) == ({"model": 1}, ())
    assert found.absent == {"gone": "the cell did not assign it"}


def test_returns_brings_back_what_is_unchanged_as_well():
    found = outcome("pass", inputs={"data": [1]}, pending=("data",), explicit_returns=True)
    assert (found.returned, found.released) == ({"data": [1]}, ())


def test_returns_of_a_name_that_the_cell_deleted_says_deleted():
    found = outcome("del data", inputs={"data": [1]}, pending=("data",), explicit_returns=True)
    assert (found.deleted, found.absent) == (("data",), {})


def test_returns_none_brings_nothing_however_much_there_is():
    found = outcome("a = 1; globals()['b'] = 2", explicit_returns=True)
    assert found == Outcome()


# Packing


@pytest.fixture
def receive() -> Callable[..., dict[str, Any]]:
    def receive(pickled: Any, **inputs: Any) -> dict[str, Any]:
        buffers = [bytearray(view) for view in pickled.buffers]
        return load_values(pickled.stream, buffers, namespace={}, resolve=inputs.__getitem__)

    return receive


def test_an_unchanged_input_inside_an_output_is_sent_as_its_name(receive):
    data, kernels = list(range(10_000)), object()
    found = Outcome(returned={"pair": [data, 1]}, unchanged_inputs={"data": data})
    pickled, left = pickle_outputs(found, {})
    assert left == {}
    assert len(pickled.stream) < 1_000
    assert receive(pickled, data=kernels)["pair"] == [kernels, 1]


def test_f40_what_cannot_come_back_is_told_with_its_place_and_the_rest_comes(receive):
    found = Outcome(returned={"model": [1], "pool": [threading.Lock()], "rows": (i for i in "ab")})
    pickled, left = pickle_outputs(found, {})
    assert receive(pickled) == {"model": [1]}
    assert left == {
        "pool": "it is a _thread.lock (at pool[0]): it lives in one process only. "
        "Use it inside the cell, and keep what you need of it as data",
        "rows": "it is a generator: it lives in one process only. "
        "Use it inside the cell, and keep what you need of it as data",
    }


def test_a_name_that_is_absent_is_told_beside_those_that_cannot_travel():
    _, left = pickle_outputs(Outcome(returned={"lock": threading.Lock()}, absent={"gone": "no such name"}), {})
    assert list(left) == ["gone", "lock"]


def test_nothing_to_return_is_no_value_at_all():
    pickled, left = pickle_outputs(Outcome(), {})
    assert (pickled.values, left) == ((), {})


# Names that were handed on before the cell


def handed_on(cell: str, **inputs: Any) -> Outcome:
    story = Story(inputs=inputs, pending=("Z", "model"), undecided=("Z",), delivered=("Z",))
    story.promise = Promise(story.spec, story.inputs, story.names, frozenset({"Z"}))
    return story.run(cell)


def test_a_name_that_was_handed_on_is_released_when_it_is_as_it_was():
    found = handed_on("model = sum(Z)", Z=[1, 2])
    assert (found.returned, found.released, found.changed) == ({"model": 3}, ("Z",), ())


def test_a_name_that_was_handed_on_and_changed_all_the_same_is_told():
    found = handed_on("model = Z.append(3)", Z=[1, 2])
    assert (found.returned, found.released, found.changed) == ({"model": None, "Z": [1, 2, 3]}, (), ("Z",))


def test_a_name_that_was_handed_on_and_vanished_is_what_was_handed_on():
    found = handed_on("model = 1; del globals()['Z']", Z=[1, 2])
    assert (found.returned, found.released, found.deleted) == ({"model": 1}, ("Z",), ())
