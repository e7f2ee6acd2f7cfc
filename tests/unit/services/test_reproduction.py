"""What a reproduction says about two ended runs, and what it needs to begin."""

import json

import numpy as np
import pytest

from jupyter_mlops.capture import dump_values, write_outputs
from jupyter_mlops.entities import CellError, Origin, Param, Result, RunStatus
from jupyter_mlops.exceptions import MissingObjectError, RunFailedError, UsageError
from jupyter_mlops.services import Agreement, Reproduction, SubmitRun


@pytest.fixture
def ended(home, make_run):
    def make(outputs=(), *, status=RunStatus.FINISHED, error=None, metrics=None):
        run = make_run(status=status, metrics=metrics)
        if outputs:
            write_outputs(run.directory, dump_values(dict(outputs)), home)
        result = Result(status=status, returned=tuple(dict(outputs)), error=error)
        run.directory.write(result, run.directory.result_file)
        return run

    return make


def test_equal_runs_agree_in_everything(service, ended):
    values = {"model": np.ones(3), "json": json, "dumps": json.dumps, "decoder": json.JSONDecoder, "log": [1]}
    first, second = (ended(values, metrics={"acc": 0.5, "system/cpu": cpu}) for cpu in (1.0, 2.0))

    assert service.compare_reproduction(first, second) == Reproduction(
        original=first,
        again=second,
        outputs=(Agreement("log", equal=True), Agreement("model", equal=True)),
        metrics=(Agreement("acc", equal=True),),
    )


def test_what_differs_is_named_with_its_place_and_size(service, ended):
    first = ended({"model": {"w": np.zeros(2)}, "only": 1}, metrics={"acc": 0.5})
    second = ended({"model": {"w": np.array([0, 0.25])}, "new": 1}, metrics={"acc": float("nan")})

    found = service.compare_reproduction(first, second)

    assert found.is_exact is False
    assert found.outputs == (
        Agreement("model", equal=False, how="model.w: float64[2]: 1 of 2 by at most 0.25", largest=0.25),
        Agreement("new", equal=False, how="only in the second"),
        Agreement("only", equal=False, how="only in the first"),
    )
    assert found.metrics == (Agreement("acc", equal=False, how="0.5 against nan", largest=float("inf")),)


def failure(message):
    return {"status": RunStatus.FAILED, "error": CellError(type="ValueError", message=message)}


def test_the_same_failure_is_a_reproduction(service, ended):
    first, second, other = ended(**failure("no")), ended(**failure("no")), ended(**failure("other"))

    assert service.compare_reproduction(first, second).outputs == (Agreement("error", equal=True),)
    assert service.compare_reproduction(first, other).outputs == (
        Agreement("error", equal=False, how="ValueError: no against ValueError: other"),
    )


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_failure_on_one_side_is_the_failure(service, ended, failed_first):
    pair = [ended(**failure("no")), ended()]

    with pytest.raises(RunFailedError, match="ValueError: no"):
        service.compare_reproduction(*(pair if failed_first else reversed(pair)))


def test_a_killed_run_is_nothing_to_compare_with(service, ended):
    killed, again = ended(status=RunStatus.KILLED), ended()

    with pytest.raises(RunFailedError) as raised:
        service.compare_reproduction(killed, again)

    assert str(raised.value) == (
        f"Nothing to compare with: {killed.name} was KILLED before it gave anything. "
        f"Its inputs ran again as {again.id[:8]}, which is FINISHED."
    )


def test_a_reproduction_shares_what_is_stored_and_keeps_what_was_asked(service, launcher, home):
    original = service.submit(
        SubmitRun(
            source="y = X * C",
            namespace={"X": np.ones(50_000)},
            name="base",
            experiment="digits",
            params=(Param("C", "2"),),
            tags={"team": "blue"},
            timeout_s=5.0,
        )
    )
    stored = sorted(home.objects.files())

    again = service.reproduce(original)

    assert sorted(home.objects.files()) == stored
    assert again.directory.inputs() == original.directory.inputs()
    assert again.spec.origin == Origin("reproduce", original.id)
    kept = ("name", "experiment", "params", "tags", "pending", "watched", "timeout_s", "cwd")
    assert [getattr(again.spec, field) for field in kept] == [getattr(original.spec, field) for field in kept]
    assert again.spec.sequence > original.spec.sequence
    assert (again.cell, again.provenance) == (original.cell, original.provenance)
    assert launcher.submitted == [original.spec, again.spec]


def test_without_inputs_there_is_nothing_to_reproduce(service, make_run):
    with pytest.raises(MissingObjectError, match="are not stored any more"):
        service.reproduce(make_run())


@pytest.mark.parametrize("name", ["there.ipynb", "missing/folder/new.ipynb"])
def test_a_notebook_replaces_nothing_and_says_where_it_cannot_be(service, make_run, tmp_path, name):
    (tmp_path / "there.ipynb").write_text("mine")

    with pytest.raises(UsageError, match=name):
        service.reproduce_notebook(make_run(), tmp_path / name)

    assert (tmp_path / "there.ipynb").read_text() == "mine"


def test_b04_a_notebook_shows_a_strange_name_as_text(service, make_run, tmp_path):
    run = make_run("# <img src=x onerror=alert(1)> `x`", cell="```\nprint(1)\n```")

    path = service.reproduce_notebook(run, tmp_path / "again.ipynb")

    cells = json.loads(path.read_text())["cells"]
    assert "".join(cells[0]["source"]).startswith("# Reproduce run `# <img src=x onerror=alert(1)> 'x'`\n")
    assert "````python\n```\nprint(1)\n```\n````" in "".join(cells[4]["source"])
