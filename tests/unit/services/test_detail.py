"""All that the run view shows: of a whole run, of one that only a store has, and of one that a stranger has written."""

import pytest
from msgspec.structs import asdict, replace

from jupyter_mlops.entities import (
    CellError,
    Environment,
    Fingerprint,
    GitState,
    Manifest,
    Provenance,
    Result,
    RunDetail,
    RunInput,
    RunStatus,
    RunSummary,
    Upstream,
    UserRecord,
    ValueRef,
)
from jupyter_mlops.services._detail import read_detail, stored_detail

HOSTILE = "a\u202eb\x1b[31m\x00\n c"
AS_NAME = "ab[31m c"
AS_TEXT = "ab[31m\n c"


def summary(**fields) -> RunSummary:
    known = {"run_id": "a" * 32, "home_id": "h", "source": "mlflow", "name": "n", "experiment": "e"}
    return RunSummary(**{**known, "status": RunStatus.FINISHED, **fields})


def write(run, **files) -> None:
    for name, entity in files.items():
        run.directory.write(entity, getattr(run.directory, f"{name}_file"), durable=False)


def detail(run) -> RunDetail:
    return read_detail(run, summary())


def test_a_run_that_left_nothing_but_its_cell_has_that(make_run):
    assert detail(make_run(cell="x = 1")) == RunDetail(summary=summary(), cell="x = 1")


def test_everything_that_a_run_left_is_there(make_run):
    run = make_run(cell="fit(X, up)", upstream=(Upstream("up", "b" * 32),))
    write(
        run,
        user=UserRecord(note="**good**"),
        provenance=Provenance(
            upstream_cells=("import x", "X = 1"),
            fingerprints=(Fingerprint(name="X", type="ndarray", digest="d1", shape=(3, 4)),),
            seeds={"numpy": "5eed"},
        ),
        inputs=Manifest(
            values=(ValueRef("X", "ndarray", 96), ValueRef("k", "int", 28), ValueRef("__main__", "module", 1)),
            stream_sha256="",
        ),
        environment=Environment(
            python="3.12.1", platform="Linux", host="box", cpu="x86", cpu_count=8, memory_bytes=3 * 2**29,
            gpus=("A100", "H100"), packages={"zlib": "1", "attrs": "23"},
        ),
        git=GitState(commit="c0ffee", branch="main", dirty=True, patch="+x\n-y\n"),
        result=Result(
            status=RunStatus.FAILED,
            error=CellError(type="ValueError", message="no\nway", line=0, source="fit(", traceback="Trace\n\tx"),
            untransferable={"lock": "cannot pickle '_thread.lock'"},
        ),
    )  # fmt: skip

    assert detail(run) == RunDetail(
        summary=summary(),
        cell="fit(X, up)",
        upstream_cells=("import x", "X = 1"),
        upstream_runs={"up": "b" * 32},
        error={"type": "ValueError", "message": "no\nway", "line": "0", "source": "fit(", "traceback": "Trace\n\tx"},
        note="**good**",
        inputs=(
            RunInput(name="X", type="ndarray", size=96, fingerprint="d1", shape="3 x 4"),
            RunInput(name="k", type="int", size=28),
        ),
        packages={"attrs": "23", "zlib": "1"},
        machine={
            "Host": "box", "Python": "3.12.1", "Platform": "Linux", "Processor": "x86", "Processors": "8",
            "Memory": "1.5 GiB", "GPU": "A100, H100",
        },
        git={"commit": "c0ffee", "branch": "main", "dirty": "yes", "patch": "+x\n-y\n", "patch_cut": ""},
        seeds={"numpy": "5eed"},
        untransferable={"lock": "cannot pickle '_thread.lock'"},
    )  # fmt: skip


def test_data_stands_before_the_code_that_it_is_given_to(make_run):
    run = make_run()
    names = ("Model", "X", "fit", "y")
    write(
        run,
        inputs=Manifest(values=tuple(ValueRef(name, "t", 1) for name in names), stream_sha256=""),
        provenance=Provenance(fingerprints=tuple(Fingerprint(name=name, type="t", digest="d") for name in ("X", "y"))),
    )

    assert [given.name for given in detail(run).inputs] == ["X", "y", "Model", "fit"]


def test_what_a_machine_did_not_tell_has_no_row(make_run):
    run = make_run()
    write(run, environment=Environment(python="3.12.1", platform="", host=""))

    assert (detail(run).machine, detail(run).packages) == ({"Python": "3.12.1"}, {})


@pytest.mark.parametrize(
    ("of_value", "of_data", "told"),
    [
        ((2,), (9, 9), "2"),
        (None, (9, 9), "9 x 9"),
        ((), (9,), "9"),
        (None, None, ""),
        ((), None, ""),
        ((0, 3), None, "0 x 3"),
    ],
)
def test_a_shape_is_the_values_own_else_its_datas(make_run, of_value, of_data, told):
    run = make_run()
    write(
        run,
        inputs=Manifest(values=(ValueRef("X", "t", 1, of_value),), stream_sha256=""),
        provenance=Provenance(fingerprints=(Fingerprint(name="X", type="t", digest="d", shape=of_data),)),
    )

    assert [data.shape for data in detail(run).inputs] == [told]


def test_what_a_stranger_wrote_is_made_safe_to_show(make_run):
    run = make_run()
    write(
        run,
        provenance=Provenance(seeds={HOSTILE: HOSTILE}),
        inputs=Manifest(values=(ValueRef(HOSTILE, HOSTILE, 1),), stream_sha256="", signature="forged"),
        environment=Environment(python=HOSTILE, platform="", host="", gpus=(HOSTILE,), packages={HOSTILE: HOSTILE}),
        git=GitState(commit=HOSTILE, branch=HOSTILE, patch=HOSTILE, patch_cut=True),
        result=Result(
            status=RunStatus.FAILED, error=CellError(type=HOSTILE, message=HOSTILE), untransferable={"x": HOSTILE}
        ),
    )
    shown = detail(run)

    assert shown.error == {"type": AS_NAME, "message": AS_TEXT, "line": "", "source": "", "traceback": ""}
    assert shown.inputs == (RunInput(name=AS_NAME, type=AS_NAME, size=1),)
    assert (shown.packages, shown.seeds, shown.untransferable) == (
        {AS_NAME: AS_NAME},
        {AS_NAME: AS_NAME},
        {"x": AS_TEXT},
    )
    assert shown.machine == {"Python": AS_NAME, "GPU": AS_NAME}
    assert shown.git == {"commit": AS_NAME, "branch": AS_NAME, "dirty": "", "patch": AS_TEXT, "patch_cut": "yes"}


def test_what_is_long_is_cut(make_run):
    run = make_run(cell="x" * 1_000_001)
    write(
        run,
        provenance=Provenance(upstream_cells=("y" * 1_000_001, "z")),
        inputs=Manifest(values=tuple(ValueRef(f"v{n}", "int", 1) for n in range(1_001)), stream_sha256=""),
    )
    shown = detail(run)

    assert ([len(cell) for cell in (shown.cell, *shown.upstream_cells)], len(shown.inputs)) == (
        [10**6, 10**6, 1],
        1_000,
    )


@pytest.mark.parametrize("file", ["inputs.json", "environment.json", "git.json", "provenance.json", "result.json"])
@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"values": 3, "status": 3, "commit": 3}'])
def test_a_broken_file_takes_only_its_own_facts_away(make_run, file, content):
    run = make_run(cell="x = 1")
    (run.directory.path / file).write_bytes(content)

    assert detail(run) == RunDetail(summary=summary(), cell="x = 1")


def test_of_another_tools_run_there_is_what_its_tags_say():
    tags = {"mlflow.source.git.commit": "c0ffee", "mlflow.source.git.branch": "main"}
    run = summary(tags=tags)

    assert stored_detail(run, "# hi") == RunDetail(
        summary=run, note="# hi", git={"commit": "c0ffee", "branch": "main", "dirty": "", "patch": "", "patch_cut": ""}
    )
    without = replace(run, tags={"mlflow.source.git.branch": "main"})
    assert stored_detail(without, "") == RunDetail(summary=without)


def test_both_kinds_of_detail_tell_the_same_facts_of_git(make_run):
    run = make_run()
    write(run, git=GitState(commit="c", branch="b"))

    stored = stored_detail(summary(tags={"mlflow.source.git.commit": "c", "mlflow.source.git.branch": "b"}), "")
    assert asdict(detail(run))["git"] == asdict(stored)["git"]
