"""Entities are values: they survive the wire, refuse what they are not, and keep their rules beside their data."""

import msgspec
import pytest

from jupyter_mlops import entities
from jupyter_mlops.entities import (
    BufferRef,
    CellError,
    Environment,
    Exit,
    Fingerprint,
    GitState,
    Manifest,
    Origin,
    Param,
    ProcessRecord,
    Provenance,
    Result,
    RunSpec,
    RunState,
    RunStatus,
    Upstream,
    ValueRef,
    WaitRecord,
    decode,
    encode,
)

SPEC = RunSpec(
    run_id="0" * 32,
    name="baseline",
    experiment="digits",
    sequence=7,
    submitted_at="2026-11-21T07:40:00+00:00",
    python="/usr/bin/python3",
    cwd="/home/ada",
    params=(Param("C", "1.0"),),
    tags={"who": "ada"},
    pending=("model",),
    watched=("Xtr",),
    upstream=(Upstream("Xtr", "1" * 32),),
    timeout_s=60.0,
    origin=Origin("rerun", "2" * 32),
)

EVERY_ENTITY = [
    SPEC,
    BufferRef("ab" * 16, 1 << 40),
    ValueRef("Xtr", "numpy.ndarray", 800, (10, 10)),
    Manifest(values=(ValueRef("a", "int", 28),), stream_sha256="0" * 64, buffers=(BufferRef("0" * 32, 1),)),
    Fingerprint(name="X", type="pandas.DataFrame", digest="d" * 32, shape=(3, 2), columns=("a: int64", "b: str")),
    GitState(commit="c" * 40, branch="main", dirty=True, patch="diff --git"),
    Environment(python="3.11.7", platform="Linux", host="box", packages={"numpy": "2.4.6"}),
    Provenance(notebook="a.ipynb", cell_id="x", upstream_cells=("a = 1",), seeds={"numpy": "00"}),
    ProcessRecord(pid=12, start_time=345, boot_id="b", started_at="t", slot=1),
    WaitRecord(what="slot", ahead=2),
    CellError(type="ValueError", message="no", line=3, source="x"),
    Result(status=RunStatus.FAILED, exit_code=1, error=CellError(type="ValueError", message="no")),
    Exit(status=RunStatus.KILLED, reason="stopped by user", signal=2, duration_s=1.5),
    RunState(run_id="0" * 32, status=RunStatus.RUNNING),
]


@pytest.mark.parametrize("entity", EVERY_ENTITY, ids=lambda entity: type(entity).__name__)
def test_an_entity_survives_the_wire(entity: msgspec.Struct):
    assert decode(encode(entity), type(entity)) == entity


@pytest.mark.parametrize("entity", EVERY_ENTITY, ids=lambda entity: type(entity).__name__)
def test_an_entity_cannot_be_changed(entity: msgspec.Struct):
    field = entity.__struct_fields__[0]

    with pytest.raises(AttributeError):
        setattr(entity, field, None)


def test_a_newer_writer_may_add_fields():
    written = encode(SPEC)[:-1] + b',"added_later":1}'

    assert decode(written, RunSpec) == SPEC


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_half_an_entity_is_refused(cut: int):
    with pytest.raises(msgspec.DecodeError):
        decode(encode(SPEC)[:cut], RunSpec)


def test_an_entity_of_another_kind_is_refused_with_the_field():
    with pytest.raises(msgspec.ValidationError, match="run_id"):
        decode(encode(BufferRef("0" * 32, 1)), RunSpec)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("-2e-3", -0.002),
        ("True", True),
        ("None", None),
        ("[1, 'a']", [1, "a"]),
        ("{'a': (1, 2)}", {"a": (1, 2)}),
        ("'quoted'", "quoted"),
        ("adam", "adam"),
        ("2026-11-21", "2026-11-21"),
        ("__import__('os')", "__import__('os')"),
        ("1 +", "1 +"),
        ("", ""),
        ("(" * 500, "(" * 500),
    ],
)
def test_a_param_is_a_literal_or_else_text(text: str, value: object):
    assert Param("p", text).value == value


@pytest.mark.parametrize("status", RunStatus)
def test_a_status_knows_whether_it_is_the_end(status: RunStatus):
    assert status.is_terminal == (status.value in {"FINISHED", "FAILED", "KILLED"})


@pytest.mark.parametrize(
    ("status", "reason", "lost"),
    [
        (RunStatus.FAILED, "lost: its processes were killed", True),
        (RunStatus.FAILED, "machine restarted", False),
        (RunStatus.FAILED, "exit code 1", False),
        (RunStatus.RUNNING, "lost", False),
    ],
)
def test_a_run_is_lost_when_it_ended_without_a_witness(status: RunStatus, reason: str, lost: bool):
    assert RunState(run_id="0" * 32, status=status, reason=reason).is_lost == lost


def test_a_manifest_sums_up_what_it_lists():
    manifest = Manifest(values=(ValueRef("a", "int", 28), ValueRef("b", "str", 50)), stream_sha256="")

    assert (manifest.names, manifest.size) == (("a", "b"), 78)


def test_what_a_run_waits_for_is_called_for_on_the_wire():
    assert encode(WaitRecord(what="runs", run_ids=("0" * 32,))).startswith(b'{"for":"runs"')


def test_the_front_door_lists_what_it_exports():
    exported = {name for name in vars(entities) if not name.startswith("_")}

    assert set(entities.__all__) == exported


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("Input X contains NaN.\nRidge does not accept NaN.\nhttps://scikit-learn.org", "Input X contains NaN."),
        ("CUDA error: device-side assert\nCompile with `TORCH_USE_CUDA_DSA`.\n", "CUDA error: device-side assert"),
        ("Error(s) in loading state_dict for Net:\n\tsize mismatch for fc.\n\tsize mismatch for out.",
         "Error(s) in loading state_dict for Net: size mismatch for fc."),
        ("\n  indented\n", "indented"),
        ("only:", "only:"),
    ],
)  # fmt: skip
def test_an_error_in_one_line_says_what_is_wrong(message, told):
    assert CellError(type="ValueError", message=message).headline == f"ValueError: {told}"


def test_an_error_in_one_line_says_where():
    assert CellError(type="E", message="no", line=4, source="    fit(X)").headline == "E: no (cell line 4: fit(X))"
    assert CellError(type="KeyboardInterrupt", message="").headline == "KeyboardInterrupt"
