"""What a run's cell finds: its own inputs, names of earlier runs, and what is said when they are not there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from runs import spec_of, submit

from jupyter_mlops.capture import AFTERWARDS, dump_values, write_inputs, write_outputs
from jupyter_mlops.entities import EarlyRelease, Result, RunStatus, Upstream
from jupyter_mlops.exceptions import LaunchError, MissingObjectError, UntrustedManifestError
from jupyter_mlops.executor._deferred import after_delivery, run_deferred
from jupyter_mlops.executor._inputs import RestoredInputs, StoredInputs, restore_inputs
from jupyter_mlops.home import Home, RunDirectory
from jupyter_mlops.testing import wait_until


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.create(tmp_path / ".mlops")


@pytest.fixture
def make_run(home: Home) -> Callable[..., RunDirectory]:
    """Return a function that fills a run's directory: inputs, upstream names and, for an ended run, outputs."""

    def make(
        name: str = "story",
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
        upstream: dict[str, RunDirectory | list[RunDirectory]] | None = None,
        result: Result | None = None,
        namespace: dict[str, Any] | None = None,
    ) -> RunDirectory:
        chains = {key: chain if isinstance(chain, list) else [chain] for key, chain in (upstream or {}).items()}
        waits = tuple(Upstream(key, earlier.run_id) for key, chain in chains.items() for earlier in chain)
        run = submit(home, name=name, upstream=waits)
        write_inputs(run, dump_values(inputs or {}, namespace=namespace), home)
        wait_until(run.inputs_file.exists)
        if outputs is not None:
            write_outputs(run, dump_values(outputs, namespace=namespace), home)
        if result is not None:
            run.write(result, run.result_file)
        return run

    return make


@pytest.fixture
def restore(home: Home) -> Callable[..., RestoredInputs]:
    def restore(run: RunDirectory, namespace: dict[str, Any] | None = None) -> RestoredInputs:
        stored = StoredInputs.read(home, run)
        return restore_inputs(home, run, run.spec(), stored, {} if namespace is None else namespace)

    return restore


def test_own_inputs_are_bound_and_their_buffers_known(make_run, restore):
    data = np.arange(20_000)
    namespace: dict[str, Any] = {"other": 1}
    restored = restore(make_run(inputs={"data": data, "n": 3}), namespace)
    np.testing.assert_array_equal(namespace["data"], data)
    assert (namespace["n"], namespace["other"], restored.captured) == (3, 1, {"data", "n"})
    assert [(view.nbytes, ref.size) for view, ref in restored.mapped] == [(data.nbytes, data.nbytes)]


def test_writing_to_an_input_reaches_no_other_run(make_run, restore):
    run = make_run(inputs={"data": np.zeros(20_000)})
    restore(run).values["data"][:] = 7
    assert not restore(run).values["data"].any()


def test_a_name_comes_from_the_run_that_returned_it(make_run, restore):
    first = make_run(outputs={"model": [1], "unasked": [2]})
    restored = restore(make_run(inputs={"n": 1}, upstream={"model": first}))
    assert (restored.values, restored.captured) == ({"n": 1, "model": [1]}, {"n"})


def test_a_delivered_name_wins_over_a_captured_one(make_run, restore):
    first = make_run(outputs={"model": "new"})
    assert restore(make_run(inputs={"model": "old"}, upstream={"model": first})).values == {"model": "new"}


def test_a_name_that_a_run_left_alone_is_what_went_into_it(make_run, restore):
    first = make_run(inputs={"data": [1, 2]}, outputs={"model": 1})
    assert restore(make_run(upstream={"data": first})).values == {"data": [1, 2]}


class Odd:
    """A value that is packed well, and cannot be built again."""

    def __reduce__(self):
        return int, ("no number",)


def test_an_earlier_result_that_cannot_be_rebuilt_costs_no_other(make_run, restore):
    first = make_run("first", inputs={"odd": "old"}, outputs={"odd": Odd(), "good": 5})
    assert restore(make_run(upstream={"good": first})).values == {"good": 5}
    with pytest.raises(LaunchError, match="'first' did not deliver odd: odd could not be rebuilt: ValueError"):
        restore(make_run(upstream={"odd": first, "good": first}))


def test_a_name_is_followed_through_any_number_of_runs(make_run, restore):
    run = make_run(outputs={"data": ["made"]})
    for _ in range(5):
        run = make_run(upstream={"data": run}, outputs={})
    assert restore(make_run(upstream={"data": run})).values == {"data": ["made"]}


def test_names_of_one_object_are_one_object_although_they_are_asked_for_one_by_one(make_run, restore):
    shared = [1]
    first = make_run(outputs={"a": shared, "b": {"inner": shared}})
    values = restore(make_run(upstream={"a": first, "b": first})).values
    assert values["a"] is values["b"]["inner"]


def test_an_output_that_refers_to_an_input_finds_it(home, make_run, restore):
    data = list(range(100))
    first = make_run(inputs={"data": data})
    write_outputs(first, dump_values({"pair": [data, 1]}, references={"data": data}), home)
    values = restore(make_run(upstream={"pair": first, "data": first})).values
    assert values["pair"] == [data, 1]
    assert values["pair"][0] is values["data"]


def test_a_delivered_function_finds_the_names_of_its_own_run_where_they_are_free(make_run, restore):
    notebook: dict[str, Any] = {"__name__": "__main__", "scale": 3, "offset": 1}
    exec("def grow(x): return x * scale + offset", notebook)
    first = make_run(inputs={"scale": 3, "offset": 1}, outputs={"grow": notebook["grow"]}, namespace=notebook)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    restore(make_run(inputs={"offset": 100}, upstream={"grow": first}), namespace)
    assert (namespace["scale"], namespace["grow"](2)) == (3, 106)


# What is not there


def test_inputs_that_never_came_are_told_with_the_next_step(home, restore):
    run = home.run(home.new_run_id())
    run.create()
    spec = spec_of(run.run_id)
    run.write(spec, run.spec_file)
    with pytest.raises(LaunchError) as raised:
        restore(run)
    assert str(raised.value) == f"The inputs of run {run.run_id} are not in {run.path}. Submit the cell again."


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (None, "it did not finish"),
        (Result(status=RunStatus.FINISHED, untransferable={"model": "it is a generator"}), "it is a generator"),
    ],
)
def test_a_name_that_was_not_delivered_is_told_with_its_run_and_the_reason(make_run, restore, result, why):
    first = make_run("pretrain", result=result)
    with pytest.raises(LaunchError) as raised:
        restore(make_run(upstream={"model": first}))
    message = str(raised.value)
    assert "'pretrain' did not deliver model" in message
    assert why in message
    assert message.endswith("Run its cell again.")


def test_b29_a_stream_that_was_exchanged_opens_nothing(make_run, restore, tmp_path):
    class Canary:
        def __reduce__(self):
            return open, (str(tmp_path / "opened"), "w")

    run, other = make_run(inputs={"n": 1}), make_run(inputs={"bait": [Canary()]})
    run.inputs_stream.write_bytes(other.inputs_stream.read_bytes())
    with pytest.raises(UntrustedManifestError):
        restore(run)
    assert not (tmp_path / "opened").exists()


def test_b29_an_earlier_runs_stream_is_verified_as_well(make_run, restore, tmp_path):
    first = make_run(outputs={"model": [1]})
    first.outputs_stream.write_bytes(first.outputs_stream.read_bytes()[:-1] + b"x")
    with pytest.raises(UntrustedManifestError):
        restore(make_run(upstream={"model": first}))


def test_an_object_of_an_earlier_run_that_is_gone_is_named(home, make_run, restore):
    first = make_run(outputs={"data": np.arange(20_000)})
    for file in home.objects.files():
        file.unlink()
    with pytest.raises(MissingObjectError, match="160,000 bytes is not there"):
        restore(make_run(upstream={"data": first}))


def test_nothing_is_bound_when_something_is_missing_further_back(make_run, restore):
    first = make_run("pretrain")
    namespace: dict[str, Any] = {}
    with pytest.raises(LaunchError):
        restore(make_run(upstream={"a": first}), namespace)
    assert "a" not in namespace


class TestHandedOn:
    """Names that a run has released before its cell began."""

    @pytest.fixture
    def middle(self, make_run) -> RunDirectory:
        """A run that got Z from an earlier one, has released it and goes on."""
        first = make_run("features", outputs={"Z": [1]}, result=Result(status=RunStatus.FINISHED, returned=("Z",)))
        middle = make_run("linear", upstream={"Z": first})
        middle.write(EarlyRelease(names=("Z",)), middle.released_file)
        return middle

    def test_the_earlier_runs_value_is_there_while_the_run_goes_on(self, make_run, restore, middle):
        assert restore(make_run(upstream={"Z": middle})).values == {"Z": [1]}

    @pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.KILLED])
    def test_it_is_there_when_the_run_has_failed(self, make_run, restore, middle, status):
        middle.write(Result(status=status), middle.result_file)
        assert restore(make_run(upstream={"Z": middle})).values == {"Z": [1]}

    def test_it_is_the_same_when_the_run_changed_it_after_all(self, home, make_run, restore, middle):
        write_outputs(middle, dump_values({"Z": [1, 2], "model": 3}), home)
        middle.write(Result(status=RunStatus.FINISHED, returned=("Z", "model"), changed=("Z",)), middle.result_file)
        assert restore(make_run(upstream={"Z": middle, "model": middle})).values == {"Z": [1], "model": 3}

    def test_three_in_a_row(self, make_run, restore, middle):
        last = make_run("neighbours", upstream={"Z": middle})
        last.write(EarlyRelease(names=("Z",)), last.released_file)
        assert restore(make_run(upstream={"Z": last})).values == {"Z": [1]}


class TestNotMade:
    """Names that a run may have made, and left as they were."""

    @pytest.fixture
    def skipped(self, make_run) -> RunDirectory:
        return make_run("skipped", result=Result(status=RunStatus.FINISHED, released=("x",)))

    def test_what_the_name_held_before_is_its_value(self, make_run, restore, skipped):
        restored = restore(make_run(inputs={"x": 1}, upstream={"x": skipped}))
        assert (restored.values, restored.captured) == ({"x": 1}, {"x"})

    def test_what_the_run_made_counts_more(self, make_run, restore):
        made = make_run("made", outputs={"x": 2}, result=Result(status=RunStatus.FINISHED, returned=("x",)))
        restored = restore(make_run(inputs={"x": 1}, upstream={"x": made}))
        assert (restored.values, restored.captured) == ({"x": 2}, frozenset())

    def test_the_run_before_gives_it(self, make_run, restore, skipped):
        made = make_run("made", outputs={"x": 2}, result=Result(status=RunStatus.FINISHED, returned=("x",)))
        assert restore(make_run(upstream={"x": [skipped, made]})).values == {"x": 2}

    def test_a_name_that_nobody_made_is_not_there(self, make_run, restore, skipped):
        assert restore(make_run(upstream={"x": [skipped, skipped]})).values == {}

    def test_a_name_that_was_deleted_is_not_there_whatever_it_held_before(self, make_run, restore):
        deleted = make_run("deletes", result=Result(status=RunStatus.FINISHED, deleted=("x",)))
        made = make_run("made", outputs={"x": 2}, result=Result(status=RunStatus.FINISHED, returned=("x",)))
        assert restore(make_run(upstream={"x": [deleted, made]})).values == {}

    def test_a_later_run_finds_what_the_one_between_was_given(self, make_run, restore, skipped):
        between = make_run(
            "between",
            inputs={"x": 1},
            upstream={"x": skipped},
            result=Result(status=RunStatus.FINISHED, released=("x",)),
        )
        assert restore(make_run(upstream={"x": between})).values == {"x": 1}


@dataclass
class Noting:
    """Work that notes what it was given."""

    notes: list[Any]

    def __call__(self, run: RunDirectory, namespace: Mapping[str, Any]) -> None:
        self.notes.append((run.run_id, namespace["x"], AFTERWARDS in namespace))


def test_work_that_travels_is_done_at_the_end_with_the_names_as_they_are_then(home, make_run):
    """It is no name of the cell."""
    notes: list[Any] = []
    namespace: dict[str, Any] = {"notes": notes}
    run = make_run(inputs={"x": 1, AFTERWARDS: Noting(notes)}, namespace=namespace)
    restored = restore_inputs(home, run, run.spec(), StoredInputs.read(home, run), namespace)
    (work,) = after_delivery
    namespace["x"] = 2

    assert (restored.values, restored.captured) == ({"x": 1}, frozenset({"x"}))
    run_deferred()
    assert work.func.notes == [(run.run_id, 2, False)]
