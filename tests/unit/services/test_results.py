"""Results from files alone: outputs, released inputs and upstream runs, verified before anything is unpickled."""

import json
import sys

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values, write_inputs, write_outputs
from jupyter_mlops.entities import EarlyRelease, Result, RunStatus, Upstream
from jupyter_mlops.exceptions import MissingObjectError, NotRebuiltError, RunFailedError, UntrustedManifestError


@pytest.fixture
def deliver(home, make_run):
    """Return a function that makes a finished run as its executor would leave it."""

    def make(inputs=(), outputs=(), *, references=(), name="base", upstream=(), **told):
        run = make_run(name, upstream=tuple(Upstream(*pair) for pair in upstream))
        write_inputs(run.directory, dump_values(dict(inputs)), home)
        if outputs:
            write_outputs(run.directory, dump_values(dict(outputs), references=dict(references)), home)
        result = Result(status=RunStatus.FINISHED, returned=tuple(dict(outputs)), **told)
        run.directory.write(result, run.directory.result_file)
        return run

    return make


def test_returned_released_and_changed_names_are_results(deliver):
    run = deliver(
        {"left": [1], "seen": [0]}, {"made": [2], "seen": [9]}, released=("left",), changed=("seen",), deleted=("gone",)
    )

    assert run.results() == {"left": [1], "made": [2], "seen": [9]}
    assert run.results(("made",)) == {"made": [2]}
    assert run.result("left") == [1]


def test_a_run_without_results_gives_none(deliver):
    assert deliver().results() == {}


def test_an_end_without_the_executors_word_gives_nothing(make_run):
    run = make_run("base")

    assert run.results() == {}
    with pytest.raises(RunFailedError, match="Run base ended without returning x"):
        run.result("x")


class Odd:
    """A value that is packed well, and cannot be built again."""

    def __reduce__(self):
        return int, ("no number",)


def test_a_result_that_cannot_be_rebuilt_costs_no_other(deliver):
    run = deliver(outputs={"before": [1], "odd": Odd(), "good": 5})

    assert run.result("good") == 5
    with pytest.raises(NotRebuiltError, match="odd could not be rebuilt: ValueError: invalid literal"):
        run.result("odd")
    with pytest.raises(NotRebuiltError) as caught:
        run.results()
    assert (caught.value.rebuilt, caught.value.reasons.keys()) == ({"before": [1], "good": 5}, {"odd"})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone", "Run base deleted gone."),
        ("lock", "Run base could not return lock: it is a lock."),
        ("other", "Run base returns no other. It returned made, untouched."),
        ("mode", "Run base returns no mode. Did you mean made? It returned made, untouched."),
    ],
)
def test_what_is_no_result_is_told_why(deliver, name, message):
    run = deliver(
        {"untouched": 2},
        {"made": 1},
        released=("untouched",),
        deleted=("gone",),
        untransferable={"lock": "it is a lock"},
    )

    with pytest.raises(RunFailedError) as error:
        run.result(name)

    assert str(error.value) == message


def test_a_reference_gives_the_object_that_the_caller_holds(deliver):
    box = [1, 2]
    run = deliver({"box": box}, {"pair": (box, box)}, references={"box": box})
    mine = [1, 2]

    held = run.results(held={"box": mine})["pair"]
    loaded = run.results()["pair"]

    assert held[0] is held[1] is mine
    assert loaded[0] is loaded[1]
    assert loaded == ([1, 2], [1, 2])


def test_released_names_are_followed_through_upstream_runs(deliver):
    first = deliver({}, {"model": {"depth": 3}, "other": 1}, name="first")
    second = deliver({}, {}, name="second", upstream=(("model", first.id),), released=("model",))
    third = deliver(
        {}, {}, name="third", upstream=(("model", second.id), ("other", first.id)), released=("model", "other")
    )

    assert third.results() == {"model": {"depth": 3}, "other": 1}


def test_arrays_come_mapped_and_writable(deliver):
    array = np.arange(100_000)
    run = deliver({}, {"array": array})

    first, second = run.result("array"), run.result("array")
    first[0] = 7

    assert np.array_equal(second, array)
    assert not first.flags.owndata


def test_what_functions_need_is_bound_where_it_is_absent(deliver, monkeypatch):
    main = sys.modules["__main__"]
    exec("def scaled(x): return x * mlops_scale", vars(main))
    monkeypatch.setattr(main, "mlops_scale", 3, raising=False)
    run = deliver({"mlops_scale": 3}, {"scaled": main.scaled})
    monkeypatch.delattr(main, "mlops_scale")

    assert run.result("scaled")(2) == 6
    assert main.mlops_scale == 3


def test_rule_10_a_stranger_s_results_are_not_unpickled(deliver):
    run = deliver({}, {"x": [1]})
    manifest = json.loads(run.directory.outputs_file.read_text())
    run.directory.outputs_file.write_text(json.dumps({**manifest, "signature": "0" * 64}))

    with pytest.raises(UntrustedManifestError):
        run.results()


def test_rule_10_an_exchanged_stream_is_not_unpickled(deliver, tmp_path):
    canary = tmp_path / "canary"
    run = deliver({}, {"x": [1]})
    run.directory.outputs_stream.write_bytes(f"cposix\nsystem\n(S'touch {canary}'\ntR.".encode())

    with pytest.raises(UntrustedManifestError):
        run.results()
    assert not canary.exists()


def test_collected_results_say_what_to_do(deliver, home):
    run = deliver({}, {"array": np.arange(100_000)})
    for file in list(home.objects.files()):
        file.unlink()

    with pytest.raises(MissingObjectError, match="run the cell that made it again"):
        run.results()


def test_f29_half_written_results_are_no_results(deliver):
    run = deliver({}, {"x": 1})
    data = run.directory.result_file.read_bytes()
    for length in range(len(data)):
        run.directory.result_file.write_bytes(data[:length])
        assert run.results() == {}

    run.directory.result_file.write_bytes(data)
    assert run.results() == {"x": 1}


def test_a_later_run_got_what_the_middle_one_had_handed_on_and_not_its_change(deliver, home):
    first = deliver({}, {"Z": [1]}, name="features")
    middle = deliver({}, {"Z": [1, 2]}, name="linear", upstream=[("Z", first.id)], changed=("Z",))
    middle.directory.write(EarlyRelease(names=("Z",)), middle.directory.released_file)
    last = deliver(name="last", upstream=[("Z", middle.id)], released=("Z",))

    assert last.result("Z") == [1]
    assert middle.result("Z") == [1, 2]


def test_a_name_that_a_run_has_left_alone_comes_from_the_one_before(deliver):
    first = deliver({}, {"x": 1}, name="first")
    skipped = deliver(name="skipped", released=("x",))
    last = deliver(name="last", upstream=[("x", skipped.id), ("x", first.id)], released=("x",))
    alone = deliver({"x": 0}, name="alone", upstream=[("x", skipped.id)], released=("x",))

    assert (last.result("x"), alone.result("x")) == (1, 0)
    with pytest.raises(RunFailedError, match="Run skipped returns no x"):
        skipped.result("x")
