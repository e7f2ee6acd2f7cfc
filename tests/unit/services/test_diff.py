"""What differs between two runs, and nothing that is equal."""

import numpy as np

from jupyter_mlops.entities import BufferRef, Environment, Manifest, ValueRef
from jupyter_mlops.services import Change, RunDiff, SubmitRun
from jupyter_mlops.services._diff import diff_runs


def test_equal_runs_do_not_differ(make_run):
    a, b = make_run(params={"C": "1"}, metrics={"acc": 0.5}), make_run(params={"C": "1"}, metrics={"acc": 0.5})

    found = diff_runs(a, b)

    assert found.is_empty
    assert found == RunDiff(a=a, b=b, unknown=("packages (recorded after a run has delivered)",))


def test_everything_that_differs_is_named(make_run):
    a = make_run("a", cell="x = 1\ny = 2", params={"C": "1", "lr": "0.1"}, metrics={"acc": 0.5, "system/cpu": 1.0})
    b = make_run("b", cell="x = 1\ny = 3", params={"C": "2", "lr": "0.1"}, metrics={"acc": 0.5, "auc": 0.7})
    for run, version in ((a, "1.0"), (b, "2.0")):
        machine = Environment(python="3.11", platform="p", host="h", packages={"numpy": version, "same": "1"})
        run.directory.write(machine, run.directory.environment_file)

    found = diff_runs(a, b)

    assert found == RunDiff(
        a=a,
        b=b,
        cell=f"--- a {a.id[:8]}\n+++ b {b.id[:8]}\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n+y = 3",
        params=(Change("C", "1", "2"),),
        packages=(Change("numpy", "1.0", "2.0"),),
        metrics=(Change("auc", None, "0.7"),),
    )


def test_data_are_compared_by_content_without_being_unpickled(service):
    def submit(X, Z):
        return service.submit(SubmitRun(source="X, Z", namespace={"X": X, "Z": Z}, name="same"))

    small, large = np.arange(5), np.arange(1 << 18)
    a, b = submit(small, large), submit(small + 1, large)
    c = submit(small, large * 2)

    assert [change.key for change in diff_runs(a, b).data] == ["X"]
    assert [change.key for change in diff_runs(a, c).data] == ["Z"]
    assert diff_runs(a, c).data[0].before.startswith("numpy.ndarray 262144 ")


def test_what_an_earlier_run_gave_is_no_difference_but_unknown_unless_it_is_the_same_run(service, make_run):
    def submit(**given):
        return service.submit(SubmitRun(source="X.sum()", name="reader", **given))

    origin = make_run()
    captured, first, second = (
        submit(namespace={"X": np.arange(5)}),
        *(submit(namespace={}, pending={"X": origin.id}) for _ in range(2)),
    )
    for other, told in ((captured, ("X (given by an earlier run)",)), (second, ())):
        found = diff_runs(first, other)
        assert (found.data, found.unknown[: len(told)]) == ((), told)
    assert "X (given by an earlier run)" not in diff_runs(first, second).unknown


def test_a_run_that_goes_on_may_log_more(make_run):
    ended = make_run(params={"C": "1", "k": "2"}, metrics={"acc": 0.5})
    found = diff_runs(ended, make_run("goes", status=None, params={"C": "3", "new": "4"}))
    assert (found.params, found.metrics) == ((Change("C", "1", "3"), Change("new", None, "4")), ())
    assert "parameters and metrics that goes still logs" in found.unknown


def test_the_buffers_of_a_name_are_found_in_a_manifest():
    refs = tuple(BufferRef(digit * 32, 1) for digit in "abc")
    values = (ValueRef("x", "t", 1, buffers=1), ValueRef("y", "t", 1), ValueRef("z", "t", 2, buffers=2))
    manifest = Manifest(values=values, stream_sha256="0" * 64, buffers=refs)

    assert [manifest.buffers_of(name) for name in ("x", "y", "z", "absent")] == [refs[:1], (), refs[1:], ()]
